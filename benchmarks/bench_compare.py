"""Time and memory of `losscli compare` beside bare means by Polars: whole processes, in turn, the best of three rounds.

`make bench` runs it after `bench_eval.py`. It ends with exit code 1 where a limit is missed or the means differ.
"""

from __future__ import annotations

import argparse
import json
import sys

from bench_eval import HERE, LOSSCLI, LOSSES, MEGABYTE, Work, best_of, close, data_file

ROWS = 2_000_000
LIMIT, MEMORY = 3.0, 700.0  # the largest ratio, and the most megabytes


def main() -> int:
    """Measure, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of the Parquet file (%(default)s)")
    rows = parser.parse_args().rows
    print("| work | losscli | the bare means | ratio | limit | peak memory | limit |")
    print("|---|---|---|---|---|---|---|")
    missed = []
    for work in (
        _work(rows, "models", "5 models, 7 losses"),
        _work(rows, "contested", "the same, no model best by all"),
    ):
        runs = best_of(work)
        ours, bare = runs["losscli"], runs["polars"]
        ratio, peak = ours.seconds / bare.seconds, ours.peak / MEGABYTE
        print(
            f"| {work.title} | {ours.seconds:.2f} s, {ours.cpu:.2f} s CPU | {bare.seconds:.2f} s, {bare.cpu:.2f} s CPU "
            f"| {ratio:.2f} | {work.limit:.2f} | {peak:.0f} MB | {MEMORY:g} MB |",
            flush=True,
        )
        if ratio > work.limit:
            missed.append(f"{work.title}: ratio {ratio:.2f} is above {work.limit}")
        if peak > MEMORY:
            missed.append(f"{work.title}: {peak:.0f} MB is above {MEMORY:g} MB")
        missed += _differences(work.title, ours.stdout, bare.stdout)
    print("\n".join(["", *missed]) if missed else "\nall limits held, all answers agree")
    return 1 if missed else 0


def _work(rows: int, kind: str, title: str) -> Work:
    path = str(data_file(rows, kind))
    commands = {
        "losscli": [LOSSCLI, "compare", path, "--losses", LOSSES, "--format", "json"],
        "polars": [sys.executable, str(HERE / "peer_compare.py"), path],
    }
    return Work(title=f"compare, {rows / 1e6:g} M rows, {title}", commands=commands, limit=LIMIT, memory=MEMORY)


def _differences(title: str, ours: str, bare: str) -> list[str]:
    """Return a line for each mean on which both differ."""
    found = {
        (f"pred_{each['model']}", loss["loss"]): each["value"]
        for loss in json.loads(ours)["losses"]
        for each in loss["models"]
    }
    return [
        f"{title}: {loss} of {model} is {found[model, loss]!r} by losscli and {number!r} by Polars"
        for model, means in json.loads(bare).items()
        for loss, number in means.items()
        if not close(found[model, loss], number)
    ]


if __name__ == "__main__":
    sys.exit(main())
