"""How the time and memory of `losscli eval` grow: with rows, threads, losses, models and files; and what a loss costs.

`make bench` runs it after `bench_eval.py`. It prints tables and draws `scaling.png`; `--longest` sets the most rows.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from bench_eval import HERE, LOSSCLI, LOSSES, MEGABYTE, Run, data_file, measure
from make_data import DATA, PARTS
from matplotlib.figure import Figure

from losscli.arrays import Form, Task, Truth
from losscli.engine.folds.moments import line_of_moments
from losscli.engine.table.rows import BLOCK_VALUES
from losscli.losses import LOSSES as ALL_LOSSES
from losscli.losses.bound import BoundKernel

ROUNDS = 3
ROWS, LONGEST = 10_000_000, 100_000_000
MODELS = (1, 2, 4)
FILES_LIMIT, FAILURE_LIMIT = 1.5, 2.0
PEAKS = {10_000_000: 700, 100_000_000: 1000}  # megabytes that so many rows may take
DEAR = 12.0  # ns a row and core, from which on a loss's cost needs a reason
REPEATS = 40


def main() -> int:
    """Measure all, print the tables, draw the picture, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="rows where something else grows (%(default)s)")
    parser.add_argument("--longest", type=int, default=LONGEST, help="most rows (%(default)s)")
    asked = parser.parse_args()
    missed = _by_rows(asked.longest)
    _by_threads(asked.rows)
    _by_losses_and_models(asked.rows)
    missed += [*_many_files(asked.rows), *_failure(asked.rows)]
    _costs()
    print("\n".join(["", *missed]) if missed else "\nall limits held")
    return 1 if missed else 0


def _eval(path: Path | str, *options: str, losses: str = LOSSES) -> Run:
    return _best([_once(path, *options, losses=losses) for _ in range(ROUNDS)])


def _once(path: Path | str, *options: str, losses: str = LOSSES, fails: bool = False) -> Run:
    command = [LOSSCLI, "eval", str(path), "--losses", losses, "--format", "json", "--quiet", *options]
    return measure(command, fails=fails)


def _best(runs: Sequence[Run]) -> Run:
    return Run(
        seconds=min(run.seconds for run in runs),
        cpu=min(run.cpu for run in runs),
        peak=max(run.peak for run in runs),
        stdout=runs[-1].stdout,
    )


def _shown(run: Run) -> str:
    return f"{run.seconds:.2f} s, {run.cpu:.2f} s CPU, {run.peak / MEGABYTE:.0f} MB"


def _table(*heading: str) -> None:
    print(f"\n| {' | '.join(heading)} |\n|{'---|' * len(heading)}", flush=True)


def _by_rows(longest: int) -> list[str]:
    _table("rows", "CSV, brief", "CSV, full", "Parquet, brief", "Parquet, full")
    series: dict[str, list[tuple[int, Run]]] = {}
    for rows in _powers(100_000, longest):
        cells = [f"{rows:,}"]
        for suffix in ("csv", "parquet"):
            path = data_file(rows, suffix)
            for kind, options in (("brief", ["--brief"]), ("full", [])):
                run = _eval(path, *options)
                series.setdefault(f"{'CSV' if suffix == 'csv' else 'Parquet'}, {kind}", []).append((rows, run))
                cells.append(_shown(run))
            if rows > ROWS:
                path.unlink()
        print(f"| {' | '.join(cells)} |", flush=True)
    _draw(series)
    return [
        f"{name}, {rows:,} rows: {run.peak / MEGABYTE:.0f} MB is above {limit} MB"
        for name, runs in series.items()
        for rows, run in runs
        if (limit := PEAKS.get(rows, math.inf)) < run.peak / MEGABYTE
    ]


def _powers(first: int, last: int) -> Iterator[int]:
    while first <= last:
        yield first
        first *= 10


def _by_threads(rows: int) -> None:
    _table("threads", *(f"{suffix}, {kind}" for suffix in ("CSV", "Parquet") for kind in ("brief", "full")))
    for threads in ("1", "2"):
        runs = [
            _eval(data_file(rows, suffix), "--threads", threads, *options)
            for suffix in ("csv", "parquet")
            for options in (["--brief"], [])
        ]
        print(f"| {threads} | {' | '.join(map(_shown, runs))} |", flush=True)


def _by_losses_and_models(rows: int) -> None:
    path, several = data_file(rows, "parquet"), data_file(rows, "models")
    _table("losses, full", "Parquet")
    for losses in ("mse", "mse,mae,huber", LOSSES, f"{LOSSES},pinball,smape,pseudo_huber,poisson_deviance"):
        print(f"| {losses.count(',') + 1} | {_shown(_eval(path, losses=losses))} |", flush=True)
    _table("models, full", "Parquet")
    for models in MODELS:
        names = ",".join(f"pred_{number}" for number in range(models))
        print(f"| {models} | {_shown(_eval(several, '--pred', names))} |", flush=True)


