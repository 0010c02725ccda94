"""How sure is a difference between two models: intervals and p-values from a `PairSummary`.

Student's t, not Hall's transformation. The null is that of equal models, whose differences are symmetric: there is no
skewness to take out, and its estimate only adds noise. Simulated size at nominal 5 %, squared losses of Laplace errors
with correlation 0.9, n = 30, 100, 1 000: Student 3.3, 4.2, 5.0 %; Hall 10.5, 8.9, 6.1 %.
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

from losscli.arrays import Reduction
from losscli.engine.estimate import Estimate, Student, interval_of, p_value_of

if TYPE_CHECKING:
    from losscli.engine.paired import PairSummary

# A spread below this many roundings of what it is computed from is rounding itself
_ROUNDING = 16 * sys.float_info.epsilon


def difference_estimate(pair: PairSummary) -> Estimate | None:
    """Return candidate's mean loss − baseline's with its paired standard error, or None where that does not exist.

    Parameters
    ----------
    pair : PairSummary
        Of the rows.

    Returns
    -------
    Estimate or None
        In the unit of the per-row loss. None for fewer than two rows, for infinite ones, and where the difference is
        the same on every row but for rounding (as between identical models).

    Source
    ------
    F. X. Diebold & R. S. Mariano (1995), Comparing predictive accuracy, J. Bus. Econ. Statist. 13, 253–263, at horizon
    1; with the factor n/(n − 1) and Student's law of Harvey, Leybourne & Newbold (1997) it is the paired t test.
    """
    return _estimate(pair, pair.difference.mean, 1.0, 1.0)


def difference_interval(pair: PairSummary, level: float) -> tuple[float, float] | None:
    """Return the ends of the interval of the difference of the mean losses; None as `difference_estimate`."""
    estimate = difference_estimate(pair)
    return None if estimate is None else interval_of(estimate, level)


def difference_p_value(pair: PairSummary) -> float | None:
    """Return the two-sided p-value that both mean losses are equal, the inverse of `difference_interval`."""
    estimate = difference_estimate(pair)
    return None if estimate is None else p_value_of(estimate)


def log_ratio_estimate(pair: PairSummary) -> Estimate | None:
    """Return the logarithm of candidate's mean loss / baseline's with its paired standard error by the delta method.

    None as `difference_estimate`, where a mean is not positive, and where both losses have one ratio on every row.
    """
    logarithm = _log_ratio(pair)
    return None if logarithm is None else _estimate(pair, logarithm, 1 / pair.baseline.mean, 1 / pair.candidate.mean)


def ratio(pair: PairSummary, reduction: Reduction = Reduction.MEAN) -> float | None:
    """Return candidate's printed value / baseline's, positive; None for infinite rows or means that are not."""
    logarithm = _log_ratio(pair)
    return None if logarithm is None else math.exp(_share_of_log(reduction) * logarithm)


def ratio_interval(
    pair: PairSummary, level: float, reduction: Reduction = Reduction.MEAN
) -> tuple[float, float] | None:
    """Return the ends of the interval of `ratio`, positive; None as `log_ratio_estimate`.

    Simulated coverage of nominal 95 % for squared losses, errors correlated by 0.9, n = 1 000, 100, 30: normal errors
    95.1, 94.3, 93.1 %; Laplace errors 94.5, 92.4, 89.0 %; t₃ errors 92.0, 87.5, 83.6 %. It is no inverse of
    `difference_p_value`: near the limit of significance the two may disagree about a ratio of 1, less so as n grows.
    """
    estimate = log_ratio_estimate(pair)
    if estimate is None:
        return None
    low, high = interval_of(estimate, level)
    share = _share_of_log(reduction)
    return math.exp(share * low), math.exp(share * high)


def _log_ratio(pair: PairSummary) -> float | None:
    baseline, candidate = pair.baseline.mean, pair.candidate.mean
    if pair.difference.infinite > 0 or not (baseline > 0 and candidate > 0):
        return None
    return math.log1p(pair.difference.mean / baseline)


def _share_of_log(reduction: Reduction) -> float:
    """Return the log ratio of reduced values as a share of that of the means; the sum of weights is the same."""
    return 0.5 if reduction is Reduction.ROOT_MEAN else 1.0


def _estimate(pair: PairSummary, value: float, slope_baseline: float, slope_candidate: float) -> Estimate | None:
    """Return `value` with the standard error of slope_candidate · mean_candidate − slope_baseline · mean_baseline."""
    n, difference = pair.difference.n, pair.difference
    if n < 2 or difference.infinite > 0:
        return None
    # ψ_candidate = ψ_baseline + ψ_difference. Squares of the small difference stand by themselves, so that nothing
    # is lost between models that are nearly alike, as it would be in V_baseline + V_candidate − 2 Cov
    cross = (pair.candidate.psi2 - pair.baseline.psi2 - difference.psi2) / 2
    excess = slope_candidate - slope_baseline
    squares = slope_candidate * slope_candidate * difference.psi2, excess * excess * pair.baseline.psi2
    product = 2 * slope_candidate * excess * cross
    psi2 = squares[0] + product + squares[1]
    noise = _ROUNDING * max(slope_baseline * abs(pair.baseline.mean), slope_candidate * abs(pair.candidate.mean))
    if not (max(n * noise * noise, _ROUNDING * max(squares)) < psi2 < math.inf):
        return None
    return Estimate(value=value, se=math.sqrt(psi2 / (n - 1) / n), law=Student(n - 1))
