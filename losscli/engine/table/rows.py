"""The rows of a data set, checked once: what every fold goes over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from losscli.engine.folds.fold import NO_WARNINGS, States
from losscli.engine.folds.question import answer
from losscli.engine.folds.workers import Workers
from losscli.engine.table.check import Check, Missing
from losscli.engine.table.passes import Pass, ReadyPass, SourcePass, seen

if TYPE_CHECKING:
    from losscli.engine.files.row_source import RowSource
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.question import Answers, Question, Wanted
    from losscli.engine.table.counts import Counts
    from losscli.engine.table.roles import Roles
    from losscli.engine.table.watch import Watcher

R = TypeVar("R")

BYTES_PER_VALUE = 8
# Blocks that fit a core's cache better are somewhat faster with one thread, but slower with two than with one: these
# wait after each short sum for their turn at Python's lock, and what Python does for each block is then a sixth of all.
BLOCK_VALUES = 98_304
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
        self._kept: Sequence[Batch] | None = None

    @property
    def kept(self) -> bool:
        """Whether the rows are kept, so that they are not read again."""
        return self._kept is not None

    def answer(self, question: Question[R]) -> R:
        """Return the result of a question to these rows, each round of which is one fold."""
        # What the fold's workers ignore is ignored between the folds too: a best constant may have an infinite loss.
        try:
            with NO_WARNINGS(), Workers(self.threads) as workers:
                return answer(question, partial(self._fold, workers))
        finally:
            if self.watcher is not None:
                self.watcher.stop()

    def _fold(self, workers: Workers, wanted: Wanted) -> Answers:
        """Return the answers of one round."""
        states = States(wanted)
        told = self._told()
        for batch, observed in seen(self._pass(), states.observe, workers):
            states.merge(observed)
            told(len(batch))
        return states.answers()

    def __iter__(self) -> Iterator[Batch]:
        """Yield the batches, with fresh memos.

        Raises
        ------
        InputError
            A cell is wrong, or no row counts.
        """
        told = self._told()
        for batch in self.batches():
            yield batch
            told(len(batch))

    def batches(self) -> Iterator[Batch]:
        """Yield the batches as iteration does, of which nobody is told.

        Raises
        ------
        InputError
            A cell is wrong, or no row counts.
        """
        for batch, _ in seen(self._pass(), len, Workers(1)):
            yield batch

    def _told(self) -> Callable[[int], None]:
        """Return whom to tell how many more rows a new fold has gone over."""
        self._folds += 1
        number, done, total = self._folds, 0, None if self.counts is None else self.counts.n

        def tell(rows: int) -> None:
            nonlocal done
            done += rows
            if self.watcher is not None:
                self.watcher.advance(done, total, number)

        return tell

    def _pass(self) -> Pass:
        """Return a pass over the rows that are kept, or over those of the source."""
        if self._kept is not None:
            return ReadyPass(self._kept)
        roles = self.roles
        room = self.memory // bytes_per_row(roles)
        expected = self.source.expected_height() if room else None
        blocks = self.source.blocks(
            roles.read,
            labels=roles.labels,
            lists=roles.lists,
            block_rows=block_rows(roles.width),
        )
        check = Check(self.source, roles, missing=self.missing, normalize=self.normalize)
        # what will not fit is not begun: batches kept for nothing would double the peak of memory
        return SourcePass(blocks, check, room=0 if expected is not None and expected > room else room, ended=self._end)

    def _end(self, counts: Counts, kept: Sequence[Batch] | None) -> None:
        self.counts, self._kept = counts, kept


def bytes_per_row(roles: Roles) -> int:
    """Return how many bytes the checked values of a row take."""
    return BYTES_PER_VALUE * (len(roles.read) + len(roles.lists) * roles.width)


def block_rows(width: int) -> int:
    """Return the rows of a block of `width` numbers a row: fewer where rows are wide, so that memory stays bounded."""
    if width == 1:
        return BLOCK_VALUES
    return max(LEAST_BLOCK_ROWS, WIDE_BLOCK_VALUES >> (width - 1).bit_length())
