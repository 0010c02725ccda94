"""The condition of --where: which rows of a file are read at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from losscli.engine.files.scan_where import ConditionError, parse_condition
from losscli.engine.files.wanted import no_column
from losscli.errors import UsageError
from losscli.text import printable, quoted

if TYPE_CHECKING:
    from losscli.engine.files.source import Source

_HINT = "write SQL, as in --where \"region = 'north' AND age >= 18 AND day >= DATE '2024-01-31'\""


def restrict(sources: Sequence[Source], text: str) -> None:
    """Leave the rows that do not satisfy a condition in SQL out of all sources that have its columns.

    Raises
    ------
    UsageError
        It is no condition.
    InputError
        No source has its columns, or their text cannot be compared with it.
    """
    said = f"--where {quoted(text)}"
    try:
        condition = parse_condition(text)
        able = [source for source in sources if set(condition.columns) <= {column.name for column in source.columns}]
        for source in able:
            source.restrict(condition)
    except ConditionError as error:
        raise UsageError(f"{said}: {printable(str(error), 200)}", _HINT) from error
    if not able:
        first = sources[0]
        names = [column.name for column in first.columns]
        lacking = next(name for name in condition.columns if name not in names)
        more = "; in --where text stands in single quotes, names with blanks in double ones"
        raise no_column(first.label, lacking, names, more=more)
