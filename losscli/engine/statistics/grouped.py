"""Means with their spread for each group of rows, all groups at once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
from msgspec import Struct

from losscli.engine.folds.moments import (
    LINE,
    counts_of,
    joined_lines,
    lines_by_group,
    means_of,
    pulls_of,
    spreads_by_weights,
    squared_weights_of,
    summary_of,
    weights_of,
)
from losscli.engine.folds.units import all_together, merged, of_groups, unit_sums, with_sampling
from losscli.engine.statistics.group_inference import Means

if TYPE_CHECKING:
    from losscli.arrays import FloatArray, IntArray
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.quantity import Quantity
    from losscli.engine.folds.summary import Summary
    from losscli.engine.folds.units import Stretches, UnitSums

# Up to so many groups each batch is summed by itself. Of more groups a batch has few rows each, and to join its sums to
# those of the others takes longer than to sum it: so many rows wait until they are summed together.
FEW_GROUPS = 10_000
WAITING_ROWS = 1 << 20


class Grouping(Protocol):
    """A number for each row that says of which group it is."""

    @property
    def groups(self) -> int:
        """How many groups there may be."""
        ...

    def __call__(self, batch: Batch, /) -> IntArray:
        """Return the group of each row of `batch`, from 0 and below `groups`, of shape (n,)."""
        ...

    def __hash__(self) -> int:
        """Equal groupings are folded once, so they must be hashable."""
        ...


class ByKey(Struct, frozen=True):
    """The groups that the columns of `Roles.by` name."""

    groups: int

    def __call__(self, batch: Batch) -> IntArray:
        """Return the number of each row's group."""
        if batch.group is None:
            raise RuntimeError("the rows were read without their groups")
        return batch.group


class Binned(Struct, frozen=True):
    """The bins of a quantity: up to the first edge, above it up to the second, and so on, and above the last."""

    of: Quantity
    edges: tuple[float, ...]

    @property
    def groups(self) -> int:
        """How many bins there are."""
        return len(self.edges) + 1

    def __call__(self, batch: Batch) -> IntArray:
        """Return the number of each row's bin."""
        bins: IntArray = np.searchsorted(np.array(self.edges), self.of(batch), side="left").astype(np.int64)
        return bins


# The groups that have rows, in rising order, of shape (g,); their lines, of shape (g, `LINE`); their Σwu
Sums: TypeAlias = "tuple[IntArray, FloatArray, FloatArray]"
# Rows that are not summed yet: group, value, further quantity and weight, each of shape (n,)
Waiting: TypeAlias = "tuple[IntArray, FloatArray, FloatArray, FloatArray | None]"


class Groups(Struct, frozen=True):
    """The sums of groups, rows that wait to be summed, and the sums of clusters or periods by group."""

    sums: Sums
    waiting: tuple[Waiting, ...] = ()
    units: Stretches = ()


class GroupTable(Struct, frozen=True, kw_only=True, dict=True):
    """Groups that have rows.

    Attributes
    ----------
    number : array of shape (g,)
        The number of each group, rising.
    lines : array of shape (g, `LINE`)
        The sums of each.
    beside : array of shape (g,)
        The weighted mean of the further quantity in each.
    units
        The sums of clusters or periods by group; None where rows have none.
    """

    number: IntArray
    lines: FloatArray
    beside: FloatArray
    units: UnitSums | None = None

    @cached_property
    def count(self) -> IntArray:
        """Rows of each group, of shape (g,)."""
        return counts_of(self.lines)

    @cached_property
    def weight(self) -> FloatArray:
        """Σw of each group, of shape (g,)."""
        return weights_of(self.lines)

    @cached_property
    def squared_weight(self) -> FloatArray:
        """Σw² of each group, of shape (g,)."""
        return squared_weights_of(self.lines)

    @cached_property
    def means(self) -> Means:
        """The summary of each group."""
        psi2, psi3 = pulls_of(self.lines)
        inflation, degrees = spreads_by_weights(self.lines)
        return Means(
            n=self.count,
            weight=self.weight,
            mean=means_of(self.lines),
            psi2=psi2,
            psi3=psi3,
            inflation=inflation,
            degrees=degrees,
        )

    def summary(self, *positions: int) -> Summary:
        """Return the summary of the groups at some positions, taken together."""
        summary = summary_of(self.lines[list(positions)])
        if self.units is None:
            return summary
        return with_sampling(summary, of_groups(self.units, self.number[list(positions)]))


