"""Which files are read: those that a command line names, or standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from losscli.errors import UsageError
from losscli.text import quoted

if TYPE_CHECKING:
    from losscli.analyses.evaluate import Named


def read_files(values: list[str] | None, *, command: str) -> list[tuple[str, str | None]]:
    """Return what is to be read, each with its label or None: the files named, or standard input where it is piped.

    Raises
    ------
    UsageError
        There is neither; a name is empty; or a label is named twice.
    """
    if not values:
        if sys.stdin is None or sys.stdin.isatty():
            raise UsageError("there is nothing to read", f"name a file: losscli {command} preds.csv")
        return [("-", None)]
    named = [_named(value) for value in values]
    paths = [path for path, _ in named]
    if not all(paths):
        raise UsageError("the name of a file is empty", f"name a file: losscli {command} preds.csv")
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


def named(reads: list[tuple[str, str | None]]) -> tuple[Named, ...]:
    """Return what is to be read, as analyses take it."""
    from losscli.analyses.evaluate import Named

    return tuple(Named(given=path, label=label) for path, label in reads)


def _named(value: str) -> tuple[str, str | None]:
    label, equals, path = value.partition("=")
    if equals and label and path and "/" not in label and not Path(value).exists():
        return path, label
    return value, None
