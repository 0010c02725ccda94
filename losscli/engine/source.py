"""A path, glob, folder, URL, standard input or frame as a stream of blocks that can be read again and again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Protocol

import numpy as np

from losscli.engine.block import SHOWN_CELLS, Block, CellPlace, ColumnInfo, ColumnType
from losscli.engine.cell_error import cell_error
from losscli.engine.files import STANDARD_INPUT, STANDARD_INPUT_LABEL, parts_of
from losscli.engine.frames import FrameLike, frame_part
from losscli.errors import InputError
from losscli.text import printable, quoted

if TYPE_CHECKING:
    from losscli.arrays import BoolArray, FloatArray

__all__ = ["Block", "CellPlace", "ColumnInfo", "ColumnType", "Source", "cell_error", "open_source"]

BLOCK_ROWS = 65_536
_LISTED_COLUMNS = 20
_NEAR = 0.75  # likeness from which a name is suggested: y_true is none for y_pred


class Part(Protocol):
    """One file or frame of a data set."""

    format: str
    label: str
    columns: tuple[ColumnInfo, ...]

    @property
    def blank_records(self) -> int:
        """Number of blank lines that were skipped, after a complete reading."""

    def blocks(self, wanted: Sequence[str], block_rows: int) -> Iterator[Block]:
        """Yield the wanted columns in blocks of `block_rows` rows, the last one shorter."""

    def cells(self, column: str | None, rows: Sequence[int]) -> list[CellPlace]:
        """Return the places of a few records, in ascending order, with their cells of one column if it is given."""


class Source:
    """A data set that can be read any number of times; the same rows always come in the same blocks.

    Parameters
    ----------
    label : str
        What people call it: "preds.csv", "standard input", "parts/*.csv", "DataFrame".
    path : str
        As given; "-" for standard input, the label for a frame.
    parts : sequence of Part
        Its files in order, all with the same columns; at least one.
    block_rows : int
        Rows of a block; the last block of each part is shorter.

    Attributes
    ----------
    format : str
        "csv", "parquet" or "frame".
    columns : tuple of ColumnInfo
        In the order of the first part; a CSV file may have a name twice.
    """

    def __init__(self, *, label: str, path: str, parts: Sequence[Part], block_rows: int = BLOCK_ROWS) -> None:
        self.label = label
        self.path = path
        self.format = parts[0].format
        self.columns = parts[0].columns
        self._parts = parts
        self._block_rows = block_rows

    @property
    def blank_records(self) -> int:
        """Number of blank lines that were skipped, after a complete reading."""
        return sum(part.blank_records for part in self._parts)

    def require(self, wanted: Sequence[str]) -> None:
        """Check that each of the columns `wanted` stands in the data set, and stands there once.

        Raises
        ------
        InputError
            One does not; the message lists the columns there are.
        """
        for part in self._parts:
            names = [column.name for column in part.columns]
            for name in wanted:
                if name not in names:
                    raise _no_column(part.label, name, names)
                if names.count(name) > 1:
                    positions = [str(at) for at, column in enumerate(names, start=1) if column == name]
                    times = "twice" if len(positions) == 2 else f"{len(positions)} times"
                    listed = f"{', '.join(positions[:-1])} and {positions[-1]}"
                    raise InputError(f"{part.label}: column {quoted(name)} stands {times} (columns {listed})")

    def blocks(self, wanted: Sequence[str]) -> Iterator[Block]:
        """Yield the columns `wanted` in blocks, part by part, in the order of rows.

        Raises
        ------
        InputError
            A column is not there or not numeric, a cell is no number, a row is ragged, a file is damaged, or there
            are no rows at all.
        """
        self.require(wanted)
        wanted = list(dict.fromkeys(wanted))
        empty = True
        for part in self._parts:
            for block in part.blocks(wanted, self._block_rows):
                empty = False
                yield block
        if empty:
            raise InputError(
                f"{self.label} has a header but no rows" if self.format == "csv" else f"{self.label} has no rows"
            )

    def place(self, part: int, rows: Sequence[int]) -> list[str]:
        """Return where a few records stand: "preds.csv:1042", "preds.parquet: row 17", "row 17" in a frame.

        Parameters
        ----------
        part : int
            Which file of the data set, as in `Block.part`.
        rows : sequence of int
            Record numbers in that file, in any order.
        """
        ordered = sorted(set(rows))
        places = {row: cell.where for row, cell in zip(ordered, self._parts[part].cells(None, ordered), strict=True)}
        return [places[row] for row in rows]

    def first_cells(
        self, column: str, is_bad: Callable[[FloatArray], BoolArray], limit: int = SHOWN_CELLS
    ) -> tuple[int, list[CellPlace]]:
        """Return how many cells of a column are bad, and the first of them; for `cell_error`.

        Parameters
        ----------
        column : str
            One of the columns.
        is_bad : callable
            Which of a block's values are bad: (n,) float64, NaN where missing → (n,) bool.
        limit : int
            How many cells are located.
        """
        count = 0
        first: dict[int, list[int]] = {}
        for block in self.blocks([column]):
            where = np.flatnonzero(is_bad(block.columns[column]))
            wanted = where[: max(limit - count, 0)]
            if len(wanted):
                rows = block.first_row + wanted if block.rows is None else block.rows[wanted]
                first.setdefault(block.part, []).extend(rows.tolist())
            count += len(where)
        return count, [cell for part, rows in first.items() for cell in self._parts[part].cells(column, rows)]

    def missing_cells(self, column: str) -> tuple[int, list[CellPlace]]:
        """Return how many cells of a column are missing (empty, null or NaN), and the first of them."""
        return self.first_cells(column, np.isnan)


def open_source(
    given: str | os.PathLike[str] | FrameLike,
    *,
    label: str | None = None,
    null_values: Sequence[str] = (),
    block_rows: int = BLOCK_ROWS,
) -> Source:
    """Return what was given as a data set that can be read again and again; its columns are known, no row is read yet.

    Parameters
    ----------
    given : str, path, frame or mapping of str to array
        A path, a glob or a folder (one data set in parts, sorted by name; a path that exists is literal), a URL,
        "-" for standard input, a pandas or Polars frame, or arrays of one length by name.
    label : str or None
        What people are to call it, if not by its path.
    null_values : sequence of str
        Cells that are read as missing, besides empty ones and NaN.
    block_rows : int
        Rows of a block.

    Raises
    ------
    InputError
        There is nothing to read, or it is neither CSV nor Parquet.
    """
    if not isinstance(given, str | os.PathLike):
        name = label or ("columns" if isinstance(given, Mapping) else type(given).__name__)
        frame = frame_part(given, label=name, null_values=null_values)
        return Source(label=name, path=name, parts=[frame], block_rows=block_rows)
    path = os.fspath(given)
    name = STANDARD_INPUT_LABEL if path == STANDARD_INPUT else printable(path, 200)
    parts = parts_of(path, label=name, null_values=null_values)
    return Source(label=label or name, path=path, parts=parts, block_rows=block_rows)


def _no_column(label: str, name: str, names: Sequence[str]) -> InputError:
    listed = ", ".join(printable(column) for column in names[:_LISTED_COLUMNS])
    more = f" and {len(names) - _LISTED_COLUMNS} more" if len(names) > _LISTED_COLUMNS else ""
    by_lower = {column.lower(): column for column in names}
    near = get_close_matches(name.lower(), by_lower, n=1, cutoff=_NEAR)
    hint = f"did you mean {quoted(by_lower[near[0]])}? " if near else ""
    return InputError(f"{label} has no column {quoted(name)}", f"{hint}its columns are {listed}{more}")
