"""The bytes of a CSV file: its head, its records, and what is wrong with them."""

from __future__ import annotations

import codecs
from collections.abc import Collection, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from losscli.engine.files.block import ColumnType
from losscli.engine.files.content import changed, check_text, to_utf8, unreadable
from losscli.engine.files.csv_look import SAMPLE_BYTES, look_at
from losscli.engine.files.csv_shape import CsvShape, records_of, shape_of
from losscli.engine.files.scan import REPLACED, ScanError, scan_csv
from losscli.engine.files.scan_where import typed_columns
from losscli.errors import InputError
from losscli.text import quoted

if TYPE_CHECKING:
    import polars as pl

    from losscli.arrays import IntArray
    from losscli.engine.files.csv_look import CsvLayout
    from losscli.engine.files.csv_text import CsvText
    from losscli.engine.files.scan_where import Condition

_QUOTE = b'"'
_LONGEST_HEADER = 1 << 24  # bytes that are looked at where the sample holds no whole line


class CsvFile:
    """A CSV text below whose header all is read alike; the parameters are those of `CsvPart`.

    Attributes
    ----------
    columns : tuple of ColumnInfo
    layout : CsvLayout
    expected_height : int or None
        About how many records there are; None where the size of the text is not known.
    """

    def __init__(self, text: CsvText, *, null_values: Sequence[str]) -> None:
        label = self.label = text.label
        self._text = text
        self._null_values = tuple(null_values)
        sample, whole = text.sample(SAMPLE_BYTES)
        if not whole and b"\n" not in sample:
            sample, whole = text.sample(_LONGEST_HEADER)
        if not sample.removeprefix(b"\xef\xbb\xbf").strip():
            raise InputError(f"{label} is empty")
        check_text(sample, label)
        look = look_at(sample, label=label, whole=whole, null_values=null_values)
        self.columns = look.columns
        self.layout = look.layout
        has_quotes = _QUOTE in _below_header(sample, self.layout)
        if text.has_quotes is None and (has_quotes or whole):
            text.has_quotes = has_quotes
        size = text.size()
        self.expected_height = None if size is None else size * sample.count(b"\n") // len(sample)
        self._shape: CsvShape | None = None
        self._lines: dict[int, int] = {}

    @property
    def known_shape(self) -> CsvShape | None:
        """What `shape` gave, None where it was not asked for."""
        return self._shape

    def shape(self) -> CsvShape:
        """Return the number of records, counted once, of which all have the cells of the header or are blank lines.

        Raises
        ------
        InputError
            One has not; the error names the first that is wrong in itself.
        """
        if self._shape is not None:
            return self._shape
        shape = shape_of(records_of(self._text.chunks(), self.layout))
        ragged, stray = shape.ragged, shape.stray
        if stray is not None and (ragged is None or stray.record <= ragged.record):
            raise InputError(
                f"{self._at(stray.line)}: a quotation mark stands inside a cell, or has no partner",
                hint='put such a cell in quotes and double each mark in it: "3.5"" disk"',
            )
        if ragged is not None:
            found = "1 cell" if ragged.cells == 1 else f"{ragged.cells} cells"
            raise InputError(
                f"{self._at(ragged.line)}: {found} where the header has {self.layout.width}",
                hint="a cell that holds the delimiter must stand in quotes"
                if ragged.cells > self.layout.width
                else None,
            )
        self._shape = shape
        return shape

    def key(self, name: str) -> str:
        """Return the key under which a column is scanned: its position."""
        return str(next(position for position, column in enumerate(self.columns) if column.name == name))

    def frame(self, *, numbers: Collection[str] = (), strict: bool = False) -> pl.LazyFrame:
        """Return all columns by their keys: those of `numbers` as numbers, the others as text, null where missing."""
        null_values = self._null_values
        return scan_csv(self._text.scanned(), self.layout, numbers=numbers, null_values=null_values, strict=strict)

    def raw(self) -> pl.LazyFrame:
        """Return all columns by their keys as the text that stands in the file."""
        return scan_csv(self._text.scanned(), self.layout)

    def columns_of(self, condition: Condition, *, numbers: Collection[str]) -> dict[str, pl.Expr]:
        """Return the columns of a condition by name: numbers where the head of the file holds such, else text.

        Parameters
        ----------
        numbers : collection of str
            Keys of the columns that are scanned as numbers.
        """
        as_text = self.text_keys(condition)
        keys = {name: self.key(name) for name in condition.columns}
        are_numbers = {name for name, key in keys.items() if key not in as_text}
        return typed_columns(keys, are_numbers, scanned=numbers, null_values=self._null_values)

    def text_keys(self, condition: Condition | None) -> frozenset[str]:
        """Return the keys of the columns of a condition that it takes as text."""
        kinds = {column.name: column.type for column in self.columns}
        names = () if condition is None else condition.columns
        return frozenset(self.key(name) for name in names if kinds[name] is not ColumnType.NUMBER)

    def places(self, rows: Sequence[int]) -> list[tuple[str, int]]:
        """Return the file of each of a few records, given in ascending order, and the physical line it starts on.

        Raises
        ------
        InputError
            There are not so many records any more.
        """
        unknown = [row for row in rows if row not in self._lines]
        if unknown:
            lines = self._text.lines(unknown, self.layout)
            if len(lines) < len(unknown):
                raise changed(self._text.label)
            self._lines.update(zip(unknown, lines, strict=True))
        return [self._text.at(self._lines[row]) for row in rows]

    def files(self, rows: IntArray) -> tuple[list[str], IntArray]:
        """Return the file of each record, and its number in that file, counted from 0; `rows` ascend."""
        return self._text.files(rows)

    def has_quotes(self) -> bool:
        """Return whether there is a quotation mark below the header, which has been read well already."""
        if self._text.has_quotes is None:
            chunks = self._text.chunks()
            below = _below_header(next(chunks, b""), self.layout)
            self._text.has_quotes = any(_QUOTE in chunk for chunk in chain([below], chunks))
        return self._text.has_quotes

    def rule_out_quotes(self) -> None:
        """Note that no quotation mark stands below the header, as a strict reading has shown."""
        self._text.has_quotes = False

    def require_utf8(self, column: str) -> None:
        """Check that the text is UTF-8: bytes that are not would all be read as one character, and cells as equal.

        Parameters
        ----------
        column : str
            The column whose cells are to be told apart.

        Raises
        ------
        InputError
            It is not; the error names the line of the first such byte.
        """
        line = self._line_not_utf8()
        if line is not None:
            alike = f"different cells of column {quoted(column)} would look alike"
            raise InputError(f"{self._at(line)}: bytes that are not UTF-8: {alike}", to_utf8(self.label))

    def _line_not_utf8(self) -> int | None:
        """Return the first line with bytes that are not UTF-8, None where all are."""
        is_hidden = self._text.hides_bytes()
        decoder = codecs.getincrementaldecoder("utf-8")()
        line = 1
        for chunk in chain(self._text.chunks(), [b""]):
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return line + error.object.count(b"\n", 0, error.start)
            if is_hidden and REPLACED in text:
                return line + text.count("\n", 0, text.index(REPLACED))
            line += chunk.count(b"\n")
        return None

    def unreadable(self, error: ScanError) -> InputError:
        """Return the error for a file that Polars could not read to its end."""
        self.shape()  # says it better where a compressed file is cut off
        return unreadable(self.label, error)

    def _at(self, line: int) -> str:
        label, number = self._text.at(line)
        return f"{label}:{number}"


def _below_header(head: bytes, layout: CsvLayout) -> bytes:
    """Return what stands below the header in the first bytes of a text."""
    return b"".join(head.split(b"\n", layout.header_lines)[layout.header_lines :])
