"""Options that commands share, as Annotated types, and the words that they accept."""

from __future__ import annotations

import difflib
import os
import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from losscli.arrays import Form, Task
from losscli.errors import UsageError
from losscli.render import RENDERERS
from losscli.text import quoted

Files = Annotated[
    list[str] | None,
    # hidden from the list of options, where Typer would show its Python type; the command's text explains it
    typer.Argument(metavar="FILE", show_default=False, hidden=True),
]
Target = Annotated[str | None, typer.Option("--target", "-t", metavar="COL", help="The target column.")]
Predictions = Annotated[
    list[str] | None,
    typer.Option("--pred", "-p", metavar="COL,...", help="Prediction columns or patterns ('pred_*'); each is a model."),
]
Baseline = Annotated[
    str | None,
    typer.Option("--baseline", metavar="MODEL", help="The model that others are held against; else the first."),
]
CorrectionName = Annotated[
    str,
    typer.Option(
        "--correction", metavar="bh|holm|none", help="How p-values are adjusted for the number of comparisons."
    ),
]
TaskName = Annotated[
    str | None,
    typer.Option(
        "--task",
        metavar="TASK",
        help="regression, binary, multiclass, multilabel or distribution, when it is not to be found out.",
        autocompletion=lambda: [task.value for task in Task],
    ),
]
PredForm = Annotated[
    str | None,
    typer.Option(
        "--pred-form",
        metavar="FORM",
        help="What predictions are: value, probability, logit, log-probability, margin, score or label.",
        autocompletion=lambda: [form.value for form in Form],
    ),
]
Positive = Annotated[
    str | None, typer.Option("--positive", metavar="LABEL", help="The positive label of a two-class target.")
]
Classes = Annotated[
    str | None, typer.Option("--classes", metavar="A,B,C", help="The classes, in the order of the predictions.")
]
Normalize = Annotated[bool, typer.Option("--normalize", help="Divide rows of probabilities by their sum.")]
Losses = Annotated[
    list[str] | None,
    typer.Option("--losses", "-l", metavar="A,B,...", help="Losses, with parameters as in huber:delta=2."),
]
Weight = Annotated[str | None, typer.Option("--weight", metavar="COL", help="Weights, for every statistic.")]
MissingCells = Annotated[
    str,
    typer.Option(
        "--missing",
        metavar="error|drop",
        help="What to do with rows in which a cell is missing.",
        autocompletion=lambda: list(MISSING),
    ),
]
NullValues = Annotated[
    list[str] | None,
    typer.Option("--null-value", metavar="TEXT", help="A cell that means missing, such as n/a; may be repeated."),
]
Targets = Annotated[
    str | None,
    typer.Option("--targets", metavar="FILE", help="A file that holds the targets, paired by --on or by position."),
]
On = Annotated[
    str | None, typer.Option("--on", metavar="KEY,...", help="Key columns that pair the rows of several files.")
]
Common = Annotated[
    bool, typer.Option("--common", help="With --on: keep the keys that all files share, and count the others.")
]
Where = Annotated[
    str | None, typer.Option("--where", metavar="SQL", help="Read only rows that satisfy it: \"region = 'north'\".")
]
Level = Annotated[str, typer.Option("--ci", metavar="LEVEL|off", help="Level of the intervals, from 0.5 to 1.")]
By = Annotated[
    list[str] | None,
    typer.Option("--by", metavar="COL,...", help="Columns whose cells name the group of a row; groups get a table."),
]
BinCount = Annotated[
    str | None, typer.Option("--bins", metavar="N", help="Also sort rows into so many bins of equal size.")
]
Along = Annotated[
    str | None, typer.Option("--along", metavar="COL", help="Sort rows by this column of numbers, not the prediction.")
]
EquivalentWithin = Annotated[
    str | None,
    typer.Option(
        "--equivalent-within",
        metavar="SIZE|%",
        help="The largest bias that does not matter, as 0.5 or 2%; tests whether the bias is smaller.",
    ),
]
Brief = Annotated[
    bool, typer.Option("--brief", help="Values and bias with its interval only, in one pass over the rows.")
]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help=f"What goes to standard output: {', '.join(RENDERERS)}.",
        autocompletion=lambda: list(RENDERERS),
    ),
]
Outputs = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="[FORMAT:]PATH",
        help="Also write this file, in the format or by its suffix; may be repeated.",
    ),
]
PerRow = Annotated[
    str | None,
    typer.Option(
        "--per-row", metavar="PATH", help="Write every row with its losses, error, z and flag: .csv or .parquet."
    ),
]
Threads = Annotated[str | None, typer.Option("--threads", metavar="N", help="Threads; no digit depends on it.")]
Memory = Annotated[
    str, typer.Option("--memory", metavar="SIZE", help="Rows kept between passes, as 512MB; no digit depends on it.")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Leave notices out of what is printed.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colour (as NO_COLOR or TERM=dumb).")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]

MISSING = ("error", "drop")

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
        level = float(f"{text[:-1]}e-2" if text.endswith("%") else text)
    except ValueError:
        level = float("nan")
    if not 0.5 <= level < 1:
        raise UsageError(
            f"--ci: expected a level from 0.5 to below 1, got {quoted(text)}", "write --ci 0.95, --ci 95% or --ci off"
        )
    return level


def read_bins(text: str | None) -> int | None:
    """Return a number of bins, None for none."""
    if text is None:
        return None
    if not text.isascii() or not text.isdigit():
        raise UsageError(f"--bins: expected a whole number, got {quoted(text)}", "write --bins 10")
    return int(text)


def read_missing(text: str) -> str:
    """Return the word for what becomes of rows with missing cells: error or drop."""
    return _word(text, "--missing", MISSING)


def read_columns(values: list[str] | None) -> tuple[str, ...]:
    """Return the column names of options that may hold several, with commas between them."""
    return tuple(name.strip() for value in values or () for name in value.split(",") if name.strip())


def read_losses(values: list[str] | None) -> str | None:
    """Return the losses of all --losses as one list with commas, None for none."""
    return None if values is None else ",".join(values)


def refuse_empty(**values: str | list[str] | None) -> None:
    """Check that no option was given the empty text, as an unset variable of a shell script gives it.

    Raises
    ------
    UsageError
        One was; it is named by its keyword.
    """
    for option, value in values.items():
        if value is not None and not all(map(str.strip, [value] if isinstance(value, str) else value)):
            raise UsageError(f"--{option}: got an empty text", f"name something after --{option}, or leave it out")


def read_correction(text: str) -> str:
    """Return the name of a correction of p-values."""
    return _word(text, "--correction", ("bh", "holm", "none"))


def read_task(text: str | None) -> Task | None:
    """Return the task of that name, None for none."""
    return None if text is None else Task(_word(text, "--task", tuple(task.value for task in Task)))


def read_form(text: str | None) -> Form | None:
    """Return the encoding of predictions of that name, None for none."""
    return None if text is None else Form(_word(text, "--pred-form", tuple(form.value for form in Form)))


def _word(text: str, option: str, words: tuple[str, ...]) -> str:
    wanted = text.lower().replace("_", "-")
    if wanted in words:
        return wanted
    near = difflib.get_close_matches(wanted, words, n=1)
    hint = f"did you mean {near[0]}?" if near else None
    raise UsageError(f"{option}: expected {', '.join(words[:-1])} or {words[-1]}, got {quoted(text)}", hint)


def read_files(values: list[str] | None, *, command: str) -> list[tuple[str, str | None]]:
    """Return what is to be read, each with its label or None: the files named, or standard input where it is piped.

    Raises
    ------
    UsageError
        There is neither; a name is empty; or standard input, or a label, is named twice.
    """
    if not values:
        if sys.stdin is None or sys.stdin.isatty():
            raise UsageError("there is nothing to read", f"name a file: losscli {command} preds.csv")
        return [("-", None)]
    named = [_named(value) for value in values]
    paths = [path for path, _ in named]
    if not all(paths):
        raise UsageError("the name of a file is empty", f"name a file: losscli {command} preds.csv")
    if paths.count("-") > 1:
        raise UsageError("standard input is named twice", "name it once, and files for the rest")
    if "-" in paths and sys.stdin is None:
        raise UsageError("standard input is closed", f"name a file: losscli {command} preds.csv")
    labels = [label for _, label in named if label]
    for label in labels:
        if labels.count(label) > 1:
            raise UsageError(f"two files are labelled {quoted(label)}", "give each a label of its own")
    return named


def read_paths(reads: list[tuple[str, str | None]], targets: str | None) -> list[str]:
    """Return all paths that are read, those of targets too.

    Raises
    ------
    UsageError
        Standard input is named twice.
    """
    paths = [path for path, _ in reads] + ([] if targets is None else [targets])
    if paths.count("-") > 1:
        raise UsageError("standard input is named twice", "name it once, and files for the rest")
    return paths


def _named(value: str) -> tuple[str, str | None]:
    label, equals, path = value.partition("=")
    if equals and label and path and "/" not in label and not Path(value).exists():
        return path, label
    return value, None


def read_threads(text: str | None) -> int | None:
    """Return the number of threads, None for as many as fit; Polars reads its own when it is imported, and is told."""
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise UsageError(f"--threads: expected a whole number from 1 on, got {quoted(text)}")
    os.environ["POLARS_MAX_THREADS"] = text
    return int(text)
