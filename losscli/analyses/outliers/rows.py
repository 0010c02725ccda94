"""The rows that matter most: where they stand, what is predicted there, and what they hold of each loss."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from losscli.analyses.evaluation.numbers import shared_total
from losscli.analyses.evaluation.told import told_rows
from losscli.arrays import Task
from losscli.engine.folds.batch import Batch
from losscli.engine.folds.quantity import LossValue

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.analyses.evaluation.told import Told
    from losscli.arrays import FloatArray
    from losscli.engine.files.block import CellPlace
    from losscli.engine.files.row_source import RowSource
    from losscli.engine.folds.top_rows import Leading
    from losscli.engine.statistics.effect import Effects


class Row(Struct, frozen=True, kw_only=True):
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


class Places(Struct, frozen=True, kw_only=True):
    """Where rows stand, and their cells of the columns to be kept, by their records."""

    places: Mapping[int, CellPlace]
    kept: Mapping[int, tuple[str, ...]]


def places_of(source: RowSource, effects: Iterable[Effects], keep: tuple[str, ...]) -> Places:
    """Return where all rows of `effects` stand: looked up at once, because it may take a reading of the file."""
    wanted: set[int] = set()
    for each in effects:
        wanted.update([] if each.rows is None else each.rows.record.tolist())
        wanted.update(record for effect in each.losses for _, record in effect.spread.extremes)
    records = sorted(wanted)
    columns = [source.texts(column, records) for column in keep]
    return Places(
        places=dict(zip(records, source.located(records), strict=True)),
        kept={record: tuple(column[at] for column in columns) for at, record in enumerate(records)},
    )


def rows_of(evaluated: Evaluated, model: int, effects: Effects, found: Places) -> tuple[Row, ...]:
    """Return the rows of a model that matter most, those with the largest score first; `found` tells where they are."""
    leading = effects.rows
    if leading is None:
        return ()
    outliers, roles = effects.outliers, evaluated.dataset.roles
    leading = leading.take(np.flatnonzero(leading.score > 0))  # a row without loss is right
    batch = _batch(leading)
    # where one file is as good as another: what flags a row is its score and its place
    flagged = np.arange(len(leading)) < (outliers.n if outliers is not None else 0)
    with np.errstate(all="ignore"):  # errors too large for a number
        z = None if outliers is None or outliers.z is None else outliers.z(batch)
        error = batch.residual(model) if roles.task is Task.REGRESSION else None
    shares = np.stack([_shares(evaluated, model, position, batch) for position in range(len(evaluated.asked))])
    together = np.cumsum(shares, axis=1)
    told = told_rows(roles, leading.y_true, leading.y_pred[model])
    records = leading.record.tolist()
    return tuple(
        Row(
            place=found.places[records[at]],
            kept=found.kept[records[at]],
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
    total = shared_total(asked.bound, summary)
    if total is None:
        return np.full(len(batch), np.nan)
    with np.errstate(all="ignore"):
        values = LossValue(asked.kernel, model)(batch)
    held: FloatArray = np.nan_to_num(values if batch.weight is None else values * batch.weight) / total
    return held


def _known(share: float) -> float | None:
    return None if math.isnan(share) else min(float(share), 1.0)
