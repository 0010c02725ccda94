"""How alike neighbouring rows are: the correlation of a quantity with itself one row later."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from losscli.engine.folds.accumulate import ByBatch

if TYPE_CHECKING:
    from losscli.engine.folds.accumulate import Tables
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.quantity import Quantity

# A line of sums of a stretch of d = v − c, with c its first value: rows, c, last d, Σd, Σd², Σ of d times the next d
_N, _C, _LAST, _SUM, _SQUARE, _PRODUCT = range(6)


class NeighbourCorrelation(ByBatch, frozen=True):
    """The lag-1 autocorrelation of a quantity over the rows in their order, in [−1, 1], without weights.

    Answers None where a value is not finite, for fewer than two rows, and where all are equal.
    """

    of: Quantity

    def observe(self, batch: Batch) -> Tables:
        """Return the line of sums of the batch."""
        values = self.of(batch)
        d = values - values[0]
        return (np.array([len(d), values[0], d[-1], np.sum(d), np.sum(d * d), np.sum(d[1:] * d[:-1])]),)

    def finalise(self, state: Tables) -> float | None:
        """Return the correlation."""
        lines = np.reshape(state, (-1, 6))
        n = lines[:, _N]
        if n.sum() < 2 or not np.isfinite(lines).all():
            return None
        mean = float(np.sum(n * lines[:, _C] + lines[:, _SUM]) / n.sum())
        # With u = v − mean = d + shift: sums over each stretch, then the pairs across the seams
        shift, total, last = lines[:, _C] - mean, lines[:, _SUM], lines[:, _LAST]
        square = np.sum(lines[:, _SQUARE] + shift * (2 * total + n * shift))
        product = np.sum(lines[:, _PRODUCT] + shift * (2 * total - last + (n - 1) * shift))
        product += np.sum((last + shift)[:-1] * shift[1:])
        return float(product / square) if square > 0 and math.isfinite(square) else None
