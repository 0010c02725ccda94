"""How large is each loss of each model, how sure is that, and against what: the questions that `eval` is made of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from losscli.engine.accumulate import Moments, Total
from losscli.engine.domain import DomainFaults, Faults
from losscli.engine.flags import Outliers, outliers_of
from losscli.engine.optimum import best_constant, mean_loss_of
from losscli.engine.quantity import LossValue, Residual, RowWeight, Target
from losscli.engine.question import Question, ask, both, together

if TYPE_CHECKING:
    from collections.abc import Callable

    from losscli.engine.summary import Summary
    from losscli.losses.bound import BoundKernel, BoundLoss


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A loss to be evaluated, with its functions for the encoding at hand.

    `by_name` tells that the user named it: rows outside its domain are then an error, not a cell without a number.
    """

    bound: BoundLoss
    kernel: BoundKernel
    by_name: bool


@dataclass(frozen=True, kw_only=True)
class Constant:
    """The best constant prediction of a loss and its mean loss; both NaN where undefined."""

    constant: float
    mean: float


@dataclass(frozen=True, kw_only=True)
class ModelFacts:
    """What the rows say of one model.

    Attributes
    ----------
    summaries
        For each loss asked for its summary, or None where rows lie outside its domain.
    faults
        For each loss the rows outside its domain.
    error
        Summary of the error y_pred − y_true.
    outliers
        The flagged rows, with what they hold of the losses asked for and then of those `held`; None where brief.
    held
        Summaries of the losses of which it is told in words what the flagged rows hold.
    """

    summaries: tuple[Summary | None, ...]
    faults: tuple[Faults, ...]
    error: Summary
    outliers: Outliers | None
    held: tuple[Summary, ...]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the rows of a data set say.

    Attributes
    ----------
    models
        One for each prediction column.
    constants
        For each loss asked for its best constant; None where it has none or was not asked for.
    mean_target, total_weight, total_squared_weight
        Σwy/Σw, Σw and Σw².
    """

    models: tuple[ModelFacts, ...]
    constants: tuple[Constant | None, ...]
    mean_target: float
    total_weight: float
    total_squared_weight: float


def facts_of(
    models: int,
    losses: tuple[Asked, ...],
    *,
    held: tuple[BoundKernel, ...],
    brief: bool,
    on_fault: Callable[[Asked, int, Faults], None],
) -> Question[Facts]:
    """Return everything that eval says of a data set.

    Parameters
    ----------
    models : int
        Number of prediction columns.
    losses : tuple of Asked
        The losses.
    held : tuple of BoundKernel
        Losses of which it is told what the outlying rows hold.
    brief : bool
        Values and bias only: one fold, no constants and no outliers.
    on_fault : callable
        Told (loss, model, faults) of rows outside a domain as soon as they are known; may raise.
    """
    about_models = together(
        [_model(model, losses, held=held, brief=brief, on_fault=on_fault) for model in range(models)]
    )
    about_constants = together([_constant(asked, brief=brief) for asked in losses])
    about_rows = both(ask(Total(Target())), ask(Total(RowWeight())))
    found, (constants, ((weight, target), (_, squared))) = yield from both(
        about_models, both(about_constants, about_rows)
    )
    return Facts(
        models=tuple(found),
        constants=tuple(constants),
        mean_target=target / weight,
        total_weight=weight,
        total_squared_weight=squared,
    )


def _model(
    model: int,
    losses: tuple[Asked, ...],
    *,
    held: tuple[BoundKernel, ...],
    brief: bool,
    on_fault: Callable[[Asked, int, Faults], None],
) -> Question[ModelFacts]:
    each = together([_loss(asked, model, on_fault) for asked in losses])
    error = ask(Moments(Residual(model)))
    outliers = _nothing() if brief else outliers_of(model, (*(asked.kernel for asked in losses), *held))
    whole = together([ask(Moments(LossValue(kernel, model))) for kernel in held])
    pairs, (error_summary, (found, summaries)) = yield from both(each, both(error, both(outliers, whole)))
    return ModelFacts(
        summaries=tuple(summary for summary, _ in pairs),
        faults=tuple(faults for _, faults in pairs),
        error=error_summary,
        outliers=found,
        held=tuple(summaries),
    )


def _loss(
    asked: Asked, model: int, on_fault: Callable[[Asked, int, Faults], None]
) -> Question[tuple[Summary | None, Faults]]:
    summary, faults = yield from both(
        ask(Moments(LossValue(asked.kernel, model))), ask(DomainFaults(asked.kernel, model))
    )
    if faults.count:
        on_fault(asked, model, faults)
        return None, faults
    if summary.skipped and not asked.bound.loss.may_skip:
        raise FloatingPointError(f"{asked.bound.signature} is not a number in {summary.skipped} rows of its domain")
    return summary, faults


def _constant(asked: Asked, *, brief: bool) -> Question[Constant | None]:
    optimum = asked.bound.loss.optimum
    if brief or optimum is None:
        return None
    constant = yield from best_constant(asked.kernel, optimum)
    if math.isnan(constant):
        return Constant(constant=math.nan, mean=math.nan)
    mean = yield from mean_loss_of(asked.kernel, constant)
    return Constant(constant=constant, mean=mean)


def _nothing() -> Question[None]:
    yield from ()
