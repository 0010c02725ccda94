"""Rows of a data set as they go through the engine, and the places of its cells as errors name them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from losscli.arrays import FloatArray, IntArray


SHOWN_CELLS = 3  # offending cells that a message names


class ColumnType(StrEnum):
    """What a column holds, by its declared type, or in CSV by the first cells of the file; lists are of numbers.

    Dates, with a time of the day or without, are text in CSV.
    """

    NUMBER = "number"
    TEXT = "text"
    LIST = "list"
    DATE = "date"
    OTHER = "other"


class ColumnInfo(Struct, frozen=True, kw_only=True):
    """Name and kind of a column; `holds` is the plural that messages use ("dates").

    `has_words` tells of a column of numbers in CSV that there is a word among the first cells of the file.
    """

    name: str
    type: ColumnType
    holds: str = ""
    has_words: bool = False


class Block(Struct, frozen=True, kw_only=True):
    """Consecutive rows of a data set.

    Attributes
    ----------
    first_row : int
        Record number of the first row, counted from 0 through all files of the data set.
    columns : mapping of str to ndarray, each of shape (n,), or (n, k) for lists
        The wanted columns in float64, NaN where a cell is missing (null, empty or NaN), in all k where a list is.
        Labels are numbered as in the reading that asked for them; −1 is a label it did not know. Not to be written to.
    rows : ndarray of shape (n,), or None
        Record number of each row where some were left out on the way, else None: they follow `first_row`.
    """

    first_row: int
    columns: Mapping[str, FloatArray]
    rows: IntArray | None = None


class CellPlace(Struct, frozen=True, kw_only=True):
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


def numbered_block(first_row: int, columns: Mapping[str, FloatArray], rows: IntArray | None) -> Block:
    """Return a block of rows that follow `first_row`, or have the ascending record numbers `rows`, at least one."""
    if rows is None:
        return Block(first_row=first_row, columns=columns)
    first, last = int(rows[0]), int(rows[-1])
    has_gaps = last - first + 1 != len(rows)
    return Block(first_row=first, columns=columns, rows=rows if has_gaps else None)


def rows_of(block: Block) -> int:
    """Return the number of rows of a block, which has at least one column."""
    return len(next(iter(block.columns.values())))


def records_of_block(block: Block) -> IntArray:
    """Return the record number of each row of a block, shape (n,)."""
    return np.arange(block.first_row, block.first_row + rows_of(block)) if block.rows is None else block.rows


def evened(blocks: Iterable[Block], block_rows: int) -> Iterator[Block]:
    """Yield the rows of blocks of any height in blocks of exactly `block_rows` rows, the last one shorter."""
    waiting: list[Block] = []
    height = 0
    for block in blocks:
        start, end = 0, rows_of(block)
        while height + end - start >= block_rows:
            stop = start + block_rows - height
            yield _joined([*waiting, _stretch(block, start, stop)])
            waiting, height, start = [], 0, stop
        if start < end:
            waiting.append(_stretch(block, start, end))
            height += end - start
    if waiting:
        yield _joined(waiting)


def _stretch(block: Block, start: int, stop: int) -> Block:
    if (start, stop) == (0, rows_of(block)):
        return block
    columns = {name: values[start:stop] for name, values in block.columns.items()}
    rows = None if block.rows is None else block.rows[start:stop]
    return numbered_block(block.first_row + start, columns, rows)


def _joined(blocks: Sequence[Block]) -> Block:
    if len(blocks) == 1:
        return blocks[0]
    columns = {name: np.concatenate([block.columns[name] for block in blocks]) for name in blocks[0].columns}
    follow = all(block.rows is None for block in blocks) and all(
        one.first_row + rows_of(one) == other.first_row for one, other in pairwise(blocks)
    )
    rows = None if follow else np.concatenate([records_of_block(block) for block in blocks])
    return numbered_block(blocks[0].first_row, columns, rows)
