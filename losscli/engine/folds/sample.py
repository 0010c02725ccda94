"""Evenly spread rows of a data set: from few of them it is guessed where an exact search over all rows begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from msgspec import Struct

from losscli.engine.folds.quantity import LossValue

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.quantity import Quantity

# Of the rows that all batches give at most so many are kept, and more than half of them. How exact a scale of errors
# along the prediction is goes with the root of their number.
MOST_ROWS = 1 << 16


class Sample(Struct, frozen=True, kw_only=True):
    """Values of a quantity in rows that are spread evenly over the data set.

    Attributes
    ----------
    values : array of shape (k,)
        In the same order for every quantity of the same rows.
    weight : array of shape (k,) or None
        The weights of all rows that each stands for; None where each stands for itself and counts once.
    n : int
        Number of rows of the data set.
    whole : bool
        Whether these are all rows.
    """

    values: FloatArray
    weight: FloatArray | None
    n: int
    whole: bool

    @property
    def weights(self) -> FloatArray:
        """The weights, of shape (k,), ones where each row counts once."""
        return np.ones(len(self.values)) if self.weight is None else self.weight


# How often the rows were halved; for each batch its number of rows, then values and weights of some of them.
_Spread: TypeAlias = "tuple[int, tuple[tuple[int, FloatArray, FloatArray | None], ...]]"


class Sampled(Struct, frozen=True):
    """Answers a `Sample` of a quantity; of few rows it has all."""

    of: Quantity

    def empty(self) -> _Spread:
        """Return the state of no rows."""
        return 0, ()

    def observe(self, batch: Batch) -> _Spread:
        """Return the values in evenly spread rows of the batch."""
        known = batch.memo.get(self.of.key) if isinstance(self.of, LossValue) else None
        if known is None:
            rows = batch.spread
            return 0, ((len(batch), self.of(rows).astype(np.float64), rows.weight),)
        index = batch.spread_index
        return 0, ((len(batch), known[index], None if batch.weight is None else batch.weight[index]),)

    def merge(self, earlier: _Spread, later: _Spread) -> _Spread:
        """Return the rows of both: of each batch the same share, halved as often as they are too many."""
        halvings = max(earlier[0], later[0])
        batches = (*_halved(earlier[1], halvings - earlier[0]), *_halved(later[1], halvings - later[0]))
        while sum(len(values) for _, values, _ in batches) > MOST_ROWS > len(batches):
            batches, halvings = _halved(batches, 1), halvings + 1
        return halvings, batches

    def finalise(self, state: _Spread) -> Sample:
        """Return the sample."""
        batches = state[1]
        n = sum(rows for rows, _, _ in batches)
        values = np.concatenate([np.empty(0), *(values for _, values, _ in batches)])
        whole = len(values) == n
        if whole and all(w is None for _, _, w in batches):
            return Sample(values=values, weight=None, n=n, whole=True)
        each = [np.full(len(v), rows / len(v)) if w is None else rows / len(v) * w for rows, v, w in batches]
        return Sample(values=values, weight=np.concatenate(each), n=n, whole=whole)


def _halved(
    batches: tuple[tuple[int, FloatArray, FloatArray | None], ...], times: int
) -> tuple[tuple[int, FloatArray, FloatArray | None], ...]:
    for _ in range(times):
        batches = tuple((n, _every_other(values), None if w is None else _every_other(w)) for n, values, w in batches)
    return batches


def _every_other(values: FloatArray) -> FloatArray:
    return values[::2].copy()  # a view would keep the whole
