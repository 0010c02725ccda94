"""From the facts of the rows to the comparison of losses and of models."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from losscli.analyses.evaluation.no_number import vanishes
from losscli.analyses.evaluation.numbers import rows_rested_on, share_held, shared_total
from losscli.engine.statistics.multiple import benjamini_hochberg, holm
from losscli.engine.statistics.paired_inference import (
    difference_interval,
    difference_p_value,
    ratio,
    ratio_interval,
)

if TYPE_CHECKING:
    from losscli.analyses.compare.facts import Concentration, Contested
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.analyses.evaluation.numbers import LossNumbers
    from losscli.engine.folds.summary import Summary
    from losscli.engine.statistics.paired import PairSummary
    from losscli.losses.bound import BoundLoss

Interval = tuple[float, float]


class Verdict(StrEnum):
    """What a comparison with the baseline says of the candidate."""

    BETTER = "better"
    WORSE = "worse"
    INDISTINGUISHABLE = "indistinguishable"
    IDENTICAL = "identical"


class Correction(StrEnum):
    """How p-values of many comparisons are adjusted."""

    BENJAMINI_HOCHBERG = "bh"
    HOLM = "holm"
    NONE = "none"


class Spread(Struct, frozen=True, kw_only=True):
    """How a loss is spread over the rows: the share that the top 1 % hold, and the effective number of rows.

    `top_share` is None where no row lies above the quantile: in fewer than 100 rows, or where the largest are equal. It
    is not asked for where several models are compared.
    """

    top_share: float | None
    effective_n: float | None


class Comparison(Struct, frozen=True, kw_only=True):
    """One loss of a candidate against the baseline; what does not exist is None.

    Attributes
    ----------
    candidate
        Position of the candidate among the models.
    difference, interval
        Candidate's per-row mean loss minus baseline's, and its paired interval.
    ratio, ratio_interval
        Candidate's printed value over baseline's, and its paired interval.
    p_value, p_adjusted
        Of the hypothesis that both mean losses are equal, and after the correction for all comparisons.
    test
        The test that the p-value comes from.
    won, tied
        Shares of the rows, by weight, on which the candidate's loss is smaller, and on which both are equal; None where
        a loss is infinite.
    verdict
        None where a loss is infinite, so that there is nothing to test.
    """

    loss: int
    candidate: int
    difference: float | None
    interval: Interval | None
    ratio: float | None
    ratio_interval: Interval | None
    p_value: float | None
    p_adjusted: float | None
    test: str
    won: float | None
    tied: float | None
    verdict: Verdict | None


def spread_of(numbers: LossNumbers, summary: Summary | None, concentration: Concentration | None) -> Spread:
    """Return how a loss is spread over the rows; None for signed losses, infinite ones and those that are all 0."""
    total = shared_total(numbers.bound, summary)
    if concentration is None or total is None:
        return Spread(top_share=None, effective_n=None)
    rows, held = concentration.top or (0, 0.0)
    return Spread(
        top_share=share_held(held, total) if rows else None, effective_n=rows_rested_on(total, concentration.squares)
    )


def comparisons_of(
    evaluated: Evaluated,
    contested: Contested,
    order: tuple[int, ...],
    exact: Mapping[tuple[int, int], float],
    *,
    level: float,
) -> tuple[Comparison, ...]:
    """Return every candidate against the baseline (the first of `order`) by every loss, p-values not adjusted yet.

    Parameters
    ----------
    exact : mapping of (loss, candidate) to float
        P-values of the sign-flip test, which stand in for those of the paired t test where rows are few.
    """
    found = [
        _comparison(
            asked.bound, (position, candidate), None if standings is None else standings.pairs[rank], exact, level
        )
        for position, (asked, standings) in enumerate(zip(evaluated.asked, contested.standings, strict=True))
        for rank, candidate in enumerate(order[1:])
    ]
    found = [
        replace(each, verdict=Verdict.INDISTINGUISHABLE, won=None, tied=None)
        if each.verdict is Verdict.IDENTICAL and _vanishes(evaluated, each.loss, (order[0], each.candidate))
        else each
        for each in found
    ]
    units = evaluated.dataset.roles.units
    if units is not None:
        name = "paired fixed-b" if units.in_time else "paired t by clusters"
        found = [replace(each, test=name) if each.test else each for each in found]
    return tuple(found)


def adjusted(
    found: Sequence[tuple[Evaluated, tuple[Comparison, ...]]], *, level: float, correction: Correction
) -> list[tuple[Comparison, ...]]:
    """Return the comparisons of several sets of rows, their p-values adjusted all together, and what they say."""
    # mse, rmse and sse are one comparison of the same rows, not three
    keys = [
        [(at, evaluated.asked[each.loss].kernel.key, each.candidate) for each in comparisons]
        for at, (evaluated, comparisons) in enumerate(found)
    ]
    once = {
        key: each.p_value
        for (_, comparisons), own in zip(found, keys, strict=True)
        for key, each in zip(own, comparisons, strict=True)
    }
    p_values = dict(zip(once, _ADJUST[correction](list(once.values())), strict=True))
    return [
        tuple(_judged(each, p_values[key], 1 - level) for key, each in zip(own, comparisons, strict=True))
        for (_, comparisons), own in zip(found, keys, strict=True)
    ]


def count_of_comparisons(evaluated: Evaluated, comparisons: tuple[Comparison, ...]) -> int:
    """Return how many different comparisons have a p-value."""
    return len({
        (evaluated.asked[each.loss].kernel.key, each.candidate) for each in comparisons if each.p_value is not None
    })  # fmt: skip


_ADJUST: dict[Correction, Callable[[Sequence[float | None]], list[float | None]]] = {
    Correction.BENJAMINI_HOCHBERG: benjamini_hochberg,
    Correction.HOLM: holm,
    Correction.NONE: list,
}


def _comparison(
    bound: BoundLoss,
    place: tuple[int, int],
    pair: PairSummary | None,
    exact: Mapping[tuple[int, int], float],
    level: float,
) -> Comparison:
    loss, candidate = place
    if pair is None or not pair.difference.n:
        return Comparison(
            loss=loss, candidate=candidate, difference=None, interval=None, ratio=None, ratio_interval=None,
            p_value=None, p_adjusted=None, test="", won=None, tied=None, verdict=None,
        )  # fmt: skip
    reduction = bound.loss.reduction
    flips = place in exact and not pair.identical
    p_value, test = (exact[place], "sign-flip") if flips else _tested(pair)
    undecided = None if pair.difference.infinite else Verdict.INDISTINGUISHABLE
    return Comparison(
        loss=loss,
        candidate=candidate,
        difference=None if pair.difference.infinite else pair.difference.mean,
        interval=difference_interval(pair, level),
        ratio=ratio(pair, reduction),
        ratio_interval=ratio_interval(pair, level, reduction),
        p_value=p_value,
        p_adjusted=None,
        test=test,
        won=None if pair.difference.infinite else pair.share_won,
        tied=None if pair.difference.infinite else pair.share_tied,
        verdict=Verdict.IDENTICAL if pair.identical else undecided,
    )


def _vanishes(evaluated: Evaluated, loss: int, pair: tuple[int, int]) -> bool:
    """Return whether two models have a loss of 0 for want of smaller numbers, so that theirs may differ."""
    return any(vanishes(model, model.losses[loss]) for model in (evaluated.models[position] for position in pair))


def _tested(pair: PairSummary) -> tuple[float | None, str]:
    """Return the p-value that both mean losses are equal, and the test that it comes from."""
    p_value = difference_p_value(pair)
    n = pair.difference.n
    by_row = pair.difference.dependent is None
    if p_value is None and by_row and not pair.difference.infinite and n in (pair.won, pair.lost):
        # one difference on every row leaves Student's test no spread; of all signs, only two are as far from 0
        return math.ldexp(1.0, 1 - n), "sign-flip"
    return p_value, "paired t"


def _judged(comparison: Comparison, p_adjusted: float | None, alpha: float) -> Comparison:
    difference = comparison.difference
    if p_adjusted is None or difference is None or p_adjusted >= alpha:
        return replace(comparison, p_adjusted=p_adjusted)
    verdict = Verdict.BETTER if difference < 0 else Verdict.WORSE
    return replace(comparison, p_adjusted=p_adjusted, verdict=verdict)
