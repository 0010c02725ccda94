"""Errors pulled to a limit or shifted, and what losses would be of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.quantity import Quantity
    from losscli.engine.statistics.scale_along import ScaleAlong
    from losscli.losses.bound import BoundKernel


class Fences(Struct, frozen=True):
    """Limits that errors are pulled to, times the scale along the prediction where there is one."""

    low: float
    high: float
    along: ScaleAlong | None = None

    def pulled(self, e: FloatArray, y_pred: FloatArray) -> FloatArray:
        """Return errors of shape (n,) within the limits at their predictions."""
        scale = 1.0 if self.along is None else self.along.at(y_pred)
        return np.clip(e, self.low * scale, self.high * scale)


class PulledLoss(Struct, frozen=True):
    """The loss of each row for one model, if its error were pulled to the fences; infinite where it is not defined."""

    kernel: BoundKernel
    model: int
    fences: Fences

    def __call__(self, batch: Batch) -> FloatArray:
        """Return the per-row loss at y_true + pulled error."""
        return _loss_at(self.kernel, batch, self.fences.pulled(batch.residual(self.model), batch.y_pred[self.model]))


class ShiftedLoss(Struct, frozen=True):
    """The loss of each row for one model, if the same were added to all predictions; infinite where not defined."""

    kernel: BoundKernel
    model: int
    shift: float

    def __call__(self, batch: Batch) -> FloatArray:
        """Return the per-row loss at y_pred + shift."""
        return _loss_at(self.kernel, batch, batch.residual(self.model) + self.shift)


def _loss_at(kernel: BoundKernel, batch: Batch, e: FloatArray) -> FloatArray:
    """Return the loss of each row at y_true + e, for errors of shape (n,); infinite where it is not defined."""
    if kernel.encoding.of_residual:
        return kernel.of_residual(e)
    y_pred = batch.y_true + e
    inside = kernel.encoding.y_pred.contains(y_pred)
    return np.where(inside, kernel.per_row(batch.y_true, y_pred), np.inf)


class Capped(Struct, frozen=True):
    """A quantity, but never above a cap."""

    of: Quantity
    cap: float

    def __call__(self, batch: Batch) -> FloatArray:
        """Return min(v, cap)."""
        return np.minimum(self.of(batch), self.cap)


class Standardised(Struct, frozen=True):
    """A quantity in robust standard deviations from its median."""

    of: Quantity
    center: float
    scale: float

    def __call__(self, batch: Batch) -> FloatArray:
        """Return (v − center) / scale."""
        return (self.of(batch) - self.center) / self.scale


class Beyond(Struct, frozen=True):
    """How far a quantity lies beyond two limits: above 0 outside."""

    of: Quantity
    low: float
    high: float

    def __call__(self, batch: Batch) -> FloatArray:
        """Return max(low − v, v − high)."""
        values = self.of(batch)
        return np.maximum(self.low - values, values - self.high)
