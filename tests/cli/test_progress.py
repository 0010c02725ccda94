"""Progress is for people who wait at a terminal: on standard error, after a second, and gone at the end."""

from __future__ import annotations

import os
import pty
import sys

import pytest

from losscli.cli import progress
from losscli.cli.app import main


@pytest.fixture
def at_a_terminal(monkeypatch):
    """Return a function that runs a command with standard error at a terminal, and gives its code and what it wrote."""
    monkeypatch.setenv("TERM", "xterm")

    def run(*argv, patience=0.0):
        ours, theirs = pty.openpty()
        with monkeypatch.context() as patched, os.fdopen(theirs, "w") as stderr:
            patched.setattr(progress, "_PATIENCE", patience)
            patched.setattr(sys, "stderr", stderr)
            code = main(argv)
            stderr.write("END")  # so that there is something to read
            stderr.flush()
            written = b""
            while not written.endswith(b"END"):  # a terminal hands over what it has, which may be a part
                written += os.read(ours, 1 << 16)
        os.close(ours)
        return code, written.decode().removesuffix("END")

    return run


@pytest.fixture
def preds(tmp_path):
    path = tmp_path / "preds.csv"
    path.write_text("y_true,y_pred\n1,2\n3,5\n4,4\n")
    return str(path)


@pytest.mark.parametrize("command", ["eval", "bias", "outliers"])
def test_long_work_shows_rows_and_rate_and_takes_them_away(command, preds, at_a_terminal):
    code, shown = at_a_terminal(command, preds)
    assert code == 0
    assert " · 3 rows · 0.0 M rows/s" in shown
    assert shown.endswith("\x1b[1A\x1b[2K")  # up, and the line is erased


def test_short_work_shows_nothing(preds, at_a_terminal):
    assert at_a_terminal("eval", preds, patience=60.0) == (0, "")


def test_quiet_work_shows_nothing(preds, at_a_terminal):
    assert at_a_terminal("eval", preds, "--quiet") == (0, "")


def test_errors_stand_alone(tmp_path, at_a_terminal):
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("y_true,y_pred\n1,2\n3,\n")
    code, shown = at_a_terminal("eval", str(wrong))
    assert (code, shown[:14]) == (3, "losscli: error")


def test_no_terminal_is_shown_nothing():
    assert progress.watcher(quiet=False) is None  # pytest's standard error is none
