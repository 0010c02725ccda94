"""Losses of a file of predictions: how large they are, and how sure that is.

The functions are imported when they are first used, so that importing losscli imports nothing heavy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from losscli.analyses.face import bias, catalogue, compare, evaluate, gate, outliers

__all__ = ["bias", "catalogue", "compare", "evaluate", "gate", "outliers"]

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("losscli.analyses.face"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
