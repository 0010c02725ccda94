"""Groups of rows that a file holds, and of which nothing is left where rows were left out."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from losscli.engine.table.grouping import MOST_NAMES
from losscli.engine.table.roles import Key
from losscli.engine.table.within import MOST_GROUPS, Group
from losscli.errors import InputError
from losscli.text import listed

if TYPE_CHECKING:
    from losscli.engine.files.source import Source
    from losscli.engine.table.dataset import Dataset


def lost_groups(dataset: Dataset, left: Collection[Group]) -> list[Group]:
    """Return the groups that some file holds, but those that are `left`; the rows have been read to their end.

    Rows that do not satisfy a condition are of no group. Files are read again only where rows were left out.

    Raises
    ------
    InputError
        There are more than `MOST_GROUPS`.
    """
    counts = dataset.rows.counts
    dropped = counts is not None and counts.n_dropped + counts.zero_weight > 0
    if not dropped and not any(each.unpaired for each in dataset.source.left_out()):
        return []
    columns = tuple(key.column for key in dataset.roles.by)
    sources = dataset.source.sources
    # a file that lacks the columns of the condition holds rows that are left out on purpose
    conditional = [source for source in sources if source.condition is not None] or sources
    having = [source for source in conditional if set(columns) <= {column.name for column in source.columns}]
    found = dict.fromkeys(names for source in having for names in _names_in(source, columns))
    lost = [names for names in found if names not in {group.names for group in left}]
    if len(lost) > MOST_GROUPS:
        raise InputError(
            f"{dataset.source.label}: --by {listed(columns)}: of {len(lost)} groups no row is left",
            "look at the rows that have no partner or a missing cell",
        )
    return [Group(columns=columns, names=names) for names in lost]


def _names_in(source: Source, columns: tuple[str, ...]) -> list[tuple[str | None, ...]]:
    """Return the names of all groups that a file holds."""
    keys = [Key(column=column, labels=source.distinct(column, MOST_NAMES)) for column in columns]
    numbers: dict[tuple[int, ...], None] = {}
    for block in source.blocks(columns, labels={key.column: key.labels for key in keys}):
        cells = np.stack([np.nan_to_num(block.columns[key.column], nan=len(key.labels)) for key in keys])
        numbers |= dict.fromkeys(map(tuple, np.unique(cells.astype(np.int64), axis=1).T.tolist()))
    return [tuple(key.name(digit) for key, digit in zip(keys, each, strict=True)) for each in numbers]
