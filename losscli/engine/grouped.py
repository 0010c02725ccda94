"""Means with their spread for each group of rows, all groups at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np

from losscli.engine.group_inference import Means
from losscli.engine.moments import (
    LINE,
    counts_of,
    joined_lines,
    lines_by_group,
    means_of,
    pulls_of,
    squared_weights_of,
    summary_of,
    weights_of,
)
from losscli.engine.units import all_together, merged, of_groups, unit_sums, with_sampling

if TYPE_CHECKING:
    from losscli.arrays import FloatArray, IntArray
    from losscli.engine.batch import Batch
    from losscli.engine.quantity import Quantity
    from losscli.engine.summary import Summary
    from losscli.engine.units import Stretches, UnitSums

# Up to so many groups their numbers are counted; the numbers of more are sorted, batch by batch.
FEW_GROUPS = 10_000


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


@dataclass(frozen=True)
class ByKey:
    """The groups that the columns of `Roles.by` name."""

    groups: int

    def __call__(self, batch: Batch) -> IntArray:
        """Return the number of each row's group."""
        if batch.group is None:
            raise RuntimeError("the rows were read without their groups")
        return batch.group


@dataclass(frozen=True)
class Binned:
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


# The groups that have rows, in rising order, of shape (g,); their lines, of shape (g, `LINE`); their Σwu; the sums of
# their clusters or periods
Groups: TypeAlias = "tuple[IntArray, FloatArray, FloatArray, Stretches]"


@dataclass(frozen=True, kw_only=True)
class GroupTable:
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
        return Means(n=self.count, weight=self.weight, mean=means_of(self.lines), psi2=psi2, psi3=psi3)

    def summary(self, *positions: int) -> Summary:
        """Return the summary of the groups at some positions, taken together."""
        summary = summary_of(self.lines[list(positions)])
        if self.units is None:
            return summary
        return with_sampling(summary, of_groups(self.units, self.number[list(positions)]))


@dataclass(frozen=True)
class GroupMoments:
    """Answers the sums of a finite quantity in each group, and the mean of another beside it, as a `GroupTable`."""

    of: Quantity
    beside: Quantity
    by: Grouping

    def empty(self) -> Groups:
        """Return the state of no rows."""
        return np.empty(0, np.int64), np.zeros((0, LINE)), np.empty(0), ()

    def observe(self, batch: Batch) -> Groups:
        """Return the sums of the groups in one batch."""
        group = self.by(batch)
        units = () if batch.unit is None else unit_sums(batch, self.of(batch), group=group)
        if self.by.groups <= FEW_GROUPS:
            numbers: IntArray = np.flatnonzero(np.bincount(group, minlength=self.by.groups))
            lines, totals = self._sums(batch, group, self.by.groups)
            return numbers, lines[numbers], totals[numbers], units
        numbers, inverse = np.unique(group, return_inverse=True)
        return numbers, *self._sums(batch, inverse, len(numbers)), units

    def _sums(self, batch: Batch, group: IntArray, groups: int) -> tuple[FloatArray, FloatArray]:
        beside = self.beside(batch)
        terms = beside if batch.weight is None else beside * batch.weight
        totals = np.bincount(group, weights=terms, minlength=groups).astype(np.float64, copy=False)
        return lines_by_group(self.of(batch), batch.weight, group, groups), totals

    def merge(self, earlier: Groups, later: Groups) -> Groups:
        """Return the sums of both."""
        if not len(earlier[0]) or not len(later[0]):
            return earlier if len(earlier[0]) else later
        units = merged(earlier[3], later[3])
        if np.array_equal(earlier[0], later[0]):
            return earlier[0], joined_lines(earlier[1], later[1]), earlier[2] + later[2], units
        numbers = np.union1d(earlier[0], later[0])
        lines, totals = np.zeros((len(numbers), LINE)), np.zeros(len(numbers))
        at = np.searchsorted(numbers, earlier[0])
        lines[at], totals[at] = earlier[1], earlier[2]
        at = np.searchsorted(numbers, later[0])
        lines[at] = joined_lines(lines[at], later[1])
        totals[at] += later[2]
        return numbers, lines, totals, units

    def finalise(self, state: Groups) -> GroupTable:
        """Return the groups with their sums."""
        numbers, lines, totals, units = state
        return GroupTable(number=numbers, lines=lines, beside=totals / weights_of(lines), units=all_together(units))
