"""How many rows decide which model wins: the fewest without which another model has the least loss.

Without a set of rows both mean losses are sums over the same weights, so that the model B overtakes A once
Σ w (ℓ_B − ℓ_A) over the rows that are left is below 0. To leave out the rows with the largest terms first is then the
shortest way; what is found is checked by summing both losses over the rows that are left.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from losscli.engine.folds.accumulate import Moments
from losscli.engine.folds.quantity import Difference, LossValue
from losscli.engine.folds.question import Question, ask, together
from losscli.engine.folds.top_rows import TopRows
from losscli.engine.statistics.flags import Flag, FlaggedTotals

if TYPE_CHECKING:
    from losscli.arrays import FloatArray, IntArray
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.quantity import Quantity
    from losscli.engine.folds.summary import Summary
    from losscli.engine.folds.top_rows import Leading
    from losscli.engine.statistics.inquiry import Asked

# Rows that are looked through for a flip; a winner that outlasts them is called firm.
MOST_ROWS = 1_000
SHOWN_PLACES = 10


class Flip(Struct, frozen=True, kw_only=True):
    """What it takes to change the winner of a loss; models are positions.

    Attributes
    ----------
    winner
        The model with the least loss.
    rows, rival
        Without so many rows, at most, the rival has the least loss of the two; None where `MOST_ROWS` do not do.
    places
        The first of these rows, as numbers of their records.
    """

    winner: int
    rows: int | None
    rival: int | None
    places: tuple[int, ...]


class Weighed(Struct, frozen=True):
    """A quantity times the weight of its row."""

    of: Quantity

    def __call__(self, batch: Batch) -> FloatArray:
        """Return w·v of each row."""
        values = self.of(batch)
        return values if batch.weight is None else values * batch.weight


class FlaggedTogether(Struct, frozen=True):
    """Answers how many rows are flagged for any model, for all, and for each of the m models alone: shape (m + 2,)."""

    flags: tuple[Flag | None, ...]

    def empty(self) -> tuple[IntArray, ...]:
        """Return the state of no rows."""
        return ()

    def observe(self, batch: Batch) -> tuple[IntArray, ...]:
        """Return the counts of one batch."""
        none = np.zeros(len(batch), dtype=np.bool_)
        flagged = np.stack([none if flag is None else flag.rows(batch) for flag in self.flags])
        models = np.count_nonzero(flagged, axis=0)
        alone = np.count_nonzero(flagged & (models == 1), axis=1)
        some, every = np.count_nonzero(models), np.count_nonzero(models == len(self.flags))
        return (np.array([some, every, *alone], dtype=np.int64),)

    def merge(self, earlier: tuple[IntArray, ...], later: tuple[IntArray, ...]) -> tuple[IntArray, ...]:
        """Return the sums of both."""
        if not (earlier and later):
            return earlier or later
        return (earlier[0] + later[0],)

    def finalise(self, state: tuple[IntArray, ...]) -> IntArray:
        """Return the counts."""
        return state[0] if state else np.zeros(len(self.flags) + 2, dtype=np.int64)


def flip_of(asked: Asked, models: int) -> Question[Flip | None]:
    """Return what it takes to change the winner of a loss; None where models are not ranked by it, or tie."""
    losses = [LossValue(asked.kernel, model) for model in range(models)]
    summaries = yield from together([ask(Moments(loss)) for loss in losses])
    if asked.bound.loss.is_signed or any(
        summary.infinite or summary.skipped != summaries[0].skipped or not math.isfinite(summary.mean)
        for summary in summaries
    ):
        return None
    means = [summary.mean for summary in summaries]
    winner = means.index(min(means))
    rivals = [model for model in range(models) if model != winner]
    if any(means[rival] == means[winner] for rival in rivals):
        return None
    found = yield from together(
        [_overtaken(losses[winner], losses[rival], summaries[winner], summaries[rival]) for rival in rivals]
    )
    least: tuple[int, int, Leading] | None = None
    for rival, rows in zip(rivals, found, strict=True):
        if rows is not None and (least is None or len(rows) < least[0]):
            least = len(rows), rival, rows
    if least is None:
        return Flip(winner=winner, rows=None, rival=None, places=())
    count, rival, rows = least
    return Flip(winner=winner, rows=count, rival=rival, places=tuple(rows.record[:SHOWN_PLACES].tolist()))


def _overtaken(winner: LossValue, rival: LossValue, ahead: Summary, behind: Summary) -> Question[Leading | None]:
    """Return the fewest rows without which the rival has the smaller loss; None where `MOST_ROWS` do not do."""
    lead = Weighed(Difference(rival, winner))
    rows: Leading | None = yield from ask(TopRows(lead, MOST_ROWS))
    if rows is None:
        return None
    left = behind.mean * behind.weight - ahead.mean * ahead.weight - np.cumsum(rows.score)
    enough = np.flatnonzero(left < 0)
    if len(enough) == 0:
        return None
    count = int(enough[0]) + 1
    last = int(rows.record[count - 1])
    flag = Flag(lead, float(rows.score[count - 1]), last)
    totals = (yield from ask(FlaggedTotals((flag,), (winner, rival)))).totals
    verified = behind.mean * behind.weight - totals[1] < ahead.mean * ahead.weight - totals[0]
    return rows.take(np.arange(count)) if verified and count < ahead.n else None
