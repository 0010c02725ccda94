"""Rows of many numbers: side by side, each block in memory of its own, whatever pieces it comes from."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from losscli.engine.table.room import PIECE_VALUES, Room

K = 3


@pytest.mark.parametrize("heights", [(1, 2, 3), (PIECE_VALUES // K, 5, PIECE_VALUES // K), (PIECE_VALUES, 1)])
def test_blocks_are_side_by_side_and_overwrite_none(heights):
    room = Room()
    columns = [[np.arange(n) + 10.0**at for at in range(K)] for n in heights]
    blocks = [room.rows(each) for each in columns]
    for block, each in zip(blocks, columns, strict=True):
        assert np.array_equal(block, np.stack(each, axis=1))
        assert block.flags.f_contiguous


def test_small_blocks_share_a_piece():
    room = Room()
    first, second = room.rows([np.zeros(4), np.zeros(4)]), room.rows([np.zeros(4), np.zeros(4)])
    assert second.ctypes.data == first.ctypes.data + first.nbytes


def test_blocks_of_several_threads_overwrite_none():
    class Slow(Room):
        @property
        def _piece(self):
            piece = self.piece
            time.sleep(1e-3)  # so that another thread comes between a look at the piece and what is taken of it
            return piece

        @_piece.setter
        def _piece(self, piece):
            self.piece = piece

    room = Slow()
    with ThreadPoolExecutor(4) as pool:
        blocks = list(pool.map(lambda number: room.rows([np.full(2, float(number))] * K), range(12)))
    assert [np.unique(block).tolist() for block in blocks] == [[number] for number in range(12)]
