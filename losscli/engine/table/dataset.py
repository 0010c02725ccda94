"""A data set opened for an analysis: its source, the roles of its columns, and its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from losscli.engine.table.costs import with_costs
from losscli.engine.table.opening import beside_truth, members_of, roles_of, rows_of, sources_of
from losscli.engine.table.unit_column import units_of

if TYPE_CHECKING:
    from losscli.engine.files.row_source import RowSource
    from losscli.engine.folds.domain import Fault
    from losscli.engine.table.reading import Named, Reading
    from losscli.engine.table.roles import Roles
    from losscli.engine.table.rows import Rows
    from losscli.losses.bound import BoundLoss


class Dataset(Struct, frozen=True, kw_only=True):
    """A source with its roles, task and rows."""

    source: RowSource
    roles: Roles
    rows: Rows

    def bind(self, named: tuple[BoundLoss, ...]) -> tuple[BoundLoss, ...]:
        """Return the losses with parameters that are files read, for the classes at hand."""
        return tuple(with_costs(loss, self.roles.classes) for loss in named)

    def places(self, faults: Sequence[Fault]) -> list[str]:
        """Return where faulty rows stand, as errors name it."""
        return [self.source.place([fault.record])[0] for fault in faults]


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
        return dataset_of(file, roles, reading)
    members = members_of([file, truth], reading)
    source, roles, _ = beside_truth(members[0], members[1], reading, losses)
    return dataset_of(source, roles, reading)


def dataset_of(source: RowSource, roles: Roles, reading: Reading) -> Dataset:
    """Return a source as a data set, whose rows know their clusters or times if the user names them.

    Raises
    ------
    InputError
        The column of clusters or times is not there, or holds none.
    UsageError
        It has another role already.
    """
    roles = replace(roles, units=units_of(source, roles, reading))
    return Dataset(source=source, roles=roles, rows=rows_of(source, roles, reading))
