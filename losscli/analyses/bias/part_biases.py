"""The biases of all groups of rows, or of all bins, at once: their sizes, their intervals and their p-values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from losscli.analyses.evaluation.numbers import ROUNDING, bias_numbers
from losscli.arrays import Functional, Task
from losscli.engine.statistics.group_inference import hall_intervals, mean_p_values, rate_intervals, rate_p_values
from losscli.engine.statistics.rate import independent_share, rate_p_value, worth_of_row

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.folds.summary import Summary
    from losscli.engine.statistics.group_inference import Means
    from losscli.engine.statistics.identification import Property

# The biases, the two ends of their intervals, and their p-values, each of shape (g,); NaN for what does not exist.
Biases: TypeAlias = "tuple[FloatArray, tuple[FloatArray, FloatArray], FloatArray]"


def biases_of_parts(
    means: Means,
    target: FloatArray,
    effective: FloatArray,
    summaries: Sequence[Summary] | None,
    level: float | None,
    *,
    task: Task,
    wanted: Property,
) -> Biases:
    """Return the biases of g parts, each by the law that its errors have.

    Parameters
    ----------
    means : Means
        The mean error of each part.
    target, effective : array of shape (g,)
        Its mean target, and how many rows of equal weight it is worth.
    summaries : sequence of Summary, or None
        Its errors with what its clusters or periods say; None where each row is drawn by itself.
    level : float or None
        Level of the intervals in (0, 1); None for none.
    wanted : Property
        What predictions of numbers are held to be.
    """
    if task is not Task.REGRESSION:
        return _of_probabilities(target, means.mean, effective, summaries, level)
    if wanted.functional is Functional.QUANTILE and wanted.level is not None:
        return _of_coverage(means.mean, wanted.level, effective, summaries, level)
    if summaries is not None:
        return _of_dependent(summaries, target, level)
    return _of_errors(means, target, level)


def _of_dependent(summaries: Sequence[Summary], target: FloatArray, level: float | None) -> Biases:
    """Return the biases of parts whose rows depend on one another, each with what its clusters or periods say."""
    biases = [bias_numbers(summary, mean, level) for summary, mean in zip(summaries, target.tolist(), strict=True)]
    nothing = (math.nan, math.nan)
    low, high = np.array([nothing if each is None else each.interval or nothing for each in biases]).T
    p_values = [math.nan if each is None or each.p_value is None else each.p_value for each in biases]
    return np.array([summary.mean for summary in summaries]), (low, high), np.array(p_values)


def _of_errors(means: Means, target: FloatArray, level: float | None) -> Biases:
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
) -> Biases:
    """Return mean probabilities minus observed rates, with the intervals of the rates."""
    mbe = _rounded_off(mbe, np.full_like(mbe, ROUNDING))
    if level is None:
        return mbe, *_no_interval(mbe)
    # the spread of the errors says nothing where there are no events, or no others
    expected = np.clip(rate + mbe, 0.0, 1.0)
    (low, high), p_value = _of_rates(rate, n, expected, summaries, level)
    return mbe, (expected - high, expected - low), p_value


def _of_coverage(
    mbe: FloatArray, promised: float, n: FloatArray, summaries: Sequence[Summary] | None, level: float | None
) -> Biases:
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
