"""What to know before trusting a bias, beyond what is to be known of every evaluation."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from losscli.analyses.evaluation.dependence import group_unit_notices, neighbour_notice
from losscli.analyses.evaluation.heading import model_name
from losscli.arrays import Task
from losscli.engine.statistics.identification import MEAN
from losscli.engine.table.within import Group
from losscli.result import Notice, count_value, notice, text_value

if TYPE_CHECKING:
    from losscli.analyses.bias.biased import Biased, SubjectNumbers

# A mean of n rows has their skewness over √n. From here on 20 groups without bias raise a false alarm in 7 to 20 % of
# samples, not in 5 %: lognormal errors in 10 % of samples with groups of 100 rows, and in 19 % with groups of 30.
SKEWNESS_OF_MEAN = 0.5


def further_notices(found: tuple[Biased, ...], level: float | None) -> Iterator[Notice]:
    """Yield notices about rows that follow one another, groups of few rows or clusters, and targets that are equal."""
    several = len(found) > 1
    for each in found:
        for numbers in each.subjects:
            alone = not several and len(each.evaluated.models) == 1
            name = "" if alone else f"{model_name(each.evaluated, numbers.model, several=several)}: "
            values = {"where": text_value(name)}
            yield from neighbour_notice("{where}errors are", values, numbers.neighbours, each.evaluated.counts.n)
            yield from _few_skewed(each, numbers, name, level)
        where = f"{each.evaluated.dataset.source.label}: " if several else ""
        yield from group_unit_notices(each.evaluated, _units_of_groups(each), where)
        errors = [numbers.error for numbers in each.subjects if numbers.error is not None]
        if each.evaluated.counts.n > 1 and errors and errors[0].constant_target:
            text = "{where}all targets are equal: the bias is that at one value, and says nothing of others"
            yield notice("constant-target", text, where=text_value(where))


def _few_skewed(each: Biased, numbers: SubjectNumbers, name: str, level: float | None) -> Iterator[Notice]:
    """Yield a notice where groups or bins are called biased that have few rows for errors as skewed as all are."""
    error = numbers.model.facts.error
    skewness = None if error is None else error.skewness
    roles = each.evaluated.dataset.roles
    if skewness is None or level is None or each.wanted != MEAN or roles.task is not Task.REGRESSION or roles.units:
        return
    enough = math.ceil((skewness / SKEWNESS_OF_MEAN) ** 2)
    for parts, word in ((numbers.groups or (), "group"), (numbers.bins or (), "bin")):
        p_values = [part.p_adjusted for part in parts if part.n < enough and part.p_adjusted is not None]
        called = sum(p_value < 1 - level for p_value in p_values)
        if called:
            of = f"{{k}} {word}s" if called > 1 else f"1 {word}"
            text = (
                f"{{where}}errors are skewed: means of fewer than about {{enough}} of them stray further than their "
                f"intervals, and {of} of so few rows may be called biased by chance"
            )
            values = {"where": text_value(name), "k": count_value(called), "enough": count_value(_two_digits(enough))}
            yield notice(
                "few-skewed-rows",
                text,
                f"take larger {word}s, or see whether other rows of the same {word}s agree",
                **values,
            )


def _two_digits(number: int) -> int:
    return round(float(f"{number:.2g}"))


def _units_of_groups(each: Biased) -> dict[str, int | None]:
    """Return the clusters or times of each group that is told of by itself."""
    parts = each.subjects[0].groups or () if each.subjects else ()
    return {Group(columns=each.by, names=part.names).label: part.units for part in parts if not part.pooled}
