"""Where answers go: standard output, and files that are whole or not there."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from losscli.errors import InputError, UsageError
from losscli.render import RENDERERS, Style, choose, for_path, render
from losscli.text import printable

if TYPE_CHECKING:
    from losscli.result import Result


@dataclass(frozen=True, kw_only=True)
class Destination:
    """A file to be written, and the format that it gets."""

    path: Path
    format: str


@dataclass(frozen=True, kw_only=True)
class Output:
    """Everything that is to be written of one answer."""

    format: str
    files: tuple[Destination, ...]
    style: Style
    quiet: bool


def prepare(format_name: str, outputs: list[str] | None, *, no_color: bool, quiet: bool) -> Output:
    """Return where and how to write; what can be wrong with it is found before a row is read.

    Raises
    ------
    UsageError
        An unknown format, or a path whose suffix names none.
    InputError
        A folder that is not there, or a path that cannot be written.
    """
    choose(format_name)
    files = tuple(_destination(text) for text in outputs or ())
    for file in files:
        _check(file.path)
    return Output(format=format_name, files=files, style=_style(no_color=no_color), quiet=quiet)


def write(result: Result, output: Output) -> None:
    """Write the answer to its files and then to standard output; nothing is written unless all of it can be made."""
    shown = replace(result, notices=()) if output.quiet else result
    texts = [(file.path, render(result, file.format, Style())) for file in output.files]
    answer = render(shown, output.format, output.style)
    for path, text in texts:
        _write_file(path, text)
    _write_stdout(answer)


def _destination(text: str) -> Destination:
    prefix, colon, path = text.partition(":")
    if colon and prefix in RENDERERS:
        if not path:
            raise UsageError(f"--output: {printable(text)} names no file", f"write it as {prefix}:PATH")
        return Destination(path=Path(path), format=prefix)
    return Destination(path=Path(text), format=for_path(text).name)


def _check(path: Path) -> None:
    if path.is_dir():
        raise InputError(f"{printable(str(path), 200)} is a folder, not a file to write")
    if not path.parent.is_dir():
        raise InputError(f"{printable(str(path), 200)}: there is no folder {printable(str(path.parent), 200)}")
    place = path if path.exists() else path.parent
    if not os.access(place, os.W_OK):
        raise InputError(f"{printable(str(path), 200)} cannot be written: permission denied")


def _style(*, no_color: bool) -> Style:
    terminal = sys.stdout.isatty()
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    plain = no_color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Style(
        width=shutil.get_terminal_size().columns if terminal else None,
        color=terminal and not plain,
        unicode=encoding.startswith("utf"),
        grouped=terminal,
    )


def _write_file(path: Path, text: str) -> None:
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
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
    except OSError as error:
        raise InputError(f"{printable(str(path), 200)} cannot be written: {error.strerror}") from error


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask


def _write_stdout(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read has read enough; Python would complain again at exit when it flushes what is left.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise InputError(f"standard output cannot be written: {error.strerror}") from error
