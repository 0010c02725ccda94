"""Accumulators: stateless recipes over small plain states.

`observe` makes the state of one batch, `merge` joins two states, the earlier rows first, `finalise` reads the answer
off. `empty` is the identity of merge. There is no second algorithm: any split of the rows into batches, over any
number of threads, goes the same way.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

import numpy as np
from msgspec import Struct

from losscli.engine.folds.moments import LINE, exact_sum, line_of_mean, line_of_moments, sum_of, summary_of
from losscli.engine.folds.units import all_together, merged, unit_sums, with_sampling

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.quantity import Quantity
    from losscli.engine.folds.summary import Summary
    from losscli.engine.folds.units import Stretches

S = TypeVar("S")
E = TypeVar("E")
R_co = TypeVar("R_co", covariant=True)

Tables: TypeAlias = "tuple[FloatArray, ...]"
# Lines of sums, and the sums of clusters or periods
ByUnits: TypeAlias = "tuple[Tables, Stretches]"


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


class ByBatch(Struct, frozen=True):
    """What accumulators share whose state has one entry for each batch: those of two stretches stand side by side."""

    def empty(self) -> tuple[()]:
        """Return the state of no rows."""
        return ()

    def merge(self, earlier: tuple[E, ...], later: tuple[E, ...]) -> tuple[E, ...]:
        """Return the entries of both."""
        return earlier + later


class ByBatchAndUnit(Struct, frozen=True):
    """What accumulators share whose state has the sums of clusters or periods beside an entry for each batch."""

    def empty(self) -> tuple[tuple[()], tuple[()]]:
        """Return the state of no rows."""
        return (), ()

    def merge(
        self, earlier: tuple[tuple[E, ...], Stretches], later: tuple[tuple[E, ...], Stretches]
    ) -> tuple[tuple[E, ...], Stretches]:
        """Return the entries of both, and the sums of all units."""
        return earlier[0] + later[0], merged(earlier[1], later[1])


def weighted_sum(values: FloatArray, weight: FloatArray | None) -> tuple[float, float]:
    """Return Σw and Σwv of values and weights of shape (n,); rows that a loss leaves out (NaN) count in neither."""
    total = sum_of(values) if weight is None else sum_of(values * weight)
    if math.isnan(total):
        kept = ~np.isnan(values)
        values, weight = values[kept], None if weight is None else weight[kept]
        total = sum_of(values) if weight is None else sum_of(values * weight)
    return float(len(values)) if weight is None else float(sum_of(weight)), float(total)


class Total(ByBatch, frozen=True):
    """Weighted sum of a quantity: answers (Σw, Σwv). Rows that a loss leaves out (NaN) count in neither."""

    of: Quantity

    def observe(self, batch: Batch) -> Tables:
        """Return the line (Σw, Σwv) of the batch."""
        return (np.array(weighted_sum(self.of(batch), batch.weight)),)

    def finalise(self, state: Tables) -> tuple[float, float]:
        """Return Σw and Σwv."""
        if not state:
            return 0.0, 0.0
        weight, total = np.array(state).T
        return exact_sum(weight), exact_sum(total)


class WeightSums(ByBatch, frozen=True):
    """Answers Σw and Σw²: both are the number of rows where each counts once."""

    def observe(self, batch: Batch) -> Tables:
        """Return the line (Σw, Σw²) of the batch."""
        n, w = float(len(batch)), batch.weight
        return (np.array((n, n) if w is None else weighted_sum(w, w)),)

    def finalise(self, state: Tables) -> tuple[float, float]:
        """Return Σw and Σw²."""
        if not state:
            return 0.0, 0.0
        weight, squared = np.array(state).T
        return exact_sum(weight), exact_sum(squared)


class Mean(ByBatch, frozen=True):
    """Mean of a quantity without what its interval needs: answers a `Summary` whose central sums are NaN."""

    of: Quantity

    def observe(self, batch: Batch) -> Tables:
        """Return the line of sums of the batch."""
        return (line_of_mean(self.of(batch), batch.weight),)

    def finalise(self, state: Tables) -> Summary:
        """Return count, weight and mean over all batches."""
        return summary_of(np.reshape(state, (-1, LINE)))


class Moments(ByBatchAndUnit, frozen=True):
    """Mean and the central sums that an interval of it needs: answers a `Summary`.

    The state is a line of sums, 96 bytes, for each batch; `finalise` reduces them at once by `math.fsum`, which gives
    the same bits in any order (a chain of pairwise updates does not). Beside them stand the sums of clusters or
    periods, where rows have them.
    """

    of: Quantity

    def observe(self, batch: Batch) -> ByUnits:
        """Return the line of sums of the batch, and the sums of its units."""
        values = self.of(batch)
        return (line_of_moments(values, batch.weight),), unit_sums(batch, values)

    def finalise(self, state: ByUnits) -> Summary:
        """Return count, weight, mean and central sums over all batches."""
        lines, stretches = state
        return with_sampling(summary_of(np.reshape(lines, (-1, LINE))), all_together(stretches))


class Values(ByBatch, frozen=True):
    """All values of a quantity, in the order of the rows, and their weights or None: for few rows."""

    of: Quantity

    def observe(self, batch: Batch) -> Tables:
        """Return a column of values, and one of weights where there are any."""
        values = self.of(batch)
        return (np.stack([values] if batch.weight is None else [values, batch.weight]),)

    def finalise(self, state: Tables) -> tuple[FloatArray, FloatArray | None]:
        """Return values and weights, each of shape (n,)."""
        if not state:
            return np.empty(0), None
        values, *weights = np.concatenate(state, axis=1)
        return values, weights[0] if weights else None
