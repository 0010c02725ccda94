"""Groups of rows, each evaluated as if it stood alone: what analyses share of their tables, JSON and CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from losscli.engine.table.within import groups_of
from losscli.errors import InputError
from losscli.result import Column, Kind, Sentence, Value, count_value, text_value
from losscli.text import printable

if TYPE_CHECKING:
    from losscli.engine.table.dataset import Dataset
    from losscli.engine.table.roles import Roles
    from losscli.engine.table.within import Group
    from losscli.result import Json, Scalar

R = TypeVar("R")

# Groups that a person reads of; programs get them all.
SHOWN_GROUPS = 20
# Groups that a notice names.
NAMED_GROUPS = 5


def of_each_group(dataset: Dataset, answer: Callable[[Dataset], R]) -> Iterator[tuple[Group, R]]:
    """Yield each group of a data set with what `answer` says of its rows; nothing where rows are not grouped.

    Raises
    ------
    InputError
        There are too many groups, or what `answer` raises, with the name of the group.
    """
    if not dataset.roles.by:
        return
    for group, rows in groups_of(dataset):
        try:
            answered = answer(rows)
        except InputError as error:
            raise InputError(f"{printable(group.label)}: {error.message}", error.hint) from error
        yield group, answered


def group_columns(roles: Roles) -> list[Column]:
    """Return a column of a table for each of those that group rows."""
    return [Column(key=f"group{position}", header=key.column, kind=Kind.TEXT) for position, key in enumerate(roles.by)]


def group_cells(group: Group) -> dict[str, object]:
    """Return the cells of `group_columns`."""
    return {f"group{position}": name for position, name in enumerate(group.shown)}


def by_in_words(roles: Roles) -> str:
    """Return what rows are grouped by, as a title: "by region, year"."""
    return f"by {', '.join(key.column for key in roles.by)}"


def group_payload(group: Group | None) -> Json:
    """Return the names of a group by their columns, None for a missing cell; None for all rows."""
    return None if group is None else dict(zip(group.columns, group.names, strict=True))


def group_record(roles: Roles, group: Group | None) -> dict[str, Scalar]:
    """Return the tidy columns that tell rows of all from those of a group; none where rows are not grouped.

    A column for each of those that group rows is under a name that no other has; None is a missing cell, or all rows.
    """
    if not roles.by:
        return {}
    names = (None,) * len(roles.by) if group is None else group.names
    of_group = {f"by_{key.column}": name for key, name in zip(roles.by, names, strict=True)}
    return {"part": "all" if group is None else "group", **of_group}


def first_named(labels: Sequence[str]) -> Value:
    """Return the names of some groups as a notice tells them: "site=a; site=b", of many the first ones."""
    more = ", …" if len(labels) > NAMED_GROUPS else ""
    return text_value("; ".join(labels[:NAMED_GROUPS]) + more)


def hidden_groups(groups: int, one: str, many: str) -> list[Sentence]:
    """Return that groups beyond `SHOWN_GROUPS` are not shown, with what is to be said of `one` or of `many`."""
    hidden = groups - SHOWN_GROUPS
    if hidden <= 0:
        return []
    more = f"1 more group {one}" if hidden == 1 else f"{{k}} more groups {many}"
    text = f"{more}; --format csv or json lists them all"
    return [Sentence(text=text, values={"k": count_value(hidden)})]
