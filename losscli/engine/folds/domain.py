"""Rows that lie outside a loss's domain: a state of the fold, so that one loss does not stop the others."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from losscli.engine.folds.quantity import LossValue
from losscli.losses.param import REAL, Interval

if TYPE_CHECKING:
    from losscli.arrays import BoolArray, FloatArray
    from losscli.engine.folds.batch import Batch
    from losscli.losses.bound import BoundKernel

# Rows that are named; the others are counted.
NAMED = 3


class Side(StrEnum):
    """What of a row breaks the domain."""

    TARGET = "target"
    PREDICTION = "prediction"
    BOTH = "both"


class Fault(Struct, frozen=True, kw_only=True):
    """A row outside the domain; of a row of k numbers, the first number that is, and which it is."""

    side: Side
    record: int
    y_true: float
    y_pred: float
    column: int = 0


class Faults(Struct, frozen=True, kw_only=True):
    """Rows of a model that a loss is not defined for, the first of them, and those where it is seldom meant."""

    count: int = 0
    first: tuple[Fault, ...] = ()
    unusual: int = 0


_FAULTLESS = Faults()


class DomainFaults(Struct, frozen=True):
    """Answers which rows of a model lie outside a loss's domain: `Faults`."""

    kernel: BoundKernel
    model: int

    def empty(self) -> Faults:
        """Return the state of no rows."""
        return _FAULTLESS

    def observe(self, batch: Batch) -> Faults:
        """Return the faults of one batch."""
        if self._is_usual(batch):
            return _FAULTLESS
        count, first = 0, list[Fault]()
        for side, broken in self._broken(batch):
            rows = broken if broken.ndim == 1 else broken.any(axis=1)
            index = np.flatnonzero(rows)
            count += len(index)
            first += [self._fault(batch, side, broken, int(row)) for row in index[:NAMED]]
        return Faults(
            count=count,
            first=tuple(sorted(first, key=lambda fault: fault.record)[:NAMED]),
            unusual=self._unusual(batch),
        )

    def _fault(self, batch: Batch, side: Side, broken: BoolArray, row: int) -> Fault:
        column = 0 if broken.ndim == 1 else int(np.argmax(broken[row]))
        y_true, y_pred = batch.y_true[row], batch.y_pred[self.model][row]
        return Fault(
            side=side,
            record=int(batch.records(np.array([row]))[0]),
            y_true=float(y_true[column] if np.ndim(y_true) else y_true),
            y_pred=float(y_pred[column] if np.ndim(y_pred) else y_pred),
            column=column,
        )

    def _is_usual(self, batch: Batch) -> bool:
        """Return whether the extremes tell that all is well, as they mostly do."""
        encoding = self.kernel.encoding
        return (
            encoding.joint is None
            and (encoding.usual or encoding.y_true).covers(*batch.target_range())
            and (encoding.usual or encoding.y_pred).covers(*batch.prediction_range(self.model))
        )

    def _unusual(self, batch: Batch) -> int:
        usual = self.kernel.encoding.usual
        if usual is None:
            return 0
        outside = [mask for mask in self._outside(batch, usual, usual) if mask is not None]
        return int(np.count_nonzero(np.logical_or.reduce(outside))) if outside else 0

    def _broken(self, batch: Batch) -> list[tuple[Side, BoolArray]]:
        """Return what is outside, by side: masks of shape (n,) or (n, k); no row is told of twice."""
        encoding = self.kernel.encoding
        target, prediction = self._outside(batch, encoding.y_true, encoding.y_pred)
        both: BoolArray | None = None
        if encoding.joint is not None:
            both = ~encoding.joint.holds(batch.y_true, batch.y_pred[self.model], **dict(self.kernel.params))
        broken: list[tuple[Side, BoolArray]] = []
        seen: BoolArray = np.zeros((), dtype=np.bool_)
        for side, mask in ((Side.TARGET, target), (Side.PREDICTION, prediction), (Side.BOTH, both)):
            if mask is None or not mask.any():
                continue
            fresh = mask & (~seen if mask.ndim == 1 else ~seen[..., np.newaxis])
            seen = seen | (mask if mask.ndim == 1 else mask.any(axis=1))
            broken.append((side, fresh))
        return broken

    def _outside(
        self, batch: Batch, target: Interval, prediction: Interval
    ) -> tuple[BoolArray | None, BoolArray | None]:
        """Return which targets and predictions lie outside; None where none does, as the extremes tell."""
        return (
            _outside(target, batch.target_range, batch.y_true),
            _outside(prediction, partial(batch.prediction_range, self.model), batch.y_pred[self.model]),
        )

    def merge(self, earlier: Faults, later: Faults) -> Faults:
        """Return the counts of both and the first faults."""
        return Faults(
            count=earlier.count + later.count,
            first=(*earlier.first, *later.first)[:NAMED],
            unusual=earlier.unusual + later.unusual,
        )

    def finalise(self, state: Faults) -> Faults:
        """Return the faults of all rows."""
        return state


def _outside(domain: Interval, extremes: Callable[[], tuple[float, float]], values: FloatArray) -> BoolArray | None:
    if domain == REAL or domain.covers(*extremes()):
        return None
    return ~domain.contains(values)


class InfiniteRows(Struct, frozen=True):
    """Answers the first rows in which a loss of a model is infinite, as numbers of their records."""

    kernel: BoundKernel
    model: int

    def empty(self) -> tuple[int, ...]:
        """Return the state of no rows."""
        return ()

    def observe(self, batch: Batch) -> tuple[int, ...]:
        """Return the first such rows of a batch."""
        index = np.flatnonzero(np.isinf(LossValue(self.kernel, self.model)(batch)))[:NAMED]
        return tuple(batch.records(index).tolist())

    def merge(self, earlier: tuple[int, ...], later: tuple[int, ...]) -> tuple[int, ...]:
        """Return the first of both."""
        return (*earlier, *later)[:NAMED]

    def finalise(self, state: tuple[int, ...]) -> tuple[int, ...]:
        """Return the rows."""
        return state
