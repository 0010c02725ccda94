"""What is said of files that should have the same rows and have not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from losscli.engine.files.block import SHOWN_CELLS, Block, CellPlace, rows_of
from losscli.engine.table.in_step import Stream, in_order
from losscli.errors import InputError
from losscli.text import printable, quoted

if TYPE_CHECKING:
    from losscli.arrays import BoolArray, FloatArray, IntArray
    from losscli.engine.files.source import Source

BY_KEY = "--on KEY pairs rows by a key"
_ONE_TRUTH = "--targets FILE takes the targets of all models from one file"


class Facts(Struct, frozen=True, kw_only=True):
    """A column that another file has too: its source, its name there, the order of its rows and its known labels."""

    source: Source
    column: str
    order: IntArray | None
    labels: Sequence[str] | None

    def blocks(self) -> Iterator[Block]:
        """Yield its values in order."""
        labels = {} if self.labels is None else {self.column: self.labels}
        return in_order(self.source.blocks([self.column], labels=labels), self.order, self.source.label)

    def cells(self, rows: Sequence[int]) -> list[CellPlace]:
        """Return the cells of a few rows, given by their positions in order."""
        positions = rows if self.order is None else self.order[list(rows)].tolist()
        return cells_at(self.source, self.column, positions)


def differences(ours: FloatArray, theirs: FloatArray, *, drops: bool) -> BoolArray:
    """Return which of two columns' values differ; missing ones are equal to each other, and to all where it `drops`."""
    lacking, lacked = np.isnan(ours), np.isnan(theirs)
    differs: BoolArray = (ours != theirs) & ~((lacking | lacked) if drops else (lacking & lacked))
    return differs


def cells_at(source: Source, column: str, positions: Sequence[int]) -> list[CellPlace]:
    """Return the cells of a column in a few rows, given by their positions among the rows that are read."""
    records = [part.records() for part in source.parts]
    starts = np.cumsum([0, *map(len, records)])
    cells = []
    for position in positions:
        part = int(np.searchsorted(starts, position, side="right")) - 1
        cells += source.parts[part].cells(column, [int(records[part][position - starts[part]])])
    return cells


def uneven(first: Source, other: Source) -> InputError:
    """Return the error for files of different length whose rows are paired by position."""
    heights = [sum(part.height() for part in each.parts) for each in (first, other)]
    rows = "1 row" if heights[0] == 1 else f"{heights[0]} rows"
    return InputError(f"{first.label} has {rows} and {other.label} has {heights[1]}", BY_KEY)


def unequal(first: Facts, other: Facts, noun: str, *, keyed: bool, drops: bool) -> InputError:
    """Return the error for columns that are not the same in two files; both are read to their end.

    Parameters
    ----------
    noun : str
        What they hold: "targets", "weights", "groups".
    keyed : bool
        Whether rows are paired by keys, so that no key is asked for.
    drops : bool
        As for `differences`.
    """
    theirs = Stream(other.blocks())
    n = count = 0
    rows: list[int] = []
    for block in first.blocks():
        taken = theirs.take(rows_of(block))
        if taken is None:
            return uneven(first.source, other.source)
        differs = np.flatnonzero(differences(block.columns[first.column], taken[other.column], drops=drops))
        rows += (n + differs[: SHOWN_CELLS - len(rows)]).tolist()
        count += len(differs)
        n += rows_of(block)
    if theirs.rest():
        return uneven(first.source, other.source)
    (ours, *more), (there,) = first.cells(rows), other.cells(rows[:1])
    also = ""
    if count > 1:
        numbers = ", ".join(str(cell.number) for cell in more) + (", …" if count - 1 > len(more) else "")
        also = f" (and {count - 1} more, {ours.unit}{'s' if count > 2 else ''} {numbers})"
    message = (
        f"{first.source.label} and {other.source.label} differ in {count} of {n} {noun}: "
        f"{place_of(first.source, ours)} has {_shown(ours)}, {place_of(other.source, there)} has {_shown(there)}{also}"
    )
    of_key = _ONE_TRUTH if noun == "targets" else f"write the same {noun} into both files, or into one alone"
    return InputError(message, of_key if keyed else BY_KEY)


def place_of(source: Source, cell: CellPlace) -> str:
    """Return where a cell stands, with the name of its frame."""
    return cell.where if cell.file else f"{source.label}: {cell.where}"


def _shown(cell: CellPlace) -> str:
    text = cell.text.strip()
    if not text:
        return "none"
    try:
        float(text)
    except ValueError:
        return quoted(text)
    return printable(text)
