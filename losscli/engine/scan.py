"""Polars' scanning, and nothing else of Polars anywhere: files and frames as streams of NumPy arrays.

`collect_batches` is called unstable by Polars; `tests/engine/test_source_polars.py` pins what is relied on here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from losscli.engine.block import SHOWN_CELLS

if TYPE_CHECKING:
    import polars as pl

    from losscli.arrays import FloatArray, IntArray
    from losscli.engine.csv_look import CsvLayout

_ROW = "row"
_UNEVEN = "uneven"
_PADDED = "padded "
_NO_DELIMITER = "\x1f"  # ASCII unit separator: in no text file, so each line comes as one cell


class ScanError(Exception):
    """Polars could not read on; its message is for diagnosis, not for people."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Rows as scanned.

    Attributes
    ----------
    columns : mapping of str to ndarray, each of shape (n,)
    rows : ndarray of shape (n,), or None
        Their record numbers, where records were left out.
    suspect : bool
        Whether a cell may be missing or no number, or a row ragged or blank: the cause of a null is to be found.
    """

    columns: Mapping[str, FloatArray]
    height: int
    rows: IntArray | None
    suspect: bool


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


def scan_csv(
    path: str, layout: CsvLayout, *, numbers: Collection[str] = (), null_values: Sequence[str] = ()
) -> pl.LazyFrame:
    """Return a CSV file as a lazy frame: the columns `numbers` in Float64, all others as raw text.

    One column more than the header has, keyed by the layout's width, catches what stands beyond it: Polars leaves out
    the rest of a long row without a word where not all columns are read.
    """
    import polars as pl

    return pl.scan_csv(
        path,
        has_header=False,
        skip_lines=layout.header_lines,
        separator=layout.delimiter,
        schema={str(key): pl.Float64() if str(key) in numbers else pl.String() for key in range(layout.width + 1)},
        null_values=list(null_values) or None,
        missing_columns="insert",
        extra_columns="ignore",
        truncate_ragged_lines=True,
        ignore_errors=True,
        encoding="utf8-lossy",  # bytes that are no UTF-8 in a column that is not read are nobody's business
        glob=False,
    )


def scan_lines(path: str) -> Iterator[bytes]:
    """Yield the decompressed bytes of a text file that only Polars can open (zstd, URL), in chunks of whole lines."""
    import polars as pl

    lines = pl.scan_csv(
        path,
        has_header=False,
        separator=_NO_DELIMITER,
        quote_char=None,
        schema={"line": pl.String()},
        empty_string_is_null=False,
        encoding="utf8-lossy",
        glob=False,
    )
    for batch in _batches(lines, 16_384):
        yield "\n".join(batch["line"].to_list()).encode() + b"\n"


def scan_parquet(path: str) -> pl.LazyFrame:
    """Return a Parquet file as a lazy frame.

    Raises
    ------
    ScanError
        Its footer cannot be read.
    """
    import polars as pl

    frame = pl.scan_parquet(path, glob=False)
    try:
        frame.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ScanError(str(error)) from error
    return frame


def frame_of(columns: Mapping[str, FloatArray | list[str | None]]) -> pl.LazyFrame:
    """Return arrays and lists of text as a lazy frame."""
    import polars as pl

    return pl.LazyFrame(
        [
            pl.Series(name, values, dtype=pl.String if isinstance(values, list) else pl.Float64)
            for name, values in columns.items()
        ]
    )


def number_batches(
    frame: pl.LazyFrame,
    keys: Sequence[str],
    *,
    block_rows: int,
    texts: Collection[str],
    watched: Collection[str],
    null_values: Sequence[str],
    width: int | None = None,
    skipped: IntArray | None = None,
) -> Iterator[Batch]:
    """Yield the columns `keys` as float64 in batches of exactly `block_rows` rows, the last one shorter.

    What is no number becomes NaN and makes its batch suspect; nothing is raised for it, because Polars has then given
    batches out already that lack the rows before.

    Parameters
    ----------
    texts : collection of str
        Those of `keys` that are text, read without the blanks around.
    watched : collection of str
        Those of `keys` in which a null is suspect.
    width : int or None
        Number of cells that a row of a CSV file should have, where that is to be watched: a batch is suspect where
        the last of them is null or one more is not.
    skipped : ndarray of shape (s,), or None
        Record numbers to leave out; the batches then carry those of their rows.

    Raises
    ------
    ScanError
        The file is damaged.
    """
    import polars as pl

    selected = [
        (_trimmed(key, null_values) if key in texts else pl.col(key)).cast(pl.Float64, strict=False).alias(key)
        for key in keys
    ]
    if width is not None:
        selected.append((pl.col(str(width - 1)).is_null() | pl.col(str(width)).is_not_null()).alias(_UNEVEN))
    if skipped is not None:
        frame = frame.with_row_index(_ROW).filter(~pl.col(_ROW).is_in(pl.Series(skipped).implode()))
        selected.append(pl.col(_ROW).cast(pl.Int64))
    for batch in _batches(frame.select(selected), block_rows):
        uneven = width is not None and bool(batch[_UNEVEN].any())
        yield Batch(
            columns={key: batch[key].to_numpy() for key in keys},
            height=batch.height,
            rows=None if skipped is None else batch[_ROW].to_numpy(),
            suspect=uneven or any(batch[key].null_count() for key in watched),
        )


def words_in(
    frame: pl.LazyFrame, keys: Sequence[str], *, block_rows: int, null_values: Sequence[str]
) -> tuple[int, dict[str, Words]]:
    """Return the number of rows, and for each of the text columns `keys` its cells that are no number nor missing.

    Raises
    ------
    ScanError
        The file is damaged.
    """
    import polars as pl

    texts = {key: _trimmed(key, null_values) for key in keys}
    selected = [
        (text.is_not_null() & text.cast(pl.Float64, strict=False).is_null()).alias(key) for key, text in texts.items()
    ]
    selected += [(text != pl.col(key).cast(pl.String)).alias(_PADDED + key) for key, text in texts.items()]
    n = 0
    counts = dict.fromkeys(keys, 0)
    first: dict[str, list[int]] = {key: [] for key in keys}
    padded = dict.fromkeys(keys, False)
    for batch in _batches(frame.select(selected), block_rows):
        for key in keys:
            where = n + batch[key].arg_true()
            counts[key] += len(where)
            first[key] += where.head(SHOWN_CELLS - len(first[key])).to_list()
            padded[key] |= bool(batch[_PADDED + key].any())
        n += batch.height
    return n, {key: Words(count=counts[key], first=first[key], padded=padded[key]) for key in keys}


def texts_at(frame: pl.LazyFrame, key: str, rows: Sequence[int]) -> list[str]:
    """Return the text of the cells of one column in a few rows, given in ascending order; "" where null."""
    import polars as pl

    numbered = frame.select(key).head(max(rows) + 1).with_row_index(_ROW)
    cells = numbered.filter(pl.col(_ROW).is_in(list(rows))).select(key)
    return ["" if value is None else str(value) for batch in _batches(cells, len(rows)) for value in batch[key]]


def _batches(frame: pl.LazyFrame, block_rows: int) -> Iterator[pl.DataFrame]:
    import polars as pl

    try:
        yield from frame.collect_batches(chunk_size=block_rows, maintain_order=True)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ScanError(str(error)) from error


def _trimmed(key: str, null_values: Sequence[str]) -> pl.Expr:
    import polars as pl

    text = pl.col(key).cast(pl.String).str.strip_chars()
    return pl.when(~text.is_in(["", *null_values])).then(text)
