"""What the user says of the task and its classes, held against the task that was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.arrays import Task
from losscli.errors import UsageError

if TYPE_CHECKING:
    from losscli.arrays import Form
    from losscli.engine.table.roles import Roles
    from losscli.losses.bound import BoundLoss


class Wishes(Struct, frozen=True, kw_only=True):
    """What the user says of the task.

    Attributes
    ----------
    task, form
        What is predicted, and how; None to find out.
    positive
        The positive label of a two-class target.
    classes
        The classes, in the order of the prediction's numbers.
    normalize
        Whether rows of probabilities are to be divided by their sums.
    losses
        The losses asked for by name.
    """

    task: Task | None = None
    form: Form | None = None
    positive: str | None = None
    classes: tuple[str, ...] = ()
    normalize: bool = False
    losses: tuple[BoundLoss, ...] = ()


def check_heeded(roles: Roles, wishes: Wishes) -> None:
    """Check that nothing the user says of the classes is passed over.

    Raises
    ------
    UsageError
        Something has no meaning for the task and the predictions that were found.
    """
    if wishes.positive is not None and roles.task is not Task.BINARY:
        raise UsageError(
            f"--positive names the label of an event, and this is {roles.task}", "leave it out, or say --task binary"
        )
    if wishes.classes and roles.task is Task.REGRESSION:
        raise UsageError("--classes names classes, and this is regression", "leave it out, or say --task multiclass")
    if wishes.classes and roles.task is Task.BINARY:
        raise UsageError(
            "--classes orders a prediction for each class, and here is one for two of them",
            "leave it out; --positive LABEL says which of the two is predicted",
        )
    if wishes.normalize and roles.width == 1:
        raise UsageError(
            "--normalize divides a row of probabilities by its sum, and a row here is one number", "leave it out"
        )
