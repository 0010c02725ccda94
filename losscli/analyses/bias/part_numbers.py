"""Where a bias sits: the numbers of all groups of rows, or of all bins, at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from losscli.analyses.bias.part_biases import biases_of_parts
from losscli.analyses.evaluation.numbers import MOST_RELATIVE, BiasNumbers
from losscli.arrays import Functional
from losscli.engine.statistics.identification import MEAN
from losscli.engine.statistics.multiple import holm_of_all
from losscli.engine.statistics.rate import independent_share

if TYPE_CHECKING:
    from losscli.analyses.bias.parts import Bins
    from losscli.arrays import BoolArray, FloatArray, IntArray
    from losscli.engine.folds.summary import Summary
    from losscli.engine.statistics.grouped import GroupTable
    from losscli.engine.statistics.identification import Property
    from losscli.engine.table.roles import Roles

# Groups with fewer rows are pooled, where there are several: an interval of four rows says next to nothing.
SMALL_GROUP = 5


class PartNumbers(Struct, frozen=True, kw_only=True):
    """The bias of one group or bin.

    Attributes
    ----------
    names
        Of a group: one for each column of `--by`, None for a missing cell; empty for a bin and for pooled groups.
    pooled
        How many small groups these are; 0 for a group of its own.
    top
        The largest value of the bin; None for a group.
    n, weight
        Rows, and their share of the weight.
    independent
        How many independent rows of equal weight they are worth to a rate.
    prediction, target
        Mean prediction, None where predictions are no means, and mean target.
    bias, p_adjusted
        Their difference, and its p-value adjusted (Holm) for the number of groups or bins.
    adds
        What it adds to the bias of all rows, in the unit of the bias.
    units
        Its clusters or times; None where rows have none.
    """

    names: tuple[str | None, ...] = ()
    pooled: int = 0
    top: float | None = None
    n: int
    independent: float
    weight: float
    prediction: float | None
    target: float
    bias: BiasNumbers
    p_adjusted: float | None = None
    adds: float
    units: int | None = None


def group_numbers(table: GroupTable, roles: Roles, wanted: Property, level: float | None) -> tuple[PartNumbers, ...]:
    """Return the bias of each group, those first that add most to the bias of all rows; small groups together last.

    Parameters
    ----------
    wanted : Property
        What predictions of numbers are held to be.
    level : float or None
        Level of the intervals; None for none.
    """
    small = table.count < SMALL_GROUP
    pooled = int(np.count_nonzero(small))
    if pooled in (1, len(small)):
        small, pooled = np.zeros(len(small), np.bool_), 0
    columns = _columns(table, small, roles, wanted, level)
    order = np.argsort(-np.abs(columns.adds[: len(small) - pooled]), kind="stable")
    names = roles.names_of_groups(table.number[~small][order])
    if pooled:
        order, names = np.append(order, len(order)), [*names, ()]
    return _parts(columns, order, names=names, pooled=pooled)


def bin_numbers(bins: Bins, roles: Roles, wanted: Property, level: float | None) -> tuple[PartNumbers, ...]:
    """Return the bias of each bin, in rising order; as `group_numbers`."""
    table = bins.table
    columns = _columns(table, np.zeros(len(table.number), np.bool_), roles, wanted, level)
    return _parts(columns, np.arange(len(table.number)), tops=[bins.tops[number] for number in table.number.tolist()])


class _Columns(Struct, frozen=True, kw_only=True):
    """The numbers of g parts, each of shape (g,); NaN for what does not exist."""

    n: IntArray
    independent: FloatArray
    weight: FloatArray
    target: FloatArray
    prediction: FloatArray
    mbe: FloatArray
    low: FloatArray
    high: FloatArray
    p_value: FloatArray
    relative: FloatArray
    adds: FloatArray
    units: Sequence[int | None]


def _columns(table: GroupTable, pooled: BoolArray, roles: Roles, wanted: Property, level: float | None) -> _Columns:
    """Return the numbers of the groups that are not `pooled`, and behind them of those that are, together."""
    alone, together = np.flatnonzero(~pooled), np.flatnonzero(pooled)
    means = table.means.of(alone)
    target, squared = table.beside[alone], table.squared_weight[alone]
    if len(together):
        means = means.with_summary(table.summary(*together.tolist()))
        target = np.append(target, np.sum(table.weight[together] * table.beside[together]) / means.weight[-1])
        squared = np.append(squared, np.sum(table.squared_weight[together]))
    share = means.weight / np.sum(table.weight)
    independent = effective = means.weight / squared * means.weight
    summaries: list[Summary] | None = None
    if table.units is not None:
        positions = [[position] for position in alone.tolist()] + ([together.tolist()] if len(together) else [])
        summaries = [table.summary(*each) for each in positions]
        independent = effective * np.array([independent_share(each) for each in summaries])
    mbe, (low, high), p_value = biases_of_parts(
        means, target, effective, summaries, level, task=roles.task, wanted=wanted
    )
    mbe = np.where(np.isfinite(mbe), mbe, np.nan)
    sampled = [None] * len(mbe) if summaries is None else [each.dependent for each in summaries]
    with np.errstate(all="ignore"):
        prediction = target + means.mean if wanted == MEAN else np.full_like(target, np.nan)
    return _Columns(
        n=means.n,
        independent=independent,
        weight=share,
        target=target,
        prediction=prediction,
        mbe=mbe,
        low=low,
        high=high,
        p_value=p_value,
        relative=_relative(mbe, target, wanted),
        adds=mbe * share,
        units=[None if each is None else each.n for each in sampled],
    )


def _relative(mbe: FloatArray, target: FloatArray, wanted: Property) -> FloatArray:
    """Return the bias in parts of the mean target; NaN where that is near 0, and of coverage."""
    size = np.abs(target)
    if wanted.functional is Functional.QUANTILE:
        return np.full_like(mbe, np.nan)
    with np.errstate(all="ignore"):
        return np.where((size > 0) & (np.abs(mbe) <= MOST_RELATIVE * size), mbe / size, np.nan)


def _parts(
    columns: _Columns,
    order: IntArray,
    *,
    names: Sequence[tuple[str | None, ...]] | None = None,
    tops: Sequence[float] | None = None,
    pooled: int = 0,
) -> tuple[PartNumbers, ...]:
    """Return the parts in an order; the last of them is `pooled` groups, where there are any."""
    adjusted = holm_of_all(columns.p_value)
    each = (columns.n, columns.independent, columns.weight, columns.prediction, columns.target, columns.adds, adjusted)
    n, independent, weight, prediction, target, adds, p_adjusted = (column[order].tolist() for column in each)
    biases = _biases(columns, order)
    last = len(n) - 1
    return tuple(
        PartNumbers(
            names=names[i] if names is not None else (),
            pooled=pooled if i == last else 0,
            top=tops[i] if tops is not None else None,
            n=n[i],
            independent=independent[i],
            weight=weight[i],
            prediction=_known(prediction[i]),
            target=target[i],
            bias=biases[i],
            p_adjusted=_known(p_adjusted[i]),
            adds=adds[i],
            units=columns.units[order[i]],
        )
        for i in range(len(n))
    )


def _biases(columns: _Columns, order: IntArray) -> list[BiasNumbers]:
    each = (columns.mbe, columns.low, columns.high, columns.p_value, columns.relative)
    return [
        BiasNumbers(
            mbe=mbe,
            interval=None if math.isnan(low) else (low, high),
            p_value=_known(p_value),
            relative=_known(relative),
        )
        for mbe, low, high, p_value, relative in zip(*(column[order].tolist() for column in each), strict=True)
    ]


def _known(number: float) -> float | None:
    return None if math.isnan(number) else number
