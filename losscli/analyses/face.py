"""losscli as a library: the questions of the commands, asked of frames, arrays and files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, TypedDict, TypeVar, Unpack

from losscli.analyses import bias as _bias
from losscli.analyses import catalogue as _catalogue
from losscli.analyses import compare as _compare
from losscli.analyses import evaluate as _evaluate
from losscli.analyses import outliers as _outliers
from losscli.arrays import Form, Task
from losscli.errors import UsageError

if TYPE_CHECKING:
    from losscli.result import Result

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
    targets: _evaluate.DataLike | None
    on: str | Sequence[str]
    common: bool
    cluster: str | None
    time: str | None
    where: str | None
    threads: int | None
    memory: int


def evaluate(
    data: _evaluate.DataLike,
    *,
    losses: str | Sequence[str] | None = None,
    level: float | None = 0.95,
    brief: bool = False,
    by: str | Sequence[str] = (),
    **reading: Unpack[ReadingOptions],
) -> Result:
    """Return how large the losses of predictions are, with intervals, skill, bias and what the outliers hold.

    Parameters
    ----------
    data : path, pandas.DataFrame, polars.DataFrame, polars.LazyFrame or mapping of str to array
        The predictions beside their targets. A path may be a file, glob, folder or URL, "-" is standard input;
        arrays have one dimension and one length.
    losses : str, sequence of str or None
        Losses as on the command line: "mse,huber:delta=2" or ["mse", "huber:delta=2"]; None takes the defaults.
    level : float or None
        Level of the intervals, in (0, 1); None for none.
    brief : bool
        Whether values and bias are enough: one pass over the rows.
    by : str or sequence of str
        Columns whose cells, all together, name the group of a row; each group is evaluated too.
    **reading
        Columns, task, weights, missing cells and the like: `ReadingOptions`.

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
    spec = _evaluate.EvaluateSpec(
        data=(_named(data),),
        reading=_reading(reading),
        losses=_spelled(losses),
        level=level,
        brief=brief,
        by=_several(by),
    )
    return _evaluate.evaluate(spec)


def compare(
    *data: _evaluate.DataLike,
    labels: Sequence[str] = (),
    losses: str | Sequence[str] | None = None,
    baseline: str | None = None,
    correction: Literal["bh", "holm", "none"] = "bh",
    level: float | None = 0.95,
    **reading: Unpack[ReadingOptions],
) -> Result:
    """Return which of several models is better by which loss, and how sure that is; of one model, what losses say.

    Parameters
    ----------
    *data : as in `evaluate`
        One data set with a prediction column for each model, or one for each model, with the same targets.
    labels : sequence of str
        Names of several data sets; none names them by their paths.
    losses, level
        As in `evaluate`.
    baseline : str or None
        The model that the others are held against; None for the first.
    correction : {"bh", "holm", "none"}
        How p-values are adjusted for the number of comparisons.
    **reading
        Columns, task, weights, missing cells and the like: `ReadingOptions`.

    Raises
    ------
    TypeError, UsageError, InputError
        As in `evaluate`; also where the rows of the models do not match, and where there is no such baseline.

    Examples
    --------
    >>> import losscli
    >>> columns = {"y": [3.0, 1.0, 2.0, 7.0], "pred_a": [2.5, 1.0, 2.0, 8.0], "pred_b": [2.0, 2.0, 2.5, 9.0]}
    >>> result = losscli.compare(columns, losses="mae")
    >>> result.to_frame()[["model", "value", "p_value", "rows_won"]]
      model  value  p_value  rows_won
    0     a  0.375      NaN       NaN
    1     b  1.125    0.125       0.0
    """
    spec = _compare.CompareSpec(
        data=_all_named("compare", data, labels),
        reading=_reading(reading),
        losses=_spelled(losses),
        baseline=baseline,
        correction=_one_of(_compare.Correction, correction, "correction"),
        level=level,
    )
    return _compare.compare(spec)


def outliers(
    *data: _evaluate.DataLike,
    labels: Sequence[str] = (),
    losses: str | Sequence[str] | None = None,
    rule: str | None = None,
    top: int = 10,
    keep: str | Sequence[str] = (),
    by: str | Sequence[str] = (),
    per_row: str | os.PathLike[str] | None = None,
    **reading: Unpack[ReadingOptions],
) -> Result:
    """Return what the outlying rows do to each loss of every model, and the rows that matter most.

    Parameters
    ----------
    *data, labels : as in `compare`
        One data set with a prediction column for each model, or one for each model, with the same targets.
    losses
        As in `evaluate`.
    rule : str or None
        What flags a row: "modified-z:3.5", "double-mad:3.5", "iqr:3", "adjusted-boxplot:1.5", "top:20", "top:1%" or
        "error:100"; None takes the usual one.
    top : int
        How many of the rows that matter most are told of, 1 or more.
    keep : str or sequence of str
        Columns whose cells stand beside these rows.
    by : str or sequence of str
        Columns whose cells, all together, name the group of a row; each group is judged by its own rows too.
    per_row : path or None
        A .csv or .parquet file that every row is written to with its losses.
    **reading
        Columns, task, weights, missing cells and the like: `ReadingOptions`.

    Raises
    ------
    TypeError, UsageError, InputError
        As in `compare`; also where there is no such rule, or it takes as many rows as there are.

    Examples
    --------
    >>> import losscli
    >>> columns = {"y_true": [1.0] * 6, "y_pred": [1.1, 0.8, 1.3, 0.9, 1.2, 9.0]}
    >>> result = losscli.outliers(columns, losses="mse,mae", rule="error:5", task="regression")
    >>> result.to_frame()[["loss", "value", "without", "n_flagged"]].round(3)
      loss   value  without  n_flagged
    0  mse  10.698    0.038          1
    1  mae   1.483    0.180          1
    """
    spec = _outliers.OutliersSpec(
        data=_all_named("outliers", data, labels),
        reading=_reading(reading),
        losses=_spelled(losses),
        rule=rule,
        top=top,
        keep=_several(keep),
        by=_several(by),
        per_row=None if per_row is None else os.fspath(per_row),
    )
    return _outliers.outliers(spec)


