"""From the facts of the rows to the numbers of the outlying ones."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.analyses.evaluation.numbers import rows_rested_on, share_held, shared_total
from losscli.engine.folds.tails import TOPS

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated, ModelNumbers
    from losscli.analyses.evaluation.numbers import LossNumbers
    from losscli.analyses.outliers.rows import Row
    from losscli.engine.folds.summary import Summary
    from losscli.engine.statistics.effect import Effect, Effects
    from losscli.engine.statistics.flags import Outliers
    from losscli.losses.bound import BoundLoss


class Influence(Struct, frozen=True, kw_only=True):
    """The row without which a loss changes most: where it stands, and the change relative to the value."""

    record: int
    change: float


class LossEffect(Struct, frozen=True, kw_only=True):
    """What the outlying rows do to one loss; what does not exist is None.

    Attributes
    ----------
    numbers
        The loss of all rows.
    position
        Its place among the losses asked for.
    without, winsorised
        The loss without the flagged rows, and with them pulled in.
    change, winsorised_change
        These relative to the loss of all rows: −0.5 is half as large.
    top_shares
        For each of `TOPS` the share in [0, 1] that the rows with the largest loss hold; None where that is no row.
    effective_n
        (Σwℓ)² / Σ(wℓ)²: on how many rows of equal loss the value would rest as much.
    influence
        The row that matters most.
    """

    numbers: LossNumbers
    position: int
    without: float | None
    winsorised: float | None
    change: float | None
    winsorised_change: float | None
    top_shares: tuple[float | None, ...]
    effective_n: float | None
    influence: Influence | None


class ModelOutliers(Struct, frozen=True, kw_only=True):
    """The outlying rows of one model: what they do to each loss, the most dependent first, and the rows themselves.

    `expected` is how many rows the rule would flag under a normal law, None where it says nothing of a law.
    """

    model: ModelNumbers
    outliers: Outliers | None
    losses: tuple[LossEffect, ...]
    rows: tuple[Row, ...]
    expected: float | None


def loss_effects(evaluated: Evaluated, model: ModelNumbers, effects: Effects) -> tuple[LossEffect, ...]:
    """Return what the outlying rows do to each loss of a model, those that depend on them most first."""
    found = [_loss_effect(evaluated, model, position, effect) for position, effect in enumerate(effects.losses)]
    return tuple(sorted(found, key=_dependence, reverse=True))


def _dependence(effect: LossEffect) -> tuple[float, float]:
    top = effect.top_shares[1]
    return abs(effect.change) if effect.change is not None else -1.0, top if top is not None else -1.0


def _loss_effect(evaluated: Evaluated, model: ModelNumbers, position: int, effect: Effect) -> LossEffect:
    numbers, summary = model.losses[position], model.facts.losses[position].summary
    bound = numbers.bound
    without = None if effect.without is None or summary is None else _reduced(bound, effect.without)
    winsorised = None if summary is None else _winsorised(evaluated, bound, effect, summary)
    tops, effective_n = _spread(bound, effect, summary)
    return LossEffect(
        numbers=numbers,
        position=position,
        without=without,
        winsorised=winsorised,
        change=_change(numbers, without),
        winsorised_change=_change(numbers, winsorised),
        top_shares=tops,
        effective_n=effective_n,
        influence=_influence(numbers, effect),
    )


def _reduced(bound: BoundLoss, summary: Summary) -> float | None:
    if summary.infinite:
        return math.inf
    return bound.reduce(summary.mean, summary.weight) if summary.n else None


def _winsorised(evaluated: Evaluated, bound: BoundLoss, effect: Effect, summary: Summary) -> float | None:
    """Return the loss with flagged rows pulled in."""
    kept, pulled = effect.without, effect.pulled
    if kept is None or pulled is None or kept.infinite or not math.isfinite(pulled):
        return None
    # rows that are infinite count again once they are pulled in
    weight = evaluated.facts.total_weight if summary.infinite else summary.weight
    total = (kept.mean * kept.weight if kept.n else 0.0) + pulled
    return bound.reduce(total / weight, weight) if weight else None


def _change(numbers: LossNumbers, other: float | None) -> float | None:
    value = numbers.value
    if value is None or other is None or numbers.bound.loss.is_signed or not 0 < value < math.inf:
        return None
    return other / value - 1


def _spread(bound: BoundLoss, effect: Effect, summary: Summary | None) -> tuple[tuple[float | None, ...], float | None]:
    """Return what the rows with the largest loss hold, and the effective number of rows."""
    total = shared_total(bound, summary)
    if total is None:
        return (None,) * len(TOPS), None
    shares = tuple(share_held(held, total) if rows else None for rows, held in effect.spread.tops)
    return shares, rows_rested_on(total, effect.spread.squares)


def _influence(numbers: LossNumbers, effect: Effect) -> Influence | None:
    value = numbers.value
    if value is None or not math.isfinite(value) or value == 0 or not effect.spread.extremes:
        return None
    left, record = max(effect.spread.extremes, key=lambda extreme: abs(extreme[0] - value))
    return Influence(record=record, change=(left - value) / abs(value))
