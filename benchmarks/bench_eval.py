"""Time and memory of `losscli eval` beside Polars and DuckDB: whole processes, in turn, the best of several rounds.

`make bench` runs it. It ends with exit code 1 where a limit is missed or the answers differ.
"""

from __future__ import annotations

import argparse
import compileall
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LOSSCLI = str(Path(sys.executable).parent / "losscli")
LOSSES = "mse,rmse,mae,mbe,huber,msle,log_cosh"
PEERS = ("polars", "duckdb")
ROWS = 10_000_000
LONG_FACTOR = 5  # the brief run over Parquet takes so many times the rows: at 10 M start-up would be half of it
SMALL_ROWS = 20
CLASS_ROWS, MANY_ROWS = 2_000_000, 100_000  # of ten and of a thousand classes
TOLERANCE = 1e-9  # relative; peers sum without compensation
# Work that losscli does without printing it; and which rows are outlying, which losscli judges after it has divided the
# errors by their scale along the prediction: further work, that peers are not asked for, and so another answer.
NOT_PRINTED = ("skewness ", "mad", "flagged", "shares ")
ROUNDS, START_UP_ROUNDS = 3, 10
MEGABYTE = 1e6
# Linux counts the peak in KiB, macOS in bytes.
PEAK_UNIT = 1 if sys.platform == "darwin" else 1024

Command = Sequence[str]
Answer = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Work:
    """One line of the table: commands that do the same work, ours first, and the limit on our share of the time.

    `limit` is the largest ratio to the faster of the others, `memory` the largest peak in megabytes, or None.
    """

    title: str
    commands: Mapping[str, Command]
    limit: float | None
    memory: float | None = None
    rounds: int = ROUNDS
    answers_agree: bool = True


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one process took: seconds by the clock and of all cores, peak memory in bytes, and what it printed."""

    seconds: float
    cpu: float
    peak: int
    stdout: str


def data_file(rows: int, suffix: str) -> Path:
    """Return a file of the data, made by a process of its own: a child's peak memory starts at that of its parent."""
    make = [sys.executable, str(HERE / "make_data.py"), str(rows), suffix]
    return Path(subprocess.check_output(make, text=True).strip())


def works(rows: int) -> list[Work]:
    """Return the lines of the table; makes the data that are not there."""
    python = sys.executable
    small, csv, parquet = data_file(SMALL_ROWS, "csv"), data_file(rows, "csv"), data_file(rows, "parquet")
    long = data_file(LONG_FACTOR * rows, "parquet")
    imports = "import typer, rich.console, rich.table"

    def evaluation(kind: str, path: Path, limit: float, memory: float) -> Work:
        brief = ["--brief"] if kind == "brief" else []
        ours = [LOSSCLI, "eval", str(path), "--losses", LOSSES, "--format", "json", *brief]
        peers = {peer: [python, str(HERE / f"peer_{peer}.py"), kind, str(path)] for peer in PEERS}
        title = f"eval{' --brief' if brief else ''}, {int(path.stem) / 1e6:g} M rows of {path.suffix[1:]}"
        return Work(title=title, commands={"losscli": ours, **peers}, limit=limit, memory=memory)

    def classes(count: int, kind: str, brief: Sequence[str], limit: float | None, memory: float | None) -> Work:
        path = data_file(count, kind)
        return Work(
            title=" ".join(["eval", *brief]) + f", {count / 1e6:g} M rows of {kind.replace('-', ' ')}",
            commands={
                "losscli": [LOSSCLI, "eval", str(path), "--format", "json", *brief],
                "read and log": [python, str(HERE / "peer_logarithms.py"), str(path)],
            },
            limit=limit,
            memory=memory,
            answers_agree=False,
        )

    def bias(by: str, limit: float | None) -> Work:
        path = str(data_file(rows, "groups"))
        return Work(
            title=f"bias --by {by}, {rows / 1e6:g} M rows of parquet",
            commands={
                "losscli": [LOSSCLI, "bias", path, "--by", by],
                "eval": [LOSSCLI, "eval", path, "--format", "json"],
            },
            limit=limit,
            memory=1000,
            answers_agree=False,
        )

    def start_up(title: str, ours: Command, floor: str, limit: float) -> Work:
        commands = {"losscli": ours, "imports": [python, "-c", floor]}
        return Work(title=title, commands=commands, limit=limit, rounds=START_UP_ROUNDS, answers_agree=False)

    return [
        evaluation("brief", csv, limit=1.15, memory=700),
        evaluation("brief", long, limit=1.0, memory=1000),
        evaluation("full", csv, limit=0.75, memory=700),
        evaluation("full", parquet, limit=0.75, memory=700),
        classes(CLASS_ROWS, "10-classes", ["--brief"], limit=2.0, memory=None),
        classes(CLASS_ROWS, "10-classes", [], limit=2.0, memory=None),
        classes(MANY_ROWS, "1000-classes", ["--brief"], limit=None, memory=1000),
        classes(MANY_ROWS, "1000-classes", [], limit=None, memory=1000),
        bias("region", limit=2.0),
        bias("shop", limit=None),
        start_up("--help", [LOSSCLI, "--help"], imports, limit=2.0),
        start_up(f"eval, {SMALL_ROWS} rows", [LOSSCLI, "eval", str(small)], f"{imports}, numpy, polars", limit=2.0),
    ]


