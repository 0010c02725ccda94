"""What a gate tells GitHub Actions besides its exit code: annotations, and the summary of the step."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from losscli.errors import InputError
from losscli.render import Style, render

if TYPE_CHECKING:
    from losscli.result import Result

# GitHub drops the whole summary of a step that is larger
LARGEST_SUMMARY = 1024 * 1024
_CUT = "\n\n…\n\nThe summary is cut: GitHub takes 1 MiB.\n"


def is_running() -> bool:
    """Whether this is a step of GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def annotate(result: Result) -> None:
    """Write the annotations to standard error, which GitHub reads too, so that standard output stays as asked for."""
    if sys.stderr is not None:
        text = render(result, "github", Style())
        encoding = sys.stderr.encoding or "utf-8"
        sys.stderr.write(text.encode(encoding, "backslashreplace").decode(encoding))


def summarise(result: Result) -> None:
    """Add the answer to the summary of the step, where there is one, as much as it takes.

    Raises
    ------
    InputError
        The summary cannot be written.
    """
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    text = render(result, "markdown", Style()).encode()
    try:
        room = LARGEST_SUMMARY - (Path(path).stat().st_size if Path(path).exists() else 0)
        if len(text) > room:
            text = text[: max(0, room - len(_CUT.encode()))].rpartition(b"\n")[0] + _CUT.encode()
        if len(text) <= room:
            with Path(path).open("ab") as file:
                file.write(text)
    except OSError as error:
        raise InputError(f"GITHUB_STEP_SUMMARY cannot be written: {(error.strerror or str(error)).lower()}") from error
