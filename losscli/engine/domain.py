"""Rows that lie outside a loss's domain: a state of the fold, so that one loss does not stop the others."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from losscli.losses.param import REAL

if TYPE_CHECKING:
    from losscli.arrays import BoolArray
    from losscli.engine.batch import Batch
    from losscli.losses.bound import BoundKernel

# Rows that are named; the others are counted.
NAMED = 3


class Side(StrEnum):
    """What of a row breaks the domain."""

    TARGET = "target"
    PREDICTION = "prediction"
    BOTH = "both"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A row outside the domain."""

    side: Side
    part: int
    record: int
    y_true: float
    y_pred: float


@dataclass(frozen=True, kw_only=True)
class Faults:
    """Rows of a model that a loss is not defined for, the first of them, and those where it is seldom meant."""

    count: int = 0
    first: tuple[Fault, ...] = ()
    unusual: int = 0


@dataclass(frozen=True)
class DomainFaults:
    """Answers which rows of a model lie outside a loss's domain: `Faults`."""

    kernel: BoundKernel
    model: int

    def empty(self) -> Faults:
        """Return the state of no rows."""
        return Faults()

    def observe(self, batch: Batch) -> Faults:
        """Return the faults of one batch."""
        count, first = 0, list[Fault]()
        for side, broken in self._broken(batch):
            index = np.flatnonzero(broken)
            count += len(index)
            shown = index[:NAMED]
            first += [
                Fault(
                    side=side,
                    part=batch.part,
                    record=int(record),
                    y_true=float(batch.y_true[row]),
                    y_pred=float(batch.y_pred[self.model][row]),
                )
                for row, record in zip(shown, batch.records(shown), strict=True)
            ]
        return Faults(
            count=count,
            first=tuple(sorted(first, key=lambda fault: fault.record)[:NAMED]),
            unusual=self._unusual(batch),
        )

    def _unusual(self, batch: Batch) -> int:
        usual = self.kernel.encoding.usual
        if usual is None:
            return 0
        return int(np.count_nonzero(~(usual.contains(batch.y_true) & usual.contains(batch.y_pred[self.model]))))

    def _broken(self, batch: Batch) -> list[tuple[Side, BoolArray]]:
        encoding, y_pred = self.kernel.encoding, batch.y_pred[self.model]
        broken: list[tuple[Side, BoolArray]] = []
        if encoding.y_true != REAL:
            broken.append((Side.TARGET, ~encoding.y_true.contains(batch.y_true)))
        if encoding.y_pred != REAL:
            seen = broken[0][1] if broken else np.zeros(len(batch), dtype=np.bool_)
            broken.append((Side.PREDICTION, ~encoding.y_pred.contains(y_pred) & ~seen))
        if encoding.joint is not None:
            apart = ~encoding.joint.holds(batch.y_true, y_pred, **dict(self.kernel.params))
            for _, seen in broken:
                apart &= ~seen
            broken.append((Side.BOTH, apart))
        return broken

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
