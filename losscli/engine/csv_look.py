"""The look at the head of a CSV file, before Polars reads it: what it is, its delimiter, header and column kinds."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from losscli.engine.block import ColumnInfo, ColumnType
from losscli.engine.cell_error import number_form
from losscli.errors import InputError

SAMPLE_BYTES = 65_536
_DELIMITERS = (",", ";", "\t", "|")  # where two fit equally well, the first wins
# Lines on which delimiters are tried and cells by which a column is judged: all of the sample would take a
# millisecond each, which a file of a thousand rows does not take otherwise.
_TRIED_LINES = 200
_JUDGED_CELLS = 200


@dataclass(frozen=True, kw_only=True)
class CsvLayout:
    """How a CSV file is to be scanned; its columns are then keyed by their position: "0", "1", …."""

    delimiter: str
    width: int
    header_lines: int


@dataclass(frozen=True, kw_only=True)
class CsvLook:
    """What the head of a CSV file says: how to scan it, and its columns in order, repeated names included."""

    layout: CsvLayout
    columns: tuple[ColumnInfo, ...]


def look_at(sample: bytes, *, label: str, whole: bool, null_values: Sequence[str] = ()) -> CsvLook:
    """Return delimiter, physical lines of the header, names and kinds of the columns of a CSV file.

    Parameters
    ----------
    sample : bytes
        The head of the file, decompressed and judged to be text (`content.check_text`).
    label : str
        The file's name for messages.
    whole : bool
        Whether `sample` is all of the file; else its last record may be cut and is left out.

    Raises
    ------
    InputError
        There is no header row, or no CSV.
    """
    text = sample.decode("utf-8-sig", errors="replace")
    lines = [line.removesuffix("\r") + "\n" for line in text.split("\n")]
    try:
        few, all_of_them = lines[:_TRIED_LINES], whole and len(lines) <= _TRIED_LINES
        delimiter = max(_DELIMITERS, key=lambda each: _fit(_records(few, each, whole=all_of_them)[0]))
        records, header_lines = _records(lines, delimiter, whole=whole)
    except csv.Error as error:
        raise InputError(f"{label} does not look like CSV or Parquet") from error
    if not records:
        raise InputError(
            f"{label}: the header row has no end within the first {len(sample)} bytes",
            hint="does a quotation mark in it have no partner?",
        )
    header, *rows = records
    names = [name.strip() for name in header]
    if all(is_number(name) for name in names):
        raise InputError(
            f"{label} seems to have no header row: its first row holds only numbers",
            hint="add a first line with the names of the columns, such as y_true,y_pred",
        )
    missing = frozenset(("", *null_values))
    return CsvLook(
        layout=CsvLayout(delimiter=delimiter, width=len(names), header_lines=header_lines),
        columns=tuple(
            _column(name, (row[position].strip() for row in rows if position < len(row)), missing)
            for position, name in enumerate(names)
        ),
    )


def is_number(text: str) -> bool:
    """Return whether `text` without blanks around is a number as Polars reads one (no underscores, ASCII digits)."""
    if not text.isascii() or "_" in text:
        return False
    try:
        float(text)
    except ValueError:
        return False
    return True


def _column(name: str, cells: Iterable[str], missing: frozenset[str]) -> ColumnInfo:
    present = list(islice((cell for cell in cells if cell not in missing), _JUDGED_CELLS))
    numbers = sum(is_number(cell) or number_form(cell) is not None for cell in present)
    if 2 * numbers > len(present) or not present:
        # the few words among them are errors for whoever reads numbers, and no sign of labels
        return ColumnInfo(name=name, type=ColumnType.NUMBER, holds="numbers")
    return ColumnInfo(name=name, type=ColumnType.TEXT, holds="text")


def _records(lines: Sequence[str], delimiter: str, *, whole: bool) -> tuple[list[list[str]], int]:
    """Return the records of lines, the last one where they are `whole`, and the number of lines of the first."""
    reader = csv.reader(lines, delimiter=delimiter)
    records: list[list[str]] = []
    header_lines = 0
    for record in reader:
        if record:
            records.append(record)
            header_lines = header_lines or reader.line_num
    return records if whole else records[:-1], header_lines


def _fit(records: Sequence[Sequence[str]]) -> tuple[float, float, int]:
    if not records:
        return (-math.inf, 0.0, 0)
    cells = len(records[0])
    if cells == 1:
        return (0.0, 0.0, 1)  # a single column says nothing about its delimiter
    return (1.0, sum(len(record) == cells for record in records) / len(records), cells)
