"""A stretch of checked rows: what every statistic is computed from."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

if TYPE_CHECKING:
    from losscli.arrays import FloatArray, IntArray

Column = TypeVar("Column", "FloatArray", "IntArray")

# A batch gives at most so many rows where some speak for all, one in 16 of the longest.
ROWS_PER_BATCH = 6_144
GOLDEN = (math.sqrt(5) - 1) / 2


class Batch(Struct, frozen=True, kw_only=True, eq=False, dict=True):
    """Checked rows: finite where they must be, nothing missing, no row of weight zero.

    Attributes
    ----------
    y_true : array of shape (n,), or (n, k) where the target is a row of k numbers
        Targets; class numbers are int64, all else float64.
    y_pred : tuple of m arrays of shape (n,), or (n, k) where there is a number for each of k classes
        Predictions, one array for each model. Rows of k numbers lie one class after another in memory (Fortran order),
        always: sums over classes then run along whole columns, and their last bits depend on the order.
    weight : array of shape (n,) or None
        Row weights, positive; None where every row counts once.
    first_row : int
        Number of the first row's record, from 0 through all files of the data set.
    rows : array of shape (n,) or None
        Number of each row's record, where some were left out in between.
    group : array of shape (n,) or None
        Number of each row's group, as `Roles.by` counts them; None where rows are not grouped.
    along : array of shape (n,) or None
        A further number of each row that it may be sorted by; None where there is none.
    unit : array of shape (n,) or None
        Number of each row's cluster, or of its period of time; None where each row is drawn by itself.
    in_time : bool
        Whether units are periods, in order of time.
    memo, ranges : dict
        What was computed of the rows: arrays, and the extremes of a column. `fresh` and `changed` make them anew.
    """

    y_true: FloatArray
    y_pred: tuple[FloatArray, ...]
    weight: FloatArray | None
    first_row: int
    rows: IntArray | None = None
    group: IntArray | None = None
    along: FloatArray | None = None
    unit: IntArray | None = None
    in_time: bool = False
    memo: dict[Hashable, FloatArray] = field(default_factory=dict)
    ranges: dict[Hashable, tuple[float, float]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.y_true)

    def slice(self, start: int, stop: int) -> Batch:
        """Return the rows from `start` up to `stop`, as views."""
        return Batch(
            y_true=self.y_true[start:stop],
            y_pred=tuple(predicted[start:stop] for predicted in self.y_pred),
            weight=None if self.weight is None else self.weight[start:stop],
            first_row=self.first_row + start,
            rows=None if self.rows is None else self.rows[start:stop],
            group=None if self.group is None else self.group[start:stop],
            along=None if self.along is None else self.along[start:stop],
            unit=None if self.unit is None else self.unit[start:stop],
            in_time=self.in_time,
        )

    def take(self, index: IntArray) -> Batch:
        """Return the rows at `index`, an integer array of any length, as copies."""
        return Batch(
            y_true=_taken(self.y_true, index),
            y_pred=tuple(_taken(predicted, index) for predicted in self.y_pred),
            weight=None if self.weight is None else self.weight[index],
            first_row=self.first_row,
            rows=self.records(index),
            group=None if self.group is None else self.group[index],
            along=None if self.along is None else self.along[index],
            unit=None if self.unit is None else self.unit[index],
            in_time=self.in_time,
        )

    def fresh(self) -> Batch:
        """Return the same rows without the arrays that were computed of them."""
        return replace(self, memo={})

    def changed(self, **columns: Any) -> Batch:
        """Return the rows with other values in some columns, of which nothing is computed yet."""
        return replace(self, **columns, memo={}, ranges={})

    @property
    def spread_index(self) -> IntArray:
        """Where some of the rows stand, evenly spread; all of few rows."""
        return spread_rows(len(self), ROWS_PER_BATCH)

    @cached_property
    def spread(self) -> Batch:
        """The rows at `spread_index`, as copies."""
        return self.take(self.spread_index)

    def records(self, index: IntArray) -> IntArray:
        """Return the record numbers of the rows at `index`, an integer array of any length."""
        return index + self.first_row if self.rows is None else self.rows[index]

    def residual(self, model: int) -> FloatArray:
        """Return y_pred − y_true of one model, shape (n,); computed once, not to be written to."""
        key = ("residual", model)
        if key not in self.memo:
            self.memo[key] = self.y_pred[model] - self.y_true
        return self.memo[key]

    def target_range(self) -> tuple[float, float]:
        """Return the least and the largest target, NaN where there is one; computed once."""
        return self._range("target", self.y_true)

    def prediction_range(self, model: int) -> tuple[float, float]:
        """Return the least and the largest prediction of one model, NaN where there is one; computed once."""
        return self._range(("prediction", model), self.y_pred[model])

    def _range(self, key: Hashable, values: FloatArray) -> tuple[float, float]:
        if key not in self.ranges:
            least, largest = (extreme.reduce(values, axis=None) for extreme in (np.minimum, np.maximum))
            self.ranges[key] = float(least), float(largest)
        return self.ranges[key]

    def total_weight(self) -> float:
        """Return the sum of the weights: the number of rows where there are none."""
        return float(len(self)) if self.weight is None else float(np.sum(self.weight))


@lru_cache(maxsize=4)
def spread_rows(n: int, most: int) -> IntArray:
    """Return the positions, in rising order, of at most `most` of `n` rows, one of each stretch of equal length.

    Its place in the stretch changes, so that no period of the data hides: by multiples of the golden ratio, which
    modulo 1 are spread evenly however many they are.
    """
    k = np.arange(min(n, most))
    stretch = n / len(k)
    taken: IntArray = ((k + k * GOLDEN % 1.0) * stretch).astype(np.int64) if n > most else k
    return taken


def _taken(rows: FloatArray, index: IntArray) -> FloatArray:
    taken: FloatArray = rows.T.take(index, axis=-1).T
    return taken


def joined(pieces: Sequence[Batch]) -> Batch:
    """Return the rows of pieces, one after another and no longer in groups; at least one."""
    return pieces[0].changed(
        y_true=_below([piece.y_true for piece in pieces]),
        y_pred=tuple(_below(columns) for columns in zip(*(piece.y_pred for piece in pieces), strict=True)),
        weight=_column([piece.weight for piece in pieces]),
        rows=np.concatenate([piece.records(np.arange(len(piece))) for piece in pieces]),
        group=None,
        along=_column([piece.along for piece in pieces]),
        unit=_column([piece.unit for piece in pieces]),
    )


def _below(rows: Sequence[FloatArray]) -> FloatArray:
    """Return rows below each other, in the order of memory of every batch."""
    stacked: FloatArray = np.concatenate([each.T for each in rows], axis=-1).T
    return stacked


def _column(columns: Sequence[Column | None]) -> Column | None:
    present = [column for column in columns if column is not None]
    return np.concatenate(present) if present else None
