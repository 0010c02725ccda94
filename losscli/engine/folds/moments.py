"""Sums of a stretch of values from which mean, spread and skewness of any number of stretches follow."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from losscli.engine.folds.summary import Summary
from losscli.engine.folds.uneven import spread_by_weights

if TYPE_CHECKING:
    from losscli.arrays import FloatArray, IntArray

# A line of sums: counts, Σw, the weighted mean c of the stretch, then sums of powers of w and of d = v − c
_N, _INFINITE, _SKIPPED, _W, _C, _W2, _W2D, _W2D2, _W3, _W3D, _W3D2, _W3D3, _W4, _W5 = range(14)
LINE = 14
# Of the sums of powers of w alone
_POWERS = [_W, _W2, _W3, _W4, _W5]

_ONLY_MEAN = np.full(LINE, np.nan)
_ONLY_MEAN[[_INFINITE, _SKIPPED]] = 0.0

# what np.sum comes to, which takes as long again to get there as a short sum does
sum_of = np.add.reduce

# Values of several rows that are summed at once: 128 KiB, so that what is made of them stays in a core's cache.
VALUES_AT_ONCE = 16_384

# A power of two, which divides exactly; no sum has so many terms.
_MANY = 2.0**64


def exact_sum(terms: FloatArray) -> float:
    """Return the correctly rounded sum of shape (n,), the same in any order; infinite on overflow, NaN for ∞ − ∞."""
    values = terms.tolist()
    try:
        try:
            return math.fsum(values)
        except OverflowError:  # perhaps only on the way
            return math.fsum(value / _MANY for value in values) * _MANY
    except ValueError:  # ∞ − ∞
        return math.nan


def line_of_mean(values: FloatArray, weight: FloatArray | None) -> FloatArray:
    """Return the line of sums of values of shape (n,) of which the mean alone is wanted: all others are NaN."""
    line = _ONLY_MEAN.copy()
    total = sum_of(values if weight is None else weight * values)
    if not math.isfinite(total):
        values, weight = _finite(values, weight, line)
        total = sum_of(values if weight is None else weight * values)
    line[_N] = len(values)
    whole = len(values) if weight is None else sum_of(weight)
    line[_W] = whole
    line[_C] = total / whole if whole else 0.0
    return line


def _finite(values: FloatArray, weight: FloatArray | None, line: FloatArray) -> tuple[FloatArray, FloatArray | None]:
    """Return the finite values with their weights; the others are counted in `line`."""
    finite = np.isfinite(values)
    line[_SKIPPED] = np.count_nonzero(np.isnan(values))
    line[_INFINITE] = len(values) - np.count_nonzero(finite) - line[_SKIPPED]
    return values[finite], None if weight is None else weight[finite]


def line_of_moments(values: FloatArray, weight: FloatArray | None) -> FloatArray:
    """Return the line of sums of values of shape (n,); infinite and left-out (NaN) ones are counted apart."""
    line = _lines(values, weight)
    if not math.isfinite(line[_C]):
        counted = np.zeros(LINE)
        line = _lines(*_finite(values, weight, counted))
        line[[_INFINITE, _SKIPPED]] = counted[[_INFINITE, _SKIPPED]]
    return line


def lines_of_moments(values: FloatArray, weight: FloatArray | None) -> FloatArray:
    """Return a line of sums for each of the rows of finite values of shape (k, n)."""
    k, n = values.shape
    at_once = max(1, VALUES_AT_ONCE // max(1, n))
    return np.concatenate([_lines(values[start : start + at_once], weight) for start in range(0, k, at_once)])


def _line(values: FloatArray) -> FloatArray:
    """Return what `_lines` does of values of shape (n,) that count once each, at least one, in less time."""
    n = len(values)
    c = sum_of(values) / n
    d = values - c
    d2 = d * d
    square, cube = sum_of(d2), sum_of(np.multiply(d2, d, out=d2))
    line: FloatArray = np.array([n, 0.0, 0.0, n, c, n, 0.0, square, n, 0.0, square, cube, n, n])
    return line


def _lines(values: FloatArray, weight: FloatArray | None) -> FloatArray:
    """Return the line of sums along the last axis of finite values."""
    if values.ndim == 1 and weight is None and len(values):
        return _line(values)
    line = np.zeros((*values.shape[:-1], LINE))
    n = values.shape[-1]
    line[..., _N] = n
    if n == 0:
        return line
    if weight is None:
        line[..., _POWERS] = n
        line[..., _C] = sum_of(values, axis=-1) / n
        d = values - line[..., _C, np.newaxis]
        d2 = d * d
        line[..., _W2D2] = line[..., _W3D2] = sum_of(d2, axis=-1)
        line[..., _W3D3] = sum_of(np.multiply(d2, d, out=d2), axis=-1)
        return line
    line[..., _W] = sum_of(weight)
    line[..., _C] = sum_of(weight * values, axis=-1) / line[..., _W]
    wd = values - line[..., _C, np.newaxis]
    wd *= weight
    w2, wd2 = weight * weight, wd * wd
    line[..., _W2] = sum_of(w2)
    line[..., _W2D] = sum_of(weight * wd, axis=-1)
    line[..., _W2D2] = sum_of(wd2, axis=-1)
    line[..., _W3D] = sum_of(w2 * wd, axis=-1)
    line[..., _W3D2] = sum_of(weight * wd2, axis=-1)
    line[..., _W3D3] = sum_of(wd2 * wd, axis=-1)
    for power in (_W3, _W4, _W5):
        line[..., power] = sum_of(np.multiply(w2, weight, out=w2))
    return line


def counts_of(lines: FloatArray) -> IntArray:
    """Return the number of finite values of each line, of shape (stretches,)."""
    counts: IntArray = lines[:, _N].astype(np.int64)
    return counts


def weights_of(lines: FloatArray) -> FloatArray:
    """Return Σw of each line, of shape (stretches,)."""
    weights: FloatArray = lines[:, _W]
    return weights


def squared_weights_of(lines: FloatArray) -> FloatArray:
    """Return Σw² of each line, of shape (stretches,)."""
    squares: FloatArray = lines[:, _W2]
    return squares


def squares_of(lines: FloatArray) -> float:
    """Return Σ(wv)² over all stretches, from their lines of shape (stretches, `LINE`)."""
    center = lines[:, _C]
    with np.errstate(over="ignore", invalid="ignore"):
        return exact_sum(lines[:, _W2D2] + center * (2 * lines[:, _W2D] + center * lines[:, _W2]))


def means_of(lines: FloatArray) -> FloatArray:
    """Return the weighted mean of each line, of shape (stretches,)."""
    means: FloatArray = lines[:, _C]
    return means


def spreads_by_weights(lines: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return `inflation` and `degrees`, n − 1 where weights are equal, of each line, of shape (stretches,)."""
    n, sums = lines[:, _N], lines[:, _POWERS]
    if np.array_equal(sums[:, 0], n) and np.array_equal(sums[:, 1], n):  # no weights
        return np.ones(len(n)), n - 1
    each = [spread_by_weights(*of_one) for of_one in zip(counts_of(lines).tolist(), sums.tolist(), strict=True)]
    degrees = [rows - 1 if found is None else found for rows, (_, found) in zip(n.tolist(), each, strict=True)]
    return np.array([inflation for inflation, _ in each]), np.array(degrees)


