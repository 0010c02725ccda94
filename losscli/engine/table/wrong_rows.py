"""Rows that are not what they are said to be: found in any thread, told where the source is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from losscli.errors import InputError


class WrongRowsError(Exception):
    """Some rows are wrong.

    Parameters
    ----------
    told : callable
        Reads the source anew, and returns the `InputError` that says where they stand. A source is read by one thread
        at a time, so this is for the thread that reads it.
    """

    def __init__(self, told: Callable[[], InputError]) -> None:
        super().__init__()
        self.told = told
