"""Files of one data set as parts, where those that follow each other and are of one kind are read as one.

To scan a file takes a millisecond or more, however small it is: thousands of them would be read for many seconds. To
read what columns thousands of Parquet files have takes as long as to read their numbers: these are taken to have the
first one's, until Polars finds one that has others.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from losscli.engine.files.content import Content, content_of
from losscli.engine.files.csv_part import CsvPart
from losscli.engine.files.csv_text import JOINED_BYTES, SMALL_BYTES, JoinedText, SmallFile, small_file
from losscli.engine.files.parquet import UnlikeFilesError, begins_as_parquet, is_complete, parquet_part
from losscli.engine.files.scan import ScanError, parquet_schema
from losscli.engine.files.table_part import FEW_FILES, TablePart
from losscli.errors import InputError
from losscli.text import printable

if TYPE_CHECKING:
    import polars as pl

FilePart: TypeAlias = CsvPart | TablePart

HEAD_BYTES = 64  # that tell what a file is


class _ParquetFile(Struct, frozen=True, kw_only=True):
    path: str
    schema: pl.Schema


def taken_alike(paths: Sequence[str], *, null_values: Sequence[str]) -> TablePart | None:
    """Return many Parquet files as one part that raises `UnlikeFilesError` where one cannot be read as the first one.

    The result is None where files are few, or some are no Parquet files.
    """
    if len(paths) <= FEW_FILES or not all(map(begins_as_parquet, paths)):
        return None
    try:
        return _parquet_files(paths, null_values, lambda error: UnlikeFilesError(str(error)))
    except UnlikeFilesError:
        return None


def gathered(paths: Sequence[str], *, null_values: Sequence[str], alone: Callable[[str], FilePart]) -> list[FilePart]:
    """Return the files at `paths` as parts, in their order.

    Parameters
    ----------
    alone : callable
        Opens one file as a part of its own; its errors are those of the file.

    Raises
    ------
    InputError
        A file cannot be read, or is neither CSV nor Parquet.
    """
    if len(paths) == 1:
        return [alone(paths[0])]
    return [_part(run, null_values, alone) for run in _runs(paths)]


def _part(
    run: Sequence[SmallFile | _ParquetFile | str], null_values: Sequence[str], alone: Callable[[str], FilePart]
) -> FilePart:
    small = [member for member in run if isinstance(member, SmallFile)]
    if len(small) > 1:
        return CsvPart(JoinedText(small), null_values=null_values)
    paths = [member if isinstance(member, str) else member.path for member in run]
    if len(paths) > 1:
        return _parquet_files(paths, null_values)
    return alone(paths[0])


def _parquet_files(
    paths: Sequence[str], null_values: Sequence[str], failure: Callable[[ScanError], UnlikeFilesError] | None = None
) -> TablePart:
    labels = [printable(path, 200) for path in paths]
    return parquet_part(paths, labels=labels, null_values=null_values, failure=failure)


def _runs(paths: Sequence[str]) -> Iterator[list[SmallFile | _ParquetFile | str]]:
    """Yield the files that can be read as one together; a path alone stands for what is to be opened on its own."""
    run: list[SmallFile | _ParquetFile | str] = []
    size = 0
    for path in paths:
        member = _member(path)
        bytes_more = member.size if isinstance(member, SmallFile) else 0
        if run and not (_are_alike(run[0], member) and size + bytes_more <= JOINED_BYTES):
            yield run
            run, size = [], 0
        run.append(member)
        size += bytes_more
    if run:
        yield run


def _are_alike(one: SmallFile | _ParquetFile | str, other: SmallFile | _ParquetFile | str) -> bool:
    match one, other:
        case SmallFile(), SmallFile():
            return one.header == other.header
        case _ParquetFile(), _ParquetFile():
            return one.schema == other.schema
    return False


def _member(path: str) -> SmallFile | _ParquetFile | str:
    """Return what is known of a file that may be read with others; its path where it is another, or no good one."""
    try:
        found = Path(path).stat()
        if not stat.S_ISREG(found.st_mode):
            return path
        with Path(path).open("rb") as file:
            head = file.read(HEAD_BYTES)
            content = content_of(head, path)
            if content is Content.TEXT and found.st_size <= SMALL_BYTES:
                return small_file(path, printable(path, 200), head + file.read()) or path
            if content is Content.PARQUET and is_complete(file):
                return _ParquetFile(path=path, schema=parquet_schema(path))
    except (OSError, InputError, ScanError):
        return path
    return path
