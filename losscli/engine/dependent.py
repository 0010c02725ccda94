"""Estimates where rows depend on one another: by clusters, or along time.

Both start from the pulls of the units (rows in order of time, or clusters) on an estimate: the estimate is truth + Σ
pulls to first order, and at the estimate itself they sum to 0. Clusters need their sums alone, in one pass; a series
needs the column of its rows.
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

import numpy as np

from losscli.engine.estimate import Estimate, Student
from losscli.engine.fixed_b import FixedB, bandwidth

if TYPE_CHECKING:
    from losscli.arrays import FloatArray, IntArray

_ROUNDING = 16 * sys.float_info.epsilon


def pulls_on_mean(weight: FloatArray, total: FloatArray) -> tuple[float, FloatArray]:
    """Return the weighted mean and the pull of each unit on it, of shape (u,), in the unit of the mean.

    Parameters
    ----------
    weight : array of shape (u,)
        Σw of each unit, positive: of a row its weight, or 1.
    total : array of shape (u,)
        Σwv of each unit, finite; v is a loss, or the difference of two.
    """
    whole = np.sum(weight)
    mean = np.sum(total) / whole
    return float(mean), (total - mean * weight) / whole


def pulls_on_log_ratio(
    weight: FloatArray, baseline: FloatArray, candidate: FloatArray
) -> tuple[float, FloatArray] | None:
    """Return the logarithm of candidate's mean / baseline's and the pull of each unit on it, of shape (u,).

    Parameters
    ----------
    weight : array of shape (u,)
        Σw of each unit, positive.
    baseline, candidate : array of shape (u,)
        Σwℓ of each unit, finite, of the losses of either model.

    Returns
    -------
    tuple, or None
        None where a mean is not positive.
    """
    mean_baseline, pulls_baseline = pulls_on_mean(weight, baseline)
    mean_candidate, pulls_candidate = pulls_on_mean(weight, candidate)
    if not (mean_baseline > 0 and mean_candidate > 0):
        return None
    pulls = pulls_candidate / mean_candidate - pulls_baseline / mean_baseline
    return math.log(mean_candidate / mean_baseline), pulls


def cluster_estimate(value: float, pulls: FloatArray) -> Estimate | None:
    """Return the estimate with the standard error that clusters allow, by Student's law with G − 1 degrees.

    Parameters
    ----------
    value : float
        The estimate, as `pulls_on_mean` or `pulls_on_log_ratio` returns it.
    pulls : array of shape (G,)
        Of each cluster on it. Under about 10 clusters the interval is too short where they differ in size.

    Returns
    -------
    Estimate or None
        None for fewer than two clusters, and where none pulls but by rounding.

    Source
    ------
    A. C. Cameron & D. L. Miller (2015), A practitioner's guide to cluster-robust inference, J. Human Resources 50,
    317–372.
    """
    clusters = len(pulls)
    if clusters < 2:
        return None
    se = math.sqrt(float(np.sum(pulls * pulls)) * clusters / (clusters - 1))
    return Estimate(value=value, se=se, law=Student(clusters - 1)) if se > _ROUNDING * abs(value) else None


def series_estimate(value: float, pulls: FloatArray) -> Estimate | None:
    """Return the estimate with the standard error that a series allows: Bartlett's, with its fixed-b law.

    Parameters
    ----------
    value : float
        The estimate, as `pulls_on_mean` or `pulls_on_log_ratio` returns it.
    pulls : array of shape (n,)
        Of each row on it, in order of time.

    Returns
    -------
    Estimate or None
        None for fewer than two rows, and where none pulls but by rounding.
    """
    n = len(pulls)
    if n < 2:
        return None
    # Bartlett's sum over lags is the mean square of the sums over all windows of L rows, so it is never negative
    lags = bandwidth(n)
    until = np.concatenate([np.zeros(lags), np.cumsum(pulls), np.full(lags - 1, np.sum(pulls))])
    windows = until[lags:] - until[:-lags]
    se = math.sqrt(float(np.sum(windows * windows)) / lags)
    return Estimate(value=value, se=se, law=FixedB(n, lags)) if se > _ROUNDING * abs(value) else None


def lag_one_autocorrelation(values: FloatArray) -> float | None:
    """Return the correlation, in [−1, 1], of finite values of shape (n,) with their successors; None for equal ones."""
    centred = values - np.mean(values) if len(values) else values
    square = float(np.sum(centred * centred))
    return float(np.sum(centred[1:] * centred[:-1])) / square if square > 0 else None


def intraclass_correlation(count: IntArray, total: FloatArray, square: float) -> float | None:
    """Return the share of the variance that lies between clusters, in [−1, 1], by analysis of variance.

    Parameters
    ----------
    count, total : array of shape (G,)
        Rows and Σv of each cluster; every cluster has rows.
    square : float
        Σ(v − mean)² over all rows.

    Returns
    -------
    float or None
        None for fewer than two clusters, where all have one row, and where all values are equal.

    Source
    ------
    A. Donner (1986), A review of inference procedures for the intraclass correlation coefficient in the one-way random
    effects model, Int. Statist. Rev. 54, 67–82.
    """
    clusters, n = len(count), int(np.sum(count))
    if clusters < 2 or n == clusters or square <= 0:
        return None
    between = float(np.sum(count * (total / count - np.sum(total) / n) ** 2))
    mean_between = between / (clusters - 1)
    mean_within = max(square - between, 0.0) / (n - clusters)
    usual = (n - float(np.sum(count * count)) / n) / (clusters - 1)
    return (mean_between - mean_within) / (mean_between + (usual - 1) * mean_within)


def plainly_dependent(correlation: float, n: int) -> bool:
    """Return whether a lag-1 autocorrelation of n rows is both beyond chance and large enough to matter.

    Beyond chance: more than 3.3 standard errors 1/√n, one row order in 2 000. Large enough: at 0.1 the variance of
    the mean is 22 % more than it seems, and a nominal 5 % test rejects 7.6 %.
    """
    return correlation > max(0.1, 3.3 / math.sqrt(n))
