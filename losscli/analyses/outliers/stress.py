"""What spoilt predictions would do to each loss: the factors by which it grows, in a table and for programs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from losscli.arrays import Direction
from losscli.engine.stress import SHIFT, UNIT_FACTOR, Spoil
from losscli.result import Column, Kind, Section, Sentence, Table

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import ModelNumbers
    from losscli.engine.stress import Stress
    from losscli.result import Json

_WORDS = {
    Spoil.UNIT: f"predictions × {UNIT_FACTOR:g}",
    Spoil.SIGN: "predictions with the wrong sign",
    Spoil.SHIFT: f"predictions {SHIFT:g} robust σ higher",
}


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
        if bound.loss.direction is Direction.LOWER:
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


def stress_section(model: ModelNumbers, stresses: list[Stress], *, alone: bool) -> Section:
    """Return the table of factors by which each loss grows."""
    labels = [numbers.bound.label for numbers in model.losses if numbers.bound.loss.direction is Direction.LOWER]
    columns = (
        Column(key="what", header="what if", kind=Kind.WORDS),
        Column(key="rows", header="rows", kind=Kind.COUNT),
        *(Column(key=label, header=f"{label} ×", kind=Kind.NUMBER) for label in labels),
    )
    rows = []
    for stress in stresses:
        if not stress.rows:
            continue  # too few rows for the share
        grown = factors(model, stress)
        rows.append((_what(stress), stress.rows, *(_rounded(grown[label]) for label in labels)))
    title = "what if: how many times as large each loss would be"
    return Section(
        title=title if alone else f"{model.name}: {title}",
        table=Table(columns=columns, rows=tuple(rows)),
        sentences=(
            Sentence(label="rows", text="are drawn by --seed; σ is the robust standard deviation of the errors"),
        ),
    )


def _what(stress: Stress) -> str:
    if stress.spoil is Spoil.ERROR:
        return f"one error of {stress.size:g} robust σ"
    return f"{100 * stress.size:g} % of {_WORDS[stress.spoil]}"


def _rounded(factor: float | None) -> float | None:
    return None if factor is None else float(f"{factor:.4g}")
