"""Accumulators: stateless recipes over small plain states.

`observe` makes the state of one batch, `merge` joins two states, the earlier rows first, `finalise` reads the answer
off. `empty` is the identity of merge. There is no second algorithm: any split of the rows into batches, over any
number of threads, goes the same way.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

import numpy as np

from losscli.engine.summary import Summary

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.batch import Batch
    from losscli.engine.quantity import Quantity

S = TypeVar("S")
R_co = TypeVar("R_co", covariant=True)

Tables: TypeAlias = "tuple[FloatArray, ...]"


class Accumulator(Protocol[S, R_co]):
    """A recipe from rows to an answer R over states S; frozen and hashable, so that equal ones are folded once."""

    def empty(self) -> S:
        """Return the state of no rows."""
        ...

    def observe(self, batch: Batch, /) -> S:
        """Return the state of the rows of one batch."""
        ...

    def merge(self, earlier: S, later: S, /) -> S:
        """Return the state of both stretches of rows."""
        ...

    def finalise(self, state: S, /) -> R_co:
        """Return the answer; the state is left as it is."""
        ...


def exact_sum(terms: Iterable[float]) -> float:
    """Return the correctly rounded sum, the same in any order; infinite where it overflows."""
    values = list(terms)
    try:
        return math.fsum(values)
    except OverflowError:
        return float(np.sum(values))


@dataclass(frozen=True)
class Total:
    """Weighted sum of a quantity: answers (Σw, Σwv). Rows that a loss leaves out (NaN) count in neither."""

    of: Quantity

    def empty(self) -> Tables:
        """Return the state of no rows."""
        return ()

    def observe(self, batch: Batch) -> Tables:
        """Return one line (Σw, Σwv) for each part."""
        return (np.array([self._line(part) for part in batch.parts]),)

    def _line(self, part: Batch) -> tuple[float, float]:
        values, weight = self.of(part), part.weight
        total = np.sum(values) if weight is None else np.sum(values * weight)
        if np.isnan(total):
            kept = ~np.isnan(values)
            values = values[kept]
            weight = np.ones(len(values)) if weight is None else weight[kept]
            return float(np.sum(weight)), float(np.sum(values * weight))
        return part.total_weight(), float(total)

    def merge(self, earlier: Tables, later: Tables) -> Tables:
        """Return the lines of both."""
        return earlier + later

    def finalise(self, state: Tables) -> tuple[float, float]:
        """Return Σw and Σwv."""
        if not state:
            return 0.0, 0.0
        weight, total = np.concatenate(state).T
        return exact_sum(weight), exact_sum(total)


# Columns of the table of Moments: counts, Σw, the weighted mean c of the part, then sums centred at c
_N, _INFINITE, _SKIPPED, _W, _C, _W2, _W2D, _W2D2, _W3, _W3D, _W3D2, _W3D3 = range(12)


@dataclass(frozen=True)
class Moments:
    """Mean and the central sums that an interval of it needs: answers a `Summary`.

    The state is the table of the parts' sums, 96 bytes a part; `finalise` reduces it at once by `math.fsum`, which
    gives the same bits in any order (a chain of pairwise updates does not).
    """

    of: Quantity

    def empty(self) -> Tables:
        """Return the state of no rows."""
        return ()

    def observe(self, batch: Batch) -> Tables:
        """Return one line of sums for each part."""
        return (np.stack([_line_of_moments(self.of(part), part.weight) for part in batch.parts]),)

    def merge(self, earlier: Tables, later: Tables) -> Tables:
        """Return the lines of both."""
        return earlier + later

    def finalise(self, state: Tables) -> Summary:
        """Return count, weight, mean and central sums over all parts."""
        if not state:
            return Summary(n=0, weight=0.0, mean=math.nan, psi2=0.0, psi3=0.0, infinite=0, skipped=0)
        table = np.concatenate(state).T
        n = int(table[_N].sum())
        weight = exact_sum(table[_W])
        mean = exact_sum(table[_W] * table[_C]) / weight if weight else math.nan
        with np.errstate(over="ignore", invalid="ignore"):
            shift = table[_C] - mean
            square = table[_W2D2] + shift * (2 * table[_W2D] + shift * table[_W2])
            cube = table[_W3D3] + shift * (3 * table[_W3D2] + shift * (3 * table[_W3D] + shift * table[_W3]))
        scale = n / weight if weight else 0.0
        return Summary(
            n=n,
            weight=weight,
            mean=mean,
            psi2=scale**2 * exact_sum(square),
            psi3=scale**3 * exact_sum(cube),
            infinite=int(table[_INFINITE].sum()),
            skipped=int(table[_SKIPPED].sum()),
        )


def _line_of_moments(values: FloatArray, weight: FloatArray | None) -> FloatArray:
    """Return the sums of one part; infinite and left-out (NaN) values are counted apart."""
    line = np.zeros(12)
    total = np.sum(values)
    if not np.isfinite(total):
        finite = np.isfinite(values)
        line[_SKIPPED] = np.count_nonzero(np.isnan(values))
        line[_INFINITE] = len(values) - np.count_nonzero(finite) - line[_SKIPPED]
        if line[_SKIPPED] or line[_INFINITE]:
            values = values[finite]
            weight = None if weight is None else weight[finite]
            total = np.sum(values)
    n = len(values)
    line[_N] = n
    if n == 0:
        return line
    if weight is None:
        line[_W] = n
        line[_C] = total / n
        d = values - line[_C]
        d2 = d * d
        line[_W2] = line[_W3] = n
        line[_W2D2] = line[_W3D2] = np.sum(d2)
        line[_W3D3] = np.sum(np.multiply(d2, d, out=d2))
        return line
    line[_W] = np.sum(weight)
    line[_C] = np.sum(weight * values) / line[_W]
    wd = values - line[_C]
    wd *= weight
    w2, wd2 = weight * weight, wd * wd
    line[_W2] = np.sum(w2)
    line[_W2D] = np.sum(weight * wd)
    line[_W2D2] = np.sum(wd2)
    line[_W3] = np.sum(w2 * weight)
    line[_W3D] = np.sum(w2 * wd)
    line[_W3D2] = np.sum(weight * wd2)
    line[_W3D3] = np.sum(wd2 * wd)
    return line
