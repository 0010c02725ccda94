"""The files of a data set as one sequence of records: their numbers through all files, and back to file and line.

Files that were taken to be alike may prove not to be: then each is looked at, and what was asked of them is asked anew.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, islice
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from msgspec.structs import replace

from losscli.engine.files.block import evened
from losscli.engine.files.parquet import UnlikeFilesError
from losscli.engine.files.wanted import require_columns

if TYPE_CHECKING:
    from losscli.arrays import IntArray
    from losscli.engine.files.block import Block, CellPlace
    from losscli.engine.files.part import Part
    from losscli.engine.files.wanted import Wanted

R = TypeVar("R")


class Records:
    """Numbers the records of a data set as they are read, and tells where those that were read stand.

    Parameters
    ----------
    parts : sequence of Part
        Its files in order.
    looked_at : callable or None
        Where `parts` may raise `UnlikeFilesError`: gives others for the same files that never do.

    Attributes
    ----------
    parts : sequence of Part
        The files as far as they were looked at.
    """

    def __init__(self, parts: Sequence[Part], looked_at: Callable[[], Sequence[Part]] | None = None) -> None:
        self.parts = parts
        self._looked_at = looked_at
        self._starts = [0]  # the number of each part's first record, as far as the reading has come once

    def look_at_each(self) -> Sequence[Part]:
        """Return parts that never raise `UnlikeFilesError`.

        Raises
        ------
        InputError
            A file cannot be read, or does not fit the first.
        """
        if self._looked_at is not None:
            parts = self._looked_at()
            # records that were read may be asked for before these parts are
            self._starts = [0, *accumulate(part.length() for part in parts[:-1])]
            self.parts, self._looked_at = parts, None
        return self.parts

    def require(self, columns: Sequence[str]) -> None:
        """Check that each column stands in each file that was looked at, and stands there once.

        Raises
        ------
        InputError
            One does not; the message lists the columns there are.
        """
        for part in self.parts:
            require_columns(part.label, part.columns, columns)

    def answer(self, columns: Sequence[str], ask: Callable[[], R]) -> R:
        """Return what `ask` finds in columns of `parts`; it is asked once more where these prove not to be alike."""
        self.require(columns)
        try:
            return ask()
        except UnlikeFilesError:
            self.look_at_each()
        self.require(columns)
        return ask()

    def blocks(self, wanted: Wanted) -> Iterator[Block]:
        """Yield blocks of exactly `wanted.block_rows` rows, the last one shorter, their records numbered through."""
        given = 0
        while True:
            self.require(wanted.columns)
            try:
                # a reading that starts anew gives the same blocks: those that were given are left out
                for block in islice(evened(self._numbered(wanted), wanted.block_rows), given, None):
                    given += 1
                    yield block
            except UnlikeFilesError:
                self.look_at_each()
            else:
                return

    def cells(self, column: str | None, rows: Sequence[int]) -> list[CellPlace]:
        """Return the places of a few records, in ascending order, with their cells of a column if it is given."""

        def placed() -> list[CellPlace]:
            return [cell for part, own in self._by_part(rows) for cell in part.cells(column, own)]

        return self.answer([] if column is None else [column], placed)

    def texts(self, columns: Sequence[str], rows: Sequence[int]) -> dict[str, list[str]]:
        """Return the cells of columns in a few records, in ascending order, as `Source.texts_where_shared`."""

        def found() -> dict[str, list[str]]:
            names = [[column.name for column in part.columns] for part in self.parts]
            texts: dict[str, list[str]] = {
                name: [] for name in columns if all(of_part.count(name) == 1 for of_part in names)
            }
            for part, own in self._by_part(rows) if texts else ():
                for name, of_part in part.texts(list(texts), own).items():
                    texts[name] += of_part
            return texts

        return self.answer([], found)

    def files(self, rows: IntArray) -> tuple[list[str], IntArray]:
        """Return the file of each record, and its number there, counted from 0, shape (n,); `rows` ascend."""
        return self.answer([], lambda: self._files(rows))

    def _numbered(self, wanted: Wanted) -> Iterator[Block]:
        for number, part in enumerate(self.parts):
            start = self._starts[number]
            for block in part.blocks(wanted):
                rows = None if block.rows is None or not start else block.rows + start
                yield block if not start else replace(block, first_row=block.first_row + start, rows=rows)
            if number + 1 == len(self._starts):
                self._starts.append(start + part.length())

    def _files(self, rows: IntArray) -> tuple[list[str], IntArray]:
        files: list[str] = []
        numbers = []
        bounds = np.searchsorted(rows, [*self._starts[: len(self.parts)], np.iinfo(np.int64).max])
        for part, start, low, high in zip(self.parts, self._starts, bounds[:-1], bounds[1:], strict=False):
            if high > low:
                of_part, in_file = part.files(rows[low:high] - start)
                files += of_part
                numbers.append(in_file)
        return files, np.concatenate(numbers)

    def _by_part(self, rows: Sequence[int]) -> Iterator[tuple[Part, list[int]]]:
        reached = self._starts[: len(self.parts)]
        own: dict[int, list[int]] = {}
        for row in rows:
            at = bisect_right(reached, row) - 1
            own.setdefault(at, []).append(row - reached[at])
        for at, numbers in own.items():
            yield self.parts[at], numbers
