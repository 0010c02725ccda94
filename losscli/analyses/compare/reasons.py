"""Why losses name different winners: whether they agree without the outlying rows, or without each model's bias.

It is asked only where they differ, by further folds over the rows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from losscli.analyses.compare.winners import Winner, least_of
from losscli.arrays import Task
from losscli.engine.folds.accumulate import Total
from losscli.engine.folds.quantity import LossValue
from losscli.engine.folds.question import Question, ask, both, together
from losscli.engine.statistics.evaluation import outliers_of
from losscli.engine.statistics.flags import Flag, FlaggedTotals
from losscli.engine.statistics.pulled import ShiftedLoss

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.engine.statistics.inquiry import Inquiry
    from losscli.losses.bound import BoundKernel

# What is left of a sum without some of its terms is known to three digits from this share on: rounding is 1e-15 of it.
LEAST_LEFT = 1e-12
# Models that differ by a shift have equal losses without it, but for this share: rounding of predictions and of sums.
SAME_LOSS = 1e-9

Winning: TypeAlias = "tuple[int | None, ...]"


class Reasons(Struct, frozen=True, kw_only=True):
    """What becomes of the winners without what may have made them differ.

    Attributes
    ----------
    rules
        The rules that rows are judged to be outlying by.
    contenders, biases
        The models that have the least value of some loss, in their order, and the mean error of each; no mean errors
        but in regression.
    outlying
        Rows that are outlying for any of these.
    winners
        Those with all rows, as they are, that are one model's.
    without_outliers
        For each winner the model with the least value without the outlying rows; None where several share it, where no
        row is outlying, and where hardly anything is left without them.
    without_bias
        For each winner the contender with the least value once the mean error of each is taken off its predictions;
        None where several share it, where a loss is not defined then, and but in regression.
    alike_without_bias
        Whether all of these share each value.
    """

    rules: frozenset[str]
    contenders: tuple[int, ...]
    biases: tuple[float, ...]
    outlying: int
    winners: tuple[Winner, ...]
    without_outliers: Winning
    without_bias: Winning
    alike_without_bias: bool

    @property
    def outliers_explain(self) -> bool:
        """Whether all losses agree on one model without the outlying rows."""
        return _agree(self._told(self.without_outliers))

    @property
    def bias_explains(self) -> bool:
        """Whether all losses agree on one model, or on none, without the bias of each."""
        return self.alike_without_bias or _agree(self._told(self.without_bias))

    @property
    def outliers_change_nothing(self) -> bool:
        """Whether each loss has the same winner without the outlying rows."""
        return self._told(self.without_outliers) == [
            winner.model for winner in self.winners if winner.model is not None
        ]

    @property
    def bias_changes_nothing(self) -> bool:
        """Whether each loss has the same winner without the bias of each model."""
        return self._told(self.without_bias) == [winner.model for winner in self.winners if winner.model is not None]

    def _told(self, models: Winning) -> list[int | None]:
        """Return the models for the losses that have one winner."""
        return [model for model, winner in zip(models, self.winners, strict=True) if winner.model is not None]


def _agree(models: Sequence[int | None]) -> bool:
    return None not in models and len(set(models)) == 1


def differ(winners: Sequence[Winner]) -> bool:
    """Return whether different models have the least value of different losses."""
    return len({winner.model for winner in winners if winner.model is not None}) > 1


def reasons_of(inquiry: Inquiry, evaluated: Evaluated, winners: tuple[Winner, ...]) -> Question[Reasons]:
    """Return which models would win without the rows that are outlying for the contenders, and without their bias."""
    contenders = tuple(sorted({winner.model for winner in winners if winner.model is not None}))
    outliers, unbiased = yield from both(
        together([outliers_of(inquiry, model, ()) for model in contenders]),
        _without_bias(inquiry, evaluated, winners, contenders),
    )
    flags = tuple(dict.fromkeys(each.flag for each in outliers if each is not None and each.flag is not None))
    outlying, without = yield from _without_outliers(evaluated, winners, flags)
    biases, means = unbiased
    least = tuple(_least_but_for_rounding(each) for each in means)
    return Reasons(
        rules=frozenset(each.rule for each in outliers if each is not None and each.rule is not None),
        contenders=contenders,
        biases=biases,
        outlying=outlying,
        winners=winners,
        without_outliers=without,
        without_bias=least if means else (None,) * len(winners),
        alike_without_bias=bool(means) and all(_alike(list(each.values())) for each in means),
    )


def _without_bias(
    inquiry: Inquiry, evaluated: Evaluated, winners: Sequence[Winner], contenders: tuple[int, ...]
) -> Question[tuple[tuple[float, ...], list[dict[int, float]]]]:
    """Return the mean errors, and for each winner's loss the contenders' means without these."""
    errors = [evaluated.models[model].bias for model in contenders]
    biases = tuple(error.mbe for error in errors if error is not None)
    if inquiry.roles.task is not Task.REGRESSION or len(biases) < len(contenders):
        return (), []
    kernels = [evaluated.asked[winner.loss].kernel for winner in winners]
    means = yield from together([_shifted_means(kernel, contenders, biases) for kernel in kernels])
    return biases, means


def _shifted_means(
    kernel: BoundKernel, contenders: tuple[int, ...], biases: tuple[float, ...]
) -> Question[dict[int, float]]:
    """Return the mean loss of each contender with its mean error taken off its predictions."""
    shifted = zip(contenders, biases, strict=True)
    totals = yield from together([ask(Total(ShiftedLoss(kernel, model, -bias))) for model, bias in shifted])
    return {model: total / weight for model, (weight, total) in zip(contenders, totals, strict=True)}


def _least_but_for_rounding(values: Mapping[int, float]) -> int | None:
    """Return the model with the least value; None where it is infinite or several share it but for rounding."""
    least = least_of(values)
    if least is None or not math.isfinite(values[least]):
        return None
    others = [value for model, value in values.items() if model != least]
    return None if any(_alike([values[least], other]) for other in others) else least


def _alike(values: Sequence[float]) -> bool:
    return all(math.isclose(value, values[0], rel_tol=SAME_LOSS) for value in values)


def _without_outliers(
    evaluated: Evaluated, winners: Sequence[Winner], flags: tuple[Flag, ...]
) -> Question[tuple[int, Winning]]:
    """Return how many rows are flagged, and the winner by each loss of the others."""
    if not flags:
        return 0, (None,) * len(winners)
    models = range(len(evaluated.models))
    kernels = [evaluated.asked[winner.loss].kernel for winner in winners]
    flagged = yield from ask(FlaggedTotals(flags, tuple(LossValue(kernel, at) for kernel in kernels for at in models)))
    if not flagged.n:
        return 0, (None,) * len(winners)
    held = iter(flagged.totals)
    left = tuple(_least_without(evaluated, winner, [next(held) for _ in models]) for winner in winners)
    return flagged.n, left


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
