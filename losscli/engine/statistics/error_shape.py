"""On which side of zero errors lie, how they spread, and their mean without the ends: what stands behind a bias."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from losscli.engine.folds.accumulate import ByBatch, Total
from losscli.engine.folds.moments import exact_sum
from losscli.engine.folds.question import Question, ask, both
from losscli.engine.folds.select import quantile

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.folds.accumulate import Tables
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.quantity import Quantity


class Side(Struct, frozen=True, kw_only=True):
    """Rows with errors of one sign: how many, Σw, and Σwe."""

    n: int
    weight: float
    total: float


class Sides(ByBatch, frozen=True):
    """Answers the rows above zero and those below it, each as a `Side`."""

    of: Quantity

    def observe(self, batch: Batch) -> Tables:
        """Return the line (n, Σw, Σwv above; the same below) of the batch."""
        values, weight = self.of(batch), batch.weight
        parts = values if weight is None else values * weight
        line: list[float] = []
        for side, nearest in ((values > 0, np.maximum), (values < 0, np.minimum)):
            n = float(np.count_nonzero(side))
            line += [n, n if weight is None else float(np.sum(side * weight)), float(np.sum(nearest(parts, 0.0)))]
        return (np.array(line),)

    def finalise(self, state: Tables) -> tuple[Side, Side]:
        """Return the side above zero and the side below it."""
        sums = [exact_sum(column) for column in np.reshape(state, (-1, 6)).T]
        above, below = (Side(n=int(n), weight=weight, total=total) for n, weight, total in (sums[:3], sums[3:]))
        return above, below


class Spread(Struct, frozen=True, kw_only=True):
    """The weighted mean of a quantity and its weighted variance Σw(v − mean)²/Σw."""

    mean: float
    variance: float


class Spreads(ByBatch, frozen=True):
    """Answers the `Spread` of a quantity of finite values; a weight equals repetition."""

    of: Quantity

    def observe(self, batch: Batch) -> Tables:
        """Return the line (Σw, mean, Σw(v − mean)²) of the batch."""
        values, weight, whole = self.of(batch), batch.weight, batch.total_weight()
        mean = float(np.sum(values if weight is None else values * weight)) / whole
        square = np.square(values - mean)
        return (np.array([whole, mean, np.sum(square if weight is None else square * weight)]),)

    def finalise(self, state: Tables) -> Spread:
        """Return mean and variance over all batches; NaN for no rows."""
        if not state:
            return Spread(mean=np.nan, variance=np.nan)
        weight, means, squares = np.array(state).T
        whole = exact_sum(weight)
        mean = exact_sum(weight * means) / whole
        return Spread(mean=mean, variance=exact_sum(squares + weight * np.square(means - mean)) / whole)


class Clipped(Struct, frozen=True):
    """A quantity pulled in to two bounds."""

    of: Quantity
    low: float
    high: float

    def __call__(self, batch: Batch) -> FloatArray:
        """Return the quantity of each row, or the bound that it lies beyond."""
        clipped: FloatArray = np.clip(self.of(batch), self.low, self.high)
        return clipped


def trimmed_mean(of: Quantity, share: float) -> Question[float]:
    """Return the mean of a quantity without the `share` of the weight, in (0, ½), at either end; NaN for no rows.

    The row in which an end is reached counts with the part of its weight that lies inside, so that a weight equals
    repetition.
    """
    low, high = yield from both(quantile(of, share), quantile(of, 1 - share))
    if not low < high:
        return low
    whole, total = yield from ask(Total(Clipped(of, low, high)))
    return (total / whole - share * (low + high)) / (1 - 2 * share)  # the rows beyond each end sum to its value
