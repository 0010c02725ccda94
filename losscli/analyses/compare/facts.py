"""What is asked of the rows to compare losses and models, beyond their evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.engine.folds.accumulate import Total
from losscli.engine.folds.quantity import Difference, LossValue, WeightedSquare
from losscli.engine.folds.question import Question, ask, both, together
from losscli.engine.folds.tails import tops_of
from losscli.engine.statistics.inquiry import first_ranking
from losscli.engine.statistics.neighbours import NeighbourCorrelation
from losscli.engine.statistics.paired import PairedMoments, Standings

if TYPE_CHECKING:
    from losscli.engine.folds.tails import Held
    from losscli.engine.statistics.inquiry import Asked, Inquiry
    from losscli.losses.bound import BoundKernel

# The rows whose share of a loss is told: this part of them, those with the largest loss.
TOP = 0.01


class Concentration(Struct, frozen=True, kw_only=True):
    """How a loss is spread over the rows of a model.

    Attributes
    ----------
    top
        How many rows with the largest loss, at most the share `TOP` of all, and their Σwℓ; None where several models
        are compared.
    squares
        Σ(wℓ)², from which the effective number of rows follows.
    """

    top: Held | None
    squares: float


class Contested(Struct, frozen=True, kw_only=True):
    """What the rows say of models side by side.

    Attributes
    ----------
    standings
        For each loss each model's summary, the baseline's first, and each candidate's pair with the baseline; None for
        a loss with a sign, by which models are not ranked.
    neighbours
        For each candidate, how its difference from the baseline is correlated with that of the next row, by the first
        loss that ranks models; empty where there is none, and where rows are of clusters or along time anyway.
    """

    standings: tuple[Standings | None, ...]
    neighbours: tuple[float | None, ...]


class FurtherFacts(Struct, frozen=True, kw_only=True):
    """What compare knows beyond an evaluation.

    Attributes
    ----------
    concentrations
        By model and loss; None for a loss with a sign where there are several models.
    contested
        Models side by side; None for one.
    inquiry
        What was asked of the rows, by which more may be asked.
    """

    concentrations: tuple[tuple[Concentration | None, ...], ...]
    contested: Contested | None
    inquiry: Inquiry


def further_facts(inquiry: Inquiry) -> Question[FurtherFacts]:
    """Return how losses are spread over rows, and for several models how they stand against the first of the order."""
    if len(inquiry.order) == 1:
        spread = yield from together([_concentration(asked.kernel) for asked in inquiry.losses])
        return FurtherFacts(concentrations=(tuple(spread),), contested=None, inquiry=inquiry)
    standings, neighbours = yield from both(
        together([_standings(inquiry, asked) for asked in inquiry.losses]), together(_neighbours(inquiry))
    )
    concentrations = tuple(
        tuple(
            None if each is None else Concentration(top=None, squares=each.squares[inquiry.order.index(model)])
            for each in standings
        )
        for model in range(len(inquiry.order))
    )
    contested = Contested(standings=tuple(standings), neighbours=tuple(neighbours))
    return FurtherFacts(concentrations=concentrations, contested=contested, inquiry=inquiry)


def _concentration(kernel: BoundKernel) -> Question[Concentration]:
    loss = LossValue(kernel, 0)
    (top,), (_, squares) = yield from both(tops_of(loss, (TOP,)), ask(Total(WeightedSquare(loss))))
    return Concentration(top=top, squares=squares)


def _standings(inquiry: Inquiry, asked: Asked) -> Question[Standings | None]:
    return (yield from ask(PairedMoments(asked.kernel, inquiry.order))) if asked.kernel in inquiry.paired else None


def _neighbours(inquiry: Inquiry) -> list[Question[float | None]]:
    loss = first_ranking(inquiry.losses)
    if loss is None or inquiry.roles.units is not None:
        return []
    baseline, *candidates = (LossValue(inquiry.losses[loss].kernel, model) for model in inquiry.order)
    return [ask(NeighbourCorrelation(Difference(candidate, baseline))) for candidate in candidates]
