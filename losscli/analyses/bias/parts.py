"""Where a bias sits: in which groups of rows, and where along the predictions or another column."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from losscli.analyses.evaluation.numbers import BiasNumbers, bias_numbers
from losscli.arrays import Task
from losscli.engine.grouped import Binned, ByKey, GroupMoments
from losscli.engine.inference import kish, rate_interval, rate_p_value
from losscli.engine.multiple import holm
from losscli.engine.question import Question, ask, both, together
from losscli.engine.select import quantile

if TYPE_CHECKING:
    from losscli.engine.grouped import GroupTable
    from losscli.engine.quantity import Quantity
    from losscli.engine.roles import Roles
    from losscli.engine.subject import Subject

# Groups with fewer rows are pooled, where there are several: an interval of four rows says next to nothing.
SMALL_GROUP = 5


@dataclass(frozen=True, kw_only=True)
class Bins:
    """Rows by a quantity: the bins up to each of the rising `tops`, the last of which is the largest value."""

    tops: tuple[float, ...]
    table: GroupTable


@dataclass(frozen=True, kw_only=True)
class PartFacts:
    """What the rows say of the groups and of the bins of one subject; None where they were not asked for."""

    groups: GroupTable | None
    bins: Bins | None


@dataclass(frozen=True, kw_only=True)
class PartNumbers:
    """The bias of one group or bin.

    Attributes
    ----------
    names
        Of a group: one for each column of `--by`, None for a missing cell; empty for a bin and for pooled groups.
    pooled
        How many small groups these are; 0 for a group of its own.
    top
        The largest value of the bin; None for a group.
    n, weight
        Rows, and their share of the weight.
    prediction, target
        Mean prediction and mean target.
    bias, p_adjusted
        Their difference, and its p-value adjusted (Holm) for the number of groups or bins.
    adds
        What it adds to the bias of all rows, in the unit of the bias.
    """

    names: tuple[str | None, ...] = ()
    pooled: int = 0
    top: float | None = None
    n: int
    weight: float
    prediction: float
    target: float
    bias: BiasNumbers
    p_adjusted: float | None = None
    adds: float


def part_facts(subject: Subject, roles: Roles, along: Quantity | None, bins: int) -> Question[PartFacts]:
    """Return the sums of each group of `roles`, and of so many bins of equal weight along a quantity if it is given."""
    by_group = _nothing() if not roles.by else _groups(subject, roles)
    by_bin = _no_bins() if along is None else _bins(subject, along, bins)
    groups, found = yield from both(by_group, by_bin)
    return PartFacts(groups=groups, bins=found)


def _groups(subject: Subject, roles: Roles) -> Question[GroupTable | None]:
    return (yield from ask(GroupMoments(subject.error, subject.target, ByKey(roles.groups))))


def _bins(subject: Subject, along: Quantity, bins: int) -> Question[Bins | None]:
    levels = [number / bins for number in range(1, bins)] + [1.0]
    tops = tuple(dict.fromkeys((yield from together([quantile(along, level) for level in levels]))))
    table = yield from ask(GroupMoments(subject.error, subject.target, Binned(along, tops[:-1])))
    return Bins(tops=tops, table=table)


def _nothing() -> Question[GroupTable | None]:
    yield from ()
    return None


def _no_bins() -> Question[Bins | None]:
    yield from ()
    return None


def group_numbers(table: GroupTable, roles: Roles, level: float | None) -> tuple[PartNumbers, ...]:
    """Return the bias of each group, those first that add most to the bias of all rows; small groups together last."""
    whole = float(np.sum(table.weight))
    small = np.flatnonzero(table.count < SMALL_GROUP).tolist()
    if len(small) in (1, len(table.number)):
        small = []
    pooled = set(small)
    parts = [
        replace(_numbers(table, [position], roles, level, whole), names=roles.group_names(int(number)))
        for position, number in enumerate(table.number)
        if position not in pooled
    ]
    parts.sort(key=lambda part: -abs(part.adds))
    if small:
        parts.append(replace(_numbers(table, small, roles, level, whole), pooled=len(small)))
    return _adjusted(parts)


def bin_numbers(bins: Bins, roles: Roles, level: float | None) -> tuple[PartNumbers, ...]:
    """Return the bias of each bin, in rising order."""
    whole = float(np.sum(bins.table.weight))
    return _adjusted(
        [
            replace(_numbers(bins.table, [position], roles, level, whole), top=bins.tops[number])
            for position, number in enumerate(bins.table.number)
        ]
    )


def _numbers(
    table: GroupTable, positions: Sequence[int], roles: Roles, level: float | None, whole: float
) -> PartNumbers:
    summary = table.summary(*positions)
    at = list(positions)
    target = float(np.sum(table.weight[at] * table.beside[at])) / summary.weight
    if roles.task is Task.REGRESSION:
        bias = bias_numbers(summary, target, level)
    else:
        effective = kish(summary.weight, float(np.sum(table.squared_weight[at])))
        bias = _rate_bias(target, summary.mean, effective, level)
    if bias is None:
        raise RuntimeError("a group has no errors")
    return PartNumbers(
        n=summary.n,
        weight=summary.weight / whole,
        prediction=target + summary.mean,
        target=target,
        bias=bias,
        adds=bias.mbe * summary.weight / whole,
    )


def _rate_bias(rate: float, mbe: float, n: float, level: float | None) -> BiasNumbers:
    """Return a mean probability minus an observed rate, with the interval of the rate.

    The spread of the errors says nothing where there are no events, or no others.
    """
    expected = min(max(rate + mbe, 0.0), 1.0)
    interval = None
    if level is not None:
        low, high = rate_interval(rate, n, level)
        interval = expected - high, expected - low
    return BiasNumbers(
        mbe=mbe,
        direction="over" if mbe > 0 else "under" if mbe < 0 else "none",
        significant=None if interval is None else not interval[0] <= 0 <= interval[1],
        interval=interval,
        p_value=None if level is None else rate_p_value(rate, n, expected),
        relative=mbe / rate if rate else None,
    )


def _adjusted(parts: Sequence[PartNumbers]) -> tuple[PartNumbers, ...]:
    adjusted = holm([part.bias.p_value for part in parts])
    return tuple(replace(part, p_adjusted=p) for part, p in zip(parts, adjusted, strict=True))


def calibration_error(bins: Sequence[PartNumbers]) -> float:
    """Return the expected calibration error: the mean over bins, by weight, of the size of their bias."""
    return sum(part.weight * abs(part.bias.mbe) for part in bins)


def chance_calibration_error(bins: Sequence[PartNumbers]) -> float:
    """Return about what the expected calibration error is of probabilities that are right.

    A bin's observed rate is off its mean probability p by √(2p(1 − p)/(πn)) on average, by chance alone.
    """
    return sum(part.weight * math.sqrt(2 / math.pi * _variance(part.prediction) / part.n) for part in bins)


def _variance(probability: float) -> float:
    return max(probability * (1 - probability), 0.0)
