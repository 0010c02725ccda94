"""Room for rows of many numbers, taken in large pieces: the system gives these in pages of 2 MiB, not of 4 KiB."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from losscli.arrays import FloatArray

# Values of a piece: 8 MiB. NumPy asks for pages of 2 MiB where an array has 4 MiB or more; of larger pieces more waits
# in vain for further blocks.
PIECE_VALUES = 1 << 20


class Room:
    """Gives each block of rows the next stretch of a piece of memory, which lives as long as one of its blocks.

    Blocks of several threads share a piece, and never a stretch.
    """

    def __init__(self) -> None:
        self._piece = np.empty(0)
        self._lock = Lock()

    def rows(self, columns: Sequence[FloatArray]) -> FloatArray:
        """Return columns side by side, as an array of shape (n, k), one after another in memory."""
        n, k = len(columns[0]), len(columns)
        with self._lock:
            if len(self._piece) < n * k:
                self._piece = np.empty(max(PIECE_VALUES, n * k))
            values, self._piece = self._piece[: n * k], self._piece[n * k :]
        np.concatenate(columns, out=values)  # of many columns, faster than to stack them
        rows: FloatArray = values.reshape(k, n).T
        return rows
