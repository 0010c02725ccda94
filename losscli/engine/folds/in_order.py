"""Work that several threads share, its results in the order in which it was given out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, islice
from operator import call
from typing import TYPE_CHECKING, NoReturn, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

P = TypeVar("P")
R = TypeVar("R")

# Pieces that wait for a worker: enough that none idles, few enough that memory stays bounded.
WINDOW_PER_THREAD = 2


def in_order(pieces: Iterable[P], work: Callable[[P], R], threads: int) -> Iterator[R]:
    """Yield what `work` makes of each of the pieces, in their order; `threads` of them are worked on at a time.

    An error, of `work` or of `pieces`, comes out in the place of a result: of several the same one for any number of
    threads. Pieces that wait are then not begun.
    """
    tasks, are_several = _tasks(pieces, work), False
    if threads > 1:
        tasks, are_several = _looked_ahead(tasks)
    if not are_several:
        yield from map(call, tasks)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[R]] = deque()
        try:
            for task in tasks:
                waiting.append(pool.submit(task))
                if len(waiting) > WINDOW_PER_THREAD * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _tasks(pieces: Iterable[P], work: Callable[[P], R]) -> Iterator[Callable[[], R]]:
    """Yield what makes each result; where a piece cannot be had, the last of them raises why."""
    try:
        for piece in pieces:
            yield partial(work, piece)
    except Exception as error:  # noqa: BLE001 - raised when its turn comes: results before it may be errors too
        yield partial(_raise, error)


def _raise(error: Exception) -> NoReturn:
    raise error


def _looked_ahead(tasks: Iterator[Callable[[], R]]) -> tuple[Iterator[Callable[[], R]], bool]:
    """Return the tasks, and whether there are several."""
    first = list(islice(tasks, 2))
    return chain(first, tasks), len(first) > 1
