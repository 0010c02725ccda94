"""Plain Python values that functions are given, checked: whole numbers, texts, labels and words of a list."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

import numpy as np

from losscli.engine.files.labels import label_text
from losscli.errors import UsageError
from losscli.text import printable

Word = TypeVar("Word", bound=StrEnum)


def whole(given: object, option: str, *, least: int) -> int:
    """Return a whole number that is `least` or more.

    Raises
    ------
    UsageError
        It is none.
    """
    if isinstance(given, int | np.integer) and not isinstance(given, bool) and given >= least:
        return int(given)
    raise UsageError(f"{option}: expected a whole number from {least} on, got {_shown(given)}")


def share(given: object, option: str) -> float | None:
    """Return a number above 0 and below 1; None for none.

    Raises
    ------
    UsageError
        It is something else.
    """
    if given is None:
        return None
    if isinstance(given, float | np.floating) and 0 < given < 1:
        return float(given)
    raise UsageError(f"{option}: expected a number above 0 and below 1, or None, got {_shown(given)}")


def text(given: object, option: str) -> str | None:
    """Return a text that is not empty; None for none.

    Raises
    ------
    UsageError
        It is something else.
    """
    if given is None or (isinstance(given, str) and given.strip()):
        return given
    raise UsageError(f"{option}: expected a text, got {_shown(given)}")


def texts(given: object, option: str) -> tuple[str, ...]:
    """Return one text or several, none of them empty, as a tuple.

    Raises
    ------
    UsageError
        One is something else.
    """
    found = tuple(each for each in _several(given) if isinstance(each, str) and each.strip())
    if len(found) < len(_several(given)):
        raise UsageError(f"{option}: expected a text or several, got {_shown(given)}")
    return found


def label(given: object, option: str) -> str:
    """Return a label as text; that of numbers and booleans too, as it is compared with those of the data.

    Raises
    ------
    UsageError
        It is nothing that labels are.
    """
    if isinstance(given, str):
        return given
    if isinstance(given, int | float | np.integer | np.floating | np.bool_):
        return label_text(str(given))
    raise UsageError(f"{option}: expected a text or a number, got {_shown(given)}")


def labels(given: object, option: str) -> tuple[str, ...]:
    """Return one label or several as texts.

    Raises
    ------
    UsageError
        One is nothing that labels are.
    """
    return tuple(label(each, option) for each in _several(given))


def one_of(words: type[Word], given: object, option: str) -> Word:
    """Return the word given, where it is one of those.

    Raises
    ------
    UsageError
        It is not.
    """
    if isinstance(given, str) and given in tuple(words):
        return words(given)
    raise UsageError(f"{option}: expected {', '.join(map(repr, map(str, words)))}, got {_shown(given)}")


def _several(given: object) -> tuple[object, ...]:
    return tuple(given) if isinstance(given, Iterable) and not isinstance(given, str) else (given,)


def _shown(given: object) -> str:
    return printable(repr(given))
