"""One pass over the rows of a data set: pieces that any thread makes batches of, and what is noted of them in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from losscli.engine.folds.fold import NO_WARNINGS
from losscli.engine.table.counts import NO_ROWS, Checked
from losscli.engine.table.wrong_rows import WrongRowsError

if TYPE_CHECKING:
    from losscli.engine.files.block import Block
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.workers import Workers
    from losscli.engine.table.check import Check
    from losscli.engine.table.counts import Counts

R = TypeVar("R")


class Pass(Protocol):
    """Rows in pieces, in the order of the file."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the pieces."""

    def checked(self, piece: Any, /) -> Checked:
        """Return the batch of a piece, with a fresh memo; in any thread.

        Raises
        ------
        WrongRowsError
            A cell is wrong.
        """

    def note(self, checked: Checked, /) -> None:
        """Hear of each batch, in the order of the pieces."""

    def end(self) -> None:
        """Hear that all rows have gone by.

        Raises
        ------
        InputError
            No row counts.
        """


class ReadyPass:
    """A pass over batches that are checked already."""

    def __init__(self, batches: Iterable[Batch]) -> None:
        self._batches = batches

    def __iter__(self) -> Iterator[Batch]:
        """Yield the batches."""
        return iter(self._batches)

    def checked(self, batch: Batch) -> Checked:
        """Return a batch, with a fresh memo."""
        return Checked(batch=batch.fresh(), counts=NO_ROWS)

    def note(self, checked: Checked) -> None:
        """All is known of it."""

    def end(self) -> None:
        """All is known of them."""


class SourcePass:
    """A pass over the blocks of a source, checked on the way; its batches are kept as long as they fit.

    Parameters
    ----------
    blocks, check
        The rows, and what makes batches of them.
    room
        How many rows may be kept.
    ended : callable
        Told at the end what became of the rows, and the batches that are kept: all or None.
    """

    def __init__(
        self,
        blocks: Iterable[Block],
        check: Check,
        *,
        room: int,
        ended: Callable[[Counts, Sequence[Batch] | None], None],
    ) -> None:
        self._blocks = blocks
        self._check = check
        self._room = room
        self._ended = ended
        self._counts = NO_ROWS
        self._kept: list[Batch] | None = []

    def __iter__(self) -> Iterator[Block]:
        """Yield the blocks."""
        return iter(self._blocks)

    def checked(self, block: Block) -> Checked:
        """Return the batch of a block.

        Raises
        ------
        WrongRowsError
            A cell is wrong.
        """
        with NO_WARNINGS():  # what is infinite is found by sums
            return self._check.checked(block)

    def note(self, checked: Checked) -> None:
        """Count and keep the rows of a batch."""
        self._counts = self._counts.and_then(checked.counts)
        if self._counts.n > self._room:
            self._kept = None
        elif self._kept is not None and len(checked.batch):
            self._kept.append(checked.batch.fresh())

    def end(self) -> None:
        """Tell what became of the rows.

        Raises
        ------
        InputError
            No row counts.
        """
        if self._counts.n == 0:
            raise self._check.nothing_left(self._counts)
        self._ended(self._counts, self._kept)


def seen(rows: Pass, look: Callable[[Batch], R], workers: Workers) -> Iterator[tuple[Batch, R]]:
    """Yield the batches of a pass that have rows, in their order, and what `look` says of each.

    A piece is checked by the thread that then looks at it: it is in the cache of that core.

    Raises
    ------
    InputError
        A cell is wrong, or no row counts.
    """

    def looked_at(piece: Any) -> tuple[Checked, list[R]]:
        checked = rows.checked(piece)
        found = [look(checked.batch)] if len(checked.batch) else []
        checked.batch.memo.clear()  # what waits for its turn are rows, not what was computed of them
        return checked, found

    try:
        for checked, found in workers.in_order(rows, looked_at):
            rows.note(checked)
            for of_batch in found:
                yield checked.batch, of_batch
    except WrongRowsError as wrong:
        raise wrong.told() from None
    rows.end()
