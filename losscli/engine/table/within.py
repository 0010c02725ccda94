"""The rows of one group after another, as if each group stood in a file of its own.

Whatever is asked of a data set can be asked of a group in the same way, and has the same digits as in a file of its
rows alone: they come in the same order and in blocks of the same length.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from losscli.engine.folds.batch import Batch, joined
from losscli.engine.folds.question import ask
from losscli.engine.table.counts import Counts
from losscli.engine.table.passes import ReadyPass
from losscli.engine.table.rows import Rows, block_rows, bytes_per_row
from losscli.errors import InputError
from losscli.text import listed

if TYPE_CHECKING:
    from losscli.arrays import IntArray
    from losscli.engine.table.dataset import Dataset
    from losscli.engine.table.passes import Pass

# Groups that are told of: each is evaluated in full. Its number has to fit 16 bits, by which rows are sorted fast.
MOST_GROUPS = 1_000
# What stands for a missing cell in the name of a group.
MISSING = "(missing)"
# The part of the memory for rows that groups take beside the rows that are kept in their order.
SHARE_BESIDE = 4


class Group(Struct, frozen=True, kw_only=True):
    """A group of rows: the columns that it is told by, and its name in each, None for a missing cell."""

    columns: tuple[str, ...]
    names: tuple[str | None, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        """Its names as people read them."""
        return tuple(MISSING if name is None else name for name in self.names)

    @property
    def label(self) -> str:
        """All in one: "region=south, year=2020"; text from data."""
        return ", ".join(f"{column}={name}" for column, name in zip(self.columns, self.shown, strict=True))


class GroupSizes(Struct, frozen=True):
    """Answers how many rows each group has, by its number, in rising order."""

    def empty(self) -> Counter[int]:
        """Return the state of no rows."""
        return Counter()

    def observe(self, batch: Batch) -> Counter[int]:
        """Return the rows of each group in one batch."""
        numbers, counts = np.unique(_numbers(batch), return_counts=True)
        return Counter(dict(zip(numbers.tolist(), counts.tolist(), strict=True)))

    def merge(self, earlier: Counter[int], later: Counter[int]) -> Counter[int]:
        """Return the rows of both."""
        return earlier + later

    def finalise(self, state: Counter[int]) -> dict[int, int]:
        """Return the numbers of rows."""
        return dict(sorted(state.items()))


class GroupRows(Rows):
    """The rows of one group: gathered once, or taken from the whole again for each fold.

    Parameters
    ----------
    whole
        All rows.
    number, n
        Of the group, and how many rows it has.
    """

    def __init__(self, whole: Rows, number: int, n: int) -> None:
        alone = n <= block_rows(whole.roles.width)
        super().__init__(
            whole.source,
            whole.roles,
            missing=whole.missing,
            normalize=whole.normalize,
            memory=whole.memory,
            threads=1 if alone else whole.threads,
            watcher=None if alone else whole.watcher,
        )
        self.counts = Counts(n=n, n_dropped=0, missing={}, zero_weight=0, off_sums=(0, 0.0))
        self._whole = whole
        self._number = number
        self._gathered: tuple[Batch, ...] | None = None

    def gather(self, sorted_rows: Sequence[_Sorted], place: int) -> None:
        """Keep the rows of the group, which is the one at `place` among those sorted."""
        self._gathered = tuple(_blocks((each.group(place) for each in sorted_rows), block_rows(self.roles.width)))

    def release(self) -> None:
        """Keep no rows any longer."""
        self._gathered = None

    def _pass(self) -> Pass:
        """Return a pass over the rows of the group."""
        return ReadyPass(self._taken() if self._gathered is None else self._gathered)

    def _taken(self) -> Iterator[Batch]:
        """Yield the batches of the group, of the whole read again."""
        found = (batch.take(np.flatnonzero(_numbers(batch) == self._number)) for batch in self._whole.batches())
        return _blocks(found, block_rows(self.roles.width))


class _Sorted(Struct, frozen=True):
    """Some rows of a batch, sorted by their groups, and where each group begins and the last one ends."""

    batch: Batch
    starts: IntArray

    def group(self, place: int) -> Batch:
        """Return the rows of the group at that place."""
        return self.batch.slice(int(self.starts[place]), int(self.starts[place + 1]))


def groups_of(dataset: Dataset) -> Iterator[tuple[Group, Dataset]]:
    """Yield the groups that have rows, by the first appearance of their names, each with its rows as a data set.

    The rows of a group are at hand until the next one is asked for; later they are read again.

    Raises
    ------
    InputError
        There are more than `MOST_GROUPS`, or every row is a group of its own.
    """
    rows, roles = dataset.rows, dataset.roles
    sizes = rows.answer(ask(GroupSizes()))
    columns = tuple(key.column for key in roles.by)
    _check_sizes(dataset.source.label, columns, sizes)
    for pack in _packs(rows, sizes):
        gathered = _sorted_rows(rows, pack) if _fits(rows, sum(sizes[number] for number in pack)) else None
        for place, number in enumerate(pack):
            own = GroupRows(rows, number, sizes[number])
            if gathered is not None:
                own.gather(gathered, place)
            yield Group(columns=columns, names=roles.group_names(number)), replace(dataset, rows=own)
            own.release()


def check_shared(
    label: str, columns: Sequence[str], *, groups: int, n: int, hint: str = "name a column that several rows share"
) -> None:
    """Check that groups of n rows have rows to speak of.

    Raises
    ------
    InputError
        Every row is a group of its own.
    """
    if n > 1 and groups == n:
        raise InputError(f"{label}: --by {listed(columns)}: every row is a group of its own", hint)


def _check_sizes(label: str, columns: tuple[str, ...], sizes: dict[int, int]) -> None:
    check_shared(label, columns, groups=len(sizes), n=sum(sizes.values()))
    if len(sizes) > MOST_GROUPS:
        raise InputError(
            f"{label}: --by {listed(columns)}: {len(sizes)} groups, and {MOST_GROUPS} are the most",
            "name fewer columns, or a coarser one; --where chooses rows",
        )


def _fits(rows: Rows, n: int) -> bool:
    memory = rows.memory // SHARE_BESIDE if rows.kept else rows.memory
    return n * bytes_per_row(rows.roles) <= memory


def _packs(rows: Rows, sizes: dict[int, int]) -> Iterator[tuple[int, ...]]:
    """Yield the numbers of groups that are gathered at once: as many as fit into the memory, or one that does not."""
    pack: list[int] = []
    for number, n in sizes.items():
        if pack and not _fits(rows, sum(sizes[each] for each in pack) + n):
            yield tuple(pack)
            pack = []
        pack.append(number)
    yield tuple(pack)


def _sorted_rows(rows: Rows, pack: tuple[int, ...]) -> list[_Sorted]:
    """Return the rows of some groups, batch by batch."""
    wanted = np.array(pack)
    try:
        with np.errstate(all="ignore"):  # as for every fold
            return [_sorted(batch, wanted) for batch in rows]
    finally:
        if rows.watcher is not None:
            rows.watcher.stop()


def _sorted(batch: Batch, wanted: IntArray) -> _Sorted:
    numbers = _numbers(batch)
    places = np.minimum(np.searchsorted(wanted, numbers), len(wanted) - 1)
    inside = np.flatnonzero(wanted[places] == numbers)
    places = places[inside].astype(np.uint16)
    order = np.argsort(places, kind="stable")
    starts = np.searchsorted(places[order], np.arange(len(wanted) + 1))
    return _Sorted(batch.take(inside[order]), starts)


def _numbers(batch: Batch) -> IntArray:
    if batch.group is None:
        raise RuntimeError("the rows were read without their groups")
    return batch.group


def _blocks(pieces: Iterable[Batch], rows: int) -> Iterator[Batch]:
    """Yield the rows of `pieces` in blocks of so many rows, as they would be read."""
    waiting: list[Batch] = []
    held = 0
    for piece in pieces:
        start = 0
        while held + len(piece) - start >= rows:
            stop = start + rows - held
            yield joined([*waiting, piece.slice(start, stop)])
            waiting, held, start = [], 0, stop
        if start < len(piece):
            waiting.append(piece.slice(start, len(piece)))
            held += len(piece) - start
    if waiting:
        yield joined(waiting)
