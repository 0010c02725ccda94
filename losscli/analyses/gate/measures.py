"""The values that limits are set to: losses, skill, bias and outliers of every candidate."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from losscli.analyses.evaluation.bias_words import OUT_OF_RANGE
from losscli.analyses.evaluation.heading import PAIRED, law_of
from losscli.analyses.evaluation.numbers import bias_numbers
from losscli.analyses.gate.changes import why_no_value
from losscli.analyses.gate.facts import beside_constant
from losscli.analyses.gate.judgement import Interval, Measured, no_interval
from losscli.analyses.gate.limits import Quantity
from losscli.arrays import Task
from losscli.engine.statistics.inference import loss_interval
from losscli.engine.statistics.paired_inference import ratio_interval
from losscli.errors import UsageError
from losscli.result import Kind

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated, ModelNumbers
    from losscli.analyses.gate.limits import Limit
    from losscli.engine.folds.summary import Summary
    from losscli.engine.statistics.paired import PairSummary
    from losscli.losses.bound import BoundLoss


def measures_of(
    evaluated: Evaluated, model: int, name: str, limits: tuple[Limit, ...], *, confident: bool, several: bool
) -> Iterator[Measured]:
    """Yield what the limits say of one model, or of each of its classes.

    Parameters
    ----------
    name : str
        What the model is called.
    confident : bool
        Whether intervals decide; of outliers there is none.
    several : bool
        Whether other models are judged too, so that each is named.

    Raises
    ------
    UsageError
        A limit on outliers where they are a fixed share of the rows.
    """
    found = evaluated.models[model]
    for limit in limits:
        lead = f"{name}: " if several else ""
        match limit.quantity:
            case Quantity.LOSS:
                yield _loss(evaluated, found, limit, (name, lead), confident=confident)
            case Quantity.SKILL:
                yield _skill(evaluated, model, limit, (name, lead), confident=confident)
            case Quantity.BIAS | Quantity.ABSOLUTE_BIAS:
                yield from _bias(evaluated, found, limit, (name, lead), confident=confident)
            case Quantity.OUTLIERS:
                yield _outliers(evaluated, found, limit, (name, lead))


def _position(evaluated: Evaluated, limit: Limit) -> int:
    signatures = [asked.bound.signature for asked in evaluated.asked]
    return signatures.index(limit.loss.signature) if limit.loss else -1


def _loss(
    evaluated: Evaluated, found: ModelNumbers, limit: Limit, names: tuple[str, str], *, confident: bool
) -> Measured:
    position = _position(evaluated, limit)
    numbers, summary = found.losses[position], found.facts.losses[position].summary
    return _measured(
        limit,
        names,
        value=numbers.value,
        lacking=why_no_value(numbers),
        kind=Kind.FRACTION if limit.percent else Kind.NUMBER,
        interval=partial(interval_of_loss, evaluated, numbers.bound, summary),
        law=law_of(evaluated, evaluated.asked[position]),
        by_interval=confident,
        n=numbers.n,
        about=("loss", evaluated.asked[position].kernel.key),
    )


def interval_of_loss(evaluated: Evaluated, bound: BoundLoss, summary: Summary | None, level: float) -> Interval | None:
    """Return the interval of a loss of a model; None where the loss or the interval does not exist."""
    return None if summary is None else loss_interval(bound, summary, level, evaluated.facts.effective_n)


def _skill(evaluated: Evaluated, model: int, limit: Limit, names: tuple[str, str], *, confident: bool) -> Measured:
    position = _position(evaluated, limit)
    numbers = evaluated.models[model].losses[position]
    lacking = None
    if numbers.skill is None:
        lacking = why_no_value(numbers) or "the best constant prediction has no loss to compare with"
    pair = None
    summary = evaluated.models[model].facts.losses[position].summary
    if confident and numbers.skill is not None and numbers.constant is not None and summary is not None:
        question = beside_constant(evaluated.asked[position], model, numbers.constant, summary)
        pair = evaluated.dataset.rows.answer(question)
    return _measured(
        limit,
        names,
        value=numbers.skill,
        lacking=lacking,
        kind=Kind.FRACTION,
        interval=partial(_skill_interval, numbers.bound, pair),
        law=PAIRED if confident else "",
        by_interval=confident,
        n=numbers.n,
        about=("skill", evaluated.asked[position].kernel.key),
    )


def _skill_interval(bound: BoundLoss, pair: PairSummary | None, level: float) -> Interval | None:
    ends = None if pair is None else ratio_interval(pair, level, bound.loss.reduction)
    return None if ends is None else (1 - ends[1], 1 - ends[0])


def _bias(
    evaluated: Evaluated, found: ModelNumbers, limit: Limit, names: tuple[str, str], *, confident: bool
) -> Iterator[Measured]:
    facts = found.facts
    each: list[tuple[str, Summary | None, float | None]] = [("", facts.error, evaluated.facts.mean_target)]
    if facts.class_errors is not None and evaluated.facts.mean_row is not None:
        classes = evaluated.dataset.roles.classes
        each = [
            (f" of {name}", error, rate)
            for name, error, rate in zip(classes, facts.class_errors, evaluated.facts.mean_row, strict=True)
        ]
    absolute = limit.quantity is Quantity.ABSOLUTE_BIAS
    signed, share = (Kind.NUMBER, Kind.FRACTION) if absolute else (Kind.SIGNED, Kind.SIGNED_FRACTION)
    for of_class, error, mean in each:
        scale = (abs(mean) if mean else None) if limit.percent else 1.0
        numbers = bias_numbers(error, mean, None)
        lacking = None
        if error is None:
            lacking = f"predictions that are {evaluated.dataset.roles.form}s have no level, and so no bias"
        elif scale is None:
            lacking = "the mean target is 0, and nothing can be a percentage of it"
        elif numbers is None or math.isnan(numbers.mbe):
            lacking = OUT_OF_RANGE
        value = None if numbers is None or scale is None or lacking else numbers.mbe / scale
        yield _measured(
            limit,
            names,
            of=of_class,
            value=abs(value) if absolute and value is not None else value,
            lacking=lacking,
            kind=share if limit.percent else signed,
            interval=partial(_bias_interval, error, mean, scale or 1.0, absolute),
            law="hall",
            by_interval=confident,
            n=0 if error is None else error.n,
            about=("bias", of_class),
        )


def _bias_interval(
    error: Summary | None,
    mean: float | None,
    scale: float,
    absolute: bool,  # noqa: FBT001  bound by position
    level: float,
) -> Interval | None:
    numbers = bias_numbers(error, mean, level)
    if numbers is None or numbers.interval is None:
        return None
    low, high = numbers.interval[0] / scale, numbers.interval[1] / scale
    if not absolute:
        return low, high
    return (0.0 if low <= 0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))


def _outliers(evaluated: Evaluated, found: ModelNumbers, limit: Limit, names: tuple[str, str]) -> Measured:
    if evaluated.dataset.roles.task is not Task.REGRESSION:
        raise UsageError(
            "--fail-if: the outliers of classes are the 1 % of rows with the largest loss, whatever the model",
            "set a limit to a loss, as in 'bce > 0.5'",
        )
    flagged, n = found.facts.outliers, evaluated.counts.n
    count = 0 if flagged is None else flagged.n
    return _measured(
        limit,
        names,
        value=None if flagged is None else count / n if limit.percent else count,
        lacking="no rows are judged" if flagged is None else None,
        kind=Kind.FRACTION if limit.percent else Kind.COUNT,
        interval=no_interval,
        law="",
        by_interval=False,
        n=n,
        about="outliers",
    )


def _measured(
    limit: Limit,
    names: tuple[str, str],
    *,
    value: float | None,
    lacking: str | None,
    kind: Kind,
    interval: Callable[[float], Interval | None],
    law: str,
    by_interval: bool,
    n: int,
    about: Hashable,
    of: str = "",
) -> Measured:
    name, lead = names
    return Measured(
        name=f"{lead}{limit.name}{of}",
        model=name,
        loss=None if limit.loss is None else limit.loss.label,
        baseline=None,
        value=value,
        lacking=lacking,
        kind=kind,
        interval=interval,
        operator=limit.operator,
        bound=limit.bound,
        spelled=limit.spelled,
        by_interval=by_interval,
        n=n,
        about=(name, about),
        law=law,
    )
