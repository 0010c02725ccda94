"""The change of a loss against a baseline on the same rows, with its interval."""

from __future__ import annotations

import math
from collections.abc import Hashable
from functools import partial
from typing import TYPE_CHECKING

from losscli.analyses.evaluation.heading import PAIRED
from losscli.analyses.evaluation.no_number import vanishes
from losscli.analyses.gate.judgement import Interval, Measured, no_interval
from losscli.engine.statistics.paired_inference import difference_interval, ratio, ratio_interval
from losscli.result import Kind

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated, ModelNumbers
    from losscli.analyses.evaluation.numbers import LossNumbers
    from losscli.analyses.gate.facts import RivalFacts
    from losscli.analyses.gate.tolerances import Tolerance
    from losscli.engine.statistics.paired import PairSummary
    from losscli.losses.bound import BoundLoss


def changes_of(
    evaluated: Evaluated,
    found: list[RivalFacts],
    losses: tuple[int, ...],
    tolerances: tuple[Tolerance, ...],
) -> tuple[Measured, ...]:
    """Return for each pair of models the relative change of each loss, with the tolerance as its limit.

    Parameters
    ----------
    losses : tuple of int
        The positions of the losses that are compared, among those of the evaluation.
    tolerances : tuple of Tolerance
        One for each of them.
    """
    models = evaluated.models
    return tuple(
        _measured(
            (models[facts.rivals.candidate], models[facts.rivals.baseline]),
            position,
            pair,
            tolerance,
            about=(facts.rivals, evaluated.asked[position].kernel.key),
            several=len(found) > 1,
        )
        for facts in found
        for position, pair, tolerance in zip(losses, facts.losses, tolerances, strict=True)
    )


def _measured(
    models: tuple[ModelNumbers, ModelNumbers],
    position: int,
    pair: PairSummary,
    tolerance: Tolerance,
    *,
    about: Hashable,
    several: bool,
) -> Measured:
    candidate, baseline = (model.losses[position] for model in models)
    names = models[0].name, models[1].name
    vanishing = any(vanishes(model, model.losses[position]) for model in models)
    bound = candidate.bound
    value, lacking = change_of(pair, bound), None
    if value is None:
        lacking = _why_no_change((candidate, baseline), names)
    return Measured(
        name=f"{names[0]}: {bound.label} against {names[1]}" if several else f"{bound.label} against {names[1]}",
        model=names[0],
        loss=bound.label,
        baseline=names[1],
        value=value,
        lacking=lacking,
        kind=Kind.SIGNED_FRACTION,
        # equal losses, both 0 for want of smaller numbers, may differ
        interval=no_interval if vanishing else partial(change_interval, pair, bound),
        operator=">",
        bound=tolerance.change,
        spelled=f"> {tolerance.spelled}",
        by_interval=True,
        n=pair.difference.n,
        about=about,
        law=PAIRED,
        values=(candidate.value, baseline.value),
        is_worse=partial(_is_worse, pair) if value is None and _rises_from_zero(pair) else None,
    )


def change_of(pair: PairSummary, bound: BoundLoss) -> float | None:
    """Return the relative change of the printed value, from −1 on; None for infinite rows and a baseline of 0."""
    if pair.difference.infinite or not pair.difference.n:
        return None
    if pair.identical:
        return 0.0
    if pair.baseline.mean > 0 and pair.candidate.mean == 0:
        return -1.0
    rising = ratio(pair, bound.loss.reduction)
    return None if rising is None else rising - 1


def change_interval(pair: PairSummary, bound: BoundLoss, level: float) -> Interval | None:
    """Return the ends of the interval of `change_of`, or None where there is none.

    Equal losses have not changed. Where the difference is the same on every row, it is taken as exact, if rows are
    independent and so many that the sign-flip test finds it; where the candidate has no loss, the paired t test says
    whether it has less.
    """
    change = change_of(pair, bound)
    if change is None or pair.difference.n < 2:
        return None
    of_difference = difference_interval(pair, level)
    if of_difference is None:
        return (change, change) if pair.identical or _differs_alike(pair, level) else None
    if pair.candidate.mean == 0:
        return (change, change) if of_difference[1] < 0 else None
    ends = ratio_interval(pair, level, bound.loss.reduction)
    return None if ends is None else (ends[0] - 1, ends[1] - 1)


def _differs_alike(pair: PairSummary, level: float) -> bool:
    """Return whether independent rows that all differ the same way are too many for that to be chance."""
    n = pair.difference.n
    return pair.difference.dependent is None and n in (pair.won, pair.lost) and math.ldexp(1.0, 1 - n) < 1 - level


def _rises_from_zero(pair: PairSummary) -> bool:
    """Return whether the candidate has a finite loss and the baseline none, so that the change has no size."""
    return not pair.difference.infinite and pair.difference.n > 0 and pair.baseline.mean == 0 < pair.candidate.mean


def _is_worse(pair: PairSummary, level: float) -> bool:
    """Return whether the candidate's loss is larger than the baseline's at a level, whatever their ratio."""
    of_difference = difference_interval(pair, level)
    return _differs_alike(pair, level) if of_difference is None else of_difference[0] > 0


def _why_no_change(numbers: tuple[LossNumbers, LossNumbers], names: tuple[str, str]) -> str:
    """Return why candidate and baseline have no relative change."""
    for each, name in zip(numbers, names, strict=True):
        if (lacking := why_no_value(each)) is not None:
            return f"of {name} {lacking}"
    return f"the loss of {names[1]} is 0, and nothing can be relative to it"


def why_no_value(numbers: LossNumbers) -> str | None:
    """Return why a loss has no finite value, None where it has one."""
    if numbers.infinite:
        return f"it is infinite in {numbers.infinite} row{'s' if numbers.infinite > 1 else ''}"
    if numbers.value is None and numbers.n:
        return "it leaves the range of numbers"
    if numbers.value is None:
        return "every row is left out" if numbers.skipped else "rows lie outside its domain"
    return None
