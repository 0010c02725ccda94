"""What a person reads of a comparison: of the losses of one model, or of models side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.analyses.compare import sentences
from losscli.analyses.compare.murphy_words import murphy_sections
from losscli.analyses.compare.numbers import Verdict
from losscli.analyses.compare.per_class_words import per_class_sections
from losscli.analyses.evaluation import heading
from losscli.analyses.evaluation.bias_words import level_in_words
from losscli.result import Column, Kind, Section, Sentence, Table, table_of

if TYPE_CHECKING:
    from losscli.analyses.compare.compared import Compared
    from losscli.analyses.compare.numbers import Comparison


# Models with longer names stand below each other, not beside.
LONGEST_HEADER = 16


def heading_of(compared: Compared) -> Sentence:
    """Return the first line: what was read, and how it was understood."""
    return heading.heading_of((compared.evaluated,))


def signature_of(compared: Compared, *, level: float | None, version: str) -> str:
    """Return one line that says what was computed: to be quoted beside a number."""
    if compared.alone:
        return heading.signature_of((compared.evaluated,), level=level, version=version)
    rules = frozenset() if compared.reasons is None else compared.reasons.rules
    law = heading.PAIRED if compared.has_intervals else ""
    line = heading.signature_of((compared.evaluated,), level=level, version=version, law=law, rules=rules)
    flips = "sign-flip, " if "sign-flip" in compared.tests else ""
    return f"{line} · baseline {compared.baseline} · {flips}{compared.correction.value}"


def sections_of(compared: Compared, *, level: float | None) -> tuple[Section, ...]:
    """Return the tables with the sentences under them."""
    table = table_of_losses(compared, level)
    classes = () if compared.classes is None else per_class_sections(compared, compared.classes)
    if compared.alone:
        return (Section(table=table, sentences=sentences.about_losses(compared)), *classes)
    diagram = () if compared.murphy is None else murphy_sections(compared, compared.murphy, level=level)
    return (Section(table=table, sentences=sentences.about_models(compared, level=level)), *classes, *diagram)


def table_of_losses(compared: Compared, level: float | None) -> Table:
    """Return the losses of one model, or all models by each loss; two with short names side by side."""
    if compared.alone:
        return _losses(compared, level)
    names = [compared.name(model) for model in compared.order]
    side_by_side = len(names) == 2 and max(map(len, names)) <= LONGEST_HEADER
    return _two(compared, level) if side_by_side else _ranked(compared, level)


def _losses(compared: Compared, level: float | None) -> Table:
    columns = [
        Column(key="loss", header="loss", kind=Kind.TEXT),
        Column(key="value", header="value", kind=Kind.NUMBER),
        Column(key="unit", header="unit", kind=Kind.WORDS, rank=6),
        Column(key="ci", header=f"{level_in_words(level or 0)} interval", kind=Kind.INTERVAL, rank=4),
        Column(key="functional", header="asks for", kind=Kind.WORDS, rank=7),
        Column(key="bound", header="row pulls", kind=Kind.WORDS, rank=8),
        Column(key="best_constant", header="best constant", kind=Kind.NUMBER, rank=9),
        Column(key="skill", header="skill", kind=Kind.FRACTION, rank=3),
        Column(key="outlier_share", header="outliers hold", kind=Kind.FRACTION, rank=1),
        Column(key="top_share", header="top 1 % hold", kind=Kind.FRACTION, rank=2),
        Column(key="effective_n", header="effective n", kind=Kind.COUNT, rank=5),
    ]
    if level is None:
        columns = [column for column in columns if column.key != "ci"]
    rows: list[dict[str, object]] = []
    for numbers, spread in zip(compared.evaluated.models[0].losses, compared.spreads[0], strict=True):
        bound = numbers.bound.gradient_bound()
        rows.append(
            {
                "loss": numbers.bound.label,
                "value": numbers.value,
                "unit": numbers.bound.loss.unit.symbol,
                "ci": numbers.interval,
                "functional": numbers.bound.loss.functional.value,
                "bound": "without bound" if bound is None else f"at most {bound:g}" if bound else "not at all",
                "best_constant": numbers.constant_value,
                "skill": numbers.skill,
                "outlier_share": numbers.outlier_share,
                "top_share": spread.top_share,
                "effective_n": None if spread.effective_n is None else round(spread.effective_n),
            }
        )
    return table_of(columns, rows)


def _two(compared: Compared, level: float | None) -> Table:
    """Return the losses, with the values of both models side by side."""
    baseline, candidate = compared.order
    columns = [
        Column(key="loss", header="loss", kind=Kind.TEXT),
        Column(key="baseline", header=compared.name(baseline), kind=Kind.NUMBER),
        Column(key="candidate", header=compared.name(candidate), kind=Kind.NUMBER),
        *_comparison_columns(compared, level),
    ]
    better = {Verdict.BETTER: f"{compared.name(candidate)} better", Verdict.WORSE: f"{compared.baseline} better"}
    rows = []
    for position, asked in enumerate(compared.evaluated.asked):
        comparison = compared.comparison(position, candidate)
        cells = _compared_cells(comparison) | {
            "loss": asked.bound.label,
            "baseline": compared.value(position, baseline),
            "candidate": compared.value(position, candidate),
        }
        if comparison.verdict in better:
            cells["verdict"] = better[comparison.verdict]
        rows.append(cells)
    return table_of(columns, rows)


def _ranked(compared: Compared, level: float | None) -> Table:
    """Return for each loss all models, the best first, each against the baseline."""
    columns = [
        Column(key="loss", header="loss", kind=Kind.TEXT),
        Column(key="model", header="model", kind=Kind.TEXT),
        Column(key="value", header="value", kind=Kind.NUMBER),
        *_comparison_columns(compared, level),
    ]
    rows = []
    for position, asked in enumerate(compared.evaluated.asked):
        for rank, model in enumerate(compared.ranked(position)):
            against = model != compared.order[0]
            cells = _compared_cells(compared.comparison(position, model)) if against else _OF_BASELINE
            cells = cells | {
                "loss": "" if rank else asked.bound.label,
                "model": compared.name(model),
                "value": compared.value(position, model),
            }
            rows.append(cells)
    return table_of(columns, rows)


def _comparison_columns(compared: Compared, level: float | None) -> list[Column]:
    interval = Column(
        key="interval",
        header=f"{level_in_words(level or 0)} interval",
        kind=Kind.SIGNED_FRACTION_INTERVAL,
        rank=1,
    )
    any_tied = any(each.tied for each in compared.comparisons)
    return [
        Column(key="change", header="change", kind=Kind.SIGNED_FRACTION),
        *([interval] if level is not None else []),
        Column(key="p", header="p", kind=Kind.P_VALUE, rank=2),
        Column(key="won", header="rows won", kind=Kind.FRACTION, rank=3),
        *([Column(key="tied", header="tied", kind=Kind.FRACTION, rank=4)] if any_tied else []),
        Column(key="verdict", header="verdict", kind=Kind.TEXT),
    ]


def _compared_cells(comparison: Comparison) -> dict[str, object]:
    interval = comparison.ratio_interval
    return {
        "change": None if comparison.ratio is None else comparison.ratio - 1,
        "interval": None if interval is None else (interval[0] - 1, interval[1] - 1),
        "p": comparison.p_adjusted,
        "won": comparison.won,
        "tied": comparison.tied,
        "verdict": _VERDICTS[comparison.verdict],
    }


_OF_BASELINE: dict[str, object] = {
    "change": None,
    "interval": None,
    "p": None,
    "won": None,
    "tied": None,
    "verdict": "baseline",
}
_VERDICTS = {
    Verdict.BETTER: "better",
    Verdict.WORSE: "worse",
    Verdict.IDENTICAL: "identical",
    Verdict.INDISTINGUISHABLE: "~",
    None: "",
}
