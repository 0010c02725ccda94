"""The rows of a data set, checked once: what every fold goes over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from msgspec.structs import replace

from losscli.engine.folds.fold import fold
from losscli.engine.folds.question import answer
from losscli.engine.table.check import Check, Counts, Missing

if TYPE_CHECKING:
    from losscli.engine.files.row_source import RowSource
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.question import Question
    from losscli.engine.table.roles import Roles
    from losscli.engine.table.watch import Watcher

R = TypeVar("R")

BYTES_PER_VALUE = 8
# Blocks that fit a core's cache better are somewhat faster with one thread, but slower with two than with one: these
# wait after each short sum for their turn at Python's lock.
BLOCK_VALUES = 65_536
# Of several numbers a row: 1 MiB. More leaves a core's cache, less costs more for the calls than for the sums.
WIDE_BLOCK_VALUES = 131_072
LEAST_BLOCK_ROWS = 256


class Rows:
    """Checked batches of the columns that play a role, in file order, as often as they are asked for.

    Parameters
    ----------
    source, roles
        Where rows come from and which columns are read.
    missing, normalize
        As in `Check`.
    memory
        Bytes that kept batches may take. Beyond it the source is read again for each fold; no digit depends on it.
    threads
        Workers that fold.
    watcher
        Who is told how far the reading has come, or None.
    """

    def __init__(
        self,
        source: RowSource,
        roles: Roles,
        *,
        missing: Missing,
        normalize: bool,
        memory: int,
        threads: int,
        watcher: Watcher | None = None,
    ) -> None:
        self.source = source
        self.roles = roles
        self.missing = missing
        self.normalize = normalize
        self.memory = memory
        self.threads = threads
        self.watcher = watcher
        self.counts: Counts | None = None
        self._folds = 0
        self._kept: list[Batch] | None = None

    @property
    def kept(self) -> bool:
        """Whether the rows are kept, so that they are not read again."""
        return self._kept is not None

    def answer(self, question: Question[R]) -> R:
        """Return the result of a question to these rows, each round of which is one fold."""
        # What the fold's workers ignore is ignored between the folds too: a best constant may have an infinite loss.
        try:
            with np.errstate(all="ignore"):
                return answer(question, lambda wanted: fold(self, wanted, self.threads))
        finally:
            if self.watcher is not None:
                self.watcher.stop()

    def __iter__(self) -> Iterator[Batch]:
        """Yield the batches, with fresh memos.

        Raises
        ------
        InputError
            A cell is wrong, or no row counts.
        """
        self._folds += 1
        done, total = 0, None if self.counts is None else self.counts.n
        for batch in self.batches():
            yield batch
            done += len(batch)
            if self.watcher is not None:
                self.watcher.advance(done, total, self._folds)

    def batches(self) -> Iterator[Batch]:
        """Yield the batches as iteration does, of which nobody is told.

        Raises
        ------
        InputError
            A cell is wrong, or no row counts.
        """
        if self._kept is not None:
            for batch in self._kept:
                yield replace(batch, memo={})
            return
        roles = self.roles
        row_bytes = bytes_per_row(roles)
        expected = self.source.expected_height() if self.memory else None
        # what will not fit is not begun: batches kept for nothing would double the peak of memory
        kept: list[Batch] | None = [] if expected is None or expected * row_bytes <= self.memory else None
        size = 0
        check = Check(self.source, self.roles, missing=self.missing, normalize=self.normalize)
        blocks = self.source.blocks(
            roles.read,
            labels=roles.labels,
            lists=roles.lists,
            block_rows=block_rows(roles.width),
        )
        for block in blocks:
            batch = check.batch(block)
            if len(batch) == 0:
                continue
            size += row_bytes * len(batch)
            if kept is not None and size <= self.memory:
                kept.append(replace(batch, memo={}))
            else:
                kept = None
            yield batch
        if check.counts.n == 0:
            raise check.nothing_left()
        self.counts = check.counts
        self._kept = kept


def bytes_per_row(roles: Roles) -> int:
    """Return how many bytes the checked values of a row take."""
    return BYTES_PER_VALUE * (len(roles.read) + len(roles.lists) * roles.width)


def block_rows(width: int) -> int:
    """Return the rows of a block of `width` numbers a row: fewer where rows are wide, so that memory stays bounded."""
    if width == 1:
        return BLOCK_VALUES
    return max(LEAST_BLOCK_ROWS, WIDE_BLOCK_VALUES >> (width - 1).bit_length())
