"""Exact medians and quantiles of any number of rows: a sample tells where to look, one fold over all rows finds them.

Between two values of the sample the wanted rank lies almost surely. A fold sums the weight below them and gathers the
few values between, among which the rank is found exactly. Where the sample has misled, words of 16 bits lead there.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from losscli.engine.folds.accumulate import ByBatch
from losscli.engine.folds.moments import exact_sum
from losscli.engine.folds.quantity import Deviation
from losscli.engine.folds.question import Question, ask, both, together
from losscli.engine.folds.sample import Sample, Sampled
from losscli.engine.folds.window import HALF, MIDDLE, Near, Window, mid_point, near_of
from losscli.engine.folds.words import GATHER_VALUES, Rank, Ranked, by_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.quantity import Quantity

# Standard errors of a rank in the sample on either side of it: beyond lies one rank in 150 000.
MARGIN = 4.5
# Rows of one number each that are gathered because they are far away: some 30 MiB.
MOST_BEYOND = 1 << 20
# Distances from a centre that is known up to a margin are known up to it, and to rounding.
ROUNDED_UP = 1 + 1e-6


def _whole(sample: Sample) -> Near:
    total = float(len(sample.values)) if sample.weight is None else exact_sum(sample.weight)
    return near_of(sample.values, sample.weight, total=total)


def quantile(of: Quantity, level: float, weight: Quantity | None = None) -> Question[float]:
    """Return the smallest value up to which the weight reaches `level` in (0, 1); NaN where there are no rows.

    It is a value of the data and minimises the pinball loss of that level. The level counts as the decimal that it is
    written as, so that 0.1 of 30 rows is the third.
    """
    (found,) = yield from _ranked(Ranked(of, weight), (Rank(Fraction(repr(level)), exceeds=False),))
    return found


def tail(of: Quantity, level: float, most: int) -> Question[tuple[float, tuple[Batch, ...] | None]]:
    """Return a quantile, and rows among which are all those above it.

    There are none of them, but None, where they are more than `most`, all rows are few, or the sample has misled.
    """
    rank = Rank(Fraction(repr(level)), exceeds=False)
    sample = yield from ask(Sampled(of))
    window = None if sample.whole else window_around(sample, rank.level)
    if window is None or not _few(sample, window[0], math.inf, most):
        return (yield from quantile(of, level)), None
    near, rows = yield (Window(Ranked(of), *window), RowsBeyond(of, window[0]))
    found = near.at(rank)
    if found is None:
        return (yield from quantile(of, level)), None
    return found, rows


def median(of: Quantity, weight: Quantity | None = None) -> Question[float]:
    """Return the mid-point of the median interval; NaN where there are no rows."""
    low, high = yield from _ranked(Ranked(of, weight), MIDDLE)
    return mid_point(low, high)


class Spread(Struct, frozen=True, kw_only=True):
    """The middle of values and how far they are from it.

    Attributes
    ----------
    median, deviation
        The median and the median absolute deviation from it (MAD); NaN where there are no rows.
    beyond
        Rows among which are all that are farther from the median than was asked; None where these are too many, or all
        rows are few.
    """

    median: float
    deviation: float
    beyond: tuple[Batch, ...] | None = None


def spread(of: Quantity, sample: Sample | None = None, reach: float = math.inf) -> Question[Spread]:
    """Return the median, the MAD, and the rows that are far away.

    Once it is known between which values the median lies, it is nearly known how far each row is from it, so that one
    fold finds all.

    Parameters
    ----------
    sample : Sample or None
        Values of the quantity, if they are known already.
    reach : float
        From how many MADs on a row is far away.
    """
    sample = sample or (yield from ask(Sampled(of)))
    if sample.whole:
        near = _whole(sample)
        center = near.median()
        if center is not None:
            deviation = near_of(np.abs(near.values - center), near.weight, total=near.total).median()
            if deviation is not None:
                return Spread(median=center, deviation=deviation)
    window = window_around(sample, HALF)
    found = (yield from _at_once(of, sample, window, reach)) if window is not None else None
    if found is not None:
        return found
    center = yield from median(of)
    return Spread(median=center, deviation=(yield from median(Deviation(of, center))))


def _at_once(of: Quantity, sample: Sample, window: tuple[float, float], reach: float) -> Question[Spread | None]:
    """Return what is asked where the median lies between two values of a sample; None where it or the MAD do not."""
    center, margin = mid_point(*window), (window[1] / 2 - window[0] / 2) * ROUNDED_UP
    distance = Deviation(of, center)
    distances = replace(sample, values=np.abs(sample.values - center))
    ring = window_around(distances, HALF)
    if ring is None or not margin < ring[0] or not _few(distances, ring[0] - margin, ring[1] + margin):
        return None
    far = reach * ring[0] - margin
    is_told = margin < far < math.inf and _few(distances, far, math.inf, MOST_BEYOND)
    near, around, *beyond = yield (
        Window(Ranked(of), *window),
        Window(Ranked(distance), ring[0] - margin, ring[1] + margin, of),
        *([RowsBeyond(distance, far)] if is_told else []),
    )
    found = near.median()
    if found is None:
        return None
    exact = near_of(np.abs(around.values - found), around.weight, total=around.total, below=around.below)
    deviation = exact.median()
    if deviation is None or not ring[0] < deviation < ring[1]:
        return None
    return Spread(median=found, deviation=deviation, beyond=beyond[0] if beyond else None)


class RowsBeyond(ByBatch, frozen=True):
    """Answers the rows in which a quantity is above a limit, in batches as they came."""

    of: Quantity
    limit: float

    def observe(self, batch: Batch) -> tuple[Batch, ...]:
        """Return such rows of one batch, as copies."""
        return (batch.take(np.flatnonzero(self.of(batch) > self.limit)),)

    def finalise(self, state: tuple[Batch, ...]) -> tuple[Batch, ...]:
        """Return the rows."""
        return state


def _ranked(ranked: Ranked, ranks: Sequence[Rank]) -> Question[list[float]]:
    """Return the values of ranks of one level; NaN where there are no rows, or no finite weight."""
    sample = yield from _sample(ranked)
    near: Near | None = None
    if sample.whole:
        near = _whole(sample)
    elif (window := window_around(sample, ranks[0].level)) is not None:
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


def window_around(sample: Sample, level: Fraction) -> tuple[float, float] | None:
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


def _few(sample: Sample, low: float, high: float, most: int | None = None) -> bool:
    """Return whether so few rows lie between two values that they may be gathered."""
    between = np.count_nonzero((sample.values > low) & (sample.values < high))
    return bool(between * sample.n <= (GATHER_VALUES if most is None else most) * len(sample.values))
