"""Which rows of a model are outlying, and how much of each loss they hold."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from losscli.engine.accumulate import Tables, Total, weighted_sum
from losscli.engine.moments import exact_sum
from losscli.engine.outlying import Scale, outlier_scale
from losscli.engine.quantity import Deviation, LossValue, Residual
from losscli.engine.question import Question, ask
from losscli.engine.select import median, quantile

if TYPE_CHECKING:
    from losscli.arrays import BoolArray
    from losscli.engine.batch import Batch
    from losscli.engine.quantity import Quantity
    from losscli.losses.bound import BoundKernel

# Of predictions of classes the rows above this quantile of the loss count as outlying.
LARGEST = 0.99


@dataclass(frozen=True)
class Flag:
    """Flags the rows whose score is above a limit."""

    score: Quantity
    limit: float

    def rows(self, batch: Batch) -> BoolArray:
        """Return which rows are flagged, shape (n,)."""
        above: BoolArray = self.score(batch) > self.limit
        return above


@dataclass(frozen=True, kw_only=True)
class Outliers:
    """The flagged rows of one model.

    Attributes
    ----------
    n
        How many rows are flagged.
    rule
        The rule that flags; None where all residuals are equal and nothing can be outlying.
    scale
        The residuals' robust standard deviation; None with the rule.
    totals
        Σ wℓ over the flagged rows for each kernel asked for, in their order.
    flag
        What flags a row; None with the rule.
    """

    n: int
    rule: str | None
    scale: float | None
    totals: tuple[float, ...]
    flag: Flag | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class Flagged:
    """Rows that are flagged: how many, Σw over them, and Σ wℓ over them of each quantity asked for."""

    n: int
    weight: float
    totals: tuple[float, ...]


@dataclass(frozen=True)
class FlaggedTotals:
    """Answers how many rows any of `flags` flags, Σw over them, and Σ wℓ of each quantity over them."""

    flags: tuple[Flag, ...]
    of: tuple[Quantity, ...]

    def empty(self) -> Tables:
        """Return the state of no rows."""
        return ()

    def observe(self, batch: Batch) -> Tables:
        """Return the line (count, Σw, Σ wℓ by quantity) of the batch, in which few rows are flagged."""
        flagged = batch.take(np.flatnonzero(np.concatenate([self._rows(part) for part in batch.parts])))
        totals = (weighted_sum(of(flagged), flagged.weight)[1] for of in self.of)
        return (np.array([[float(len(flagged)), flagged.total_weight(), *totals]]),)

    def _rows(self, part: Batch) -> BoolArray:
        rows = self.flags[0].rows(part)
        for flag in self.flags[1:]:
            rows = rows | flag.rows(part)
        return rows

    def merge(self, earlier: Tables, later: Tables) -> Tables:
        """Return the lines of both."""
        return earlier + later

    def finalise(self, state: Tables) -> Flagged:
        """Return count, weight and totals."""
        if not state:
            return Flagged(n=0, weight=0.0, totals=(0.0,) * len(self.of))
        counts, weights, *totals = np.concatenate(state).T
        return Flagged(
            n=int(counts.sum()), weight=exact_sum(weights), totals=tuple(exact_sum(total) for total in totals)
        )


def outlying_errors(model: int, kernels: tuple[BoundKernel, ...]) -> Question[Outliers]:
    """Return which of a model's residuals are outlying, and what they hold of the losses of `kernels`."""
    residual = Residual(model)
    center = yield from median(residual)
    deviation = Deviation(residual, center)
    scale = yield from _scale(deviation)
    if scale is None:
        return Outliers(n=0, rule=None, scale=None, totals=(0.0,) * len(kernels))
    return (yield from _outliers(model, Flag(deviation, scale.limit), kernels, scale.rule, scale.scale))


def largest_losses(model: int, judge: BoundKernel, name: str, kernels: tuple[BoundKernel, ...]) -> Question[Outliers]:
    """Return the rows with the largest loss by `judge`, at most 1 %, and what they hold of the losses of `kernels`.

    Where many rows share the largest loss fewer are flagged, perhaps none.
    """
    loss = LossValue(judge, model)
    limit = yield from quantile(loss, LARGEST)
    return (yield from _outliers(model, Flag(loss, limit), kernels, f"largest-{1 - LARGEST:.0%}:{name}", None))


def _outliers(
    model: int, flag: Flag, kernels: tuple[BoundKernel, ...], rule: str, scale: float | None
) -> Question[Outliers]:
    distinct = tuple(dict.fromkeys(LossValue(kernel, model) for kernel in kernels))
    flagged = yield from ask(FlaggedTotals((flag,), distinct))
    by_loss = dict(zip(distinct, flagged.totals, strict=True))
    totals = tuple(by_loss[LossValue(kernel, model)] for kernel in kernels)
    return Outliers(n=flagged.n, rule=rule, scale=scale, totals=totals, flag=flag)


def _scale(deviation: Deviation) -> Question[Scale | None]:
    mad = yield from median(deviation)
    if mad > 0 or math.isnan(mad):
        return outlier_scale(mad, math.nan)
    weight, total = yield from ask(Total(deviation))
    return outlier_scale(mad, total / weight)
