"""What a person reads of outliers: what they do to each loss, in words, and the rows that matter most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.analyses.evaluation.heading import rule_in_words
from losscli.analyses.evaluation.no_number import why_no_scale
from losscli.arrays import Task
from losscli.engine.folds.tails import TOPS
from losscli.result import Column, Kind, Section, Sentence, Table, Value, count_value, table_of, text_value

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.analyses.outliers.numbers import LossEffect, ModelOutliers

# Losses whose shares stand beside each row.
MOST_SHARES = 3


def sections_of(
    evaluated: Evaluated, models: tuple[ModelOutliers, ...], keep: tuple[str, ...], *, group: str = ""
) -> tuple[Section, ...]:
    """Return for each model what its outliers do to each loss, and the rows that matter most; `group` is of what."""
    sections = []
    for each in models:
        title = ", ".join(filter(None, (each.model.name if len(models) > 1 else "", group)))
        sections.append(Section(title=title, table=_losses(each), sentences=_sentences(evaluated, each)))
        if each.rows:
            what = (
                "the rows that matter most"
                if evaluated.dataset.roles.task is Task.REGRESSION
                else "label errors to check"
            )
            rows_title = f"{title}: {what}" if title else what
            sections.append(Section(title=rows_title, table=_rows(evaluated, each, keep)))
    return tuple(sections)


def _losses(each: ModelOutliers) -> Table:
    columns = [
        Column(key="loss", header="loss", kind=Kind.TEXT),
        Column(key="value", header="all rows", kind=Kind.NUMBER),
        Column(key="without", header="without the flagged", kind=Kind.NUMBER),
        Column(key="change", header="change", kind=Kind.SIGNED_FRACTION),
        Column(key="winsorised", header="pulled in", kind=Kind.NUMBER, rank=4),
        Column(key="outlier_share", header="flagged hold", kind=Kind.FRACTION, rank=1),
        *(
            Column(key=f"top{at}", header=f"top {100 * top:g} %", kind=Kind.FRACTION, rank=rank)
            for (at, top), rank in zip(enumerate(TOPS), (6, 3, 7), strict=True)
        ),
        Column(key="effective_n", header="effective n", kind=Kind.COUNT, rank=5),
        Column(key="influence", header="largest row", kind=Kind.SIGNED_FRACTION, rank=2),
    ]
    cells = [_cells(effect) for effect in each.losses]
    nowhere = {column.key for column in columns if column.rank and all(row[column.key] is None for row in cells)}
    return table_of([column for column in columns if column.key not in nowhere], cells)


def _cells(effect: LossEffect) -> dict[str, object]:
    return {
        "loss": effect.numbers.bound.label,
        "value": effect.numbers.value,
        "without": effect.without,
        "change": effect.change,
        "winsorised": effect.winsorised,
        "outlier_share": effect.numbers.outlier_share,
        **{f"top{at}": share for at, share in enumerate(effect.top_shares)},
        "effective_n": None if effect.effective_n is None else round(effect.effective_n),
        "influence": None if effect.influence is None else effect.influence.change,
    }


def _sentences(evaluated: Evaluated, each: ModelOutliers) -> tuple[Sentence, ...]:
    said = [_flagged(evaluated, each), *_skewness(evaluated, each)]
    if each.outliers is not None and each.outliers.n:
        said += _dependence(each)
    return (*said, *_largest_row(evaluated, each))


def _flagged(evaluated: Evaluated, each: ModelOutliers) -> Sentence:
    outliers = each.outliers
    if outliers is None:
        return Sentence(label="outliers", text="labels have no errors that rows could be judged by")
    if outliers.rule is None:
        return Sentence(label="outliers", text=f"none: {why_no_scale(each.model)}")
    values = {
        "flagged": count_value(outliers.n),
        "n": count_value(evaluated.counts.n),
        "share": Value(kind=Kind.FRACTION, raw=outliers.n / evaluated.counts.n),
    }
    expected = ""
    if each.expected is not None:
        few = each.expected < 10
        values["expected"] = Value(
            kind=Kind.NUMBER if few else Kind.COUNT, raw=round(each.expected, 1) if few else round(each.expected)
        )
        expected = "; a normal law expects {expected}"
    counted = "{flagged} row" if outliers.n == 1 else "{flagged} rows" if outliers.n else "no row"
    text = f"{counted} of {{n}} flagged ({{share}}{expected}): {rule_in_words(outliers.rule)}"
    return Sentence(label="outliers", text=text, values=values)


def _skewness(evaluated: Evaluated, each: ModelOutliers) -> list[Sentence]:
    """Return the skewness that moved the fences, and from which rows it is known."""
    skewness = None if each.outliers is None else each.outliers.skewness
    if skewness is None or each.outliers is None or each.outliers.fences is None:
        return []
    values = {
        "medcouple": Value(kind=Kind.SIGNED, raw=skewness.medcouple),
        "low": Value(kind=Kind.SIGNED, raw=each.outliers.fences.low),
        "high": Value(kind=Kind.SIGNED, raw=each.outliers.fences.high),
        "rows": count_value(skewness.rows),
    }
    text = "the medcouple of the errors is {medcouple} (0 is symmetric), the fences are at {low} and {high}"
    if skewness.rows < evaluated.counts.n:
        text += "; the medcouple is that of {rows} evenly spread rows"
    return [Sentence(label="skewness", text=text, values=values)]


def _dependence(each: ModelOutliers) -> list[Sentence]:
    """Return how much the losses would fall without the flagged rows: the most and the least dependent one."""
    told = [effect for effect in each.losses if effect.change is not None]
    if not told:
        return []
    values: dict[str, Value] = {}
    parts = []
    for key, effect in {"most": told[0], "least": told[-1]}.items():
        values[f"label_{key}"] = text_value(effect.numbers.bound.label)
        values[f"change_{key}"] = Value(kind=Kind.FRACTION, raw=abs(effect.change or 0.0))
        verb = "falls" if (effect.change or 0.0) <= 0 else "rises"
        parts.append(f"{{label_{key}}} {verb} by {{change_{key}}}")
    rows = "it" if each.outliers is not None and each.outliers.n == 1 else "them"
    text = f"without {rows} {parts[0]}" + (f", {parts[1]}" if len(told) > 1 else "")
    return [Sentence(label="effect", text=text, values=values)]


def _largest_row(evaluated: Evaluated, each: ModelOutliers) -> list[Sentence]:
    """Return the row without which the most dependent loss changes most."""
    effect = next((effect for effect in _told_of_rows(each) if effect.influence is not None), None)
    if effect is None or effect.influence is None:
        return []
    influence = effect.influence
    values = {
        "place": text_value(evaluated.dataset.source.place([influence.record])[0]),
        "change": Value(kind=Kind.SIGNED_FRACTION, raw=influence.change),
        "label": text_value(effect.numbers.bound.label),
    }
    return [Sentence(label="one row", text="without {place} alone, {label} changes by {change}", values=values)]


def _rows(evaluated: Evaluated, each: ModelOutliers, keep: tuple[str, ...]) -> Table:
    unit = each.rows[0].place.unit
    shown = _shown_losses(evaluated, each)
    labelled = any(isinstance(row.target, str) for row in each.rows)
    worded = any(isinstance(row.prediction, str) for row in each.rows)
    columns = [
        Column(key="number", header=unit, kind=Kind.PLACE),
        *(Column(key=f"keep{at}", header=name, kind=Kind.TEXT) for at, name in enumerate(keep)),
        Column(key="target", header="target", kind=Kind.TEXT if labelled else Kind.NUMBER),
        Column(key="prediction", header="prediction", kind=Kind.TEXT if worded else Kind.NUMBER),
        Column(key="probability", header="sure of it", kind=Kind.FRACTION, rank=1),
        Column(key="error", header="error", kind=Kind.SIGNED),
        Column(key="z", header="robust z", kind=Kind.SIGNED, rank=1),
        *(
            Column(key=f"share{at}", header=f"of {effect.numbers.bound.label}", kind=Kind.FRACTION, rank=3 + at)
            for at, effect in enumerate(shown)
        ),
        Column(key="together", header="together", kind=Kind.FRACTION, rank=2),
    ]
    cells = []
    for row in each.rows:
        cell: dict[str, object] = {
            "number": row.place.number,
            "target": row.target,
            "prediction": row.prediction,
            "probability": row.probability,
            "error": row.error,
            "z": None if row.z is None else round(row.z, 2),
            "together": row.together[shown[0].position] if shown else None,
        }
        cell |= {f"keep{at}": text for at, text in enumerate(row.kept)}
        cell |= {f"share{at}": row.shares[effect.position] for at, effect in enumerate(shown)}
        cells.append(cell)
    present = [
        column for column in columns if column.key == "number" or any(cell[column.key] is not None for cell in cells)
    ]
    return table_of(present, cells)


def _shown_losses(evaluated: Evaluated, each: ModelOutliers) -> list[LossEffect]:
    """Return the losses whose shares are shown, the most dependent first; mse and rmse have the same shares."""
    once: dict[object, LossEffect] = {}
    for effect in _told_of_rows(each):
        if any(row.shares[effect.position] is not None for row in each.rows):
            once.setdefault(evaluated.asked[effect.position].kernel.key, effect)
    return list(once.values())[:MOST_SHARES]


def _told_of_rows(each: ModelOutliers) -> list[LossEffect]:
    """Return the losses as they are told of single rows: the one that judges rows of classes before the others."""
    judge = "" if each.outliers is None or each.outliers.rule is None else each.outliers.rule.partition(":")[2]
    return sorted(each.losses, key=lambda effect: effect.numbers.bound.label != judge)
