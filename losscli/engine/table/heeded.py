"""What the user says of the classes, held against the task that was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.arrays import Task
from losscli.errors import UsageError

if TYPE_CHECKING:
    from losscli.engine.table.detect import Wishes
    from losscli.engine.table.roles import Roles


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
