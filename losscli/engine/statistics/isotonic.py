"""The rising function of a prediction that fits targets best, for each property that a loss asks for.

Rows come sorted by prediction. `starts` are the first rows of each distinct prediction: rows with equal predictions
have equal fits. The fit of the mean is one and the same for all losses that are consistent for the mean, and so are
those of a quantile and of an expectile, but that a quantile may be an interval (Jordan, Mühlemann and Ziegel 2022).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from losscli.arrays import FloatArray, IntArray

# The expectile takes a handful of steps; a step that changes the loss by less than this share of it is rounding.
MOST_STEPS = 100
LEAST_GAIN = 1e-15
# Up to so many rows are pooled here, in 10 ms: SciPy is 50 times as fast, but to import it takes 0.2 s.
MOST_WITHOUT_SCIPY = 20_000
# Pools are joined all at once for as long as that leaves no more than this share of them.
MOST_LEFT = 0.9


def isotonic_mean(y: FloatArray, w: FloatArray | None, starts: IntArray) -> FloatArray:
    """Return the rising fit of the mean, of shape (n,), to targets `y` of shape (n,) with weights `w`, None for ones.

    Source
    ------
    F. M. T. A. Busing (2022), Monotone regression: a simple and fast O(n) PAVA implementation, J. Stat. Softw. 102.
    """
    if len(starts) == len(y):
        fit = _pooled(y, np.ones(len(y)) if w is None else w)
    else:
        rows = np.diff(starts, append=len(y))
        whole = rows.astype(np.float64) if w is None else np.add.reduceat(w, starts)
        means = np.add.reduceat(y if w is None else w * y, starts) / whole
        fit = np.repeat(_pooled(means, whole), rows)
    # rounding takes a mean of equal targets off them
    return np.clip(fit, np.min(y), np.max(y), out=fit)


def _pooled(y: FloatArray, w: FloatArray) -> FloatArray:
    """Return `y` with falling neighbours made their mean, by weights `w`, until none fall."""
    first = np.arange(len(y))  # rows of the pools so far
    levels, masses = y, w
    while len(levels) > MOST_WITHOUT_SCIPY:
        # neighbours that fall lie in one pool of the fit, so that all may be joined at once
        rising = np.flatnonzero(np.append(True, levels[1:] > levels[:-1]))
        if len(rising) > MOST_LEFT * len(levels):
            break
        totals, masses = np.add.reduceat(levels * masses, rising), np.add.reduceat(masses, rising)
        levels, first = totals / masses, first[rising]
    return np.repeat(_pooled_in_turn(levels, masses), np.diff(first, append=len(y)))


def _pooled_in_turn(y: FloatArray, w: FloatArray) -> FloatArray:
    """Return what `_pooled` does, pool by pool; it sums in SciPy's order."""
    if len(y) > MOST_WITHOUT_SCIPY:
        from scipy.optimize import isotonic_regression

        fit: FloatArray = np.asarray(isotonic_regression(y, weights=w).x)
        return fit
    levels: list[float] = []  # of the pools so far
    masses: list[float] = []
    stops: list[int] = []
    values, weights = y.tolist(), w.tolist()
    row, n = 0, len(values)
    while row < n:
        level, mass = values[row], weights[row]
        row += 1
        if levels and levels[-1] >= level:
            total = masses[-1] * levels.pop() + mass * level
            mass += masses.pop()
            level = total / mass
            while row < n and level >= values[row]:
                total += weights[row] * values[row]
                mass += weights[row]
                level = total / mass
                row += 1
            while levels and levels[-1] >= level:
                total += masses[-1] * levels.pop()
                mass += masses.pop()
                level = total / mass
            del stops[len(levels) :]
        levels.append(level)
        masses.append(mass)
        stops.append(row)
    return np.repeat(levels, np.diff(stops, prepend=0))


def isotonic_quantile(y: FloatArray, w: FloatArray | None, starts: IntArray, tau: float) -> FloatArray:
    """Return a rising fit of the τ-quantile, of shape (n,), whose values are targets; others may fit as well.

    The rows whose fit lies above a value z are those after one cut: where Σw(1{y ≤ z} − τ) of the rows before it is
    largest. All stretches of rows halve the values that their fit may have at once, until each has one value.

    Source
    ------
    Q. F. Stout (2013), Isotonic regression via partitioning, Algorithmica 66, 93–112.
    """
    n, values = len(y), np.unique(y)
    inside = None
    if len(starts) < n:
        inside = np.ones(n, dtype=np.bool_)
        inside[np.append(starts[1:], n) - 1] = False
    # of each stretch: its first row, and the places of the lowest and the highest value that its fit may have
    first, low, high = np.array([0]), np.array([0]), np.array([len(values) - 1])
    while np.any(low < high):
        middle = (low + high) // 2
        rows = np.diff(first, append=n)
        gain = np.subtract(1 - tau, y > np.repeat(values[middle], rows))
        if w is not None:
            gain *= w
        np.cumsum(gain, out=gain)
        before, stop = np.append(0.0, gain[first[1:] - 1]), first + rows
        if inside is not None:
            gain[inside] = -np.inf
        best = np.maximum.reduceat(gain, first)
        at_best = np.flatnonzero(gain == np.repeat(best, rows))
        cut = np.where(best > before, at_best[np.searchsorted(at_best, first)] + 1, first)
        cut = np.where(low == high, stop, cut)
        some = np.stack([cut > first, cut < stop], axis=1).ravel()
        first = np.stack([first, cut], axis=1).ravel()[some]
        low = np.stack([low, middle + 1], axis=1).ravel()[some]
        high = np.stack([middle, high], axis=1).ravel()[some]
    fit: FloatArray = np.repeat(values[low], np.diff(first, append=n))
    return fit


def isotonic_expectile(y: FloatArray, w: FloatArray | None, starts: IntArray, tau: float) -> FloatArray:
    """Return the rising fit of the τ-expectile, of shape (n,).

    With the side known on which each row lies it is a fit of the mean. Rows change sides until none has to: Newton's
    steps on a convex loss, shortened where one goes too far.

    Source
    ------
    W. K. Newey and J. L. Powell (1987), Asymmetric least squares estimation and testing, Econometrica 55, 819–847.
    """

    def pulls(fit: FloatArray) -> FloatArray:
        side = np.where(fit >= y, 1 - tau, tau)
        return side if w is None else side * w

    def loss(fit: FloatArray) -> float:
        return float(np.sum(pulls(fit) * np.square(fit - y)))

    fit = isotonic_mean(y, w, starts)
    now = loss(fit)
    for _ in range(MOST_STEPS):
        step = isotonic_mean(y, pulls(fit), starts) - fit
        after = loss(fit + step)
        while after > now * (1 + LEAST_GAIN):
            step /= 2
            after = loss(fit + step)
        if after >= now * (1 - LEAST_GAIN):
            return fit
        fit, now = fit + step, after
    return fit
