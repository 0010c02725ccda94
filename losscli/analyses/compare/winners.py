"""Which model has the least of each loss, and how far rankings agree."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.engine.statistics.multiple import kendall_tau_b

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated


class Winner(Struct, frozen=True, kw_only=True):
    """The position of the model with the least value of a loss; None where several models share it."""

    loss: int
    model: int | None


def winners_of(evaluated: Evaluated) -> tuple[Winner, ...]:
    """Return the winner of each loss that models can be ranked by; those that rank alike are told once."""
    winners: dict[object, Winner] = {}
    for position, asked in enumerate(evaluated.asked):
        values = [model.losses[position].value for model in evaluated.models]
        if asked.bound.loss.is_signed or any(value is None for value in values):
            continue
        least = least_of({model: math.inf if value is None else value for model, value in enumerate(values)})
        winners.setdefault(asked.kernel.key, Winner(loss=position, model=least))
    return tuple(winners.values())


def least_of(values: Mapping[int, float]) -> int | None:
    """Return the model with the least value; None where several share it."""
    least = min(values.values())
    models = [model for model, value in values.items() if value == least]
    return models[0] if len(models) == 1 else None


def agreement_of(evaluated: Evaluated, winners: tuple[Winner, ...]) -> tuple[tuple[int, int, float], ...]:
    """Return Kendall's τ of the models' ranking for each pair of losses, as (loss, loss, τ)."""
    values = {winner.loss: [model.losses[winner.loss].value or 0.0 for model in evaluated.models] for winner in winners}
    pairs = [(first, second) for first in values for second in values if first < second]
    found = [(first, second, kendall_tau_b(values[first], values[second])) for first, second in pairs]
    return tuple((first, second, tau) for first, second, tau in found if tau is not None)
