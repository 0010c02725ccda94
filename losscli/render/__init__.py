"""Answers as text: one record for each format, one small file for each."""

from __future__ import annotations

from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.errors import UsageError
from losscli.render.sentences import fill, hints_once
from losscli.render.style import Style
from losscli.render.words import own
from losscli.text import nearest, printable, quoted

if TYPE_CHECKING:
    from losscli.result import Result

__all__ = ["RENDERERS", "Renderer", "Style", "choose", "for_path", "notes", "render"]


class Renderer(Struct, frozen=True, kw_only=True):
    """A format: its name, the suffixes of files in it, and the module that writes it, imported when it is used.

    `shows_notices` is False where the format has no place for notices, so that they must be said elsewhere;
    `of_checks` is True where it shows nothing but checks; `for_programs` where nothing else may stand beside it.
    """

    name: str
    suffixes: tuple[str, ...]
    module: str
    shows_notices: bool = True
    of_checks: bool = False
    for_programs: bool = False


RENDERERS = {
    renderer.name: renderer
    for renderer in (
        Renderer(name="table", suffixes=(".txt",), module="losscli.render.to_terminal"),
        Renderer(name="json", suffixes=(".json",), module="losscli.render.to_json", for_programs=True),
        Renderer(
            name="csv", suffixes=(".csv",), module="losscli.render.to_csv", shows_notices=False, for_programs=True
        ),
        Renderer(name="markdown", suffixes=(".md", ".markdown"), module="losscli.render.to_markdown"),
        Renderer(
            name="jsonl",
            suffixes=(".jsonl", ".ndjson"),
            module="losscli.render.to_jsonl",
            shows_notices=False,
            for_programs=True,
        ),
        Renderer(
            name="junit",
            suffixes=(".xml",),
            module="losscli.render.to_junit",
            shows_notices=False,
            of_checks=True,
            for_programs=True,
        ),
        Renderer(name="github", suffixes=(), module="losscli.render.to_github", shows_notices=False, of_checks=True),
    )
}


def choose(name: str) -> Renderer:
    """Return the format of that name.

    Raises
    ------
    UsageError
        There is none.
    """
    if name not in RENDERERS:
        meant = _meant(name)
        asked = f"did you mean {meant}? " if meant else ""
        raise UsageError(f"there is no format {quoted(name)}", f"{asked}formats: {', '.join(RENDERERS)}")
    return RENDERERS[name]


def for_path(path: str) -> Renderer:
    """Return the format that the suffix of `path` stands for, in any case.

    Raises
    ------
    UsageError
        The suffix stands for none.
    """
    suffix = PurePath(path).suffix.lower()
    for renderer in RENDERERS.values():
        if suffix in renderer.suffixes:
            return renderer
    prefix, colon, rest = path.partition(":")
    meant = _meant(prefix) if colon and len(prefix) > 1 else None
    how = (
        f"put the format before it, as in {printable(f'json:{path}')};"
        if meant is None
        else f"did you mean {printable(f'{meant}:{rest}')}?"
    )
    raise UsageError(f"the suffix of {quoted(path)} names no format", f"{how} formats: {', '.join(RENDERERS)}")


def _meant(name: str) -> str | None:
    """Return the format that was meant by a name that none has: that of a suffix, or the nearest; None for none."""
    known = {suffix.removeprefix("."): each.name for each in RENDERERS.values() for suffix in each.suffixes}
    return known.get(name.lower()) or nearest(name.lower(), RENDERERS)


def render(result: Result, format: str, style: Style) -> str:  # noqa: A002  the option's own name
    """Return `result` in the format of that name, ending in a line break.

    Raises
    ------
    UsageError
        There is no such format.
    """
    text: str = import_module(choose(format).module).render(result, style)
    return text


def notes(result: Result, style: Style) -> str:
    """Return the notices of `result` as lines for standard error, with their hints; empty where there are none."""
    lines = []
    for notice, hint in hints_once(result.notices):
        lines.append(f"losscli: note: {fill(notice.message, style)}\n")
        if hint is not None:
            lines.append(f"  hint: {own(hint, style)}\n")
    return "".join(lines)
