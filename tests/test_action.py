"""The script of action.yml, run in a shell as GitHub's runner does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ACTION = (ROOT / "action.yml").read_text()
TIMEOUT = 120  # seconds; only to end a run that hangs


def script():
    return textwrap.dedent(ACTION.rpartition("run: |\n")[2])


def step(directory, **inputs):
    """Run the script with the inputs, and the variables that the runner sets."""
    (directory / "script.sh").write_text(script())
    variables = dict.fromkeys(re.findall(r"^ {8}([A-Z_]+): \$\{\{", ACTION, re.MULTILINE), "") | inputs
    return subprocess.run(
        ["/usr/bin/env", "bash", "--noprofile", "--norc", "-eo", "pipefail", "script.sh"],
        cwd=directory,
        env={
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "PYTHONPATH": str(ROOT),
            "HOME": str(directory),
            "LC_ALL": "C.UTF-8",
            "GITHUB_ACTIONS": "true",
            "GITHUB_STEP_SUMMARY": str(directory / "summary.md"),
            **variables,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


@pytest.fixture
def directory(tmp_path):
    (tmp_path / "new.csv").write_text("id,y_true,y_pred\n1,1,3\n2,2,3\n3,3,5\n4,7,7\n")
    (tmp_path / "main.csv").write_text("id,y_true,y_pred\n2,2,2.1\n1,1,1.2\n4,7,7\n3,3,3.1\n")
    return tmp_path


def test_a_gate_that_passes(directory):
    done = step(directory, PREDICTIONS="new.csv", FAIL_IF="mae > 9\n\nabs(bias) > 90%\n", JUNIT="gate.xml")
    assert (done.returncode, done.stderr[:9]) == (0, "::notice ")
    assert (directory / "gate.xml").is_file()
    assert "passed: all 2 checks" in (directory / "summary.md").read_text()


def test_a_gate_that_fails(directory):
    done = step(directory, PREDICTIONS="new.csv", FAIL_IF="mae > 1; touch pwned\n$(touch pwned)")
    assert done.returncode == 2
    done = step(directory, PREDICTIONS="new.csv", FAIL_IF="mae > 1")
    assert done.returncode == 1
    assert done.stderr.startswith("::error title=mae::")
    assert not (directory / "pwned").exists()


def test_a_baseline_with_further_options(directory):
    done = step(
        directory,
        PREDICTIONS="new.csv\n",
        BASELINE="main.csv",
        MAX_REGRESS="mae=1%",
        OPTIONS="--on\nid\n--non-inferior",
    )
    assert done.returncode == 1
    assert "mae against main" in done.stdout


def test_what_is_not_there_is_no_success(directory):
    assert step(directory, PREDICTIONS="none.csv", FAIL_IF="mae > 1").returncode == 3
    assert step(directory, PREDICTIONS="new.csv").returncode == 2


def test_nothing_of_the_inputs_is_pasted_into_a_script():
    assert "${{" not in script()
    assert [line for line in ACTION.splitlines() if "run:" in line and "${{" in line] == []
