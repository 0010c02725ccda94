"""What predictions of several numbers a row mean: a column for each class, or one list column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from losscli.arrays import Form, Task, Truth
from losscli.engine.files.names import LIST_NAMES, TRUE_PREFIX, Wide, with_prefix
from losscli.engine.table.roles import Model, Roles
from losscli.errors import InputError, UsageError
from losscli.text import listed, quoted

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.files.row_source import RowSource
    from losscli.engine.table.columns import Columns

Encoded = tuple[Task, Form]

# Sums that are 1 to this are 1 for detection; the rows' own check is narrower where it matters.
SUM_TOLERANCE = 1e-3
# Rows that the values are judged by; every row is verified when it is read.
SAMPLE_ROWS = 4_096


def wide_roles(
    source: RowSource, columns: Columns, wide: Wide, allowed: frozenset[Encoded], order: tuple[str, ...]
) -> Roles:
    """Return the roles where each class has a column.

    Parameters
    ----------
    allowed : frozenset of (Task, Form)
        What the user's words and losses leave.
    order : tuple of str
        The classes in the order that the user wants, or empty for that of the file.

    Raises
    ------
    UsageError, InputError
        The user names other classes than the columns do, or a class has no column of its target.
    """
    classes = _ordered(wide.classes, order)
    by_class = dict(zip(wide.classes, wide.columns, strict=True))
    model = Model(name=wide.prefix.rstrip("_"), columns=tuple(by_class[name] for name in classes))
    if len(columns.target) == 1:
        return _of_one_target(source, columns, model, (wide.form, classes), allowed)
    truths = {name[len(TRUE_PREFIX) :]: name for name in with_prefix(columns.target, TRUE_PREFIX)}
    lacking = [name for name in classes if name not in truths] + [name for name in truths if name not in classes]
    if lacking:
        raise InputError(
            f"{source.label}: class {quoted(lacking[0])} has no {wide.prefix} column, or no {TRUE_PREFIX} column",
            "each class needs both",
        )
    target = tuple(truths[name] for name in classes)
    task = _task_of_rows(source, target, model.columns, wide.form, allowed)
    return Roles(
        target=target,
        models=(model,),
        weight=columns.weight,
        task=task,
        form=wide.form,
        truth=Truth.ROWS,
        classes=classes,
    )


def list_roles(
    source: RowSource, columns: Columns, name: str, allowed: frozenset[Encoded], order: tuple[str, ...]
) -> Roles:
    """Return the roles where one column holds a list of numbers a row; its classes are 0, 1, … unless named.

    Raises
    ------
    UsageError, InputError
        The user names more or fewer classes than a list has numbers, or it is open what the numbers are.
    """
    width = source.list_width(name)
    if order and len(order) != width:
        raise UsageError(f"--classes names {len(order)} classes, and {quoted(name)} holds {width} numbers a row")
    classes = order or tuple(str(number) for number in range(width))
    forms = {form for task, form in allowed if task is Task.MULTICLASS and form is not Form.LABEL}
    form = LIST_NAMES.get(name.lower()) if len(forms) > 1 else next(iter(forms), None)
    if form is None or form not in forms:
        raise InputError(
            f"{source.label}: column {quoted(name)} holds lists of numbers",
            "say what they are: --pred-form probability",
        )
    model = Model(name=name, columns=(name,), listed=True)
    return _of_one_target(source, columns, model, (form, classes), allowed)


def _ordered(classes: tuple[str, ...], order: tuple[str, ...]) -> tuple[str, ...]:
    if not order:
        return classes
    if sorted(order) != sorted(classes):
        raise UsageError(
            f"--classes names {listed(order)}, and the columns are for {listed(classes)}", "name the same classes"
        )
    return order


def _of_one_target(
    source: RowSource,
    columns: Columns,
    model: Model,
    encoded: tuple[Form, tuple[str, ...]],
    allowed: frozenset[Encoded],
) -> Roles:
    form, classes = encoded
    if form is Form.LABEL:
        raise InputError(
            f"{source.label}: {listed(model.columns, 3)} would be a column for each label, beside one target",
            "each label needs its target true_<label>; one column of labels is named with --pred",
        )
    if (Task.MULTICLASS, form) not in allowed:
        raise _unfitting(source, model.columns, f"{Task.MULTICLASS} ({form})", allowed)
    return Roles(
        target=columns.target,
        models=(model,),
        weight=columns.weight,
        task=Task.MULTICLASS,
        form=form,
        truth=Truth.CODE,
        classes=classes,
        target_named=True,
    )


def _task_of_rows(
    source: RowSource,
    target: tuple[str, ...],
    predicted: tuple[str, ...],
    form: Form,
    allowed: frozenset[Encoded],
) -> Task:
    """Return the task of targets with a column for each class: by their sums, and by whether they are 0 or 1."""
    sample = source.first_rows([*target, *predicted], SAMPLE_ROWS)
    truth = np.stack([sample[name] for name in target], axis=1)
    values = np.stack([sample[name] for name in predicted], axis=1)
    hard = bool((np.isnan(truth) | (truth == 0) | (truth == 1)).all())
    single = form is not Form.LABEL and _sum_to_one(truth) and (form is not Form.PROBABILITY or _sum_to_one(values))
    if single:
        likely = [Task.MULTICLASS, Task.DISTRIBUTION] if hard else [Task.DISTRIBUTION, Task.MULTICLASS]
    elif hard:
        likely = [Task.MULTILABEL]
    elif {task for task, accepted in allowed if accepted is form} == {Task.DISTRIBUTION}:
        return Task.DISTRIBUTION  # counts may become shares; each row is checked
    elif form is Form.LABEL:
        raise InputError(
            f"{source.label}: the columns {listed(target, 3)} are not 0 and 1", "labels go with targets that are labels"
        )
    else:
        raise InputError(
            f"{source.label}: the columns {listed(target, 3)} are neither 0 and 1 nor do they sum to 1 in each row",
            "a row of targets is one-hot, several labels of 0 and 1, or a distribution",
        )
    task = next((task for task in likely if (task, form) in allowed), None)
    if task is None:
        raise _unfitting(source, predicted, " or ".join(f"{task} ({form})" for task in likely), allowed)
    return task


def _sum_to_one(rows: FloatArray) -> bool:
    sums = rows.sum(axis=1)
    return bool((np.isnan(sums) | (np.abs(sums - 1) <= SUM_TOLERANCE)).all())


def _unfitting(source: RowSource, columns: tuple[str, ...], found: str, allowed: frozenset[Encoded]) -> InputError:
    wanted = ", ".join(sorted(f"{task} ({form})" for task, form in allowed))
    return InputError(
        f"{source.label}: {listed(columns, 3)} look like {found}, and the losses are for {wanted}",
        "choose other losses with --losses, or other columns with --pred",
    )
