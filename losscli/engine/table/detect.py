"""Which task and which encodings: by what the user says, by the losses, by names, by values. Nothing is guessed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from losscli.arrays import Form, Task
from losscli.engine.files.names import FORM_NAMES, with_prefix
from losscli.engine.table.detect_labels import (
    are_whole,
    first_numbers,
    has_words,
    holds_words,
    label_roles,
    like_labels,
)
from losscli.engine.table.detect_wide import Encoded, list_roles, wide_roles
from losscli.engine.table.roles import Coding, Roles, scalar_models
from losscli.engine.table.wishes import check_heeded
from losscli.errors import InputError, UsageError
from losscli.text import listed, quoted

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.files.row_source import RowSource
    from losscli.engine.table.columns import Columns
    from losscli.engine.table.wishes import Wishes
    from losscli.losses.bound import BoundLoss


class _Values(Struct, frozen=True, kw_only=True):
    """The first values of the columns: the target's, None where it holds text, and each model's."""

    target: FloatArray | None
    predictions: list[FloatArray]


def detect(source: RowSource, columns: Columns, wishes: Wishes) -> Roles:
    """Return what the columns mean.

    Raises
    ------
    UsageError
        The losses asked for need different predictions, or do not fit what the user says of the task; or what the
        user says of the classes has no meaning for this task.
    InputError
        The values fit no task, or more than one; the message asks for the option that decides.
    """
    allowed = _allowed(wishes)
    if columns.wide is not None:
        said = columns.wide if wishes.form is None else replace(columns.wide, form=wishes.form)
        roles = wide_roles(source, columns, said, allowed, wishes.classes)
    elif columns.listed is not None:
        roles = list_roles(source, columns, columns.listed, allowed, wishes.classes)
    else:
        roles = _scalar_roles(source, columns, allowed, wishes)
    check_heeded(roles, wishes)
    return roles


def _allowed(wishes: Wishes) -> frozenset[Encoded]:
    """Return the tasks and forms that the user's words and losses leave."""
    from losscli.losses import LOSSES

    def accepted(losses: Sequence[BoundLoss]) -> frozenset[Encoded]:
        sets = [{(each.task, each.form) for each in loss.loss.encodings} for loss in losses]
        return frozenset(set.intersection(*sets))

    for first, second in combinations(wishes.losses, 2):
        if not accepted([first, second]):
            ways = [f"{loss.loss.name} for {_spoken(accepted([loss]))}" for loss in (first, second)]
            message = f"{first.label} and {second.label} need different predictions"
            raise UsageError(message, f"{'; '.join(ways)}: ask for them one at a time")
    every = frozenset((each.task, each.form) for loss in LOSSES for each in loss.encodings)
    left = accepted(wishes.losses) if wishes.losses else every
    wished = frozenset(
        (task, form) for task, form in left if wishes.task in (None, task) and wishes.form in (None, form)
    )
    if not wished:
        said = " ".join(
            [
                *([f"--task {wishes.task}"] if wishes.task else []),
                *([f"--pred-form {wishes.form}"] if wishes.form else []),
            ]
        )
        names = ", ".join(loss.label for loss in wishes.losses)
        if not left:
            raise UsageError(f"the losses {names} share no kind of prediction", "ask for them one at a time")
        raise UsageError(f"{names or 'no loss'} does not go with {said}", f"it goes with {_spoken(left)}")
    return wished


def _spoken(encoded: frozenset[Encoded]) -> str:
    return ", ".join(sorted(f"{task} ({form})" for task, form in encoded))


def _scalar_roles(source: RowSource, columns: Columns, allowed: frozenset[Encoded], wishes: Wishes) -> Roles:
    if len(columns.target) > 1:
        raise UsageError(
            f"{len(columns.target)} target columns need a prediction column for each",
            "name them prob_<class>, logit_<class> or pred_<class> beside true_<class>",
        )
    tasks = {task for task, _ in allowed}
    regression = Roles(target=columns.target, models=scalar_models(columns.scalars), weight=columns.weight)
    if tasks == {Task.REGRESSION}:
        return regression
    target_is_text = holds_words(source, columns.target[0])
    text = [holds_words(source, name) for name in columns.scalars]
    if any(text) and Task.REGRESSION in tasks and not (target_is_text or has_words(source, columns.target[0])):
        # the error that names the first word: labels need words on both sides
        first_numbers(source, columns, columns.scalars, allowed)
    if all(text) or (tasks == {Task.MULTICLASS} and (Task.MULTICLASS, Form.LABEL) in allowed):
        return label_roles(source, columns, allowed, wishes)
    if any(text):
        raise InputError(
            f"{source.label}: of {listed(columns.scalars)} some hold text and some numbers", "name one --pred"
        )
    numbers = [*columns.scalars, *(() if target_is_text else columns.target)]
    sample = first_numbers(source, columns, numbers, allowed)
    target = None if target_is_text else sample[columns.target[0]]
    values = _Values(target=target, predictions=[sample[name] for name in columns.scalars])
    two_classes = target is None or _within(target, 0, 1) or _within(target, -1, 1)
    if tasks == {Task.BINARY} or (Task.BINARY in tasks and two_classes):
        return _binary_roles(source, columns, values, allowed, wishes)
    if Task.REGRESSION in tasks:
        labels = target is not None and like_labels([target, *values.predictions])
        return replace(regression, like_labels=labels)
    if (Task.MULTICLASS, Form.LABEL) in allowed and target is not None and are_whole([target, *values.predictions]):
        return label_roles(source, columns, allowed, wishes)
    holds = "holds" if len(columns.scalars) == 1 else "hold"
    hint = "name a column for each class prob_<class> or logit_<class>"
    raise InputError(
        f"{source.label}: {listed(columns.scalars)} {holds} one number a row, and {_spoken(allowed)} is wanted",
        f"{hint}, or for two classes a loss such as bce" if two_classes and Task.MULTICLASS in tasks else hint,
    )


