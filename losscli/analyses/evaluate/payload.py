"""The JSON object and the tidy rows of an evaluation; what they hold is a promise to programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from losscli.analyses.evaluation.bias_payload import bias_fields
from losscli.analyses.evaluation.data_payload import data_fields, inputs_with_columns
from losscli.analyses.evaluation.groups import group_payload, group_record
from losscli.analyses.evaluation.heading import model_name
from losscli.arrays import Task, Unit

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated, ModelNumbers
    from losscli.analyses.evaluation.numbers import BiasNumbers, LossNumbers
    from losscli.engine.statistics.flags import Outliers
    from losscli.engine.table.within import Group
    from losscli.result import Json, Scalar


def payload_of(evaluated: tuple[Evaluated, ...]) -> Mapping[str, Json]:
    """Return the keys of losscli.eval/1 that depend on the data; those at the top level speak of the first data set."""
    return {
        **data_fields(evaluated),
        "inputs": inputs_with_columns(evaluated),
        "models": [
            _model(of, model, model_name(each, model, several=len(evaluated) > 1), group)
            for each in evaluated
            for group, of in ((None, each), *each.groups)
            for model in of.models
        ],
    }


def _model(each: Evaluated, model: ModelNumbers, name: str, group: Group | None) -> Mapping[str, Json]:
    by_class = model.class_bias
    return {
        "model": name,
        "group": group_payload(group),
        "n": each.counts.n,
        "losses": [_loss(model, position) for position in range(len(model.losses))],
        "bias": None if model.bias is None else bias_fields(model.bias),
        "bias_by_class": None
        if by_class is None
        else [
            {"class": name} | bias_fields(bias) for name, bias in zip(each.dataset.roles.classes, by_class, strict=True)
        ],
        "outliers": _outliers(model.facts.outliers, each.counts.n),
    }


def _loss(model: ModelNumbers, position: int) -> Mapping[str, Json]:
    numbers = model.losses[position]
    loss = numbers.bound.loss
    best = numbers.constant_value
    return {
        "loss": loss.name,
        "params": dict(numbers.bound.plain_params),
        "label": numbers.bound.label,
        "value": numbers.value,
        "ci": None if numbers.interval is None else list(numbers.interval),
        "std_error": numbers.std_error,
        "unit": loss.unit.value,
        "direction": loss.direction.value,
        "functional": loss.functional.value,
        "best_constant": None if best is None else {"constant": _plain(numbers.constant), "value": best},
        "skill": numbers.skill,
        "outlier_share": numbers.outlier_share,
        "n": numbers.n,
        "infinite": numbers.infinite,
        "finite_value": numbers.finite_value,
        "reason": _reason_of(model, position),
    }


def _plain(constant: float | tuple[float, ...] | None) -> Json:
    return list(constant) if isinstance(constant, tuple) else constant


def _reason_of(model: ModelNumbers, position: int) -> str | None:
    """Return why a loss has no value; None where it has one."""
    numbers, faults = model.losses[position], model.facts.losses[position].faults
    if faults.count:
        rows = "1 row lies" if faults.count == 1 else f"{faults.count} rows lie"
        return f"{rows} outside its domain"
    if numbers.value is None and (numbers.infinite or numbers.n):
        return "its mean leaves the range of numbers"
    return None if numbers.value is not None else "every row is left out"


def _outliers(outliers: Outliers | None, n: int) -> Mapping[str, Json] | None:
    if outliers is None:
        return None
    return {"rule": outliers.rule, "n": outliers.n, "share": outliers.n / n}


def records_of(evaluated: tuple[Evaluated, ...]) -> tuple[Mapping[str, Scalar], ...]:
    """Return one tidy row for each model and loss, for its bias or that of each class; then those of each group."""
    several = len(evaluated) > 1
    return tuple(
        record
        for each in evaluated
        for group, of in ((None, each), *each.groups)
        for model in of.models
        for named in [{"model": model_name(each, model, several=several), **group_record(of.dataset.roles, group)}]
        for record in [*(named | _record(of, numbers) for numbers in model.losses), *_bias_records(of, model, named)]
    )


def _record(each: Evaluated, numbers: LossNumbers) -> dict[str, Scalar]:
    low, high = numbers.interval or (None, None)
    return {
        "loss": numbers.bound.label,
        "value": numbers.value,
        "ci_low": low,
        "ci_high": high,
        "std_error": numbers.std_error,
        "unit": numbers.bound.loss.unit.value,
        "best_constant": None if isinstance(numbers.constant, tuple) else numbers.constant,
        "best_constant_value": numbers.constant_value,
        "skill": numbers.skill,
        "outlier_share": numbers.outlier_share,
        "n": numbers.n,
        "path": each.dataset.source.path,
        "class": None,
        "signature": numbers.bound.signature,
    }


def _bias_records(each: Evaluated, model: ModelNumbers, named: Mapping[str, Scalar]) -> list[Mapping[str, Scalar]]:
    """Return the rows of the bias: one, or one for each class; none where a loss is the bias itself."""
    if any(numbers.bound.loss.is_signed for numbers in model.losses):
        return []
    biases: list[tuple[str | None, BiasNumbers]] = [] if model.bias is None else [(None, model.bias)]
    if model.class_bias is not None:
        biases += zip(each.dataset.roles.classes, model.class_bias, strict=True)
    is_regression = each.dataset.roles.task is Task.REGRESSION
    return [
        {
            **named,
            "loss": "mbe" if is_regression else "bias",
            "value": bias.mbe,
            "ci_low": None if bias.interval is None else bias.interval[0],
            "ci_high": None if bias.interval is None else bias.interval[1],
            "std_error": None,
            "unit": (Unit.Y if is_regression else Unit.ONE).value,
            "best_constant": None,
            "best_constant_value": None,
            "skill": None,
            "outlier_share": None,
            "n": each.counts.n,
            "path": each.dataset.source.path,
            "class": name,
            "signature": None,
        }
        for name, bias in biases
    ]
