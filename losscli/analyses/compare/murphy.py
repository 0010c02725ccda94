"""Murphy diagrams: whether one model wins by every loss that asks for the mean."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.arrays import Task
from losscli.engine.statistics.elementary import murphy_of
from losscli.engine.statistics.multiple import holm
from losscli.engine.statistics.paired import PairSummary
from losscli.engine.statistics.paired_inference import difference_interval, difference_p_value
from losscli.engine.statistics.subject import subjects_of
from losscli.errors import InputError, UsageError

if TYPE_CHECKING:
    from losscli.engine.statistics.elementary import MurphyFacts
    from losscli.engine.statistics.subject import Subject
    from losscli.engine.table.dataset import Dataset
    from losscli.engine.table.roles import Roles

Interval = tuple[float, float]


class Curve(Struct, frozen=True, kw_only=True):
    """The mean elementary scores of a candidate less those of the baseline, by threshold.

    `intervals` are paired, of each threshold by itself; None where the scores of all rows differ alike, or there are
    too few. `sure` tells where a difference is beyond chance, by Holm's method over all thresholds.
    """

    candidate: int
    differences: tuple[float, ...]
    intervals: tuple[Interval | None, ...]
    sure: tuple[bool, ...]

    @property
    def lower(self) -> int:
        """At how many thresholds the candidate has the smaller score."""
        return sum(each < 0 for each in self.differences)

    @property
    def higher(self) -> int:
        """At how many thresholds the candidate has the larger score."""
        return sum(each > 0 for each in self.differences)

    @property
    def surely_lower(self) -> int:
        """At how many thresholds it is smaller beyond chance."""
        return sum(sure and each < 0 for sure, each in zip(self.sure, self.differences, strict=True))

    @property
    def surely_higher(self) -> int:
        """At how many thresholds it is larger beyond chance."""
        return sum(sure and each > 0 for sure, each in zip(self.sure, self.differences, strict=True))

    @property
    def crossings(self) -> tuple[tuple[int, int], ...]:
        """The positions of the thresholds between which another model comes to be ahead."""
        signed = [(at, each < 0) for at, each in enumerate(self.differences) if each]
        return tuple((last, at) for (last, before), (at, now) in pairwise(signed) if before != now)


class Murphy(Struct, frozen=True, kw_only=True):
    """A Murphy diagram: thresholds, the mean score by model (the baseline's first) and threshold, and curves."""

    thresholds: tuple[float, ...]
    scores: tuple[tuple[float, ...], ...]
    curves: tuple[Curve, ...]


def murphy_subjects(roles: Roles, order: tuple[int, ...]) -> tuple[Subject, ...]:
    """Return the predictions that a Murphy diagram is about, in that order.

    Raises
    ------
    UsageError
        Predictions are neither numbers nor probabilities of two classes.
    InputError
        There is one model only.
    """
    subjects = subjects_of(roles) if roles.task in (Task.REGRESSION, Task.BINARY) else ()
    if not subjects:
        raise UsageError(
            f"--murphy is for numbers and for probabilities of two classes, not for {roles.task} ({roles.form})",
            "leave it out",
        )
    if len(order) < 2:
        raise InputError("--murphy needs a second model to compare with", "name another prediction column or file")
    return tuple(subjects[model] for model in order)


def murphy_diagram(dataset: Dataset, subjects: tuple[Subject, ...], order: tuple[int, ...], level: float) -> Murphy:
    """Return the Murphy diagram of models, the baseline first."""
    facts = dataset.rows.answer(murphy_of(dataset.roles, subjects))
    return Murphy(
        thresholds=facts.thresholds,
        scores=tuple(tuple(each.mean for each in scores) for scores in facts.scores),
        curves=tuple(_curve(facts, rank, candidate, level) for rank, candidate in enumerate(order) if rank),
    )


def _curve(facts: MurphyFacts, rank: int, candidate: int, level: float) -> Curve:
    differences = facts.differences[rank - 1]
    pairs = [
        PairSummary(
            baseline=baseline, candidate=own, difference=difference, won=0, lost=0, weight_won=0.0, weight_lost=0.0
        )
        for baseline, own, difference in zip(facts.scores[0], facts.scores[rank], differences, strict=True)
    ]
    adjusted = holm([difference_p_value(pair) for pair in pairs])
    return Curve(
        candidate=candidate,
        differences=tuple(each.mean for each in differences),
        intervals=tuple(difference_interval(pair, level) for pair in pairs),
        sure=tuple(p is not None and p < 1 - level for p in adjusted),
    )
