"""Where an answer is going to be read."""

from __future__ import annotations

from msgspec import Struct


class Style(Struct, frozen=True, kw_only=True):
    """What the place of an answer can show.

    Attributes
    ----------
    width : int or None
        Columns of the terminal; None where there is none: nothing is left out and nothing is wrapped.
    color : bool
        Whether bold, dim and colours may be used.
    unicode : bool
        False asks for pure ASCII.
    grouped : bool
        Whether thousands are set apart by a thin space, as people like and programs do not.
    """

    width: int | None = None
    color: bool = False
    unicode: bool = True
    grouped: bool = False
