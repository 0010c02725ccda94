"""Which model has the least of each loss, with all rows and without the outlying ones, and how far rankings agree."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from losscli.arrays import Direction
from losscli.engine.multiple import kendall_tau_b

if TYPE_CHECKING:
    from losscli.analyses.compare.facts import Contested
    from losscli.analyses.evaluation.evaluated import Evaluated

# What is left of a sum without some of its terms is known to three digits from this share on: rounding is 1e-15 of it.
LEAST_LEFT = 1e-12


@dataclass(frozen=True, kw_only=True)
class Winner:
    """The model with the least value of a loss, and the one without the outlying rows; positions among the models.

    Either is None where several models share the least value; the second also where no row is outlying, and where
    hardly anything is left without the outlying ones.
    """

    loss: int
    model: int | None
    without_outliers: int | None


def winners_of(evaluated: Evaluated, contested: Contested | None, order: tuple[int, ...]) -> tuple[Winner, ...]:
    """Return the winner of each loss that models can be ranked by; those that rank alike are told once."""
    winners: dict[object, Winner] = {}
    for position, asked in enumerate(evaluated.asked):
        values = [model.losses[position].value for model in evaluated.models]
        if asked.bound.loss.direction is not Direction.LOWER or any(value is None for value in values):
            continue
        winner = Winner(
            loss=position,
            model=_least({model: math.inf if value is None else value for model, value in enumerate(values)}),
            without_outliers=_winner_without(evaluated, contested, order, position),
        )
        winners.setdefault(asked.kernel.key, winner)
    return tuple(winners.values())


def _least(values: Mapping[int, float]) -> int | None:
    """Return the model with the least value; None where several share it."""
    least = min(values.values())
    models = [model for model, value in values.items() if value == least]
    return models[0] if len(models) == 1 else None


def _winner_without(
    evaluated: Evaluated, contested: Contested | None, order: tuple[int, ...], position: int
) -> int | None:
    if contested is None or contested.without is None or not contested.without.n:
        return None
    without = contested.without
    m = len(order)
    left: dict[int, float] = {}
    for rank, model in enumerate(order):
        summary = evaluated.models[model].facts.losses[position].summary
        if summary is None or summary.infinite:
            return None
        total = summary.mean * summary.weight
        left[model] = total - without.totals[position * m + rank]
        if left[model] < LEAST_LEFT * total:
            return None
    return _least(left)


def agreement_of(evaluated: Evaluated, winners: tuple[Winner, ...]) -> tuple[tuple[int, int, float], ...]:
    """Return Kendall's τ of the models' ranking for each pair of losses, as (loss, loss, τ)."""
    values = {winner.loss: [model.losses[winner.loss].value or 0.0 for model in evaluated.models] for winner in winners}
    pairs = [(first, second) for first in values for second in values if first < second]
    found = [(first, second, kendall_tau_b(values[first], values[second])) for first, second in pairs]
    return tuple((first, second, tau) for first, second, tau in found if tau is not None)
