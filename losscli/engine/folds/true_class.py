"""What rows of each true class have in common: how many they are, and the sums of quantities over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from losscli.arrays import FloatArray, IntArray
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.quantity import Quantity


class ClassTotals(Struct, frozen=True):
    """Answers for each of k true classes its rows, Σw, and Σwv of each quantity: shape (k, 2 + quantities)."""

    k: int
    of: tuple[Quantity, ...]

    def empty(self) -> FloatArray:
        """Return the state of no rows."""
        return np.zeros((self.k, 2 + len(self.of)))

    def observe(self, batch: Batch) -> FloatArray:
        """Return the sums of one batch."""
        total = self.empty()
        number = _class_of(batch)
        total[:, 0] = np.bincount(number, minlength=self.k)
        total[:, 1] = np.bincount(number, weights=batch.weight, minlength=self.k)
        for column, of in enumerate(self.of, start=2):
            values = of(batch)
            terms = values if batch.weight is None else batch.weight * values
            total[:, column] = np.bincount(number, weights=terms, minlength=self.k)
        return total

    def merge(self, earlier: FloatArray, later: FloatArray) -> FloatArray:
        """Return the sums of both."""
        return earlier + later

    def finalise(self, state: FloatArray) -> FloatArray:
        """Return the sums."""
        return state


def _class_of(batch: Batch) -> IntArray:
    """Return the number of each row's true class, shape (n,); the target is that number, or a row with 1 at it."""
    if batch.y_true.ndim == 2:
        number: IntArray = np.argmax(batch.y_true, axis=1)
        return number
    return batch.y_true.astype(np.int64, copy=False)
