"""The column that says which rows depend on one another: that of clusters, or that of times."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from losscli.engine.table.columns import Finder
from losscli.engine.table.roles import Key, Units
from losscli.errors import InputError, UsageError
from losscli.text import quoted

if TYPE_CHECKING:
    from losscli.engine.files.row_source import RowSource
    from losscli.engine.table.reading import Reading
    from losscli.engine.table.roles import Roles

# Clusters or times that one column may hold: their names take about 100 bytes each, and each loss of a model 8 more.
MOST_UNITS = 1_000_000
_MONTH = re.compile(r"\d{4}-\d{2}")
_QUARTER = re.compile(r"(\d{4})[- ]?[Qq]([1-4])")


def check_units(reading: Reading) -> None:
    """Check that rows are said to depend on one another in one way only.

    Raises
    ------
    UsageError
        Both clusters and times are named.
    """
    if reading.cluster is not None and reading.time is not None:
        raise UsageError(
            "--cluster and --time do not go together",
            "--time takes all rows of one time as one, so it allows for groups within a time; --cluster allows for "
            "any dependence within a cluster, along time too",
        )


def units_of(source: RowSource, roles: Roles, reading: Reading) -> Units | None:
    """Return the column of clusters or times that the user names, with all that its cells say; None for none.

    Raises
    ------
    InputError
        It is not there, has the same cell in all rows, too many different ones, or cells that are no time.
    UsageError
        It has another role already.
    """
    name = reading.cluster if reading.time is None else reading.time
    if name is None:
        return None
    flag = "--cluster" if reading.time is None else "--time"
    finder = Finder(label=source.label, names=tuple(column.name for column in source.columns))
    column = finder.named(name)
    if column in (*roles.target, *roles.predictions, roles.weight):
        raise UsageError(
            f"{flag}: column {quoted(column)} is the target, a prediction or the weight",
            "name the column that says when a row was"
            if reading.time
            else "name the column that rows belong together by",
        )
    labels = source.distinct(column, MOST_UNITS, "fewer are enough: the day of a time, the customer of an order")
    if len(labels) == 1:
        what = "cluster" if reading.time is None else "time"
        raise InputError(
            f"{source.label}: {flag} {quoted(column)}: all rows are of one {what}: how {what}s differ is not known",
            f"name a column that tells more of them apart, or leave {flag} out",
        )
    if reading.time is None:
        return Units(key=Key(column=column, labels=labels))
    moments = _moments(labels, f"{source.label}: {flag} {quoted(column)}")
    order = sorted(range(len(labels)), key=moments.__getitem__)
    ranks = [0]
    for one, next_one in pairwise(order):
        ranks.append(ranks[-1] + (moments[one] < moments[next_one]))
    return Units(key=Key(column=column, labels=tuple(labels[position] for position in order)), ranks=tuple(ranks))


def _moments(labels: Sequence[str], where: str) -> list[float]:
    """Return when each label is, as a number: all are numbers, or all are dates or times of ISO 8601."""
    read: Callable[[str], float] = float
    try:
        for label in labels[:1]:
            float(label)
    except ValueError:
        read = _moment
    found = []
    for label in labels:
        try:
            found.append(read(label))
        except ValueError as error:
            expected = "a number, as in other rows" if read is float else "a number or a date as 2024-01-31"
            raise InputError(
                f"{where}: expected {expected}, got {quoted(label)}",
                "write times as numbers that rise, or as 2024-01-31, 2024-01-31 18:00, 2024-01 or 2024-Q1",
            ) from error
    return found


def _moment(text: str) -> float:
    """Return the seconds of a date or time since 1970, in UTC where no zone is given.

    Raises
    ------
    ValueError
        It is none.
    """
    if _MONTH.fullmatch(text):
        text = f"{text}-01"
    elif quarter := _QUARTER.fullmatch(text):
        text = f"{quarter[1]}-{3 * int(quarter[2]) - 2:02}-01"
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
