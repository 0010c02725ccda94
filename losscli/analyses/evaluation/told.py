"""Targets and predictions as people know them: numbers, or the names of classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from msgspec import Struct

from losscli.arrays import Form, Task, Truth
from losscli.engine.table.roles import Coding
from losscli.losses.links import to_probability

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.table.roles import Roles

    Told: TypeAlias = "FloatArray | list[str] | None"


class ToldRows(Struct, frozen=True, kw_only=True):
    """Targets, predictions, and the probability that each prediction is given, of n rows; None where there are none."""

    targets: Told
    predictions: Told
    probabilities: FloatArray | None = None


def told_rows(roles: Roles, y_true: FloatArray, y_pred: FloatArray) -> ToldRows:
    """Return rows of one model as people know them.

    Several labels at once and distributions have neither one target nor one prediction.
    """
    if roles.task is Task.REGRESSION:
        return ToldRows(targets=y_true, predictions=y_pred)
    if roles.task is Task.BINARY:
        hard = roles.coding is not Coding.SOFT and bool(roles.classes)
        labels = hard and roles.form is Form.LABEL
        return ToldRows(
            targets=_names(roles, y_true) if hard else y_true,
            predictions=_names(roles, y_pred) if labels else y_pred,
        )
    if roles.task is not Task.MULTICLASS:
        return ToldRows(targets=None, predictions=None)
    targets = _names(roles, np.argmax(y_true, axis=1) if roles.truth is Truth.ROWS else y_true)
    if roles.form is Form.LABEL:
        return ToldRows(targets=targets, predictions=_names(roles, y_pred))
    chosen = np.argmax(y_pred, axis=1)
    link = to_probability(roles.task, roles.form)
    sure = None if link is None else link(y_pred)[np.arange(len(chosen)), chosen]
    return ToldRows(targets=targets, predictions=_names(roles, chosen), probabilities=sure)


def _names(roles: Roles, numbers: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> list[str]:
    return [roles.classes[int(number)] for number in numbers]
