"""The evaluation of a data set that analyses start from: its numbers, notices, and the words that they share."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from losscli import losses
from losscli.analyses.evaluation.evaluated import Evaluated, ModelNumbers
from losscli.analyses.evaluation.notices import fault_error
from losscli.analyses.evaluation.numbers import OF_PROBABILITIES, bias_numbers, class_bias_numbers, model_numbers
from losscli.arrays import Task, Truth
from losscli.engine.folds.question import Question, both, known
from losscli.engine.statistics.evaluation import facts_of
from losscli.engine.statistics.inquiry import Asked, Inquiry
from losscli.errors import UsageError
from losscli.losses.defaults import CONTRASTS, DEFAULTS
from losscli.losses.param import REAL

if TYPE_CHECKING:
    from losscli.engine.statistics.rule import Rule
    from losscli.engine.table.dataset import Dataset
    from losscli.engine.table.roles import Roles
    from losscli.losses.bound import BoundLoss
    from losscli.losses.param import Interval

R = TypeVar("R")


def named_losses(spelled: str | None) -> tuple[BoundLoss, ...] | None:
    """Return the losses that the user names, or None for the defaults of the task."""
    return None if spelled is None else losses.parse_many(spelled)


def check_level(level: float | None) -> None:
    """Check the level of intervals.

    Raises
    ------
    UsageError
        It is not between 0 and 1.
    """
    if level is not None and not 0 < level < 1:
        raise UsageError(f"--ci: {level:g} is not between 0 and 1", "write --ci 0.95, or --ci off")


def evaluate_dataset(
    dataset: Dataset,
    named: tuple[BoundLoss, ...] | None,
    *,
    level: float | None,
    brief: bool = False,
    judged: bool = True,
) -> Evaluated:
    """Return the numbers of every model of a data set.

    Parameters
    ----------
    named : tuple of BoundLoss, or None
        The losses, or None for the defaults of the task.
    level : float or None
        Level of the intervals in (0, 1); None for none.
    brief : bool
        Values and bias only.
    judged : bool
        Whether outlying rows are looked for.

    Raises
    ------
    UsageError, InputError
        A loss does not fit the task, or a cell is wrong.
    """
    evaluated, _ = evaluate_with(dataset, named, lambda _: known(None), level=level, brief=brief, judged=judged)
    return evaluated


def evaluate_with(
    dataset: Dataset,
    named: tuple[BoundLoss, ...] | None,
    further: Callable[[Inquiry], Question[R]],
    *,
    level: float | None,
    brief: bool = False,
    rule: Rule | None = None,
    order: tuple[int, ...] = (),
    judged: bool = True,
) -> tuple[Evaluated, R]:
    """Return the numbers of every model, and what a further question answers that goes over the same folds.

    `rule` says which rows count as outlying, None that the usual rule of the task does. `order` gives the models, the
    baseline first, where they are held against each other; outlying rows of several are left to further questions, as
    are all where they are not `judged`.
    """
    roles = dataset.roles
    encoded = (roles.task, roles.form)
    asked = tuple(
        _asked(loss, roles, by_name=named is not None)
        for loss in (dataset.bind(named) if named is not None else losses.parse_many(DEFAULTS[encoded]))
    )
    held = tuple(
        _asked(loss, roles) for loss in (losses.parse_many(CONTRASTS[encoded]) if encoded in CONTRASTS else ())
    )
    inquiry = Inquiry(
        roles=roles,
        losses=asked,
        held=held,
        brief=brief,
        on_fault=partial(fault_error, dataset),
        rule=rule,
        order=order,
        judged=judged and len(order) < 2,
    )
    facts, more = dataset.rows.answer(both(facts_of(inquiry), further(inquiry)))
    models = tuple(
        ModelNumbers(
            name=model.name,
            losses=model_numbers(asked, facts, found, level),
            bias=bias_numbers(found.error, facts.mean_target, level, _errors_within(roles)),
            class_bias=class_bias_numbers(found.class_errors, facts.mean_row, level),
            facts=found,
        )
        for model, found in zip(roles.models, facts.models, strict=True)
    )
    return Evaluated(dataset=dataset, asked=asked, held=held, facts=facts, models=models), more


def _errors_within(roles: Roles) -> Interval:
    """Return what the error of a row may be: that of a probability lies in [−1, 1]."""
    return REAL if roles.task is Task.REGRESSION else OF_PROBABILITIES


def _asked(loss: BoundLoss, roles: Roles, *, by_name: bool = False) -> Asked:
    kernel = loss.kernel(roles.task, roles.form, roles.truth)
    if kernel is None:
        accepted = ", ".join(sorted({f"{each.task} ({each.form})" for each in loss.loss.encodings}))
        target = {Truth.SCALAR: "numbers", Truth.CODE: "labels", Truth.ROWS: "a column for each class"}[roles.truth]
        message = f"{loss.label} is not for {roles.task} ({roles.form}) with a target of {target}"
        raise UsageError(message, f"it is for {accepted}")
    return Asked(bound=loss.used_by(kernel.encoding), kernel=kernel, by_name=by_name)
