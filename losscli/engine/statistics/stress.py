"""What if: how much each loss would grow if some predictions were spoilt."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from losscli.engine.folds.quantity import LossValue
from losscli.engine.folds.question import Question, ask, together
from losscli.engine.folds.top_rows import TopRows
from losscli.engine.statistics.flags import Flag, FlaggedTotals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from losscli.arrays import FloatArray
    from losscli.engine.folds.batch import Batch
    from losscli.engine.statistics.flags import Flagged
    from losscli.engine.statistics.inquiry import Asked
    from losscli.losses.bound import BoundKernel

ONE_ROW_STEPS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0)  # robust standard deviations
SHARES = (0.001, 0.01, 0.05)  # of the rows
UNIT_FACTOR = 1_000.0
SHIFT = 10.0  # robust standard deviations


class Spoil(StrEnum):
    """How predictions are spoilt."""

    ERROR = "error"  # the error of one row becomes so many robust standard deviations
    UNIT = "unit"  # a prediction in another unit, times 1 000
    SIGN = "sign"  # with the wrong sign
    SHIFT = "shift"  # too high by 10 robust standard deviations


class Stress(Struct, frozen=True, kw_only=True):
    """Predictions that are spoilt, and Σwℓ of each loss over these rows before and after.

    Attributes
    ----------
    spoil, size
        How, and how much: for `ERROR` in robust standard deviations, for the others the share of the rows.
    rows
        How many rows it met.
    before, after
        For each loss; infinite where the loss is not defined for a spoilt prediction.
    """

    spoil: Spoil
    size: float
    rows: int
    before: tuple[float, ...]
    after: tuple[float, ...]


class Lot(Struct, frozen=True):
    """A number in [0, 1) drawn for each row, the same for the same record and seed however rows are read."""

    seed: int

    def __call__(self, batch: Batch) -> FloatArray:
        """Return the lots, from a mixed count of the records (SplitMix64)."""
        record = batch.records(np.arange(len(batch))).astype(np.uint64)
        start = np.uint64(self.seed * 0x9E3779B97F4A7C15 % 2**64)
        z = (record + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15) + start
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed = z ^ (z >> np.uint64(31))
        lots: FloatArray = (mixed >> np.uint64(11)) / 2.0**53
        return lots


class SpoiltLoss(Struct, frozen=True):
    """The loss of each row for one model, if its prediction were spoilt; infinite where it is not defined then."""

    kernel: BoundKernel
    model: int
    spoil: Spoil
    distance: float  # in the unit of the target, for errors and shifts

    def __call__(self, batch: Batch) -> FloatArray:
        """Return the per-row loss."""
        y_pred = self._spoilt(batch)
        inside = self.kernel.encoding.y_pred.contains(y_pred)
        return np.where(inside, self.kernel.per_row(batch.y_true, y_pred), np.inf)

    def _spoilt(self, batch: Batch) -> FloatArray:
        y_pred = batch.y_pred[self.model]
        match self.spoil:
            case Spoil.ERROR:
                return batch.y_true + self.distance
            case Spoil.UNIT:
                return y_pred * UNIT_FACTOR
            case Spoil.SIGN:
                return -y_pred
            case Spoil.SHIFT:
                return y_pred + self.distance


def stresses_of(losses: tuple[Asked, ...], model: int, scale: float, seed: int) -> Question[list[Stress]]:
    """Return what spoilt predictions do to the losses of a model: one row step by step, then shares of the rows.

    Parameters
    ----------
    scale : float
        The robust standard deviation of the errors, in the unit of the target.
    seed : int
        Draws the rows.
    """
    lot = Lot(seed)
    drawn = yield from ask(TopRows(lot, 1))
    if drawn is None:
        return []
    one = Flag(lot, float(drawn.score[0]), int(drawn.record[0]))
    lots = [one, *(Flag(lot, 1 - share) for share in SHARES)]
    spoils = [(Spoil.UNIT, 0.0), (Spoil.SIGN, 0.0), (Spoil.SHIFT, SHIFT * scale)]
    cases = [[(Spoil.ERROR, step * scale) for step in ONE_ROW_STEPS], *(spoils for _ in SHARES)]
    before = tuple(LossValue(asked.kernel, model) for asked in losses)
    found = yield from together([
        ask(FlaggedTotals((flag,), (*before, *_spoilt(losses, model, each))))
        for flag, each in zip(lots, cases, strict=True)
    ])  # fmt: skip
    alone, *shares = found
    return [
        *(_stress(Spoil.ERROR, step, alone, len(losses), at) for at, step in enumerate(ONE_ROW_STEPS)),
        *(
            _stress(spoil, share, each, len(losses), at)
            for at, (spoil, _) in enumerate(spoils)
            for share, each in zip(SHARES, shares, strict=True)
        ),
    ]


def _spoilt(losses: tuple[Asked, ...], model: int, cases: Sequence[tuple[Spoil, float]]) -> Iterator[SpoiltLoss]:
    for spoil, distance in cases:
        for asked in losses:
            yield SpoiltLoss(asked.kernel, model, spoil, distance)


def _stress(spoil: Spoil, size: float, found: Flagged, losses: int, at: int) -> Stress:
    """Return the case that is the `at`-th of those that met the same rows."""
    start = (1 + at) * losses
    return Stress(
        spoil=spoil,
        size=size,
        rows=found.n,
        before=found.totals[:losses],
        after=found.totals[start : start + losses],
    )
