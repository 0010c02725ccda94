"""A column that names rows, and says that those which stand side by side in two files do not belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.engine.files.block import ColumnType

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from losscli.engine.files.block import CellPlace
    from losscli.engine.files.source import Source

_LOOKED_AT = 10
_KEYS = (ColumnType.NUMBER, ColumnType.TEXT, ColumnType.DATE)


class Mispaired(Struct, frozen=True, kw_only=True):
    """The column, and its cells in the first pair of rows in which they differ."""

    column: str
    ours: CellPlace
    theirs: CellPlace


def mispaired(first: Source, other: Source, roles: Collection[str], n: int) -> Mispaired | None:
    """Return a column of two files that are paired by position which speaks against that; None where none does.

    Only columns that may be keys speak: in the first rows all cells differ within a file, and none is a fraction. One
    that cannot be asked for, as it stands twice or not in all files of a data set, is no key.

    Parameters
    ----------
    roles : collection of str
        Columns that are targets, predictions or weights.
    n : int
        A number of rows that both files have at least; no more than ten are looked at.
    """
    rows = range(min(n, _LOOKED_AT))
    also = set(_keys_of(other)) - {*roles}
    names = list(dict.fromkeys(name for name in _keys_of(first) if name in also))
    ours, theirs = (source.texts_where_shared(names, rows) for source in (first, other))
    for name in names:
        if name not in ours or name not in theirs:
            continue
        texts = [[text.strip() for text in side[name]] for side in (ours, theirs)]
        apart = (row for row, pair in zip(rows, zip(*texts, strict=True), strict=True) if not _alike(*pair))
        if all(map(_may_be_key, texts)) and (row := next(apart, None)) is not None:
            ((one,), (another,)) = (source.cells(name, [row]) for source in (first, other))
            return Mispaired(column=name, ours=one, theirs=another)
    return None


def _keys_of(source: Source) -> list[str]:
    """Return the columns whose type is that of a key."""
    return [column.name for column in source.columns if column.type in _KEYS]


def _may_be_key(texts: Sequence[str]) -> bool:
    return len({*texts}) == len(texts) and all(map(_is_whole_or_text, texts))


def _is_whole_or_text(text: str) -> bool:
    try:
        return float(text).is_integer()
    except ValueError:
        return bool(text)


def _alike(one: str, another: str) -> bool:
    """Return whether two cells may name one row: the same number, or text that goes on in one (a day with its hour)."""
    numbers = _number(one), _number(another)
    if None not in numbers:
        return numbers[0] == numbers[1]
    return one.startswith(another) or another.startswith(one)


def _number(text: str) -> float | None:
    try:
        return int(text)  # a large one is not exact as a float
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return None
