"""Several files whose rows belong together, as one data set that can be read again and again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from losscli.engine.files.block import SHOWN_CELLS, Block, CellPlace, rows_of
from losscli.engine.files.mispaired import Mispaired, mispaired
from losscli.engine.files.row_source import BLOCK_ROWS, NO_LABELS, OF_CLASSES, LeftOut, bad_cells
from losscli.engine.table.disagree import Facts, differences, unequal, uneven
from losscli.engine.table.in_step import Stream, in_order, picked

if TYPE_CHECKING:
    from losscli.arrays import BoolArray, FloatArray, IntArray
    from losscli.engine.files.source import Source


class Member(Struct, frozen=True, kw_only=True):
    """One of the files.

    Attributes
    ----------
    source
        Its rows.
    names
        Its columns by the names that they have in the whole, each of which stands in one member only.
    facts
        Its own copies of columns of earlier members, by their names in the whole: they must be equal.
    order
        Which of its rows are rows of the whole, in their order, as positions counted from 0; None for all, as they
        come.
    unpaired
        How many of its rows are left out because another file does not have them.
    """

    source: Source
    names: Mapping[str, str]
    facts: Mapping[str, str] = field(default_factory=dict)
    order: IntArray | None = None
    unpaired: int = 0


class AlignedSource:
    """Rows made of one row of each file; blocks, parts and records are those of the first file.

    Parameters
    ----------
    members : sequence of Member
        The files, the one that sets the order of rows first; at least one.
    label, path : str
        As those of a `Source`.
    keyed : bool
        Whether rows are paired by keys; else by position, and the files must be of equal length.
    weight : str or None
        The fact that is the weight.
    by : sequence of str
        The facts that name groups; the others are targets.
    drops : bool
        Whether a fact that is missing in one file only is missing in all; else it is unequal.
    """

    def __init__(
        self,
        members: Sequence[Member],
        *,
        label: str,
        path: str,
        keyed: bool,
        weight: str | None,
        drops: bool,
        by: Sequence[str] = (),
    ) -> None:
        self.label = label
        self.path = path
        self.format = members[0].source.format
        self.columns = tuple(
            replace(column, name=name)
            for member in members
            for name, own in member.names.items()
            for column in member.source.columns
            if column.name == own
        )
        self._members = tuple(members)
        self._keyed = keyed
        self._weight = weight
        self._by = by
        self._drops = drops
        self._agreed = False

    @property
    def sources(self) -> tuple[Source, ...]:
        """The files, each once."""
        return tuple(member.source for member in self._members)

    @property
    def blank_records(self) -> int:
        """Number of blank lines that were skipped in all files, after a complete reading."""
        return sum(source.blank_records for source in self.sources)

    def expected_height(self) -> None:
        """Return None: how many rows are shared is known when they are read."""

    def left_out(self) -> tuple[LeftOut, ...]:
        """Return how many rows of each file were left out, after a complete reading."""
        return tuple(
            replace(left, unpaired=member.unpaired) for member in self._members for left in member.source.left_out()
        )

    def mispaired(self, taken: Collection[str], n: int) -> Mispaired | None:
        """Return a column, none of `taken`, that speaks against pairing by position; there are `n` rows at least.

        Files whose targets are compared row by row need no such look.
        """
        if self._keyed:
            return None
        first, *others = self._members
        roles = {self.column_name(column) for column in taken}
        found = (mispaired(first.source, each.source, roles, n) for each in others if not each.facts)
        return next(filter(None, found), None)

    def blocks(
        self,
        wanted: Sequence[str],
        *,
        labels: Mapping[str, Sequence[str]] = NO_LABELS,
        lists: Sequence[str] = (),
        block_rows: int | None = None,
    ) -> Iterator[Block]:
        """Yield the columns `wanted` in blocks, in the order of the first file; parameters are those of `Source`.

        Raises
        ------
        InputError
            As `Source.blocks`; or the files differ in length, or in targets or weights, as far as these are wanted.
        """
        asked = dict.fromkeys(wanted)
        first, *others = self._members
        own = [name for name in asked if name in first.names] or [next(iter(first.names))]
        lead = _reading(first, {name: first.names[name] for name in own}, labels, lists, block_rows)
        steps = []
        for member in others:
            facts = {} if self._agreed else {name: own for name, own in member.facts.items() if name in asked}
            names = {name: own for name, own in member.names.items() if name in asked}
            if names or facts:
                steps.append((member, facts, names, Stream(_reading(member, facts | names, labels, lists, block_rows))))
        for block in lead:
            columns = {name: block.columns[first.names[name]] for name in own}
            for member, facts, names, stream in steps:
                taken = stream.take(rows_of(block))
                if taken is None:
                    raise uneven(first.source, member.source)
                self._compare(columns, member, {name: taken[own] for name, own in facts.items()}, labels)
                columns |= {name: taken[own] for name, own in names.items()}
            yield replace(block, columns={name: columns[name] for name in asked})
        for member, _, _, stream in steps:
            if stream.rest():
                raise uneven(first.source, member.source)
        self._agreed |= all(name in asked for member in others for name in member.facts)

    def first_rows(self, wanted: Sequence[str], rows: int = BLOCK_ROWS) -> Mapping[str, FloatArray]:
        """Return the first rows of columns of numbers, fewer where there are no more, as `Source.first_rows`."""
        return next(self.blocks(wanted, block_rows=rows)).columns

    def distinct(self, column: str, limit: int = 1000, hint: str = OF_CLASSES) -> tuple[str, ...]:
        """Return the different labels of a column in order of first appearance, as `Source.distinct`."""
        member = self._owner(column)
        return member.source.distinct(member.names[column], limit, hint)

    def list_width(self, column: str) -> int:
        """Return how many numbers the first list of a column has, as `Source.list_width`."""
        member = self._owner(column)
        return member.source.list_width(member.names[column])

    def texts(self, column: str, rows: Sequence[int]) -> list[str]:
        """Return the text of the cells of a column of the first file in a few of its records, in ascending order."""
        return self._members[0].source.texts(column, rows)

    def require(self, wanted: Sequence[str]) -> None:
        """Check that each of the columns `wanted` stands in the first file, and stands there once.

        Raises
        ------
        InputError
            One does not.
        """
        self._members[0].source.require(wanted)

    def column_name(self, column: str) -> str:
        """Return what a column is called in its file."""
        return self._owner(column).names[column]

    def place(self, rows: Sequence[int]) -> list[str]:
        """Return where a few records of the first file stand."""
        return self._members[0].source.place(rows)

    def located(self, rows: Sequence[int]) -> list[CellPlace]:
        """Return the places of a few records of the first file, in ascending order, without any cell."""
        return self._members[0].source.located(rows)

    def files(self, rows: IntArray) -> tuple[list[str], IntArray]:
        """Return the file of each record of the first file, and its number there, as `Source.files`."""
        return self._members[0].source.files(rows)

    def first_cells(
        self,
        column: str,
        is_bad: Callable[[FloatArray], BoolArray],
        limit: int = SHOWN_CELLS,
        *,
        labels: Mapping[str, Sequence[str]] = NO_LABELS,
        lists: Sequence[str] = (),
    ) -> tuple[int, list[CellPlace]]:
        """Return how many cells of a column are bad in rows of the whole, and the first of them in its file."""
        member = self._owner(column)
        own = member.names[column]
        known = {own: labels[column]} if column in labels else {}
        blocks = member.source.blocks([own], labels=known, lists=[own] if column in lists else ())
        if member.order is not None:
            blocks = picked(blocks, np.sort(member.order), member.source.label)
        return bad_cells(blocks, own, is_bad, limit, member.source.cells)

    def _owner(self, column: str) -> Member:
        return next(member for member in self._members if column in member.names)

    def _compare(
        self,
        columns: dict[str, FloatArray],
        member: Member,
        taken: Mapping[str, FloatArray],
        labels: Mapping[str, Sequence[str]],
    ) -> None:
        """Raise the error that the facts of a member differ; or let those that it lacks be missing."""
        for name, values in taken.items():
            if differences(columns[name], values, drops=self._drops).any():
                owner = self._owner(name)
                ours, theirs = (
                    Facts(source=each.source, column=own, order=each.order, labels=labels.get(name))
                    for each, own in ((owner, owner.names[name]), (member, member.facts[name]))
                )
                noun = "weights" if name == self._weight else "groups" if name in self._by else "targets"
                raise unequal(ours, theirs, noun, keyed=self._keyed, drops=self._drops)
            lacking = np.isnan(values)
            if lacking.any():
                columns[name] = np.where(lacking, np.nan, columns[name])


def _reading(
    member: Member,
    names: Mapping[str, str],
    labels: Mapping[str, Sequence[str]],
    lists: Sequence[str],
    block_rows: int | None,
) -> Iterator[Block]:
    blocks = member.source.blocks(
        list(names.values()),
        labels={own: labels[name] for name, own in names.items() if name in labels},
        lists=[own for name, own in names.items() if name in lists],
        block_rows=block_rows,
    )
    return in_order(blocks, member.order, member.source.label)
