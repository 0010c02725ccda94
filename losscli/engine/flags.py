"""Which rows of a model are outlying, and how much of each loss they hold."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from losscli.engine.accumulate import Tables, Total, weighted_sum
from losscli.engine.moments import exact_sum
from losscli.engine.outlying import Scale, outlier_scale
from losscli.engine.quantity import Deviation, LossValue, Residual
from losscli.engine.question import Question, ask
from losscli.engine.select import median, quantile

if TYPE_CHECKING:
    from losscli.engine.batch import Batch
    from losscli.engine.quantity import Quantity
    from losscli.losses.bound import BoundKernel

# Of predictions of classes the rows above this quantile of the loss count as outlying.
LARGEST = 0.99


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
    """

    n: int
    rule: str | None
    scale: float | None
    totals: tuple[float, ...]


@dataclass(frozen=True)
class FlaggedTotals:
    """Answers how many rows of a model score above `limit`, and Σ wℓ over them by kernel."""

    model: int
    score: Quantity
    limit: float
    kernels: tuple[BoundKernel, ...]

    def empty(self) -> Tables:
        """Return the state of no rows."""
        return ()

    def observe(self, batch: Batch) -> Tables:
        """Return a line (count, Σ wℓ by kernel) for each part."""
        return (np.array([self._line(part) for part in batch.parts]),)

    def _line(self, part: Batch) -> list[float]:
        flagged = part.take(np.flatnonzero(self.score(part) > self.limit))
        losses = (LossValue(kernel, self.model)(flagged) for kernel in self.kernels)
        return [float(len(flagged)), *(weighted_sum(each, flagged.weight)[1] for each in losses)]

    def merge(self, earlier: Tables, later: Tables) -> Tables:
        """Return the lines of both."""
        return earlier + later

    def finalise(self, state: Tables) -> tuple[int, tuple[float, ...]]:
        """Return the count and the totals."""
        if not state:
            return 0, (0.0,) * len(self.kernels)
        counts, *totals = np.concatenate(state).T
        return int(counts.sum()), tuple(exact_sum(total) for total in totals)


def outlying_errors(model: int, kernels: tuple[BoundKernel, ...]) -> Question[Outliers]:
    """Return which of a model's residuals are outlying, and what they hold of the losses of `kernels`."""
    residual = Residual(model)
    center = yield from median(residual)
    deviation = Deviation(residual, center)
    scale = yield from _scale(deviation)
    if scale is None:
        return Outliers(n=0, rule=None, scale=None, totals=(0.0,) * len(kernels))
    flagged, totals = yield from _held(model, deviation, scale.limit, kernels)
    return Outliers(n=flagged, rule=scale.rule, scale=scale.scale, totals=totals)


def largest_losses(model: int, judge: BoundKernel, name: str, kernels: tuple[BoundKernel, ...]) -> Question[Outliers]:
    """Return the rows with the largest loss by `judge`, at most 1 %, and what they hold of the losses of `kernels`.

    Where many rows share the largest loss fewer are flagged, perhaps none.
    """
    loss = LossValue(judge, model)
    limit = yield from quantile(loss, LARGEST)
    flagged, totals = yield from _held(model, loss, limit, kernels)
    return Outliers(n=flagged, rule=f"largest-{1 - LARGEST:.0%}:{name}", scale=None, totals=totals)


def _held(
    model: int, score: Quantity, limit: float, kernels: tuple[BoundKernel, ...]
) -> Question[tuple[int, tuple[float, ...]]]:
    distinct = tuple(dict.fromkeys(kernels))
    flagged, totals = yield from ask(FlaggedTotals(model, score, limit, distinct))
    by_kernel = dict(zip(distinct, totals, strict=True))
    return flagged, tuple(by_kernel[kernel] for kernel in kernels)


def _scale(deviation: Deviation) -> Question[Scale | None]:
    mad = yield from median(deviation)
    if mad > 0 or math.isnan(mad):
        return outlier_scale(mad, math.nan)
    weight, total = yield from ask(Total(deviation))
    return outlier_scale(mad, total / weight)