class GroupMoments(Struct, frozen=True):
    """Answers the sums of a finite quantity in each group, and the mean of another beside it, as a `GroupTable`."""

    of: Quantity
    beside: Quantity
    by: Grouping

    def empty(self) -> Groups:
        """Return the state of no rows."""
        return Groups((np.empty(0, np.int64), np.zeros((0, LINE)), np.empty(0)))

    def observe(self, batch: Batch) -> Groups:
        """Return the sums of the groups in one batch, or its rows where there are many groups."""
        group, values = self.by(batch), self.of(batch)
        units = () if batch.unit is None else unit_sums(batch, values, group=group)
        rows = group, values, self.beside(batch), batch.weight
        if self.by.groups > FEW_GROUPS:
            return Groups(self.empty().sums, (rows,), units)
        return Groups(_summed(*rows, groups=self.by.groups), (), units)

    def merge(self, earlier: Groups, later: Groups) -> Groups:
        """Return the sums of both."""
        together = Groups(
            _joined(earlier.sums, later.sums), earlier.waiting + later.waiting, merged(earlier.units, later.units)
        )
        if sum(len(group) for group, *_ in together.waiting) < WAITING_ROWS:
            return together
        return self._settled(together)

    def _settled(self, state: Groups) -> Groups:
        """Return the state with no row waiting."""
        if not state.waiting:
            return state
        group, values, beside, weight = zip(*state.waiting, strict=True)
        weights = [each for each in weight if each is not None]
        sums = _summed(
            np.concatenate(group),
            np.concatenate(values),
            np.concatenate(beside),
            np.concatenate(weights) if weights else None,
            groups=self.by.groups,
        )
        return Groups(_joined(state.sums, sums), (), state.units)

    def finalise(self, state: Groups) -> GroupTable:
        """Return the groups with their sums."""
        settled = self._settled(state)
        numbers, lines, totals = settled.sums
        units = all_together(settled.units)
        return GroupTable(number=numbers, lines=lines, beside=totals / weights_of(lines), units=units)


def _summed(group: IntArray, values: FloatArray, beside: FloatArray, weight: FloatArray | None, *, groups: int) -> Sums:
    """Return the sums of the groups, numbered below `groups`, that rows belong to."""
    if groups > max(FEW_GROUPS, len(group)):
        numbers, group = np.unique(group, return_inverse=True)
        groups = len(numbers)
    else:
        numbers = np.flatnonzero(np.bincount(group, minlength=groups))
    terms = beside if weight is None else beside * weight
    totals = np.bincount(group, weights=terms, minlength=groups).astype(np.float64, copy=False)
    lines = lines_by_group(values, weight, group, groups)
    return (numbers, lines, totals) if len(numbers) == groups else (numbers, lines[numbers], totals[numbers])


def _joined(earlier: Sums, later: Sums) -> Sums:
    if not len(earlier[0]) or not len(later[0]):
        return earlier if len(earlier[0]) else later
    if np.array_equal(earlier[0], later[0]):
        return earlier[0], joined_lines(earlier[1], later[1]), earlier[2] + later[2]
    numbers = np.union1d(earlier[0], later[0])
    lines, totals = np.zeros((len(numbers), LINE)), np.zeros(len(numbers))
    at = np.searchsorted(numbers, earlier[0])
    lines[at], totals[at] = earlier[1], earlier[2]
    at = np.searchsorted(numbers, later[0])
    lines[at] = joined_lines(lines[at], later[1])
    totals[at] += later[2]
    return numbers, lines, totals
