"""A gate whose output is cut short is no success, and leaves what was there."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys

import pytest

from losscli.cli.app import main

KILLED = """
import os, pathlib, signal
pathlib.Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
from losscli.cli.app import main
main(["gate", "preds.csv", "--fail-if", "mae > 9", "-o", "json:gate.json"])
"""
TIMEOUT = 120  # seconds; only to end a run that hangs


@pytest.fixture(autouse=True)
def directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "preds.csv").write_text("y_true,y_pred\n1,3\n2,3\n3,5\n")
    return tmp_path


def test_a_run_that_is_killed_while_it_writes_leaves_the_old_file(directory):
    (directory / "gate.json").write_text("old")
    done = subprocess.run([sys.executable, "-c", KILLED], cwd=directory, check=False, timeout=TIMEOUT)
    assert done.returncode == -signal.SIGKILL
    assert (directory / "gate.json").read_text() == "old"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--fail-if", "mae > 9"], 0),
        (["--fail-if", "mae > 1"], 1),
        (["--fail-if", "mae > 1.7", "--confident"], 0),
        (["--fail-if", "mae > 1.7", "--confident", "--fail-inconclusive"], 4),
        (["--fail-if", "mae > 1.7", "--confident", "--non-inferior"], 1),
        (["--fail-if", "mae > 1.7", "--confident", "--fail-inconclusive", "--fail-if", "mae > 0.0001"], 4),
        (["--fail-if", "mae > 1.7", "--fail-if", "mse > 1", "--fail-inconclusive"], 1),
        (["--fail-if", ""], 2),
        (["--fail-if", "mae > 9", "-o", "json:/dev/full"], 3),
        (["--fail-if", "mae > 1", "-o", "json:/dev/full"], 3),
        (["--fail-if", "mae > 9", "-o", "none/gate.json"], 3),
        (["--fail-if", "mae > 9", "--target", "none"], 3),
    ],
)
def test_exit_codes(more, code):
    assert main(["gate", "preds.csv", *more]) == code


@pytest.mark.parametrize("more", [["--fail-if", "mae > 9"], ["--fail-if", "mae > 1"]])
def test_a_reader_who_leaves_early_changes_no_exit_code(more):
    words = shlex.join([sys.executable, "-m", "losscli", "gate", "preds.csv", *more])
    line = f"{words} | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["/usr/bin/env", "bash", "-c", line], check=False, timeout=TIMEOUT)
    assert done.returncode == (0 if "mae > 9" in more else 1)
