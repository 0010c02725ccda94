"""Rows with groups, and with a column that they may be sorted by."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from losscli.engine.table.roles import Key
from losscli.engine.table.rows import Rows
from losscli.errors import InputError, UsageError
from losscli.text import listed, quoted

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.folds.batch import Batch
    from losscli.engine.table.dataset import Dataset

# Names that one column of groups may hold: their text takes about 100 bytes each.
MOST_NAMES = 1_000_000


class Along(Struct, frozen=True):
    """The number that rows may be sorted by."""

    def __call__(self, batch: Batch) -> FloatArray:
        """Return the further number of each row."""
        if batch.along is None:
            raise RuntimeError("the rows were read without the column that sorts them")
        return batch.along


def with_groups(dataset: Dataset, by: Sequence[str], along: str | None = None) -> Dataset:
    """Return the data set with rows that know their group, and the number that they are sorted by.

    Parameters
    ----------
    by : sequence of str
        Columns that name the group of a row, all together; none for no groups.
    along : str or None
        A column of numbers; it may be the target, a prediction or the weight too.

    Raises
    ------
    InputError
        A column is not there, or it has too many different cells.
    UsageError
        A column is named twice, or has another role already.
    """
    if not by and along is None:
        return dataset
    taken, units = dataset.roles.columns, dataset.roles.units
    for position, column in enumerate(by):
        if column in by[:position]:
            raise UsageError(f"--by names column {quoted(column)} twice", "name it once")
        if units is not None and column == units.column:
            raise UsageError(
                f"--by: each group of {quoted(column)} would be one {'time' if units.in_time else 'cluster'}",
                "name another column with --by, or leave --time out"
                if units.in_time
                else "name another column with --by, or leave --cluster out",
            )
        if column in taken:
            raise UsageError(
                f"--by: column {quoted(column)} is the target, a prediction or the weight",
                "name a column that says what a row is of; losscli bias --along sorts rows by a number",
            )
    source = dataset.source
    keys = tuple(Key(column=column, labels=source.distinct(column, MOST_NAMES)) for column in by)
    if prod(key.size for key in keys) >= 2**62:
        raise InputError(
            f"{source.label}: --by {listed(by)}: too many groups to number", "name fewer columns with --by"
        )
    roles = replace(dataset.roles, by=keys, along=along)
    rows = dataset.rows
    grouped = Rows(
        source,
        roles,
        missing=rows.missing,
        normalize=rows.normalize,
        memory=rows.memory,
        threads=rows.threads,
        watcher=rows.watcher,
    )
    return replace(dataset, roles=roles, rows=grouped)
