"""An answer for a person at a terminal, or in a pipe that a person reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import chain
from typing import TYPE_CHECKING

from msgspec.structs import replace
from rich.console import Console
from rich.text import Text

from losscli.render.chart import drawn
from losscli.render.digits import ABSENT
from losscli.render.layout import GAP, INDENT, Strip, cell_width, fitted, lines_of, lines_of_pieces, padded, strips
from losscli.render.sentences import fill, hints_once
from losscli.render.words import own
from losscli.result import Table

if TYPE_CHECKING:
    from losscli.render.style import Style
    from losscli.result import Column, Notice, Result, Section, Sentence

_TITLE, _HEADER, _LABEL, _ABSENT, _NOTE, _QUIET = "bold", "bold", "cyan", "dim", "yellow", "dim"

_WIDEST_LABEL = 16  # cells of a first column up to which sentences start where the second column does
_WIDEST = 120  # cells of the first line, however wide the terminal
_NARROWEST = 20  # cells that a sentence gets at the least, however narrow the terminal


def render(result: Result, style: Style) -> str:
    """Return `result` as lines: heading, sections, notices, signature."""
    alike: dict[tuple[Column, ...], list[Section]] = {}
    for section in result.sections:
        alike.setdefault(_columns(section), []).append(section)
    layouts = {columns: _laid_out(sections, style) for columns, sections in alike.items()}
    heading = fill(result.heading, style)
    blocks = [_heading(heading, own(result.aside, style), style) if result.aside else _pieces(heading, style)]
    blocks += [list(_section(section, *next(layouts[_columns(section)]), style)) for section in result.sections]
    blocks.append([line for notice, hint in hints_once(result.notices) for line in _notice(notice, hint, style)])
    blocks.append(_pieces(own(result.signature, style), style, body=_QUIET) if result.signature else [])
    return _written(Text("\n").join(Text("\n").join([*block, Text()]) for block in blocks if block), style)


def _heading(text: str, aside: str, style: Style) -> list[Text]:
    """Return the first lines with the aside, on the right of the last where there is room, else below."""
    lines = _pieces(text, style)
    gap = len(GAP)
    if style.width is not None:
        gap = max(gap, min(style.width, _WIDEST) - cell_width(lines[-1].plain) - cell_width(aside))
        if cell_width(lines[-1].plain) + gap + cell_width(aside) > style.width:
            return lines + _paragraph("", aside, style, body=_QUIET)
    return [*lines[:-1], Text.assemble(lines[-1], " " * gap, (aside, _QUIET))]


def _columns(section: Section) -> tuple[Column, ...]:
    return () if section.table is None else section.table.columns


def _laid_out(sections: Sequence[Section], style: Style) -> Iterator[tuple[tuple[Strip, ...], int]]:
    """Yield for each of sections with the same columns its part of their common table, and the cells of its labels."""
    labels = [own(sentence.label, style) for section in sections for sentence in section.sentences]
    room = max(map(cell_width, labels), default=0)
    rows = [() if section.table is None else section.table.rows for section in sections]
    shown: tuple[Strip, ...] = ()
    if columns := _columns(sections[0]):
        first, *others = strips(Table(columns=columns, rows=tuple(chain.from_iterable(rows))), style)
        if first.is_text and room <= _WIDEST_LABEL:
            first = replace(first, width=max(first.width, room))
        shown = fitted((first, *others), style.width)
        if room and shown[0].is_text and shown[0].width <= _WIDEST_LABEL:
            room = max(room, shown[0].width)
    stop = 0
    for part in rows:
        start, stop = stop, stop + len(part)
        yield tuple(replace(strip, cells=strip.cells[start:stop]) for strip in shown), room


def _section(section: Section, columns: Sequence[Strip], room: int, style: Style) -> Iterator[Text]:
    if section.title:
        yield from _paragraph("", own(section.title, style), style, body=_TITLE)
    if columns:
        yield from _table(columns)
    if section.chart is not None:
        yield from map(Text, drawn(section.chart, style))
    shown = {strip.column.key for strip in columns}
    sentences = [each for each in section.sentences if not each.columns or not shown.isdisjoint(each.columns)]
    if (columns or section.chart) and sentences:
        yield Text()  # sets the sentences apart from the table
    for sentence in sentences:
        yield from _sentence(sentence, style, room)


def _table(columns: Sequence[Strip]) -> Iterator[Text]:
    yield from _row(columns, [strip.header for strip in columns], header=True)
    for cells in zip(*(strip.cells for strip in columns), strict=True):
        yield from _row(columns, cells, header=False)


def _row(columns: Sequence[Strip], cells: Sequence[str], *, header: bool) -> Iterator[Text]:
    """Return the lines of one row: one, or more where a text wraps."""
    stacks = [
        lines_of(cell, strip.width) if strip.is_text else [cell] for strip, cell in zip(columns, cells, strict=True)
    ]
    for level in range(max(map(len, stacks))):
        line = Text()
        for index, (strip, stack) in enumerate(zip(columns, stacks, strict=True)):
            piece = stack[level] if level < len(stack) else ""
            line.append(GAP if index else INDENT)
            line.append(padded(piece, strip.width, left=strip.is_text), _cell_style(strip, piece, index, header=header))
        yield line


def _cell_style(strip: Strip, piece: str, index: int, *, header: bool) -> str:
    if header:
        return _HEADER
    if strip.is_text:
        return _LABEL if index == 0 else ""
    return _ABSENT if piece.strip() == ABSENT else ""


def _sentence(sentence: Sentence, style: Style, room: int) -> list[Text]:
    lead = INDENT + (padded(own(sentence.label, style), room, left=True) + GAP if room else "")
    return _paragraph(lead, fill(sentence, style), style, head=_LABEL)


def _notice(notice: Notice, hint: str | None, style: Style) -> Iterator[Text]:
    yield from _paragraph(INDENT + "note: ", fill(notice.message, style), style, head=_NOTE)
    if hint is not None:
        yield from _paragraph(INDENT + "hint: ", own(hint, style), style, head=_QUIET)


def _paragraph(lead: str, text: str, style: Style, *, head: str = "", body: str = "") -> list[Text]:
    """Return the lines of `text` behind `lead`, the second and later ones indented as far."""
    indent = cell_width(lead)
    width = None if style.width is None else max(_NARROWEST, style.width - indent)
    first, *others = lines_of(text, width)
    return [Text.assemble((lead, head), (first, body)), *(Text.assemble(" " * indent, (line, body)) for line in others)]


def _pieces(text: str, style: Style, *, body: str = "") -> list[Text]:
    """Return the lines of the first or the last paragraph, whose pieces stay together where they can."""
    width = None if style.width is None else max(_NARROWEST, style.width)
    return [Text(line, body) for line in lines_of_pieces(text, width, "·" if style.unicode else "|")]


def _written(text: Text, style: Style) -> str:
    """Return `text` as characters, with escapes only where the style has colour."""
    lines = text.split("\n")
    for line in lines:
        line.rstrip()
    while lines and not lines[-1].plain:
        lines.pop()
    console = Console(
        file=StringIO(),
        force_terminal=style.color,
        force_jupyter=False,
        color_system="standard" if style.color else None,
        no_color=False,
        legacy_windows=False,
    )
    with console.capture() as capture:
        console.print(Text("\n").join(lines), soft_wrap=True)
    return capture.get()
