"""What a person reads of a comparison: of the losses of one model, or of models side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.analyses.compare import sentences
from losscli.analyses.compare.numbers import Verdict
from losscli.analyses.evaluation import heading
from losscli.analyses.evaluation.bias_words import level_in_words
from losscli.result import Column, Kind, Section, Sentence, Table

if TYPE_CHECKING:
    from losscli.analyses.compare.compared import Compared
    from losscli.analyses.compare.numbers import Comparison


def heading_of(compared: Compared) -> Sentence:
    """Return the first line: what was read, and how it was understood."""
    return heading.heading_of((compared.evaluated,))


def signature_of(compared: Compared, *, level: float | None, version: str) -> str:
    """Return one line that says what was computed: to be quoted beside a number."""
    line = heading.signature_of((compared.evaluated,), level=level, version=version)
    return line if compared.alone else f"{line} · baseline {compared.baseline} · {compared.correction.value}"


def sections_of(compared: Compared, *, level: float | None) -> tuple[Section, ...]:
    """Return the tables with the sentences under them."""
    if compared.alone:
        return (Section(table=_losses(compared, level), sentences=sentences.about_losses(compared)),)
    said = sentences.about_models(compared)
    if len(compared.order) == 2:
        return (Section(table=_two(compared, level), sentences=said),)
    candidates = [
        Section(title=f"{compared.name(model)} against {compared.baseline}", table=_against(compared, model, level))
        for model in compared.order[1:]
    ]
    return (Section(table=_values(compared)), *candidates, Section(sentences=said))


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
    rows = []
    for numbers, spread in zip(compared.evaluated.models[0].losses, compared.spreads[0], strict=True):
        bound = numbers.bound.gradient_bound()
        cells: dict[str, object] = {
            "loss": numbers.bound.label,
            "value": numbers.value,
            "unit": numbers.bound.loss.unit.symbol,
            "ci": numbers.interval,
            "functional": numbers.bound.loss.functional.value,
            "bound": "without bound" if bound is None else f"at most {bound:g}",
            "best_constant": numbers.constant_value,
            "skill": numbers.skill,
            "outlier_share": numbers.outlier_share,
            "top_share": spread.top_share,
            "effective_n": None if spread.effective_n is None else round(spread.effective_n),
        }
        rows.append(tuple(cells[column.key] for column in columns))
    return Table(columns=tuple(columns), rows=tuple(rows))


def _values(compared: Compared) -> Table:
    """Return the value of each loss and model, and the best model of each loss."""
    columns = [
        Column(key="loss", header="loss", kind=Kind.TEXT),
        *(
            Column(key=f"model{model}", header=compared.name(model), kind=Kind.NUMBER, rank=0 if rank < 2 else rank)
            for rank, model in enumerate(compared.order)
        ),
        Column(key="best", header="least", kind=Kind.TEXT),
    ]
    best = {winner.loss: compared.name(winner.model) for winner in compared.winners if winner.model is not None}
    rows = [
        (
            asked.bound.label,
            *(compared.evaluated.models[model].losses[position].value for model in compared.order),
            best.get(position, ""),
        )
        for position, asked in enumerate(compared.evaluated.asked)
    ]
    return Table(columns=tuple(columns), rows=tuple(rows))


def _two(compared: Compared, level: float | None) -> Table:
    baseline, candidate = compared.order
    columns = [
        Column(key="loss", header="loss", kind=Kind.TEXT),
        Column(key="baseline", header=compared.name(baseline), kind=Kind.NUMBER),
        Column(key="candidate", header=compared.name(candidate), kind=Kind.NUMBER),
        *_comparison_columns(level),
    ]
    return _table(compared, candidate, columns)


def _against(compared: Compared, candidate: int, level: float | None) -> Table:
    return _table(compared, candidate, [Column(key="loss", header="loss", kind=Kind.TEXT), *_comparison_columns(level)])


def _comparison_columns(level: float | None) -> list[Column]:
    interval = Column(
        key="ratio_interval",
        header=f"{level_in_words(level or 0)} interval",
        kind=Kind.SIGNED_FRACTION_INTERVAL,
        rank=2,
    )
    return [
        Column(key="change", header="change", kind=Kind.SIGNED_FRACTION),
        *([interval] if level is not None else []),
        Column(key="p", header="p", kind=Kind.P_VALUE, rank=1),
        Column(key="won", header="rows won", kind=Kind.FRACTION, rank=3),
        Column(key="verdict", header="verdict", kind=Kind.TEXT),
    ]


def _table(compared: Compared, candidate: int, columns: list[Column]) -> Table:
    rows = []
    for comparison in compared.comparisons:
        if comparison.candidate != candidate:
            continue
        models = compared.evaluated.models
        interval = comparison.ratio_interval
        cells: dict[str, object] = {
            "loss": compared.evaluated.asked[comparison.loss].bound.label,
            "baseline": models[compared.order[0]].losses[comparison.loss].value,
            "candidate": models[candidate].losses[comparison.loss].value,
            "change": None if comparison.ratio is None else comparison.ratio - 1,
            "ratio_interval": None if interval is None else (interval[0] - 1, interval[1] - 1),
            "p": comparison.p_adjusted,
            "won": comparison.won,
            "verdict": _verdict(compared, comparison),
        }
        rows.append(tuple(cells[column.key] for column in columns))
    return Table(columns=tuple(columns), rows=tuple(rows))


def _verdict(compared: Compared, comparison: Comparison) -> str:
    match comparison.verdict:
        case Verdict.BETTER:
            return f"{compared.name(comparison.candidate)} better"
        case Verdict.WORSE:
            return f"{compared.baseline} better"
        case Verdict.IDENTICAL:
            return "identical"
        case Verdict.INDISTINGUISHABLE:
            return "~"
        case None:
            return ""