def pulls_of(lines: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return Σψ² and Σψ³ of each line by itself, of shape (stretches,); ψ as in `Summary`."""
    scale = lines[:, _N] / lines[:, _W]
    with np.errstate(over="ignore", invalid="ignore"):  # of weights whose powers are no numbers
        return scale**2 * lines[:, _W2D2], scale**3 * lines[:, _W3D3]


def summary_of(lines: FloatArray) -> Summary:
    """Return count, weight, mean and central sums over all stretches, from their lines of shape (stretches, `LINE`).

    The sums over stretches are exact, so that their order changes no bit; a chain of pairwise updates does.
    """
    table = lines.T
    n = int(table[_N].sum())
    weight = exact_sum(table[_W])
    mean = exact_sum(table[_W] * table[_C]) / weight if weight else math.nan
    with np.errstate(over="ignore", invalid="ignore"):
        shift = table[_C] - mean
        square = table[_W2D2] + shift * (2 * table[_W2D] + shift * table[_W2])
        cube = table[_W3D3] + shift * (3 * table[_W3D2] + shift * (3 * table[_W3D] + shift * table[_W3]))
    scale = n / weight if weight else 0.0
    inflation, degrees = spread_by_weights(n, [weight, *(exact_sum(table[power]) for power in _POWERS[1:])])
    return Summary(
        n=n,
        weight=weight,
        mean=mean,
        psi2=scale * scale * exact_sum(square),  # a power that overflows is an error, a product is not
        psi3=scale * scale * scale * exact_sum(cube),
        infinite=int(table[_INFINITE].sum()),
        skipped=int(table[_SKIPPED].sum()),
        inflation=inflation,
        degrees=degrees,
    )


def lines_by_group(values: FloatArray, weight: FloatArray | None, group: IntArray, groups: int) -> FloatArray:
    """Return the line of sums of each group of finite values of shape (n,), in an array of shape (groups, `LINE`).

    Parameters
    ----------
    group : array of shape (n,)
        The number of each value's group, below `groups`.
    """
    lines = np.zeros((groups, LINE))
    counts = np.bincount(group, minlength=groups).astype(np.float64)
    whole = counts if weight is None else np.bincount(group, weights=weight, minlength=groups)
    lines[:, _N], lines[:, _W] = counts, whole
    total = np.bincount(group, weights=values if weight is None else weight * values, minlength=groups)
    np.divide(total, whole, out=lines[:, _C], where=whole > 0)
    wd = values - lines[group, _C]
    if weight is None:
        square = wd * wd
        columns = {_W2D: wd, _W2D2: square, _W3D: wd, _W3D2: square, _W3D3: square * wd}
        lines[:, _POWERS] = counts[:, np.newaxis]
    else:
        wd *= weight
        w2, wd2 = weight * weight, wd * wd
        columns = {_W2: w2, _W2D: weight * wd, _W2D2: wd2}
        columns |= {_W3D: w2 * wd, _W3D2: weight * wd2, _W3D3: wd2 * wd}
        power = w2 * weight
        for column in (_W3, _W4, _W5):
            lines[:, column] = np.bincount(group, weights=power, minlength=groups)
            power *= weight
    for column, terms in columns.items():
        lines[:, column] = np.bincount(group, weights=terms, minlength=groups)
    return lines


def joined_lines(one: FloatArray, other: FloatArray) -> FloatArray:
    """Return the lines of pairs of stretches taken together; all of shape (stretches, `LINE`), of finite values."""
    joined = one + other
    weight = joined[:, _W]
    share = np.divide(other[:, _W], weight, out=np.zeros(len(one)), where=weight > 0)
    joined[:, _C] = one[:, _C] + share * (other[:, _C] - one[:, _C])
    for column in (_W2D, _W2D2, _W3D, _W3D2, _W3D3):
        joined[:, column] = 0.0
    for lines in (one, other):
        shift = lines[:, _C] - joined[:, _C]
        joined[:, _W2D] += lines[:, _W2D] + shift * lines[:, _W2]
        joined[:, _W2D2] += lines[:, _W2D2] + shift * (2 * lines[:, _W2D] + shift * lines[:, _W2])
        joined[:, _W3D] += lines[:, _W3D] + shift * lines[:, _W3]
        joined[:, _W3D2] += lines[:, _W3D2] + shift * (2 * lines[:, _W3D] + shift * lines[:, _W3])
        joined[:, _W3D3] += lines[:, _W3D3] + shift * (
            3 * lines[:, _W3D2] + shift * (3 * lines[:, _W3D] + shift * lines[:, _W3])
        )
    return joined
