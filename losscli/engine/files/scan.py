"""Polars' scanning: files and frames as streams of batches; only the modules scan* know Polars.

`collect_batches` is called unstable by Polars; `tests/engine/files/test_source_polars.py` pins what is relied on here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from losscli.arrays import IntArray
    from losscli.engine.files.csv_look import CsvLayout

NumericArray: TypeAlias = "NDArray[np.bool_ | np.integer | np.floating]"

ROW = "\x1frow"  # no name that a column has
REPLACED = "\ufffd"  # the character that bytes of a CSV file that are not UTF-8 are read as
_FILE = "\x1ffile"
_NUMBERS_AT_ONCE = 1 << 20
_LINES_AT_ONCE = 16_384
_NO_DELIMITER = "\x1f"  # ASCII unit separator: in no text file, so each line comes as one cell


class ScanError(Exception):
    """Polars could not read on; its message is for diagnosis, not for people."""


def scan_csv(
    source: str | bytes,
    layout: CsvLayout,
    *,
    numbers: Collection[str] = (),
    null_values: Sequence[str] = (),
    strict: bool = False,
) -> pl.LazyFrame:
    """Return a CSV file, given by its path or its bytes, as a lazy frame: `numbers` in Float64, all else as raw text.

    One column more than the header has, keyed by the layout's width, catches what stands beyond it: Polars leaves out
    the rest of a long row without a word where not all columns are read. Where they are, and all as numbers, `strict`
    reading takes a tenth less time without that column: it fails at such a row, and a cell with a quotation mark is
    null.
    """
    import polars as pl

    columns = range(layout.width if strict else layout.width + 1)
    return pl.scan_csv(
        source,
        has_header=False,
        skip_lines=layout.header_lines,
        separator=layout.delimiter,
        schema={str(key): pl.Float64() if str(key) in numbers else pl.String() for key in columns},
        null_values=list(null_values) or None,
        missing_columns="insert",
        extra_columns="raise" if strict else "ignore",
        truncate_ragged_lines=not strict,
        quote_char=None if strict else '"',
        ignore_errors=True,
        encoding="utf8-lossy",  # bytes that are no UTF-8 in a column that is not read are nobody's business
        glob=False,
    )


def uneven(layout: CsvLayout, *, strict: bool) -> pl.Expr:
    """Return what is true of a row of `scan_csv` that may be short, long or blank."""
    import polars as pl

    is_short = pl.col(str(layout.width - 1)).is_null()
    return is_short if strict else is_short | pl.col(str(layout.width)).is_not_null()


def scan_lines(path: str) -> Iterator[bytes]:
    """Yield the decompressed bytes of a text file that only Polars can open (zstd, URL), in chunks of whole lines."""
    for batch in batches(_lines(path, "utf8-lossy"), _LINES_AT_ONCE):
        yield "\n".join(batch["line"].to_list()).encode() + b"\n"


def holds_utf8(path: str) -> bool:
    """Return whether a text file that only Polars can open is UTF-8 to its end."""
    try:
        for _ in batches(_lines(path, "utf8"), _LINES_AT_ONCE):
            pass
    except ScanError:
        return False
    return True


def _lines(path: str, encoding: Literal["utf8", "utf8-lossy"]) -> pl.LazyFrame:
    import polars as pl

    return pl.scan_csv(
        path,
        has_header=False,
        separator=_NO_DELIMITER,
        quote_char=None,
        schema={"line": pl.String()},
        empty_string_is_null=False,
        encoding=encoding,
        glob=False,
    )


def scan_parquet(paths: Sequence[str]) -> pl.LazyFrame:
    """Return one or more Parquet files with the same columns as a lazy frame.

    Raises
    ------
    ScanError
        Its footer cannot be read.
    """
    import polars as pl

    frame = pl.scan_parquet(list(paths), glob=False)
    try:
        frame.clone().collect_schema()  # on the frame itself, Polars would push no numbered condition down any more
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ScanError(str(error)) from error
    return frame


def parquet_schema(path: str) -> pl.Schema:
    """Return names and types of the columns of a Parquet file.

    Raises
    ------
    ScanError
        Its footer cannot be read.
    """
    import polars as pl

    try:
        return pl.scan_parquet(path, glob=False).collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ScanError(str(error)) from error


def heights_of(paths: Sequence[str]) -> list[int]:
    """Return the number of rows of each of several Parquet files with the same columns.

    Raises
    ------
    ScanError
        A footer cannot be read.
    """
    import polars as pl

    named = pl.scan_parquet(list(paths), glob=False, include_file_paths=_FILE)
    found = {
        path: height for batch in batches(named.group_by(_FILE).len(), len(paths)) for path, height in batch.rows()
    }
    return [found.get(path, 0) for path in paths]


def frame_of(columns: Mapping[str, NumericArray | Sequence[object]]) -> pl.LazyFrame:
    """Return arrays, and lists of text, booleans or lists of numbers with None where missing, as a lazy frame."""
    import polars as pl

    kinds = {str: pl.String(), bool: pl.Boolean(), list: pl.List(pl.Float64())}
    series = []
    for name, values in columns.items():
        if isinstance(values, np.ndarray):
            series.append(pl.Series(name, values))
        else:
            kind = next((kinds[type(value)] for value in values if value is not None), pl.String())
            series.append(pl.Series(name, values, dtype=kind))
    return pl.LazyFrame(series)


def with_columns(frame: pl.LazyFrame, names: Sequence[str]) -> pl.LazyFrame:
    """Return a frame as it is, with its rows' numbers in a column `ROW` if that is one of the names.

    A selection, or numbers that nobody wants, between a scan and a condition would keep Polars from pushing it down.
    """
    return frame.with_row_index(ROW) if ROW in names else frame


def numbered(frame: pl.LazyFrame, skipped: IntArray | None) -> pl.LazyFrame:
    """Return the rows of a scan with their numbers in a column `ROW`, without those whose numbers are `skipped`."""
    import polars as pl

    rows = frame.with_row_index(ROW)
    return rows if skipped is None else rows.filter(~pl.col(ROW).is_in(pl.Series(skipped).implode()))


def row_numbers(frame: pl.LazyFrame) -> IntArray:
    """Return the column `ROW` of a numbered frame, shape (n,).

    Raises
    ------
    ScanError
        The file is damaged.
    """
    found = [batch[ROW].to_numpy() for batch in batches(frame.select(ROW), _NUMBERS_AT_ONCE)]
    return np.concatenate([np.empty(0, np.int64), *found]).astype(np.int64)


def texts_at(frame: pl.LazyFrame, keys: Sequence[str], rows: Sequence[int]) -> dict[str, list[str]]:
    """Return the text of the cells of columns in a few rows, given in ascending order; "" where null."""
    import polars as pl

    # rows before a slice are not parsed; those between two wanted ones are
    stretch = frame.with_row_index(ROW).slice(rows[0], rows[-1] - rows[0] + 1)
    cells = stretch.filter(pl.col(ROW).is_in(list(rows))).select(keys)
    texts: dict[str, list[str]] = {key: [] for key in keys}
    for batch in batches(cells, len(rows)):
        for key, of_column in texts.items():
            of_column += ["" if value is None else str(value) for value in batch[key].to_list()]
    return texts


def batches(frame: pl.LazyFrame, block_rows: int) -> Iterator[pl.DataFrame]:
    """Yield a lazy frame in batches of exactly `block_rows` rows, the last one shorter.

    Raises
    ------
    ScanError
        The file is damaged.
    """
    import polars as pl

    try:
        yield from frame.collect_batches(chunk_size=block_rows, maintain_order=True)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ScanError(str(error)) from error


def height_of(frame: pl.LazyFrame) -> int:
    """Return the number of rows of a lazy frame.

    Raises
    ------
    ScanError
        The file is damaged.
    """
    import polars as pl

    (batch,) = batches(frame.select(pl.len()), 1)
    return int(batch.item())


def trimmed(key: str, null_values: Sequence[str]) -> pl.Expr:
    """Return the text of a column without the blanks around, null where it is missing."""
    import polars as pl

    text = pl.col(key).cast(pl.String).str.strip_chars()
    return pl.when(~text.is_in(["", *null_values])).then(text)
