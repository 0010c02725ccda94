"""The best constant prediction of a loss: the reference that skill is measured against."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from losscli.engine.accumulate import Total
from losscli.engine.quantity import CurvatureAtConstant, LossOfConstant, OfTarget, SlopeAtConstant, Target
from losscli.engine.question import Question, ask, together
from losscli.engine.select import median, quantile
from losscli.losses.record import MeanOf, MeanRowOf, NumericMinimum, QuantileOf, RootOfGradient

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.batch import Batch
    from losscli.losses.bound import BoundKernel
    from losscli.losses.record import Optimum

# Rows that a batch of 65 536 gives to the thinned sample, in which the search for a constant starts.
SAMPLE_PER_BATCH = 1_024
SAMPLE_ROWS = 65_536
# A Newton step below this share of the sample's spread leaves an error of about its square.
LAST_STEP = 1e-6
MOST_STEPS = 60
# The search without convexity ends at a bracket of this share of the spread: the loss is flat there.
LAST_BRACKET = 1e-5
STARTS = 65
CANDIDATES = 9


def best_constant(kernel: BoundKernel, optimum: Optimum) -> Question[float]:
    """Return the constant prediction with the least mean loss over all rows; NaN where none is defined.

    Parameters
    ----------
    kernel : BoundKernel
        The loss, with its parameters.
    optimum : Optimum
        How the record says that the constant is found.
    """
    params = dict(kernel.params)
    match optimum:
        case MeanOf(transform=transform, inverse=inverse):
            of = Target() if transform is None else OfTarget(transform)
            weight, total = yield from ask(Total(of))
            mean = total / weight if weight else math.nan
            return mean if inverse is None else inverse(mean, **params)
        case QuantileOf(level=level, weight=further):
            wanted = level if isinstance(level, float) else float(str(params[level]))
            each = None if further is None else OfTarget(further, kernel.params)
            if wanted == 0.5:
                return (yield from median(Target(), each))
            return (yield from quantile(Target(), wanted, each))
        case RootOfGradient():
            return (yield from _root(kernel))
        case NumericMinimum():
            return (yield from _search(kernel))
        case MeanRowOf():
            raise NotImplementedError


def mean_loss_of(kernel: BoundKernel, constant: float) -> Question[float]:
    """Return the weighted mean loss over all rows if `constant` were predicted for each; NaN for no rows."""
    weight, total = yield from ask(Total(LossOfConstant(kernel, constant)))
    return total / weight if weight else math.nan


@dataclass(frozen=True)
class _Sample:
    """Targets evenly thinned, with their weights: all of them while they are few."""

    y: FloatArray
    w: FloatArray
    whole: bool
    low: float
    high: float


_Taken: TypeAlias = "tuple[tuple[FloatArray, FloatArray, bool, float, float], ...]"


@dataclass(frozen=True)
class Thin:
    """Every so-many-th target of each batch, and the least and largest of all."""

    def empty(self) -> _Taken:
        """Return the state of no rows."""
        return ()

    def observe(self, batch: Batch) -> _Taken:
        """Return evenly spaced rows of the batch."""
        stride = max(1, math.ceil(len(batch) / SAMPLE_PER_BATCH))
        y = batch.y_true[::stride].copy()
        w = np.ones(len(y)) if batch.weight is None else batch.weight[::stride].copy()
        return ((y, w, stride == 1, float(np.min(batch.y_true)), float(np.max(batch.y_true))),)

    def merge(self, earlier: _Taken, later: _Taken) -> _Taken:
        """Return what was taken of both."""
        return earlier + later

    def finalise(self, state: _Taken) -> _Sample:
        """Return the sample, thinned once more where it is large."""
        ys, ws, whole, lows, highs = zip(*state, strict=True)
        y, w = np.concatenate(ys), np.concatenate(ws)
        stride = max(1, math.ceil(len(y) / SAMPLE_ROWS))
        return _Sample(y[::stride], w[::stride], all(whole) and stride == 1, min(lows), max(highs))


def _root(kernel: BoundKernel) -> Question[float]:
    """Return where the mean gradient is zero: Newton from the root in a sample, kept in a bracket that shrinks."""
    sample = yield from ask(Thin())

    def slope_in_sample(constant: float) -> float:
        return float(np.sum(sample.w * kernel.gradient(sample.y, np.full_like(sample.y, constant))))

    low, high = sample.low, sample.high
    constant = _bisect(slope_in_sample, float(np.min(sample.y)), float(np.max(sample.y)))
    spread = high - low
    if sample.whole or spread == 0:
        return constant
    for _ in range(MOST_STEPS):
        slopes = Total(SlopeAtConstant(kernel, constant)), Total(CurvatureAtConstant(kernel, constant))
        (_, slope), (_, curvature) = yield from together([ask(slopes[0]), ask(slopes[1])])
        if slope == 0:
            return constant
        low, high = (constant, high) if slope < 0 else (low, constant)
        step = -slope / curvature if curvature > 0 else math.inf
        if not low <= constant + step <= high:
            step = (low + high) / 2 - constant
        constant += step
        if abs(step) <= LAST_STEP * spread or low == high:
            return constant
    return constant


def _bisect(slope: Callable[[float], float], low: float, high: float) -> float:
    """Return the middle of where the rising function is zero, to the last bit that halving can reach."""

    def edge(left: float, right: float, *, beyond_zero: bool) -> float:
        while left < (middle := left + (right - left) / 2) < right:
            value = slope(middle)
            if value < 0 or (beyond_zero and value == 0):
                left = middle
            else:
                right = middle
        return right if not beyond_zero else left

    first, last = edge(low, high, beyond_zero=False), edge(low, high, beyond_zero=True)
    return first + (last - first) / 2 if first < last else first


def _search(kernel: BoundKernel) -> Question[float]:
    """Return the constant of least mean loss: the best of many starts in a sample, then a narrowing grid over all."""
    sample = yield from ask(Thin())

    def loss_in_sample(constant: float) -> float:
        values = kernel.per_row(sample.y, np.full_like(sample.y, constant))
        return float(np.sum(sample.w * values))

    starts = np.unique(np.quantile(sample.y, np.linspace(0, 1, STARTS), method="inverted_cdf"))
    spread = sample.high - sample.low
    if spread == 0:
        return sample.low
    losses = [loss_in_sample(float(start)) for start in starts]
    best = int(np.argmin(losses))
    low, high = float(starts[max(best - 1, 0)]), float(starts[min(best + 1, len(starts) - 1)])
    if sample.whole:
        inside = sample.y[(sample.y >= low) & (sample.y <= high)]
        return _narrow(loss_in_sample, low, high, LAST_BRACKET * spread, np.unique(inside))
    while high - low > LAST_BRACKET * spread:
        candidates = np.linspace(low, high, CANDIDATES)
        means = yield from together([mean_loss_of(kernel, float(candidate)) for candidate in candidates])
        best = int(np.argmin(means))
        low, high = float(candidates[max(best - 1, 0)]), float(candidates[min(best + 1, CANDIDATES - 1)])
    return low + (high - low) / 2


def _narrow(loss: Callable[[float], float], low: float, high: float, width: float, kinks: FloatArray) -> float:
    """Return the best of the kinks and of the end of a narrowing grid between them."""
    while high - low > width:
        candidates = np.linspace(low, high, CANDIDATES)
        best = int(np.argmin([loss(float(candidate)) for candidate in candidates]))
        low, high = float(candidates[max(best - 1, 0)]), float(candidates[min(best + 1, CANDIDATES - 1)])
    among = [*kinks[:: max(1, len(kinks) // SAMPLE_PER_BATCH)].tolist(), low + (high - low) / 2]
    return float(min(among, key=loss))
