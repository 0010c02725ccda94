"""Where a bias sits: the numbers of all groups of rows, or of all bins, at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from losscli.analyses.evaluation.numbers import MOST_RELATIVE, ROUNDING, BiasNumbers, bias_numbers
from losscli.arrays import Functional, Task
from losscli.engine.statistics.group_inference import hall_intervals, mean_p_values, rate_intervals, rate_p_values
from losscli.engine.statistics.identification import MEAN
from losscli.engine.statistics.inference import independent_share, rate_p_value, worth_of_row
from losscli.engine.statistics.multiple import holm_of_all

if TYPE_CHECKING:
    from losscli.analyses.bias.parts import Bins
    from losscli.arrays import BoolArray, FloatArray, IntArray
    from losscli.engine.folds.summary import Summary
    from losscli.engine.statistics.group_inference import Means
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
    if roles.task is not Task.REGRESSION:
        mbe, ends, p_value = _of_probabilities(target, means.mean, effective, summaries, level)
    elif wanted.functional is Functional.QUANTILE and wanted.level is not None:
        mbe, ends, p_value = _of_coverage(means.mean, wanted.level, effective, summaries, level)
    elif summaries is not None:
        mbe, ends, p_value = _of_dependent(summaries, target, level)
    else:
        mbe, ends, p_value = _of_errors(means, target, level)
    sampled = [None] * len(mbe) if summaries is None else [each.dependent for each in summaries]
    return _Columns(
        n=means.n,
        independent=independent,
        weight=share,
        target=target,
        prediction=target + means.mean if wanted == MEAN else np.full_like(target, np.nan),
        mbe=mbe,
        low=ends[0],
        high=ends[1],
        p_value=p_value,
        relative=_relative(mbe, target, wanted),
        adds=mbe * share,
        units=[None if each is None else each.n for each in sampled],
    )


def _of_dependent(
    summaries: Sequence[Summary], target: FloatArray, level: float | None
) -> tuple[FloatArray, tuple[FloatArray, FloatArray], FloatArray]:
    """Return the same of groups whose rows depend on one another, each with what its clusters or periods say."""
    biases = [bias_numbers(summary, mean, level) for summary, mean in zip(summaries, target.tolist(), strict=True)]
    nothing = (math.nan, math.nan)
    low, high = np.array([nothing if each is None else each.interval or nothing for each in biases]).T
    p_values = [math.nan if each is None or each.p_value is None else each.p_value for each in biases]
    return np.array([summary.mean for summary in summaries]), (low, high), np.array(p_values)


def _of_errors(
    means: Means, target: FloatArray, level: float | None
) -> tuple[FloatArray, tuple[FloatArray, FloatArray], FloatArray]:
    """Return mean errors, the ends of their intervals and their p-values; what rounding may have left of 0 is 0."""
    with np.errstate(all="ignore"):
        spread = np.sqrt(means.psi2 / means.n)
    noise = ROUNDING * (np.abs(target) + np.where(np.isfinite(spread), spread, 0.0))
    mbe = _rounded_off(means.mean, noise)
    if level is None:
        return mbe, *_no_interval(mbe)
    low, high = (_rounded_off(end, noise) for end in hall_intervals(means, level))
    return mbe, (low, high), mean_p_values(means)


def _of_probabilities(
    rate: FloatArray, mbe: FloatArray, n: FloatArray, summaries: Sequence[Summary] | None, level: float | None
) -> tuple[FloatArray, tuple[FloatArray, FloatArray], FloatArray]:
    """Return mean probabilities minus observed rates, with the intervals of the rates."""
    if level is None:
        return mbe, *_no_interval(mbe)
    # the spread of the errors says nothing where there are no events, or no others
    expected = np.clip(rate + mbe, 0.0, 1.0)
    (low, high), p_value = _of_rates(rate, n, expected, summaries, level)
    return mbe, (expected - high, expected - low), p_value


def _of_coverage(
    mbe: FloatArray, promised: float, n: FloatArray, summaries: Sequence[Summary] | None, level: float | None
) -> tuple[FloatArray, tuple[FloatArray, FloatArray], FloatArray]:
    """Return the shares that a quantile covers less its level, with their intervals."""
    mbe = _rounded_off(mbe, np.full_like(mbe, ROUNDING))
    if level is None:
        return mbe, *_no_interval(mbe)
    covered = np.clip(mbe + promised, 0.0, 1.0)
    (low, high), p_value = _of_rates(covered, n, np.full_like(covered, promised), summaries, level)
    return mbe, (low - promised, high - promised), p_value


def _of_rates(
    rate: FloatArray, n: FloatArray, null: FloatArray, summaries: Sequence[Summary] | None, level: float
) -> tuple[tuple[FloatArray, FloatArray], FloatArray]:
    """Return the ends of the intervals of rates of `n` rows each, and the p-values that they are `null`."""
    if summaries is None:
        return rate_intervals(rate, n, level), rate_p_values(rate, n, null)
    ends = rate_intervals(rate, n * np.array([worth_of_row(each, level) for each in summaries]), level)
    independent = n * np.array([independent_share(each) for each in summaries])
    laws = [None if each.dependent is None else each.dependent.law for each in summaries]
    each_rate = zip(rate.tolist(), independent.tolist(), null.tolist(), laws, strict=True)
    p_values = [rate_p_value(*of_group) for of_group in each_rate]
    return ends, np.array(p_values)


def _no_interval(like: FloatArray) -> tuple[tuple[FloatArray, FloatArray], FloatArray]:
    nothing = np.full_like(like, np.nan)
    return (nothing, nothing), nothing


def _rounded_off(number: FloatArray, noise: FloatArray) -> FloatArray:
    return np.where(np.abs(number) <= noise, 0.0, number)


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


def calibration_error(bins: Sequence[PartNumbers]) -> float:
    """Return the expected calibration error: the mean over bins, by weight, of the size of their bias."""
    return sum(part.weight * abs(part.bias.mbe) for part in bins)


def chance_calibration_error(bins: Sequence[PartNumbers]) -> float:
    """Return about what the expected calibration error is of probabilities that are right.

    A bin's observed rate is off its mean probability p by √(2p(1 − p)/(πn)) on average, by chance alone, where it is
    worth n independent rows.
    """
    spread = [math.sqrt(2 / math.pi * _variance(part.target + part.bias.mbe) / part.independent) for part in bins]
    return sum(part.weight * each for part, each in zip(bins, spread, strict=True))


def _variance(probability: float) -> float:
    return max(probability * (1 - probability), 0.0)
