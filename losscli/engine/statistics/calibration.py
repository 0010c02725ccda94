"""A loss as miscalibration − discrimination + uncertainty (CORP), by isotonic regression on the prediction.

With S the mean loss of the predictions, C that of the predictions recalibrated by the rising function that fits best,
and R that of the best constant, miscalibration is S − C, discrimination R − C, and uncertainty R. The first two are
never below 0.

Source: Dimitriadis, Gneiting and Jordan (2021), Stable reliability diagrams for probabilistic classifiers, PNAS 118,
e2016191118; for other properties Gneiting and Resin (2023), Regression diagnostics meets forecast evaluation,
Electron. J. Statist. 17, 3226–3286.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from msgspec import Struct

from losscli.arrays import Functional, Reduction
from losscli.engine.folds.accumulate import ByBatch
from losscli.engine.folds.question import Question, ask
from losscli.engine.statistics.identification import property_of
from losscli.engine.statistics.isotonic import isotonic_expectile, isotonic_mean, isotonic_quantile
from losscli.losses.record import MeanOf

if TYPE_CHECKING:
    from losscli.arrays import FloatArray, IntArray
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.quantity import Quantity
    from losscli.losses.bound import BoundKernel, BoundLoss

# Up to so many rows all of them are sorted and held at once. Of more, every so-many-th is taken, down to so few that it
# takes no longer than the other folds: the parts of a loss are then known to about a thousandth.
MOST_ROWS = 5_000_000
SAMPLE_ROWS = 1_000_000
# A loss is known to this part of it: means of the same losses in another order differ by less.
ROUNDING = 64 * sys.float_info.epsilon

Columns: TypeAlias = "tuple[FloatArray, FloatArray, FloatArray | None]"
_Taken: TypeAlias = "tuple[Columns, ...]"


class EvenRows(ByBatch, frozen=True):
    """Answers two quantities and the weights (None for ones) of every so-many-th row, each of shape (k,)."""

    prediction: Quantity
    target: Quantity
    every: int

    def observe(self, batch: Batch) -> _Taken:
        """Return the rows of the batch whose number is divisible."""
        rows = slice(-batch.first_row % self.every, None, self.every)
        weight = None if batch.weight is None else batch.weight[rows].copy()
        return ((self.prediction(batch)[rows].copy(), self.target(batch)[rows].astype(np.float64), weight),)

    def finalise(self, state: _Taken) -> Columns:
        """Return the columns."""
        if not state:
            return np.empty(0), np.empty(0), None
        prediction, target, weight = zip(*state, strict=True)
        weights = [each for each in weight if each is not None]
        return np.concatenate(prediction), np.concatenate(target), np.concatenate(weights) if weights else None


class ScoreParts(Struct, frozen=True, kw_only=True):
    """A mean loss = miscalibration − discrimination + uncertainty, over `n` rows."""

    n: int
    value: float
    miscalibration: float
    discrimination: float
    uncertainty: float


def is_decomposed(loss: BoundLoss) -> bool:
    """Return whether a loss can be taken apart: a mean of rows that asks for a mean, a quantile or an expectile."""
    return property_of(loss) is not None and loss.loss.reduction is Reduction.MEAN and not loss.loss.may_skip


def calibration(
    prediction: Quantity, target: Quantity, losses: Sequence[tuple[BoundLoss, BoundKernel]], n: int
) -> Question[tuple[ScoreParts, ...]]:
    """Return the parts of each loss; the rows are `n`, of which evenly spaced ones are taken above `MOST_ROWS`."""
    rows = yield from ask(EvenRows(prediction, target, 1 if n <= MOST_ROWS else math.ceil(n / SAMPLE_ROWS)))
    return score_parts(*rows, losses)


def score_parts(
    p: FloatArray, y: FloatArray, w: FloatArray | None, losses: Sequence[tuple[BoundLoss, BoundKernel]]
) -> tuple[ScoreParts, ...]:
    """Return the parts of each loss from predictions, targets and weights (None for ones), each of shape (n,)."""
    order = np.argsort(p)
    p, y, w = p[order], y[order], None if w is None else w[order]
    starts: IntArray = np.flatnonzero(np.concatenate([[True], p[1:] != p[:-1]]))
    fits: dict[object, tuple[FloatArray, FloatArray]] = {}
    found = []
    for loss, kernel in losses:
        optimum = kernel.encoding.optimum or loss.loss.optimum
        key = (property_of(loss), optimum.transform if isinstance(optimum, MeanOf) else None)
        if key not in fits:
            fits[key] = _rising(loss, optimum, y, w, starts), _constant(loss, optimum, y, w)
        fit, constant = (_inverted(each, optimum, kernel, y) for each in fits[key])
        value, recalibrated, uncertainty = (_mean(kernel.per_row(y, each), w) for each in (p, fit, constant))
        found.append(
            ScoreParts(
                n=len(y),
                value=value,
                miscalibration=_not_below_zero(value - recalibrated, value),
                discrimination=_not_below_zero(uncertainty - recalibrated, uncertainty),
                uncertainty=uncertainty,
            )
        )
    return tuple(found)


def _rising(loss: BoundLoss, optimum: object, y: FloatArray, w: FloatArray | None, starts: IntArray) -> FloatArray:
    """Return the rising fit of what the loss asks for, of shape (n,), or of the mean of which that is a function."""
    wanted = property_of(loss)
    if wanted is not None and wanted.level is not None:
        isotonic = isotonic_quantile if wanted.functional is Functional.QUANTILE else isotonic_expectile
        return isotonic(y, w, starts, wanted.level)
    return isotonic_mean(_transformed(y, optimum), w, starts)


def _constant(loss: BoundLoss, optimum: object, y: FloatArray, w: FloatArray | None) -> FloatArray:
    """Return the same for one prediction for all rows, of shape (1,)."""
    wanted = property_of(loss)
    if wanted is not None and wanted.level is not None and wanted.functional is Functional.QUANTILE:
        return np.array([np.quantile(y, wanted.level, weights=w, method="inverted_cdf")])
    return _rising(loss, optimum, y, w, np.array([0]))[:1]


def _transformed(y: FloatArray, optimum: object) -> FloatArray:
    if not isinstance(optimum, MeanOf) or optimum.transform is None:
        return y
    return optimum.transform(y)


def _inverted(fit: FloatArray, optimum: object, kernel: BoundKernel, y: FloatArray) -> FloatArray:
    """Return the predictions that fits of a mean stand for; a rising fit has few values."""
    if not isinstance(optimum, MeanOf) or optimum.inverse is None:
        return fit
    first = np.concatenate([[True], fit[1:] != fit[:-1]])
    values = np.array([optimum.inverse(value, **dict(kernel.params)) for value in fit[first].tolist()])
    if optimum.transform is not None:  # there and back, rounding takes targets off themselves
        values = np.clip(values, np.min(y), np.max(y))
    inverted: FloatArray = values[np.cumsum(first) - 1]
    return inverted


def _not_below_zero(part: float, whole: float) -> float:
    """Return a part of a loss, without what rounding of the loss takes it below 0."""
    return 0.0 if -ROUNDING * abs(whole) <= part < 0 else part


def _mean(values: FloatArray, w: FloatArray | None) -> float:
    return float(np.mean(values)) if w is None else float(np.sum(values * w) / np.sum(w))
