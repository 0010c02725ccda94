"""The JSON object and the tidy rows of biases; what they hold is a promise to programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from losscli.analyses.bias.parts import calibration_error
from losscli.analyses.evaluation.bias_payload import bias_fields
from losscli.analyses.evaluation.data_payload import column_fields, input_fields, task_fields
from losscli.analyses.evaluation.heading import model_name

if TYPE_CHECKING:
    from losscli.analyses.bias.biased import Biased, SubjectNumbers
    from losscli.analyses.bias.numbers import EquivalenceNumbers, ErrorNumbers, SideNumbers
    from losscli.analyses.bias.parts import PartNumbers
    from losscli.analyses.evaluation.numbers import BiasNumbers
    from losscli.result import Json, Scalar


def payload_of(found: tuple[Biased, ...]) -> Mapping[str, Json]:
    """Return the keys of losscli.bias/1 that depend on the data; those at the top level speak of the first data set."""
    first = found[0].evaluated.dataset.roles
    several = len(found) > 1
    return {
        "inputs": [_input(each) for each in found],
        **task_fields(first),
        "columns": column_fields(first),
        "n": sum(each.evaluated.counts.n for each in found),
        "n_dropped": sum(each.evaluated.counts.n_dropped for each in found),
        "models": [_subject(each, numbers, several=several) for each in found for numbers in each.subjects],
    }


def _input(each: Biased) -> Mapping[str, Json]:
    dataset = each.evaluated.dataset
    columns: Json = column_fields(dataset.roles)
    return {**input_fields(dataset.source, each.evaluated.counts), "columns": columns}


def _subject(each: Biased, numbers: SubjectNumbers, *, several: bool) -> Mapping[str, Json]:
    error = numbers.error
    by = each.by
    return {
        "model": model_name(each.evaluated, numbers.model, several=several),
        "class": each.class_name(numbers),
        "n": each.evaluated.counts.n,
        "bias": bias_fields(numbers.bias) | {"p_adjusted": numbers.p_adjusted},
        "mean_prediction": numbers.observed + numbers.bias.mbe,
        "mean_target": numbers.observed,
        **_error(error),
        "equivalence": None if numbers.equivalence is None else _equivalence(numbers.equivalence),
        "groups": None if numbers.groups is None else [_part(part, by) for part in numbers.groups],
        "along": each.along if numbers.bins is not None else None,
        "bins": None if numbers.bins is None else [_part(part, ()) | {"top": part.top} for part in numbers.bins],
        "calibration_error": _calibration_error(each, numbers),
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


def records_of(found: tuple[Biased, ...]) -> tuple[Mapping[str, Scalar], ...]:
    """Return one tidy row for each model and class, then one for each of its groups and bins."""
    several = len(found) > 1
    return tuple(
        record
        for each in found
        for numbers in each.subjects
        for record in [
            _record(each, numbers, several=several),
            *(_part_record(each, numbers, part, "group", several=several) for part in numbers.groups or ()),
            *(_part_record(each, numbers, part, "bin", several=several) for part in numbers.bins or ()),
        ]
    )


def _record(each: Biased, numbers: SubjectNumbers, *, several: bool) -> Mapping[str, Scalar]:
    error, equivalence = numbers.error, numbers.equivalence
    return {
        "model": model_name(each.evaluated, numbers.model, several=several),
        "class": each.class_name(numbers),
        "part": "all",
        **_group_columns(each, ()),
        "top": None,
        "n": each.evaluated.counts.n,
        "mean_prediction": numbers.observed + numbers.bias.mbe,
        "mean_target": numbers.observed,
        **_bias_columns(numbers.bias, numbers.p_adjusted),
        "adds": numbers.bias.mbe,
        "standardised": error.standardised if error else None,
        "median": error.median if error else None,
        "trimmed_mean": error.trimmed if error else None,
        "over_share": error.over.share if error else None,
        "under_share": error.under.share if error else None,
        "verdict": equivalence.verdict.value if equivalence else None,
        "path": each.evaluated.dataset.source.path,
    }


def _part_record(
    each: Biased, numbers: SubjectNumbers, part: PartNumbers, kind: str, *, several: bool
) -> Mapping[str, Scalar]:
    return {
        "model": model_name(each.evaluated, numbers.model, several=several),
        "class": each.class_name(numbers),
        "part": "pooled" if part.pooled else kind,
        **_group_columns(each, part.names),
        "top": part.top,
        "n": part.n,
        "mean_prediction": part.prediction,
        "mean_target": part.target,
        **_bias_columns(part.bias, part.p_adjusted),
        "adds": part.adds,
        **dict.fromkeys(("standardised", "median", "trimmed_mean", "over_share", "under_share", "verdict")),
        "path": each.evaluated.dataset.source.path,
    }


def _group_columns(each: Biased, names: tuple[str | None, ...]) -> dict[str, Scalar]:
    """Return a column for each of those that group rows, under a name that no other column has."""
    return {f"by_{column}": names[position] if names else None for position, column in enumerate(each.by)}


def _bias_columns(bias: BiasNumbers, p_adjusted: float | None) -> dict[str, Scalar]:
    low, high = bias.interval or (None, None)
    return {
        "bias": bias.mbe,
        "ci_low": low,
        "ci_high": high,
        "p_value": bias.p_value,
        "p_adjusted": p_adjusted,
        "relative": bias.relative,
    }
