"""What of the target's distribution a prediction is meant to be, and the residual whose mean is then 0.

That residual is the identification function V of the property: the error for the mean, what is covered less what is
promised for a quantile, the error weighted by its side for an expectile. Above 0 the prediction is too high.

Source: Fissler, Lorentzen and Mayer (2022), Model comparison and calibration assessment, arXiv:2202.12780.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from losscli.arrays import Functional

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.folds.batch import Batch
    from losscli.losses.bound import BoundLoss

# Losses of these have a mean of the target, or of a rising function of it, that minimises them.
_OF_MEANS = frozenset({Functional.MEAN, Functional.LOG_MEAN, Functional.PROBABILITY, Functional.SHIFTED_PROBABILITY})


class Property(Struct, frozen=True):
    """The mean, a quantile or an expectile; the latter two have a level in (0, 1)."""

    functional: Functional
    level: float | None = None


MEAN = Property(Functional.MEAN)


def property_of(loss: BoundLoss) -> Property | None:
    """Return what a loss asks for: a mean (maybe of a rising function of the target), a quantile or an expectile."""
    match loss.loss.functional:
        case Functional.MEDIAN:
            return Property(Functional.QUANTILE, 0.5)
        case Functional.QUANTILE | Functional.EXPECTILE as functional:
            return Property(functional, loss.number("tau"))
        case functional if functional in _OF_MEANS:
            return MEAN
    return None


def shared_property(losses: Sequence[BoundLoss]) -> Property:
    """Return the one property that all losses ask for, the mean where there is none."""
    properties = {property_of(loss) for loss in losses}
    return (properties.pop() or MEAN) if len(properties) == 1 else MEAN


class CoverageError(Struct, frozen=True):
    """1 where the target is at or below the prediction of a model, else 0, less the level of a quantile."""

    model: int
    level: float

    def __call__(self, batch: Batch) -> FloatArray:
        """Return 1{y ≤ p} − level."""
        error: FloatArray = np.less_equal(batch.y_true, batch.y_pred[self.model]) - self.level
        return error


class ExpectileError(Struct, frozen=True):
    """Prediction minus target of one model, times twice 1 − level where the prediction is high, else twice the level.

    At level ½ it is the error itself.
    """

    model: int
    level: float

    def __call__(self, batch: Batch) -> FloatArray:
        """Return 2·|1{y ≤ p} − level|·(p − y)."""
        e = batch.residual(self.model)
        error: FloatArray = np.where(e >= 0, 2 * (1 - self.level), 2 * self.level) * e
        return error
