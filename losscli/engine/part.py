"""What every file or frame of a data set can do, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from losscli.engine.block import Block, CellPlace, ColumnInfo
    from losscli.engine.wanted import Wanted


class Part(Protocol):
    """One file or frame of a data set."""

    format: str
    label: str
    columns: tuple[ColumnInfo, ...]

    @property
    def blank_records(self) -> int:
        """Number of blank lines that were skipped, after a complete reading."""

    def height(self) -> int:
        """Return the number of rows, without blank lines."""

    def blocks(self, wanted: Wanted) -> Iterator[Block]:
        """Yield the wanted columns in blocks of `wanted.block_rows` rows, the last one shorter."""

    def labels(self, column: str) -> Iterator[list[str]]:
        """Yield the different labels of a column, without missing ones, in order of appearance; some more than once."""

    def list_width(self, column: str) -> int | None:
        """Return how many numbers the first list of a column has; None where there is no list."""

    def cells(self, column: str | None, rows: Sequence[int]) -> list[CellPlace]:
        """Return the places of a few records, in ascending order, with their cells of one column if it is given."""
