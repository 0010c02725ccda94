"""The change of a loss against a saved value of it, without pairing: both intervals count."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from losscli.analyses.gate.changes import why_no_value
from losscli.analyses.gate.judgement import Interval, Measured
from losscli.analyses.gate.measures import interval_of_loss
from losscli.analyses.gate.saved import Saved, SavedLoss, loss_key
from losscli.engine.folds.estimate import Student
from losscli.errors import InputError
from losscli.result import Kind
from losscli.text import quoted

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated, ModelNumbers
    from losscli.analyses.gate.tolerances import Tolerance
    from losscli.engine.folds.estimate import Law
    from losscli.engine.folds.summary import Summary

# What the interval of a change comes from, as the last line names it.
UNPAIRED = "unpaired (MOVER)"


def saved_changes(
    saved: Saved,
    evaluated: Evaluated,
    losses: tuple[int, ...],
    tolerances: tuple[Tolerance, ...],
) -> tuple[tuple[Measured, ...], bool]:
    """Return the change of each loss of each model against the saved one, and whether none has changed at all.

    Raises
    ------
    InputError
        The saved answer holds no such model or loss, or no interval of it.
    """
    measured = []
    same = saved.n == evaluated.counts.n
    for model in evaluated.models:
        held = _model(saved, model.name)
        for position, tolerance in zip(losses, tolerances, strict=True):
            numbers = model.losses[position]
            baseline = held.get(loss_key(numbers.bound.loss.name, numbers.bound.plain_params))
            if baseline is None:
                wanted = ",".join(evaluated.asked[each].bound.label for each in losses)
                raise InputError(
                    f"{saved.label} holds no {numbers.bound.label}", f"write it anew with --losses {wanted}"
                )
            same = same and baseline.value == numbers.value
            measured.append(_measured((saved, baseline), evaluated, model, position, tolerance))
    return tuple(measured), same


def _model(saved: Saved, name: str) -> Mapping[str, SavedLoss]:
    if len(saved.models) == 1:
        return next(iter(saved.models.values()))
    if name not in saved.models:
        listed = ", ".join(map(quoted, saved.models))
        raise InputError(f"{saved.label} holds no model {quoted(name)}", f"its models are {listed}; --pred chooses")
    return saved.models[name]


def _measured(
    held: tuple[Saved, SavedLoss], evaluated: Evaluated, model: ModelNumbers, position: int, tolerance: Tolerance
) -> Measured:
    saved, baseline = held
    numbers, summary = model.losses[position], model.facts.losses[position].summary
    several = len(evaluated.models) > 1
    # the saved rows have as many clusters or times, and weights as uneven, as far as can be known
    counted = replace(baseline, n=evaluated.facts.units or baseline.n)
    stretch = partial(_stretch, _law(counted, evaluated, summary), saved.level)
    interval = partial(interval_of_loss, evaluated, numbers.bound, summary)
    label, value, lacking, is_worse = numbers.bound.label, None, why_no_value(numbers), None
    if lacking is not None:
        lacking = f"of {model.name} {lacking}"
    elif baseline.value is None or not math.isfinite(baseline.value):
        lacking = f"{saved.label} holds no finite value"
    elif baseline.value == 0 == numbers.value:
        value = 0.0
    elif baseline.value <= 0:
        if baseline.value == 0:
            is_worse = partial(_is_above_none, stretch, counted, numbers.value, interval)
        lacking = f"the loss of {saved.name} is 0, and nothing can be relative to it"
    elif numbers.value is not None:
        value = numbers.value / baseline.value - 1
    return Measured(
        name=f"{model.name}: {label} against {saved.name}" if several else f"{label} against {saved.name}",
        model=model.name,
        loss=label,
        baseline=saved.name,
        value=value,
        lacking=lacking,
        kind=Kind.SIGNED_FRACTION,
        interval=partial(_unpaired_interval, stretch, counted, numbers.value, interval),
        operator=">",
        bound=tolerance.change,
        spelled=f"> {tolerance.spelled}",
        by_interval=True,
        n=numbers.n,
        about=(model.name, evaluated.asked[position].kernel.key),
        law=UNPAIRED,
        values=(numbers.value, baseline.value),
        is_worse=is_worse,
    )


def _is_above_none(
    stretch: Callable[[float], float],
    baseline: SavedLoss,
    value: float | None,
    interval: Callable[[float], Interval | None],
    level: float,
) -> bool:
    """Return whether a loss is surely above a saved one of 0, by the interval of their difference (MOVER)."""
    ends = interval(level)
    if ends is None or value is None:
        return False
    above = 0.0  # of rows without loss only a rate has an interval
    if baseline.ci is not None and baseline.n > 1:
        above = stretch(level) * baseline.ci[1]
    return value > math.hypot(value - ends[0], above)


def _unpaired_interval(
    stretch: Callable[[float], float],
    baseline: SavedLoss,
    value: float | None,
    interval: Callable[[float], Interval | None],
    level: float,
) -> Interval | None:
    """Return the interval of the relative change from the intervals of both, or None where one is lacking.

    On the log scale each end adds the squares of the distances of the two values from their ends (MOVER); the saved
    distances are brought to `level` by the ratio of the quantiles of their law.

    Source
    ------
    G. Y. Zou & A. Donner (2008), Construction of confidence limits about effect measures, Statist. Med. 27, 1693–1702.
    """
    ends = interval(level)
    if ends is None or baseline.ci is None or baseline.n < 2:
        return None
    if not value or not baseline.value:
        return None  # of what is 0 there is no ratio and no logarithm
    longer = stretch(level)
    change = _log(value) - _log(baseline.value)
    below = math.hypot(_log(value) - _log(ends[0]), longer * (_log(baseline.ci[1]) - _log(baseline.value)))
    above = math.hypot(_log(ends[1]) - _log(value), longer * (_log(baseline.value) - _log(baseline.ci[0])))
    low, high = math.expm1(change - below), math.inf if above > _HUGE else math.expm1(change + above)
    return low, high


def _law(baseline: SavedLoss, evaluated: Evaluated, summary: Summary | None) -> Law:
    """Return the law of the saved mean: that of the candidate's where it is not of the number of rows alone."""
    roles = evaluated.dataset.roles
    alone = roles.weight is None and roles.units is None
    return Student(max(baseline.n - 1, 1)) if alone or summary is None or summary.n < 2 else summary.law


def _stretch(law: Law, saved_level: float, level: float) -> float:
    """Return how much longer an interval is at another level, by the ratio of the quantiles of its law."""
    return law.critical(level) / law.critical(saved_level)


_HUGE = 500.0  # logarithm of a change that is infinite for all purposes


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf
