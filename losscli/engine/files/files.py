"""A path, glob, folder, URL or pipe as the files that it stands for, each opened by what it holds."""

from __future__ import annotations

import glob
import os
import stat
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from losscli.engine.files.content import Content, check_named_parquet, content_of, damaged, unreadable
from losscli.engine.files.csv_part import CsvPart
from losscli.engine.files.csv_text import FileText
from losscli.engine.files.gather import HEAD_BYTES, FilePart, gathered, taken_alike
from losscli.engine.files.parquet import is_complete, parquet_part
from losscli.engine.files.spool import Spool
from losscli.errors import InputError
from losscli.text import is_utf8, printable, quoted

STANDARD_INPUT = "-"
STANDARD_INPUT_LABEL = "standard input"

_PARQUET = (".parquet", ".pq")
_CSV = (".csv", ".tsv", ".csv.gz", ".csv.zst", ".tsv.gz", ".tsv.zst")
_SHOWN = {"csv": "CSV", "parquet": "Parquet"}
_LISTED_DIFFERENCES = 5
_NEAR = 0.75  # likeness from which a name is suggested


class OpenedFiles(Struct, frozen=True, kw_only=True):
    """The files of a data set in the order in which they are read.

    Attributes
    ----------
    parts : sequence of FilePart
    looked_at : callable or None
        Where `parts` may raise `UnlikeFilesError`: gives them after a look at each file, so that they never do.
    """

    parts: Sequence[FilePart]
    looked_at: Callable[[], Sequence[FilePart]] | None = None


def opened_files(path: str, *, label: str, null_values: Sequence[str]) -> OpenedFiles:
    """Return the files that `path` stands for, opened.

    Parameters
    ----------
    path : str
        A path, glob, folder or URL, or "-" for standard input.
    label : str
        What messages call it.

    Raises
    ------
    InputError
        There is nothing there, it cannot be read, it is neither CSV nor Parquet, or parts do not fit together.
    """
    if path == STANDARD_INPUT:
        return OpenedFiles(parts=[_from_stream(sys.stdin.buffer, label=label, null_values=null_values)])
    if "://" in path:
        return OpenedFiles(parts=[_from_url(path, label=label, null_values=null_values)])
    try:
        paths = _paths(path, label)
    except OSError as error:
        raise unreadable(label, error) from error
    _check_names(paths)
    look = partial(_looked_at, paths, null_values)
    alike = taken_alike(paths, null_values=null_values)
    return OpenedFiles(parts=look()) if alike is None else OpenedFiles(parts=[alike], looked_at=look)


def _looked_at(paths: Sequence[str], null_values: Sequence[str]) -> list[FilePart]:
    parts = gathered(
        paths,
        null_values=null_values,
        alone=lambda found: _from_file(found, label=printable(found, 200), null_values=null_values),
    )
    _check_fit(parts)
    return parts


def _paths(path: str, label: str) -> list[str]:
    if Path(path).is_dir():
        # as for a glob, names that begin with a dot are none of the data: editors and unfinished copies leave such
        paths = sorted(
            str(entry)
            for entry in Path(path).iterdir()
            if entry.name.endswith(_PARQUET + _CSV) and not entry.name.startswith(".")
        )
        if not paths:
            raise InputError(f"{label} is a folder without .csv or .parquet files", _below(path))
        return paths
    if os.path.lexists(path) or not glob.has_magic(path):
        return [path]
    # absolute ones too; and of thousands of files Path takes thrice as long
    paths = sorted(found for found in glob.glob(path, recursive=True) if not os.path.isdir(found))  # noqa: PTH112, PTH207
    if not paths:
        raise InputError(f"no file matches {quoted(path)}")
    return paths


def _check_names(paths: Sequence[str]) -> None:
    """Check that all names are text: Polars can be given no other bytes."""
    wrong = next((path for path in paths if not is_utf8(path)), None)
    if wrong is not None:
        raise InputError(
            f"{quoted(wrong)}: bytes of this name are not UTF-8", "rename it, or send it to standard input with <"
        )


