"""The rows with the largest scores, and rows that are extreme, with the places where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from losscli.arrays import FloatArray, IntArray
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.quantity import Quantity


# Of so many times the rows that are wanted one is looked at, to leave out most of the others.
_SPARSE = 16


class Leading(Struct, frozen=True, kw_only=True):
    """Rows by falling score; of equal scores the one that is read first comes first.

    Attributes
    ----------
    score : array of shape (k,)
    record : array of shape (k,)
        Which record of the data set.
    y_true : array of shape (k,), or (k, classes)
    y_pred : tuple of arrays of shape (k,), or (k, classes)
        One for each model.
    weight : array of shape (k,) or None
    """

    score: FloatArray
    record: IntArray
    y_true: FloatArray
    y_pred: tuple[FloatArray, ...]
    weight: FloatArray | None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.score)

    def take(self, index: IntArray) -> Leading:
        """Return the rows at `index`."""
        return Leading(
            score=self.score[index],
            record=self.record[index],
            y_true=self.y_true[index],
            y_pred=tuple(predicted[index] for predicted in self.y_pred),
            weight=None if self.weight is None else self.weight[index],
        )


class TopRows(Struct, frozen=True):
    """Answers the `count` rows with the largest score: `Leading`, or None of no rows. The state never holds more."""

    score: Quantity
    count: int

    def empty(self) -> Leading | None:
        """Return the state of no rows."""
        return None

    def observe(self, batch: Batch) -> Leading | None:
        """Return the first rows of one batch."""
        score = self.score(batch)
        index = self._candidates(score)
        if len(index) > self.count:
            least = -np.partition(-score[index], self.count - 1)[self.count - 1]
            index = index[score[index] >= least]
        found = batch.take(index)
        return self._first(
            Leading(
                score=score[index].astype(np.float64),
                record=batch.records(index),
                y_true=found.y_true,
                y_pred=found.y_pred,
                weight=found.weight,
            )
        )

    def _candidates(self, score: FloatArray) -> IntArray:
        """Return rows among which the first ones are: those as large as the largest of a few, where they are enough."""
        few = score[:: _SPARSE * self.count]
        index = np.flatnonzero(score >= np.fmax.reduce(few, initial=-np.inf))
        return index if len(index) >= self.count else np.flatnonzero(~np.isnan(score))

    def _first(self, rows: Leading) -> Leading:
        return rows.take(np.lexsort((rows.record, -rows.score))[: self.count])

    def merge(self, earlier: Leading | None, later: Leading | None) -> Leading | None:
        """Return the first rows of both."""
        if earlier is None or later is None:
            return earlier if later is None else later
        weights = None
        if earlier.weight is not None and later.weight is not None:
            weights = np.concatenate([earlier.weight, later.weight])
        return self._first(
            Leading(
                score=np.concatenate([earlier.score, later.score]),
                record=np.concatenate([earlier.record, later.record]),
                y_true=np.concatenate([earlier.y_true, later.y_true]),
                y_pred=tuple(
                    np.concatenate([one, other]) for one, other in zip(earlier.y_pred, later.y_pred, strict=True)
                ),
                weight=weights,
            )
        )

    def finalise(self, state: Leading | None) -> Leading | None:
        """Return the rows."""
        return state


Extreme: TypeAlias = "tuple[float, int]"
Pair: TypeAlias = "tuple[Extreme, ...]"


class Extremes(Struct, frozen=True):
    """Answers the least and the largest value of a quantity, each as (value, record); () without a number."""

    of: Quantity

    def empty(self) -> Pair:
        """Return the state of no rows."""
        return ()

    def observe(self, batch: Batch) -> Pair:
        """Return the extremes of one batch."""
        values = self.of(batch)
        if len(values) == 0:
            return ()
        index = np.array([np.argmin(values), np.argmax(values)])
        if np.isnan(values[index]).any():  # the first NaN is both
            kept = np.flatnonzero(~np.isnan(values))
            if len(kept) == 0:
                return ()
            index = kept[[np.argmin(values[kept]), np.argmax(values[kept])]]
        return tuple((float(values[row]), int(record)) for row, record in zip(index, batch.records(index), strict=True))

    def merge(self, earlier: Pair, later: Pair) -> Pair:
        """Return the extremes of both; of equal values the row that is read first."""
        if not (earlier and later):
            return earlier or later
        low = later[0] if later[0][0] < earlier[0][0] else earlier[0]
        high = later[1] if later[1][0] > earlier[1][0] else earlier[1]
        return low, high

    def finalise(self, state: Pair) -> Pair:
        """Return the extremes."""
        return state
