"""Where answers go, in which format: standard output and files, checked before a row is read."""

from __future__ import annotations

import glob
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Struct

from losscli.cli.shown_settings import notices
from losscli.cli.words import refuse_bytes
from losscli.errors import InputError, UsageError
from losscli.render import RENDERERS, Renderer, Style, choose, for_path
from losscli.text import printable

if TYPE_CHECKING:
    from losscli.result import Notice

STDOUT = Path("-")
_FORMATS = ", ".join(name for name, each in RENDERERS.items() if not each.of_checks) + (
    f"; of a gate {' and '.join(name for name, each in RENDERERS.items() if each.of_checks)} too"
)
_LONGEST_PATH = 200  # characters of a path in a message


class OutputWords(Struct, frozen=True, kw_only=True):
    """What is written and where, as Typer gives it; each field but the first is an option of every command."""

    context: typer.Context  # its obj are the settings of the command
    format: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help=f"What goes to standard output: {_FORMATS}.",
            autocompletion=lambda: list(RENDERERS),
        ),
    ] = "table"
    output: Annotated[
        list[str] | None,
        typer.Option(
            "--output",
            "-o",
            metavar="[FORMAT:]PATH",
            help="Also write this file, in the format or by its suffix; may be repeated.",
        ),
    ] = None
    quiet: Annotated[bool, typer.Option("--quiet", help="Leave notices out of what is printed.")] = False
    no_color: Annotated[bool, typer.Option("--no-color", help="No colour (as NO_COLOR or TERM=dumb).")] = False
    show_config: Annotated[
        bool, typer.Option("--show-config", help="Show all settings and where each comes from, and do nothing else.")
    ] = False  # the command has done so
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False  # main looks for it


class Destination(Struct, frozen=True, kw_only=True):
    """A file to be written, or "-" for standard output after the answer, and the format that it gets."""

    path: Path
    format: str


class Output(Struct, frozen=True, kw_only=True):
    """Everything that is to be written of one answer."""

    format: str
    files: tuple[Destination, ...]
    style: Style
    quiet: bool
    notices: tuple[Notice, ...]  # of the settings, beside those of the answer


def prepare(given: OutputWords, *, reads: Sequence[str] = (), checks: bool = False) -> Output:
    """Return where and how to write; what can be wrong with it is found before a row is read.

    Parameters
    ----------
    given : OutputWords
        Its `output` are further files, each "PATH" or "FORMAT:PATH".
    reads : sequence of str
        Paths, globs and folders that are read, none of which may be written over.
    checks : bool
        Whether the answer has checks, of which some formats are made.

    Raises
    ------
    UsageError
        An unknown format, a path whose suffix names none, or a file that is written twice or read too.
    InputError
        A folder that is not there, a path that cannot be written, or no standard output.
    """
    chosen = [choose(given.format)]
    if sys.stdout is None:
        raise InputError("standard output is closed", "send it to /dev/null where only files are wanted")
    files = tuple(_destination(text) for text in given.output or ())
    chosen += [choose(file.format) for file in files]
    for each in chosen:
        if each.of_checks and not checks:
            raise UsageError(f"the format {each.name} shows checks, and only losscli gate makes some", "leave it out")
    for position, file in enumerate(files):
        if file.path == STDOUT:
            _refuse_mixture(chosen[0], file)
            continue
        _check(file.path, "--output", files[:position], reads)
    ways = {field.replace("_", "-") for field in OutputWords.__struct_fields__}
    return Output(
        format=given.format,
        files=files,
        style=_style(no_color=given.no_color),
        quiet=given.quiet,
        notices=tuple(notices({name: setting for name, setting in given.context.obj.items() if name not in ways})),
    )


def _refuse_mixture(answer: Renderer, file: Destination) -> None:
    """Check that what a program reads from standard output is not followed by something else."""
    if answer.for_programs:
        raise UsageError(
            f"--output: {file.format}:- would stand behind the {answer.name} on standard output, which is for programs",
            "name a file for one of them; within GitHub Actions annotations come by themselves, on standard error",
        )


def check_rows_file(text: str | None, *, reads: Sequence[str] = (), output: Output) -> str | None:
    """Return the path of a file that every row is written to, checked before a row is read; None for none.

    Raises
    ------
    UsageError
        It does not end in .csv or .parquet, or is written or read too.
    InputError
        A folder that is not there, or a path that cannot be written.
    """
    if text is None:
        return None
    path = Path(text)
    if path.suffix not in (".csv", ".parquet"):
        raise UsageError(f"--per-row: {shown_path(path)} is neither .csv nor .parquet", "write --per-row rows.csv")
    refuse_bytes(per_row=text)
    _check(path, "--per-row", output.files, reads)
    return text


def _destination(text: str) -> Destination:
    prefix, colon, path = text.partition(":")
    known = bool(colon) and prefix in RENDERERS
    named = path if known else text
    if not named:
        form = prefix if known else "json"
        raise UsageError(f"--output: {printable(text)!r} names no file", f"write it as {form}:PATH")
    return Destination(path=Path(named), format=prefix if known else for_path(named).name)


def _check(path: Path, option: str, others: Sequence[Destination], reads: Sequence[str]) -> None:
    """Check that a file can be written, and is neither another output nor read."""
    if path.is_dir():
        raise InputError(f"{shown_path(path)} is a folder, not a file to write", "name a file in it")
    if not path.parent.is_dir():
        raise InputError(f"{shown_path(path)}: there is no folder {shown_path(path.parent)}", "make it first")
    places = ([path] if path.exists() else []) + ([path.parent] if is_renamed(path) else [])
    if not all(os.access(place, os.W_OK) for place in places):
        raise InputError(f"{shown_path(path)} cannot be written: permission denied")
    if any(_same(path, other.path) for other in others):
        raise UsageError(f"{option}: {shown_path(path)} is named twice", "give each output a file of its own")
    if any(_holds(read, path) for read in reads):
        raise UsageError(f"{option}: {shown_path(path)} is read too", "write to another file")


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are one regular file, there or not yet there."""
    return is_renamed(one) and one.resolve() == other.resolve()


def _holds(read: str, path: Path) -> bool:
    """Whether a file to write is one of those that a path, folder or glob stands for."""
    if not path.is_file():
        return False
    if Path(read).exists():
        return any(Path(read).samefile(place) for place in (path, path.resolve().parent))
    found = glob.iglob(read, recursive=True)  # noqa: PTH207  absolute too, and read in the same way
    return any(Path(place).exists() and path.samefile(place) for place in found)


def is_renamed(path: Path) -> bool:
    """Whether a path is written under a temporary name first: a regular file or a new one, no link and no device."""
    return not path.is_symlink() and (path.is_file() or not path.exists())


def _style(*, no_color: bool) -> Style:
    terminal = sys.stdout.isatty()
    plain = no_color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Style(
        width=shutil.get_terminal_size().columns if terminal else None,
        color=terminal and not plain,
        unicode=is_unicode(sys.stdout.encoding or "ascii"),
        grouped=terminal,
    )


def is_unicode(encoding: str) -> bool:
    """Whether an encoding can write all that losscli writes."""
    return encoding.lower().replace("-", "").startswith("utf")


def shown_path(path: Path) -> str:
    """Return a path as messages show it."""
    return printable(str(path), _LONGEST_PATH)
