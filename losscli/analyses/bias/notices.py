"""What to know before trusting a bias, beyond what is to be known of every evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from losscli.analyses.evaluation.dependence import group_unit_notices, neighbour_notice
from losscli.analyses.evaluation.heading import model_name
from losscli.engine.table.within import Group
from losscli.result import Notice, notice, text_value

if TYPE_CHECKING:
    from losscli.analyses.bias.biased import Biased


def further_notices(found: tuple[Biased, ...]) -> Iterator[Notice]:
    """Yield notices about rows that follow one another, groups of few clusters, and targets that are all equal."""
    several = len(found) > 1
    for each in found:
        for numbers in each.subjects:
            alone = not several and len(each.evaluated.models) == 1
            name = "" if alone else f"{model_name(each.evaluated, numbers.model, several=several)}: "
            values = {"where": text_value(name)}
            yield from neighbour_notice("{where}errors are", values, numbers.neighbours, each.evaluated.counts.n)
        where = f"{each.evaluated.dataset.source.label}: " if several else ""
        yield from group_unit_notices(each.evaluated, _units_of_groups(each), where)
        errors = [numbers.error for numbers in each.subjects if numbers.error is not None]
        if each.evaluated.counts.n > 1 and errors and errors[0].constant_target:
            text = "{where}all targets are equal: the bias is that at one value, and says nothing of others"
            yield notice("constant-target", text, where=text_value(where))


def _units_of_groups(each: Biased) -> dict[str, int | None]:
    """Return the clusters or times of each group that is told of by itself."""
    parts = each.subjects[0].groups or () if each.subjects else ()
    return {Group(columns=each.by, names=part.names).label: part.units for part in parts if not part.pooled}
