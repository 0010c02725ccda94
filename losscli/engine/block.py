"""Rows of a data set as they go through the engine, and the places of its cells as errors name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from losscli.arrays import FloatArray, IntArray


SHOWN_CELLS = 3  # offending cells that a message names


class ColumnType(StrEnum):
    """What a column holds, by its declared type, or in CSV by the first cells of the file; lists are of numbers."""

    NUMBER = "number"
    TEXT = "text"
    LIST = "list"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class ColumnInfo:
    """Name and kind of a column; `holds` is the plural that messages use ("dates")."""

    name: str
    type: ColumnType
    holds: str = ""


@dataclass(frozen=True, kw_only=True)
class Block:
    """Consecutive rows of one file.

    Attributes
    ----------
    part : int
        Which file of the data set, counted from 0.
    first_row : int
        Record number in its file, counted from 0, of the first row.
    columns : mapping of str to ndarray, each of shape (n,), or (n, k) for lists
        The wanted columns in float64, NaN where a cell is missing (null, empty or NaN), in all k where a list is.
        Labels are numbered as in the reading that asked for them; −1 is a label it did not know. Not to be written to.
    rows : ndarray of shape (n,), or None
        Record number of each row where some were left out on the way, else None: they follow `first_row`.
    """

    part: int
    first_row: int
    columns: Mapping[str, FloatArray]
    rows: IntArray | None = None


@dataclass(frozen=True, kw_only=True)
class CellPlace:
    """Where a cell stands and what it says.

    Attributes
    ----------
    file : str
        Path as given, "standard input", or empty for a frame.
    unit : str
        "line" for CSV (the physical line on which the record starts), "row" for all else; both count from 1.
    number : int
        Of the line or row.
    text : str
        The raw cell of a CSV file, the value's text otherwise; never yet made printable.
    """

    file: str
    unit: str
    number: int
    text: str

    @property
    def where(self) -> str:
        """The place as messages begin with it: "preds.csv:1042", "preds.parquet: row 17", "row 17"."""
        if self.unit == "line":
            return f"{self.file}:{self.number}"
        return f"{self.file}: row {self.number}" if self.file else f"row {self.number}"


def numbered_block(part: int, first_row: int, columns: Mapping[str, FloatArray], rows: IntArray | None) -> Block:
    """Return a block of rows that follow `first_row`, or have the ascending record numbers `rows`, at least one."""
    if rows is None:
        return Block(part=part, first_row=first_row, columns=columns)
    first, last = int(rows[0]), int(rows[-1])
    has_gaps = last - first + 1 != len(rows)
    return Block(part=part, first_row=first, columns=columns, rows=rows if has_gaps else None)


def rows_of(block: Block) -> int:
    """Return the number of rows of a block, which has at least one column."""
    return len(next(iter(block.columns.values())))
