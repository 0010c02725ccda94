"""What every file or frame of a data set can do, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from losscli.arrays import IntArray
    from losscli.engine.files.block import Block, CellPlace, ColumnInfo
    from losscli.engine.files.scan_keys import Keys
    from losscli.engine.files.scan_where import Condition
    from losscli.engine.files.wanted import Wanted


class Part(Protocol):
    """One file or frame of a data set."""

    format: str
    label: str
    columns: tuple[ColumnInfo, ...]

    @property
    def blank_records(self) -> int:
        """Number of blank lines that were skipped, after a complete reading."""

    def height(self) -> int:
        """Return the number of rows, without blank lines, whether they satisfy the condition or not."""

    def expected_height(self) -> int | None:
        """Return about how many rows there are where that costs next to nothing; None else."""

    def length(self) -> int:
        """Return the number of records, blank lines included; next to nothing to do after a complete reading."""

    def restrict(self, condition: Condition) -> None:
        """Leave out all rows that do not satisfy a condition."""

    def records(self) -> IntArray:
        """Return the record numbers of the rows that satisfy the condition, in ascending order."""

    def kept(self) -> IntArray:
        """Return the numbers, in ascending order, of the rows that satisfy the condition; blank lines do not count."""

    def keys(self, columns: Sequence[str]) -> Keys:
        """Return the cells of key columns."""

    def blocks(self, wanted: Wanted) -> Iterator[Block]:
        """Yield the wanted columns in blocks of `wanted.block_rows` rows, the last one shorter."""

    def labels(self, column: str) -> Iterator[list[str]]:
        """Yield the different labels of a column, without missing ones, in order of appearance; some more than once."""

    def list_width(self, column: str) -> int | None:
        """Return how many numbers the first list of a column has; None where there is no list."""

    def files(self, rows: IntArray) -> tuple[list[str], IntArray]:
        """Return the file of each record, empty for a frame, and its number in that file; `rows` ascend."""

    def texts(self, columns: Sequence[str], rows: Sequence[int]) -> dict[str, list[str]]:
        """Return the cells of columns, at least one, in a few records, in ascending order."""

    def cells(self, column: str | None, rows: Sequence[int]) -> list[CellPlace]:
        """Return the places of a few records, in ascending order, with their cells of one column if it is given."""