def _many_files(rows: int) -> list[str]:
    _table("files", "CSV, brief", "CSV, full", "Parquet, brief", "Parquet, full")
    one, many = [], []
    for suffix in ("csv", "parquet"):
        folder = data_file(rows, f"{suffix}-parts")
        for options in (["--brief"], []):
            pairs = [
                (_once(data_file(rows, suffix), *options), _once(f"{folder}/*.{suffix}", *options))
                for _ in range(ROUNDS)
            ]
            single, several = zip(*pairs, strict=True)
            one.append(_best(single))
            many.append(_best(several))
    for count, runs in ((1, one), (PARTS, many)):
        print(f"| {count:,} | {' | '.join(map(_shown, runs))} |", flush=True)
    worst = max(several.seconds / single.seconds for single, several in zip(one, many, strict=True))
    return [f"{PARTS:,} files: {worst:.2f} times one file is above {FILES_LIMIT}"] if worst > FILES_LIMIT else []


def _failure(rows: int) -> list[str]:
    good = data_file(rows, "csv")
    bad = DATA / "bad.csv"
    with good.open("rb") as source, bad.open("wb") as target:
        while chunk := source.read(1 << 24):
            target.write(chunk)
        target.write(b"1.5,oops\n")
    _table("CSV", "time")
    pairs = [(_once(good), _once(bad, fails=True)) for _ in range(ROUNDS)]
    right, wrong = (_best(runs) for runs in zip(*pairs, strict=True))
    bad.unlink()
    ratio = wrong.seconds / right.seconds
    print(f"| all cells are numbers | {_shown(right)} |\n| the last is not | {_shown(wrong)} ({ratio:.2f} times) |")
    return [f"a bad cell: {ratio:.2f} times a good run is above {FAILURE_LIMIT}"] if ratio > FAILURE_LIMIT else []


def _costs() -> None:
    """Print what the losses of one number a row cost, value and sums of moments, the dearest first."""
    _table("loss", "ns a row and core", f"above {DEAR:g}")
    rng = np.random.default_rng(1)
    found: dict[str, float] = {}
    for loss in ALL_LOSSES:
        for encoding in loss.encodings:
            if encoding.truth is Truth.SCALAR and all(param.default is not None for param in loss.params):
                params = tuple((param.name, param.default) for param in loss.params)
                y_true, y_pred = _rows_for(encoding.task, encoding.form, rng)
                kernel = BoundKernel(encoding=encoding, params=params)
                found[f"{loss.name} ({encoding.form})"] = _cost(kernel, y_true, y_pred)
    for name, cost in sorted(found.items(), key=lambda item: -item[1]):
        print(f"| {name} | {cost:.1f} | {'×' if cost > DEAR else ''} |")


def _rows_for(task: Task, form: Form, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    if task is Task.REGRESSION:
        y_true = rng.lognormal(3.0, 0.8, BLOCK_VALUES)
        return y_true, y_true * rng.lognormal(0.0, 0.2, BLOCK_VALUES) + 0.1
    y_true = (rng.random(BLOCK_VALUES) < 0.3).astype(np.float64)
    y_pred = rng.normal(size=BLOCK_VALUES)
    return y_true, {Form.PROBABILITY: 1 / (1 + np.exp(-y_pred)), Form.LABEL: (y_pred > 0) * 1.0}.get(form, y_pred)


def _cost(kernel: BoundKernel, y_true: np.ndarray, y_pred: np.ndarray) -> float:
    times = []
    with np.errstate(all="ignore"):
        for _ in range(REPEATS):
            start = time.thread_time_ns()
            line_of_moments(kernel.per_row(y_true, y_pred), None)
            times.append(time.thread_time_ns() - start)
    return min(times) / BLOCK_VALUES


def _draw(series: dict[str, Sequence[tuple[int, Run]]]) -> None:
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    times, peaks = figure.subplots(1, 2)
    for (name, runs), mark in zip(series.items(), "osv^", strict=True):
        rows = [each for each, _ in runs]
        times.plot(rows, [run.cpu for _, run in runs], marker=mark, label=name)
        peaks.plot(rows, [run.peak / MEGABYTE for _, run in runs], marker=mark, label=name)
    times.set(xscale="log", yscale="log", xlabel="rows", ylabel="CPU seconds, whole process")
    peaks.set(xscale="log", ylim=(0, None), xlabel="rows", ylabel="peak memory, MB")
    times.legend(frameon=False)
    for axes in (times, peaks):
        axes.grid(alpha=0.3)
    figure.savefig(HERE / "scaling.png", dpi=100)


if __name__ == "__main__":
    sys.exit(main())
