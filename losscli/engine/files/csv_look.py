"""The look at the head of a CSV file, before Polars reads it: what it is, its delimiter, header and column kinds."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence

from msgspec import Struct

from losscli.engine.files.block import ColumnInfo, ColumnType
from losscli.engine.files.cell_error import number_form
from losscli.errors import InputError

SAMPLE_BYTES = 65_536
_DELIMITERS = (",", ";", "\t", "|")  # where two fit equally well, the first wins
# Characters that are looked at first, and alone where each column has a cell in them: to look at the whole sample takes
# some milliseconds, which count where files are many.
_SHORT_HEAD = 4_096
# What stands where a number is missing, in lower case; "none" may be a class.
_GAPS = frozenset({"na", "n/a", "#n/a", "null", "-", "?"})


class CsvLayout(Struct, frozen=True, kw_only=True):
    """How a CSV file is to be scanned; its columns are then keyed by their position: "0", "1", …."""

    delimiter: str
    width: int
    header_lines: int


class CsvLook(Struct, frozen=True, kw_only=True):
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
    missing = frozenset(("", *null_values))
    for head in (text[:_SHORT_HEAD], text):
        try:
            delimiter, records, header_lines = _parsed(head, whole=whole and len(head) == len(text))
        except csv.Error as error:
            raise InputError(
                f"{label} does not look like CSV or Parquet", "losscli reads these two: export it as one of them"
            ) from error
        cells = _present_cells(records, missing)
        if cells and all(cells):
            break
    if not records:
        raise InputError(
            f"{label}: the header row has no end within the first {len(sample)} bytes",
            hint="does a quotation mark in it have no partner?",
        )
    names = [name.strip() for name in records[0]]
    if all(_is_number(name) for name in names):
        raise InputError(
            f"{label} seems to have no header row: its first row holds only numbers",
            hint="add a first line with the names of the columns, such as y_true,y_pred",
        )
    return CsvLook(
        layout=CsvLayout(delimiter=delimiter, width=len(names), header_lines=header_lines),
        columns=tuple(_column(name, present) for name, present in zip(names, cells, strict=True)),
    )


def _is_number(text: str) -> bool:
    """Return whether `text` without blanks around is a number as Polars reads one (no underscores, ASCII digits)."""
    if not text.isascii() or "_" in text:
        return False
    try:
        float(text)
    except ValueError:
        return False
    return True


def _parsed(text: str, *, whole: bool) -> tuple[str, list[list[str]], int]:
    """Return the delimiter that fits best, and with it the records and the number of lines of the first."""
    lines = [line.removesuffix("\r") + "\n" for line in text.split("\n")]
    return max((_records(lines, delimiter, whole=whole) for delimiter in _DELIMITERS), key=_fit)


def _present_cells(records: Sequence[Sequence[str]], missing: frozenset[str]) -> list[list[str]]:
    """Return by column the cells below the header that are not missing."""
    cells: list[list[str]] = [[] for _ in records[0]] if records else []
    for row in records[1:]:
        for column, cell in zip(cells, row, strict=False):
            if (text := cell.strip()) not in missing:
                column.append(text)
    return cells


def _column(name: str, present: Sequence[str]) -> ColumnInfo:
    numbers = sum(_is_number(cell) or number_form(cell) is not None for cell in present)
    gaps = sum(cell.lower() in _GAPS for cell in present)
    words = len(present) - numbers - gaps
    if numbers > words or not present:
        # the few words among them are errors for whoever reads numbers, and no sign of labels
        return ColumnInfo(name=name, type=ColumnType.NUMBER, holds="numbers", has_words=words > 0)
    return ColumnInfo(name=name, type=ColumnType.TEXT, holds="text")


def _records(lines: Sequence[str], delimiter: str, *, whole: bool) -> tuple[str, list[list[str]], int]:
    reader = csv.reader(lines, delimiter=delimiter)
    records: list[list[str]] = []
    header_lines = 0
    for record in reader:
        if record:
            records.append(record)
            header_lines = header_lines or reader.line_num
    return delimiter, records if whole else records[:-1], header_lines


def _fit(found: tuple[str, list[list[str]], int]) -> tuple[float, float, int]:
    _, records, _ = found
    if not records:
        return (-math.inf, 0.0, 0)
    cells = len(records[0])
    if cells == 1:
        return (0.0, 0.0, 1)  # a single column says nothing about its delimiter
    return (1.0, sum(len(record) == cells for record in records) / len(records), cells)
