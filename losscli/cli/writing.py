"""Writing an answer: to standard output, and to files that are whole or not there."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from losscli.cli.output import STDOUT, Output, is_renamed, is_unicode, shown_path
from losscli.errors import InputError
from losscli.render import Style, choose, notes, render

if TYPE_CHECKING:
    from losscli.result import Result


def write(result: Result, output: Output) -> Result:
    """Return the answer with the notices of its settings, written to its files and then to standard output.

    Nothing is written unless all of it can be made. Notices for which the format on standard output has no place go to
    standard error.
    """
    result = replace(result, notices=(*result.notices, *output.notices))
    shown = replace(result, notices=()) if output.quiet else result
    texts = [(file.path, render(result, file.format, Style())) for file in output.files]
    answer = render(shown, output.format, output.style)
    for path, text in texts:
        if path != STDOUT:
            _write_file(path, text)
    if not choose(output.format).shows_notices and sys.stderr is not None:
        encoding = sys.stderr.encoding or "utf-8"
        sys.stderr.write(notes(shown, replace(output.style, unicode=is_unicode(encoding))))
    _write_stdout("".join([answer, *(text for path, text in texts if path == STDOUT)]))
    return result


def abandon_stdout() -> None:
    """Let what is left for standard output go nowhere, so that Python does not complain again when it ends."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write_file(path: Path, text: str) -> None:
    try:
        if not is_renamed(path):
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
        raise InputError(f"{shown_path(path)} cannot be written: {_reason(error)}") from error


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
