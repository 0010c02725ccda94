"""What every loop over rows does: batches × accumulators → answers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from losscli.engine.folds.workers import Workers

if TYPE_CHECKING:
    from losscli.engine.folds.accumulate import Accumulator
    from losscli.engine.folds.batch import Batch

# glibc hands the memory of each batch's arrays back to the system and takes it again page by page, which can double the
# time of a sum, until it has seen a larger array freed: this one, of 16 MiB, is never touched.
np.empty(1 << 21)


# NumPy keeps its error state by thread. Overflow and 0/0 in a loss are answers here: counted as infinite values.
NO_WARNINGS = partial(np.errstate, all="ignore")


class States:
    """The states of accumulators over the rows folded so far; equal accumulators are folded once.

    States are merged in the order of the rows, so the number of threads that observe changes no digit.
    """

    def __init__(self, accumulators: tuple[Accumulator[Any, Any], ...]) -> None:
        self._accumulators = accumulators
        self._distinct = tuple(dict.fromkeys(accumulators))
        self._states = [accumulator.empty() for accumulator in self._distinct]

    def observe(self, batch: Batch) -> list[Any]:
        """Return the states of one batch, for `merge`, in any thread."""
        with NO_WARNINGS():
            return [accumulator.observe(batch) for accumulator in self._distinct]

    def merge(self, observed: list[Any]) -> None:
        """Take in the states of the batch that follows those before."""
        merged = zip(self._distinct, self._states, observed, strict=True)
        self._states = [accumulator.merge(state, seen) for accumulator, state, seen in merged]

    def answers(self) -> tuple[Any, ...]:
        """Return what each accumulator answers, in the accumulators' order."""
        answers = {
            accumulator: accumulator.finalise(state)
            for accumulator, state in zip(self._distinct, self._states, strict=True)
        }
        return tuple(answers[accumulator] for accumulator in self._accumulators)


def fold(batches: Iterable[Batch], accumulators: tuple[Accumulator[Any, Any], ...], threads: int) -> tuple[Any, ...]:
    """Return what each accumulator answers over all batches, in the accumulators' order."""
    states = States(accumulators)
    with Workers(threads) as workers:
        for observed in workers.in_order(batches, states.observe):
            states.merge(observed)
    return states.answers()
