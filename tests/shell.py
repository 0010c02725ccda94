"""Command lines as a user would type them, in a directory of their own and with nothing of this machine in sight."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
TIMEOUT = 120  # seconds; only to end a run that hangs
DIGITS = 12  # the last bits of log and exp differ between processors: more would tell machines apart, not programs
DECIMAL_NUMBER = re.compile(r"\d+\.\d+(?:[eE][-+]?\d+)?")


@dataclass(frozen=True, kw_only=True)
class Finished:
    """What a command line left behind."""

    stdout: str
    stderr: str
    exit: int


def furnish(directory: Path, *extra: Path) -> None:
    """Put the sample data, and what lies in each of the `extra` folders that exist, into `directory`."""
    shutil.copytree(ROOT / "sample_data", directory / "sample_data", ignore=shutil.ignore_patterns("*.py", "*.md"))
    for folder in extra:
        if folder.is_dir():
            shutil.copytree(folder, directory, dirs_exist_ok=True)


def run(line: str, directory: Path, *, together: bool = False) -> Finished:
    """Run a line of bash in `directory`; `together` gives stderr within stdout, as a terminal shows them."""
    done = subprocess.run(
        ["/usr/bin/env", "bash", "-c", line],
        cwd=directory,
        env={
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "PYTHONPATH": str(ROOT),  # this tree, wherever the script of losscli was installed from
            "HOME": str(directory),
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm-256color",
            "COLUMNS": "100",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if together else subprocess.PIPE,
        timeout=TIMEOUT,
        check=False,
    )
    return Finished(stdout=done.stdout.decode(), stderr=(done.stderr or b"").decode(), exit=done.returncode)


def shorten(text: str) -> str:
    """Return the text with every decimal number cut to 12 significant digits; shorter ones stay as they are written."""

    def cut(match: re.Match[str]) -> str:
        mantissa = re.split("[eE]", match[0])[0].replace(".", "").lstrip("0")
        return match[0] if len(mantissa) <= DIGITS else f"{float(match[0]):.{DIGITS}g}"

    return DECIMAL_NUMBER.sub(cut, text)
