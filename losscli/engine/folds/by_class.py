"""Statistics of rows of k numbers: one for each class, all classes at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from losscli.engine.folds.accumulate import ByBatch, ByBatchAndUnit
from losscli.engine.folds.moments import LINE, exact_sum, lines_of_moments, summary_of
from losscli.engine.folds.units import all_together, unit_sums, with_sampling
from losscli.losses.many_classes import places, target_rows

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.folds.accumulate import ByUnits, Tables
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.summary import Summary
    from losscli.losses.record import Kernel

# Values that are looked at first: hardly any prediction that is no label has all of them 0 or 1.
HARD_PROBE = 64


class MeanRow(ByBatch, frozen=True):
    """Answers the weighted mean, shape (k,), of the target rows after a transformation; NaN for no rows."""

    k: int
    transform: Kernel | None = None

    def observe(self, batch: Batch) -> Tables:
        """Return the line (Σw, Σwv by class) of the batch."""
        if self.transform is None and batch.y_true.ndim == 1:
            sums = np.bincount(batch.y_true.astype(np.int64, copy=False), weights=batch.weight, minlength=self.k)
            whole = float(np.sum(sums))  # so that the share of an only class is 1 to the last bit
        else:
            rows = target_rows(batch.y_true, self.k)
            if self.transform is not None:
                rows = self.transform(rows)
            sums = (rows if batch.weight is None else rows * batch.weight[:, np.newaxis]).sum(axis=0)
            whole = batch.total_weight()
        return (np.concatenate([[whole], sums]),)

    def finalise(self, state: Tables) -> FloatArray:
        """Return the mean row."""
        if not state:
            return np.full(self.k, np.nan)
        weight, *sums = np.array(state).T
        total = exact_sum(weight)
        return np.array([exact_sum(each) / total for each in sums])


class OnlyRow(Struct, frozen=True):
    """Answers the row that all target rows are, which rounding may take their mean from; None where they differ.

    The state holds at most two different rows. Class numbers are no rows, and their shares need no rounding.
    """

    def empty(self) -> tuple[tuple[float, ...], ...]:
        """Return the state of no rows."""
        return ()

    def observe(self, batch: Batch) -> tuple[tuple[float, ...], ...]:
        """Return the only row of one batch, or two rows that tell that there are several."""
        rows = batch.y_true
        if rows.ndim == 1 or not len(rows):
            return ()
        ends = rows[0], rows[-1]
        if np.array_equal(*ends):  # only then is it worth while to look at all
            ends = rows.min(axis=0), rows.max(axis=0)
        return tuple(dict.fromkeys(tuple(row.tolist()) for row in ends))

    def merge(
        self, earlier: tuple[tuple[float, ...], ...], later: tuple[tuple[float, ...], ...]
    ) -> tuple[tuple[float, ...], ...]:
        """Return rows of both, two of them where they differ."""
        return tuple(dict.fromkeys(earlier + later))[:2]

    def finalise(self, state: tuple[tuple[float, ...], ...]) -> tuple[float, ...] | None:
        """Return the row."""
        return state[0] if len(state) == 1 else None


class ClassErrors(ByBatchAndUnit, frozen=True):
    """Answers for each class the `Summary` of predicted probability minus truth."""

    model: int
    k: int
    link: Callable[[FloatArray], FloatArray]

    def observe(self, batch: Batch) -> ByUnits:
        """Return the lines of sums of the batch, shape (k, `LINE`), and the sums of its units."""
        errors = np.array(self.link(batch.y_pred[self.model]).T, order="C")
        if batch.y_true.ndim == 2:
            errors -= batch.y_true.T
        else:
            errors.reshape(-1)[places(batch.y_true)] -= 1.0  # type: ignore[arg-type]  # class numbers
        return (lines_of_moments(errors, batch.weight),), unit_sums(batch, *errors)

    def finalise(self, state: ByUnits) -> tuple[Summary, ...]:
        """Return a summary for each class."""
        lines, units = np.reshape(state[0], (-1, self.k, LINE)), all_together(state[1])
        return tuple(with_sampling(summary_of(lines[:, number]), units, number) for number in range(self.k))


class Range(Struct, frozen=True, kw_only=True):
    """The least and the largest of all predictions, and whether each of them is 0 or 1."""

    low: float
    high: float
    hard: bool


class PredictionRange(Struct, frozen=True):
    """Answers the `Range` of the predictions of a model."""

    model: int

    def empty(self) -> Range:
        """Return the state of no rows."""
        return Range(low=np.inf, high=-np.inf, hard=True)

    def observe(self, batch: Batch) -> Range:
        """Return the range of one batch."""
        values = batch.y_pred[self.model]
        hard = bool(((values.flat[:HARD_PROBE] == 0) | (values.flat[:HARD_PROBE] == 1)).all())
        low, high = batch.prediction_range(self.model)
        return Range(
            low=low,
            high=high,
            hard=hard and bool(((values == 0) | (values == 1)).all()),
        )

    def merge(self, earlier: Range, later: Range) -> Range:
        """Return the range of both."""
        return Range(
            low=min(earlier.low, later.low), high=max(earlier.high, later.high), hard=earlier.hard and later.hard
        )

    def finalise(self, state: Range) -> Range:
        """Return the range."""
        return state
