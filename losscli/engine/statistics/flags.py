"""Rows that are flagged as outlying: what flags them, and how much of each loss they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from losscli.engine.folds.accumulate import ByBatch, Tables, weighted_sum
from losscli.engine.folds.moments import exact_sum

if TYPE_CHECKING:
    from losscli.arrays import BoolArray
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.quantity import Quantity
    from losscli.engine.statistics.pulled import Fences
    from losscli.engine.statistics.skewed import Skewness


class Flag(Struct, frozen=True):
    """Flags the rows whose score is above a limit, and those on it up to the record `last`."""

    score: Quantity
    limit: float
    last: int | None = None

    def rows(self, batch: Batch) -> BoolArray:
        """Return which rows are flagged, shape (n,)."""
        score = self.score(batch)
        above: BoolArray = score > self.limit
        if self.last is not None:
            above |= (score == self.limit) & (batch.records(np.arange(len(batch))) <= self.last)
        return above


class Outliers(Struct, frozen=True, kw_only=True):
    """The flagged rows of one model.

    Attributes
    ----------
    n
        How many rows are flagged.
    rule
        The rule that flags; None where all residuals are equal and nothing can be outlying.
    scale
        The residuals' robust standard deviation; None with the rule and of predictions of classes.
    totals
        Σ wℓ over the flagged rows for each kernel asked for, in their order.
    flag
        What flags a row; None with the rule.
    fences
        Where errors are pulled to; None with the rule and of predictions of classes.
    z
        The robust z-score of a row; None without a scale.
    skewness
        That of the errors, by which fences were moved; None for rules that do not ask for it.
    """

    n: int
    rule: str | None
    scale: float | None
    totals: tuple[float, ...]
    flag: Flag | None = None
    fences: Fences | None = None
    z: Quantity | None = None
    skewness: Skewness | None = None


class Flagged(Struct, frozen=True, kw_only=True):
    """Rows that are flagged: how many, Σw over them, and Σ wℓ over them of each quantity asked for."""

    n: int
    weight: float
    totals: tuple[float, ...]


class FlaggedTotals(ByBatch, frozen=True):
    """Answers how many rows any of `flags` flags, Σw over them, and Σ wℓ of each quantity over them."""

    flags: tuple[Flag, ...]
    of: tuple[Quantity, ...]

    def observe(self, batch: Batch) -> Tables:
        """Return the line (count, Σw, Σ wℓ by quantity) of the batch, in which few rows are flagged."""
        rows = self.flags[0].rows(batch)
        for flag in self.flags[1:]:
            rows = rows | flag.rows(batch)
        flagged = batch.take(np.flatnonzero(rows))
        totals = (weighted_sum(of(flagged), flagged.weight)[1] for of in self.of)
        return (np.array([float(len(flagged)), flagged.total_weight(), *totals]),)

    def finalise(self, state: Tables) -> Flagged:
        """Return count, weight and totals."""
        if not state:
            return Flagged(n=0, weight=0.0, totals=(0.0,) * len(self.of))
        counts, weights, *totals = np.array(state).T
        return Flagged(
            n=int(counts.sum()), weight=exact_sum(weights), totals=tuple(exact_sum(total) for total in totals)
        )
