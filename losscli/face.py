"""losscli as a library: the questions of the commands, asked of frames, arrays and files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, TypeVar

from losscli.analyses import catalogue as _catalogue
from losscli.analyses import evaluate as _evaluate
from losscli.arrays import Form, Task
from losscli.errors import UsageError

if TYPE_CHECKING:
    from losscli.result import Result

Word = TypeVar("Word", bound=StrEnum)


def evaluate(
    data: _evaluate.DataLike,
    *,
    target: str | Sequence[str] = (),
    predictions: str | Sequence[str] = (),
    losses: str | Sequence[str] | None = None,
    task: Literal["regression", "binary", "multiclass", "multilabel", "distribution"] | None = None,
    pred_form: Literal["value", "probability", "logit", "log-probability", "margin", "score", "label"] | None = None,
    positive: str | None = None,
    classes: Sequence[str] = (),
    normalize: bool = False,
    weight: str | None = None,
    missing: Literal["error", "drop"] = "error",
    null_values: str | Sequence[str] = (),
    level: float | None = 0.95,
    brief: bool = False,
    threads: int | None = None,
    memory: int = 512 * 10**6,
) -> Result:
    """Return how large the losses of predictions are, with intervals, skill, bias and what the outliers hold.

    Parameters
    ----------
    data : path, pandas.DataFrame, polars.DataFrame, polars.LazyFrame or mapping of str to array
        The predictions beside their targets. A path may be a file, glob, folder or URL, "-" is standard input;
        arrays have one dimension and one length.
    target : str or sequence of str
        The target column, or one for each class; none finds it by its name, such as "y_true".
    predictions : str or sequence of str
        The prediction columns or patterns ("pred_*"), each a model; none finds them by their names, such as "y_pred".
    losses : str, sequence of str or None
        Losses as on the command line: "mse,huber:delta=2" or ["mse", "huber:delta=2"]; None takes the defaults.
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
    level : float or None
        Level of the intervals, in (0, 1); None for none.
    brief : bool
        Whether values and bias are enough: one pass over the rows.
    threads : int or None
        Workers, 1 or more; None for as many as the machine has. No digit depends on it.
    memory : int
        Bytes that rows may take between passes. No digit depends on it.

    Raises
    ------
    TypeError
        `data` is nothing that can be read.
    UsageError
        A loss, a parameter or an option is wrong.
    InputError
        A file, a column or a cell is wrong; the message says where.

    Examples
    --------
    >>> import losscli
    >>> columns = {"y_true": [3.0, 1.0, 2.0, 7.0], "y_pred": [2.5, 1.0, 2.0, 8.0]}
    >>> result = losscli.evaluate(columns, losses="mse,mae")
    >>> result.to_frame()[["loss", "value", "skill"]]
      loss   value     skill
    0  mse  0.3125  0.939759
    1  mae  0.3750  0.785714
    2  mbe  0.1250       NaN
    """
    if not isinstance(data, str | os.PathLike | Mapping) and not hasattr(type(data), "columns"):
        raise TypeError(f"data: expected a path, a frame or a mapping of names to arrays, got {type(data).__name__}")
    if threads is not None and threads < 1:
        raise UsageError(f"threads: expected 1 or more, got {threads}")
    reading = _evaluate.Reading(
        task=None if task is None else _one_of(Task, task, "task"),
        form=None if pred_form is None else _one_of(Form, pred_form, "pred_form"),
        positive=positive,
        classes=tuple(classes),
        normalize=normalize,
        target=_several(target),
        predictions=_several(predictions),
        weight=weight,
        missing=_one_of(_evaluate.Missing, missing, "missing"),
        null_values=_several(null_values),
        threads=threads,
        memory=memory,
    )
    return _evaluate.evaluate(
        _evaluate.EvaluateSpec(
            data=(_evaluate.Named(given=data),),
            reading=reading,
            losses=None if losses is None else ",".join(_several(losses)),
            level=level,
            brief=brief,
        )
    )


def catalogue() -> Result:
    """Return all losses: what each is, what it asks for, its unit and its names in other libraries.

    Examples
    --------
    >>> import losscli
    >>> frame = losscli.catalogue().to_frame()
    >>> frame.set_index("loss").loc["mae", "functional"]
    'median'
    """
    return _catalogue.catalogue()


def _one_of(words: type[Word], given: str, option: str) -> Word:
    """Return the word given, where it is one of those."""
    if given not in tuple(words):
        raise UsageError(f"{option}: expected {', '.join(map(repr, map(str, words)))}, got {given!r}")
    return words(given)


def _several(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)
