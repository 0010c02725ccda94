"""Polars' scanning, and nothing else of Polars anywhere: files and frames as streams of NumPy arrays.

`collect_batches` is called unstable by Polars; `tests/engine/test_source_polars.py` pins what is relied on here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from losscli.engine.block import SHOWN_CELLS, ColumnInfo, ColumnType

if TYPE_CHECKING:
    import polars as pl

    from losscli.arrays import FloatArray, IntArray

_ROW = "row"
_NO_DELIMITER = "\x1f"  # ASCII unit separator: in no text file, so each line comes as one cell


class ScanError(Exception):
    """Polars could not read on; its message is for diagnosis, not for people."""


@dataclass(frozen=True, kw_only=True)
class CsvLayout:
    """How a CSV file is to be scanned; columns are then keyed by their position: "0", "1", …."""

    delimiter: str
    width: int
    header_lines: int


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Rows as scanned: arrays of shape (n,), record numbers where asked for, and whether the witness has a null."""

    columns: Mapping[str, FloatArray]
    height: int
    rows: IntArray | None
    witness_has_null: bool


@dataclass(frozen=True, kw_only=True)
class Words:
    """Cells that should be numbers and are not: how many, and the record numbers of the first `SHOWN_CELLS`."""

    count: int
    first: list[int]


def scan_csv(
    path: str, layout: CsvLayout, *, numbers: Collection[str] = (), null_values: Sequence[str] = ()
) -> pl.LazyFrame:
    """Return a CSV file as a lazy frame: the columns `numbers` in Float64, all others as raw text."""
    import polars as pl

    return pl.scan_csv(
        path,
        has_header=False,
        skip_lines=layout.header_lines,
        separator=layout.delimiter,
        schema={str(key): pl.Float64() if str(key) in numbers else pl.String() for key in range(layout.width)},
        null_values=list(null_values) or None,
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


def columns_of(frame: pl.LazyFrame) -> tuple[ColumnInfo, ...]:
    """Return name and kind of each column of a lazy frame, by its declared type."""
    return tuple(_column(name, kind) for name, kind in frame.collect_schema().items())


def number_batches(
    frame: pl.LazyFrame,
    keys: Sequence[str],
    *,
    block_rows: int,
    texts: Collection[str] = (),
    null_values: Sequence[str] = (),
    witness: str | None = None,
    skipped: IntArray | None = None,
) -> Iterator[Batch]:
    """Yield the columns `keys` as float64 in batches of exactly `block_rows` rows, the last one shorter.

    Parameters
    ----------
    texts : collection of str
        Those of `keys` that are text: blanks around are stripped, then the text must be a number, empty or one of
        `null_values`.
    witness : str or None
        A text column of which only nulls are of interest.
    skipped : ndarray of shape (s,), or None
        Record numbers to leave out; the batches then carry those of their rows.

    Raises
    ------
    ScanError
        The file is damaged, or a cell of `texts` is no number.
    """
    import polars as pl

    selected = [
        (_trimmed(key, null_values) if key in texts else pl.col(key)).cast(pl.Float64).alias(key) for key in keys
    ]
    if witness is not None and witness not in keys:
        selected.append(pl.col(witness))
    if skipped is not None:
        frame = frame.with_row_index(_ROW).filter(~pl.col(_ROW).is_in(pl.Series(skipped).implode()))
        selected.append(pl.col(_ROW).cast(pl.Int64))
    for batch in _batches(frame.select(selected), block_rows):
        yield Batch(
            columns={key: batch[key].to_numpy() for key in keys},
            height=batch.height,
            rows=batch[_ROW].to_numpy() if skipped is not None else None,
            witness_has_null=witness is not None and batch[witness].null_count() > 0,
        )


def words_in(
    frame: pl.LazyFrame, keys: Sequence[str], *, block_rows: int, null_values: Sequence[str]
) -> tuple[int, dict[str, Words]]:
    """Return the number of rows, and for each of the text columns `keys` its cells that are no number nor missing.

    Raises
    ------
    ScanError
        The file is damaged or malformed.
    """
    import polars as pl

    texts = {key: _trimmed(key, null_values) for key in keys}
    words = [
        (text.is_not_null() & text.cast(pl.Float64, strict=False).is_null()).alias(key) for key, text in texts.items()
    ]
    n = 0
    counts = dict.fromkeys(keys, 0)
    first: dict[str, list[int]] = {key: [] for key in keys}
    for batch in _batches(frame.select(words), block_rows):
        for key in keys:
            where = n + batch[key].arg_true()
            counts[key] += len(where)
            first[key] += where.head(SHOWN_CELLS - len(first[key])).to_list()
        n += batch.height
    return n, {key: Words(count=counts[key], first=first[key]) for key in keys}


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


def _column(name: str, kind: pl.DataType) -> ColumnInfo:
    import polars as pl

    if kind.is_numeric() or kind in (pl.Boolean, pl.Null):
        return ColumnInfo(name=name, type=ColumnType.NUMBER, holds="numbers")
    if kind in (pl.String, pl.Categorical, pl.Enum):
        return ColumnInfo(name=name, type=ColumnType.TEXT, holds="text")
    if kind in (pl.Date, pl.Datetime):
        holds = "dates"
    elif kind in (pl.Time, pl.Duration):
        holds = "times"
    elif kind.is_nested():
        holds = "structs" if kind == pl.Struct else "lists"
    else:
        holds = "bytes" if kind == pl.Binary else "objects"
    return ColumnInfo(name=name, type=ColumnType.OTHER, holds=holds)
