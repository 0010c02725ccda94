"""The only loop over rows: batches × accumulators → answers."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from concurrent.futures import Future

    from losscli.engine.folds.accumulate import Accumulator
    from losscli.engine.folds.batch import Batch

# glibc hands the memory of each batch's arrays back to the system and takes it again page by page, which can double the
# time of a sum, until it has seen a larger array freed: this one, of 16 MiB, is never touched.
np.empty(1 << 21)

# Batches that wait for a worker: enough that none idles, few enough that memory stays bounded.
WINDOW_PER_THREAD = 2


def fold(batches: Iterable[Batch], accumulators: tuple[Accumulator[Any, Any], ...], threads: int) -> tuple[Any, ...]:
    """Return what each accumulator answers over all batches, in the accumulators' order.

    Equal accumulators are folded once. States are merged in the order of the rows, so the number of threads changes no
    digit.
    """
    distinct = tuple(dict.fromkeys(accumulators))
    states = [accumulator.empty() for accumulator in distinct]

    def merge(observed: list[Any]) -> None:
        states[:] = [a.merge(state, seen) for a, state, seen in zip(distinct, states, observed, strict=True)]

    batches = iter(batches)
    first = list(islice(batches, 2))
    if threads == 1 or len(first) == 1:
        for batch in chain(first, batches):
            merge(_observe(batch, distinct))
    else:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(threads) as pool:
            waiting: deque[Future[list[Any]]] = deque()
            try:
                for batch in chain(first, batches):
                    waiting.append(pool.submit(_observe, batch, distinct))
                    if len(waiting) > WINDOW_PER_THREAD * threads:
                        merge(waiting.popleft().result())
                while waiting:
                    merge(waiting.popleft().result())
            finally:
                for future in waiting:
                    future.cancel()
    answers = {a: a.finalise(state) for a, state in zip(distinct, states, strict=True)}
    return tuple(answers[accumulator] for accumulator in accumulators)


def _observe(batch: Batch, accumulators: tuple[Accumulator[Any, Any], ...]) -> list[Any]:
    # NumPy keeps its error state by thread. Overflow and 0/0 in a loss are answers here: counted as infinite values.
    with np.errstate(all="ignore"):
        return [accumulator.observe(batch) for accumulator in accumulators]
