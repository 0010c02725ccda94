"""A CSV file as a part of a data set: a fast strict reading, and a second look where that is not enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from losscli.engine.block import Block, CellPlace
from losscli.engine.cell_error import word_error
from losscli.engine.content import Content, check_text, sample_of, text_chunks
from losscli.engine.csv_look import SAMPLE_BYTES, look_at
from losscli.engine.csv_shape import CsvShape, Records, lines_at, records_of, shape_of
from losscli.engine.scan import Batch, ScanError, number_batches, scan_csv, texts_at, words_in
from losscli.errors import InputError

if TYPE_CHECKING:
    from losscli.arrays import IntArray
    from losscli.engine.spool import Spool

_LONGEST_HEADER = 1 << 24  # bytes that are looked at where the sample holds no whole line


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
        self._trims = False

    @property
    def blank_records(self) -> int:
        """Number of blank lines that were skipped, after a complete reading."""
        return 0 if self._shape is None else len(self._shape.blank)

    def blocks(self, wanted: Sequence[str], block_rows: int) -> Iterator[Block]:
        """Yield the wanted columns in blocks of exactly `block_rows` rows, the last one shorter.

        Raises
        ------
        InputError
            A row has too many or too few cells, or a cell is no number, or the file is damaged.
        """
        keys = {name: self._key(name) for name in wanted}
        emitted = 0
        while True:
            skipped = self._blank_records()
            try:
                for position, batch in enumerate(self._batches(list(keys.values()), skipped, block_rows)):
                    if batch.witness_has_null and self._look_for_blanks():
                        break
                    # a reading that starts anew gives the same blocks up to where the last one stopped
                    if position == emitted:
                        yield self._block(batch, keys, emitted * block_rows)
                        emitted += 1
                else:
                    self._rectangular = True
                    return
            except ScanError as error:
                self._explain(list(keys.items()), block_rows, error)

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

    def _batches(self, keys: Sequence[str], skipped: IntArray | None, block_rows: int) -> Iterator[Batch]:
        # a short row has no last cell; once all rows are known to be whole, the last column need not be read
        witness = None if self._rectangular else str(self._layout.width - 1)
        numbers = () if self._trims else keys
        return number_batches(
            scan_csv(self._path, self._layout, numbers=numbers, null_values=self._null_values),
            keys,
            block_rows=block_rows,
            texts=keys if self._trims else (),
            null_values=self._null_values,
            witness=witness,
            skipped=skipped,
        )

    def _block(self, batch: Batch, keys: dict[str, str], first_row: int) -> Block:
        columns = {name: batch.columns[key] for name, key in keys.items()}
        if batch.rows is None:
            return Block(part=self._number, first_row=first_row, columns=columns)
        first, last = int(batch.rows[0]), int(batch.rows[-1])
        gaps = last - first + 1 != batch.height
        return Block(part=self._number, first_row=first, columns=columns, rows=batch.rows if gaps else None)

    def _records(self) -> Iterator[Records]:
        chunks = text_chunks(self._path, self._content, self.label)
        return records_of(chunks, delimiter=self._layout.delimiter, header_lines=self._layout.header_lines)

    def _blank_records(self) -> IntArray | None:
        return self._shape.blank if self._shape is not None and len(self._shape.blank) else None

    def _look_for_blanks(self) -> bool:
        """Take the second look if it was not taken yet; return whether there are blank lines to skip."""
        self._rectangular = True
        self._checked_shape()
        return self._blank_records() is not None

    def _checked_shape(self) -> CsvShape:
        if self._shape is not None:
            return self._shape
        shape = shape_of(self._records(), width=self._layout.width)
        ragged = shape.ragged
        if ragged is not None:
            if shape.stray is not None and shape.stray.record <= ragged.record:
                raise self._stray_error(shape.stray.line)
            found = "1 cell" if ragged.cells == 1 else f"{ragged.cells} cells"
            raise InputError(
                f"{self.label}:{ragged.line}: {found} where the header has {self._layout.width}",
                hint="a cell that holds the delimiter must stand in quotes"
                if ragged.cells > self._layout.width
                else None,
            )
        self._shape = shape
        return shape

    def _malformed(self, shape: CsvShape) -> InputError:
        if shape.stray is not None:
            return self._stray_error(shape.stray.line)
        return InputError(f"{self.label} cannot be read as CSV")

    def _stray_error(self, line: int) -> InputError:
        return InputError(
            f"{self.label}:{line}: a quotation mark stands inside a cell, or has no partner",
            hint='put such a cell in quotes and double each mark in it: "3.5"" disk"',
        )

    def _explain(self, named: Sequence[tuple[str, str]], block_rows: int, error: ScanError) -> None:
        """Raise the error that says why a strict reading failed, or go on with cells that have blanks around them."""
        shape = self._checked_shape()
        if self._trims:
            raise self._malformed(shape) from error
        texts = scan_csv(self._path, self._layout, null_values=self._null_values)
        keys = [key for _, key in named]
        try:
            n, words = words_in(texts, keys, block_rows=block_rows, null_values=self._null_values)
        except ScanError as malformed:
            raise self._malformed(shape) from malformed
        offending = [(words[key].first[0], name, words[key]) for name, key in named if words[key].count]
        if offending:
            _, name, found = min(offending, key=lambda entry: entry[0])
            raise word_error(name, found.count, self.cells(name, found.first), n=n)
        self._trims = True
