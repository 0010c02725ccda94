"""One loss of several models on the same rows: what a paired comparison needs, in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from msgspec import Struct

from losscli.engine.folds.accumulate import ByBatchAndUnit
from losscli.engine.folds.moments import LINE, exact_sum, line_of_moments, squares_of, summary_of
from losscli.engine.folds.quantity import LossValue
from losscli.engine.folds.units import all_together, unit_sums, with_sampling

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.summary import Summary
    from losscli.engine.folds.units import Stretches, UnitSums
    from losscli.losses.bound import BoundKernel

# A pair's line: those of baseline, candidate and difference, then rows won and lost and the weights of both
_BASELINE, _CANDIDATE, _DIFFERENCE = (slice(start, start + LINE) for start in range(0, 3 * LINE, LINE))
_WON, _LOST, _W_WON, _W_LOST = range(3 * LINE, 3 * LINE + 4)
_PAIR_LINE = 3 * LINE + 4

# Lines of models and of pairs; the sums of clusters or periods of each model's loss, then of each difference
Lines: TypeAlias = "tuple[tuple[tuple[FloatArray, FloatArray], ...], Stretches]"


class PairSummary(Struct, frozen=True, kw_only=True):
    """Two models' losses on the same rows: those on which both have a finite loss.

    Attributes
    ----------
    baseline, candidate
        Of the loss of either model.
    difference
        Of d = candidate's loss − baseline's loss, so that a negative mean speaks for the candidate. Its `infinite`
        counts the rows on which either loss is infinite, its `skipped` those that the loss leaves out.
    won, lost
        Rows with d < 0 and with d > 0.
    weight_won, weight_lost
        Σw over these rows.
    """

    baseline: Summary
    candidate: Summary
    difference: Summary
    won: int
    lost: int
    weight_won: float
    weight_lost: float

    @property
    def tied(self) -> int:
        """Rows on which both losses are equal."""
        return self.difference.n - self.won - self.lost

    @property
    def identical(self) -> bool:
        """Whether both losses are finite and equal on every row, so that the difference is exactly 0."""
        return self.won == self.lost == self.difference.infinite == 0

    @property
    def share_won(self) -> float:
        """The share of the rows, by weight, on which the candidate's loss is smaller; NaN without rows."""
        return self.weight_won / self.difference.weight if self.difference.weight else np.nan

    @property
    def share_lost(self) -> float:
        """The share of the rows, by weight, on which the candidate's loss is larger; NaN without rows."""
        return self.weight_lost / self.difference.weight if self.difference.weight else np.nan

    @property
    def share_tied(self) -> float:
        """The share of the rows, by weight, on which both losses are equal; NaN without rows."""
        return 1 - self.share_won - self.share_lost if self.tied else 0.0 * self.share_won


class Standings(Struct, frozen=True, kw_only=True):
    """Each model's loss on the rows where it is finite, and each candidate's pair with the baseline.

    Attributes
    ----------
    models, squares
        The summary of each model's loss ℓ and Σ(wℓ)², the baseline's first.
    pairs
        One for each model but the first.
    """

    models: tuple[Summary, ...]
    squares: tuple[float, ...]
    pairs: tuple[PairSummary, ...]


class PairedMoments(ByBatchAndUnit, frozen=True):
    """One loss of several models, the first of which is the baseline: answers `Standings`.

    The state is a table of sums for each batch, which `finalise` reduces by `math.fsum` as `Moments` does.
    """

    kernel: BoundKernel
    models: tuple[int, ...]

    def observe(self, batch: Batch) -> Lines:
        """Return the line of sums of each model and of each pair, and the sums of the units."""
        own = np.empty((len(self.models), LINE))
        pairs = np.empty((len(self.models) - 1, _PAIR_LINE))
        baseline = LossValue(self.kernel, self.models[0])(batch)
        own[0] = line_of_moments(baseline, batch.weight)
        losses, differences = [baseline], []
        for rank, model in enumerate(self.models[1:]):
            candidate = LossValue(self.kernel, model)(batch)
            own[rank + 1] = line_of_moments(candidate, batch.weight)
            pairs[rank] = _line_of_pair(baseline, candidate, (own[0], own[rank + 1]), batch.weight)
            if batch.unit is not None:
                losses.append(candidate)
                differences.append(candidate - baseline)
        return ((own, pairs),), unit_sums(batch, *losses, *differences)

    def finalise(self, state: Lines) -> Standings:
        """Return the summaries over all batches."""
        lines, stretches = state
        own = np.reshape([own for own, _ in lines], (len(lines), len(self.models), LINE))
        pairs = np.reshape([pairs for _, pairs in lines], (len(lines), len(self.models) - 1, _PAIR_LINE))
        units = all_together(stretches)
        return Standings(
            models=tuple(with_sampling(summary_of(own[:, model]), units, model) for model in range(len(self.models))),
            squares=tuple(squares_of(own[:, model]) for model in range(len(self.models))),
            pairs=tuple(_pair_of(pairs[:, rank - 1], units, rank) for rank in range(1, len(self.models))),
        )


def _line_of_pair(
    baseline: FloatArray, candidate: FloatArray, lines: tuple[FloatArray, FloatArray], weight: FloatArray | None
) -> FloatArray:
    """Return the line of a pair of losses of shape (n,), whose own lines are known."""
    difference = candidate - baseline
    if not np.isfinite(np.sum(difference)):
        common = np.isfinite(difference)
        left_out = np.isnan(baseline) | np.isnan(candidate)
        difference[~common] = np.where(left_out[~common], np.nan, np.inf)  # ∞ − ∞ is an infinite row, not one left out
        lines = (
            line_of_moments(np.where(common, baseline, np.nan), weight),
            line_of_moments(np.where(common, candidate, np.nan), weight),
        )
        won, lost = common & (difference < 0), common & (difference > 0)
    else:
        won, lost = difference < 0, difference > 0
    counts = np.count_nonzero(won), np.count_nonzero(lost)
    weights = counts if weight is None else (np.sum(weight, where=won), np.sum(weight, where=lost))
    return np.concatenate([*lines, line_of_moments(difference, weight), counts, weights])


def _pair_of(lines: FloatArray, units: UnitSums | None, rank: int) -> PairSummary:
    """Return the pair of the baseline and the model at `rank`, from its lines and the sums of units of all models."""
    models = 1 if units is None else (len(units.totals) + 1) // 2
    return PairSummary(
        baseline=with_sampling(summary_of(lines[:, _BASELINE]), units, 0),
        candidate=with_sampling(summary_of(lines[:, _CANDIDATE]), units, rank),
        difference=with_sampling(summary_of(lines[:, _DIFFERENCE]), units, models + rank - 1),
        won=int(lines[:, _WON].sum()),
        lost=int(lines[:, _LOST].sum()),
        weight_won=exact_sum(lines[:, _W_WON]),
        weight_lost=exact_sum(lines[:, _W_LOST]),
    )
