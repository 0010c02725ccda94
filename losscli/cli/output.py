"""Where answers go: standard output, and files that are whole or not there."""

from __future__ import annotations

import glob
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from losscli.errors import InputError, UsageError
from losscli.render import RENDERERS, Style, choose, for_path, notes, render
from losscli.text import printable

if TYPE_CHECKING:
    from losscli.result import Result

_STDOUT = Path("-")
_LONGEST_PATH = 200  # characters of a path in a message


@dataclass(frozen=True, kw_only=True)
class Destination:
    """A file to be written, or "-" for standard output after the answer, and the format that it gets."""

    path: Path
    format: str


@dataclass(frozen=True, kw_only=True)
class Output:
    """Everything that is to be written of one answer."""

    format: str
    files: tuple[Destination, ...]
    style: Style
    quiet: bool


def prepare(
    format_name: str,
    outputs: Sequence[str] | None,
    *,
    reads: Sequence[str] = (),
    no_color: bool = False,
    quiet: bool = False,
    checks: bool = False,
) -> Output:
    """Return where and how to write; what can be wrong with it is found before a row is read.

    Parameters
    ----------
    format_name : str
        What goes to standard output.
    outputs : sequence of str or None
        Further files, each "PATH" or "FORMAT:PATH".
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
    chosen = [choose(format_name)]
    if sys.stdout is None:
        raise InputError("standard output is closed", "send it to /dev/null where only files are wanted")
    files = tuple(_destination(text) for text in outputs or ())
    chosen += [choose(file.format) for file in files]
    for each in chosen:
        if each.of_checks and not checks:
            raise UsageError(f"the format {each.name} shows checks, and only losscli gate makes some")
    for position, file in enumerate(files):
        if file.path == _STDOUT:
            continue
        _check(file.path)
        if any(_same(file.path, other.path) for other in files[:position]):
            raise UsageError(f"--output: {_shown(file.path)} is named twice", "give each output a file of its own")
        if any(_holds(read, file.path) for read in reads):
            raise UsageError(f"--output: {_shown(file.path)} is read too", "write to another file")
    return Output(format=format_name, files=files, style=_style(no_color=no_color), quiet=quiet)


def check_rows_file(text: str, *, reads: Sequence[str] = (), output: Output) -> str:
    """Return the path of a file that every row is written to, checked before a row is read.

    Raises
    ------
    UsageError
        It does not end in .csv or .parquet, or is written or read too.
    InputError
        A folder that is not there, or a path that cannot be written.
    """
    path = Path(text)
    if path.suffix not in (".csv", ".parquet"):
        raise UsageError(f"--per-row: {_shown(path)} is neither .csv nor .parquet", "write --per-row rows.csv")
    _check(path)
    if any(_same(path, file.path) for file in output.files):
        raise UsageError(f"--per-row: {_shown(path)} is named twice", "give each output a file of its own")
    if any(_holds(read, path) for read in reads):
        raise UsageError(f"--per-row: {_shown(path)} is read too", "write to another file")
    return text


def write(result: Result, output: Output) -> None:
    """Write the answer to its files and then to standard output; nothing is written unless all of it can be made.

    Notices for which the format on standard output has no place go to standard error.
    """
    shown = replace(result, notices=()) if output.quiet else result
    texts = [(file.path, render(result, file.format, Style())) for file in output.files]
    answer = render(shown, output.format, output.style)
    for path, text in texts:
        if path != _STDOUT:
            _write_file(path, text)
    if not choose(output.format).shows_notices and sys.stderr is not None:
        encoding = sys.stderr.encoding or "utf-8"
        sys.stderr.write(notes(shown, replace(output.style, unicode=_is_unicode(encoding))))
    _write_stdout("".join([answer, *(text for path, text in texts if path == _STDOUT)]))


def abandon_stdout() -> None:
    """Let what is left for standard output go nowhere, so that Python does not complain again when it ends."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _destination(text: str) -> Destination:
    prefix, colon, path = text.partition(":")
    known = bool(colon) and prefix in RENDERERS
    named = path if known else text
    if not named:
        form = prefix if known else "json"
        raise UsageError(f"--output: {printable(text)!r} names no file", f"write it as {form}:PATH")
    return Destination(path=Path(named), format=prefix if known else for_path(named).name)


def _check(path: Path) -> None:
    if path.is_dir():
        raise InputError(f"{_shown(path)} is a folder, not a file to write")
    if not path.parent.is_dir():
        raise InputError(f"{_shown(path)}: there is no folder {_shown(path.parent)}")
    places = ([path] if path.exists() else []) + ([path.parent] if _is_renamed(path) else [])
    if not all(os.access(place, os.W_OK) for place in places):
        raise InputError(f"{_shown(path)} cannot be written: permission denied")


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are one regular file, there or not yet there."""
    return _is_renamed(one) and one.resolve() == other.resolve()


def _holds(read: str, path: Path) -> bool:
    """Whether a file to write is one of those that a path, folder or glob stands for."""
    if not path.is_file():
        return False
    if Path(read).exists():
        return any(Path(read).samefile(place) for place in (path, path.resolve().parent))
    found = glob.iglob(read, recursive=True)  # noqa: PTH207  absolute too, and read in the same way
    return any(Path(place).exists() and path.samefile(place) for place in found)


def _is_renamed(path: Path) -> bool:
    """Whether a path is written under a temporary name first: a regular file or a new one, no link and no device."""
    return not path.is_symlink() and (path.is_file() or not path.exists())


def _style(*, no_color: bool) -> Style:
    terminal = sys.stdout.isatty()
    plain = no_color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Style(
        width=shutil.get_terminal_size().columns if terminal else None,
        color=terminal and not plain,
        unicode=_is_unicode(sys.stdout.encoding or "ascii"),
        grouped=terminal,
    )


def _is_unicode(encoding: str) -> bool:
    return encoding.lower().replace("-", "").startswith("utf")


def _write_file(path: Path, text: str) -> None:
    try:
        if not _is_renamed(path):
            path.write_text(text, encoding="utf-8")
            return
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", text=True)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except BrokenPipeError:
        return  # a FIFO whose reader has read enough
    except OSError as error:
        raise InputError(f"{_shown(path)} cannot be written: {_reason(error)}") from error


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask


def _write_stdout(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        abandon_stdout()
    except OSError as error:
        abandon_stdout()
        raise InputError(f"standard output cannot be written: {_reason(error)}") from error


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _shown(path: Path) -> str:
    return printable(str(path), _LONGEST_PATH)
