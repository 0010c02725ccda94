"""Rows of one file in the order, and in stretches of the length, that another file sets."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from losscli.engine.files.block import Block, rows_of
from losscli.errors import InputError

if TYPE_CHECKING:
    from losscli.arrays import FloatArray, IntArray


def in_order(blocks: Iterable[Block], order: IntArray | None, label: str) -> Iterator[Block]:
    """Yield the rows at `order`, positions among all rows of `blocks`, or all rows where it is None.

    Ascending positions are picked block by block; others need all of their rows in memory at once, and come as one
    block, which knows no records.

    Raises
    ------
    InputError
        The file that is called `label` no longer has all of these rows.
    """
    if order is None:
        yield from blocks
    elif _ascends(order):
        yield from picked(blocks, order, label)
    else:
        yield _gathered(blocks, order, label)


def picked(blocks: Iterable[Block], order: IntArray, label: str) -> Iterator[Block]:
    """Yield of each block the rows whose positions among all rows stand in the ascending `order`.

    Raises
    ------
    InputError
        The file that is called `label` no longer has all of these rows.
    """
    start = 0
    for block in blocks:
        height = rows_of(block)
        low, high = np.searchsorted(order, [start, start + height])
        if high - low == height:
            yield block
        elif high > low:
            at = order[low:high].astype(np.int64) - start
            yield Block(
                first_row=block.first_row,
                columns={name: values[at] for name, values in block.columns.items()},
                rows=block.first_row + at if block.rows is None else block.rows[at],
            )
        start += height
    _check_height(start, order, label)


def _check_height(height: int, order: IntArray, label: str) -> None:
    if len(order) and height <= order.max():
        raise InputError(f"{label} has lost rows since its keys were read", "run the command again")


class Stream:
    """Blocks of one file, taken in stretches of any length."""

    def __init__(self, blocks: Iterator[Block]) -> None:
        self._blocks = blocks
        self._waiting: deque[Mapping[str, FloatArray]] = deque()
        self._height = 0

    def take(self, n: int) -> Mapping[str, FloatArray] | None:
        """Return the columns of the next `n` rows, None where fewer are left."""
        while self._height < n:
            block = next(self._blocks, None)
            if block is None:
                return None
            self._waiting.append(block.columns)
            self._height += rows_of(block)
        pieces: list[Mapping[str, FloatArray]] = []
        lacking = n
        while lacking:
            columns = self._waiting.popleft()
            height = len(next(iter(columns.values())))
            if height > lacking:
                self._waiting.appendleft({name: values[lacking:] for name, values in columns.items()})
                columns = {name: values[:lacking] for name, values in columns.items()}
            pieces.append(columns)
            lacking -= min(height, lacking)
        self._height -= n
        if len(pieces) == 1:
            return pieces[0]
        return {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}

    def rest(self) -> int:
        """Return how many rows are left, reading them."""
        return self._height + sum(rows_of(block) for block in self._blocks)


def _ascends(order: IntArray) -> bool:
    return bool((order[1:] > order[:-1]).all())


def _gathered(blocks: Iterable[Block], order: IntArray, label: str) -> Block:
    goes_to = np.full(int(order.max()) + 1, -1, np.int64)
    goes_to[order] = np.arange(len(order))
    gathered: dict[str, FloatArray] = {}
    start = 0
    for block in blocks:
        to = goes_to[start : start + rows_of(block)]
        start += rows_of(block)
        at = np.flatnonzero(to >= 0)
        for name, values in block.columns.items():
            if name not in gathered:
                gathered[name] = np.empty((len(order), *values.shape[1:]))
            gathered[name][to[at]] = values[at]
    _check_height(start, order, label)
    return Block(first_row=0, columns=gathered)
