"""The columns of a scanned file as NumPy arrays: numbers, labels and lists of numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from losscli.engine.files.labels import MISSING_LABELS, MOMENT, label_text
from losscli.engine.files.scan import ROW, batches, trimmed

if TYPE_CHECKING:
    import polars as pl

    from losscli.arrays import FloatArray, IntArray
    from losscli.engine.files.wanted import Wanted

_UNEVEN = "uneven"
_UNKNOWN = -1.0
_LABEL_ROWS = 1 << 19
_FIRST_ROWS = 1_000
# More would be held several times over by Polars, and take half as much memory again for a thousand columns.
_BYTES_AT_ONCE = 1 << 23


class ListLengthError(Exception):
    """A list has another length than the first one.

    Attributes
    ----------
    column, row, length
        Its column, its row counted from 0 in the file, and how many elements it has.
    """

    def __init__(self, *, column: str, row: int, length: int) -> None:
        super().__init__(column, row, length)
        self.column = column
        self.row = row
        self.length = length


class Batch(Struct, frozen=True, kw_only=True):
    """Rows as scanned.

    Attributes
    ----------
    columns : mapping of str to ndarray, each of shape (n,), or (n, k) for lists
    rows : ndarray of shape (n,), or None
        Their record numbers, where records were left out.
    nulls : tuple of str
        Watched columns of numbers in which a cell is missing or no number: the cause is to be found.
    uneven : bool
        Whether a row may be ragged or blank.
    """

    columns: Mapping[str, FloatArray]
    height: int
    rows: IntArray | None
    nulls: tuple[str, ...]
    uneven: bool

    @property
    def suspect(self) -> bool:
        """Whether something is to be looked at once more."""
        return self.uneven or bool(self.nulls)


def value_batches(
    frame: pl.LazyFrame,
    wanted: Wanted,
    *,
    texts: Collection[str],
    watched: Collection[str],
    null_values: Sequence[str],
    null_numbers: Collection[float] = (),
    uneven: pl.Expr | None = None,
    is_numbered: bool = False,
) -> Iterator[Batch]:
    """Yield columns as float64 in batches of exactly as many rows as a block, the last one shorter.

    What is no number becomes NaN and is told with its batch; nothing is raised for it, because Polars has then given
    batches out already that lack the rows before.

    Parameters
    ----------
    wanted : Wanted
        The columns, by their names in `frame`.
    texts : collection of str
        Those columns of numbers that are text, read without the blanks around.
    watched : collection of str
        Those columns of numbers in which a null is told.
    null_numbers : collection of float
        Numbers that mean missing in columns that hold numbers, not text.
    uneven : polars.Expr or None
        What is true of a row that may be ragged or blank, where that is to be watched.
    is_numbered : bool
        Whether the frame has record numbers in a column `ROW`, because rows were left out; the batches then carry them.

    Raises
    ------
    ScanError
        The file is damaged.
    ListLengthError
        A list is not as wide as `wanted` says.
    """
    import polars as pl

    # numbers are widened batch by batch: Polars would widen all that it reads ahead
    selected = [
        trimmed(key, null_values).cast(pl.Float64, strict=False).alias(key)
        if key in texts
        else _without(key, null_numbers if key in wanted.numbers else ())
        for key in wanted.columns
    ]
    if uneven is not None:
        selected.append(uneven.alias(_UNEVEN))
    if is_numbered:
        selected.append(pl.col(ROW).cast(pl.Int64))
    missing = _missing(null_values)
    numbers_of = {
        key: {label_text(label): float(number) for number, label in reversed(list(enumerate(labels)))}
        for key, labels in wanted.labels.items()
    }
    first = 0
    rows_wanted = frame.select(selected)
    if wanted.limit is not None:
        rows_wanted = rows_wanted.head(wanted.limit)  # without it Polars reads far ahead of the first batch
    for batch in batches(rows_wanted, _rows_at_once(wanted)):
        cells = {series.name: series for series in batch.get_columns()}
        rows = cells[ROW].to_numpy() if is_numbered else None
        columns = {}
        # half the memory, for as long as they wait, and one call for all
        single = [key for key in wanted.numbers if cells[key].dtype == pl.Float32]
        of_single = batch.select(single).to_numpy().T if single else np.empty((0, batch.height))
        for key in wanted.columns:
            if key in numbers_of:
                columns[key] = _label_numbers(cells[key], numbers_of[key], missing)
            elif key in wanted.widths:
                columns[key] = _list_rows(cells[key], wanted.widths[key], first, rows)
            elif cells[key].dtype != pl.Float32:
                columns[key] = cells[key].cast(pl.Float64, strict=False).to_numpy()
        is_uneven = uneven is not None and bool(cells[_UNEVEN].any())
        nulls = tuple(key for key in watched if cells[key].null_count())
        for start in range(0, batch.height, wanted.block_rows):
            of_block = slice(start, start + wanted.block_rows)
            yield Batch(
                columns={key: values[of_block] for key, values in columns.items()}
                | dict(zip(single, of_single[:, of_block].astype(np.float64), strict=True)),
                height=min(wanted.block_rows, batch.height - start),
                rows=None if rows is None else rows[of_block],
                nulls=nulls,
                uneven=is_uneven,
            )
        first += batch.height


def label_batches(frame: pl.LazyFrame, key: str, null_values: Sequence[str]) -> Iterator[list[str]]:
    """Yield, batch by batch, the different labels of a column in order of appearance, without missing ones.

    Raises
    ------
    ScanError
        The file is damaged.
    """
    import polars as pl

    missing = _missing(null_values)
    seen: pl.Series | None = None
    for batch in batches(frame.select(key), _LABEL_ROWS):
        cells = batch[key].unique(maintain_order=True)
        # to spell a cell as a label takes long: those of the batches before are known
        fresh = cells if seen is None else cells.filter(~cells.is_in(seen.implode()))
        seen = cells if seen is None else pl.concat([seen, fresh])
        yield [text for text in _label_texts(fresh, missing) if text is not None]


def first_width(frame: pl.LazyFrame, key: str) -> int | None:
    """Return how many elements the first list of a column has; None where there is no list.

    Raises
    ------
    ScanError
        The file is damaged.
    """
    column = frame.select(key)
    for looked_at in (column.head(_FIRST_ROWS), column):  # all rows are a long way where one will do
        for batch in batches(looked_at.drop_nulls().head(1), 1):
            return int(_as_lists(batch[key]).list.len()[0])
    return None


def _rows_at_once(wanted: Wanted) -> int:
    row_bytes = 8 * (len(wanted.columns) + sum(wanted.widths.values()))
    return wanted.block_rows * max(1, _BYTES_AT_ONCE // row_bytes // wanted.block_rows)


def _without(key: str, null_numbers: Collection[float]) -> pl.Expr:
    """Return a column, null where it is one of a few numbers."""
    import polars as pl

    column = pl.col(key)
    if not null_numbers:
        return column
    return pl.when(~column.cast(pl.Float64, strict=False).is_in(list(null_numbers))).then(column).alias(key)


def _missing(null_values: Sequence[str]) -> frozenset[str]:
    return MISSING_LABELS | {label_text(text) for text in null_values}


def _label_texts(cells: pl.Series, missing: Collection[str]) -> list[str | None]:
    texts = _texts(cells)
    labels = [None if text is None else label_text(text) for text in texts]
    return [None if label in missing else label for label in labels]


def _texts(cells: pl.Series) -> list[str | None]:
    """Return cells as they are spelled, the same value of any type alike."""
    import polars as pl

    kind = cells.dtype
    if isinstance(kind, pl.Datetime):
        return cells.dt.to_string(f"{MOMENT}%:z" if kind.time_zone else MOMENT).to_list()
    texts = cells.cast(pl.String)
    if isinstance(kind, pl.Decimal) and kind.scale:
        return texts.str.strip_chars_end("0").str.strip_chars_end(".").to_list()
    if kind.is_float():
        # Polars writes large numbers with an exponent
        return [
            str(int(value)) if value is not None and value.is_integer() else text
            for value, text in zip(cells.to_list(), texts, strict=True)
        ]
    return texts.to_list()


def _label_numbers(cells: pl.Series, numbers: Mapping[str, float], missing: Collection[str]) -> FloatArray:
    import polars as pl

    if cells.dtype == pl.String or cells.dtype.is_integer():
        known = cells.cast(pl.String).cast(_labels_of(tuple(numbers)), strict=False)
        if known.null_count() == cells.null_count():  # as nearly always: labels are spelled as they are compared
            codes = known.to_physical()
            if known.null_count():
                codes = codes.fill_null(len(numbers))
            found: FloatArray = np.array([*numbers.values(), np.nan]).take(codes.to_numpy())
            return found
    different = cells.unique()
    values = [np.nan if text is None else numbers.get(text, _UNKNOWN) for text in _label_texts(different, missing)]
    return cells.replace_strict(different, values, return_dtype=pl.Float64).to_numpy()


@lru_cache(maxsize=8)  # of many labels it takes longer than to read the rows of a batch
def _labels_of(labels: tuple[str, ...]) -> pl.Enum:
    import polars as pl

    return pl.Enum(labels)


def _list_rows(cells: pl.Series, width: int, first_row: int, rows: IntArray | None) -> FloatArray:
    lists = _as_lists(cells)
    lengths = lists.list.len()
    other = (lengths != width).arg_true()
    if len(other):
        at = int(other[0])
        row = first_row + at if rows is None else int(rows[at])
        raise ListLengthError(column=cells.name, row=row, length=int(lengths[at]))
    values = lists.drop_nulls().explode().to_numpy().reshape(-1, width)
    if not lists.null_count():
        return values
    with_missing = np.full((len(lists), width), np.nan)
    with_missing[lists.is_not_null().to_numpy()] = values
    return with_missing


def _as_lists(cells: pl.Series) -> pl.Series:
    import polars as pl

    return cells.cast(pl.List(pl.Float64), strict=False)
