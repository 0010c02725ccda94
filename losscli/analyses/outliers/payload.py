"""The JSON object and the tidy rows of outliers; what they hold is a promise to programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from losscli.analyses.evaluation.data_payload import data_fields
from losscli.analyses.evaluation.groups import group_payload, group_record
from losscli.engine.folds.tails import TOPS

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.analyses.outliers.groups import GroupOutliers
    from losscli.analyses.outliers.numbers import LossEffect, ModelOutliers
    from losscli.analyses.outliers.rows import Row
    from losscli.engine.statistics.skewed import Skewness
    from losscli.engine.table.within import Group
    from losscli.result import Json, Scalar


def payload_of(
    evaluated: Evaluated,
    models: tuple[ModelOutliers, ...],
    groups: tuple[GroupOutliers, ...],
    keep: tuple[str, ...],
) -> Mapping[str, Json]:
    """Return the keys of losscli.outliers/1 that depend on the data."""
    return {
        **data_fields((evaluated,)),
        "models": [
            *(_model(evaluated, each, None, keep) for each in models),
            *(_model(of.evaluated, each, of.group, keep) for of in groups for each in of.models),
        ],
    }


def _model(evaluated: Evaluated, each: ModelOutliers, group: Group | None, keep: tuple[str, ...]) -> Mapping[str, Json]:
    outliers = each.outliers
    along = None if outliers is None or outliers.fences is None else outliers.fences.along
    return {
        "model": each.model.name,
        "group": group_payload(group),
        "n": evaluated.counts.n,
        "outliers": None
        if outliers is None
        else {
            "rule": outliers.rule,
            "n": outliers.n,
            "share": outliers.n / evaluated.counts.n,
            "expected": each.expected,
            "scale": outliers.scale,
            "medcouple": None if outliers.skewness is None else _medcouple(outliers.skewness),
            "scale_along": None if along is None else {"prediction": list(along.knots), "scale": list(along.scales)},
        },
        "losses": [_loss(evaluated, effect) for effect in each.losses],
        "rows": [_row(evaluated, row, keep) for row in each.rows],
    }


def _medcouple(skewness: Skewness) -> Mapping[str, Json]:
    return {"value": skewness.medcouple, "rows": skewness.rows}


def _loss(evaluated: Evaluated, effect: LossEffect) -> Mapping[str, Json]:
    numbers = effect.numbers
    influence = effect.influence
    return {
        "loss": numbers.bound.loss.name,
        "params": dict(numbers.bound.plain_params),
        "label": numbers.bound.label,
        "unit": numbers.bound.loss.unit.value,
        "direction": numbers.bound.loss.direction.value,
        "value": numbers.value,
        "without": effect.without,
        "winsorised": effect.winsorised,
        "change": effect.change,
        "winsorised_change": effect.winsorised_change,
        "outlier_share": numbers.outlier_share,
        "top_shares": [{"top": top, "share": share} for top, share in zip(TOPS, effect.top_shares, strict=True)],
        "effective_n": effect.effective_n,
        "largest_influence": None
        if influence is None
        else {
            "change": influence.change,
            "place": evaluated.dataset.source.place([influence.record])[0],
        },
        "infinite": numbers.infinite,
    }


def _row(evaluated: Evaluated, row: Row, keep: tuple[str, ...]) -> Mapping[str, Json]:
    labels = [asked.bound.label for asked in evaluated.asked]
    return {
        "place": row.place.where,
        row.place.unit: row.place.number,
        "kept": dict(zip(keep, row.kept, strict=True)),
        "target": row.target,
        "prediction": row.prediction,
        "probability": row.probability,
        "error": row.error,
        "z": row.z,
        "flagged": row.flagged,
        "shares": dict(zip(labels, row.shares, strict=True)),
        "together": dict(zip(labels, row.together, strict=True)),
    }


def records_of(
    evaluated: Evaluated, models: tuple[ModelOutliers, ...], groups: tuple[GroupOutliers, ...]
) -> tuple[Mapping[str, Scalar], ...]:
    """Return one tidy row for each model and loss, and then for those of each group."""
    return (
        *(_record(evaluated, each, None, effect) for each in models for effect in each.losses),
        *(
            _record(of.evaluated, each, of.group, effect)
            for of in groups
            for each in of.models
            for effect in each.losses
        ),
    )


def _record(evaluated: Evaluated, each: ModelOutliers, group: Group | None, effect: LossEffect) -> Mapping[str, Scalar]:
    numbers, outliers, influence = effect.numbers, each.outliers, effect.influence
    tops = {f"top_{100 * top:g}_percent": share for top, share in zip(TOPS, effect.top_shares, strict=True)}
    return {
        "model": each.model.name,
        **group_record(evaluated.dataset.roles, group),
        "loss": numbers.bound.label,
        "value": numbers.value,
        "without": effect.without,
        "winsorised": effect.winsorised,
        "change": effect.change,
        "winsorised_change": effect.winsorised_change,
        "unit": numbers.bound.loss.unit.value,
        "outlier_share": numbers.outlier_share,
        **tops,
        "effective_n": effect.effective_n,
        "largest_influence": None if influence is None else influence.change,
        "n": numbers.n,
        "n_flagged": None if outliers is None else outliers.n,
        "rule": None if outliers is None else outliers.rule,
        "path": evaluated.dataset.source.path,
    }
