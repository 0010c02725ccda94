"""Every row of every model with its losses, as a file beside the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from losscli.analyses.evaluation.heading import model_name
from losscli.analyses.evaluation.told import told_rows
from losscli.arrays import Task
from losscli.engine.files.scan_write import write_batches
from losscli.engine.folds.quantity import LossValue
from losscli.errors import UsageError

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated, ModelNumbers
    from losscli.engine.files.scan_write import Cells
    from losscli.engine.folds.batch import Batch

_OWN = ("model", "file", "row", "target", "prediction", "probability", "weight", "error", "z", "flagged")


def write_rows(evaluated: tuple[Evaluated, ...], path: str) -> None:
    """Write a line for each row and model: where it stands, target, prediction, error, robust z, flag, and each loss.

    `row` counts the rows of its file from 1. What does not exist is missing: the error of classes, a loss that the row
    is left out of.

    Raises
    ------
    UsageError
        A loss is called as another column, or files do not have the same columns: other losses, or words for numbers.
    InputError
        The file cannot be written.
    """
    first, *others = evaluated
    clash = next((asked.bound.label for asked in first.asked if asked.bound.label in _OWN), None)
    if clash is not None:
        raise UsageError(f"--per-row: {clash} is the name of two columns", "leave that loss out with --losses")
    types = _types(first)
    for other in others:
        if _types(other) != types:
            labels = " and ".join(each.dataset.source.label for each in (first, other))
            raise UsageError(
                f"--per-row: {labels} are of different kind", "write the rows of each to a file of their own"
            )
    write_batches(_batches(evaluated), types, Path(path))


def _types(each: Evaluated) -> dict[str, type]:
    """Return what the columns of a file of rows hold."""
    sample = next(iter(each.dataset.rows))
    told = told_rows(each.dataset.roles, sample.y_true[:1], sample.y_pred[0][:1])
    types: dict[str, type] = dict.fromkeys(_OWN, float) | {"model": str, "file": str, "row": int, "flagged": bool}
    types |= {
        name: str
        for name, values in (("target", told.targets), ("prediction", told.predictions))
        if isinstance(values, list)
    }
    return types | {asked.bound.label: float for asked in each.asked}


def _batches(evaluated: tuple[Evaluated, ...]) -> Iterator[Mapping[str, Cells]]:
    several = len(evaluated) > 1
    for each in evaluated:
        for batch in each.dataset.rows:
            files, numbers = each.dataset.source.files(batch.records(np.arange(len(batch))))
            for position, model in enumerate(each.models):
                name = model_name(each, model, several=several)
                shown: dict[str, Cells] = {"model": [name] * len(batch), "file": files, "row": numbers + 1}
                yield {**shown, **_columns(each, position, batch)}


def _columns(each: Evaluated, position: int, batch: Batch) -> dict[str, Cells]:
    roles, model = each.dataset.roles, each.models[position]
    n = len(batch)
    nothing = np.full(n, np.nan)
    told = told_rows(roles, batch.y_true, batch.y_pred[position])
    with np.errstate(all="ignore"):
        losses = {
            asked.bound.label: LossValue(asked.kernel, position)(batch) if facts.summary is not None else nothing
            for asked, facts in zip(each.asked, model.facts.losses, strict=True)
        }
        z, flagged = _judged(model, batch)
    return {
        "target": nothing if told.targets is None else told.targets,
        "prediction": nothing if told.predictions is None else told.predictions,
        "probability": nothing if told.probabilities is None else told.probabilities,
        "weight": np.ones(n) if batch.weight is None else batch.weight,
        "error": batch.residual(position) if roles.task is Task.REGRESSION else nothing,
        "z": nothing if z is None else z,
        "flagged": flagged,
        **losses,
    }


def _judged(model: ModelNumbers, batch: Batch) -> tuple[Cells | None, Cells]:
    """Return the robust z-scores and which rows are flagged, both of shape (n,)."""
    outliers = model.facts.outliers
    if outliers is None or outliers.flag is None:
        return None, np.zeros(len(batch), dtype=np.bool_)
    return None if outliers.z is None else outliers.z(batch), outliers.flag.rows(batch)
