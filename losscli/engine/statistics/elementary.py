"""Elementary scores: all losses that ask for the mean are mixtures of them, one for each threshold θ.

The elementary score of a prediction x of a target y is |y − θ| where θ lies between the two, and 0 else: what it costs
that x is on the wrong side of θ. Its integral over all θ is half the squared error. A model that has the smaller mean
score at every θ has the smaller mean of every loss that is consistent for the mean; a Murphy diagram shows them all.

Source
------
W. Ehm, T. Gneiting, A. Jordan & F. Krüger (2016), Of quantiles and expectiles: consistent scoring functions, Choquet
representations and forecast rankings, J. R. Statist. Soc. B 78, 505–562. Their score of the mean is half of this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from losscli.arrays import Task
from losscli.engine.folds.accumulate import Mean, Moments
from losscli.engine.folds.quantity import Difference
from losscli.engine.folds.question import Question, ask, both, together
from losscli.engine.folds.select import quantile

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.quantity import Quantity
    from losscli.engine.folds.summary import Summary
    from losscli.engine.statistics.subject import Subject
    from losscli.engine.table.roles import Roles

# Thresholds are evenly spaced quantiles of targets and predictions together, at most so many.
LEVELS = tuple(round(step / 20, 2) for step in range(1, 20))
MOST_THRESHOLDS = 39


class ElementaryScore(Struct, frozen=True):
    """The elementary score of each row at a threshold."""

    prediction: Quantity
    target: Quantity
    threshold: float

    def __call__(self, batch: Batch) -> FloatArray:
        """Return |y − θ| where min(x, y) ≤ θ < max(x, y), else 0."""
        y = self.target(batch)
        above = (self.prediction(batch) > self.threshold).astype(np.int8) - (y > self.threshold)
        return (self.threshold - y) * above


class MurphyFacts(Struct, frozen=True, kw_only=True):
    """Elementary scores of models at rising thresholds.

    Attributes
    ----------
    thresholds
        In the unit of the predictions.
    scores
        The mean score by model, in the order asked for, and threshold.
    differences
        For each model but the first, by threshold, its score minus that of the first.
    """

    thresholds: tuple[float, ...]
    scores: tuple[tuple[Summary, ...], ...]
    differences: tuple[tuple[Summary, ...], ...]


def murphy_of(roles: Roles, subjects: tuple[Subject, ...]) -> Question[MurphyFacts]:
    """Return the elementary scores of models, the first of which is the baseline, and how the others differ from it."""
    thresholds = yield from _thresholds(roles, subjects)
    scores = [
        [ElementaryScore(subject.prediction, subject.target, threshold) for threshold in thresholds]
        for subject in subjects
    ]
    means, differences = yield from both(
        together([together([ask(Mean(score)) for score in own]) for own in scores]),
        together([
            together([ask(Moments(Difference(score, base))) for score, base in zip(own, scores[0], strict=True)])
            for own in scores[1:]
        ]),
    )  # fmt: skip
    return MurphyFacts(
        thresholds=thresholds, scores=tuple(map(tuple, means)), differences=tuple(map(tuple, differences))
    )


def _thresholds(roles: Roles, subjects: tuple[Subject, ...]) -> Question[tuple[float, ...]]:
    """Return where scores are taken; of probabilities those inside (0, 1), as no score counts at its ends."""
    of_numbers = roles.task is Task.REGRESSION
    spread = [*([subjects[0].target] if of_numbers else []), *(subject.prediction for subject in subjects)]
    found = yield from together([quantile(of, level) for of in spread for level in LEVELS])
    rising = sorted({each for each in found if of_numbers or 0 < each < 1})
    if len(rising) <= MOST_THRESHOLDS:
        return tuple(rising)
    return tuple(rising[at] for at in np.linspace(0, len(rising) - 1, MOST_THRESHOLDS).round().astype(int).tolist())
