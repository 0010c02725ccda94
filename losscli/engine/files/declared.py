"""What the columns of Parquet files and frames hold, by their declared types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.engine.files.block import ColumnInfo, ColumnType

if TYPE_CHECKING:
    import polars as pl

_NUMBERS = frozenset({"Boolean", "Null"})  # besides all numeric types
_TEXT = frozenset({"String", "Categorical", "Enum"})
_DATES = frozenset({"Date", "Datetime"})
_OTHER = {
    "Time": "times",
    "Duration": "times",
    "Struct": "structs",
    "Binary": "bytes",
}


def columns_of(frame: pl.LazyFrame) -> tuple[ColumnInfo, ...]:
    """Return name and kind of each column of a lazy frame."""
    return tuple(_column(name, kind) for name, kind in frame.clone().collect_schema().items())


def _column(name: str, kind: pl.DataType) -> ColumnInfo:
    word = type(kind).__name__
    inner: pl.DataType | None = getattr(kind, "inner", None)
    if inner is not None:
        info = _column(name, inner)
        listed = ColumnType.LIST if info.type is ColumnType.NUMBER else ColumnType.OTHER
        return ColumnInfo(
            name=name, type=listed, holds="lists" if listed is ColumnType.LIST else f"lists of {info.holds}"
        )
    if kind.is_numeric() or word in _NUMBERS:
        return ColumnInfo(name=name, type=ColumnType.NUMBER, holds="numbers")
    if word in _TEXT:
        return ColumnInfo(name=name, type=ColumnType.TEXT, holds="text")
    if word in _DATES:
        return ColumnInfo(name=name, type=ColumnType.DATE, holds="dates")
    return ColumnInfo(name=name, type=ColumnType.OTHER, holds=_OTHER.get(word, "objects"))
