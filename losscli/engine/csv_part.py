"""A CSV file as a part of a data set: a fast strict reading, and a second look where that is not enough."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, NoReturn

from losscli.engine.block import Block, CellPlace
from losscli.engine.cell_error import word_error
from losscli.engine.content import Content, check_text, sample_of, text_chunks, unreadable
from losscli.engine.csv_look import SAMPLE_BYTES, look_at
from losscli.engine.csv_shape import CsvShape, Records, lines_at, records_of, shape_of
from losscli.engine.scan import ScanError, scan_csv, texts_at
from losscli.engine.scan_values import Batch, label_batches, value_batches
from losscli.engine.scan_words import words_in
from losscli.errors import InputError
from losscli.text import quoted

if TYPE_CHECKING:
    from losscli.arrays import IntArray
    from losscli.engine.spool import Spool
    from losscli.engine.wanted import Wanted

_LONGEST_HEADER = 1 << 24  # bytes that are looked at where the sample holds no whole line


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """How the file is read, as far as is known: which records are blank lines, and whether cells have blanks around."""

    blank: IntArray | None = None
    trims: bool = False


class CsvPart:
    """One CSV file, plain, compressed or remote.

    Parameters
    ----------
    path : str
        Where it is read from.
    label : str
        What messages call it.
    number : int
        Which file of the data set it is, counted from 0.
    content : Content
        How its bytes are packed.
    null_values : sequence of str
        Cells that are read as missing, besides empty ones and NaN.
    spool : Spool or None
        The temporary file behind `path`, which lives as long as this.

    Raises
    ------
    InputError
        It is empty, or no CSV.
    """

    format = "csv"

    def __init__(
        self,
        path: str,
        *,
        label: str,
        number: int,
        content: Content,
        null_values: Sequence[str],
        spool: Spool | None = None,
    ) -> None:
        self.label = label
        self._path = path
        self._spool = spool
        self._number = number
        self._content = content
        self._null_values = tuple(null_values)
        sample, whole = sample_of(path, content, label, SAMPLE_BYTES)
        if not whole and b"\n" not in sample:
            sample, whole = sample_of(path, content, label, _LONGEST_HEADER)
        if not sample.removeprefix(b"\xef\xbb\xbf").strip():
            raise InputError(f"{label} is empty")
        check_text(sample, label)
        look = look_at(sample, label=label, whole=whole, null_values=self._null_values)
        self.columns = look.columns
        self._layout = look.layout
        self._shape: CsvShape | None = None
        self._rectangular = False
        self._examined: set[str] = set()
        self._reading = _Reading()

    @property
    def blank_records(self) -> int:
        """Number of blank lines that were skipped, after a complete reading."""
        return 0 if self._shape is None else len(self._shape.blank)

    def height(self) -> int:
        """Return the number of rows, without blank lines.

        Raises
        ------
        InputError
            A row has too many or too few cells, or the file is damaged.
        """
        shape = self._look()
        return shape.height - len(shape.blank)

    def blocks(self, wanted: Wanted) -> Iterator[Block]:
        """Yield the wanted columns in blocks of exactly `wanted.block_rows` rows, the last one shorter.

        Raises
        ------
        InputError
            A row has too many or too few cells, or a cell is no number, or the file is damaged.
        """
        keys = {name: self._key(name) for name in wanted.columns}
        self._look_at_quotes()
        emitted = 0
        while True:
            reading = self._reading
            try:
                for position, batch in enumerate(self._batches(wanted, keys, reading)):
                    if batch.suspect:
                        self._examine({name: keys[name] for name in wanted.numbers}, wanted.block_rows)
                        if self._reading is not reading:
                            break
                    # a reading that starts anew gives the same blocks up to where the last one stopped
                    if position == emitted:
                        yield self._block(batch, keys, emitted * wanted.block_rows)
                        emitted += 1
                else:
                    self._rectangular = True
                    return
            except ScanError as error:
                raise self._unreadable(error) from error

    def labels(self, column: str) -> Iterator[list[str]]:
        """Yield the different labels of a column, without missing ones, in order of appearance; some more than once.

        Raises
        ------
        InputError
            The file is damaged, or its quotation marks are.
        """
        self._look_at_quotes()
        try:
            yield from label_batches(scan_csv(self._path, self._layout), self._key(column), self._null_values)
        except ScanError as error:
            raise self._unreadable(error) from error

    def list_width(self, column: str) -> NoReturn:
        """Raise the error that CSV has no lists.

        Raises
        ------
        InputError
            Always.
        """
        raise InputError(
            f"{self.label}: column {quoted(column)} holds no lists of numbers, because CSV has none",
            hint="write a column for each number, such as prob_<class>, or a Parquet file",
        )

    def cells(self, column: str | None, rows: Sequence[int]) -> list[CellPlace]:
        """Return the places of a few records, in ascending order, with their raw cells of one column if it is given."""
        lines = lines_at(self._records(), rows)
        if column is None:
            texts = [""] * len(rows)
        else:
            texts = texts_at(scan_csv(self._path, self._layout), self._key(column), rows)
        return [
            CellPlace(file=self.label, unit="line", number=line, text=text)
            for line, text in zip(lines, texts, strict=True)
        ]

    def _key(self, name: str) -> str:
        return str(next(position for position, column in enumerate(self.columns) if column.name == name))

    def _batches(self, wanted: Wanted, keys: Mapping[str, str], reading: _Reading) -> Iterator[Batch]:
        numbers = [keys[name] for name in wanted.numbers]
        labels = {keys[name]: known for name, known in wanted.labels.items()}
        return value_batches(
            scan_csv(self._path, self._layout, numbers=() if reading.trims else numbers, null_values=self._null_values),
            replace(wanted, columns=tuple(keys.values()), labels=labels),
            texts=numbers if reading.trims else (),
            watched=[keys[name] for name in wanted.numbers if name not in self._examined],
            null_values=self._null_values,
            # once all rows are known to be whole, columns that are not wanted need not be read
            width=None if self._rectangular else self._layout.width,
            skipped=reading.blank,
        )

    def _block(self, batch: Batch, keys: Mapping[str, str], first_row: int) -> Block:
        columns = {name: batch.columns[key] for name, key in keys.items()}
        if batch.rows is None:
            return Block(part=self._number, first_row=first_row, columns=columns)
        first, last = int(batch.rows[0]), int(batch.rows[-1])
        gaps = last - first + 1 != batch.height
        return Block(part=self._number, first_row=first, columns=columns, rows=batch.rows if gaps else None)

    def _records(self) -> Iterator[Records]:
        chunks = text_chunks(self._path, self._content, self.label)
        return records_of(chunks, self._layout)

    def _has_quotes(self) -> bool:
        """Return whether there is a quotation mark below the header, which has been read well already."""
        chunks = text_chunks(self._path, self._content, self.label)
        first = next(chunks, b"").split(b"\n", self._layout.header_lines)[self._layout.header_lines :]
        return any(b'"' in chunk for chunk in chain(first, chunks))

    def _unreadable(self, error: ScanError) -> InputError:
        self._look()  # says it better where a compressed file is cut off
        return unreadable(self.label, error)

    def _look_at_quotes(self) -> None:
        # a quotation mark without its partner swallows rows, and Polars reads on
        if not self._rectangular and self._has_quotes():
            self._look()

    def _look(self) -> CsvShape:
        """Count the records and their cells, once; raise the error that names the first that is wrong in itself."""
        if self._shape is not None:
            return self._shape
        shape = shape_of(self._records())
        ragged, stray = shape.ragged, shape.stray
        if stray is not None and (ragged is None or stray.record <= ragged.record):
            raise InputError(
                f"{self.label}:{stray.line}: a quotation mark stands inside a cell, or has no partner",
                hint='put such a cell in quotes and double each mark in it: "3.5"" disk"',
            )
        if ragged is not None:
            found = "1 cell" if ragged.cells == 1 else f"{ragged.cells} cells"
            raise InputError(
                f"{self.label}:{ragged.line}: {found} where the header has {self._layout.width}",
                hint="a cell that holds the delimiter must stand in quotes"
                if ragged.cells > self._layout.width
                else None,
            )
        self._shape = shape
        self._rectangular = True
        if len(shape.blank):
            self._reading = replace(self._reading, blank=shape.blank)
        return shape

    def _examine(self, keys: Mapping[str, str], block_rows: int) -> None:
        """Find why cells are null: raise the error that names the first word, or settle how to read on."""
        self._look()
        unknown = {name: key for name, key in keys.items() if name not in self._examined}
        if not unknown:
            return
        texts = scan_csv(self._path, self._layout, null_values=self._null_values)
        n, words = words_in(texts, list(unknown.values()), block_rows=block_rows, null_values=self._null_values)
        offending = [(words[key].first[0], name, words[key]) for name, key in unknown.items() if words[key].count]
        if offending:
            _, name, found = min(offending, key=lambda entry: entry[0])
            raise word_error(name, found.count, self.cells(name, found.first), n=n)
        self._examined.update(unknown)
        if not self._reading.trims and any(found.padded for found in words.values()):
            self._reading = replace(self._reading, trims=True)
