"""Quantities: named functions from a batch to one number a row.

They are frozen records, so that two questions which want the same quantity are seen to want the same, and it is
gathered once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from msgspec import Struct

from losscli.arrays import Form, Truth

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.folds.batch import Batch
    from losscli.losses.bound import BoundKernel
    from losscli.losses.param import ParamValue
    from losscli.losses.record import Kernel


class Quantity(Protocol):
    """A number for each row, finite or not, of shape (n,); the result is never written to."""

    def __call__(self, batch: Batch, /) -> FloatArray:
        """Return the quantity of each row of `batch`."""
        ...

    def __hash__(self) -> int:
        """Equal quantities are gathered once, so they must be hashable."""
        ...


class Target(Struct, frozen=True):
    """The target."""

    def __call__(self, batch: Batch) -> FloatArray:
        """Return y_true."""
        return batch.y_true


class ProbabilityError(Struct, frozen=True):
    """Predicted probability minus target of one model, for predictions that a link takes to probabilities."""

    model: int
    link: Callable[[FloatArray], FloatArray]

    def __call__(self, batch: Batch) -> FloatArray:
        """Return link(y_pred) − y_true."""
        return self.link(batch.y_pred[self.model]) - batch.y_true


class Tied(Struct, frozen=True):
    """Whether the decision that a loss is about is a tie, 1 or 0."""

    kernel: BoundKernel
    model: int

    def __call__(self, batch: Batch) -> FloatArray:
        """Return 1.0 for a tie and 0.0 for a decision."""
        return self.kernel.tied(batch.y_true, batch.y_pred[self.model])


class Residual(Struct, frozen=True):
    """Prediction minus target of one model."""

    model: int

    def __call__(self, batch: Batch) -> FloatArray:
        """Return y_pred − y_true."""
        return batch.residual(self.model)


class Deviation(Struct, frozen=True):
    """Distance of a quantity from a centre."""

    of: Quantity
    center: float

    def __call__(self, batch: Batch) -> FloatArray:
        """Return |v − center|."""
        distance = self.of(batch) - self.center
        return np.abs(distance, out=distance)


class LossValue(Struct, frozen=True):
    """The loss of each row for one model."""

    kernel: BoundKernel
    model: int

    def __call__(self, batch: Batch) -> FloatArray:
        """Return the per-row loss, computed once; residuals are shared between the losses that need no more."""
        if self.kernel.encoding.of_residual:
            return self.kernel.of_residual(batch.residual(self.model))
        if self.key not in batch.memo:
            batch.memo[self.key] = self.kernel.per_row(batch.y_true, batch.y_pred[self.model])
        return batch.memo[self.key]

    @property
    def key(self) -> Hashable:
        """Under which a batch keeps the values that were computed."""
        return self.kernel.key, self.model


def loss_value(kernel: BoundKernel, model: int) -> Quantity:
    """Return the loss of each row for one model, as the residual where it is just that."""
    return Residual(model) if kernel.encoding.is_residual else LossValue(kernel, model)


class Difference(Struct, frozen=True):
    """A quantity minus another."""

    of: Quantity
    less: Quantity

    def __call__(self, batch: Batch) -> FloatArray:
        """Return the difference of each row."""
        return self.of(batch) - self.less(batch)


class WeightedSquare(Struct, frozen=True):
    """w·v² of a quantity v, so that its weighted total is Σ(wv)²."""

    of: Quantity

    def __call__(self, batch: Batch) -> FloatArray:
        """Return the square of each row, times its weight."""
        square = np.square(self.of(batch))
        return square if batch.weight is None else square * batch.weight


class LossOfConstant(Struct, frozen=True, dict=True):
    """The loss of each row if the same were predicted for all: a number, or a number for each class."""

    kernel: BoundKernel
    constant: float | tuple[float, ...]

    def __call__(self, batch: Batch) -> FloatArray:
        """Return the per-row loss of the constant."""
        if not isinstance(self.constant, tuple):
            return self.kernel.per_row(batch.y_true, np.array([self.constant]))
        if self.kernel.encoding.truth is Truth.CODE:
            return self._by_class.take(batch.y_true)  # type: ignore[arg-type]  # class numbers
        return self.kernel.per_row(batch.y_true, _repeated(np.array(self.constant), len(batch)))

    @cached_property
    def _by_class(self) -> FloatArray:
        """What the constant row costs a row of each class, shape (k,)."""
        constant = np.array(self.constant)
        classes: FloatArray = np.arange(len(constant))  # type: ignore[assignment]  # class numbers, as in a batch
        if self.kernel.encoding.form is Form.LABEL:
            return self.kernel.per_row(classes, np.full_like(classes, np.argmax(constant)))
        return self.kernel.per_row(classes, _repeated(constant, len(constant)))


def _repeated(row: FloatArray, n: int) -> FloatArray:
    # repeated, not broadcast: sums over classes differ in the last bit between layouts
    rows: FloatArray = np.repeat(row[:, np.newaxis], n, axis=1).T
    return rows


class SlopeAtConstant(Struct, frozen=True):
    """The gradient of each row's loss at a constant prediction."""

    kernel: BoundKernel
    constant: float

    def __call__(self, batch: Batch) -> FloatArray:
        """Return the per-row gradient."""
        return self.kernel.gradient(batch.y_true, np.array([self.constant]))


class OfTarget(Struct, frozen=True):
    """A function of the target, with a loss's parameters."""

    function: Kernel
    params: tuple[tuple[str, ParamValue], ...] = ()

    def __call__(self, batch: Batch) -> FloatArray:
        """Return function(y_true, **params)."""
        return self.function(batch.y_true, **dict(self.params))
