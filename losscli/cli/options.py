"""Options that commands share, as Annotated types, and the words that they accept."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated

import typer

from losscli.errors import UsageError
from losscli.text import quoted

Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FILE]...",
        show_default=False,
        help="Path, quoted glob, folder, URL, label=path, or - for standard input, read when no FILE is given.",
    ),
]
Target = Annotated[str | None, typer.Option("--target", "-t", metavar="COL", help="The target column.")]
Predictions = Annotated[
    list[str] | None,
    typer.Option(
        "--pred", "-p", metavar="COL[,COL…]", help="Prediction columns or patterns ('pred_*'); each is a model."
    ),
]
Losses = Annotated[
    str | None,
    typer.Option("--losses", "-l", metavar="A,B:param=value", help="Losses, with parameters as in huber:delta=2."),
]
Weight = Annotated[str | None, typer.Option("--weight", metavar="COL", help="Weights, for every statistic.")]
MissingCells = Annotated[
    str, typer.Option("--missing", metavar="error|drop", help="What to do with rows in which a cell is missing.")
]
NullValues = Annotated[
    list[str] | None,
    typer.Option("--null-value", metavar="TEXT", help="A cell that means missing, such as n/a; may be repeated."),
]
Level = Annotated[str, typer.Option("--ci", metavar="LEVEL|off", help="Level of the intervals, from 0.5 to 1.")]
Brief = Annotated[bool, typer.Option("--brief", help="Values and bias only, in one pass over the rows.")]
Format = Annotated[
    str, typer.Option("--format", "-f", metavar="table|json|csv|markdown", help="What goes to standard output.")
]
Outputs = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="[FORMAT:]PATH",
        help="Also write this file, by its suffix or format; may be repeated.",
    ),
]
Threads = Annotated[int | None, typer.Option("--threads", min=1, metavar="N", help="Threads; no digit depends on it.")]
Memory = Annotated[
    str, typer.Option("--memory", metavar="SIZE", help="Rows kept between passes, as 512MB; no digit depends on it.")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Leave notices out of what is printed.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colour (as NO_COLOR or TERM=dumb).")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def read_size(text: str) -> int:
    """Return a number of bytes from text such as 512MB, 2GiB or 100000."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"--memory: expected a size, got {quoted(text)}", "write it as 512MB or 2GB")
    number, prefix, binary = match.groups()
    return int(float(number) * (1024 if binary else 1000) ** _POWERS[prefix.lower()])


def read_level(text: str) -> float | None:
    """Return the level of an interval, or None for "off"."""
    if text.strip().lower() == "off":
        return None
    try:
        level = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        level = float("nan")
    if not 0.5 <= level < 1:
        raise UsageError(
            f"--ci: expected a level from 0.5 to below 1, got {quoted(text)}", "write --ci 0.95, or --ci off"
        )
    return level


def read_columns(values: list[str] | None) -> tuple[str, ...]:
    """Return the column names of options that may hold several, with commas between them."""
    return tuple(name.strip() for value in values or () for name in value.split(",") if name.strip())


def read_files(values: list[str] | None, *, piped: bool, command: str) -> list[tuple[str, str | None]]:
    """Return what is to be read, each with its label or None: the files named, or standard input where it is piped.

    Raises
    ------
    UsageError
        There is neither; or standard input, or a label, is named twice.
    """
    if not values:
        if not piped:
            raise UsageError("there is nothing to read", f"name a file: losscli {command} preds.csv")
        return [("-", None)]
    named = [_named(value) for value in values]
    if sum(path == "-" for path, _ in named) > 1:
        raise UsageError("standard input is named twice", "name it once, and files for the rest")
    labels = [label for _, label in named if label]
    for label in labels:
        if labels.count(label) > 1:
            raise UsageError(f"two files are labelled {quoted(label)}", "give each a label of its own")
    return named


def _named(value: str) -> tuple[str, str | None]:
    label, equals, path = value.partition("=")
    if equals and label and path and "/" not in label and not Path(value).exists():
        return path, label
    return value, None


def use_threads(threads: int | None) -> None:
    """Tell Polars how many threads to start, which it reads when it is imported."""
    if threads is not None:
        os.environ["POLARS_MAX_THREADS"] = str(threads)
