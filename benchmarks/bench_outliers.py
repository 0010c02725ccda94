"""Time and memory of `losscli outliers` beside `losscli eval` of the same file: whole processes, in turn.

`make bench` runs it after `bench_eval.py`. It ends with exit code 1 where a limit is missed or the values differ.
"""

from __future__ import annotations

import argparse
import json
import sys

from bench_eval import LOSSCLI, LOSSES, MEGABYTE, ROWS, Work, best_of, close, data_file

LIMIT, MEMORY = 2.5, 700.0  # the largest ratio, and the most megabytes


def main() -> int:
    """Measure, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of the Parquet file (%(default)s)")
    rows = parser.parse_args().rows
    path = str(data_file(rows, "parquet"))
    missed = []
    print("| work | outliers | eval | ratio | of CPU | limit | peak memory | limit |")
    print("|---|---|---|---|---|---|---|---|")
    for title, options in (("outliers", []), ("outliers --stress", ["--stress"])):
        work = Work(
            title=f"{title}, {rows / 1e6:g} M rows of Parquet, 7 losses",
            commands={
                "outliers": [LOSSCLI, "outliers", path, "--losses", LOSSES, "--format", "json", *options],
                "eval": [LOSSCLI, "eval", path, "--losses", LOSSES, "--format", "json"],
            },
            limit=LIMIT,
            memory=MEMORY,
        )
        runs = best_of(work)
        ours, beside = runs["outliers"], runs["eval"]
        ratio, peak = ours.seconds / beside.seconds, ours.peak / MEGABYTE
        print(
            f"| {work.title} | {ours.seconds:.2f} s, {ours.cpu:.2f} s CPU "
            f"| {beside.seconds:.2f} s, {beside.cpu:.2f} s CPU "
            f"| {ratio:.2f} | {ours.cpu / beside.cpu:.2f} | {LIMIT:.2f} | {peak:.0f} MB | {MEMORY:g} MB |",
            flush=True,
        )
        if ratio > LIMIT:
            missed.append(f"{work.title}: ratio {ratio:.2f} is above {LIMIT}")
        if peak > MEMORY:
            missed.append(f"{work.title}: {peak:.0f} MB is above {MEMORY:g} MB")
        missed += _differences(work.title, ours.stdout, beside.stdout)
    print("\n".join(["", *missed]) if missed else "\nall limits held, all answers agree")
    return 1 if missed else 0


def _differences(title: str, ours: str, beside: str) -> list[str]:
    """Return a line for each value, or share that the flagged rows hold, on which both commands differ."""
    found, expected = (
        {loss["loss"]: (loss["value"], loss["outlier_share"]) for loss in json.loads(text)["models"][0]["losses"]}
        for text in (ours, beside)
    )
    return [
        f"{title}: {loss} is {found[loss]!r} by outliers and {numbers!r} by eval"
        for loss, numbers in expected.items()
        if not all(one == other or close(one, other) for one, other in zip(found[loss], numbers, strict=True))
    ]


if __name__ == "__main__":
    sys.exit(main())
