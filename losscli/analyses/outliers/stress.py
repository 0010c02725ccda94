"""What spoilt predictions would do to each loss: the factors by which it grows, in a table and for programs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from losscli.analyses.evaluation.no_number import why_no_scale
from losscli.engine.statistics.stress import SHIFT, UNIT_FACTOR, Spoil
from losscli.result import Chart, Column, Curve, Kind, Section, Sentence, Table, Value

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import ModelNumbers
    from losscli.engine.statistics.stress import Stress
    from losscli.result import Json

_WORDS = {
    Spoil.UNIT: f"predictions × {UNIT_FACTOR:g}",
    Spoil.SIGN: "predictions with the wrong sign",
    Spoil.SHIFT: f"predictions {SHIFT:g} robust σ higher",
}
_TITLE = "what if: how many times as large each loss would be"
_TITLE_OF_CHART = "one error that grows: how many times as large each loss would be"


def factors(model: ModelNumbers, stress: Stress) -> dict[str, float | None]:
    """Return by what factor each loss grows; None where it is signed, 0, infinite or not defined afterwards."""
    found: dict[str, float | None] = {}
    for numbers, facts, before, after in zip(
        model.losses, model.facts.losses, stress.before, stress.after, strict=True
    ):
        bound, summary = numbers.bound, facts.summary
        found[bound.label] = None
        value = numbers.value
        if summary is None or value is None or not 0 < value < math.inf or not math.isfinite(after):
            continue
        if not bound.loss.is_signed:
            mean = summary.mean + (after - before) / summary.weight
            found[bound.label] = bound.reduce(max(mean, 0.0), summary.weight) / value
    return found


def stress_payload(models: tuple[ModelNumbers, ...], stresses: list[list[Stress]] | None) -> Mapping[str, Json]:
    """Return the key of the JSON object about spoilt predictions: for each model what they do; None if not asked."""
    if stresses is None:
        return {"stress": None}
    return {"stress": {model.name: _cases(model, each) for model, each in zip(models, stresses, strict=True)}}


def _cases(model: ModelNumbers, stresses: list[Stress]) -> list[Json]:
    return [
        {
            "spoil": stress.spoil.value,
            "size": stress.size,
            "rows": stress.rows,
            "factors": factors(model, stress),
        }
        for stress in stresses
    ]


def stress_sections(model: ModelNumbers, stresses: list[Stress], scale: float | None, *, alone: bool) -> list[Section]:
    """Return the table of factors by which each loss grows, and a curve of each beside the error of one row.

    `scale` is the robust standard deviation of the errors, None where they have none.
    """
    lead = "" if alone else f"{model.name}, "
    if scale is None:
        text = f"{why_no_scale(model)}, so that there is no σ to spoil predictions by"
        return [Section(title=f"{lead}{_TITLE}", sentences=(Sentence(text=text),))]
    labels = [numbers.bound.label for numbers in model.losses if not numbers.bound.loss.is_signed]
    if not labels:
        text = "a signed mean is never so many times as large, and no other loss was asked for"
        return [Section(title=f"{lead}{_TITLE}", sentences=(Sentence(text=text),))]
    grown = [(stress, factors(model, stress)) for stress in stresses]
    columns = (
        Column(key="what", header="what if", kind=Kind.WORDS),
        Column(key="rows", header="rows", kind=Kind.COUNT),
        *(Column(key=label, header=f"{label} ×", kind=Kind.NUMBER) for label in labels),
    )
    rows = tuple(
        (_what(stress), stress.rows, *(_rounded(each[label]) for label in labels))
        for stress, each in grown
        if stress.rows and _is_told(stress)  # else too few rows for the share
    )
    told = Sentence(label="rows", text="are drawn by --seed; σ is the robust standard deviation of the errors")
    return [
        Section(title=f"{lead}{_TITLE}", table=Table(columns=columns, rows=rows), sentences=(told,)),
        Section(title=f"{lead}{_TITLE_OF_CHART}", chart=_chart(grown, labels, scale)),
    ]


def _chart(grown: list[tuple[Stress, dict[str, float | None]]], labels: list[str], scale: float) -> Chart:
    """Return the factor of each loss beside the error of the one row."""
    steps = [(stress.size, each) for stress, each in grown if stress.spoil is Spoil.ERROR]
    curves = (
        Curve(name=label, points=tuple((size, factor) for size, each in steps if (factor := each[label])))
        for label in labels
    )
    return Chart(
        x=Sentence(
            text="error of the one row in robust σ ({scale} in the target's unit)",
            values={"scale": Value(kind=Kind.NUMBER, raw=scale)},
        ),
        y=Sentence(text="times as large"),
        curves=tuple(curves),
    )


def _is_told(stress: Stress) -> bool:
    """Whether a case has a line of the table: of the steps of one error those by tens, the curve has them all."""
    return stress.spoil is not Spoil.ERROR or math.log10(stress.size).is_integer()


def _what(stress: Stress) -> str:
    if stress.spoil is Spoil.ERROR:
        return f"one error of {stress.size:g} robust σ"
    return f"{100 * stress.size:g} % of {_WORDS[stress.spoil]}"


def _rounded(factor: float | None) -> float | None:
    return None if factor is None else float(f"{factor:.4g}")
