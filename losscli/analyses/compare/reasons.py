"""Why losses name different winners: whether they agree without the outlying rows.

It is asked only where they differ, by further folds over the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from losscli.analyses.compare.winners import Winner, least_of
from losscli.engine.evaluation import outliers_of
from losscli.engine.flags import Flag, FlaggedTotals
from losscli.engine.quantity import LossValue
from losscli.engine.question import Question, ask, together

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.engine.evaluation import Inquiry

# What is left of a sum without some of its terms is known to three digits from this share on: rounding is 1e-15 of it.
LEAST_LEFT = 1e-12


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """What becomes of the winners without what may have made them differ.

    Attributes
    ----------
    rules
        The rules that rows are judged to be outlying by.
    contenders
        The models that have the least value of some loss, in their order.
    outlying
        Rows that are outlying for any of these.
    without_outliers
        For each winner the model with the least value without these rows; None where several share it, where no row is
        outlying, and where hardly anything is left without them.
    """

    rules: frozenset[str]
    contenders: tuple[int, ...]
    outlying: int
    without_outliers: tuple[int | None, ...]


def differ(winners: Sequence[Winner]) -> bool:
    """Return whether different models have the least value of different losses."""
    return len({winner.model for winner in winners if winner.model is not None}) > 1


def reasons_of(inquiry: Inquiry, evaluated: Evaluated, winners: Sequence[Winner]) -> Question[Reasons]:
    """Return which models would win without the rows that are outlying for the contenders."""
    contenders = tuple(sorted({winner.model for winner in winners if winner.model is not None}))
    outliers = yield from together([outliers_of(inquiry, model, ()) for model in contenders])
    flags = tuple(dict.fromkeys(each.flag for each in outliers if each is not None and each.flag is not None))
    outlying, without = yield from _without_outliers(evaluated, winners, flags) if flags else _nothing(winners)
    return Reasons(
        rules=frozenset(each.rule for each in outliers if each is not None and each.rule is not None),
        contenders=contenders,
        outlying=outlying,
        without_outliers=without,
    )


def _without_outliers(
    evaluated: Evaluated, winners: Sequence[Winner], flags: tuple[Flag, ...]
) -> Question[tuple[int, tuple[int | None, ...]]]:
    """Return how many rows are flagged, and the winner by each loss of the others."""
    models = range(len(evaluated.models))
    kernels = [evaluated.asked[winner.loss].kernel for winner in winners]
    flagged = yield from ask(FlaggedTotals(flags, tuple(LossValue(kernel, at) for kernel in kernels for at in models)))
    if not flagged.n:
        return (yield from _nothing(winners))
    held = iter(flagged.totals)
    left = tuple(_least_without(evaluated, winner, [next(held) for _ in models]) for winner in winners)
    return flagged.n, left


def _nothing(winners: Sequence[Winner]) -> Question[tuple[int, tuple[int | None, ...]]]:
    yield from ()
    return 0, (None,) * len(winners)


def _least_without(evaluated: Evaluated, winner: Winner, held: Sequence[float]) -> int | None:
    """Return the model with the least value without rows that hold so much of each model's loss."""
    left: dict[int, float] = {}
    for model, (numbers, less) in enumerate(zip(evaluated.models, held, strict=True)):
        summary = numbers.facts.losses[winner.loss].summary
        if summary is None or summary.infinite:
            return None
        total = summary.mean * summary.weight
        left[model] = total - less
        if left[model] < LEAST_LEFT * total:
            return None
    return least_of(left)
