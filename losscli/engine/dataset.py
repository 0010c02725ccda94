"""A data set opened for an analysis: its source, the roles of its columns, and its rows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from losscli.engine.block import ColumnType
from losscli.engine.check import Missing
from losscli.engine.columns import Finder
from losscli.engine.costs import with_costs
from losscli.engine.detect import Wishes, detect
from losscli.engine.rows import Rows
from losscli.engine.source import Source, open_source

if TYPE_CHECKING:
    from losscli.arrays import Form, Task
    from losscli.engine.domain import Fault
    from losscli.engine.frames import FrameLike
    from losscli.engine.roles import Roles
    from losscli.engine.row_source import RowSource
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
    on
        Key columns that pair the rows of several files; empty to pair them by position.
    threads
        Workers; None for as many as the machine has.
    memory
        Bytes that kept rows may take.
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
    on: tuple[str, ...] = ()
    threads: int | None = None
    memory: int = MEMORY


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
        There is nothing to read, or columns or task are not found.
    UsageError
        A column is given two roles, or the losses do not go together.
    """
    (source,) = sources_of([named], reading)
    roles = roles_of(source, reading, losses)
    return Dataset(source=source, roles=roles, rows=rows_of(source, roles, reading))


def sources_of(data: Sequence[Named], reading: Reading) -> list[Source]:
    """Return what is to be read, opened."""
    return [open_source(named.given, label=named.label, null_values=reading.null_values) for named in data]


def roles_of(source: Source, reading: Reading, losses: tuple[BoundLoss, ...]) -> Roles:
    """Return the roles of the columns of one file, by what the user says, by names and by values."""
    lists = frozenset(column.name for column in source.columns if column.type is ColumnType.LIST)
    finder = Finder(label=source.label, names=tuple(column.name for column in source.columns), lists=lists)
    columns = finder.find(target=reading.target, predictions=reading.predictions, weight=reading.weight)
    source.require(columns.all)
    return detect(source, columns, wishes_of(reading, losses))


def wishes_of(reading: Reading, losses: tuple[BoundLoss, ...]) -> Wishes:
    """Return what the user says of the task."""
    return Wishes(
        task=reading.task, form=reading.form, positive=reading.positive, classes=reading.classes, losses=losses
    )


def rows_of(source: RowSource, roles: Roles, reading: Reading) -> Rows:
    """Return the rows of a source with the roles of its columns."""
    return Rows(
        source,
        roles,
        missing=reading.missing,
        normalize=reading.normalize,
        memory=reading.memory,
        threads=reading.threads or os.cpu_count() or 1,
    )