def _below(folder: str) -> str:
    """Return the hint which pattern takes the files of the folders below, where some lie there."""
    for suffix in _PARQUET + _CSV:
        if any(next(Path(folder).glob(f"{below}*{suffix}"), None) for below in ("*/", "*=*/**/")):
            pattern = printable(str(Path(folder, "**", f"*{suffix}")), None)
            return f"the files of the folders below are one data set as '{pattern}'"
    return "name the folder that holds them"


def _from_stream(stream: BinaryIO, *, label: str, null_values: Sequence[str]) -> FilePart:
    spool = Spool(stream, label)
    if Path(spool.path).stat().st_size == 0:
        hint = "name a file: losscli eval preds.csv" if label == STANDARD_INPUT_LABEL else None
        raise InputError(f"{label} is empty", hint)
    return _open(spool.path, label=label, null_values=null_values, spool=spool)


def _from_url(url: str, *, label: str, null_values: Sequence[str]) -> FilePart:
    # a query may follow the name: https://host/preds.parquet?version=2
    if url.partition("?")[0].endswith(_PARQUET):
        return parquet_part([url], labels=[label], null_values=null_values, failure=partial(unreadable, label))
    text = FileText(url, label=label, content=Content.REMOTE, spool=None)
    return CsvPart(text, null_values=null_values)


def _from_file(path: str, *, label: str, null_values: Sequence[str]) -> FilePart:
    try:
        if stat.S_ISREG(Path(path).stat().st_mode):
            return _open(path, label=label, null_values=null_values)
        # a FIFO, or the /dev/fd/63 of a shell's <(command), can be read only once
        with Path(path).open("rb") as stream:
            return _from_stream(stream, label=label, null_values=null_values)
    except FileNotFoundError as error:
        raise _no_file(path, label) from error
    except OSError as error:
        raise unreadable(label, error) from error


def _open(path: str, *, label: str, null_values: Sequence[str], spool: Spool | None = None) -> FilePart:
    with Path(path).open("rb") as file:
        head = file.read(HEAD_BYTES)
        content = content_of(head, label)
        if content is Content.PARQUET and not is_complete(file):
            raise damaged(label, content)
        if content is Content.TEXT and path.endswith(_PARQUET):
            check_named_parquet(head, label)
    if content is Content.PARQUET:
        return parquet_part([path], labels=[label], null_values=null_values, spool=spool)
    return CsvPart(FileText(path, label=label, content=content, spool=spool), null_values=null_values)


def _check_fit(parts: Sequence[FilePart]) -> None:
    """Check that parts have one format, and the first all columns: those of others alone would never be found."""
    first = parts[0]
    for other in parts[1:]:
        if other.format != first.format:
            raise InputError(
                f"{first.label} is {_SHOWN[first.format]} and {other.label} is {_SHOWN[other.format]}: "
                "parts of one data set must have one format"
            )
        ours, theirs = ([column.name for column in part.columns] for part in (first, other))
        if not set(theirs) <= set(ours):
            only = [f"{quoted(name)} only in {first.label}" for name in ours if name not in theirs]
            only += [f"{quoted(name)} only in {other.label}" for name in theirs if name not in ours]
            raise InputError(
                f"{other.label} has columns that {first.label} has not: the first part of a data set must have all",
                hint="; ".join(only[:_LISTED_DIFFERENCES]) or None,
            )


def _no_file(path: str, label: str) -> InputError:
    folder = Path(path).parent
    # a link to nothing is listed itself
    names = [entry.name for entry in folder.iterdir() if entry.name != Path(path).name] if folder.is_dir() else []
    near = get_close_matches(Path(path).name, names, n=1, cutoff=_NEAR)
    hint = f"did you mean '{printable(str(folder / near[0]), None)}'?" if near else None
    return InputError(f"{label}: no such file", hint)
