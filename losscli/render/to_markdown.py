"""An answer for a pull request or a report: GitHub's Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from losscli.render.chart import drawn
from losscli.render.layout import cell_width, padded, strips
from losscli.render.sentences import fill, hints_once
from losscli.render.words import own

if TYPE_CHECKING:
    from losscli.render.style import Style
    from losscli.result import Notice, Result, Section, Sentence, Table

# A backslash makes each of them plain; "://" and "www." would become links
_MARKUP = re.compile(r"[\\`*_<>&\[\]|~$#!@]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_BLOCK = re.compile(r"^(?:([-+=])|(\d+)([.)]))")  # what begins a list or an underline


def render(result: Result, style: Style) -> str:
    """Return `result` as Markdown in which no text is taken for markup or HTML."""
    blocks = [f"### {_escaped(fill(result.heading, style))}"]
    if result.aside:
        blocks.append(f"<sub>{_escaped(own(result.aside, style))}</sub>")
    for section in result.sections:
        blocks += _section(section, style)
    blocks += [_notice(notice, hint, style) for notice, hint in hints_once(result.notices)]
    if result.signature:
        blocks.append(f"<sub>{_escaped(own(result.signature, style))}</sub>")
    return "\n".join(line.rstrip() for line in "\n\n".join(blocks).split("\n")) + "\n"


def _section(section: Section, style: Style) -> Iterator[str]:
    if section.title:
        yield f"#### {_escaped(own(section.title, style))}"
    if section.table is not None and section.table.columns:
        yield "\n".join(_table(section.table, style))
    if section.chart is not None and (lines := drawn(section.chart, style)):
        fence = "`" * (1 + max(2, *map(len, re.findall("`+", "".join(lines))), 0))
        yield "\n".join([f"{fence}text", *lines, fence])
    if section.sentences:
        yield "\n".join(_sentence(sentence, style) for sentence in section.sentences)


def _table(table: Table, style: Style) -> Iterator[str]:
    """Return the lines of a table, padded so that it reads well unrendered too."""
    columns = []
    for strip in strips(table, style):
        header, *cells = (_escaped(text.strip()) for text in (strip.header, *strip.cells))
        width = max(3, *map(cell_width, (header, *cells)))
        rule = "-" * width if strip.is_text else "-" * (width - 1) + ":"
        columns.append([padded(header, width, left=strip.is_text), rule])
        columns[-1] += [padded(cell, width, left=strip.is_text) for cell in cells]
    return (f"| {' | '.join(line)} |" for line in zip(*columns, strict=True))


def _sentence(sentence: Sentence, style: Style) -> str:
    label, text = _escaped(own(sentence.label, style)), _escaped(fill(sentence, style))
    return f"- **{label}** {text}" if label else f"- {_inline(text)}"


def _notice(notice: Notice, hint: str | None, style: Style) -> str:
    below = "" if hint is None else f"\\\n> {_inline(_escaped(own(hint, style)))}"
    return f"> **Note:** {_escaped(fill(notice.message, style))}{below}"


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", text.strip())


def _inline(text: str) -> str:
    """Return a text that begins no list, whatever it begins with."""
    return _BLOCK.sub(lambda match: f"\\{match[1]}" if match[1] else f"{match[2]}\\{match[3]}", text)