def bias(
    data: _evaluate.DataLike,
    *,
    losses: str | Sequence[str] | None = None,
    by: str | Sequence[str] = (),
    bins: int | None = None,
    along: str | None = None,
    equivalent_within: float | str | None = None,
    level: float | None = 0.95,
    **reading: Unpack[ReadingOptions],
) -> Result:
    """Return whether predictions are too high or too low, how sure that is, whether it matters, and where it sits.

    Parameters
    ----------
    data, level
        As in `evaluate`.
    losses : str or sequence of str or None
        Losses to take apart by isotonic regression; None for the usual ones of the task. Where all ask for one
        quantile or expectile ("pinball:tau=0.9"), predictions are held to be that, and else means.
    by : str or sequence of str
        Columns whose cells, all together, name the group of a row; none for no groups.
    bins : int or None
        In how many bins rows are sorted by their prediction; None for 10 where there is `along` or where predictions
        are probabilities of two classes, and else for none.
    along : str or None
        A column of numbers to sort rows by instead.
    equivalent_within : float, str or None
        The largest bias that does not matter, above 0, in the unit of the target, or as text in percent of its mean:
        "2%". None does not test for it.
    **reading
        Columns, task, weights, missing cells and the like: `ReadingOptions`.

    Raises
    ------
    TypeError, UsageError, InputError
        As in `evaluate`.

    Examples
    --------
    >>> import losscli
    >>> columns = {"y_true": [3.0, 1.0, 2.0, 7.0], "y_pred": [2.5, 1.0, 2.0, 8.5], "site": ["a", "a", "b", "b"]}
    >>> losscli.bias(columns, by="site").to_frame()[["part", "by_site", "bias"]]
        part by_site  bias
    0    all     NaN  0.25
    1  group       b  0.75
    2  group       a -0.25
    3   loss     NaN   NaN
    4   loss     NaN   NaN
    """
    spec = _bias.BiasSpec(
        data=(_named(data),),
        reading=_reading(reading),
        losses=_spelled(losses),
        level=level,
        margin=None if equivalent_within is None else _bias.margin_of(equivalent_within),
        by=_several(by),
        bins=bins,
        along=along,
    )
    return _bias.bias(spec)


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


def _all_named(
    function: str, data: tuple[_evaluate.DataLike, ...], labels: Sequence[str]
) -> tuple[_evaluate.Named, ...]:
    if not data:
        raise TypeError(f"{function}: nothing to read")
    if labels and len(labels) != len(data):
        raise UsageError(f"labels: expected one for each of {len(data)} data sets, got {len(labels)}")
    return tuple(map(_named, data, labels)) if labels else tuple(map(_named, data))


def _named(data: _evaluate.DataLike, label: str | None = None) -> _evaluate.Named:
    if not isinstance(data, str | os.PathLike | Mapping) and not hasattr(type(data), "columns"):
        raise TypeError(f"data: expected a path, a frame or a mapping of names to arrays, got {type(data).__name__}")
    return _evaluate.Named(given=data, label=label)


def _reading(given: ReadingOptions) -> _evaluate.Reading:
    """Return the options as the analyses take them."""
    unknown = set(given) - set(ReadingOptions.__annotations__)
    if unknown:
        raise TypeError(f"unexpected argument {min(unknown)!r}")
    threads, task, form = given.get("threads"), given.get("task"), given.get("pred_form")
    if threads is not None and threads < 1:
        raise UsageError(f"threads: expected 1 or more, got {threads}")
    return _evaluate.Reading(
        target=_several(given.get("target", ())),
        predictions=_several(given.get("predictions", ())),
        task=None if task is None else _one_of(Task, task, "task"),
        form=None if form is None else _one_of(Form, form, "pred_form"),
        positive=given.get("positive"),
        classes=tuple(given.get("classes", ())),
        normalize=given.get("normalize", False),
        weight=given.get("weight"),
        missing=_one_of(_evaluate.Missing, given.get("missing", "error"), "missing"),
        null_values=_several(given.get("null_values", ())),
        targets=given.get("targets"),
        on=_several(given.get("on", ())),
        common=given.get("common", False),
        cluster=given.get("cluster"),
        time=given.get("time"),
        where=given.get("where"),
        threads=threads,
        memory=given.get("memory", _evaluate.MEMORY),
    )


def _spelled(losses: str | Sequence[str] | None) -> str | None:
    return None if losses is None else ",".join(_several(losses))


def _one_of(words: type[Word], given: str, option: str) -> Word:
    """Return the word given, where it is one of those."""
    if given not in tuple(words):
        raise UsageError(f"{option}: expected {', '.join(map(repr, map(str, words)))}, got {given!r}")
    return words(given)


def _several(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)
