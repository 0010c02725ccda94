"""The records of a CSV file counted from its bytes: on which line each starts, how many cells it has, which are blank.

Polars reads a short row as one with missing cells and does not say on which line a record stands. This second look
is taken only when a row might be short or an error has to be placed, at about the speed of reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from losscli.arrays import BoolArray, IntArray
    from losscli.engine.files.csv_look import CsvLayout

_NEWLINE, _RETURN, _QUOTE = b'\n\r"'
_LONGEST_RECORD = 1 << 26  # bytes; a longer one is a quoted cell without an end


class Records(Struct, frozen=True, kw_only=True):
    """Consecutive records; arrays of shape (r,).

    Attributes
    ----------
    first : int
        Number of the first one, counted from 0 after the header.
    line : ndarray of int
        Physical line on which each starts, counted from 1.
    cells : ndarray of int
        Number of cells; 1 for a blank line.
    blank : ndarray of bool
        Whether it is a blank line, with no cell at all.
    ragged : ndarray of bool
        Whether it has fewer cells than the header, or goes on after them with one that is not empty.
    stray : ndarray of bool
        Whether a quotation mark stands inside a cell that is not quoted, or after a quoted one, or has no partner.
    """

    first: int
    line: IntArray
    cells: IntArray
    blank: BoolArray
    ragged: BoolArray
    stray: BoolArray


class Misfit(Struct, frozen=True, kw_only=True):
    """A record that is wrong in itself: its number, physical line and number of cells."""

    record: int
    line: int
    cells: int


class CsvShape(Struct, frozen=True, kw_only=True):
    """What a whole CSV file looks like.

    Attributes
    ----------
    height : int
        Number of records.
    blank : ndarray of shape (b,)
        Numbers of the records that are blank lines.
    ragged, stray : Misfit or None
        The first record with too many or too few cells; the first with a stray quotation mark.
    """

    height: int
    blank: IntArray
    ragged: Misfit | None
    stray: Misfit | None


def records_of(chunks: Iterable[bytes], layout: CsvLayout) -> Iterator[Records]:
    """Yield the records of a CSV file after its header, from its bytes in order."""
    first, line, tail = 0, layout.header_lines + 1, b""
    for chunk in _after_header(chunks, layout.header_lines):
        data = tail + chunk
        found, used = _split(data, layout, first=first, line=line)
        tail = data[used:]
        first += len(found.line)
        line += data.count(b"\n", 0, used)
        yield found
        if len(tail) > _LONGEST_RECORD:
            break
    if tail:
        found, used = _split(tail + b"\n", layout, first=first, line=line)
        yield found
        if used <= len(tail):
            yield Records(
                first=first + len(found.line),
                line=np.array([line + tail.count(b"\n", 0, used)]),
                cells=np.array([1]),
                blank=np.array([False]),
                ragged=np.array([False]),
                stray=np.array([True]),
            )


def shape_of(records: Iterable[Records]) -> CsvShape:
    """Return the shape of a CSV file from all of its records."""
    blank = [np.empty(0, np.int64)]
    ragged: Misfit | None = None
    stray: Misfit | None = None
    height = 0
    for found in records:
        height = found.first + len(found.line)
        blank.append(found.first + np.flatnonzero(found.blank))
        ragged = ragged or _first(found, found.ragged)
        stray = stray or _first(found, found.stray)
    return CsvShape(height=height, blank=np.concatenate(blank), ragged=ragged, stray=stray)


def lines_at(records: Iterable[Records], numbers: Sequence[int]) -> list[int]:
    """Return the physical lines on which a few records start, their numbers given in ascending order."""
    lines: list[int] = []
    for found in records:
        end = found.first + len(found.line)
        lines += [int(found.line[number - found.first]) for number in numbers if found.first <= number < end]
        if len(lines) == len(numbers):
            break
    return lines


def _after_header(chunks: Iterable[bytes], lines: int) -> Iterator[bytes]:
    for chunk in chunks:
        start = 0
        while lines and (end := chunk.find(b"\n", start)) >= 0:
            lines, start = lines - 1, end + 1
        if not lines:
            yield chunk[start:]


def _split(data: bytes, layout: CsvLayout, *, first: int, line: int) -> tuple[Records, int]:
    end = data.rfind(b"\n") + 1
    if layout.width > 1 and b'"' not in data and (height := _regular(data[:end], layout)) is not None:
        no = np.zeros(height, np.bool_)
        lines = np.arange(line, line + height)
        cells = np.full(height, layout.width)
        return Records(first=first, line=lines, cells=cells, blank=no, ragged=no, stray=no), end
    content = np.frombuffer(data, np.uint8)
    newline = np.flatnonzero(content == _NEWLINE)
    comma = np.flatnonzero(content == ord(layout.delimiter))
    quote = np.flatnonzero(content == _QUOTE)
    ends = outside_quotes(newline, quote)
    commas = outside_quotes(comma, quote)
    starts = np.concatenate((np.zeros(min(len(ends), 1), np.int64), ends[:-1] + 1))
    length = ends - starts
    blank = (length == 0) | ((length == 1) & (content[starts] == _RETURN))
    before = np.searchsorted(commas, starts)
    cells = np.searchsorted(commas, ends) - before + 1
    ragged = (cells < layout.width) & ~blank
    long = np.flatnonzero(cells > layout.width)
    if len(long):
        # an empty cell beyond the header's does no harm: some programs end each row with a delimiter
        beyond = content[commas[before[long] + layout.width - 1] + 1]
        ragged[long] = ~np.isin(beyond, (ord(layout.delimiter), _NEWLINE, _RETURN))
    stray = np.zeros(len(ends), np.bool_)
    of_record = np.searchsorted(ends, quote[_is_stray(content, quote, ord(layout.delimiter))])
    stray[of_record[of_record < len(ends)]] = True
    lines = line + np.searchsorted(newline, starts)
    found = Records(first=first, line=lines, cells=cells, blank=blank, ragged=ragged, stray=stray)
    return found, int(ends[-1]) + 1 if len(ends) else 0


def _regular(lines: bytes, layout: CsvLayout) -> int | None:
    """Return the number of lines if each has the cells of the header, and some other mark is none; None else."""
    marks = lines.translate(None, _other_than(layout.delimiter))
    height = len(marks) // layout.width
    line = layout.delimiter.encode() * (layout.width - 1) + b"\n"
    return height if marks == line * height else None


@cache
def _other_than(delimiter: str) -> bytes:
    return bytes(set(range(256)) - {_NEWLINE, ord(delimiter)})


def outside_quotes(positions: IntArray, quote: IntArray) -> IntArray:
    """Return those positions before which an even number of quotation marks stand: they are inside no quoted cell."""
    return positions[np.searchsorted(quote, positions) % 2 == 0] if len(quote) else positions


def _is_stray(content: NDArray[np.uint8], quote: IntArray, delimiter: int) -> BoolArray:
    before = content[np.maximum(quote - 1, 0)]
    after = content[np.minimum(quote + 1, len(content) - 1)]
    opens: BoolArray = np.arange(len(quote)) % 2 == 0
    starts_cell: BoolArray = (quote == 0) | np.isin(before, (delimiter, _NEWLINE, _QUOTE))
    ends_cell: BoolArray = (quote == len(content) - 1) | np.isin(after, (delimiter, _NEWLINE, _RETURN, _QUOTE))
    return (opens & ~starts_cell) | (~opens & ~ends_cell)


def _first(found: Records, wrong: BoolArray) -> Misfit | None:
    where = np.flatnonzero(wrong)
    if not len(where):
        return None
    at = int(where[0])
    return Misfit(record=found.first + at, line=int(found.line[at]), cells=int(found.cells[at]))