def measure(command: Command, *, fails: bool = False) -> Run:
    """Run a command and return what it took; `fails` says that it should fail, and its errors are not shown.

    Raises
    ------
    SystemExit
        Where the command fails or succeeds unexpectedly; its errors are on stderr by then.
    """
    with tempfile.TemporaryFile("w+") as stdout:
        start = time.perf_counter()
        stderr = subprocess.DEVNULL if fails else None
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if (child.returncode != 0) != fails:
            raise SystemExit(f"exit code {child.returncode} of {' '.join(command)}")
        stdout.seek(0)
        cpu = usage.ru_utime + usage.ru_stime
        return Run(seconds=seconds, cpu=cpu, peak=usage.ru_maxrss * PEAK_UNIT, stdout=stdout.read())


def best_of(work: Work) -> dict[str, Run]:
    """Return for each command the fastest of its runs, with its largest peak; the commands take turns."""
    runs: dict[str, list[Run]] = {name: [] for name in work.commands}
    for _ in range(work.rounds):
        for name, command in work.commands.items():
            runs[name].append(measure(command))
    return {
        name: Run(
            seconds=min(run.seconds for run in taken),
            cpu=min(run.cpu for run in taken),
            peak=max(run.peak for run in taken),
            stdout=taken[-1].stdout,
        )
        for name, taken in runs.items()
    }


def our_answer(printed: str) -> dict[str, float | None]:
    """Return what `losscli eval --format json` says, by the names under which peers' answers are compared."""
    model = json.loads(printed)["models"][0]
    n = model["n"]
    answer: dict[str, float | None] = {"n": n}
    for loss in model["losses"]:
        name = loss["loss"]
        answer[f"values {name}"] = loss["value"]
        answer[f"std {name}"] = loss["std_error"] and loss["std_error"] * math.sqrt(n)
        if name == "mae":
            answer["median_y"] = (loss["best_constant"] or {}).get("constant")
    return answer


def peer_answer(printed: str) -> dict[str, float]:
    """Return what a peer says, by name; the root of the mean squared error is added here."""
    answer: dict[str, float] = {}
    for key, value in json.loads(printed).items():
        answer |= (
            {f"{key} {name}": number for name, number in value.items()} if isinstance(value, dict) else {key: value}
        )
    return answer | {"values rmse": math.sqrt(answer["values mse"])}


def differences(work: Work, runs: Mapping[str, Run]) -> list[str]:
    """Return a line for each number on which a peer and losscli differ: to compare other work would mean nothing."""
    ours = our_answer(runs["losscli"].stdout)
    return [
        f"{work.title}: {name} is {ours.get(name)!r} by losscli and {number!r} by {peer}"
        for peer in PEERS
        for name, number in peer_answer(runs[peer].stdout).items()
        if not name.startswith(NOT_PRINTED) and not close(ours.get(name), number)
    ]


def close(ours: float | None, theirs: float) -> bool:
    """Return whether a number of ours is that of a peer but for rounding."""
    return ours is not None and math.isclose(ours, theirs, rel_tol=TOLERANCE)


def main() -> int:
    """Measure all, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of the CSV file (%(default)s)")
    rows = parser.parse_args().rows
    compileall.compile_dir(
        str(HERE.parent / "losscli"), quiet=1
    )  # as pip does where it installs a package, and its peers
    print("| work | losscli | peers | ratio | limit | peak memory | limit |")
    print("|---|---|---|---|---|---|---|")
    missed = []
    for work in works(rows):
        runs = best_of(work)
        ours = runs["losscli"]
        others = {name: run for name, run in runs.items() if name != "losscli"}
        ratio = ours.seconds / min(run.seconds for run in others.values())
        peak = ours.peak / MEGABYTE
        times = " · ".join(
            f"{name} {run.seconds:.2f} s, {run.cpu:.2f} s CPU, {run.peak / MEGABYTE:.0f} MB"
            for name, run in others.items()
        )
        time_limit = "" if work.limit is None else f"{work.limit:.2f}"
        memory_limit = "" if work.memory is None else f"{work.memory:g} MB"
        print(
            f"| {work.title} | {ours.seconds:.2f} s, {ours.cpu:.2f} s CPU | {times} | {ratio:.2f} | {time_limit} "
            f"| {peak:.0f} MB | {memory_limit} |",
            flush=True,
        )
        if work.limit is not None and ratio > work.limit:
            missed.append(f"{work.title}: ratio {ratio:.2f} is above {work.limit}")
        if work.memory is not None and peak > work.memory:
            missed.append(f"{work.title}: {peak:.0f} MB is above {work.memory:g} MB")
        if work.answers_agree:
            missed += differences(work, runs)
    print("\n".join(["", *missed]) if missed else "\nall limits held, all answers agree")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
