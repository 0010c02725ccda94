"""Rows of many numbers: side by side, each block in memory of its own, whatever pieces it comes from."""

from __future__ import annotations

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
