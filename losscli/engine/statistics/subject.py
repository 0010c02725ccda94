"""What a bias is about: a model's prediction, or its probability of one class, beside what was observed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from losscli.arrays import Form, Functional, Task
from losscli.engine.folds.quantity import Difference, ProbabilityError, Residual, Target
from losscli.engine.statistics.identification import MEAN, CoverageError, ExpectileError
from losscli.losses.links import to_probability
from losscli.losses.many_classes import target_rows

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.quantity import Quantity
    from losscli.engine.statistics.identification import Property
    from losscli.engine.table.roles import Roles


class Prediction(Struct, frozen=True):
    """The prediction of one model, taken to a probability where there is a link."""

    model: int
    link: Callable[[FloatArray], FloatArray] | None = None

    def __call__(self, batch: Batch) -> FloatArray:
        """Return y_pred or link(y_pred)."""
        predicted = batch.y_pred[self.model]
        return predicted if self.link is None else self.link(predicted)


class ClassProbability(Struct, frozen=True):
    """The predicted probability of one of k classes; a class that is predicted by its number has 1."""

    model: int
    number: int
    link: Callable[[FloatArray], FloatArray] | None = None

    def __call__(self, batch: Batch) -> FloatArray:
        """Return the probability of the class in each row."""
        if self.link is None:
            decided: FloatArray = (batch.y_pred[self.model] == self.number).astype(np.float64)
            return decided
        key = ("probability", self.model)
        if key not in batch.memo:
            batch.memo[key] = self.link(batch.y_pred[self.model])
        return np.ascontiguousarray(batch.memo[key][:, self.number])


class ClassTruth(Struct, frozen=True):
    """Whether, or to what part, a row is of one of k classes."""

    number: int
    k: int

    def __call__(self, batch: Batch) -> FloatArray:
        """Return the truth of the class in each row."""
        return np.ascontiguousarray(target_rows(batch.y_true, self.k)[:, self.number])


class Subject(Struct, frozen=True, kw_only=True):
    """Prediction, target and their difference; `number` is that of a class, None where there is one number a row.

    Of a quantile or an expectile, `error` is the residual whose mean is 0 where predictions are right.
    """

    model: int
    number: int | None
    prediction: Quantity
    target: Quantity
    error: Quantity


def subjects_of(roles: Roles, wanted: Property = MEAN) -> tuple[Subject, ...]:
    """Return what there is a bias of: each model, or each class of each model; none for scores without a level.

    `wanted` is what predictions of numbers are meant to be.
    """
    link = to_probability(roles.task, roles.form)
    models = range(len(roles.models))
    if roles.task is Task.REGRESSION:
        return tuple(
            Subject(
                model=model, number=None, prediction=Prediction(model), target=Target(), error=_error(model, wanted)
            )
            for model in models
        )
    by_number = roles.task is Task.MULTICLASS and roles.form is Form.LABEL
    if link is None and not by_number:
        return ()
    if roles.task is Task.BINARY and link is not None:
        return tuple(
            Subject(
                model=model,
                number=None,
                prediction=Prediction(model, link),
                target=Target(),
                error=ProbabilityError(model, link),
            )
            for model in models
        )
    k = len(roles.classes)
    return tuple(
        Subject(
            model=model,
            number=number,
            prediction=predicted,
            target=truth,
            error=Difference(predicted, truth),
        )
        for model in models
        for number in range(k)
        for predicted, truth in [(ClassProbability(model, number, link), ClassTruth(number, k))]
    )


def _error(model: int, wanted: Property) -> Quantity:
    match wanted.functional, wanted.level:
        case Functional.QUANTILE, float(level):
            return CoverageError(model, level)
        case Functional.EXPECTILE, float(level):
            return ExpectileError(model, level)
    return Residual(model)
