"""The files of a data set as one sequence of records: their numbers through all files, and back to file and line."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

if TYPE_CHECKING:
    from losscli.arrays import IntArray
    from losscli.engine.files.block import Block, CellPlace
    from losscli.engine.files.part import Part
    from losscli.engine.files.wanted import Wanted


class Places:
    """Numbers the records of a data set as they are read, and tells where those that were read stand.

    Parameters
    ----------
    parts : sequence of Part
        Its files in order.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self._starts = [0]  # the number of each part's first record, as far as the reading has come once

    def number_all(self) -> None:
        """Number the records of all parts, each of which tells its length before it is read."""
        for part in self._parts[:-1]:
            self._starts.append(self._starts[-1] + part.length())

    def blocks(self, wanted: Wanted) -> Iterator[Block]:
        """Yield the blocks of all parts, their records numbered through."""
        for number, part in enumerate(self._parts):
            start = self._starts[number]
            for block in part.blocks(wanted):
                rows = None if block.rows is None or not start else block.rows + start
                yield block if not start else replace(block, first_row=block.first_row + start, rows=rows)
            if number + 1 == len(self._starts):
                self._starts.append(start + part.length())

    def cells(self, column: str | None, rows: Sequence[int]) -> list[CellPlace]:
        """Return the places of a few records, in ascending order, with their cells of a column if it is given."""
        cells: list[CellPlace] = []
        for part, own in self._by_part(rows):
            cells += part.cells(column, own)
        return cells

    def files(self, rows: IntArray) -> tuple[list[str], IntArray]:
        """Return the file of each record, and its number there, counted from 0, shape (n,); `rows` ascend."""
        files: list[str] = []
        numbers = []
        bounds = np.searchsorted(rows, [*self._starts[: len(self._parts)], np.iinfo(np.int64).max])
        for part, start, low, high in zip(self._parts, self._starts, bounds[:-1], bounds[1:], strict=False):
            if high > low:
                of_part, in_file = part.files(rows[low:high] - start)
                files += of_part
                numbers.append(in_file)
        return files, np.concatenate(numbers)

    def _by_part(self, rows: Sequence[int]) -> Iterator[tuple[Part, list[int]]]:
        reached = self._starts[: len(self._parts)]
        own: dict[int, list[int]] = {}
        for row in rows:
            at = bisect_right(reached, row) - 1
            own.setdefault(at, []).append(row - reached[at])
        for at, numbers in own.items():
            yield self._parts[at], numbers
