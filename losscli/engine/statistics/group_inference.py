"""How sure are the means of many groups, or rates: `inference` for all groups at once; NaN where it says None."""

from __future__ import annotations

import math
import sys
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from losscli.engine.folds.student import two_sided_quantile, two_sided_tail

if TYPE_CHECKING:
    from losscli.arrays import FloatArray, IntArray
    from losscli.engine.folds.summary import Summary

# Up to so many groups Student's law is ours, in 10 ms: SciPy is 100 times as fast, but to import it takes 0.1 s.
MOST_WITHOUT_SCIPY = 1_000
_ROUNDING = 16 * sys.float_info.epsilon


class Means(Struct, frozen=True, kw_only=True):
    """The `Summary` of each of g groups of finite values: arrays of shape (g,)."""

    n: IntArray
    weight: FloatArray
    mean: FloatArray
    psi2: FloatArray
    psi3: FloatArray
    inflation: FloatArray
    degrees: FloatArray

    def of(self, positions: IntArray) -> Means:
        """Return the groups at some positions."""
        return Means(
            n=self.n[positions],
            weight=self.weight[positions],
            mean=self.mean[positions],
            psi2=self.psi2[positions],
            psi3=self.psi3[positions],
            inflation=self.inflation[positions],
            degrees=self.degrees[positions],
        )

    def with_summary(self, summary: Summary) -> Means:
        """Return the groups and one more behind them."""
        return Means(
            n=np.append(self.n, summary.n),
            weight=np.append(self.weight, summary.weight),
            mean=np.append(self.mean, summary.mean),
            psi2=np.append(self.psi2, summary.psi2),
            psi3=np.append(self.psi3, summary.psi3),
            inflation=np.append(self.inflation, summary.inflation),
            degrees=np.append(self.degrees, summary.n - 1 if summary.degrees is None else summary.degrees),
        )


def hall_intervals(means: Means, level: float) -> tuple[FloatArray, FloatArray]:
    """Return the lower and the upper ends of `inference.hall_interval` of each group, of shape (g,)."""
    se, a = _shapes(means)
    degrees, which = np.unique(np.maximum(means.degrees, 1.0), return_inverse=True)
    t = _two_sided_quantiles(1 - level, degrees)[which]
    with np.errstate(all="ignore"):
        low, high = (means.mean - se * _uncorrected(side, a) for side in (t, -t))
    return low, high


def mean_p_values(means: Means) -> FloatArray:
    """Return the two-sided p-values of `inference.mean_p_value` of each group, that its mean is 0, of shape (g,)."""
    se, a = _shapes(means)
    with np.errstate(all="ignore"):
        t = means.mean / se
        u = a * t / 3
        corrected = t * (1 + u + u * u / 3) + a / 6
    return _two_sided_tails(np.abs(corrected), means.degrees)


def _two_sided_quantiles(p: float, df: FloatArray) -> FloatArray:
    """Return the t that |T| exceeds with probability `p` for Student's laws."""
    if len(df) > MOST_WITHOUT_SCIPY:
        from scipy.special import stdtrit

        return np.asarray(-stdtrit(df, p / 2), dtype=np.float64)
    return np.array([two_sided_quantile(p, each) for each in df.tolist()])


def _two_sided_tails(t: FloatArray, df: FloatArray) -> FloatArray:
    """Return the probabilities of |T| above each t for Student's laws, NaN where `t` is."""
    if len(t) > MOST_WITHOUT_SCIPY:
        from scipy.special import stdtr

        return np.asarray(2 * stdtr(df, -t), dtype=np.float64)
    each = zip(t.tolist(), df.tolist(), strict=True)
    return np.array(
        [math.nan if math.isnan(of_one) else two_sided_tail(of_one, df_of_one) for of_one, df_of_one in each]
    )


def _shapes(means: Means) -> tuple[FloatArray, FloatArray]:
    """Return standard errors and skewnesses of the means, both NaN where the rows tell neither."""
    n = means.n.astype(np.float64)
    with np.errstate(all="ignore"):
        s = np.sqrt(means.psi2 / (n - 1) * means.inflation)
        se, cube = s / np.sqrt(n), s * s * s
        known = (n >= 2) & (means.psi2 > 0) & np.isfinite(means.psi3)
        known &= (sys.float_info.min <= cube) & (cube <= sys.float_info.max) & (se > _ROUNDING * np.abs(means.mean))
        a = means.psi3 / n / cube / np.sqrt(n)
    return np.where(known, se, np.nan), np.where(known, a, np.nan)


def _uncorrected(x: FloatArray, a: FloatArray) -> FloatArray:
    shifted = x - a / 6
    root = np.cbrt(1 + a * shifted)
    uncorrected: FloatArray = 3 * shifted / (root * root + root + 1)
    return uncorrected


def rate_intervals(rate: FloatArray, n: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """Return the ends of Wilson's intervals, `rate.rate_interval`, of rates of `n` rows each, of shape (g,)."""
    square = NormalDist().inv_cdf((1 + level) / 2) ** 2
    centre = (rate + square / (2 * n)) / (1 + square / n)
    half = np.sqrt(square * (rate * (1 - rate) / n + square / (4 * n * n))) / (1 + square / n)
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)


def rate_p_values(rate: FloatArray, n: FloatArray, null: FloatArray) -> FloatArray:
    """Return the two-sided p-values, `rate.rate_p_value`, that each rate is its `null`, of shape (g,)."""
    variance = null * (1 - null) / n
    with np.errstate(all="ignore"):
        p_values = np.array([math.erfc(each) for each in (np.abs(rate - null) / np.sqrt(2 * variance)).tolist()])
    return np.where(variance > 0, p_values, np.where(rate == null, 1.0, 0.0))
