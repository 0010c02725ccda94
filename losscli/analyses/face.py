"""losscli as a library: the questions of the commands, asked of frames, arrays and files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Unpack

from losscli.analyses import bias as _bias
from losscli.analyses import catalogue as _catalogue
from losscli.analyses import compare as _compare
from losscli.analyses import evaluate as _evaluate
from losscli.analyses import gate as _gate
from losscli.analyses import outliers as _outliers
from losscli.analyses.evaluation.given import ReadingOptions, all_named, named, reading_of, rows_file, spelled
from losscli.analyses.evaluation.plain import one_of, share, text, texts, whole

if TYPE_CHECKING:
    from losscli.engine.table.reading import DataLike
    from losscli.result import Result


def evaluate(
    data: DataLike,
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
        data=(named(data),),
        reading=reading_of(reading),
        losses=spelled(losses),
        level=share(level, "level"),
        brief=brief,
        by=texts(by, "by"),
    )
    return _evaluate.evaluate(spec)


def compare(
    *data: DataLike,
    labels: Sequence[str] = (),
    losses: str | Sequence[str] | None = None,
    baseline: str | None = None,
    correction: Literal["bh", "holm", "none"] = "bh",
    murphy: bool = False,
    per_class: bool = False,
    by: str | Sequence[str] = (),
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
    murphy : bool
        Whether to tell if one model wins by every loss that asks for the mean.
    per_class : bool
        Whether to tell the losses over the rows of each true class, and the bias of each.
    by : str or sequence of str
        Columns whose cells, all together, name the group of a row; each group is compared too.
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
        data=all_named("compare", data, labels),
        reading=reading_of(reading),
        losses=spelled(losses),
        baseline=text(baseline, "baseline"),
        correction=one_of(_compare.Correction, correction, "correction"),
        murphy=murphy,
        per_class=per_class,
        by=texts(by, "by"),
        level=share(level, "level"),
    )
    return _compare.compare(spec)


def outliers(
    *data: DataLike,
    labels: Sequence[str] = (),
    losses: str | Sequence[str] | None = None,
    rule: str | None = None,
    top: int = 10,
    keep: str | Sequence[str] = (),
    by: str | Sequence[str] = (),
    stress: bool = False,
    seed: int = 0,
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
    stress : bool
        Whether to tell what spoilt predictions would do to each loss (`payload["stress"]`); for numbers.
    seed : int
        Draws the rows that are spoilt, 0 or more.
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
        data=all_named("outliers", data, labels),
        reading=reading_of(reading),
        losses=spelled(losses),
        rule=text(rule, "rule"),
        top=whole(top, "top", least=1),
        keep=texts(keep, "keep"),
        by=texts(by, "by"),
        stress=stress,
        seed=whole(seed, "seed", least=0),
        per_row=rows_file(per_row),
    )
    return _outliers.outliers(spec)


def bias(
    data: DataLike,
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
        data=(named(data),),
        reading=reading_of(reading),
        losses=spelled(losses),
        level=share(level, "level"),
        margin=None if equivalent_within is None else _bias.margin_of(equivalent_within),
        by=texts(by, "by"),
        bins=None if bins is None else whole(bins, "bins", least=2),
        along=text(along, "along"),
    )
    return _bias.bias(spec)


def gate(
    *data: DataLike,
    labels: Sequence[str] = (),
    fail_if: str | Sequence[str] = (),
    baseline: DataLike | None = None,
    max_regress: str | None = None,
    losses: str | Sequence[str] | None = None,
    by: str | Sequence[str] = (),
    confident: bool = False,
    level: float | None = 0.95,
    non_inferior: bool = False,
    fail_inconclusive: bool = False,
    allow_same: bool = False,
    **reading: Unpack[ReadingOptions],
) -> Result:
    """Return whether predictions keep their limits, or are no worse than a baseline's: `Result.checks`.

    Nothing is raised where a check fails: `payload["passed"]` tells it.

    Parameters
    ----------
    *data, labels : as in `compare`
        The candidates.
    fail_if : str or sequence of str
        Limits as on the command line: "rmse > 3", "skill.mse < 40%", "abs(bias) > 2%", "outliers > 3%".
    baseline : as `data`, or None
        Predictions for the same rows, or the path of a saved answer of eval in JSON.
    max_regress : str or None
        How much worse than the baseline a loss may be: "1%", "mae=1%,mse=3%".
    losses
        The losses that are held against the baseline; None for those of `max_regress`, or the defaults.
    by : str or sequence of str
        Columns whose cells, all together, name the group of a row; each group has to pass every check too.
    confident : bool
        Whether a limit fails only where the whole interval is beyond it.
    level : float or None
        Joint level of the intervals, in (0, 1); None for none, where the values decide on limits.
    non_inferior, fail_inconclusive : bool
        Whether an inconclusive check counts as failed, and whether it keeps the gate from passing.
    allow_same : bool
        Whether a candidate may be its own baseline.
    **reading
        Columns, task, weights, missing cells and the like: `ReadingOptions`.

    Raises
    ------
    TypeError, UsageError, InputError
        As in `compare`; also where a limit or a tolerance is wrong, and where there is nothing to check.

    Examples
    --------
    >>> import losscli
    >>> columns = {"y_true": [3.0, 1.0, 2.0, 7.0], "y_pred": [2.5, 1.0, 2.0, 8.0]}
    >>> result = losscli.gate(columns, fail_if=["mae > 0.3", "rmse > 2"])
    >>> result.payload["passed"]
    False
    >>> [(check.name, str(check.status)) for check in result.checks]
    [('mae', 'fail'), ('rmse', 'pass')]
    """
    spec = _gate.GateSpec(
        data=all_named("gate", data, labels),
        reading=reading_of(reading),
        fail_if=texts(fail_if, "fail_if"),
        confident=confident,
        baseline=None if baseline is None else named(baseline),
        max_regress=text(max_regress, "max_regress"),
        losses=spelled(losses),
        level=share(level, "level"),
        non_inferior=non_inferior,
        fail_inconclusive=fail_inconclusive,
        allow_same=allow_same,
        by=texts(by, "by"),
    )
    return _gate.gate(spec)


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
