"""Cells that should be numbers and are words: a second look at a file, taken where numbers are missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from losscli.engine.block import SHOWN_CELLS
from losscli.engine.scan import ROW, batches, trimmed

if TYPE_CHECKING:
    import polars as pl

_PADDED = "padded "


@dataclass(frozen=True, kw_only=True)
class Words:
    """Cells of a column that should be numbers and are not.

    Attributes
    ----------
    count : int
        How many.
    first : list of int
        Record numbers of the first `SHOWN_CELLS`.
    padded : bool
        Whether some other cell has blanks around its number.
    """

    count: int
    first: list[int]
    padded: bool


def words_in(
    frame: pl.LazyFrame, keys: Sequence[str], *, block_rows: int, null_values: Sequence[str]
) -> tuple[int, dict[str, Words]]:
    """Return the number of rows, and for each of the text columns `keys` its cells that are no number nor missing.

    The frame has its record numbers in a column `ROW`.

    Raises
    ------
    ScanError
        The file is damaged.
    """
    import polars as pl

    texts = {key: trimmed(key, null_values) for key in keys}
    selected = [
        (text.is_not_null() & text.cast(pl.Float64, strict=False).is_null()).alias(key) for key, text in texts.items()
    ]
    selected += [(text != pl.col(key).cast(pl.String)).alias(_PADDED + key) for key, text in texts.items()]
    n = 0
    counts = dict.fromkeys(keys, 0)
    first: dict[str, list[int]] = {key: [] for key in keys}
    padded = dict.fromkeys(keys, False)
    for batch in batches(frame.select(ROW, *selected), block_rows):
        for key in keys:
            where = batch[ROW].filter(batch[key])
            counts[key] += len(where)
            first[key] += where.head(SHOWN_CELLS - len(first[key])).to_list()
            padded[key] |= bool(batch[_PADDED + key].any())
        n += batch.height
    return n, {key: Words(count=counts[key], first=first[key], padded=padded[key]) for key in keys}
