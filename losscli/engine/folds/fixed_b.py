"""The law of a mean over its Bartlett standard error, when the bandwidth is a fixed share b of the rows."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from losscli.arrays import FloatArray

# Points that stand for a longer series: critical values at 5 % are then right within 0.3 %
_MOST_POINTS = 512
_NODES = 400


def bandwidth(n: int) -> int:
    """Return the number of lags L = ⌈1.3√n⌉, in [2, n], that n ≥ 2 rows are judged by.

    Source
    ------
    E. Lazarus, D. J. Lewis, J. H. Stock & M. W. Watson (2018), HAR inference: recommendations for practice, J. Bus.
    Econ. Statist. 36, 541–559.
    """
    return min(n, math.ceil(1.3 * math.sqrt(n)))


class FixedB(Struct, frozen=True):
    """The law of mean/se for n ≥ 2 rows of white Gaussian noise, se² = Σ (1 − |i − j|/lags)₊ eᵢeⱼ/n² with e centred.

    It is that of Z/√Q, where Z is standard normal and Q = Σ λₖ χ²ₖ is independent of it, with the eigenvalues λ of the
    centred Bartlett matrix over n. By 2Φ(−x) = (2/π) ∫₀^{π/2} exp(−x²/(2 sin²θ)) dθ (Craig 1991) its tail is

        P(|Z|/√Q > t) = (2/π) ∫₀^{π/2} Πₖ (1 + t²λₖ/sin²θ)^(−½) dθ,

    exact for these n rows, and the limit of Kiefer & Vogelsang (2005) for any series of short memory as n grows.

    Source
    ------
    N. M. Kiefer & T. J. Vogelsang (2005), A new asymptotic theory for heteroskedasticity-autocorrelation robust tests,
    Econometric Theory 21, 1130–1164.
    """

    n: int
    lags: int

    def tail(self, t: float) -> float:
        """Return the probability of more than t on either side of 0."""
        theta, share = _nodes()
        ratio = (t / np.sin(theta)) ** 2
        logs = np.log1p(np.outer(ratio, _eigenvalues(self.n, self.lags))).sum(axis=1)
        return min(1.0, float(np.sum(share * np.exp(-logs / 2))))

    def critical(self, level: float) -> float:
        """Return the t with tail(t) = 1 − level."""
        from scipy.optimize import brentq

        high = 2.0
        while self.tail(high) > 1 - level:
            high *= 2
        return float(brentq(lambda t: self.tail(t) - (1 - level), 0.0, high, xtol=1e-13, rtol=1e-13))


@lru_cache(maxsize=1)
def _nodes() -> tuple[FloatArray, FloatArray]:
    """Return Gauss–Legendre nodes in (0, π/2) and their weights, which sum to 1."""
    x, weight = np.polynomial.legendre.leggauss(_NODES)
    return (x + 1) * (math.pi / 4), weight / 2


@lru_cache(maxsize=16)
def _eigenvalues(n: int, lags: int) -> FloatArray:
    """Return the eigenvalues of the centred Bartlett matrix of n rows, over n; of fewer points for a long series."""
    points = min(n, _MOST_POINTS)
    i = np.arange(points) * (n / points)
    kernel = np.maximum(0.0, 1 - np.abs(i[:, np.newaxis] - i) / lags)
    rows = kernel.mean(axis=0)
    centred = kernel - rows - rows[:, np.newaxis] + rows.mean()
    return np.maximum(np.linalg.eigvalsh(centred), 0.0) / points
