"""Which columns fit, how wide each may be, and where lines break: cells of a terminal, no colours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from losscli.render.numbers import write_column
from losscli.render.words import own
from losscli.result import Column, Kind, Table

if TYPE_CHECKING:
    from losscli.render.style import Style

INDENT = "  "
GAP = "   "

_EASY, _NARROW = 32, 8  # cells that a column of text keeps before columns are left out, and in the end
# a line never breaks between a number and its percent sign, nor beside the sign of a bound
_BREAK = re.compile(r"(?<![<>]) (?! ?%|[<>])")


class Strip(Struct, frozen=True, kw_only=True):
    """One column as it will be shown: its header and cells, and the cells of the terminal that it takes."""

    column: Column
    header: str
    cells: tuple[str, ...]
    width: int

    @property
    def is_text(self) -> bool:
        """Whether the column holds text: left-aligned, and free to wrap."""
        return self.column.kind in (Kind.TEXT, Kind.WORDS)


def strips(table: Table, style: Style) -> tuple[Strip, ...]:
    """Return the columns of `table` written out, each as wide as its longest cell."""
    return tuple(
        Strip(column=column, header=header, cells=cells, width=max(map(cell_width, (header, *cells))))
        for index, column in enumerate(table.columns)
        for header in (own(column.header, style),)
        for cells in (write_column(column.kind, [row[index] for row in table.rows], style),)
    )


def fitted(columns: Sequence[Strip], width: int | None) -> tuple[Strip, ...]:
    """Return the columns that fit into `width` cells; of the others, those with the highest rank go first.

    Columns of one rank stay or go together; narrow ones come back where wide ones of a lower rank had to go after them.
    Columns of text share what the numbers leave, from left to right. Those of the lowest rank stay even where they do
    not fit.
    """
    if width is None:
        return tuple(columns)
    first, *others = sorted({strip.column.rank for strip in columns})
    ranks = {first}
    for rank in others:
        if _total([strip for strip in columns if strip.column.rank in {*ranks, rank}], _EASY) <= width:
            ranks.add(rank)
    kept = [strip for strip in columns if strip.column.rank in ranks]
    least = _EASY if _total(kept, _EASY) <= width else _NARROW
    spare = max(0, width - _total(kept, least))
    shown = []
    for strip in kept:
        room = min(strip.width, _least(strip, least) + spare)
        spare -= room - _least(strip, least)
        shown.append(replace(strip, width=room))
    return tuple(shown)


def lines_of(text: str, width: int | None) -> list[str]:
    """Return `text` broken at spaces into lines of at most `width` cells; a longer word is cut across lines."""
    if width is None or cell_width(text) <= width:
        return [text]
    lines = [""]
    for word in _BREAK.split(text):
        pieces = _chopped(word, width)
        joined = f"{lines[-1]} {pieces[0]}" if lines[-1] else pieces[0]
        if cell_width(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(pieces[0])
        lines.extend(pieces[1:])
    return [line for line in lines if line] or [""]


def lines_of_pieces(text: str, width: int | None, mark: str) -> list[str]:
    """Return `text` broken behind the marks between its pieces, and within a piece only where that is too long."""
    if width is None or cell_width(text) <= width:
        return [text]
    *pieces, last = text.split(f" {mark} ")
    lines = [""]
    for piece in (*(f"{piece} {mark}" for piece in pieces), last):
        joined = f"{lines[-1]} {piece}" if lines[-1] else piece
        if cell_width(joined) <= width:
            lines[-1] = joined
        else:
            lines.extend(lines_of(piece, width))
    return [line for line in lines if line] or [""]


def cell_width(text: str) -> int:
    """Return how many cells of a terminal `text` takes."""
    from rich.cells import cell_len

    return cell_len(text)


def padded(text: str, width: int, *, left: bool) -> str:
    """Return `text` filled with spaces to `width` cells, itself on the left or on the right."""
    space = " " * (width - cell_width(text))
    return text + space if left else space + text


def _least(strip: Strip, text: int) -> int:
    return min(strip.width, max(text, cell_width(strip.header))) if strip.is_text else strip.width


def _total(columns: Sequence[Strip], text: int) -> int:
    """Return the cells that a row takes where its texts are cut to `text` cells."""
    return sum(_least(strip, text) for strip in columns) + len(INDENT) + len(GAP) * (len(columns) - 1)


def _chopped(word: str, width: int) -> list[str]:
    """Return `word` in pieces of at most `width` cells, each of at least one character, cut behind a colon if any."""
    pieces = [""]
    for character in word:
        while pieces[-1] and cell_width(pieces[-1] + character) > width:
            head, colon, tail = pieces[-1].rpartition(":")
            pieces[-1:] = [head + colon, tail] if colon and tail else [pieces[-1], ""]
        pieces[-1] += character
    return pieces
