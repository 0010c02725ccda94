"""The best constant prediction of a loss: the reference that skill is measured against."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from losscli.engine.folds.accumulate import Total
from losscli.engine.folds.by_class import MeanRow, OnlyRow
from losscli.engine.folds.quantity import LossOfConstant, OfTarget, SlopeAtConstant, Target
from losscli.engine.folds.question import Question, ask, both, together
from losscli.engine.folds.sample import Sampled
from losscli.engine.folds.select import median, quantile
from losscli.losses.record import MeanOf, MeanRowOf, NumericMinimum, QuantileOf, RootOfGradient

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.quantity import Quantity
    from losscli.losses.bound import BoundKernel
    from losscli.losses.param import ParamValue
    from losscli.losses.record import Optimum

# Rows of a sample in which the search for a constant starts, at least; of fewer rows it is all.
SAMPLE_ROWS = 8_192
# Standard errors of the root in the sample, within which that of all rows is looked for first.
MARGIN = 4.0
# A step that would be followed by one below this share of twice the margin is the last: the loss is flat to 1e-8 there.
LAST_STEP = 1e-4
MOST_STEPS = 60
# The search without convexity starts at so many quantiles of the sample, tries so many points on either side of the
# best, and ends at a bracket of this share of the first.
STARTS = 257
CANDIDATES = 4
LAST_BRACKET = 1e-3


def best_constant(kernel: BoundKernel, optimum: Optimum, k: int) -> Question[float | tuple[float, ...]]:
    """Return the constant prediction with the least mean loss over all rows; NaN where none is defined.

    For predictions of `k` classes it is a number for each.

    Parameters
    ----------
    kernel : BoundKernel
        The loss, with its parameters.
    optimum : Optimum
        How the record says that the constant is found.
    k : int
        Number of classes; used where the constant is a row.
    """
    params = dict(kernel.params)
    match optimum:
        case MeanOf(transform=transform, inverse=inverse):
            of = Target() if transform is None else OfTarget(transform)
            (weight, total), (low, high) = yield from both(ask(Total(of)), ask(Extent()))
            mean = total / weight if weight else math.nan
            if transform is None:
                mean = _clipped(mean, low, high)
            constant = mean if inverse is None else inverse(mean, **params)
            return constant if transform is None else _clipped(constant, low, high)
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
            return (yield from _mean_row(optimum, k, params))


def _mean_row(optimum: MeanRowOf, k: int, params: dict[str, ParamValue]) -> Question[tuple[float, ...]]:
    mean, only = yield from both(ask(MeanRow(k, optimum.transform)), ask(OnlyRow()))
    if only is not None and optimum.transform is not None:
        return only  # transformed and back
    row = mean if only is None else np.array(only)
    return tuple((row if optimum.inverse is None else optimum.inverse(row, **params)).tolist())


def _clipped(mean: float, low: float, high: float) -> float:
    """Return a mean that rounding does not take out of the range: the mean of equal targets is one of them."""
    return min(max(mean, low), high) if math.isfinite(mean) else mean


def mean_loss_of(kernel: BoundKernel, constant: float | tuple[float, ...]) -> Question[float]:
    """Return the weighted mean loss over all rows if `constant` were predicted for each; NaN for no rows."""
    weight, total = yield from ask(Total(LossOfConstant(kernel, constant)))
    return total / weight if weight else math.nan


class Extent(Struct, frozen=True):
    """Answers the least and the largest target; infinities where there are no rows."""

    def empty(self) -> tuple[float, float]:
        """Return the state of no rows."""
        return math.inf, -math.inf

    def observe(self, batch: Batch) -> tuple[float, float]:
        """Return the extent of one batch."""
        return batch.target_range()

    def merge(self, earlier: tuple[float, float], later: tuple[float, float]) -> tuple[float, float]:
        """Return the extent of both."""
        return min(earlier[0], later[0]), max(earlier[1], later[1])

    def finalise(self, state: tuple[float, float]) -> tuple[float, float]:
        """Return the extent."""
        return state


class _Targets(Struct, frozen=True):
    """Targets in evenly spread rows, with their weights, and the extent of all; `whole` tells that these are all."""

    y: FloatArray
    w: FloatArray
    whole: bool
    low: float
    high: float


def _targets() -> Question[_Targets]:
    sample, (low, high) = yield from both(ask(Sampled(Target())), ask(Extent()))
    each = slice(None, None, 1 if sample.whole else max(1, len(sample.values) // SAMPLE_ROWS))
    y = sample.values[each]
    return _Targets(y, len(sample.values) / len(y) * sample.weights[each], sample.whole, low, high)


def _root(kernel: BoundKernel) -> Question[float]:
    """Return where the mean gradient is zero: secants from the root in a sample, kept in a bracket that shrinks.

    The first step goes by the chord of the sample's gradients over the margins of its root. Where gradients bend at a
    scale below that of the steps (a small δ of Huber), two near slopes tell nothing; once a step has not halved the
    slope, the chord of all rows over those margins stands in.
    """
    sample = yield from _targets()

    def slopes_in_sample(constant: float) -> FloatArray:
        return sample.w * kernel.gradient(sample.y, np.full_like(sample.y, constant))

    def root_in_sample(shift: float) -> float:
        ends = float(np.min(sample.y)), float(np.max(sample.y))
        return _bisect(lambda constant: float(np.sum(slopes_in_sample(constant))) - shift, *ends)

    constant = root_in_sample(0.0)
    if sample.whole or sample.low == sample.high:
        return constant
    noise = MARGIN * math.sqrt(float(np.sum(np.square(slopes_in_sample(constant)))))
    left, right = root_in_sample(-noise), root_in_sample(noise)
    low, high = sample.low, sample.high
    width = right - left if left < right else high - low
    rate, is_chord = 2 * noise / width, False
    last, step = math.inf, math.inf
    for _ in range(MOST_STEPS):
        (slope,) = yield from _totals(SlopeAtConstant(kernel, constant))
        low, high = (constant, high) if slope < 0 else (low, constant)
        if not is_chord and abs(slope) <= abs(last) / 2 < math.inf:
            rate = (slope - last) / step
        elif not is_chord and last < math.inf:
            ends = yield from _totals(SlopeAtConstant(kernel, left), SlopeAtConstant(kernel, right))
            low, high = max(low, left) if ends[0] < 0 else low, min(high, right) if ends[1] > 0 else high
            rate, is_chord = (ends[1] - ends[0]) / width, True
        before, step = step, -slope / rate if rate > 0 else math.inf
        if not low <= constant + step <= high:
            step = low / 2 + high / 2 - constant
        constant += step
        # steps shrink at least as fast as the last two did
        if slope == 0 or step * step <= LAST_STEP * width * abs(before) < math.inf:
            break
        last = slope
    return constant


def _totals(*of: Quantity) -> Question[list[float]]:
    """Return the weighted sums of quantities over all rows."""
    return [total for _, total in (yield from together([ask(Total(each)) for each in of]))]


def _bisect(slope: Callable[[float], float], low: float, high: float) -> float:
    """Return the middle of where the rising function is zero, to the last bit that halving can reach."""

    def edge(left: float, right: float, *, beyond_zero: bool) -> float:
        while left < (middle := left / 2 + right / 2) < right:
            value = slope(middle)
            if value < 0 or (beyond_zero and value == 0):
                left = middle
            else:
                right = middle
        return right if not beyond_zero else left

    first = edge(low, high, beyond_zero=False)
    if slope(first) > 0:  # so that it is zero nowhere
        return first
    last = edge(low, high, beyond_zero=True)
    return first / 2 + last / 2 if first < last else first


def _search(kernel: BoundKernel) -> Question[float]:
    """Return the constant of least mean loss: the best of many starts in a sample, then a narrowing grid over all."""
    sample = yield from _targets()

    def loss_in_sample(constant: float) -> float:
        return float(np.sum(sample.w * kernel.per_row(sample.y, np.full_like(sample.y, constant))))

    starts = np.unique(np.quantile(sample.y, np.linspace(0, 1, STARTS), method="inverted_cdf"))
    low, best, high = _around(starts, [loss_in_sample(float(start)) for start in starts], sample)
    width = LAST_BRACKET * (high - low)
    kinks = np.unique(sample.y)
    while high - low > width:
        # the best so far stays among them, for the loss may jump there; it has kinks at targets
        sides = np.linspace(low, best, CANDIDATES + 1), np.linspace(best, high, CANDIDATES + 1)
        inside = kinks[(kinks > low) & (kinks < high)]
        candidates = np.unique(np.concatenate([*sides, inside if len(inside) <= 2 * CANDIDATES else []]))
        means = yield from together([mean_loss_of(kernel, float(candidate)) for candidate in candidates])
        low, best, high = _around(candidates, means, sample)
    return best


def _around(points: FloatArray, losses: list[float], sample: _Targets) -> tuple[float, float, float]:
    """Return the best of rising points between its neighbours; where it is an end, the range goes on beyond it."""
    at = int(np.argmin(losses))
    low, best, high = (float(points[min(max(at + step, 0), len(points) - 1)]) for step in (-1, 0, 1))
    reach = float(points[-1]) - float(points[0])
    return (
        max(best - reach, sample.low) if low == best else low,
        best,
        min(best + reach, sample.high) if high == best else high,
    )
