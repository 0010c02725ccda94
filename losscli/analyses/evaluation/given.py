"""What Python functions are given, read as the command line is: data, columns, losses and words."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Literal, TypedDict, TypeVar

from losscli.arrays import Form, Task
from losscli.engine.check import Missing
from losscli.engine.reading import MEMORY, DataLike, Named, Reading
from losscli.errors import UsageError

Word = TypeVar("Word", bound=StrEnum)


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
    positive : str or None
        The positive label of a two-class target.
    classes : sequence of str
        The classes, in the order of the predictions; none finds them by the names of columns.
    normalize : bool
        Whether rows of probabilities are divided by their sum.
    weight : str or None
        A column of weights ≥ 0.
    missing : {"error", "drop"}
        What is done with rows in which a cell is missing: empty, null or NaN.
    null_values : str or sequence of str
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
    positive: str | None
    classes: Sequence[str]
    normalize: bool
    weight: str | None
    missing: Literal["error", "drop"]
    null_values: str | Sequence[str]
    targets: DataLike | None
    on: str | Sequence[str]
    common: bool
    cluster: str | None
    time: str | None
    where: str | None
    threads: int | None
    memory: int


def all_named(function: str, data: tuple[DataLike, ...], labels: Sequence[str]) -> tuple[Named, ...]:
    """Return several data sets with their labels; `function` is whose they are.

    Raises
    ------
    TypeError, UsageError
        There is none, or one cannot be read, or it has no label of its own.
    """
    if not data:
        raise TypeError(f"{function}: nothing to read")
    if labels and len(labels) != len(data):
        raise UsageError(f"labels: expected one for each of {len(data)} data sets, got {len(labels)}")
    return tuple(map(named, data, labels)) if labels else tuple(map(named, data))


def named(data: DataLike, label: str | None = None) -> Named:
    """Return a data set as analyses take it.

    Raises
    ------
    TypeError
        It is nothing that can be read.
    """
    if not isinstance(data, str | os.PathLike | Mapping) and not hasattr(type(data), "columns"):
        raise TypeError(f"data: expected a path, a frame or a mapping of names to arrays, got {type(data).__name__}")
    return Named(given=os.fspath(data) if isinstance(data, os.PathLike) else data, label=label)


def reading_of(given: ReadingOptions) -> Reading:
    """Return the options as the analyses take them."""
    unknown = set(given) - set(ReadingOptions.__annotations__)
    if unknown:
        raise TypeError(f"unexpected argument {min(unknown)!r}")
    threads, task, form = given.get("threads"), given.get("task"), given.get("pred_form")
    if threads is not None and threads < 1:
        raise UsageError(f"threads: expected 1 or more, got {threads}")
    return Reading(
        target=several(given.get("target", ())),
        predictions=several(given.get("predictions", ())),
        task=None if task is None else one_of(Task, task, "task"),
        form=None if form is None else one_of(Form, form, "pred_form"),
        positive=given.get("positive"),
        classes=tuple(given.get("classes", ())),
        normalize=given.get("normalize", False),
        weight=given.get("weight"),
        missing=one_of(Missing, given.get("missing", "error"), "missing"),
        null_values=several(given.get("null_values", ())),
        targets=given.get("targets"),
        on=several(given.get("on", ())),
        common=given.get("common", False),
        cluster=given.get("cluster"),
        time=given.get("time"),
        where=given.get("where"),
        threads=threads,
        memory=given.get("memory", MEMORY),
    )


def spelled(losses: str | Sequence[str] | None) -> str | None:
    """Return losses as the command line has them; None for none."""
    return None if losses is None else ",".join(several(losses))


def one_of(words: type[Word], given: str, option: str) -> Word:
    """Return the word given, where it is one of those."""
    if given not in tuple(words):
        raise UsageError(f"{option}: expected {', '.join(map(repr, map(str, words)))}, got {given!r}")
    return words(given)


def several(given: str | Sequence[str]) -> tuple[str, ...]:
    """Return one or several texts as a tuple."""
    return (given,) if isinstance(given, str) else tuple(given)
