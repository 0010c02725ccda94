"""Notices about rows that may not be independent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from losscli.analyses.evaluation.dependence import neighbour_notice
from losscli.engine.statistics.inquiry import first_ranking
from losscli.result import text_value

if TYPE_CHECKING:
    from losscli.analyses.compare.facts import Contested
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.result import Notice


def dependence_notices(evaluated: Evaluated, contested: Contested, order: tuple[int, ...]) -> Iterator[Notice]:
    """Yield a notice for each candidate whose differences from the baseline are plainly alike in neighbouring rows."""
    loss = first_ranking(evaluated.asked)
    if loss is None:
        return
    names = [evaluated.models[model].name for model in order]
    for candidate, correlation in zip(names[1:], contested.neighbours, strict=False):
        values = {
            "loss": text_value(evaluated.asked[loss].bound.label),
            "candidate": text_value(candidate),
            "baseline": text_value(names[0]),
        }
        what = "{loss} of {candidate} and {baseline} differs"
        yield from neighbour_notice(what, values, correlation, evaluated.counts.n)
