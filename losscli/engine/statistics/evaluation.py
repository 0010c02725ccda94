"""How large is each loss of each model, how sure is that, and against what: the questions that `eval` is made of."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from losscli.arrays import Form, Task, Truth
from losscli.engine.folds.accumulate import Mean, Moments, Total, WeightSums
from losscli.engine.folds.by_class import ClassErrors, MeanRow, PredictionRange
from losscli.engine.folds.domain import DomainFaults, Faults, InfiniteRows
from losscli.engine.folds.quantity import Deviation, ProbabilityError, Residual, Target, Tied, loss_value
from losscli.engine.folds.question import Question, ask, both, known, together
from losscli.engine.folds.select import median
from losscli.engine.folds.units import UnitCount
from losscli.engine.statistics.inquiry import Constant, Facts, LossFacts, ModelFacts
from losscli.engine.statistics.judge import largest_losses, outlying_errors
from losscli.engine.statistics.optimum import best_constant, mean_loss_of
from losscli.engine.statistics.outlying import SIGMA_PER_MAD
from losscli.engine.statistics.paired import PairedMoments
from losscli.engine.statistics.rule import USUAL, USUAL_OF_CLASSES
from losscli.errors import InputError
from losscli.losses.links import to_probability
from losscli.text import quoted

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.folds.summary import Summary
    from losscli.engine.statistics.flags import Outliers
    from losscli.engine.statistics.inquiry import Asked, Inquiry
    from losscli.engine.table.roles import Roles
    from losscli.losses.bound import BoundKernel


def facts_of(inquiry: Inquiry) -> Question[Facts]:
    """Return everything that eval says of a data set.

    Raises
    ------
    InputError
        Weights are too large or too small for their squares to be numbers.
    """
    roles = inquiry.roles
    about_models = together([_model(inquiry, model) for model in range(len(roles.models))])
    about_constants = together([_constant(asked, roles, brief=inquiry.brief) for asked in inquiry.losses])
    about_rows = both(both(_mean_target(roles), ask(WeightSums())), _count_of_units(roles))
    models, (constants, (((mean_target, mean_row), (weight, squared)), units)) = yield from both(
        about_models, both(about_constants, about_rows)
    )
    if not 0 < squared < math.inf:
        raise InputError(
            f"column {quoted(roles.weight or '')}: the squares of weights so large or small are no numbers",
            "multiply all weights by one number: only their proportions count",
        )
    return Facts(
        models=tuple(models),
        constants=tuple(constants),
        mean_target=mean_target,
        mean_row=mean_row,
        total_weight=weight,
        total_squared_weight=squared,
        brief=inquiry.brief,
        units=units,
    )


def _count_of_units(roles: Roles) -> Question[int | None]:
    return None if roles.units is None else (yield from ask(UnitCount(roles.units.size)))


def _mean_target(roles: Roles) -> Question[tuple[float | None, tuple[float, ...] | None]]:
    if roles.truth is Truth.SCALAR:
        weight, target = yield from ask(Total(Target()))
        return target / weight, None
    row = yield from ask(MeanRow(len(roles.classes)))
    return None, tuple(row.tolist())


def _model(inquiry: Inquiry, model: int) -> Question[ModelFacts]:
    roles = inquiry.roles
    each = together([_loss(inquiry, asked, model) for asked in inquiry.losses])
    kernels = tuple(asked.kernel for asked in inquiry.losses)
    held = () if inquiry.brief else tuple(asked.kernel for asked in inquiry.held)
    whole = together([_summary(inquiry, kernel, model) for kernel in held])
    spread = known(None) if roles.task is Task.REGRESSION else ask(PredictionRange(model))
    losses, (errors, ((outliers, scale), (summaries, found))) = yield from both(
        each, both(_errors(roles, model), both(_outliers(inquiry, model, (*kernels, *held)), both(whole, spread)))
    )
    error, class_errors = errors
    return ModelFacts(
        losses=tuple(losses),
        error=error,
        class_errors=class_errors,
        outliers=outliers,
        error_scale=scale,
        held=tuple(summaries),
        range=found,
    )


def _outliers(
    inquiry: Inquiry, model: int, kernels: tuple[BoundKernel, ...]
) -> Question[tuple[Outliers | None, float | None]]:
    """Return the outlying rows where they are looked for, and the robust standard deviation of the errors."""
    if inquiry.brief:
        return None, None
    if inquiry.judged:
        outliers = yield from outliers_of(inquiry, model, kernels)
        return outliers, None if outliers is None else outliers.scale
    if inquiry.roles.task is not Task.REGRESSION or not any(asked.bound.loss.tuning for asked in inquiry.losses):
        return None, None
    center = yield from median(Residual(model))
    mad = yield from median(Deviation(Residual(model), center))
    return None, SIGMA_PER_MAD * mad if mad > 0 else None


def outliers_of(inquiry: Inquiry, model: int, kernels: tuple[BoundKernel, ...]) -> Question[Outliers | None]:
    """Return the outlying rows of a model, and what they hold of the losses of `kernels`; None where none are judged.

    Raises
    ------
    InputError
        The rule takes as many rows as there are, or more.
    """
    if inquiry.roles.task is Task.REGRESSION:
        return (yield from outlying_errors(model, kernels, inquiry.rule or USUAL))
    if not inquiry.held:
        return None
    judge, rule = inquiry.held[0], inquiry.rule or USUAL_OF_CLASSES
    width = inquiry.roles.width
    return (yield from largest_losses(model, judge.kernel, judge.bound.label, kernels, rule, width=width))


def _errors(roles: Roles, model: int) -> Question[tuple[Summary | None, tuple[Summary, ...] | None]]:
    """Return the summary of prediction minus target, or one for each class."""
    link = to_probability(roles.task, roles.form)
    k = len(roles.classes)
    if roles.task is Task.REGRESSION:
        return (yield from ask(Moments(Residual(model)))), None
    if roles.task is Task.MULTICLASS and roles.form is Form.LABEL:
        link = partial(_decisions, k=k)
    if link is None:
        return None, None
    if roles.task is Task.BINARY:
        return (yield from ask(Moments(ProbabilityError(model, link)))), None
    return None, (yield from ask(ClassErrors(model, k, link)))


def _decisions(numbers: FloatArray, k: int) -> FloatArray:
    """Return class numbers as rows with 1 at them, shape (n, k)."""
    rows: FloatArray = np.equal(numbers[:, np.newaxis], np.arange(k)).astype(np.float64)
    return rows


def _summary(inquiry: Inquiry, kernel: BoundKernel, model: int) -> Question[Summary]:
    """Return the summary of a loss of a model: of models side by side, from the sums of them all together."""
    if kernel in inquiry.paired:
        standings = yield from ask(PairedMoments(kernel, inquiry.order))
        return standings.models[inquiry.order.index(model)]
    loss = loss_value(kernel, model)
    if inquiry.brief:
        return (yield from ask(Mean(loss)))
    return (yield from ask(Moments(loss)))


def _loss(inquiry: Inquiry, asked: Asked, model: int) -> Question[LossFacts]:
    encoding = asked.kernel.encoding
    ties = known(None) if encoding.tied is None else ask(Total(Tied(asked.kernel, model)))
    beyond = known(Faults()) if encoding.takes_all else ask(DomainFaults(asked.kernel, model))
    (summary, faults), tied = yield from both(both(_summary(inquiry, asked.kernel, model), beyond), ties)
    if faults.count:
        inquiry.on_fault(asked, model, faults)
        return LossFacts(summary=None, faults=faults, infinite=(), ties=0)
    if summary.skipped and not asked.bound.loss.may_skip:
        raise FloatingPointError(f"{asked.bound.signature} is not a number in {summary.skipped} rows of its domain")
    infinite = (yield from ask(InfiniteRows(asked.kernel, model))) if summary.infinite else ()
    return LossFacts(summary=summary, faults=faults, infinite=infinite, ties=int(tied[1]) if tied else 0)


def _constant(asked: Asked, roles: Roles, *, brief: bool) -> Question[Constant | None]:
    optimum = asked.kernel.encoding.optimum or asked.bound.loss.optimum
    if brief or optimum is None:
        return None
    constant = yield from best_constant(asked.kernel, optimum, len(roles.classes))
    if np.isnan(constant).any():
        return Constant(constant=math.nan, mean=math.nan)
    mean = yield from mean_loss_of(asked.kernel, constant)
    return Constant(constant=constant, mean=mean)
