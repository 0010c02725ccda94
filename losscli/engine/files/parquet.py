"""Parquet files as a part of a data set: one, or many with the same columns."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from losscli.engine.files.content import Content, damaged
from losscli.engine.files.declared import columns_of
from losscli.engine.files.scan import ScanError, batches, heights_of, scan_parquet, with_columns
from losscli.engine.files.table_part import TablePart

if TYPE_CHECKING:
    import polars as pl

    from losscli.engine.files.spool import Spool
    from losscli.errors import InputError

_MARK = b"PAR1"  # which such a file begins and ends with
_ROWS_AT_ONCE = 65_536
# Polars holds all bytes of a row group beside what it decodes of them, which may double its memory, unless the system
# has the file in its cache. Only of many columns a row group is large; files that are larger than this together may not
# stay in there.
MANY_COLUMNS = 256
_MOST_CACHED = 1 << 32  # bytes
_READ_AT_ONCE = 1 << 20


class UnlikeFilesError(Exception):
    """Of files that were taken to have the same columns one has others, or cannot be read."""


def begins_as_parquet(path: str) -> bool:
    """Return whether there is a regular file that begins as a Parquet file does."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - of thousands of files Path takes thrice as long
            return False
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123
            return file.read(len(_MARK)) == _MARK
    except OSError:
        return False


def is_complete(file: BinaryIO) -> bool:
    """Return whether a file of at least four bytes ends as a Parquet file does."""
    file.seek(-len(_MARK), os.SEEK_END)
    return file.read() == _MARK


def parquet_part(
    paths: Sequence[str],
    *,
    labels: Sequence[str],
    null_values: Sequence[str],
    failure: Callable[[ScanError], InputError | UnlikeFilesError] | None = None,
    spool: Spool | None = None,
) -> TablePart:
    """Return Parquet files with the same columns as one part.

    Parameters
    ----------
    paths, labels : sequence of str
        Where each stands, and what messages call it; at least one.
    failure : callable or None
        Gives the error to raise where one cannot be read to its end; None for files that are then damaged.

    Raises
    ------
    InputError
        A footer cannot be read.
    """
    failure = failure or (lambda _: damaged(labels[_first_damaged(paths)], Content.PARQUET))
    try:
        frame = scan_parquet(paths)
    except ScanError as error:
        raise failure(error) from error
    return TablePart(
        label=labels[0],
        files=labels,
        heights=lambda: heights_of(paths),
        columns=columns_of(frame),
        frame=partial(_columns, frame, [path for path in paths if "://" not in path]),
        failure=failure,
        null_values=null_values,
        spool=spool,
    )


def _columns(frame: pl.LazyFrame, local: Sequence[str], names: Sequence[str]) -> pl.LazyFrame:
    if len(names) >= MANY_COLUMNS:
        try:
            if sum(Path(path).stat().st_size for path in local) <= _MOST_CACHED:
                for path in local:
                    _read_through(path)
        except OSError as error:
            raise ScanError(str(error)) from error
    return with_columns(frame, names)


def _read_through(path: str) -> None:
    """Have the system take a file into its cache."""
    piece = bytearray(_READ_AT_ONCE)
    with Path(path).open("rb", buffering=0) as file:
        while file.readinto(piece):
            pass


def _first_damaged(paths: Sequence[str]) -> int:
    """Return the number of the first file that cannot be read on its own; the last one's where all can."""
    for number, path in enumerate(paths[:-1]):
        try:
            for _ in batches(scan_parquet([path]), _ROWS_AT_ONCE):
                pass
        except ScanError:
            return number
    return len(paths) - 1
