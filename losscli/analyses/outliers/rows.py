"""The rows that matter most: where they stand, what is predicted there, and what they hold of each loss."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from losscli.analyses.evaluation.told import told_rows
from losscli.arrays import Direction, Task
from losscli.engine.batch import Batch
from losscli.engine.quantity import LossValue

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.analyses.evaluation.told import Told
    from losscli.arrays import FloatArray
    from losscli.engine.block import CellPlace
    from losscli.engine.effect import Effects
    from losscli.engine.top_rows import Leading


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row that matters; what does not exist is None.

    Attributes
    ----------
    place
        Where it stands.
    kept
        The cells of the columns to be shown beside it.
    target, prediction
        As numbers, or as labels.
    probability
        The probability that the model gives its prediction.
    error, z
        Prediction minus target, and how many robust standard deviations that is from the median.
    flagged
        Whether the rule flags it.
    shares, together
        For each loss asked for the share of Σwℓ that it holds, and that it holds with all rows before it.
    """

    place: CellPlace
    kept: tuple[str, ...]
    target: float | str | None
    prediction: float | str | None
    probability: float | None
    error: float | None
    z: float | None
    flagged: bool
    shares: tuple[float | None, ...]
    together: tuple[float | None, ...]


def rows_of(evaluated: Evaluated, model: int, effects: Effects, keep: tuple[str, ...]) -> tuple[Row, ...]:
    """Return the rows of a model that matter most, those with the largest score first."""
    leading = effects.rows
    if leading is None:
        return ()
    outliers, roles = effects.outliers, evaluated.dataset.roles
    if outliers is None:  # labels: a row without loss is right
        leading = leading.take(np.flatnonzero(leading.score > 0))
    batch = _batch(leading)
    # where one file is as good as another: what flags a row is its score and its place
    flagged = np.arange(len(leading)) < (outliers.n if outliers is not None else 0)
    z = None if outliers is None or outliers.z is None else outliers.z(batch)
    error = batch.residual(model) if roles.task is Task.REGRESSION else None
    shares = np.stack([_shares(evaluated, model, position, batch) for position in range(len(evaluated.asked))])
    together = np.cumsum(shares, axis=1)
    told = told_rows(roles, leading.y_true, leading.y_pred[model])
    places, kept = _found(evaluated, leading, keep)
    return tuple(
        Row(
            place=places[at],
            kept=kept[at],
            target=_cell(told.targets, at),
            prediction=_cell(told.predictions, at),
            probability=None if told.probabilities is None else float(told.probabilities[at]),
            error=None if error is None else float(error[at]),
            z=None if z is None else float(z[at]),
            flagged=bool(flagged[at]),
            shares=tuple(map(_known, shares[:, at])),
            together=tuple(map(_known, together[:, at])),
        )
        for at in range(len(leading))
    )


def _cell(values: Told, at: int) -> float | str | None:
    if values is None:
        return None
    value = values[at]
    return value if isinstance(value, str) else float(value)


def _batch(leading: Leading) -> Batch:
    return Batch(y_true=leading.y_true, y_pred=leading.y_pred, weight=leading.weight, first_row=0, rows=leading.record)


def _shares(evaluated: Evaluated, model: int, position: int, batch: Batch) -> FloatArray:
    """Return the share of Σwℓ that each row holds, shape (k,); NaN where that has no meaning."""
    asked, summary = evaluated.asked[position], evaluated.models[model].facts.losses[position].summary
    total = math.nan if summary is None else summary.mean * summary.weight
    signed = asked.bound.loss.direction is not Direction.LOWER
    if summary is None or signed or summary.infinite or not 0 < total < math.inf:
        return np.full(len(batch), np.nan)
    with np.errstate(all="ignore"):
        values = LossValue(asked.kernel, model)(batch)
    held: FloatArray = np.nan_to_num(values if batch.weight is None else values * batch.weight) / total
    return held


def _known(share: float) -> float | None:
    return None if math.isnan(share) else min(float(share), 1.0)


def _found(
    evaluated: Evaluated, leading: Leading, keep: tuple[str, ...]
) -> tuple[list[CellPlace], list[tuple[str, ...]]]:
    """Return where each row stands, and its cells of the columns to be kept."""
    source = evaluated.dataset.source
    ascending = np.argsort(leading.record)
    records = leading.record[ascending].tolist()
    places = source.located(records)
    columns = [source.texts(column, records) for column in keep]
    back = np.argsort(ascending).tolist()
    return [places[at] for at in back], [tuple(column[at] for column in columns) for at in back]
