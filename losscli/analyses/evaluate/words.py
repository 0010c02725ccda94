"""What a person reads of an evaluation: the first line, a table for each model, bias and outliers in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.analyses.evaluate.groups import group_section
from losscli.analyses.evaluation.bias_words import bias_sentences, level_in_words
from losscli.analyses.evaluation.class_table import class_bias_section
from losscli.analyses.evaluation.heading import model_name, rule_in_words
from losscli.analyses.evaluation.no_number import why_no_scale
from losscli.arrays import Task
from losscli.engine.statistics.outlying import expected_flagged
from losscli.result import Column, Kind, Section, Sentence, Table, Value, count_value, table_of, text_value

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated, ModelNumbers
    from losscli.analyses.evaluation.numbers import LossNumbers
    from losscli.engine.statistics.flags import Outliers


def sections_of(evaluated: tuple[Evaluated, ...], *, level: float | None, brief: bool) -> tuple[Section, ...]:
    """Return a section for each model of each data set, one for the bias of its several classes, one for its groups."""
    several = len(evaluated) > 1
    alone = not several and len(evaluated[0].models) == 1
    sections: list[Section] = []
    for each in evaluated:
        for model in each.models:
            name = "" if alone else model_name(each, model, several=several)
            by_class = class_bias_section(each, model, level=level, name=name)
            sentences = [] if by_class else list(bias_sentences(each.dataset.roles, model, level))
            sentences += _sentences(each, model)
            table = _table(model, level=level, brief=brief)
            sections.append(Section(title=name, table=table, sentences=tuple(sentences)))
            sections += [by_class] if by_class else []
        if each.groups:
            sections += [
                group_section(
                    each,
                    at,
                    name="" if alone else model_name(each, model, several=several),
                    level=None if brief else level,
                )
                for at, model in enumerate(each.models)
            ]
    return tuple(sections)


def _table(model: ModelNumbers, *, level: float | None, brief: bool) -> Table:
    columns = [
        Column(key="loss", header="loss", kind=Kind.TEXT),
        Column(key="value", header="value", kind=Kind.NUMBER),
        Column(key="unit", header="unit", kind=Kind.WORDS, rank=5),
    ]
    if level is not None and not brief:
        columns.append(Column(key="ci", header=f"{level_in_words(level)} interval", kind=Kind.INTERVAL, rank=1))
    if not brief:
        columns += [
            Column(key="best_constant", header="best constant", kind=_constant_kind(model), rank=4),
            Column(key="skill", header="skill", kind=Kind.FRACTION, rank=2),
            Column(key="outlier_share", header="outliers hold", kind=Kind.FRACTION, rank=3),
        ]
    return table_of(columns, [_cells(numbers, _constant_kind(model)) for numbers in model.losses])


def _constant_kind(model: ModelNumbers) -> Kind:
    """Return how best constants are shown: with the constant beside its loss, but for rows of numbers."""
    rows = any(isinstance(numbers.constant, tuple) for numbers in model.losses)
    return Kind.NUMBER if rows else Kind.CONSTANT


def _cells(numbers: LossNumbers, constants: Kind) -> dict[str, object]:
    best = numbers.constant_value
    return {
        "loss": numbers.bound.label,
        "value": numbers.value,
        "unit": numbers.bound.loss.unit.symbol,
        "ci": numbers.interval,
        "best_constant": best if best is None or constants is Kind.NUMBER else (best, numbers.constant),
        "skill": numbers.skill,
        "outlier_share": numbers.outlier_share,
    }


def _sentences(each: Evaluated, model: ModelNumbers) -> list[Sentence]:
    sentences: list[Sentence] = []
    outliers = model.facts.outliers
    if outliers is not None:
        sentences.append(_outlier_sentence(each, model, outliers))
    if each.dataset.roles.weight is not None:
        weighted = each.facts.effective_n
        rows = "row" if f"{weighted:.4g}" == "1" else "rows"  # as it is written
        sentences.append(
            Sentence(
                label="weights",
                text=f"as good as {{effective}} {rows} of equal weight, if losses do not go with weights (Kish)",
                values={"effective": Value(kind=Kind.NUMBER, raw=weighted)},
            )
        )
    return sentences


def _outlier_sentence(each: Evaluated, model: ModelNumbers, outliers: Outliers) -> Sentence:
    if outliers.rule is None:
        return Sentence(label="outliers", text=f"none: {why_no_scale(model)}")
    n = each.counts.n
    values = {
        "flagged": count_value(outliers.n),
        "n": count_value(n),
        "share": Value(kind=Kind.FRACTION, raw=outliers.n / n),
        "expected": _about(expected_flagged(n)),
    }
    if outliers.n == 0:
        why = "" if each.dataset.roles.task is Task.REGRESSION or n >= 100 else ", and they are fewer than 100"
        text = f"none of {{n}} rows ({rule_in_words(outliers.rule)}{why})"
        return Sentence(label="outliers", text=text, values=values)
    held = []
    for position, (label, share) in enumerate(each.holdings(model)):
        values[f"held{position}"] = Value(kind=Kind.FRACTION, raw=share)
        held.append(f"{{held{position}}} of {label}")
    rows, verb = ("row", "holds") if outliers.n == 1 else ("rows", "hold")
    if each.dataset.roles.task is Task.REGRESSION:
        counted = f"{{flagged}} {rows} of {{n}} ({{share}}; a normal law expects {{expected}})"
    else:
        counted = f"the {rows if outliers.n == 1 else '{flagged} ' + rows} with the largest {each.held[0].bound.label}"
    told = f"{' and '.join([', '.join(held[:-1]), held[-1]] if len(held) > 1 else held)}"
    return Sentence(label="outliers", text=f"{counted} {verb} {told}" if held else counted, values=values)


def _about(count: float) -> Value:
    """Return an expected count as it is spoken of: whole from 10 on, with one decimal below, never 0."""
    if count >= 10:
        return count_value(round(count))
    if count < 0.1:
        return text_value("<0.1")
    return Value(kind=Kind.NUMBER, raw=round(count, 1))
