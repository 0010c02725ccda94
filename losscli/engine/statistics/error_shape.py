"""On which side of zero errors lie, how they spread, and their mean without the ends: what stands behind a bias."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from losscli.engine.folds.moments import exact_sum
from losscli.engine.folds.question import Question, ask, both
from losscli.engine.folds.select import quantile

if TYPE_CHECKING:
    from losscli.arrays import BoolArray, FloatArray
    from losscli.engine.folds.accumulate import Tables
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.quantity import Quantity


class Side(Struct, frozen=True, kw_only=True):
    """Rows with errors of one sign: how many, Σw, and Σwe."""

    n: int
    weight: float
    total: float


class Sides(Struct, frozen=True):
    """Answers the rows above zero and those below it, each as a `Side`."""

    of: Quantity

    def empty(self) -> Tables:
        """Return the state of no rows."""
        return ()

    def observe(self, batch: Batch) -> Tables:
        """Return the line (n, Σw, Σwv above; the same below) of the batch."""
        values, weight = self.of(batch), batch.weight
        return (np.array([*_sums_where(values > 0, values, weight), *_sums_where(values < 0, values, weight)]),)

    def merge(self, earlier: Tables, later: Tables) -> Tables:
        """Return the lines of both."""
        return earlier + later

    def finalise(self, state: Tables) -> tuple[Side, Side]:
        """Return the side above zero and the side below it."""
        sums = [exact_sum(column) for column in np.reshape(state, (-1, 6)).T]
        above, below = (Side(n=int(n), weight=weight, total=total) for n, weight, total in (sums[:3], sums[3:]))
        return above, below


class Spread(Struct, frozen=True, kw_only=True):
    """The weighted mean of a quantity and its weighted variance Σw(v − mean)²/Σw."""

    mean: float
    variance: float


class Spreads(Struct, frozen=True):
    """Answers the `Spread` of a quantity of finite values; a weight equals repetition."""

    of: Quantity

    def empty(self) -> Tables:
        """Return the state of no rows."""
        return ()

    def observe(self, batch: Batch) -> Tables:
        """Return the line (Σw, mean, Σw(v − mean)²) of the batch."""
        values, weight, whole = self.of(batch), batch.weight, batch.total_weight()
        mean = float(np.sum(values if weight is None else values * weight)) / whole
        square = np.square(values - mean)
        return (np.array([whole, mean, np.sum(square if weight is None else square * weight)]),)

    def merge(self, earlier: Tables, later: Tables) -> Tables:
        """Return the lines of both."""
        return earlier + later

    def finalise(self, state: Tables) -> Spread:
        """Return mean and variance over all batches; NaN for no rows."""
        if not state:
            return Spread(mean=np.nan, variance=np.nan)
        weight, means, squares = np.array(state).T
        whole = exact_sum(weight)
        mean = exact_sum(weight * means) / whole
        return Spread(mean=mean, variance=exact_sum(squares + weight * np.square(means - mean)) / whole)


class Between(Struct, frozen=True):
    """Answers Σw, Σw up to `low`, Σw below `high`, and Σwv strictly between the two."""

    of: Quantity
    low: float
    high: float

    def empty(self) -> Tables:
        """Return the state of no rows."""
        return ()

    def observe(self, batch: Batch) -> Tables:
        """Return the line of sums of the batch."""
        values, weight = self.of(batch), batch.weight
        up_to, below = values <= self.low, values < self.high
        _, weight_up_to, _ = _sums_where(up_to, values, weight)
        _, weight_below, _ = _sums_where(below, values, weight)
        _, _, inside = _sums_where(below & ~up_to, values, weight)
        return (np.array([batch.total_weight(), weight_up_to, weight_below, inside]),)

    def merge(self, earlier: Tables, later: Tables) -> Tables:
        """Return the lines of both."""
        return earlier + later

    def finalise(self, state: Tables) -> tuple[float, float, float, float]:
        """Return the sums over all batches."""
        whole, up_to, below, inside = (exact_sum(column) for column in np.reshape(state, (-1, 4)).T)
        return whole, up_to, below, inside


def trimmed_mean(of: Quantity, share: float) -> Question[float]:
    """Return the mean of a quantity without the `share` of the weight, in (0, ½), at either end; NaN for no rows.

    The row in which an end is reached counts with the part of its weight that lies inside, so that a weight equals
    repetition.
    """
    low, high = yield from both(quantile(of, share), quantile(of, 1 - share))
    if not low < high:
        return low
    whole, up_to, below, inside = yield from ask(Between(of, low, high))
    at_low, at_high = up_to - share * whole, (1 - share) * whole - below
    return (inside + at_low * low + at_high * high) / ((1 - 2 * share) * whole)


def _sums_where(where: BoolArray, values: FloatArray, weight: FloatArray | None) -> tuple[float, float, float]:
    """Return how many rows there are, Σw and Σwv, over the rows `where`."""
    n = float(np.count_nonzero(where))
    kept = values[where]
    if weight is None:
        return n, n, float(np.sum(kept))
    weights = weight[where]
    return n, float(np.sum(weights)), float(np.sum(kept * weights))
