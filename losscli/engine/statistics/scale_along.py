"""How large errors are along the prediction: whether their scale varies, and what it is where.

Errors are put into bins of the prediction that hold equally many rows, and each bin has its own median absolute
deviation (MAD). Whether these differ by more than chance is asked by Mood's median test on the absolute deviations:
with equal scales each bin has the same share of rows above their common median. It holds for any law of the errors.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from losscli.arrays import FloatArray, IntArray
    from losscli.engine.folds.batch import Batch

# A bin's MAD has a standard error of some 12 % at this many rows of a normal law.
ROWS_PER_BIN = 100
MOST_BINS = 50
# Scales differ where they differ surely (one clean data set in a thousand) and by so much that it matters.
Z_OF_TEST = 3.09
LEAST_RATIO = 1.5
# Equal cells along the prediction in which knots are looked up; of two knots in one cell the right one is searched.
CELLS = 4_096


class ScaleAlong(Struct, frozen=True, dict=True):
    """The scale of errors (their MAD) at the medians of the prediction in its bins; straight between, level beyond."""

    knots: tuple[float, ...]
    scales: tuple[float, ...]

    def at(self, y_pred: FloatArray) -> FloatArray:
        """Return the scale at each prediction, shape (n,), in the unit of the errors."""
        return self._table.at(y_pred)

    @cached_property
    def _table(self) -> _Table:
        return _table_of(np.array(self.knots), np.array(self.scales))


class _Table(Struct, frozen=True):
    """Where a knot is looked up: for each of `CELLS` equal cells the last knot before it, and the most knots in one."""

    knots: FloatArray
    scales: FloatArray
    slopes: FloatArray
    before: IntArray
    most: int

    def at(self, x: FloatArray) -> FloatArray:
        # np.interp takes three times as long: it searches the knots for each row
        x = np.clip(x, self.knots[0], self.knots[-2])
        last = self.before.take(_cells(x, self.knots))
        for _ in range(self.most):
            last += x >= self.knots.take(last + 1)
        scale: FloatArray = x - self.knots.take(last)
        scale *= self.slopes.take(last)
        scale += self.scales.take(last)
        return scale


def _cells(x: FloatArray, knots: FloatArray) -> IntArray:
    cells: IntArray = ((x - knots[0]) * (CELLS / (knots[-2] - knots[0]))).astype(np.intp)
    return cells


def _table_of(knots: FloatArray, scales: FloatArray) -> _Table:
    slopes = np.append(np.diff(scales) / np.diff(knots), 0.0)
    ending = np.append(knots, np.inf)  # so that the last knot has one after it
    held = np.bincount(_cells(knots[1:], ending), minlength=CELLS + 1)
    return _Table(
        knots=ending,
        scales=scales,
        slopes=slopes,
        before=np.cumsum(held) - held,
        most=int(held.max()),
    )


class ScaledResidual(Struct, frozen=True):
    """Prediction minus target of one model, divided by the scale at the prediction."""

    model: int
    along: ScaleAlong

    def __call__(self, batch: Batch) -> FloatArray:
        """Return (y_pred − y_true) / scale(y_pred)."""
        if self not in batch.memo:
            batch.memo[self] = batch.residual(self.model) / self.along.at(batch.y_pred[self.model])
        return batch.memo[self]


def scale_along(y_pred: FloatArray, y_true: FloatArray, w: FloatArray) -> ScaleAlong | None:
    """Return the scale of errors along the prediction, or None where it does not vary as far as the rows can tell.

    Nor can they tell where half of the targets in a bin are equal (counts that are mostly 0): the MAD of its errors is
    then no measure of their size.

    Parameters
    ----------
    y_pred, y_true, w : array of shape (n,)
        Predictions, targets and weights.

    Source
    ------
    Mood (1950), Introduction to the Theory of Statistics, on the test.
    """
    order = np.argsort(y_pred, kind="stable")
    y_pred, y_true, w = y_pred[order], y_true[order], w[order]
    bins = [slice(start, stop) for start, stop in _bounds(y_pred, w)]
    if len(bins) < 2 or any(_heaviest(y_true[each], w[each]) >= 0.5 for each in bins):
        return None
    with np.errstate(all="ignore"):
        e = y_pred - y_true
        scales = [_median(np.abs(e[each] - _median(e[each], w[each])), w[each]) for each in bins]
        if not 0 < min(scales) <= max(scales) / LEAST_RATIO < math.inf:
            return None
        # about the median of all, so that no law of the errors, however skewed, looks like a scale that varies
        deviation = np.abs(e - _median(e, w))
        above = deviation > _median(deviation, w)
        share = float(np.average(above, weights=w))
        if not 0 < share < 1:
            return None
        excess = [np.average(above[each], weights=w[each]) - share for each in bins]
        rows = [np.sum(w[each]) ** 2 / np.sum(np.square(w[each])) for each in bins]
    statistic = float(np.sum(np.array(rows) * np.square(excess))) / (share * (1 - share))
    if _normal_score(statistic, len(bins) - 1) < Z_OF_TEST:
        return None
    knots = tuple(_median(y_pred[each], w[each]) for each in bins)
    return ScaleAlong(knots, tuple(scales))


def _bounds(y_pred: FloatArray, w: FloatArray) -> list[tuple[int, int]]:
    """Return where bins of rising predictions start and stop: about equally heavy, no prediction in two of them."""
    n = len(y_pred)
    count = min(MOST_BINS, n // ROWS_PER_BIN)
    if count < 2:
        return []
    cumulative = np.cumsum(w)
    cuts: IntArray = np.searchsorted(cumulative, cumulative[-1] * np.arange(1, count) / count)
    starts = [0]
    for cut in np.searchsorted(y_pred, y_pred[np.minimum(cuts, n - 1)]).tolist():
        if cut - starts[-1] >= ROWS_PER_BIN // 2 and n - cut >= ROWS_PER_BIN // 2:
            starts.append(cut)
    return list(zip(starts, [*starts[1:], n], strict=True))


def _median(values: FloatArray, w: FloatArray) -> float:
    """Return the mid-point of the weighted median interval."""
    order = np.argsort(values)
    cumulative = np.cumsum(w[order])
    low, high = (int(np.searchsorted(cumulative, cumulative[-1] / 2, side=side)) for side in ("left", "right"))
    return float(values[order[low]] / 2 + values[order[min(high, len(values) - 1)]] / 2)


def _heaviest(values: FloatArray, w: FloatArray) -> float:
    """Return the share of the weight that the most frequent value holds."""
    _, which = np.unique(values, return_inverse=True)
    return float(np.max(np.bincount(which, weights=w)) / np.sum(w))


def _normal_score(statistic: float, degrees: int) -> float:
    """Return the standard normal score of a chi-square statistic (Wilson and Hilferty 1931)."""
    spread = 2 / (9 * degrees)
    return (math.cbrt(statistic / degrees) - (1 - spread)) / math.sqrt(spread)
