"""A CSV file as a part of a data set: a fast strict reading, and a second look where that is not enough."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NoReturn

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from losscli.engine.files.block import Block, CellPlace, numbered_block
from losscli.engine.files.content import changed
from losscli.engine.files.csv_file import CsvFile
from losscli.engine.files.scan import REPLACED, ROW, ScanError, numbered, row_numbers, texts_at, uneven
from losscli.engine.files.scan_keys import Keys, read_keys
from losscli.engine.files.scan_values import Batch, label_batches, value_batches
from losscli.engine.files.scan_where import Condition, satisfying, try_condition
from losscli.engine.files.scan_words import raise_first_word, unexamined, words_in
from losscli.errors import InputError
from losscli.text import quoted

if TYPE_CHECKING:
    import polars as pl

    from losscli.arrays import IntArray
    from losscli.engine.files.csv_shape import CsvShape
    from losscli.engine.files.csv_text import CsvText
    from losscli.engine.files.wanted import Wanted


class _Reading(Struct, frozen=True, kw_only=True):
    """How the file is read, as far as is known: which records are blank lines, and whether cells have blanks around."""

    blank: IntArray | None = None
    trims: bool = False


class CsvPart:
    """One CSV file, plain, compressed or remote, or many small ones read as one.

    Parameters
    ----------
    text : CsvText
        Header and records.
    null_values : sequence of str
        Cells that are read as missing, besides empty ones and NaN.

    Raises
    ------
    InputError
        It is empty, or no CSV.
    """

    format = "csv"

    def __init__(self, text: CsvText, *, null_values: Sequence[str]) -> None:
        self.label = text.label
        self._file = CsvFile(text, null_values=null_values)
        self.columns = self._file.columns
        self._null_values = tuple(null_values)
        self._rectangular = False
        self._records_read = 0
        self._examined: set[str] = set()
        self._reading = _Reading()
        self._condition: Condition | None = None

    @property
    def blank_records(self) -> int:
        """Number of blank lines that were skipped, after a complete reading."""
        shape = self._file.known_shape
        return 0 if shape is None else len(shape.blank)

    def height(self) -> int:
        """Return the number of rows, without blank lines, whether they satisfy the condition or not.

        Raises
        ------
        InputError
            A row has too many or too few cells, or the file is damaged.
        """
        shape = self._look()
        return shape.height - len(shape.blank)

    def expected_height(self) -> int | None:
        """Return about how many rows there are, by those of the head and the size of the file; None if it is packed."""
        return self._file.expected_height

    def length(self) -> int:
        """Return the number of records, blank lines included, after a complete reading."""
        shape = self._file.known_shape
        return self._records_read if shape is None else shape.height

    def restrict(self, condition: Condition) -> None:
        """Leave out all rows that do not satisfy a condition.

        Raises
        ------
        ConditionError
            It is no condition on these columns.
        InputError
            Letters of it are to be compared with text that is not UTF-8.
        """
        if not condition.text.isascii():
            for key in self._file.text_keys(condition):
                self._file.require_utf8(self.columns[int(key)].name)
        typed = self._file.columns_of(condition, numbers=())
        try_condition(self._file.frame().select(column.alias(name) for name, column in typed.items()), condition)
        self._condition = condition

    def records(self) -> IntArray:
        """Return the record numbers of the rows that satisfy the condition, in ascending order."""
        self._look()
        return row_numbers(self._numbered([]))

    def kept(self) -> IntArray:
        """Return the numbers, in ascending order, of the rows that satisfy the condition; blank lines do not count."""
        records = self.records()
        return records - np.searchsorted(self._look().blank, records)

    def keys(self, columns: Sequence[str]) -> Keys:
        """Return the cells of key columns.

        Raises
        ------
        InputError
            The file is damaged, or cells of theirs are not UTF-8.
        """
        self._look()
        keys = [self._file.key(name) for name in columns]
        try:
            read = read_keys(self._rows(self._file.raw(), keys, (), self._reading), keys, self._null_values)
        except ScanError as error:
            raise self._file.unreadable(error) from error
        for name, is_garbled in zip(columns, read.contain(REPLACED), strict=True):
            if is_garbled:
                self._file.require_utf8(name)
        return read

    def blocks(self, wanted: Wanted) -> Iterator[Block]:
        """Yield the wanted columns in blocks of exactly `wanted.block_rows` rows, the last one shorter.

        Raises
        ------
        InputError
            A row has too many or too few cells, or a cell is no number, or the file is damaged.
        """
        keys = {name: self._file.key(name) for name in wanted.columns}
        # where all cells are to be numbers, a quotation mark shows without a search: there is none in a number
        strict = self._condition is None and not self._rectangular and wanted.limit is None
        strict &= len(wanted.numbers) == self._file.layout.width
        emitted = 0
        while True:
            if not strict:
                self._look_at_quotes()
            reading, records = self._reading, 0
            try:
                batches = self._batches(wanted, keys, reading, strict=strict)
                for position, batch in enumerate(self._without_quotes(batches) if strict else batches):
                    if batch.suspect:
                        numbers = [keys[name] for name in wanted.numbers]
                        self._examine(batch.nulls, numbers, wanted.block_rows)
                        if self._reading is not reading:
                            break
                    records += batch.height
                    # a reading that starts anew gives the same blocks up to where the last one stopped
                    if position == emitted:
                        columns = {name: batch.columns[key] for name, key in keys.items()}
                        yield numbered_block(emitted * wanted.block_rows, columns, batch.rows)
                        emitted += 1
                else:
                    if wanted.limit is None:
                        self._rectangular, self._records_read = True, records
                    return
            except ScanError as error:
                if not strict:
                    raise self._file.unreadable(error) from error
                strict = False

    def labels(self, column: str) -> Iterator[list[str]]:
        """Yield the different labels of a column, without missing ones, in order of appearance; some more than once.

        Raises
        ------
        InputError
            The file is damaged, or its quotation marks are, or labels are not UTF-8.
        """
        self._look_at_quotes()
        key = self._file.key(column)
        try:
            for found in label_batches(self._rows(self._file.raw(), [key], (), self._reading), key, self._null_values):
                if any(REPLACED in label for label in found):
                    self._file.require_utf8(column)
                yield found
        except ScanError as error:
            raise self._file.unreadable(error) from error

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

    def files(self, rows: IntArray) -> tuple[list[str], IntArray]:
        """Return the file of each record, and its number in it."""
        return self._file.files(rows)

    def cells(self, column: str | None, rows: Sequence[int]) -> list[CellPlace]:
        """Return the places of a few records, in ascending order, with their raw cells of one column if it is given.

        Raises
        ------
        InputError
            As `texts`.
        """
        return self._placed(rows, [""] * len(rows) if column is None else self.texts([column], rows)[column])

    def texts(self, columns: Sequence[str], rows: Sequence[int]) -> dict[str, list[str]]:
        """Return the raw cells of columns, at least one, in a few records, in ascending order.

        Raises
        ------
        InputError
            The file cannot be read any more, or has changed.
        """
        keys = {name: self._file.key(name) for name in columns}
        try:
            found = texts_at(self._file.raw(), list(keys.values()), rows)
        except ScanError as error:
            raise self._file.unreadable(error) from error
        if any(len(texts) < len(rows) for texts in found.values()):
            raise changed(self.label)
        return {name: found[key] for name, key in keys.items()}

    def _placed(self, rows: Sequence[int], texts: Sequence[str]) -> list[CellPlace]:
        return [
            CellPlace(file=file, unit="line", number=line, text=text)
            for (file, line), text in zip(self._file.places(rows), texts, strict=True)
        ]

    def _without_quotes(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """Yield the batches of a strict reading, which fails where there are quotation marks."""
        for batch in batches:
            if batch.suspect and self._file.has_quotes():
                raise ScanError("there are quotation marks")
            yield batch
        self._file.rule_out_quotes()

    def _batches(self, wanted: Wanted, keys: Mapping[str, str], reading: _Reading, *, strict: bool) -> Iterator[Batch]:
        numbers = [keys[name] for name in wanted.numbers]
        labels = {keys[name]: known for name, known in wanted.labels.items()}
        as_text = self._file.text_keys(self._condition)
        texts = [key for key in numbers if reading.trims or key in as_text]
        scanned = [key for key in numbers if key not in texts]
        return value_batches(
            self._rows(self._file.frame(numbers=scanned, strict=strict), list(keys.values()), scanned, reading),
            replace(wanted, columns=tuple(keys.values()), labels=labels),
            texts=texts,
            watched=[key for key in numbers if key not in self._examined],
            null_values=self._null_values,
            # once all rows are known to be whole, columns that are not wanted need not be read
            uneven=None if self._rectangular else uneven(self._file.layout, strict=strict),
            is_numbered=reading.blank is not None or self._condition is not None,
        )

    def _rows(
        self, frame: pl.LazyFrame, keys: Sequence[str], numbers: Collection[str], reading: _Reading
    ) -> pl.LazyFrame:
        """Return the rows of a frame that count, numbered if some may not, with the columns `keys` at least."""
        if self._condition is None:
            return frame if reading.blank is None else numbered(frame, reading.blank)
        typed = self._file.columns_of(self._condition, numbers=numbers)
        return satisfying(numbered(frame, reading.blank), self._condition, [*keys, ROW], typed)

    def _numbered(self, keys: Sequence[str]) -> pl.LazyFrame:
        """Return columns of the rows that count as text, numbered."""
        frame = self._file.frame()
        if self._condition is None:
            return numbered(frame, self._reading.blank)
        return self._rows(frame, keys, (), self._reading)

    def _look_at_quotes(self) -> None:
        # a quotation mark without its partner swallows rows, and Polars reads on; rows left out must be whole as well
        if self._condition is not None or (not self._rectangular and self._file.has_quotes()):
            self._look()

    def _look(self) -> CsvShape:
        """Return the shape of the file, and read on with what it says."""
        shape = self._file.shape()
        self._rectangular = True
        if len(shape.blank) and self._reading.blank is None:
            self._reading = replace(self._reading, blank=shape.blank)
        return shape

    def _examine(self, nulls: Sequence[str], numbers: Sequence[str], block_rows: int) -> None:
        """Find why cells of `nulls`, keys among `numbers`, are null: raise the error, or settle how to read on."""
        self._look()
        unknown = unexamined(nulls, numbers, self._examined)
        if not unknown:
            return
        words = words_in(self._numbered(unknown), unknown, block_rows=block_rows, null_values=self._null_values)
        names = {key: self.columns[int(key)].name for key in unknown}
        raise_first_word(
            {names[key]: found for key, found in words.items()},
            self._placed,
            lambda: self.height() if self._condition is None else len(self.records()),
        )
        self._examined.update(unknown)
        if not self._reading.trims and any(found.padded for found in words.values()):
            self._reading = replace(self._reading, trims=True)
