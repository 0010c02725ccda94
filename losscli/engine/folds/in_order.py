"""Work that several threads share, its results in the order in which it was given out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

P = TypeVar("P")
R = TypeVar("R")

# Pieces that wait for a worker: enough that none idles, few enough that memory stays bounded.
WINDOW_PER_THREAD = 2


def in_order(pieces: Iterable[P], work: Callable[[P], R], threads: int) -> Iterator[R]:
    """Yield what `work` makes of each of the pieces, in their order; `threads` of them are worked on at a time.

    An error of `work` comes out in the place of its result; pieces that wait are then not begun.
    """
    pieces = iter(pieces)
    first = list(islice(pieces, 2))
    if threads == 1 or len(first) == 1:
        yield from map(work, chain(first, pieces))
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[R]] = deque()
        try:
            for piece in chain(first, pieces):
                waiting.append(pool.submit(work, piece))
                if len(waiting) > WINDOW_PER_THREAD * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