def _binary_roles(
    source: RowSource, columns: Columns, values: _Values, allowed: frozenset[Encoded], wishes: Wishes
) -> Roles:
    coding, classes = _coding(source, columns.target[0], values.target, wishes)
    forms = frozenset(form for task, form in allowed if task is Task.BINARY)
    return Roles(
        target=columns.target,
        models=scalar_models(columns.scalars),
        weight=columns.weight,
        task=Task.BINARY,
        form=_binary_form(source, columns.scalars, values, coding, forms),
        classes=classes,
        coding=coding,
        target_named=coding is Coding.NAMED,
    )


def _coding(
    source: RowSource, column: str, target: FloatArray | None, wishes: Wishes
) -> tuple[Coding, tuple[str, ...]]:
    """Return how the target says 1 and 0, and the two labels, the negative one first."""
    if target is not None and wishes.positive is None:
        if _within(target, 0, 1):
            return Coding.ZERO_ONE, ("0", "1")
        if _within(target, -1, 1):
            return Coding.SIGNED, ("-1", "1")
        present = target[~np.isnan(target)]
        if ((present >= 0) & (present <= 1)).all():
            return Coding.SOFT, ("0", "1")
    labels = source.distinct(column)
    positive = wishes.positive
    if positive is None and set(labels) <= {"true", "false"}:
        return Coding.NAMED, ("false", "true")
    where = f"{source.label}: column {quoted(column)}"
    if len(labels) > 2:
        hint = "for more than two classes there is a column prob_<class> for each, or a list column"
        raise InputError(
            f"{where} has {len(labels)} labels ({listed(labels, 6)}), and predictions are one number a row", hint
        )
    if positive is None:
        raise InputError(
            f"{where} holds the labels {listed(labels)}", f"say which one is meant: --positive {quoted(labels[0])}"
        )
    others = tuple(label for label in labels if label != positive)
    if len(others) == 2 or (len(others) == len(labels) == 1 and len(labels) > 1):
        raise InputError(f"{where} has no label {quoted(positive)}", f"its labels are {listed(labels)}")
    return Coding.NAMED, (others[0] if others else f"not {positive}", positive)


def _binary_form(
    source: RowSource,
    columns: tuple[str, ...],
    values: _Values,
    coding: Coding,
    forms: frozenset[Form],
) -> Form:
    """Return how predictions of a two-class target are encoded."""
    if len(forms) == 1:
        return next(iter(forms))
    said = {FORM_NAMES.get(name.lower()) for name in columns}
    if with_prefix(columns, "prob_") == columns:
        said = {Form.PROBABILITY}
    named = next(iter(said)) if len(said) == 1 else None
    if named is not None and named in forms:
        return named
    hard = (-1, 1) if coding is Coding.SIGNED else (0, 1)
    if Form.LABEL in forms and all(_within(predicted, *hard) for predicted in values.predictions):
        return Form.LABEL
    present = [predicted[~np.isnan(predicted)] for predicted in values.predictions]
    if Form.PROBABILITY in forms and all(((those >= 0) & (those <= 1)).all() for those in present):
        return Form.PROBABILITY
    worst = next((those for those in present if not ((those >= 0) & (those <= 1)).all()), None)
    shown = "" if worst is None else f" ({_some(worst[(worst < 0) | (worst > 1)])})"
    choices = " or ".join(f"--pred-form {form}" for form in sorted(forms - {Form.PROBABILITY, Form.LABEL}))
    same = None if values.target is None else _only(values.target)
    truth = (
        "the target has two classes" if same is None else f"the first targets are all {same:g}, which may be a class"
    )
    raise InputError(
        f"{source.label}: {truth}, but {listed(columns)} {'leaves' if len(columns) == 1 else 'leave'} [0, 1]{shown}: "
        "values cannot tell logits from margins",
        f"say {choices}, or --task regression",
    )


def _within(values: FloatArray, low: float, high: float) -> bool:
    """Return whether all values that are there are one of two, and at least one is there."""
    present = values[~np.isnan(values)]
    return bool(len(present)) and bool(((present == low) | (present == high)).all())


def _only(values: FloatArray) -> float | None:
    """Return the one value that all are that are there, None where there are several."""
    present = set(values[~np.isnan(values)].tolist())
    return present.pop() if len(present) == 1 else None


def _some(values: FloatArray, most: int = 3) -> str:
    present = np.unique(values[~np.isnan(values)])
    shown = ", ".join(f"{value:g}" for value in present[:most])
    return f"{shown}, …" if len(present) > most else shown
