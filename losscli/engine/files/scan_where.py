"""Conditions in Polars' SQL: parsed, tried on the columns that they name, and pushed down to the scan."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.engine.files.scan import trimmed

if TYPE_CHECKING:
    import polars as pl

_ASIDE = "\x1f"


class ConditionError(Exception):
    """The text is no condition, or not one on the columns at hand; the message says why."""


class Condition(Struct, frozen=True, kw_only=True):
    """A condition that rows satisfy or not.

    Attributes
    ----------
    text : str
        As the user writes it.
    columns : tuple of str
        The columns that it names, each once.
    expression : Expr
    """

    text: str
    columns: tuple[str, ...]
    expression: pl.Expr


def parse_condition(text: str) -> Condition:
    """Return the condition that a text in SQL is.

    Raises
    ------
    ConditionError
        It is none.
    """
    import polars as pl

    try:
        expression = pl.sql_expr(text)
    except pl.exceptions.PolarsError as error:
        raise _condition_error(error) from error
    return Condition(text=text, columns=tuple(dict.fromkeys(expression.meta.root_names())), expression=expression)


def try_condition(frame: pl.LazyFrame, condition: Condition) -> None:
    """Try a condition on columns of the types of `frame`, without a row.

    Raises
    ------
    ConditionError
        It is no condition on these.
    """
    import polars as pl

    # of a copy: Polars pushes no condition down to a scan whose schema was asked for
    empty = pl.DataFrame(schema=frame.clone().collect_schema())
    try:
        empty.lazy().filter(condition.expression).collect()
    except pl.exceptions.PolarsError as error:
        raise _condition_error(error) from error


def typed_columns(
    keys: Mapping[str, str], are_numbers: Collection[str], *, scanned: Collection[str], null_values: Sequence[str]
) -> dict[str, pl.Expr]:
    """Return columns of a CSV file by their names, as a condition takes them: as numbers or as text.

    Parameters
    ----------
    keys : mapping of str to str
        The keys under which they are scanned.
    are_numbers : collection of str
        The names of those that are numbers; what is no number in them is missing.
    scanned : collection of str
        The keys of those that are scanned as numbers.
    """
    import polars as pl

    typed = {}
    for name, key in keys.items():
        cells = pl.col(key) if key in scanned else trimmed(key, null_values)
        typed[name] = cells.cast(pl.Float64, strict=False) if name in are_numbers else cells
    return typed


def satisfying(
    frame: pl.LazyFrame, condition: Condition, kept: Sequence[str], typed: Mapping[str, pl.Expr] | None = None
) -> pl.LazyFrame:
    """Return the columns `kept` of the rows that satisfy a condition.

    Parameters
    ----------
    typed : mapping of str to Expr, or None
        The columns that the condition names, made of those of `frame`; None where they are columns of it.
    """
    import polars as pl

    if typed is None:
        return frame.filter(condition.expression).select(kept)
    # names of the condition may be keys of other columns
    aside = [pl.col(key).alias(_ASIDE + key) for key in kept]
    named = [expression.alias(name) for name, expression in typed.items()]
    satisfied = frame.select(*aside, *named).filter(condition.expression)
    return satisfied.select(pl.col(_ASIDE + key).alias(key) for key in kept)


def _condition_error(error: pl.exceptions.PolarsError) -> ConditionError:
    return ConditionError(str(error).splitlines()[0])
