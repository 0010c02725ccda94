"""What is asked of the rows to hold a candidate against its baseline, beyond their evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from losscli.engine.folds.accumulate import Moments, Total
from losscli.engine.folds.quantity import Difference, LossOfConstant, LossValue
from losscli.engine.folds.question import Question, ask, both, together
from losscli.engine.statistics.neighbours import NeighbourCorrelation
from losscli.engine.statistics.paired import PairedMoments, PairSummary
from losscli.errors import InputError
from losscli.text import printable

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.summary import Summary
    from losscli.engine.statistics.inquiry import Asked, Inquiry
    from losscli.engine.table.dataset import Dataset


class Rivals(Struct, frozen=True, kw_only=True):
    """A candidate and the model that it is held against; positions among the models."""

    candidate: int
    baseline: int


def rivals_of(dataset: Dataset, own: Dataset, count: int) -> tuple[Rivals, ...]:
    """Return each candidate with its baseline: the only one, or the one of the same column.

    Parameters
    ----------
    dataset : Dataset
        The candidates, and then the models of the baseline.
    own : Dataset
        The baseline by itself.
    count : int
        How many candidates there are.

    Raises
    ------
    InputError
        There are several baselines, and a candidate has none of its column.
    """
    models = dataset.roles.models
    baselines = range(count, len(models))
    if len(baselines) == 1:
        return tuple(Rivals(candidate=candidate, baseline=count) for candidate in range(count))
    columns = [model.columns[0] for model in own.roles.models]
    rivals = []
    for candidate in range(count):
        column = models[candidate].columns[0]
        matching = [position for position, name in zip(baselines, columns, strict=True) if column.endswith(f": {name}")]
        if len(matching) != 1:
            raise InputError(
                f"{own.source.label} has several models, and none of them is that of {printable(column)}",
                f"--pred chooses one; the baseline's are {printable(', '.join(columns), limit=None)}",
            )
        rivals.append(Rivals(candidate=candidate, baseline=matching[0]))
    return tuple(rivals)


class RivalFacts(Struct, frozen=True, kw_only=True):
    """The pair of losses of two models for each loss that is compared, and whether all predictions are the same.

    `neighbours` is how the difference of the first loss is correlated with that of the next row; None where rows are of
    clusters or along time anyway.
    """

    rivals: Rivals
    losses: tuple[PairSummary, ...]
    same: bool
    neighbours: float | None


class Unequal(Struct, frozen=True):
    """Whether two models predict different things, 1 or 0."""

    model: int
    other: int

    def __call__(self, batch: Batch) -> FloatArray:
        """Return 1.0 for each row on which they differ."""
        differ = batch.y_pred[self.model] != batch.y_pred[self.other]
        rows: FloatArray = differ.reshape(len(batch), -1).any(axis=1).astype(np.float64)
        return rows


def rival_facts(inquiry: Inquiry, rivals: tuple[Rivals, ...], losses: tuple[int, ...]) -> Question[list[RivalFacts]]:
    """Return how each candidate stands beside its baseline, by the losses at these positions."""
    return together([_of_rivals(inquiry, each, losses) for each in rivals])


def _of_rivals(inquiry: Inquiry, rivals: Rivals, losses: tuple[int, ...]) -> Question[RivalFacts]:
    models = (rivals.baseline, rivals.candidate)
    moments = together([ask(PairedMoments(inquiry.losses[loss].kernel, models)) for loss in losses])
    standings, ((_, unequal), neighbours) = yield from both(
        moments, both(ask(Total(Unequal(*models))), _neighbours(inquiry, models, losses[0]))
    )
    return RivalFacts(
        rivals=rivals,
        losses=tuple(each.pairs[0] for each in standings),
        same=unequal == 0,
        neighbours=neighbours,
    )


def _neighbours(inquiry: Inquiry, models: tuple[int, int], loss: int) -> Question[float | None]:
    if inquiry.roles.units is not None:
        return None
    baseline, candidate = (LossValue(inquiry.losses[loss].kernel, model) for model in models)
    return (yield from ask(NeighbourCorrelation(Difference(candidate, baseline))))


def beside_constant(
    asked: Asked, model: int, constant: float | tuple[float, ...], own: Summary
) -> Question[PairSummary]:
    """Return the losses of a model as a pair with those of a constant prediction, whose rows won are not counted."""
    loss, reference = LossValue(asked.kernel, model), LossOfConstant(asked.kernel, constant)
    of_constant, difference = yield from both(ask(Moments(reference)), ask(Moments(Difference(loss, reference))))
    return PairSummary(
        baseline=of_constant, candidate=own, difference=difference, won=0, lost=0, weight_won=0.0, weight_lost=0.0
    )
