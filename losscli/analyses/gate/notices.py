"""What a reader should know before trusting a gate: that it is open, unpaired, of few rows or of dependent ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from losscli.analyses.evaluation import notices
from losscli.analyses.evaluation.dependence import group_unit_notices, neighbour_notice
from losscli.analyses.evaluation.groups import first_named
from losscli.result import Notice, Status, count_value, notice, text_value

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.analyses.gate.facts import RivalFacts
    from losscli.analyses.gate.gated import Gated

# Below so many rows intervals of changes are too short where errors have heavy tails.
FEW_ROWS = 30


def notices_of(gated: Gated, *, level: float | None) -> tuple[Notice, ...]:
    """Return what a reader should know before trusting the exit code."""
    return (*_own_notices(gated), *notices.notices_of(gated.evaluated, spelled=None, level=level))


def _own_notices(gated: Gated) -> Iterator[Notice]:
    open_ = gated.count(Status.INCONCLUSIVE)
    if open_:
        text = "{k} checks are inconclusive" if open_ > 1 else "1 check is inconclusive"
        hint = None if gated.fail_inconclusive else "--fail-inconclusive ends with exit code 4, --non-inferior with 1"
        yield notice("inconclusive", f"{text}: these rows do not decide", hint, k=count_value(open_))
    if gated.saved is not None:
        text = (
            "{baseline} holds values, not predictions: the comparison is unpaired and weaker, since noise that both "
            "models share does not cancel, and that the rows are the same cannot be checked"
        )
        hint = "--baseline with the file of predictions pairs the rows"
        yield notice("unpaired", text, hint, baseline=text_value(gated.saved.label))
        n = gated.evaluated[0].counts.n
        if gated.saved.n != n:
            text = "{baseline} comes from {theirs} rows, the candidate from {ours}"
            counts = {"theirs": count_value(gated.saved.n), "ours": count_value(n)}
            yield notice("other-rows", text, None, baseline=text_value(gated.saved.label), **counts)
    yield from gated.dependent
    for name in gated.same:
        yield notice(
            "same-predictions", "{name}: all predictions are those of the baseline", None, name=text_value(name)
        )
    yield from _few_rows(gated)
    in_groups = [each.measured for each in gated.checks if each.measured.by_interval]
    units = {each.group.label: each.units for each in in_groups if each.group is not None}
    yield from group_unit_notices(gated.evaluated[0], units)
    for limit in gated.limits:
        if limit.is_upside_down:
            text = "{limit} fails where the value is good: --fail-if names what must not be"
            yield notice("upside-down", text, None, limit=text_value(f"{limit.name} {limit.spelled}"))


def _few_rows(gated: Gated) -> Iterator[Notice]:
    """Yield that intervals of changes come from few rows, of all or of some groups."""
    changes = [check.measured for check in gated.checks if check.measured.baseline and check.measured.n]
    fewest = min((measured.n for measured in changes if measured.group is None), default=FEW_ROWS)
    if fewest < FEW_ROWS:
        text = f"{'1 row is' if fewest == 1 else '{n} rows are'} few: intervals of changes may be too short"
        yield notice("few-rows", text, None, n=count_value(fewest))
    small = dict.fromkeys(each.group.label for each in changes if each.group is not None and each.n < FEW_ROWS)
    if small:
        groups = "1 group has" if len(small) == 1 else "{k} groups have"
        text = f"{groups} fewer than {FEW_ROWS} rows: intervals of changes may be too short there ({{names}})"
        yield notice("small-groups", text, None, k=count_value(len(small)), names=first_named(list(small)))


def dependence_notices(evaluated: Evaluated, found: list[RivalFacts]) -> Iterator[Notice]:
    """Yield a notice for each pair of models whose losses differ plainly alike in neighbouring rows."""
    names = [model.name for model in evaluated.models]
    for each in found:
        values = {
            "loss": text_value(evaluated.asked[0].bound.label),
            "candidate": text_value(names[each.rivals.candidate]),
            "baseline": text_value(names[each.rivals.baseline]),
        }
        what = "{loss} of {candidate} and {baseline} differs"
        yield from neighbour_notice(what, values, each.neighbours, evaluated.counts.n)
