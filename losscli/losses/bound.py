"""Losses with their parameters fixed: all that other rooms compute with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from losscli.arrays import Form, Reduction, Task, Truth
from losscli.errors import UsageError
from losscli.losses.param import CostMatrix, ParamValue

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.losses.param import Interval
    from losscli.losses.record import Encoding, Kernel, Loss


class BoundKernel(Struct, frozen=True, kw_only=True, dict=True):
    """The functions of one encoding with the parameters filled in.

    Two losses with the same `key` have the same per-row values (mse, rmse, sse), which are then computed once.
    """

    encoding: Encoding
    params: tuple[tuple[str, ParamValue], ...]

    @cached_property
    def key(self) -> tuple[Kernel, tuple[tuple[str, ParamValue], ...]]:
        """Identity of the per-row function with its parameters; hashable."""
        return self.encoding.per_row, self.params

    def per_row(self, y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
        """Return the loss of each row; shapes broadcast."""
        return self._apply(self.encoding.per_row, y_true, y_pred)

    def gradient(self, y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
        """Return the derivative of each row's loss in its prediction."""
        return self._apply(self.encoding.gradient, y_true, y_pred)

    def tied(self, y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
        """Return 1.0 for each row whose decision is a tie, 0.0 for the others."""
        if self.encoding.tied is None:
            raise TypeError("this loss decides nothing")
        return self._apply(self.encoding.tied, y_true, y_pred)

    def of_residual(self, e: FloatArray) -> FloatArray:
        """Return the loss of each row from its residual e = y_pred − y_true; only for encodings of residuals."""
        return self.encoding.per_row(e, **dict(self.params))

    def _apply(self, function: Kernel, y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
        if self.encoding.of_residual:
            return function(y_pred - y_true, **dict(self.params))
        return function(y_true, y_pred, **dict(self.params))


class BoundLoss(Struct, frozen=True, kw_only=True):
    """A loss with its parameters fixed: all that other rooms see of a loss. Parameters `unused` are not spoken of."""

    loss: Loss
    params: tuple[tuple[str, ParamValue], ...]
    unused: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name with the parameters that differ from their defaults: "huber", "huber:delta=2"."""
        changed = [(p.name, v) for p, (_, v) in zip(self.loss.params, self.params, strict=True) if v != p.default]
        return self._spelled(changed)

    @property
    def signature(self) -> str:
        """The name with all parameters: "huber:delta=1"."""
        return self._spelled(self.params)

    def kernel(self, task: Task, form: Form, truth: Truth = Truth.SCALAR) -> BoundKernel | None:
        """Return the functions for this encoding, or None where the loss does not accept it."""
        for encoding in self.loss.encodings:
            if (encoding.task, encoding.form, encoding.truth) == (task, form, truth):
                return BoundKernel(encoding=encoding, params=self.params)
        return None

    def used_by(self, encoding: Encoding) -> BoundLoss:
        """Return the loss as it is spoken of where `encoding` computes it: without parameters that mean nothing there.

        Raises
        ------
        UsageError
            Such a parameter was changed.
        """
        for param, (name, value) in zip(self.loss.params, self.params, strict=True):
            if name in encoding.unused and value != param.default:
                message = f"{self.label}: {name} means nothing for {encoding.task} ({encoding.form})"
                raise UsageError(message, "leave it out")
        return replace(self, unused=encoding.unused)

    @property
    def plain_params(self) -> dict[str, float | str | bool]:
        """The parameters by name; a cost matrix stands as the path of its file."""
        return {
            key: str(value) if isinstance(value, CostMatrix) else value
            for key, value in self.params
            if key not in self.unused
        }

    def number(self, param: str) -> float:
        """Return the value of a numeric parameter."""
        return float(self.plain_params[param])

    @property
    def range(self) -> Interval:
        """The values that the loss of a single row can take."""
        whole, most = self.loss.range, self.loss.most
        return whole if most is None else replace(whole, high=most(**dict(self.params)), high_closed=True)

    def gradient_bound(self) -> float | None:
        """Return the largest absolute gradient of one row, or None where there is no bound."""
        bound = self.loss.gradient_bound
        return None if bound is None else bound(**dict(self.params))

    def reduce(self, mean: float, total_weight: float) -> float:
        """Return the printed value, monotone in `mean`, from the weighted mean of the rows and the sum of weights."""
        match self.loss.reduction:
            case Reduction.MEAN:
                return mean
            case Reduction.SUM:
                return mean * total_weight
            case Reduction.ROOT_MEAN:
                return math.sqrt(mean)

    def _spelled(self, params: Sequence[tuple[str, ParamValue]]) -> str:
        # repr, so that the text read back gives the same number
        values = (
            f"{key}={value!r}".removesuffix(".0") if isinstance(value, float) else f"{key}={value}"
            for key, value in params
            if key not in self.unused
        )
        return ":".join([self.loss.name, *values])
