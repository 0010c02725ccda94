"""What is asked of the rows to compare losses and models, beyond their evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from losscli.arrays import Direction
from losscli.engine.accumulate import Total
from losscli.engine.evaluation import outliers_of
from losscli.engine.flags import Flag, Flagged, FlaggedTotals
from losscli.engine.neighbours import NeighbourCorrelation
from losscli.engine.paired import PairedMoments, Standings
from losscli.engine.quantity import Difference, LossValue, WeightedSquare
from losscli.engine.question import Question, ask, both, together
from losscli.engine.select import quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from losscli.engine.evaluation import Asked, Inquiry
    from losscli.losses.bound import BoundKernel

# The rows whose share of a loss is told: this part of them, those with the largest loss.
TOP = 0.01


@dataclass(frozen=True, kw_only=True)
class Concentration:
    """How a loss is spread over the rows of a model.

    Attributes
    ----------
    top
        The rows with the largest loss, at most the share `TOP` of all.
    squares
        Σ(wℓ)², from which the effective number of rows follows.
    """

    top: Flagged
    squares: float


@dataclass(frozen=True, kw_only=True)
class Contested:
    """What the rows say of models side by side.

    Attributes
    ----------
    standings
        For each loss each model's summary, the baseline's first, and each candidate's pair with the baseline.
    without
        The rows that are outlying for any model, with Σwℓ over them of each loss and model, by loss and then by model
        (the baseline first); None where rows are not flagged.
    neighbours
        For each candidate, how its difference from the baseline is correlated with that of the next row, by the first
        loss that ranks models; empty where there is none.
    """

    standings: tuple[Standings, ...]
    without: Flagged | None
    neighbours: tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True)
class FurtherFacts:
    """What compare knows beyond an evaluation: concentrations by model and loss, and models side by side."""

    concentrations: tuple[tuple[Concentration, ...], ...]
    contested: Contested | None


def further_facts(inquiry: Inquiry, baseline: int) -> Question[FurtherFacts]:
    """Return how losses are spread over rows, and for several models how they stand against the one at `baseline`."""
    models = len(inquiry.roles.models)
    order = (baseline, *(model for model in range(models) if model != baseline))
    spread = together(
        [together([_concentration(asked.kernel, model) for asked in inquiry.losses]) for model in range(models)]
    )
    contest = _contest(inquiry, order) if models > 1 else _nothing()
    found, contested = yield from both(spread, contest)
    return FurtherFacts(concentrations=tuple(tuple(each) for each in found), contested=contested)


def _concentration(kernel: BoundKernel, model: int) -> Question[Concentration]:
    loss = LossValue(kernel, model)
    limit, (_, squares) = yield from both(quantile(loss, 1 - TOP), ask(Total(WeightedSquare(loss))))
    top = yield from ask(FlaggedTotals((Flag(loss, limit),), (loss,)))
    return Concentration(top=top, squares=squares)


def _contest(inquiry: Inquiry, order: tuple[int, ...]) -> Question[Contested]:
    standings = together([ask(PairedMoments(asked.kernel, order)) for asked in inquiry.losses])
    found, (without, neighbours) = yield from both(
        standings, both(_without_outliers(inquiry, order), together(_neighbours(inquiry, order)))
    )
    return Contested(standings=tuple(found), without=without, neighbours=tuple(neighbours))


def first_ranking(losses: Sequence[Asked]) -> int | None:
    """Return the position of the first loss that ranks models; None where all have a sign."""
    ranking = (position for position, asked in enumerate(losses) if asked.bound.loss.direction is Direction.LOWER)
    return next(ranking, None)


def _neighbours(inquiry: Inquiry, order: tuple[int, ...]) -> list[Question[float | None]]:
    loss = first_ranking(inquiry.losses)
    if loss is None:
        return []
    baseline, *candidates = (LossValue(inquiry.losses[loss].kernel, model) for model in order)
    return [ask(NeighbourCorrelation(Difference(candidate, baseline))) for candidate in candidates]


def _without_outliers(inquiry: Inquiry, order: tuple[int, ...]) -> Question[Flagged | None]:
    outliers = yield from together([outliers_of(inquiry, model, ()) for model in order])
    flags = tuple(dict.fromkeys(each.flag for each in outliers if each is not None and each.flag is not None))
    if not flags:
        return None
    losses = tuple(LossValue(asked.kernel, model) for asked in inquiry.losses for model in order)
    distinct = tuple(dict.fromkeys(losses))
    flagged = yield from ask(FlaggedTotals(flags, distinct))
    totals = dict(zip(distinct, flagged.totals, strict=True))
    return Flagged(n=flagged.n, weight=flagged.weight, totals=tuple(totals[loss] for loss in losses))


def _nothing() -> Question[None]:
    yield from ()
