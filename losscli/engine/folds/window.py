"""What lies near a rank: the weight below a stretch of values, and the values in it."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from losscli.engine.folds.moments import exact_sum
from losscli.engine.folds.words import Rank, Ranked

if TYPE_CHECKING:
    from losscli.arrays import BoolArray, FloatArray
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.quantity import Quantity

HALF = Fraction(1, 2)
MIDDLE = (Rank(HALF, exceeds=False), Rank(HALF, exceeds=True))


class Near(Struct, frozen=True, kw_only=True, dict=True):
    """What lies near a rank.

    Attributes
    ----------
    values, weight
        The values between two bounds, in rising order, and their weights; None for ones. Both of shape (k,).
    low, high
        The bounds.
    below, on_low, on_high, total
        The weights below the lower bound, on either bound, and of all.
    """

    values: FloatArray
    weight: FloatArray | None
    total: float
    below: float = 0.0
    low: float = -math.inf
    on_low: float = 0.0
    high: float = math.inf
    on_high: float = 0.0

    def at(self, rank: Rank) -> float | None:
        """Return the value of a rank; None where it lies beyond the bounds."""
        if not 0 < self.total < math.inf:
            return None
        up_to = self._up_to
        bounds = rank.first(np.array([self.below, up_to[0], up_to[-1] + self.on_high]), self.total)
        if bounds in (0, 3):
            return None
        index = rank.first(up_to[1:], self.total)
        values = self.low if bounds == 1 else self.values[index] if index < len(self.values) else self.high
        return float(values) + 0.0  # −0.0 becomes 0.0

    @cached_property
    def _up_to(self) -> FloatArray:
        """The weight up to the lower bound, then up to each value."""
        each = np.arange(1.0, len(self.values) + 1) if self.weight is None else np.cumsum(self.weight)
        return self.below + self.on_low + np.append(0.0, each)

    def median(self) -> float | None:
        """Return the mid-point of the median interval; None where an end of it lies beyond the bounds."""
        low, high = (self.at(rank) for rank in MIDDLE)
        return None if low is None or high is None else mid_point(low, high)


_Found: TypeAlias = "tuple[tuple[FloatArray, ...], tuple[FloatArray, ...], tuple[FloatArray, ...]]"


class Window(Struct, frozen=True):
    """Answers what is `Near` a rank: the weights below and on two bounds, and all that lies between these.

    Where `of` is the distance of `given` from a centre, the values that are handed over are those of `given`, in no
    order, and those on the bounds count as below and above.
    """

    of: Ranked
    low: float
    high: float
    given: Quantity | None = None

    def empty(self) -> _Found:
        """Return the state of no rows."""
        return (), (), ()

    def observe(self, batch: Batch) -> _Found:
        """Return the weights (of all, up to the lower bound, on either bound), and the values between."""
        values, w = self.of.rows(batch)
        up_to = values <= self.low
        inside = (values < self.high) & ~up_to
        on_bounds = () if self.given else (values == self.low, (values == self.high) & ~up_to)
        all_rows = float(len(values)) if w is None else float(np.sum(w))
        line = np.array([all_rows, *(_weight(rows, w) for rows in (up_to, *on_bounds))])
        found = (values if self.given is None else self.given(batch)).compress(inside)
        return (line,), (found,), () if w is None else (w.compress(inside),)

    def merge(self, earlier: _Found, later: _Found) -> _Found:
        """Return what both found."""
        return earlier[0] + later[0], earlier[1] + later[1], earlier[2] + later[2]

    def finalise(self, state: _Found) -> Near:
        """Return the values found, those on the bounds among them."""
        lines, found, weights = state
        columns = np.reshape(lines, (-1, 2 if self.given else 4)).T
        total, up_to, *on_bounds = (exact_sum(column) for column in columns)
        values = np.concatenate([np.empty(0), *found])
        weight = np.concatenate(weights) if weights else None
        if self.given is not None:
            return Near(values=values, weight=weight, total=total, below=up_to)
        near = near_of(values, weight, total=total)
        on_low, on_high = on_bounds
        return replace(near, below=up_to - on_low, low=self.low, on_low=on_low, high=self.high, on_high=on_high)


def near_of(values: FloatArray, weight: FloatArray | None, *, total: float, below: float = 0.0) -> Near:
    """Return what is near a rank of values in any order, above which there is nothing that is not in `total`."""
    if weight is None:
        return Near(values=np.sort(values), weight=None, total=total, below=below)
    order = np.argsort(values, kind="stable")
    return Near(values=values[order], weight=weight[order], total=total, below=below)


def mid_point(low: float, high: float) -> float:
    """Return the middle between two values."""
    return low if low == high else low / 2 + high / 2  # half each, so that their sum cannot overflow


def _weight(rows: BoolArray, w: FloatArray | None) -> float:
    return float(np.count_nonzero(rows)) if w is None else float(np.sum(w[rows]))
