"""The JSON object of biases; what it holds is a promise to programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from losscli.analyses.bias.calibration_error import calibration_error
from losscli.analyses.evaluation.bias_payload import bias_fields
from losscli.analyses.evaluation.data_payload import column_fields, inputs_with_columns, task_fields
from losscli.analyses.evaluation.heading import model_name

if TYPE_CHECKING:
    from losscli.analyses.bias.biased import Biased, SubjectNumbers
    from losscli.analyses.bias.numbers import EquivalenceNumbers, ErrorNumbers, SideNumbers
    from losscli.analyses.bias.part_numbers import PartNumbers
    from losscli.engine.statistics.calibration import ScoreParts
    from losscli.losses.bound import BoundLoss
    from losscli.result import Json


def payload_of(found: tuple[Biased, ...]) -> Mapping[str, Json]:
    """Return the keys of losscli.bias/1 that depend on the data; those at the top level speak of the first data set."""
    first = found[0].evaluated.dataset.roles
    several = len(found) > 1
    wanted = found[0].wanted
    return {
        "inputs": inputs_with_columns([each.evaluated for each in found]),
        **task_fields(first),
        "columns": column_fields(first),
        "functional": wanted.functional.value,
        "level": wanted.level,
        "n": sum(each.evaluated.counts.n for each in found),
        "n_dropped": sum(each.evaluated.counts.n_dropped for each in found),
        "models": [_subject(each, numbers, several=several) for each in found for numbers in each.subjects],
    }


def _subject(each: Biased, numbers: SubjectNumbers, *, several: bool) -> Mapping[str, Json]:
    error = numbers.error
    by = each.by
    return {
        "model": model_name(each.evaluated, numbers.model, several=several),
        "class": each.class_name(numbers),
        "n": each.evaluated.counts.n,
        "bias": bias_fields(numbers.bias) | {"p_adjusted": numbers.p_adjusted},
        "mean_prediction": each.mean_prediction(numbers),
        "mean_target": numbers.observed,
        **_error(error),
        "equivalence": None if numbers.equivalence is None else _equivalence(numbers.equivalence),
        "groups": None if numbers.groups is None else [_part(part, by) for part in numbers.groups],
        "along": each.along if numbers.bins is not None else None,
        "bins": None if numbers.bins is None else [_part(part, ()) | {"top": part.top} for part in numbers.bins],
        "calibration_error": _calibration_error(each, numbers),
        "decomposition": [
            _decomposed(loss, parts) for loss, parts in zip(each.decomposed, numbers.calibration, strict=True)
        ],
    }


def _decomposed(loss: BoundLoss, parts: ScoreParts) -> Mapping[str, Json]:
    """Return the parts of a loss: value = miscalibration − discrimination + uncertainty."""
    return {
        "loss": loss.loss.name,
        "params": loss.plain_params,
        "label": loss.label,
        "n": parts.n,
        "value": parts.value,
        "miscalibration": parts.miscalibration,
        "discrimination": parts.discrimination,
        "uncertainty": parts.uncertainty,
        "unit": loss.loss.unit.value,
        "functional": loss.loss.functional.value,
    }


def _error(error: ErrorNumbers | None) -> dict[str, Json]:
    if error is None:
        return dict.fromkeys(("standardised", "over", "under", "median", "trimmed_mean", "mse"))
    parts = error.decomposition
    return {
        "standardised": error.standardised,
        "over": _side(error.over),
        "under": _side(error.under),
        "median": error.median,
        "trimmed_mean": error.trimmed,
        "mse": {
            "value": parts.mse,
            "bias_squared": parts.bias_squared,
            "spread": parts.spread,
            "correlation": parts.correlation,
        },
    }


def _side(side: SideNumbers) -> Mapping[str, Json]:
    return {"n": side.n, "share": side.share, "mean_error": side.mean}


def _part(part: PartNumbers, by: tuple[str, ...]) -> dict[str, Json]:
    """Return a group or a bin; small groups that are pooled have no names."""
    return {
        "group": dict(zip(by, part.names, strict=True)) if part.names else None,
        "pooled_groups": part.pooled,
        "n": part.n,
        "share": part.weight,
        "mean_prediction": part.prediction,
        "mean_target": part.target,
        "bias": bias_fields(part.bias) | {"p_adjusted": part.p_adjusted},
        "adds": part.adds,
    }


def _calibration_error(each: Biased, numbers: SubjectNumbers) -> float | None:
    return calibration_error(numbers.bins) if numbers.bins is not None and each.is_calibration else None


def _equivalence(equivalence: EquivalenceNumbers) -> Mapping[str, Json]:
    return {
        "margin": equivalence.margin,
        "ci": None if equivalence.interval is None else list(equivalence.interval),
        "p_value": equivalence.p_value,
        "verdict": equivalence.verdict.value,
        "rows_to_settle": equivalence.rows,
    }
