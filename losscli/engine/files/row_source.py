"""What detection, checks and folds ask of a data set, whether it is one file or several whose rows belong together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

import numpy as np
from msgspec import Struct

from losscli.engine.files.block import SHOWN_CELLS, Block, CellPlace, ColumnInfo

if TYPE_CHECKING:
    from losscli.arrays import BoolArray, FloatArray, IntArray
    from losscli.engine.files.mispaired import Mispaired
    from losscli.engine.files.source import Source

OF_CLASSES = "is it a column of classes?"
BLOCK_ROWS = 65_536
NO_LABELS: Mapping[str, Sequence[str]] = MappingProxyType({})


class LeftOut(Struct, frozen=True, kw_only=True):
    """How many rows of a file do not satisfy the condition, and how many others have no partner in another file."""

    label: str
    unsatisfied: int = 0
    unpaired: int = 0


class RowSource(Protocol):
    """Rows that can be read any number of times, and the places of their cells."""

    label: str
    path: str
    format: str
    columns: tuple[ColumnInfo, ...]

    @property
    def sources(self) -> tuple[Source, ...]:
        """The data sets whose rows belong together, each once; one that stands alone is its own."""

    @property
    def blank_records(self) -> int:
        """Number of blank lines that were skipped, after a complete reading."""

    def expected_height(self) -> int | None:
        """Return about how many rows there are, conditions apart, where that costs next to nothing; None else."""

    def left_out(self) -> tuple[LeftOut, ...]:
        """Return how many rows of each file were left out, after a complete reading."""

    def mispaired(self, taken: Collection[str], n: int) -> Mispaired | None:
        """Return a column, none of `taken`, that speaks against pairing by position; there are `n` rows at least."""

    def blocks(
        self,
        wanted: Sequence[str],
        *,
        labels: Mapping[str, Sequence[str]] = NO_LABELS,
        lists: Sequence[str] = (),
        block_rows: int | None = None,
    ) -> Iterator[Block]:
        """Yield the columns `wanted` in blocks, in the order of rows."""

    def first_rows(self, wanted: Sequence[str], rows: int = BLOCK_ROWS) -> Mapping[str, FloatArray]:
        """Return the first rows of columns of numbers, fewer where there are no more."""

    def distinct(self, column: str, limit: int = 1000, hint: str = OF_CLASSES) -> tuple[str, ...]:
        """Return the different labels of a column in order of first appearance, without missing ones."""

    def list_width(self, column: str) -> int:
        """Return how many numbers the first list of a column has: at least 1."""

    def column_name(self, column: str) -> str:
        """Return what a column is called in its file."""

    def place(self, rows: Sequence[int]) -> list[str]:
        """Return where a few records stand."""

    def located(self, rows: Sequence[int]) -> list[CellPlace]:
        """Return the places of a few records, in ascending order, without any cell."""

    def files(self, rows: IntArray) -> tuple[list[str], IntArray]:
        """Return the file of each record, empty for a frame, and its number there, counted from 0; `rows` ascend."""

    def texts(self, column: str, rows: Sequence[int]) -> list[str]:
        """Return the text of the cells of a column in a few records, in ascending order."""

    def require(self, wanted: Sequence[str]) -> None:
        """Check that each of the columns `wanted` stands in the data set, and stands there once."""

    def first_cells(
        self,
        column: str,
        is_bad: Callable[[FloatArray], BoolArray],
        limit: int = SHOWN_CELLS,
        *,
        labels: Mapping[str, Sequence[str]] = NO_LABELS,
        lists: Sequence[str] = (),
    ) -> tuple[int, list[CellPlace]]:
        """Return how many cells of a column are bad, and the first of them."""


def bad_cells(
    blocks: Iterable[Block],
    column: str,
    is_bad: Callable[[FloatArray], BoolArray],
    limit: int,
    cells: Callable[[str, Sequence[int]], list[CellPlace]],
) -> tuple[int, list[CellPlace]]:
    """Return how many cells of a column are bad in the rows of `blocks`, and the first `limit` of them.

    Parameters
    ----------
    is_bad : callable
        Which of a block's values are bad: (n,) float64, NaN where missing → (n,) bool; for a column of lists
        (n, k) → (n, k), and a cell is bad where one of its numbers is.
    cells : callable
        Gives the cells of records in ascending order.
    """
    count = 0
    first: list[int] = []
    for block in blocks:
        bad = is_bad(block.columns[column])
        where = np.flatnonzero(bad if bad.ndim == 1 else bad.any(axis=1))
        wanted = where[: max(limit - count, 0)]
        if len(wanted):
            rows = block.first_row + wanted if block.rows is None else block.rows[wanted]
            first += rows.tolist()
        count += len(where)
    return count, cells(column, first)
