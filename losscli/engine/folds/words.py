"""The value of any rank among any number of rows, whatever they are like, in a few folds and bounded memory.

A float64, read as four words of 16 bits, sorts like its value once the words of negative numbers are complemented. One
fold counts the first words; then it is known which word holds the wanted rank, and the next fold gathers the rows
under it, or counts their second words where they are many.
"""

from __future__ import annotations

import math
import sys
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from msgspec import Struct

from losscli.engine.folds.accumulate import ByBatch
from losscli.engine.folds.question import Question, ask

if TYPE_CHECKING:
    from losscli.arrays import BoolArray, FloatArray, IntArray
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.quantity import Quantity

WORDS = 4
WORD_VALUES = 1 << 16
# Values gathered at once: 32 MiB. Where more lie under one word, the next word is counted instead.
GATHER_VALUES = 1 << 22
# Cumulative weights that agree to this share of Σw are equal: the rounding of sums of fractional weights.
WEIGHT_TOLERANCE = 1e-12

_PLACES = tuple(reversed(range(WORDS))) if sys.byteorder == "little" else tuple(range(WORDS))
_NEGATIVE = WORD_VALUES >> 1  # the sign bit of the first word

Words: TypeAlias = "np.ndarray[tuple[int], np.dtype[np.uint16]]"
Counted: TypeAlias = "tuple[IntArray | FloatArray, ...]"


class Ranked(Struct, frozen=True):
    """A quantity whose order is wanted, with a further weight for each row, or none."""

    of: Quantity
    weight: Quantity | None = None

    def rows(self, batch: Batch, prefix: tuple[int, ...] = ()) -> tuple[FloatArray, FloatArray | None]:
        """Return the values whose first words are `prefix`, shape (k,), and their weights or None for ones."""
        values = np.ascontiguousarray(self.of(batch))
        weight = batch.weight
        if self.weight is not None:
            further = self.weight(batch)
            weight = further if weight is None else weight * further
        if prefix:
            inside = self._under(values, prefix)
            return values[inside], None if weight is None else weight[inside]
        return values, weight

    @staticmethod
    def _under(values: FloatArray, prefix: tuple[int, ...]) -> BoolArray:
        inside: BoolArray = _words(values, 0) == prefix[0]
        for place, word in enumerate(prefix[1:], start=1):
            inside &= _words(values, place) == word
        return inside


def _words(values: FloatArray, place: int) -> Words:
    words: Words = values.view(np.uint16)[_PLACES[place] :: WORDS]
    return words


class WordCounts(Struct, frozen=True):
    """How many rows, and how much weight, hold each next word among those whose first words are `prefix`.

    The state is of arrays of shape (65 536,): counts, then weights where rows have some.
    """

    ranked: Ranked
    prefix: tuple[int, ...] = ()

    def empty(self) -> Counted:
        """Return the state of no rows."""
        return ()

    def observe(self, batch: Batch) -> Counted:
        """Return the counts and weights of one batch."""
        values, weight = self.ranked.rows(batch, self.prefix)
        words = _words(values, len(self.prefix))
        counts = np.bincount(words, minlength=WORD_VALUES)
        return (counts,) if weight is None else (counts, np.bincount(words, weights=weight, minlength=WORD_VALUES))

    def merge(self, earlier: Counted, later: Counted) -> Counted:
        """Return the sums of both."""
        if not (earlier and later):
            return earlier or later
        return tuple(a + b for a, b in zip(earlier, later, strict=True))

    def finalise(self, state: Counted) -> tuple[IntArray | FloatArray, IntArray | FloatArray]:
        """Return counts and weights by raw word; one and the same where every row counts once."""
        if not state:
            return np.zeros(WORD_VALUES), np.zeros(WORD_VALUES)
        return state[0], state[-1]


Gathered: TypeAlias = "tuple[tuple[FloatArray, FloatArray], ...]"


class Gather(ByBatch, frozen=True):
    """The values whose first words are `prefix`, in rising order, and their weights."""

    ranked: Ranked
    prefix: tuple[int, ...]

    def observe(self, batch: Batch) -> Gathered:
        """Return the values and weights of one batch."""
        values, weight = self.ranked.rows(batch, self.prefix)
        return ((values, np.ones(len(values)) if weight is None else weight),)

    def finalise(self, state: Gathered) -> tuple[FloatArray, FloatArray]:
        """Return values and weights, each of shape (k,)."""
        if not state:
            return np.empty(0), np.empty(0)
        values, weights = (np.concatenate(column) for column in zip(*state, strict=True))
        order = np.argsort(values, kind="stable")
        return values[order], weights[order]


class Rank(Struct, frozen=True):
    """The smallest value up to which the weight reaches a share of the whole, or exceeds it."""

    level: Fraction
    exceeds: bool

    def first(self, cumulative: FloatArray, total: float) -> int:
        """Return the first index whose cumulative weight, rising and of shape (k,), is enough."""
        wanted = float(self.level * Fraction(total))
        slack = WEIGHT_TOLERANCE * total
        if self.exceeds:
            return int(np.searchsorted(cumulative, wanted + slack, side="right"))
        return int(np.searchsorted(cumulative, wanted - slack, side="left"))


def by_words(ranked: Ranked, rank: Rank) -> Question[float]:
    """Return the value of a rank; NaN where there are no rows, or their weight is endless."""
    prefix: tuple[int, ...] = ()
    below, total = 0.0, math.nan
    while len(prefix) < WORDS:
        rising = _rising(prefix)
        counts, weights = (column[rising] for column in (yield from ask(WordCounts(ranked, prefix))))
        if not prefix:
            total = float(np.sum(weights))
        held = np.flatnonzero(weights)
        if len(held) == 0 or not math.isfinite(total):
            return math.nan
        cumulative = below + np.cumsum(weights, dtype=np.float64)
        index = min(rank.first(cumulative, total), int(held[-1]))
        below = float(cumulative[index - 1]) if index else below
        prefix = (*prefix, int(rising[index]))
        if counts[index] <= GATHER_VALUES and len(prefix) < WORDS:
            values, each = yield from ask(Gather(ranked, prefix))
            return float(values[min(rank.first(below + np.cumsum(each), total), len(values) - 1)]) + 0.0
    bits = np.array([prefix[place] for place in _PLACES], dtype=np.uint16)
    return float(bits.view(np.float64)[0]) + 0.0  # −0.0 becomes 0.0


def _rising(prefix: tuple[int, ...]) -> IntArray:
    """Return the raw words in the order of the values that they begin, or go on from `prefix`."""
    words: IntArray = np.arange(WORD_VALUES)
    if not prefix:
        return np.concatenate([words[: _NEGATIVE - 1 : -1], words[:_NEGATIVE]])
    return words[::-1] if prefix[0] >= _NEGATIVE else words
