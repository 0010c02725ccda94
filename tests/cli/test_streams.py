"""What only real processes show: pipes that close, devices that are full, keys that are pressed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PREDS = "y_true,y_pred\n3,2.5\n1,1\n2,2.25\n7,8\n"
BASH = "/usr/bin/env"
ENOUGH = 60  # seconds, only to end a run that hangs


def bash(line, folder, **variables):
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),  # this tree, wherever the script of losscli was installed from
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        [BASH, "bash", "-c", f"set -o pipefail; {line}"],
        cwd=folder,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        timeout=ENOUGH,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "preds.csv").write_text(PREDS)
    return tmp_path


@pytest.mark.parametrize("line", ["losscli eval preds.csv | true", "losscli --help | true"])
def test_a_closed_pipe_is_success(line, folder):
    assert bash(line, folder) == (0, "", "")


def test_an_error_that_nobody_reads_keeps_its_exit_code(folder):
    assert bash("losscli losses hubber 2>&1 | true", folder) == (2, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full device is a file of Linux")
@pytest.mark.parametrize("words", ["losses", "--help"])
def test_full_standard_output_is_an_error(words, folder):
    code, _, err = bash(f"losscli {words} > /dev/full", folder)
    assert code == 3
    assert "no space left on device" in err
    assert len(err.splitlines()) == 1


def test_python_runs_the_package(folder):
    assert bash("python -m losscli losses hubber", folder)[0] == 2


def test_closed_streams(folder):
    assert bash("losscli eval preds.csv --brief <&- | head -n 1", folder)[1].startswith("preds.csv · 4 rows")
    assert bash("losscli losses >&-", folder)[0] == 3
    assert bash("losscli losses hubber 2>&-", folder) == (2, "", "")


@pytest.mark.parametrize("from_fifo", [True, False])
def test_an_interrupt_while_reading_ends_at_once_and_leaves_nothing(from_fifo, folder):
    spool = folder / "spool"
    spool.mkdir()
    os.mkfifo(folder / "slow")
    fifo = os.open(folder / "slow", os.O_RDWR)  # open at both ends, it never ends
    os.write(fifo, PREDS.encode())
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, *(["slow"] if from_fifo else [])],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(spool)},
        stdin=subprocess.DEVNULL if from_fifo else fifo,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "reading\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=ENOUGH)
    os.close(fifo)
    assert (process.returncode, out, err) == (130, "", "losscli: error: interrupted\n")
    assert list(spool.iterdir()) == []


# The program, which says when it has begun to copy what it is given
INTERRUPTIBLE = """
import shutil, sys
copy = shutil.copyfileobj
def copying(*arguments):
    print("reading", flush=True)
    copy(*arguments)
shutil.copyfileobj = copying
from losscli.cli.app import main
sys.exit(main(["eval", *sys.argv[1:]]))
"""


@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet"])
def test_an_interrupt_while_rows_are_written_leaves_no_part_of_them(name, folder):
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_WRITING, "eval", "preds.csv", "--per-row", name],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=ENOUGH,
        check=False,
    )
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.startswith("losscli: error: interrupted\n")
    assert [path.name for path in folder.iterdir()] == ["preds.csv"]


# The program, which interrupts itself in the midst of --per-row and ends as `losscli` does: without waiting for threads
INTERRUPTED_WRITING = """
import os, signal, sys, time
from losscli.engine.files import scan_write
lazy = scan_write._lazy
def interrupted(batches, types):
    def parts():
        for batch in batches:
            yield batch
            os.kill(os.getpid(), signal.SIGINT)
            for _ in range(100):
                time.sleep(0.02)
                yield batch
    return lazy(parts(), types)
scan_write._lazy = interrupted
from losscli.cli.app import main
code = main(sys.argv[1:])
sys.stderr.flush()
os._exit(code)
"""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("losscli ", {"eval", "losses"}),
        ("losscli eval --mi", {"--missing"}),
        ("losscli eval --format ", {"table", "json", "csv", "markdown"}),
        ("losscli eval --missing d", {"drop"}),
        ("losscli losses hu", {"huber"}),
    ],
)
def test_the_shell_completes(words, expected, folder):
    position = str(len(words.split(" ")) - 1)
    variables = {"_LOSSCLI_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": position}
    code, out, _ = bash("losscli", folder, **variables)
    assert code == 0
    assert expected <= set(out.split())
