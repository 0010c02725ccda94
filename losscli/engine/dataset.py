"""A data set opened for an analysis: its source, the roles of its columns, and its rows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from losscli.arrays import Form, Task
from losscli.engine.columns import Roles, detect_roles
from losscli.engine.rows import Missing, Rows
from losscli.engine.source import Source, open_source

if TYPE_CHECKING:
    from losscli.engine.domain import Fault
    from losscli.engine.frames import FrameLike

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
        Columns that the user names; predictions may be patterns. What is empty is found by its name.
    missing, null_values
        What is done with rows in which a cell is missing, and which words mean that it is.
    threads
        Workers; None for as many as the machine has.
    memory
        Bytes that kept rows may take.
    """

    target: str | None = None
    predictions: tuple[str, ...] = ()
    weight: str | None = None
    missing: Missing = Missing.ERROR
    null_values: tuple[str, ...] = ()
    threads: int | None = None
    memory: int = MEMORY


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A source with its roles, task and rows."""

    source: Source
    roles: Roles
    rows: Rows
    task: Task = Task.REGRESSION
    form: Form = Form.VALUE

    def places(self, faults: Sequence[Fault]) -> list[str]:
        """Return where faulty rows stand, as errors name it."""
        return [self.source.place(fault.part, [fault.record])[0] for fault in faults]


def open_dataset(named: Named, reading: Reading) -> Dataset:
    """Return a data set, its columns found; no row is read yet.

    Raises
    ------
    InputError
        There is nothing to read, or columns are not found.
    UsageError
        A column is given two roles.
    """
    source = open_source(named.given, label=named.label, null_values=reading.null_values)
    roles = detect_roles(
        [column.name for column in source.columns],
        label=source.label,
        target=reading.target,
        predictions=reading.predictions,
        weight=reading.weight,
    )
    source.require(roles.columns)
    threads = reading.threads or os.cpu_count() or 1
    rows = Rows(source, roles, missing=reading.missing, memory=reading.memory, threads=threads)
    return Dataset(source=source, roles=roles, rows=rows)
