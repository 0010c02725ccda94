"""The JSON object and the tidy rows of a comparison; what they hold is a promise to programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from losscli.analyses.compare.numbers import count_of_comparisons
from losscli.analyses.compare.turns import turns_of
from losscli.analyses.evaluation.data_payload import data_fields
from losscli.analyses.evaluation.groups import group_payload, group_record
from losscli.arrays import Task, Unit

if TYPE_CHECKING:
    from losscli.analyses.compare.compared import Compared
    from losscli.analyses.compare.murphy import Murphy
    from losscli.analyses.compare.numbers import Comparison
    from losscli.analyses.compare.per_class import ClassLosses
    from losscli.engine.table.within import Group
    from losscli.result import Json, Scalar


def payload_of(compared: Compared) -> Mapping[str, Json]:
    """Return the keys of losscli.compare/1 that depend on the data."""
    evaluated = compared.evaluated
    return {
        **data_fields((evaluated,)),
        "models": [model.name for model in evaluated.models],
        "baseline": None if compared.alone else compared.baseline,
        "correction": None if compared.alone else compared.correction.value,
        "comparisons": count_of_comparisons(evaluated, compared.comparisons),
        "losses": [_loss(compared, position) for position in range(len(evaluated.asked))],
        "agreement": [
            {
                "losses": [evaluated.asked[first].bound.label, evaluated.asked[second].bound.label],
                "kendall_tau": tau,
            }
            for first, second, tau in compared.agreement
        ],
        "groups": [_group(compared, group, each) for group, each in compared.groups]
        if evaluated.dataset.roles.by
        else None,
        "group_comparisons": sum(count_of_comparisons(each.evaluated, each.comparisons) for _, each in compared.groups),
        "outlying_rows": None if compared.reasons is None else compared.reasons.outlying,
        "per_class": None if compared.classes is None else [_class(compared, each) for each in compared.classes],
        "murphy": None if compared.murphy is None else _murphy(compared, compared.murphy),
    }


def _group(compared: Compared, group: Group, each: Compared) -> Mapping[str, Json]:
    return {
        "group": group_payload(group),
        "n": each.evaluated.counts.n,
        "losses": [_loss(each, position) for position in range(len(each.evaluated.asked))],
        "turns": [
            {
                "loss": each.evaluated.asked[turn.loss].bound.label,
                "winner": each.name(turn.winner),
                "beyond_chance": turn.sure,
            }
            for turn in turns_of(compared, each)
        ],
    }


def _loss(compared: Compared, position: int) -> Mapping[str, Json]:
    evaluated = compared.evaluated
    bound, kernel = evaluated.asked[position].bound, evaluated.asked[position].kernel
    alike = (at for at, won in enumerate(compared.winners) if evaluated.asked[won.loss].kernel.key == kernel.key)
    winner, reasons = next(alike, None), compared.reasons

    def named(models: tuple[int | None, ...]) -> str | None:
        model = None if winner is None else models[winner]
        return None if model is None else compared.name(model)

    return {
        "loss": bound.loss.name,
        "params": dict(bound.plain_params),
        "label": bound.label,
        "unit": bound.loss.unit.value,
        "direction": bound.loss.direction.value,
        "functional": bound.loss.functional.value,
        "gradient_bound": bound.gradient_bound(),
        "models": [_model(compared, model, position) for model in compared.ranked(position)],
        "comparisons": [_comparison(compared, each) for each in compared.comparisons if each.loss == position],
        "winner_without_outliers": None if reasons is None else named(reasons.without_outliers),
        "winner_without_bias": None if reasons is None else named(reasons.without_bias),
    }


def _model(compared: Compared, model: int, position: int) -> Mapping[str, Json]:
    numbers = compared.evaluated.models[model].losses[position]
    spread = compared.spreads[model][position]
    constant = list(numbers.constant) if isinstance(numbers.constant, tuple) else numbers.constant
    best = numbers.constant_value
    return {
        "model": compared.name(model),
        "value": numbers.value,
        "ci": None if numbers.interval is None else list(numbers.interval),
        "std_error": numbers.std_error,
        "best_constant": None if best is None else {"constant": constant, "value": best},
        "skill": numbers.skill,
        "outlier_share": numbers.outlier_share,
        "top_share": spread.top_share,
        "effective_n": spread.effective_n,
        "infinite": numbers.infinite,
        "finite_value": numbers.finite_value,
    }


def _comparison(compared: Compared, comparison: Comparison) -> Mapping[str, Json]:
    return {
        "baseline": compared.baseline,
        "candidate": compared.name(comparison.candidate),
        "difference": comparison.difference,
        "ci": None if comparison.interval is None else list(comparison.interval),
        "ratio": comparison.ratio,
        "ratio_ci": None if comparison.ratio_interval is None else list(comparison.ratio_interval),
        "p_value": comparison.p_value,
        "p_adjusted": comparison.p_adjusted,
        "test": comparison.test or None,
        "rows_won": comparison.won,
        "rows_tied": comparison.tied,
        "verdict": None if comparison.verdict is None else comparison.verdict.value,
    }


def _class(compared: Compared, found: ClassLosses) -> Mapping[str, Json]:
    return {
        "class": found.name,
        "n": found.n,
        "losses": [
            {
                "loss": asked.bound.label,
                "models": [{"model": compared.name(model), "value": values[model]} for model in compared.order],
            }
            for asked, values in zip(compared.evaluated.asked, found.values, strict=True)
        ],
        "bias": [{"model": compared.name(model), "mbe": found.biases[model]} for model in compared.order],
    }


def _murphy(compared: Compared, murphy: Murphy) -> Mapping[str, Json]:
    return {
        "thresholds": list(murphy.thresholds),
        "models": [
            {"model": compared.name(model), "scores": list(scores)}
            for model, scores in zip(compared.order, murphy.scores, strict=True)
        ],
        "comparisons": [
            {
                "baseline": compared.baseline,
                "candidate": compared.name(curve.candidate),
                "differences": list(curve.differences),
                "ci": [None if interval is None else list(interval) for interval in curve.intervals],
                "beyond_chance": list(curve.sure),
            }
            for curve in murphy.curves
        ],
    }


def records_of(compared: Compared) -> tuple[Mapping[str, Scalar], ...]:
    """Return one tidy row for each model and loss, with its comparison to the baseline; then those of each group."""
    rows = [
        _record(of, group, model, position)
        for group, of in ((None, compared), *compared.groups)
        for position in range(len(of.evaluated.asked))
        for model in of.order
    ]
    if compared.murphy is not None:
        rows += _murphy_records(compared, compared.murphy, list(rows[0]))
    if compared.classes is not None:
        rows = [{"class": None, **row} for row in rows] + [*_class_records(compared, compared.classes, list(rows[0]))]
    return tuple(rows)


def _class_records(
    compared: Compared, classes: tuple[ClassLosses, ...], keys: list[str]
) -> Iterator[Mapping[str, Scalar]]:
    """Yield a row with those keys for each class, loss and model, and for the bias of each class and model."""
    for each in classes:
        named = {"class": each.name, **dict.fromkeys(keys)}
        for asked, values in zip(compared.evaluated.asked, each.values, strict=True):
            for model in compared.order:
                found = {"loss": asked.bound.label, "value": values[model], "unit": asked.bound.loss.unit.value}
                yield named | found | {"model": compared.name(model), "n": each.n}
        for model in compared.order:
            found = {"loss": "bias", "value": each.biases[model], "unit": Unit.ONE.value}
            yield named | found | {"model": compared.name(model), "n": compared.evaluated.counts.n}


def _murphy_records(compared: Compared, murphy: Murphy, keys: list[str]) -> Iterator[Mapping[str, Scalar]]:
    """Yield a row with those keys for each threshold and model: its elementary score as a loss of its own."""
    unit = Unit.Y if compared.evaluated.dataset.roles.task is Task.REGRESSION else Unit.ONE
    for at, threshold in enumerate(murphy.thresholds):
        for rank, model in enumerate(compared.order):
            yield (
                dict.fromkeys(keys)
                | group_record(compared.evaluated.dataset.roles, None)
                | {
                    "loss": f"elementary:threshold={threshold!r}",
                    "model": compared.name(model),
                    "value": murphy.scores[rank][at],
                    "unit": unit.value,
                    "baseline": compared.baseline if rank else None,
                    "difference": murphy.curves[rank - 1].differences[at] if rank else None,
                    "n": compared.evaluated.counts.n,
                }
            )


def _record(compared: Compared, group: Group | None, model: int, position: int) -> Mapping[str, Scalar]:
    found = (each for each in compared.comparisons if (each.loss, each.candidate) == (position, model))
    comparison = next(found, None)
    numbers = compared.evaluated.models[model].losses[position]
    spread = compared.spreads[model][position]
    low, high = numbers.interval or (None, None)
    ratio_low, ratio_high = (comparison.ratio_interval if comparison else None) or (None, None)
    return {
        **group_record(compared.evaluated.dataset.roles, group),
        "loss": numbers.bound.label,
        "model": compared.name(model),
        "value": numbers.value,
        "ci_low": low,
        "ci_high": high,
        "unit": numbers.bound.loss.unit.value,
        "skill": numbers.skill,
        "outlier_share": numbers.outlier_share,
        "top_share": spread.top_share,
        "effective_n": spread.effective_n,
        "baseline": compared.baseline if comparison else None,
        "difference": comparison.difference if comparison else None,
        "ratio": comparison.ratio if comparison else None,
        "ratio_ci_low": ratio_low,
        "ratio_ci_high": ratio_high,
        "p_value": comparison.p_value if comparison else None,
        "p_adjusted": comparison.p_adjusted if comparison else None,
        "rows_won": comparison.won if comparison else None,
        "rows_tied": comparison.tied if comparison else None,
        "verdict": comparison.verdict.value if comparison and comparison.verdict else None,
        "n": numbers.n,
    }
