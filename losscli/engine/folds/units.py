"""Sums of the rows of each cluster or period: what the spread of a mean of dependent rows is computed from."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from losscli.engine.folds.dependent import pulls_on_mean, sampling_along_time, sampling_by_clusters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from losscli.arrays import BoolArray, FloatArray, IntArray
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.summary import Summary

# Up to so many numbers of units for each row are counted; of more, the rows' numbers are sorted.
_MOST_NUMBERS = 4


class UnitSums(Struct, frozen=True, kw_only=True):
    """Sums over the rows of each unit (a cluster, or a period of time), within groups if there are any.

    Attributes
    ----------
    group : array of shape (u,) or None
        The number of the group, rising; None where rows are not grouped.
    unit : array of shape (u,)
        The number of the unit, rising within the group.
    weights : array of shape (k, u) or (1, u)
        Σw of the rows in which the quantity is finite, for each of k quantities, or for all of them.
    totals : array of shape (k, u)
        Σwv of these rows.
    in_time
        Whether units are periods that follow one another.
    """

    group: IntArray | None
    unit: IntArray
    weights: FloatArray
    totals: FloatArray
    in_time: bool


# Sums of stretches of rows in their order, each at least twice as many as the next; none where rows have no units
Stretches: TypeAlias = "tuple[UnitSums, ...]"


def unit_sums(batch: Batch, *quantities: FloatArray, group: IntArray | None = None) -> Stretches:
    """Return the sums of a batch by unit, or nothing where its rows have none.

    Parameters
    ----------
    quantities : arrays of shape (n,)
        Rows in which one is not finite do not count in it.
    group : array of shape (n,) or None
        The number of each row's group.
    """
    if batch.unit is None:
        return ()
    values = np.stack(quantities)
    weights = np.ones((1, len(batch))) if batch.weight is None else batch.weight[np.newaxis]
    finite = np.isfinite(values)
    if not finite.all():
        values, weights = np.where(finite, values, 0.0), np.where(finite, weights, 0.0)
    return (_summed(group, batch.unit, weights, values * weights, in_time=batch.in_time),)


def merged(earlier: Stretches, later: Stretches) -> Stretches:
    """Return the sums of both, those taken together that have about as many units as the next ones.

    So what is kept is at most about twice the number of units, and a sum is taken up about log₂ times.
    """
    stretches = [*earlier, *later]
    while len(stretches) > 1 and len(stretches[-2].unit) < 2 * len(stretches[-1].unit):
        stretches[-2:] = [_together(stretches[-2:])]
    return tuple(stretches)


def all_together(stretches: Stretches) -> UnitSums | None:
    """Return the sums of all stretches, None where rows have no units."""
    return _together(stretches) if stretches else None


def of_groups(sums: UnitSums, groups: IntArray) -> UnitSums:
    """Return the sums of the rows of several groups taken together, by the numbers of the groups, of shape (g,)."""
    if sums.group is None:
        raise RuntimeError("the rows were summed without their groups")
    low, high = np.searchsorted(sums.group, groups), np.searchsorted(sums.group, groups, side="right")
    at = np.concatenate([np.arange(start, stop) for start, stop in zip(low, high, strict=True)])
    return _summed(None, sums.unit[at], sums.weights[:, at], sums.totals[:, at], in_time=sums.in_time)


def with_sampling(summary: Summary, sums: UnitSums | None, position: int = 0) -> Summary:
    """Return the summary of the quantity at `position` of `sums` with how its mean varies, if rows have units."""
    if sums is None:
        return summary
    weight = sums.weights[min(position, len(sums.weights) - 1)]
    present = weight > 0
    sampling_of = sampling_along_time if sums.in_time else sampling_by_clusters
    with np.errstate(over="ignore", invalid="ignore"):
        pulls = pulls_on_mean(weight[present], sums.totals[position, present])
        dependent = sampling_of(pulls, weight[present])
    return replace(summary, dependent=dependent)


class UnitCount(Struct, frozen=True):
    """Answers how many clusters or periods have rows, of `size` that there may be."""

    size: int

    def empty(self) -> BoolArray:
        """Return the state of no rows."""
        return np.zeros(self.size, np.bool_)

    def observe(self, batch: Batch) -> BoolArray:
        """Return which units have rows."""
        if batch.unit is None:
            raise RuntimeError("the rows were read without their clusters or times")
        there = self.empty()
        there[batch.unit] = True
        return there

    def merge(self, earlier: BoolArray, later: BoolArray) -> BoolArray:
        """Return which units have rows in either."""
        return earlier | later

    def finalise(self, state: BoolArray) -> int:
        """Return how many there are."""
        return int(np.count_nonzero(state))


def _together(stretches: Sequence[UnitSums]) -> UnitSums:
    first, *others = stretches
    if not others:
        return first
    k = max(len(each.weights) for each in stretches)
    weights = [np.broadcast_to(each.weights, (k, len(each.unit))) for each in stretches]
    groups = [each.group for each in stretches if each.group is not None]
    return _summed(
        np.concatenate(groups) if groups else None,
        np.concatenate([each.unit for each in stretches]),
        np.concatenate(weights, axis=1),
        np.concatenate([each.totals for each in stretches], axis=1),
        in_time=first.in_time,
    )


def _summed(
    group: IntArray | None, unit: IntArray, weights: FloatArray, totals: FloatArray, *, in_time: bool
) -> UnitSums:
    """Return the sums by group and unit of rows, or of sums, in any order."""
    width = int(unit.max(initial=0)) + 1
    groups, position = (None, 0) if group is None else np.unique(group, return_inverse=True)
    number = position * width + unit
    if int(number.max(initial=0)) < _MOST_NUMBERS * len(number):
        numbers: IntArray = np.flatnonzero(np.bincount(number))
        place = np.zeros(int(number.max()) + 1, np.int64)
        place[numbers] = np.arange(len(numbers))
        at: IntArray = place[number]
    else:
        numbers, at = np.unique(number, return_inverse=True)

    def by_number(rows: FloatArray) -> FloatArray:
        return np.stack([np.bincount(at, each, len(numbers)).astype(np.float64, copy=False) for each in rows])

    return UnitSums(
        group=None if groups is None else groups[numbers // width],
        unit=numbers % width,
        weights=by_number(weights),
        totals=by_number(totals),
        in_time=in_time,
    )
