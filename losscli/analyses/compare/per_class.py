"""Losses and biases by class: what a model does with the rows of each true class, and with its probability."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.arrays import Task
from losscli.engine.folds.quantity import LossValue
from losscli.engine.folds.question import ask
from losscli.engine.folds.true_class import ClassTotals
from losscli.engine.table.roles import Coding
from losscli.errors import UsageError

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated, ModelNumbers
    from losscli.engine.table.roles import Roles


class ClassLosses(Struct, frozen=True, kw_only=True):
    """The rows of one true class.

    Attributes
    ----------
    name
        Of the class.
    n
        How many rows are of it.
    values
        The value of each loss over these rows, by loss and then by model; None without rows and where not defined.
    biases
        For each model the mean probability of the class minus its observed rate, over all rows; None without any.
    """

    name: str
    n: int
    values: tuple[tuple[float | None, ...], ...]
    biases: tuple[float | None, ...]


def check_per_class(roles: Roles) -> None:
    """Check that rows are of classes.

    Raises
    ------
    UsageError
        They are not.
    """
    if roles.task not in (Task.BINARY, Task.MULTICLASS) or not roles.classes or roles.coding is Coding.SOFT:
        kind = "soft targets" if roles.coding is Coding.SOFT else f"{roles.task} ({roles.form})"
        raise UsageError(f"--per-class is for targets that are one of some classes, not for {kind}", "leave it out")


def losses_by_class(evaluated: Evaluated) -> tuple[ClassLosses, ...]:
    """Return the losses and biases of each class, in the order of the classes."""
    roles = evaluated.dataset.roles
    models = range(len(evaluated.models))
    kernels = dict.fromkeys(asked.kernel for asked in evaluated.asked)
    of = {(kernel, model): LossValue(kernel, model) for kernel in kernels for model in models}
    totals = evaluated.dataset.rows.answer(ask(ClassTotals(len(roles.classes), tuple(of.values()))))
    columns = {key: column for column, key in enumerate(of, start=2)}

    def value(number: int, loss: int, model: int) -> float | None:
        asked, weight = evaluated.asked[loss], float(totals[number, 1])
        if not weight or evaluated.models[model].losses[loss].value is None:
            return None
        return asked.bound.reduce(float(totals[number, columns[asked.kernel, model]]) / weight, weight)

    return tuple(
        ClassLosses(
            name=name,
            n=int(totals[number, 0]),
            values=tuple(tuple(value(number, loss, model) for model in models) for loss in range(len(evaluated.asked))),
            biases=tuple(_bias(each, number) for each in evaluated.models),
        )
        for number, name in enumerate(roles.classes)
    )


def _bias(model: ModelNumbers, number: int) -> float | None:
    """Return the bias of a model's probability of a class."""
    if model.class_bias is not None:
        return model.class_bias[number].mbe
    if model.bias is None:
        return None
    # the probability of the other of two classes is what is left of 1
    return model.bias.mbe if number == 1 else 0.0 - model.bias.mbe
