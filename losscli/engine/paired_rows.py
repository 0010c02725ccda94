"""The losses of several models row by row, kept where sums do not suffice: few rows, or rows in order of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from losscli.engine.quantity import LossValue, RowWeight

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.batch import Batch
    from losscli.losses.bound import BoundKernel

Tables: TypeAlias = "tuple[FloatArray, ...]"


@dataclass(frozen=True, kw_only=True)
class LossColumns:
    """Weights of shape (n,), ones where there are none, and losses of shape (models, n), of the rows in their order."""

    weight: FloatArray
    losses: FloatArray


@dataclass(frozen=True)
class PairedRows:
    """One loss of several models on the first `most` rows: answers `LossColumns`. Its memory grows with these rows."""

    kernel: BoundKernel
    models: tuple[int, ...]
    most: int

    def empty(self) -> Tables:
        """Return the state of no rows."""
        return ()

    def observe(self, batch: Batch) -> Tables:
        """Return one table: the weights, and below them the losses of each model."""
        first = batch.slice(0, min(len(batch), self.most))
        return (np.stack([RowWeight()(first), *(LossValue(self.kernel, model)(first) for model in self.models)]),)

    def merge(self, earlier: Tables, later: Tables) -> Tables:
        """Return the tables of both, up to `most` rows."""
        room = self.most - sum(table.shape[1] for table in earlier)
        kept = list(earlier)
        for table in later:
            if room <= 0:
                break
            kept.append(table[:, :room])
            room -= table.shape[1]
        return tuple(kept)

    def finalise(self, state: Tables) -> LossColumns:
        """Return the columns of all kept rows."""
        weight, *losses = np.concatenate([np.empty((1 + len(self.models), 0)), *state], axis=1)
        return LossColumns(weight=weight, losses=np.array(losses))
