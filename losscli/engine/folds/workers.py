"""Work that several threads share, its results in the order in which it was given out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, islice
from operator import call
from typing import TYPE_CHECKING, NoReturn, Self, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

P = TypeVar("P")
R = TypeVar("R")

# Pieces that wait for a worker: enough that none idles, few enough that memory stays bounded.
WINDOW_PER_THREAD = 2


class Workers:
    """Threads that share work; begun where there are several pieces first, and ended with the `with` statement.

    They are to outlive a fold: glibc gives a new thread memory that it does not take back when the thread ends, and for
    rows of many numbers that is tens of megabytes.
    """

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._pool: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the threads, when they are done with what they have begun."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def in_order(self, pieces: Iterable[P], work: Callable[[P], R]) -> Iterator[R]:
        """Yield what `work` makes of each of the pieces, in their order; each thread works on one of them at a time.

        An error, of `work` or of `pieces`, comes out in the place of a result: of several the same one for any number
        of threads. Pieces that wait are then not begun, and those that were begun are ended first.
        """
        tasks, are_several = _tasks(pieces, work), False
        if self._threads > 1:
            tasks, are_several = _looked_ahead(tasks)
        if not are_several:
            yield from map(call, tasks)
            return
        from concurrent.futures import ThreadPoolExecutor, wait

        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._threads)
        waiting: deque[Future[R]] = deque()
        try:
            for task in tasks:
                waiting.append(self._pool.submit(task))
                if len(waiting) > WINDOW_PER_THREAD * self._threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            wait([future for future in waiting if not future.cancel()])


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
