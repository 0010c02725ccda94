"""Clusters and times of rows that depend on one another: how they are told of, and what to beware of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from losscli.analyses.evaluation.groups import first_named
from losscli.engine.folds.dependent import plainly_dependent
from losscli.result import Kind, Notice, Value, count_value, notice, text_value

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.engine.table.roles import Units

# Below so many clusters intervals are too short where clusters differ in kind.
FEW_CLUSTERS = 10
# Below so many times intervals are too short where errors go on for long.
FEW_TIMES = 50


def units_in_words(each: Evaluated) -> str:
    """Return what rows are taken together by, as the last line tells it: "12 clusters of site"; empty for nothing."""
    units = each.dataset.roles.units
    if units is None:
        return ""
    what = ("time" if units.in_time else "cluster") + ("" if each.facts.units == 1 else "s")
    return f"{each.facts.units} {what} of {units.column}"


def unit_notices(each: Evaluated, where: str) -> Iterator[Notice]:
    """Yield a notice where clusters or times are too few for intervals to hold.

    Parameters
    ----------
    where : str
        The data set, where it has to be said.
    """
    units, count = each.dataset.roles.units, each.facts.units
    if units is None or count is None or count >= _enough(units):
        return
    text = (
        "{where}{n} clusters of {column} are few: intervals are wide where they differ in size, "
        "and too short where they differ in kind"
    )
    hint = "a finer column with --cluster has more of them, if its clusters do not depend on one another"
    if units.in_time:
        text = "{where}{n} times of {column} are few: intervals are too short where what is so at one time lasts"
        hint = "a finer column with --time has more of them"
    values = {
        "where": text_value(where),
        "n": count_value(count),
        "column": text_value(units.column),
    }
    yield notice("few-times" if units.in_time else "few-clusters", text, hint, **values)


def group_unit_notices(each: Evaluated, counts: Mapping[str, int | None], where: str = "") -> Iterator[Notice]:
    """Yield a notice where clusters or times are too few in groups of rows, and not so of all rows.

    Parameters
    ----------
    counts : mapping of str to int or None
        How many each group has; None where nobody counted.
    where : str
        The data set, where it has to be said.
    """
    units, whole = each.dataset.roles.units, each.facts.units
    if units is None or whole is None or whole < _enough(units):
        return
    few = [name for name, count in counts.items() if count is not None and count < _enough(units)]
    if few:
        groups, what = "1 group has" if len(few) == 1 else "{k} groups have", "times" if units.in_time else "clusters"
        text = f"{{where}}{groups} fewer than {_enough(units)} {what} of {{column}}"
        text += ": intervals may be too short there ({names})"
        values = {
            "where": text_value(where),
            "k": count_value(len(few)),
            "column": text_value(units.column),
            "names": first_named(few),
        }
        code = "few-times-in-groups" if units.in_time else "few-clusters-in-groups"
        yield notice(code, text, **values)


def _enough(units: Units) -> int:
    """Return how many clusters or times intervals need."""
    return FEW_TIMES if units.in_time else FEW_CLUSTERS


def neighbour_notice(what: str, values: dict[str, Value], correlation: float | None, n: int) -> Iterator[Notice]:
    """Yield a notice where a quantity is plainly alike in neighbouring rows.

    Parameters
    ----------
    what : str
        What is alike, with its verb: "errors are", with places for `values`.
    correlation : float or None
        Of each row with the next; None where it was not asked for, or does not exist.
    n : int
        Rows.
    """
    if correlation is None or not plainly_dependent(correlation, n):
        return
    text = (
        f"{what} alike in neighbouring rows (correlation {{r}}): if rows follow one another in time or come in groups, "
        "p is too small and intervals are too short"
    )
    told = {**values, "r": Value(kind=Kind.NUMBER, raw=float(f"{correlation:.2f}"))}
    hint = "--time COL takes rows in the order of time, --cluster COL those that belong together as one"
    yield notice("dependent-rows", text, hint, **told)
