"""Exact medians and quantiles of any number of rows: a sample tells where to look, one fold over all rows finds them.

Between two values of the sample the wanted rank lies almost surely. A fold sums the weight below them and gathers the
few values between, among which the rank is found exactly. Where the sample has misled, words of 16 bits lead there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from losscli.engine.moments import exact_sum
from losscli.engine.quantity import Deviation
from losscli.engine.question import Question, ask, both, together
from losscli.engine.sample import Sample, Sampled
from losscli.engine.words import GATHER_VALUES, Rank, Ranked, by_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from losscli.arrays import BoolArray, FloatArray
    from losscli.engine.batch import Batch
    from losscli.engine.quantity import Quantity

# Standard errors of a rank in the sample on either side of it: beyond lies one rank in 150 000.
MARGIN = 4.5
HALF = Fraction(1, 2)
MIDDLE = (Rank(HALF, exceeds=False), Rank(HALF, exceeds=True))
# Distances from a centre that is known up to a margin are known up to it, and to rounding.
ROUNDED_UP = 1 + 1e-6


@dataclass(frozen=True, kw_only=True)
class Near:
    """What lies near a rank.

    Attributes
    ----------
    values, weight
        The values between two bounds, in rising order, and their weights; None for ones. Both of shape (k,).
    low, high
        The bounds.
    below, on_low, on_high, total
        The weights below the lower bound, on either bound, and of all.
    """

    values: FloatArray
    weight: FloatArray | None
    total: float
    below: float = 0.0
    low: float = -math.inf
    on_low: float = 0.0
    high: float = math.inf
    on_high: float = 0.0

    def at(self, rank: Rank) -> float | None:
        """Return the value of a rank; None where it lies beyond the bounds."""
        if not 0 < self.total < math.inf:
            return None
        up_to_low = self.below + self.on_low
        each = np.arange(1.0, len(self.values) + 1) if self.weight is None else np.cumsum(self.weight)
        up_to_high = up_to_low + (float(each[-1]) if len(each) else 0.0) + self.on_high
        bounds = rank.first(np.array([self.below, up_to_low, up_to_high]), self.total)
        if bounds in (0, 3):
            return None
        index = rank.first(up_to_low + each, self.total)
        values = self.low if bounds == 1 else self.values[index] if index < len(each) else self.high
        return float(values) + 0.0  # −0.0 becomes 0.0

    def median(self) -> float | None:
        """Return the mid-point of the median interval; None where an end of it lies beyond the bounds."""
        low, high = (self.at(rank) for rank in MIDDLE)
        return None if low is None or high is None else _middle(low, high)


_Found: TypeAlias = "tuple[tuple[FloatArray, ...], tuple[FloatArray, ...], tuple[FloatArray, ...]]"


@dataclass(frozen=True)
class Window:
    """Answers what is `Near` a rank: the weights below and on two bounds, and all that lies between these.

    Where `of` is the distance of `given` from a centre, the values that are handed over are those of `given`, and those
    on the bounds count as below and above.
    """

    of: Ranked
    low: float
    high: float
    given: Quantity | None = None

    def empty(self) -> _Found:
        """Return the state of no rows."""
        return (), (), ()

    def observe(self, batch: Batch) -> _Found:
        """Return for each part the weights (below, on the lower, on the upper bound, all), and the values between."""
        lines, found, weights = [], [], []
        for part in batch.parts:
            values, w = self.of.rows(part)
            up_to = values <= self.low
            inside = (values < self.high) & ~up_to
            on_low, on_high = values == self.low, (values == self.high) & ~up_to
            all_rows = float(len(values)) if w is None else float(np.sum(w))
            lines.append([*(_weight(rows, w) for rows in (up_to, on_low, on_high)), all_rows])
            found.append((values if self.given is None else self.given(part))[inside])
            weights += [] if w is None else [w[inside]]
        return (np.array(lines),), tuple(found), tuple(weights)

    def merge(self, earlier: _Found, later: _Found) -> _Found:
        """Return what both found."""
        return earlier[0] + later[0], earlier[1] + later[1], earlier[2] + later[2]

    def finalise(self, state: _Found) -> Near:
        """Return the values found, those on the bounds among them."""
        lines, found, weights = state
        up_to, on_low, on_high, total = (exact_sum(column) for column in np.concatenate([np.zeros((1, 4)), *lines]).T)
        values = np.concatenate([np.empty(0), *found])
        near = _near(values, np.concatenate(weights) if weights else None, total=total)
        if self.given is not None:
            return replace(near, below=up_to)
        return replace(near, below=up_to - on_low, low=self.low, on_low=on_low, high=self.high, on_high=on_high)


def _near(values: FloatArray, weight: FloatArray | None, *, total: float, below: float = 0.0) -> Near:
    if weight is None:
        return Near(values=np.sort(values), weight=None, total=total, below=below)
    order = np.argsort(values, kind="stable")
    return Near(values=values[order], weight=weight[order], total=total, below=below)


def _whole(sample: Sample) -> Near:
    total = float(len(sample.values)) if sample.weight is None else exact_sum(sample.weight)
    return _near(sample.values, sample.weight, total=total)


def _middle(low: float, high: float) -> float:
    return low if low == high else low / 2 + high / 2  # half each, so that their sum cannot overflow


def _weight(rows: BoolArray, w: FloatArray | None) -> float:
    return float(np.count_nonzero(rows)) if w is None else float(np.sum(w[rows]))


def quantile(of: Quantity, level: float, weight: Quantity | None = None) -> Question[float]:
    """Return the smallest value up to which the weight reaches `level` in (0, 1); NaN where there are no rows.

    It is a value of the data and minimises the pinball loss of that level. The level counts as the decimal that it is
    written as, so that 0.1 of 30 rows is the third.
    """
    (found,) = yield from _ranked(Ranked(of, weight), (Rank(Fraction(repr(level)), exceeds=False),))
    return found


def median(of: Quantity, weight: Quantity | None = None) -> Question[float]:
    """Return the mid-point of the median interval; NaN where there are no rows."""
    low, high = yield from _ranked(Ranked(of, weight), MIDDLE)
    return _middle(low, high)


def median_and_deviation(of: Quantity, sample: Sample | None = None) -> Question[tuple[float, float]]:
    """Return the median and the median absolute deviation from it (MAD); NaN where there are no rows.

    Once it is known between which values the median lies, it is nearly known how far each row is from it, so that one
    fold finds both.

    Parameters
    ----------
    sample : Sample or None
        Values of the quantity, if they are known already.
    """
    sample = sample or (yield from ask(Sampled(of)))
    if sample.whole:
        near = _whole(sample)
        center = near.median()
        if center is not None:
            deviation = _near(np.abs(near.values - center), near.weight, total=near.total).median()
            if deviation is not None:
                return center, deviation
    window = _window(sample, HALF)
    found = (yield from _at_once(of, sample, *window)) if window is not None else None
    if found is not None:
        return found
    center = yield from median(of)
    return center, (yield from median(Deviation(of, center)))


def _at_once(of: Quantity, sample: Sample, low: float, high: float) -> Question[tuple[float, float] | None]:
    """Return median and MAD, where the median lies between two values of a sample; None where one of them is missed."""
    center, reach = low / 2 + high / 2, (high / 2 - low / 2) * ROUNDED_UP
    deviations = replace(sample, values=np.abs(sample.values - center))
    ring = _window(deviations, HALF)
    if ring is None or not reach < ring[0] or not _few(deviations, ring[0] - reach, ring[1] + reach):
        return None
    wanted = (
        Window(Ranked(of), low, high),
        Window(Ranked(Deviation(of, center)), ring[0] - reach, ring[1] + reach, of),
    )
    near, around = yield wanted
    found = near.median()
    if found is None:
        return None
    distances = np.abs(around.values - found)
    deviation = _near(distances, around.weight, total=around.total, below=around.below).median()
    return (found, deviation) if deviation is not None and ring[0] < deviation < ring[1] else None


def _ranked(ranked: Ranked, ranks: Sequence[Rank]) -> Question[list[float]]:
    """Return the values of ranks of one level; NaN where there are no rows, or no finite weight."""
    sample = yield from _sample(ranked)
    near: Near | None = None
    if sample.whole:
        near = _whole(sample)
    elif (window := _window(sample, ranks[0].level)) is not None:
        near = yield from ask(Window(ranked, *window))
    found = [None if near is None else near.at(rank) for rank in ranks]
    missed = {rank: by_words(ranked, rank) for rank, value in zip(ranks, found, strict=True) if value is None}
    by_rank = dict(zip(missed, (yield from together(list(missed.values()))), strict=True))
    return [by_rank[rank] if value is None else value for rank, value in zip(ranks, found, strict=True)]


def _sample(ranked: Ranked) -> Question[Sample]:
    if ranked.weight is None:
        return (yield from ask(Sampled(ranked.of)))
    values, further = yield from both(ask(Sampled(ranked.of)), ask(Sampled(ranked.weight)))
    return replace(values, weight=values.weights * further.values)


def _window(sample: Sample, level: Fraction) -> tuple[float, float] | None:
    """Return two values, or infinities, between which a rank lies almost surely; None where too many rows do."""
    order = np.argsort(sample.values)
    values, w = sample.values[order], sample.weights[order]
    cumulative = np.cumsum(w)
    if not (len(w) and 0 < cumulative[-1] < math.inf):
        return None
    share = float(level)
    margin = MARGIN * math.sqrt(share * (1 - share) * float(np.sum(np.square(w))))
    ends = np.searchsorted(cumulative, cumulative[-1] * share + np.array([-margin, margin]))
    low = float(values[ends[0]]) if ends[0] > 0 else -math.inf
    high = float(values[ends[1]]) if ends[1] < len(values) else math.inf
    return (low, high) if _few(sample, low, high) else None


def _few(sample: Sample, low: float, high: float) -> bool:
    """Return whether so few rows lie between two values that they may be gathered."""
    between = np.count_nonzero((sample.values > low) & (sample.values < high))
    return bool(between * sample.n <= GATHER_VALUES * len(sample.values))
