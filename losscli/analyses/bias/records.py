"""The tidy rows of biases, for CSV and frames; all have the same keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from losscli.analyses.evaluation.heading import model_name

if TYPE_CHECKING:
    from losscli.analyses.bias.biased import Biased, SubjectNumbers
    from losscli.analyses.bias.part_numbers import PartNumbers
    from losscli.analyses.evaluation.numbers import BiasNumbers
    from losscli.engine.statistics.calibration import ScoreParts
    from losscli.losses.bound import BoundLoss
    from losscli.result import Scalar

Record = dict[str, "Scalar"]

_OF_A_MODEL = ("standardised", "median", "trimmed_mean", "over_share", "under_share", "verdict")
_OF_A_LOSS = ("loss", "value", "miscalibration", "discrimination", "uncertainty")


def records_of(found: tuple[Biased, ...]) -> tuple[Mapping[str, Scalar], ...]:
    """Return a tidy row for each model and class, then one for each of its groups, its bins, and its losses."""
    several = len(found) > 1
    return tuple(
        record for each in found for numbers in each.subjects for record in _of_subject(each, numbers, several=several)
    )


def _of_subject(each: Biased, numbers: SubjectNumbers, *, several: bool) -> Iterator[Record]:
    common: Record = {
        "model": model_name(each.evaluated, numbers.model, several=several),
        "class": each.class_name(numbers),
    }
    path: Record = {"path": each.evaluated.dataset.source.path}
    yield common | _of_all(each, numbers) | path
    for part in numbers.groups or ():
        yield common | _of_part(each, part, "pooled" if part.pooled else "group") | path
    for part in numbers.bins or ():
        yield common | _of_part(each, part, "bin") | path
    for loss, parts in zip(each.decomposed, numbers.calibration, strict=True):
        yield common | _of_loss(each, loss, parts) | path


def _of_all(each: Biased, numbers: SubjectNumbers) -> Record:
    error, equivalence = numbers.error, numbers.equivalence
    return {
        "part": "all",
        **_group_columns(each, ()),
        "top": None,
        "n": each.evaluated.counts.n,
        "mean_prediction": each.mean_prediction(numbers),
        "mean_target": numbers.observed,
        **_bias_columns(numbers.bias, numbers.p_adjusted),
        "adds": numbers.bias.mbe,
        "standardised": error.standardised if error else None,
        "median": error.median if error else None,
        "trimmed_mean": error.trimmed if error else None,
        "over_share": error.over.share if error else None,
        "under_share": error.under.share if error else None,
        "verdict": equivalence.verdict.value if equivalence else None,
        **dict.fromkeys(_OF_A_LOSS),
    }


def _of_part(each: Biased, part: PartNumbers, kind: str) -> Record:
    return {
        "part": kind,
        **_group_columns(each, part.names),
        "top": part.top,
        "n": part.n,
        "mean_prediction": part.prediction,
        "mean_target": part.target,
        **_bias_columns(part.bias, part.p_adjusted),
        "adds": part.adds,
        **dict.fromkeys(_OF_A_MODEL),
        **dict.fromkeys(_OF_A_LOSS),
    }


def _of_loss(each: Biased, loss: BoundLoss, parts: ScoreParts) -> Record:
    return {
        "part": "loss",
        **_group_columns(each, ()),
        "top": None,
        "n": parts.n,
        "mean_prediction": None,
        "mean_target": None,
        **_bias_columns(None, None),
        "adds": None,
        **dict.fromkeys(_OF_A_MODEL),
        "loss": loss.label,
        "value": parts.value,
        "miscalibration": parts.miscalibration,
        "discrimination": parts.discrimination,
        "uncertainty": parts.uncertainty,
    }


def _group_columns(each: Biased, names: tuple[str | None, ...]) -> Record:
    """Return a column for each of those that group rows, under a name that no other column has."""
    return {f"by_{column}": names[position] if names else None for position, column in enumerate(each.by)}


def _bias_columns(bias: BiasNumbers | None, p_adjusted: float | None) -> Record:
    low, high = (None, None) if bias is None or bias.interval is None else bias.interval
    return {
        "bias": bias.mbe if bias else None,
        "ci_low": low,
        "ci_high": high,
        "p_value": bias.p_value if bias else None,
        "p_adjusted": p_adjusted,
        "relative": bias.relative if bias else None,
    }
