"""What the outlying rows do to each loss of a model: with them, without them, pulled in, and how it is spread."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from losscli.arrays import Reduction
from losscli.engine.accumulate import Moments, Total
from losscli.engine.evaluation import outliers_of
from losscli.engine.flags import FlaggedTotals
from losscli.engine.moments import LINE, exact_sum, line_of_mean, summary_of
from losscli.engine.pulled import Capped, PulledLoss
from losscli.engine.quantity import LossValue, WeightedSquare
from losscli.engine.question import Question, ask, both, together
from losscli.engine.select import quantile
from losscli.engine.top_rows import Extremes, TopRows

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.accumulate import Tables
    from losscli.engine.batch import Batch
    from losscli.engine.evaluation import Asked, Inquiry
    from losscli.engine.flags import Flag, Outliers
    from losscli.engine.quantity import Quantity
    from losscli.engine.summary import Summary
    from losscli.engine.top_rows import Leading, Pair

# Shares of the rows, those with the largest loss, of which it is told how much of a loss they hold.
TOPS = (0.001, 0.01, 0.05)

Lines: TypeAlias = "tuple[tuple[FloatArray, FloatArray], ...]"


@dataclass(frozen=True, kw_only=True)
class Spread:
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


@dataclass(frozen=True, kw_only=True)
class Effect:
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


@dataclass(frozen=True, kw_only=True)
class Effects:
    """The outlying rows of a model, what they do to each loss, and the rows that matter most."""

    outliers: Outliers | None
    losses: tuple[Effect, ...]
    rows: Leading | None


@dataclass(frozen=True)
class ValueWithout:
    """The value of a loss without the row, in closed form from that of all rows; NaN where no weight is left."""

    of: Quantity
    mean: float
    weight: float
    reduction: Reduction

    def __call__(self, batch: Batch) -> FloatArray:
        """Return the value without each row."""
        values = self.of(batch)
        w = 1.0 if batch.weight is None else batch.weight
        rest = self.weight - w
        left: FloatArray = self.mean - w * (values - self.mean) / rest
        left = np.where(rest > 0, left, np.nan)
        if self.reduction is Reduction.SUM:
            left = self.mean * self.weight - w * values
        return np.sqrt(np.maximum(left, 0.0)) if self.reduction is Reduction.ROOT_MEAN else left


@dataclass(frozen=True)
class AboveLimits:
    """Answers for each limit how many rows have a quantity above it, and Σwv over them."""

    of: Quantity
    limits: tuple[float, ...]

    def empty(self) -> Tables:
        """Return the state of no rows."""
        return ()

    def observe(self, batch: Batch) -> Tables:
        """Return a line (count, Σwv by limit) for each part."""
        return (np.array([self._line(part) for part in batch.parts]),)

    def _line(self, part: Batch) -> list[float]:
        values = self.of(part)
        line = []
        for limit in self.limits:
            above = np.flatnonzero(values > limit)
            weighed = values[above] if part.weight is None else values[above] * part.weight[above]
            line += [float(len(above)), float(np.sum(weighed))]
        return line

    def merge(self, earlier: Tables, later: Tables) -> Tables:
        """Return the lines of both."""
        return earlier + later

    def finalise(self, state: Tables) -> tuple[tuple[int, float], ...]:
        """Return count and sum for each limit."""
        if not state:
            return ((0, 0.0),) * len(self.limits)
        columns = np.concatenate(state).T
        return tuple(
            (int(counts.sum()), exact_sum(sums)) for counts, sums in zip(columns[::2], columns[1::2], strict=True)
        )


@dataclass(frozen=True)
class Unflagged:
    """Answers for each quantity the `Summary` (of the mean alone) and the largest value of rows that are not flagged.

    The largest is −∞ where there are none.
    """

    flag: Flag
    of: tuple[Quantity, ...]

    def empty(self) -> Lines:
        """Return the state of no rows."""
        return ()

    def observe(self, batch: Batch) -> Lines:
        """Return for each part a line of sums, and the largest value, of each quantity."""
        lines = np.empty((len(batch.parts), len(self.of), LINE))
        largest = np.full(lines.shape[:2], -np.inf)
        for number, part in enumerate(batch.parts):
            kept = np.flatnonzero(~self.flag.rows(part))
            weight = None if part.weight is None else part.weight[kept]
            for position, of in enumerate(self.of):
                values = of(part)[kept]
                lines[number, position] = line_of_mean(values, weight)
                largest[number, position] = np.fmax.reduce(values, initial=-np.inf)
        return ((lines, largest),)

    def merge(self, earlier: Lines, later: Lines) -> Lines:
        """Return the lines of both."""
        return earlier + later

    def finalise(self, state: Lines) -> tuple[tuple[Summary, float], ...]:
        """Return summary and largest value of each quantity."""
        lines = np.concatenate([np.zeros((0, len(self.of), LINE)), *(table for table, _ in state)])
        largest = np.concatenate([np.full((1, len(self.of)), -np.inf), *(table for _, table in state)]).max(axis=0)
        return tuple((summary_of(lines[:, position]), float(largest[position])) for position in range(len(self.of)))


def effects_of(inquiry: Inquiry, model: int, count: int) -> Question[Effects]:
    """Return what the outlying rows of a model do to each loss asked for, and the `count` rows that matter most.

    Raises
    ------
    InputError
        The rule takes as many rows as there are, or more.
    """
    losses = tuple(LossValue(asked.kernel, model) for asked in inquiry.losses)
    spreads, outliers = yield from both(
        together([_spread(asked, loss) for asked, loss in zip(inquiry.losses, losses, strict=True)]),
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


def _spread(asked: Asked, loss: LossValue) -> Question[Spread]:
    limits, ((_, squares), extremes) = yield from both(
        together([quantile(loss, round(1 - share, 12)) for share in TOPS]),
        both(ask(Total(WeightedSquare(loss))), _extremes(asked, loss)),
    )
    tops = yield from ask(AboveLimits(loss, tuple(limits)))
    return Spread(tops=tops, squares=squares, extremes=extremes)


def _extremes(asked: Asked, loss: LossValue) -> Question[Pair]:
    summary = yield from ask(Moments(loss))
    if summary.infinite or not math.isfinite(summary.mean):
        return ()
    without = ValueWithout(loss, summary.mean, summary.weight, asked.bound.loss.reduction)
    return (yield from ask(Extremes(without)))
