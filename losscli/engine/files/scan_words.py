"""Cells that should be numbers and are words: a second look at a column, taken where numbers are missing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field

from losscli.engine.files.block import SHOWN_CELLS
from losscli.engine.files.cell_error import word_error
from losscli.engine.files.scan import ROW, batches, trimmed

if TYPE_CHECKING:
    import polars as pl

    from losscli.engine.files.block import CellPlace

_PADDED = "padded "


class Words(Struct, kw_only=True):
    """Cells of a column that should be numbers and are not.

    Attributes
    ----------
    count : int
        How many.
    rows : list of int
        Record numbers of the first `SHOWN_CELLS`.
    texts : list of str
        What stands there.
    padded : bool
        Whether some other cell is a number only without the blanks around it.
    """

    count: int = 0
    rows: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    padded: bool = False


def unexamined(nulls: Sequence[str], columns: Sequence[str], examined: Collection[str]) -> list[str]:
    """Return which columns to look at where there are nulls in some: these, or all that are left from the second time.

    A column a time would be a reading a time; all of them at once would be slow where one cell in the last row is bad.
    """
    unknown = [key for key in nulls if key not in examined]
    return [key for key in columns if key not in examined] if unknown and examined else unknown


def raise_first_word(
    words: Mapping[str, Words],
    placed: Callable[[Sequence[int], Sequence[str]], list[CellPlace]],
    count_rows: Callable[[], int],
) -> None:
    """Raise the error for the first word in the columns `words`; none where there is none.

    Parameters
    ----------
    placed : callable
        Gives the places of cells, from their record numbers and their texts.
    count_rows : callable
        Gives the number of rows that were looked at.

    Raises
    ------
    InputError
        There is a word.
    """
    offending = [(found.rows[0], name) for name, found in words.items() if found.count]
    if offending:
        _, name = min(offending, key=lambda entry: entry[0])
        found = words[name]
        raise word_error(name, found.count, placed(found.rows, found.texts), n=count_rows())


def words_in(
    frame: pl.LazyFrame, keys: Sequence[str], *, block_rows: int, null_values: Sequence[str]
) -> dict[str, Words]:
    """Return for each of the text columns `keys` its cells that are no number nor missing.

    The frame has its record numbers in a column `ROW`.

    Raises
    ------
    ScanError
        The file is damaged.
    """
    import polars as pl

    # most cells are numbers: what costs more than to read them is done for the others only
    cells = {key: pl.col(key).cast(pl.String) for key in keys}
    is_odd = pl.any_horizontal(
        text.is_not_null() & text.cast(pl.Float64, strict=False).is_null() for text in cells.values()
    )
    without_blanks = {key: trimmed(key, null_values) for key in keys}
    is_number = {key: text.cast(pl.Float64, strict=False).is_not_null() for key, text in without_blanks.items()}
    looked_at = [
        *((without_blanks[key].is_not_null() & ~is_number[key]).alias(key) for key in keys),
        *((is_number[key] & (without_blanks[key] != cells[key])).alias(_PADDED + key) for key in keys),
    ]
    found = {key: Words() for key in keys}
    for batch in batches(frame.select(ROW, *cells.values()).filter(is_odd), block_rows):
        seen = batch.select(looked_at)
        for key, words in found.items():
            first = batch.select(ROW, key).filter(seen[key]).head(SHOWN_CELLS - len(words.rows))
            words.count += int(seen[key].sum())
            words.rows += first[ROW].to_list()
            words.texts += first[key].to_list()
            words.padded |= bool(seen[_PADDED + key].any())
    return found
