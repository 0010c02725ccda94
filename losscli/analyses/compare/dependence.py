"""Notices about rows that may not be independent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from losscli.analyses.compare.facts import first_ranking
from losscli.engine.dependent import plainly_dependent
from losscli.result import Kind, Notice, Sentence, Value

if TYPE_CHECKING:
    from losscli.analyses.compare.facts import Contested
    from losscli.analyses.evaluation.evaluated import Evaluated


def dependence_notices(evaluated: Evaluated, contested: Contested, order: tuple[int, ...]) -> Iterator[Notice]:
    """Yield a notice for each candidate whose differences from the baseline are plainly alike in neighbouring rows."""
    loss = first_ranking(evaluated.asked)
    if loss is None:
        return
    names = [evaluated.models[model].name for model in order]
    for candidate, correlation in zip(names[1:], contested.neighbours, strict=True):
        if correlation is None or not plainly_dependent(correlation, evaluated.counts.n):
            continue
        text = (
            "{loss} of {candidate} and {baseline} differs alike in neighbouring rows (correlation {r}): if rows follow "
            "one another in time or come in groups, p is too small and intervals are too short"
        )
        values = {
            "loss": Value(kind=Kind.TEXT, raw=evaluated.asked[loss].bound.label),
            "candidate": Value(kind=Kind.TEXT, raw=candidate),
            "baseline": Value(kind=Kind.TEXT, raw=names[0]),
            "r": Value(kind=Kind.NUMBER, raw=float(f"{correlation:.2f}")),
        }
        yield Notice(code="dependent-rows", message=Sentence(text=text, values=values))
