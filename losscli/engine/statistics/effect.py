"""What the outlying rows do to each loss of a model: with them, without them, pulled in, and how it is spread."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from msgspec import Struct

from losscli.arrays import Reduction
from losscli.engine.folds.accumulate import ByBatch, Moments, Total
from losscli.engine.folds.moments import LINE, line_of_mean, summary_of
from losscli.engine.folds.quantity import LossValue, WeightedSquare
from losscli.engine.folds.question import Question, ask, both, known, together
from losscli.engine.folds.tails import TOPS, tops_of
from losscli.engine.folds.top_rows import Extremes, TopRows
from losscli.engine.statistics.evaluation import outliers_of
from losscli.engine.statistics.flags import FlaggedTotals
from losscli.engine.statistics.pulled import Capped, PulledLoss

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.quantity import Quantity
    from losscli.engine.folds.summary import Summary
    from losscli.engine.folds.tails import Held
    from losscli.engine.folds.top_rows import Leading, Pair
    from losscli.engine.statistics.flags import Flag, Outliers
    from losscli.engine.statistics.inquiry import Asked, Inquiry

Lines: TypeAlias = "tuple[tuple[FloatArray, FloatArray], ...]"


class Spread(Struct, frozen=True, kw_only=True):
    """How a loss is spread over rows.

    Attributes
    ----------
    tops
        For each of `TOPS` how many rows have a loss above that quantile, at most that share, and Σwℓ over them.
    squares
        Σ(wℓ)².
    extremes
        The least and the largest value that the loss would have without one row, each as (value, record).
    """

    tops: tuple[tuple[int, float], ...]
    squares: float
    extremes: Pair


class Effect(Struct, frozen=True, kw_only=True):
    """What the outlying rows do to one loss.

    Attributes
    ----------
    spread
        How it is spread over all rows.
    without
        Count, weight and mean of the rows that are not flagged; None where none are judged.
    pulled
        Σwℓ over the flagged rows, their errors or losses pulled in; infinite where the loss is not defined then.
    """

    spread: Spread
    without: Summary | None
    pulled: float | None


class Effects(Struct, frozen=True, kw_only=True):
    """The outlying rows of a model, what they do to each loss, and the rows that matter most."""

    outliers: Outliers | None
    losses: tuple[Effect, ...]
    rows: Leading | None


class ValueWithout(Struct, frozen=True):
    """The value of a loss without the row, in closed form from that of all rows; NaN where no weight is left."""

    of: Quantity
    mean: float
    weight: float
    reduction: Reduction

    def __call__(self, batch: Batch) -> FloatArray:
        """Return the value without each row."""
        return self.of_values(self.of(batch), 1.0 if batch.weight is None else batch.weight)

    def of_values(self, values: FloatArray, w: FloatArray | float) -> FloatArray:
        """Return the value without each of rows with such losses and weights."""
        rest = self.weight - w
        left: FloatArray = self.mean - w * (values - self.mean) / rest
        left = np.where(rest > 0, left, np.nan)
        if self.reduction is Reduction.SUM:
            left = self.mean * self.weight - w * values
        return np.sqrt(np.maximum(left, 0.0)) if self.reduction is Reduction.ROOT_MEAN else left


class Unflagged(ByBatch, frozen=True):
    """Answers for each quantity the `Summary` (of the mean alone) and the largest value of rows that are not flagged.

    The largest is −∞ where there are none.
    """

    flag: Flag
    of: tuple[Quantity, ...]

    def observe(self, batch: Batch) -> Lines:
        """Return the line of sums and the largest value of each quantity."""
        kept = batch.take(np.flatnonzero(~self.flag.rows(batch)))
        lines = np.empty((len(self.of), LINE))
        largest = np.empty(len(self.of))
        for position, of in enumerate(self.of):
            values = of(kept)
            lines[position] = line_of_mean(values, kept.weight)
            largest[position] = np.fmax.reduce(values, initial=-np.inf)
        return ((lines, largest),)

    def finalise(self, state: Lines) -> tuple[tuple[Summary, float], ...]:
        """Return summary and largest value of each quantity."""
        lines = np.reshape([lines for lines, _ in state], (len(state), len(self.of), LINE))
        largest = np.reshape([largest for _, largest in state], (len(state), len(self.of))).max(axis=0, initial=-np.inf)
        return tuple((summary_of(lines[:, position]), float(largest[position])) for position in range(len(self.of)))


def effects_of(inquiry: Inquiry, model: int, count: int) -> Question[Effects]:
    """Return what the outlying rows of a model do to each loss asked for, and the `count` rows that matter most.

    Raises
    ------
    InputError
        The rule takes as many rows as there are, or more.
    """
    losses = tuple(LossValue(asked.kernel, model) for asked in inquiry.losses)
    weighted = inquiry.roles.weight is not None
    spreads, outliers = yield from both(
        together([_spread(asked, loss, weighted=weighted) for asked, loss in zip(inquiry.losses, losses, strict=True)]),
        outliers_of(inquiry, model, ()),
    )
    flag = None if outliers is None else outliers.flag
    if outliers is None or flag is None:
        judge = inquiry.held[0] if inquiry.held else inquiry.losses[0]
        rows = yield from ask(TopRows(LossValue(judge.kernel, model), count))
        none = tuple(Effect(spread=spread, without=None, pulled=None) for spread in spreads)
        return Effects(outliers=outliers, losses=none, rows=rows)
    (without, pulled), rows = yield from both(_without(losses, outliers, flag), ask(TopRows(flag.score, count)))
    effects = zip(spreads, without, pulled, strict=True)
    return Effects(
        outliers=outliers,
        losses=tuple(Effect(spread=spread, without=left, pulled=total) for spread, left, total in effects),
        rows=rows,
    )


def _without(
    losses: tuple[LossValue, ...], outliers: Outliers, flag: Flag
) -> Question[tuple[tuple[Summary, ...], tuple[float, ...]]]:
    """Return each loss of the rows that are not flagged, and Σwℓ of the flagged rows pulled in."""
    distinct = tuple(dict.fromkeys(losses))
    if outliers.fences is None:
        found = yield from ask(Unflagged(flag, distinct))
        pulled: tuple[Quantity, ...] = tuple(Capped(loss, cap) for loss, (_, cap) in zip(distinct, found, strict=True))
        totals = yield from ask(FlaggedTotals((flag,), pulled))
    else:
        fences = outliers.fences
        pulled = tuple(PulledLoss(loss.kernel, loss.model, fences) for loss in distinct)
        found, totals = yield from both(ask(Unflagged(flag, distinct)), ask(FlaggedTotals((flag,), pulled)))
    kept = {loss: summary for loss, (summary, _) in zip(distinct, found, strict=True)}
    total = dict(zip(distinct, totals.totals, strict=True))
    return tuple(kept[loss] for loss in losses), tuple(total[loss] for loss in losses)


def _spread(asked: Asked, loss: LossValue, *, weighted: bool) -> Question[Spread]:
    if asked.bound.loss.is_signed:
        tops: tuple[Held, ...] = ((0, 0.0),) * len(TOPS)  # of signed losses nothing is held
        return Spread(tops=tops, squares=math.nan, extremes=(yield from _extremes(asked, loss, weighted=weighted)))
    squares = known(None) if not weighted else ask(Total(WeightedSquare(loss)))
    tops, ((summary, weighed), extremes) = yield from both(
        tops_of(loss), both(both(ask(Moments(loss)), squares), _extremes(asked, loss, weighted=weighted))
    )
    total = summary.psi2 + summary.n * (summary.mean * summary.mean) if weighed is None else weighed[1]
    return Spread(tops=tops, squares=total, extremes=extremes)


def _extremes(asked: Asked, loss: LossValue, *, weighted: bool) -> Question[Pair]:
    """Return the least and the largest value without one row.

    Where all rows weigh the same these are the values without the rows of the largest and of the least loss.
    """
    least_and_largest: Pair | None = None
    if weighted:
        summary = yield from ask(Moments(loss))
    else:
        summary, least_and_largest = yield from both(ask(Moments(loss)), ask(Extremes(loss)))
    if summary.infinite or not math.isfinite(summary.mean):
        return ()
    without = ValueWithout(loss, summary.mean, summary.weight, asked.bound.loss.reduction)
    if least_and_largest is None:
        return (yield from ask(Extremes(without)))
    if summary.n < 2:
        return ()
    values = np.array([extreme[0] for extreme in reversed(least_and_largest)])
    left = without.of_values(values, 1.0).tolist()
    return tuple((value, record) for value, (_, record) in zip(left, reversed(least_and_largest), strict=True))
