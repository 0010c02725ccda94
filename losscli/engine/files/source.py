"""A data set in one part or several as a stream of blocks that can be read again and again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from losscli.engine.files.block import SHOWN_CELLS, Block, CellPlace, evened, rows_of
from losscli.engine.files.records import Records
from losscli.engine.files.row_source import BLOCK_ROWS, NO_LABELS, OF_CLASSES, LeftOut, bad_cells
from losscli.engine.files.scan_where import Condition, ConditionError
from losscli.engine.files.wanted import Wanted
from losscli.errors import InputError
from losscli.text import printable, quoted

if TYPE_CHECKING:
    from losscli.arrays import BoolArray, FloatArray, IntArray
    from losscli.engine.files.part import Part


class Source:
    """A data set that can be read any number of times; the same rows always come in the same blocks.

    Parameters
    ----------
    label : str
        What people call it: "preds.csv", "standard input", "parts/*.csv", "DataFrame".
    path : str
        As given; "-" for standard input, the label for a frame.
    parts : sequence of Part
        Its files in order, none with a column that the first has not; at least one.
    looked_at : callable or None
        Where `parts` may raise `UnlikeFilesError`: gives others for the same files that never do.
    block_rows : int
        Rows of a block; the last one is shorter.

    Attributes
    ----------
    format : str
        "csv", "parquet" or "frame".
    columns : tuple of ColumnInfo
        In the order of the first part; a CSV file may have a name twice.
    condition : Condition or None
        What all rows satisfy; others are left out.
    """

    def __init__(
        self,
        *,
        label: str,
        path: str,
        parts: Sequence[Part],
        looked_at: Callable[[], Sequence[Part]] | None = None,
        block_rows: int = BLOCK_ROWS,
    ) -> None:
        self.label = label
        self.path = path
        self.format = parts[0].format
        self.columns = parts[0].columns
        self._records = Records(parts, looked_at)
        self._block_rows = block_rows
        self.condition: Condition | None = None
        self._height = 0
        self._widths: dict[str, int] = {}

    @property
    def parts(self) -> Sequence[Part]:
        """Its files in order, each of which is looked at when they are first asked for."""
        return self._records.look_at_each()

    @property
    def sources(self) -> tuple[Source, ...]:
        """Itself: a glob or folder is one data set in parts."""
        return (self,)

    @property
    def blank_records(self) -> int:
        """Number of blank lines that were skipped, after a complete reading."""
        return sum(part.blank_records for part in self._records.parts)

    def expected_height(self) -> int | None:
        """Return about how many rows there are, conditions apart, where that costs next to nothing; None else."""
        height = 0
        for part in self._records.parts:
            known = part.expected_height()
            if known is None:
                return None
            height += known
        return height

    def restrict(self, condition: Condition) -> None:
        """Leave out all rows that do not satisfy a condition.

        Raises
        ------
        ConditionError
            It is no condition on these columns.
        InputError
            A file lacks one of its columns, or holds something else in it than the first.
        """
        first, *others = self.parts
        self.require(condition.columns)
        first.restrict(condition)
        for part in others:
            try:
                part.restrict(condition)
            except ConditionError as error:
                raise InputError(
                    f"{part.label}: --where {quoted(condition.text)}: {printable(str(error), 200)}",
                    f"write its columns in the types of {first.label}",
                ) from error
        self.condition = condition

    def left_out(self) -> tuple[LeftOut, ...]:
        """Return how many rows do not satisfy the condition, after a complete reading."""
        if self.condition is None:
            return (LeftOut(label=self.label),)
        return (LeftOut(label=self.label, unsatisfied=sum(part.height() for part in self.parts) - self._height),)

    def mispaired(self, taken: Collection[str], n: int) -> None:
        """Return None: rows of one data set are not paired."""

    def require(self, wanted: Sequence[str]) -> None:
        """Check that each of the columns `wanted` stands in each file that was looked at, and stands there once.

        Raises
        ------
        InputError
            One does not; the message lists the columns there are.
        """
        self._records.require(wanted)

    def blocks(
        self,
        wanted: Sequence[str],
        *,
        labels: Mapping[str, Sequence[str]] = NO_LABELS,
        lists: Sequence[str] = (),
        block_rows: int | None = None,
    ) -> Iterator[Block]:
        """Yield the columns `wanted` in blocks, which are the same however the rows are split into files.

        Parameters
        ----------
        wanted : sequence of str
            Numbers, unless `labels` or `lists` say something else.
        labels : mapping of str to sequence of str
            Those of `wanted` that hold labels, each with its known labels: a value is the position of its label among
            them, counted from 0, and −1 where it is none of them. Labels compare as `labels.label_text` writes them.
        lists : sequence of str
            Those of `wanted` that hold a list of k numbers a row; their values have shape (n, k).
        block_rows : int or None
            Rows of a block of this reading, if not those of the source.

        Raises
        ------
        InputError
            A column is not there or does not hold what is wanted of it, a cell is no number, lists differ in length,
            a row is ragged, a file is damaged, or there are no rows at all.
        """
        columns = tuple(dict.fromkeys(wanted))
        asked = Wanted(
            columns=columns,
            labels={name: labels[name] for name in columns if name in labels},
            widths={name: self.list_width(name) for name in columns if name in lists},
            block_rows=block_rows or self._block_rows,
        )
        height = 0
        for block in self._records.blocks(asked):
            height += rows_of(block)
            yield block
        if not height:
            raise self._no_rows()
        self._height = height

    def first_rows(self, wanted: Sequence[str], rows: int = BLOCK_ROWS) -> Mapping[str, FloatArray]:
        """Return the first rows of columns of numbers, fewer where there are no more.

        Raises
        ------
        InputError
            As `blocks`, of these rows.
        """
        asked = Wanted(columns=tuple(dict.fromkeys(wanted)), labels={}, widths={}, block_rows=rows, limit=rows)

        def first() -> Block | None:
            return next(evened((block for part in self._records.parts for block in part.blocks(asked)), rows), None)

        block = self._records.answer(wanted, first)
        if block is None:
            raise self._no_rows()
        return block.columns

    def distinct(self, column: str, limit: int = 1000, hint: str = OF_CLASSES) -> tuple[str, ...]:
        """Return the different labels of a column, as `labels.label_text` writes them, in order of first appearance.

        Missing cells are left out.

        Raises
        ------
        InputError
            There are more than `limit`, with the `hint` what to do about it, or the column cannot hold labels.
        """

        def different() -> tuple[str, ...]:
            found: dict[str, None] = {}
            for part in self._records.parts:
                for labels in part.labels(column):
                    found.update(dict.fromkeys(labels))
                    if len(found) > limit:
                        raise InputError(
                            f"{self.label}: column {quoted(column)} has more than {limit} different labels", hint
                        )
            return tuple(found)

        return self._records.answer([column], different)

    def list_width(self, column: str) -> int:
        """Return k, how many numbers the first list of a column has: at least 1.

        Raises
        ------
        InputError
            The column holds no lists of numbers, or no list at all, or the first one is empty.
        """

        def first() -> int | None:
            return next((width for part in self._records.parts if (width := part.list_width(column)) is not None), None)

        if column not in self._widths:
            width = self._records.answer([column], first)
            if not width:
                lacking = "every list is missing" if width is None else "the first list is empty"
                raise InputError(f"{self.label}: column {quoted(column)}: {lacking}")
            self._widths[column] = width
        return self._widths[column]

    def place(self, rows: Sequence[int]) -> list[str]:
        """Return where a few records stand: "preds.csv:1042", "preds.parquet: row 17", "row 17" in a frame.

        Parameters
        ----------
        rows : sequence of int
            Record numbers, in any order.
        """
        ordered = sorted(set(rows))
        places = {row: cell.where for row, cell in zip(ordered, self.cells(None, ordered), strict=True)}
        return [places[row] for row in rows]

    def located(self, rows: Sequence[int]) -> list[CellPlace]:
        """Return the places of a few records, in ascending order, without any cell."""
        return self.cells(None, rows)

    def files(self, rows: IntArray) -> tuple[list[str], IntArray]:
        """Return the file of each record, empty for a frame, and its number there, counted from 0; `rows` ascend."""
        return self._records.files(rows)

    def cells(self, column: str | None, rows: Sequence[int]) -> list[CellPlace]:
        """Return the places of a few records, in ascending order, with their cells of a column if given."""
        return self._records.cells(column, rows)

    def texts_where_shared(self, columns: Sequence[str], rows: Sequence[int]) -> dict[str, list[str]]:
        """Return the text of the cells of columns, of which those are left out that do not stand once in each file.

        All are read at once, in a few records, in ascending order.
        """
        return self._records.texts(columns, rows)

    def texts(self, column: str, rows: Sequence[int]) -> list[str]:
        """Return the text of the cells of a column in a few records, in ascending order."""
        return [cell.text for cell in self.cells(column, rows)]

    def column_name(self, column: str) -> str:
        """Return what a column is called in its file: as here."""
        return column

    def first_cells(
        self,
        column: str,
        is_bad: Callable[[FloatArray], BoolArray],
        limit: int = SHOWN_CELLS,
        *,
        labels: Mapping[str, Sequence[str]] = NO_LABELS,
        lists: Sequence[str] = (),
    ) -> tuple[int, list[CellPlace]]:
        """Return how many cells of a column are bad, and the first of them; for `cell_error`.

        Parameters are those of `row_source.bad_cells` and `blocks`.
        """
        return bad_cells(self.blocks([column], labels=labels, lists=lists), column, is_bad, limit, self.cells)

    def _no_rows(self) -> InputError:
        if self.condition is not None:
            return InputError(
                f"{self.label}: no row satisfies --where {quoted(self.condition.text)}",
                "compare it with the cells; texts are alike only if every letter is",
            )
        return InputError(
            f"{self.label} has a header but no rows" if self.format == "csv" else f"{self.label} has no rows"
        )
