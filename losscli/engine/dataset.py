"""A data set opened for an analysis: its source, the roles of its columns, and its rows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from losscli.engine.check import Missing
from losscli.engine.costs import with_costs
from losscli.engine.opening import beside_truth, members_of, roles_of, rows_of, sources_of

if TYPE_CHECKING:
    from losscli.arrays import Form, Task
    from losscli.engine.domain import Fault
    from losscli.engine.frames import FrameLike
    from losscli.engine.roles import Roles
    from losscli.engine.row_source import RowSource
    from losscli.engine.rows import Rows
    from losscli.engine.watch import Watcher
    from losscli.losses.bound import BoundLoss

DataLike: TypeAlias = "str | os.PathLike[str] | FrameLike"
# Kept blocks may take this many bytes before a data set is read again for each fold.
MEMORY = 512 * 10**6


@dataclass(frozen=True, kw_only=True)
class Named:
    """Something to read, and what it is to be called, where that is not its path."""

    given: DataLike
    label: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How data sets are read: the options that all analyses share.

    Attributes
    ----------
    target, predictions, weight
        Columns that the user names; all but the weight may be patterns. What is empty is found by its name.
    task, form, positive, classes
        What the user says of the task, as in `Wishes`.
    normalize
        Whether rows of probabilities are divided by their sum.
    missing, null_values
        What is done with rows in which a cell is missing, and which words mean that it is.
    targets
        A file or frame that holds the targets, and the weights if they are named there; None where they stand beside
        the predictions.
    on
        Key columns that pair the rows of several files; empty to pair them by position.
    common
        Whether keys that are not in all files are left out; else they are an error.
    where
        A condition in SQL; rows that do not satisfy it are left out before anything else.
    threads
        Workers; None for as many as the machine has.
    memory
        Bytes that kept rows may take.
    watcher
        Who is told how far the reading has come, or None.
    """

    target: tuple[str, ...] = ()
    predictions: tuple[str, ...] = ()
    weight: str | None = None
    task: Task | None = None
    form: Form | None = None
    positive: str | None = None
    classes: tuple[str, ...] = ()
    normalize: bool = False
    missing: Missing = Missing.ERROR
    null_values: tuple[str, ...] = ()
    targets: DataLike | None = None
    on: tuple[str, ...] = ()
    common: bool = False
    where: str | None = None
    threads: int | None = None
    memory: int = MEMORY
    watcher: Watcher | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A source with its roles, task and rows."""

    source: RowSource
    roles: Roles
    rows: Rows

    def bind(self, named: tuple[BoundLoss, ...]) -> tuple[BoundLoss, ...]:
        """Return the losses with parameters that are files read, for the classes at hand."""
        return tuple(with_costs(loss, self.roles.classes) for loss in named)

    def places(self, faults: Sequence[Fault]) -> list[str]:
        """Return where faulty rows stand, as errors name it."""
        return [self.source.place(fault.part, [fault.record])[0] for fault in faults]


def open_dataset(named: Named, reading: Reading, losses: tuple[BoundLoss, ...] = ()) -> Dataset:
    """Return a data set, its columns and its task found; of its rows only the first are read yet.

    Parameters
    ----------
    losses : tuple of BoundLoss
        The losses that the user names, which narrow the task.

    Raises
    ------
    InputError
        There is nothing to read, columns or task are not found, or targets of a file of their own do not have the
        keys of the predictions.
    UsageError
        A column is given two roles, the losses do not go together, or the condition is none.
    """
    (file,), truth = sources_of([named], reading)
    if truth is None:
        roles = roles_of(file, reading, losses)
        return Dataset(source=file, roles=roles, rows=rows_of(file, roles, reading))
    members = members_of([file, truth], reading)
    source, roles, _ = beside_truth(members[0], members[1], reading, losses)
    return Dataset(source=source, roles=roles, rows=rows_of(source, roles, reading))
