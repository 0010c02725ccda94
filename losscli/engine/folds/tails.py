"""What the rows with the largest values hold of a quantity: exact for any number of rows, mostly in one fold.

A sample tells between which two values each limit lies almost surely. One fold sums what lies above these and gathers
what lies between, where the limit is found exactly. Where the sample has misled, the limit is selected first.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from losscli.engine.folds.accumulate import ByBatch
from losscli.engine.folds.moments import exact_sum
from losscli.engine.folds.question import Question, ask, together
from losscli.engine.folds.sample import Sampled
from losscli.engine.folds.select import quantile, window_around
from losscli.engine.folds.window import near_of
from losscli.engine.folds.words import Rank

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.folds.accumulate import Tables
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.quantity import Quantity

# Shares of the rows, those with the largest loss, of which it is told how much of a loss they hold.
TOPS = (0.001, 0.01, 0.05)

Held: TypeAlias = "tuple[int, float]"
_Found: TypeAlias = "tuple[Tables, tuple[tuple[Tables, ...], ...]]"
# What a line holds for each window: rows, Σw and Σwv above it, rows and Σw on its upper bound, Σw on the lower, and
# Σw from there on.
_ABOVE, _W_ABOVE, _HELD_ABOVE, _ON_HIGH, _W_ON_HIGH, _W_ON_LOW, _W_FROM = range(7)
_LINE = 7


class AboveLimits(ByBatch, frozen=True):
    """Answers for each limit how many rows have a quantity above it, and Σwv over them."""

    of: Quantity
    limits: tuple[float, ...]

    def observe(self, batch: Batch) -> Tables:
        """Return the line (count, Σwv by limit) of the batch."""
        values = self.of(batch)
        line = []
        for limit in self.limits:
            above = np.flatnonzero(values > limit)
            weighed = values[above] if batch.weight is None else values[above] * batch.weight[above]
            line += [float(len(above)), float(np.sum(weighed))]
        return (np.array(line),)

    def finalise(self, state: Tables) -> tuple[Held, ...]:
        """Return count and sum for each limit."""
        if not state:
            return ((0, 0.0),) * len(self.limits)
        columns = np.array(state).T
        return tuple(
            (int(counts.sum()), exact_sum(sums)) for counts, sums in zip(columns[::2], columns[1::2], strict=True)
        )


class Tails(Struct, frozen=True):
    """Answers for each window, from the highest on, what lies above the quantile of its level in it: rows and Σwv.

    None where the quantile is in another place. Rows that a loss leaves out (NaN) are no rows.
    """

    of: Quantity
    levels: tuple[Fraction, ...]
    windows: tuple[tuple[float, float], ...]

    def empty(self) -> _Found:
        """Return the state of no rows."""
        return (), ()

    def observe(self, batch: Batch) -> _Found:
        """Return the line of sums of the batch, and the values and weights between the bounds of each window."""
        every = self.of(batch)
        index = np.flatnonzero(every >= min(low for low, _ in self.windows))
        values, w = every[index], None if batch.weight is None else batch.weight[index]
        line, between = [_weight_of_all(every, batch.weight)], []
        for low, high in self.windows:
            above, inside = values > high, (values > low) & (values < high)
            on_high = (values == high) & (high > low)
            held = values[above] if w is None else values[above] * w[above]
            rows = (above, on_high, values == low, values >= low)
            weights = [float(np.count_nonzero(each) if w is None else np.sum(w[each])) for each in rows]
            above_and_on = (float(np.count_nonzero(each)) for each in (above, on_high))
            line += [next(above_and_on), weights[0], float(np.sum(held)), next(above_and_on), *weights[1:]]
            between.append((values[inside],) if w is None else (values[inside], w[inside]))
        return (np.array(line),), (tuple(between),)

    def merge(self, earlier: _Found, later: _Found) -> _Found:
        """Return what both found."""
        return earlier[0] + later[0], earlier[1] + later[1]

    def finalise(self, state: _Found) -> tuple[Held | None, ...]:
        """Return rows and sum above each quantile."""
        lines, found = state
        if not lines:
            return (None,) * len(self.windows)
        total, *columns = (exact_sum(column) for column in np.array(lines).T)
        return tuple(
            self._above(at, total, columns[_LINE * at : _LINE * (at + 1)], [between[at] for between in found])
            for at in range(len(self.windows))
        )

    def _above(self, at: int, total: float, sums: list[float], found: list[tuple[FloatArray, ...]]) -> Held | None:
        low, high = self.windows[at]
        values, *weights = (np.concatenate(column) for column in zip(*found, strict=True))
        near = replace(
            near_of(values, weights[0] if weights else None, total=total, below=total - sums[_W_FROM]),
            low=low,
            on_low=sums[_W_ON_LOW],
            high=high,
            on_high=sums[_W_ON_HIGH],
        )
        limit = near.at(Rank(self.levels[at], exceeds=False))
        if limit is None:
            return None
        first = int(np.searchsorted(near.values, limit, side="right"))
        above = near.values[first:] if near.weight is None else near.values[first:] * near.weight[first:]
        rows, held = sums[_ABOVE] + len(above), sums[_HELD_ABOVE] + float(np.sum(above))
        if limit < high and sums[_ON_HIGH]:
            rows, held = rows + sums[_ON_HIGH], held + high * sums[_W_ON_HIGH]
        return int(rows), held


def _weight_of_all(values: FloatArray, w: FloatArray | None) -> float:
    left_out = np.isnan(values)
    if not left_out.any():
        return float(len(values)) if w is None else float(np.sum(w))
    return float(np.count_nonzero(~left_out)) if w is None else float(np.sum(w[~left_out]))


class Defined(Struct, frozen=True):
    """Whether a quantity is a number: 1, or 0 for rows that a loss leaves out."""

    of: Quantity

    def __call__(self, batch: Batch) -> FloatArray:
        """Return 1.0 for numbers and 0.0 for NaN."""
        defined: FloatArray = (~np.isnan(self.of(batch))).astype(np.float64)
        return defined


def tops_of(of: Quantity, shares: tuple[float, ...] = TOPS) -> Question[tuple[Held, ...]]:
    """Return for each share how many rows, those with the largest values, lie above that quantile, and their Σwv.

    These are at most that share of the rows; where rows have weights, of the weight.
    """
    levels = tuple(Fraction(repr(round(1 - share, 12))) for share in shares)
    sample = yield from ask(Sampled(of))
    windows = [] if sample.whole or np.isnan(sample.values).any() else [window_around(sample, each) for each in levels]
    found: tuple[Held | None, ...] = (None,) * len(shares)
    if windows and None not in windows:
        found = yield from ask(Tails(of, levels, tuple(window for window in windows if window is not None)))
    if None not in found:
        return tuple(held for held in found if held is not None)
    limits = yield from together([quantile(of, float(level), Defined(of)) for level in levels])
    return (yield from ask(AboveLimits(of, tuple(limits))))
