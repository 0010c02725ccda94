"""What Python functions are given, read as the command line is: data, columns, losses and words."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict

from losscli.analyses.evaluation.plain import label, labels, one_of, text, texts, whole
from losscli.arrays import Form, Task
from losscli.engine.table.check import Missing
from losscli.engine.table.reading import MEMORY, DataLike, Named, Reading
from losscli.errors import UsageError
from losscli.text import quoted


class ReadingOptions(TypedDict, total=False):
    """How data are read; all functions take these by name.

    Attributes
    ----------
    target : str or sequence of str
        The target column, or one for each class; none finds it by its name, such as "y_true".
    predictions : str or sequence of str
        The prediction columns or patterns ("pred_*"), each a model; none finds them by their names, such as "y_pred".
    task, pred_form : str or None
        What is predicted, and what the predictions are; None finds out.
    positive : str, number or None
        The positive label of a two-class target.
    classes : sequence of str or numbers
        The classes, in the order of the predictions; none finds them by the names of columns.
    normalize : bool
        Whether rows of probabilities are divided by their sum.
    weight : str or None
        A column of weights ≥ 0.
    missing : {"error", "drop"}
        What is done with rows in which a cell is missing: empty, null or NaN.
    null_values : str, number or sequence of these
        Words that mean that a cell is missing.
    targets : path, frame, mapping of str to array, or None
        The targets, and the weights if they are named there, where they do not stand beside the predictions.
    on : str or sequence of str
        Key columns that pair the rows of several data sets; none pairs them by position.
    common : bool
        Whether keys that are not in all data sets are left out; else they are an error.
    cluster, time : str or None
        The column of what rows belong together by, or of when they were (a number, a date or a time), one of them at
        most: rows of one cluster, or near in time, may then depend on one another. None takes each row by itself.
    where : str or None
        A condition in SQL, "region = 'north'"; rows that do not satisfy it are left out before anything else.
    threads : int or None
        Workers, 1 or more; None for as many as the machine has. No digit depends on it.
    memory : int
        Bytes that rows may take between passes. No digit depends on it.
    """

    target: str | Sequence[str]
    predictions: str | Sequence[str]
    task: Literal["regression", "binary", "multiclass", "multilabel", "distribution"] | None
    pred_form: Literal["value", "probability", "logit", "log-probability", "margin", "score", "label"] | None
    positive: str | float | None
    classes: Sequence[str | float]
    normalize: bool
    weight: str | None
    missing: Literal["error", "drop"]
    null_values: str | float | Sequence[str | float]
    targets: DataLike | None
    on: str | Sequence[str]
    common: bool
    cluster: str | None
    time: str | None
    where: str | None
    threads: int | None
    memory: int


def all_named(function: str, data: tuple[DataLike, ...], called: Sequence[str]) -> tuple[Named, ...]:
    """Return several data sets with their labels; `function` is whose they are.

    Raises
    ------
    TypeError, UsageError
        There is none, or one cannot be read, or it has no label of its own.
    """
    if not data:
        raise TypeError(f"{function}: nothing to read")
    names = texts(called, "labels")
    if names and len(names) != len(data):
        raise UsageError(f"labels: expected one for each of {len(data)} data sets, got {len(names)}")
    return tuple(map(named, data, names)) if names else tuple(map(named, data))


def named(data: DataLike, called: str | None = None) -> Named:
    """Return a data set as analyses take it.

    Raises
    ------
    TypeError
        It is nothing that can be read.
    """
    if not isinstance(data, str | os.PathLike | Mapping) and not hasattr(type(data), "columns"):
        raise TypeError(f"data: expected a path, a frame or a mapping of names to arrays, got {type(data).__name__}")
    return Named(given=os.fspath(data) if isinstance(data, os.PathLike) else data, label=called)


def reading_of(given: ReadingOptions) -> Reading:
    """Return the options as the analyses take them.

    Raises
    ------
    TypeError
        One is unknown.
    UsageError
        The value of one is wrong.
    """
    unknown = set(given) - set(ReadingOptions.__annotations__)
    if unknown:
        raise TypeError(f"unexpected argument {min(unknown)!r}")
    threads, task, form, positive = (given.get(key) for key in ("threads", "task", "pred_form", "positive"))
    return Reading(
        target=texts(given.get("target", ()), "target"),
        predictions=texts(given.get("predictions", ()), "predictions"),
        task=None if task is None else one_of(Task, task, "task"),
        form=None if form is None else one_of(Form, form, "pred_form"),
        positive=None if positive is None else label(positive, "positive"),
        classes=labels(given.get("classes", ()), "classes"),
        normalize=given.get("normalize", False),
        weight=text(given.get("weight"), "weight"),
        missing=one_of(Missing, given.get("missing", "error"), "missing"),
        null_values=labels(given.get("null_values", ()), "null_values"),
        targets=given.get("targets"),
        on=texts(given.get("on", ()), "on"),
        common=given.get("common", False),
        cluster=text(given.get("cluster"), "cluster"),
        time=text(given.get("time"), "time"),
        where=text(given.get("where"), "where"),
        threads=None if threads is None else whole(threads, "threads", least=1),
        memory=whole(given.get("memory", MEMORY), "memory", least=0),
    )


def spelled(losses: str | Sequence[str] | None) -> str | None:
    """Return losses as the command line has them; None for none.

    Raises
    ------
    UsageError
        One is no text, or there is none.
    """
    if losses is None:
        return None
    names = texts(losses, "losses")
    if not names:
        raise UsageError("losses: expected one or more, got none", "leave it out for the usual ones of the task")
    return ",".join(names)


def rows_file(per_row: str | os.PathLike[str] | None) -> str | None:
    """Return the path of a file that every row is written to; None for none.

    Raises
    ------
    UsageError
        It is neither .csv nor .parquet.
    """
    if per_row is None:
        return None
    path = os.fspath(per_row)
    if not path.endswith((".csv", ".parquet")):
        raise UsageError(f"per_row: expected a path that ends in .csv or .parquet, got {quoted(path)}")
    return path
