"""The table of losses that are taken apart, and what it says."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from losscli.result import Column, Kind, Section, Sentence, Table, Value, count_value, text_value

if TYPE_CHECKING:
    from losscli.analyses.bias.biased import Biased, SubjectNumbers
    from losscli.engine.statistics.calibration import ScoreParts
    from losscli.losses.bound import BoundLoss

_CLASS = Column(key="class", header="class", kind=Kind.TEXT)
_COLUMNS = (
    Column(key="loss", header="loss", kind=Kind.TEXT),
    Column(key="value", header="value", kind=Kind.NUMBER),
    Column(key="miscalibration", header="= miscalibration", kind=Kind.NUMBER),
    Column(key="miscalibrated", header="", kind=Kind.FRACTION, rank=2),
    Column(key="discrimination", header="− discrimination", kind=Kind.NUMBER),
    Column(key="discriminated", header="", kind=Kind.FRACTION, rank=1),
    Column(key="uncertainty", header="+ uncertainty", kind=Kind.NUMBER),
)


def calibration_section(each: Biased, subjects: tuple[SubjectNumbers, ...], title: str) -> Section | None:
    """Return the parts of each loss of a model, or of each of its classes; None where there is nothing to say."""
    if not each.decomposed and not each.whole:
        return None
    of_classes = subjects[0].subject.number is not None
    name = "calibration of each class against the rest" if of_classes else "calibration"
    rows = tuple(
        ((each.class_name(numbers),) if of_classes else ()) + _row(loss, parts)
        for numbers in subjects
        for loss, parts in zip(each.decomposed, numbers.calibration, strict=True)
    )
    columns = (_CLASS, *_COLUMNS) if of_classes else _COLUMNS
    return Section(
        title=f"{title}, {name}" if title else name,
        table=Table(columns=columns, rows=rows) if rows else None,
        sentences=tuple(_sentences(each, subjects)),
    )


def _row(loss: BoundLoss, parts: ScoreParts) -> tuple[object, ...]:
    return (
        loss.label,
        parts.value,
        parts.miscalibration,
        _share(parts.miscalibration, parts.uncertainty),
        parts.discrimination,
        _share(parts.discrimination, parts.uncertainty),
        parts.uncertainty,
    )


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 and math.isfinite(part) else None


def _sentences(each: Biased, subjects: tuple[SubjectNumbers, ...]) -> Iterator[Sentence]:
    calibration = subjects[0].calibration
    if calibration:
        if len(subjects) == 1:
            yield _recalibrated(each.decomposed, calibration)
        text = "percent: of the uncertainty, which is the loss of the best constant"
        yield Sentence(text=text, columns=("miscalibrated", "discriminated"))
        rows, n = calibration[0].n, each.evaluated.counts.n
        if rows < n:
            text = "this table is of {k} of the {n} rows, evenly spaced"
            yield Sentence(text=text, values={"k": count_value(rows), "n": count_value(n)})
    if each.whole:
        names = ", ".join(loss.label for loss in each.whole)
        text = "{names} cannot be taken apart: no mean over rows that asks for a mean, a quantile or an expectile"
        yield Sentence(text=text, values={"names": text_value(names)})


def _recalibrated(losses: tuple[BoundLoss, ...], calibration: tuple[ScoreParts, ...]) -> Sentence:
    """Return what recalibration would win at best: its function is found on the very rows that it is judged by."""
    values, said = {}, []
    for position, (loss, parts) in enumerate(zip(losses, calibration, strict=True)):
        values[f"loss{position}"] = text_value(loss.label)
        values[f"value{position}"] = Value(kind=Kind.NUMBER, raw=parts.uncertainty - parts.discrimination)
        text = f"{{loss{position}}} {{value{position}}}"
        if 0 < parts.value < math.inf:
            values[f"won{position}"] = Value(kind=Kind.FRACTION, raw=parts.miscalibration / parts.value)
            text += f" ({{won{position}}} less)"
        said.append(text)
    return Sentence(text=f"recalibrated, at best: {', '.join(said)}", values=values)
