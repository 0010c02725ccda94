"""A Parquet file or a frame as a part of a data set: columns of declared types, rows counted from 1."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from losscli.engine.files.block import Block, CellPlace, ColumnInfo, ColumnType, numbered_block
from losscli.engine.files.cell_error import cell_error
from losscli.engine.files.content import changed
from losscli.engine.files.scan import ROW, ScanError, height_of, row_numbers, texts_at
from losscli.engine.files.scan_keys import Keys, NoKeyError, read_keys
from losscli.engine.files.scan_values import ListLengthError, first_width, label_batches, value_batches
from losscli.engine.files.scan_where import Condition, satisfying, try_condition
from losscli.engine.files.scan_words import raise_first_word, unexamined, words_in
from losscli.engine.files.wanted import require_labels, require_lists, require_numbers
from losscli.errors import InputError
from losscli.text import quoted

if TYPE_CHECKING:
    import polars as pl

    from losscli.arrays import IntArray
    from losscli.engine.files.spool import Spool
    from losscli.engine.files.wanted import Wanted

FEW_FILES = 16  # up to which footers are read for columns or numbers of rows alone


class TablePart:
    """Parquet files with the same columns, mostly one, or a frame.

    Parameters
    ----------
    label : str
        What messages call it.
    files : sequence of str
        The files' names in places of cells, in the order of rows; none for a frame.
    heights : callable
        Gives the number of rows of each file.
    columns : tuple of ColumnInfo
    frame : callable
        Gives the lazy frame that holds at least the columns named, of which one may be `ROW`: the rows' numbers.
    failure : callable
        Gives the error to raise where the frame cannot be read to its end.
    null_values : sequence of str
        Text that is read as missing, besides the empty one; where it is a number, that number too.
    spool : Spool or None
        The temporary file behind the frame, which lives as long as this.
    """

    blank_records = 0

    def __init__(
        self,
        *,
        label: str,
        files: Sequence[str] = (),
        heights: Callable[[], Sequence[int]] = tuple,
        columns: tuple[ColumnInfo, ...],
        frame: Callable[[Sequence[str]], pl.LazyFrame],
        failure: Callable[[ScanError], Exception],
        null_values: Sequence[str],
        spool: Spool | None = None,
    ) -> None:
        self.format = "parquet" if files else "frame"
        self.label = label
        self.columns = columns
        self._files = files
        self._heights = heights
        self._frame = frame
        self._failure = failure
        self._null_values = tuple(null_values)
        self._null_numbers = list(_numbers_among(null_values))
        self._spool = spool
        self._examined: set[str] = set()
        self._condition: Condition | None = None
        self._height: int | None = None
        self._first_rows: IntArray | None = None

    def height(self) -> int:
        """Return the number of rows, whether they satisfy the condition or not.

        Raises
        ------
        InputError
            The file is damaged.
        """
        if self._height is None:
            try:
                self._height = height_of(self._frame([self.columns[0].name]))
            except ScanError as error:
                raise self._failure(error) from error
        return self._height

    def length(self) -> int:
        """Return the number of records, which is that of rows."""
        return self.height()

    def expected_height(self) -> int | None:
        """Return the number of rows where few footers tell it; None else."""
        return self.height() if 0 < len(self._files) <= FEW_FILES else None

    def restrict(self, condition: Condition) -> None:
        """Leave out all rows that do not satisfy a condition.

        Raises
        ------
        ConditionError
            It is no condition on these columns.
        """
        try_condition(self._frame(condition.columns or [self.columns[0].name]), condition)
        self._condition = condition

    def records(self) -> IntArray:
        """Return the numbers, in ascending order, of the rows that satisfy the condition."""
        return row_numbers(self._rows([self.columns[0].name, ROW]))

    def kept(self) -> IntArray:
        """Return the numbers, in ascending order, of the rows that satisfy the condition."""
        return self.records()

    def keys(self, columns: Sequence[str]) -> Keys:
        """Return the cells of key columns.

        Raises
        ------
        InputError
            A column holds no keys, or the file is damaged.
        """
        try:
            return read_keys(self._rows(columns), columns, self._null_values)
        except ScanError as error:
            raise self._failure(error) from error
        except NoKeyError as error:
            found = next(column for column in self.columns if column.name == str(error))
            raise InputError(f"{self.label}: column {quoted(found.name)} holds {found.holds}, not keys") from error

    def blocks(self, wanted: Wanted) -> Iterator[Block]:
        """Yield the wanted columns in blocks of exactly `wanted.block_rows` rows, the last one shorter.

        Raises
        ------
        InputError
            A column does not hold what is wanted of it, or the file is damaged.
        """
        numbers = frozenset(wanted.numbers)
        require_numbers(self.label, self.columns, numbers)
        require_labels(self.label, self.columns, wanted.labels)
        require_lists(self.label, self.columns, wanted.widths)
        texts = [info.name for info in self.columns if info.type is ColumnType.TEXT and info.name in numbers]
        numbers_rows = [] if self._condition is None else [ROW]
        first_row = 0
        try:
            for batch in value_batches(
                self._rows([*wanted.columns, *numbers_rows]),
                wanted,
                texts=texts,
                watched=texts,
                null_values=self._null_values,
                null_numbers=self._null_numbers,
                is_numbered=bool(numbers_rows),
            ):
                if batch.nulls:
                    self._examine(batch.nulls, texts, wanted.block_rows)
                yield numbered_block(first_row, batch.columns, batch.rows)
                first_row += batch.height
            if self._condition is None and wanted.limit is None:
                self._height = first_row
        except ScanError as error:
            raise self._failure(error) from error
        except ListLengthError as error:
            cells = self.cells(error.column, [error.row])
            problem = f"a list of {error.length} where the first one has {wanted.widths[error.column]}"
            raise cell_error(error.column, 1, cells, problem, "each row must have one number per class") from error

    def labels(self, column: str) -> Iterator[list[str]]:
        """Yield the different labels of a column, without missing ones, in order of appearance; some more than once.

        Raises
        ------
        InputError
            The column holds no labels, or the file is damaged.
        """
        require_labels(self.label, self.columns, [column])
        try:
            yield from label_batches(self._rows([column]), column, self._null_values)
        except ScanError as error:
            raise self._failure(error) from error

    def list_width(self, column: str) -> int | None:
        """Return how many numbers the first list of a column has; None where there is no list.

        Raises
        ------
        InputError
            The column holds no lists of numbers, or the file is damaged.
        """
        require_lists(self.label, self.columns, [column])
        try:
            return first_width(self._rows([column]), column)
        except ScanError as error:
            raise self._failure(error) from error

    def files(self, rows: IntArray) -> tuple[list[str], IntArray]:
        """Return the file of each row, empty for a frame, and its number in it."""
        if len(self._files) <= 1:
            return ["".join(self._files)] * len(rows), rows
        starts = self._starts()
        at = np.searchsorted(starts, rows, side="right") - 1
        return [self._files[number] for number in at.tolist()], rows - starts[at]

    def cells(self, column: str | None, rows: Sequence[int]) -> list[CellPlace]:
        """Return the places of a few rows, in ascending order, with their values of one column if it is given.

        Raises
        ------
        InputError
            As `texts`.
        """
        return self._placed(rows, [""] * len(rows) if column is None else self.texts([column], rows)[column])

    def texts(self, columns: Sequence[str], rows: Sequence[int]) -> dict[str, list[str]]:
        """Return the values of columns, at least one, in a few rows, in ascending order, as text.

        Raises
        ------
        InputError
            A file cannot be read any more, or has changed.
        """
        try:
            found = texts_at(self._frame(columns), columns, rows)
        except ScanError as error:
            raise self._failure(error) from error
        if any(len(texts) < len(rows) for texts in found.values()):
            raise self._changed()
        return found

    def _placed(self, rows: Sequence[int], texts: Sequence[str]) -> list[CellPlace]:
        files, numbers = self.files(np.array(rows))
        return [
            CellPlace(file=file, unit="row", number=number + 1, text=text)
            for file, number, text in zip(files, numbers.tolist(), texts, strict=True)
        ]

    def _starts(self) -> IntArray:
        """Return the number of the first row of each of several files, shape (files,)."""
        if self._first_rows is None:
            try:
                heights = self._heights()
            except ScanError as error:
                raise self._failure(error) from error
            if self._height not in (None, sum(heights)):
                raise self._changed()
            self._first_rows = np.cumsum([0, *heights[:-1]])
        return self._first_rows

    def _changed(self) -> InputError:
        """Return the error for files of which one has no longer the rows that were read."""
        others = len(self._files) - 1
        return changed(f"{self.label}, or one of {others} files read with it," if others > 0 else self.label)

    def _rows(self, columns: Sequence[str]) -> pl.LazyFrame:
        """Return columns of the rows that satisfy the condition."""
        if self._condition is None:
            return self._frame(columns)
        frame = self._frame(list(dict.fromkeys([*columns, *self._condition.columns])))
        return satisfying(frame, self._condition, columns)

    def _examine(self, nulls: Sequence[str], texts: Sequence[str], block_rows: int) -> None:
        """Find why cells of `nulls`, some of the text columns `texts`, are null: raise the error for the first word."""
        unknown = unexamined(nulls, texts, self._examined)
        if not unknown:
            return
        words = words_in(self._rows([*unknown, ROW]), unknown, block_rows=block_rows, null_values=self._null_values)
        raise_first_word(words, self._placed, lambda: self.height() if self._condition is None else len(self.records()))
        self._examined.update(unknown)


def _numbers_among(texts: Sequence[str]) -> Iterator[float]:
    """Yield the texts that are numbers."""
    for text in texts:
        with suppress(ValueError):
            yield float(text)
