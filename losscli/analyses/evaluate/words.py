"""What a person reads of an evaluation: the first line, a table for each model, bias and outliers in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.analyses.evaluate.payload import model_name
from losscli.engine.inference import kish
from losscli.engine.outlying import expected_flagged
from losscli.result import Column, Kind, Section, Sentence, Table, Value

if TYPE_CHECKING:
    from losscli.analyses.evaluate.evaluated import Evaluated, ModelNumbers
    from losscli.analyses.evaluate.numbers import BiasNumbers, LossNumbers

RULES = {"modified-z": "modified z", "mean-absolute-deviation": "mean absolute deviation"}


def level_in_words(level: float) -> str:
    """Return the level of an interval as it is spoken of: "95 %"."""
    return f"{100 * level:.10g} %"


def heading_of(evaluated: tuple[Evaluated, ...]) -> Sentence:
    """Return the first line: what was read, and how it was understood."""
    first = evaluated[0]
    roles = first.dataset.roles
    values = {
        "n": Value(kind=Kind.COUNT, raw=sum(each.counts.n for each in evaluated)),
        "task": Value(kind=Kind.TEXT, raw=first.dataset.task.value),
        "label": Value(kind=Kind.TEXT, raw=", ".join(each.dataset.source.label for each in evaluated)),
    }
    weighted = " · weight {weight}" if roles.weight else ""
    if roles.weight:
        values["weight"] = Value(kind=Kind.TEXT, raw=roles.weight)
    columns = dict.fromkeys((each.dataset.roles.target, each.dataset.roles.predictions) for each in evaluated)
    against = []
    for position, (target, predictions) in enumerate(columns):
        values[f"target{position}"] = Value(kind=Kind.TEXT, raw=target)
        values[f"predictions{position}"] = Value(kind=Kind.TEXT, raw=", ".join(predictions))
        against.append(f"{{target{position}}} against {{predictions{position}}}")
    rows = "{n} row" if values["n"].raw == 1 else "{n} rows"
    return Sentence(text=f"{{label}} · {rows} · {{task}} · {'; '.join(against)}{weighted}", values=values)


def sections_of(evaluated: tuple[Evaluated, ...], *, level: float | None, brief: bool) -> tuple[Section, ...]:
    """Return a section for each model of each data set."""
    several = len(evaluated) > 1
    alone = not several and len(evaluated[0].models) == 1
    return tuple(
        Section(
            title="" if alone else model_name(each, model, several=several),
            table=_table(model, level=level, brief=brief),
            sentences=_sentences(each, model, level),
        )
        for each in evaluated
        for model in each.models
    )


def _table(model: ModelNumbers, *, level: float | None, brief: bool) -> Table:
    columns = [
        Column(key="loss", header="loss", kind=Kind.TEXT),
        Column(key="value", header="value", kind=Kind.NUMBER),
        Column(key="unit", header="unit", kind=Kind.WORDS, rank=5),
    ]
    if level is not None:
        columns.append(Column(key="ci", header=f"{level_in_words(level)} interval", kind=Kind.INTERVAL, rank=1))
    if not brief:
        columns += [
            Column(key="best_constant", header="best constant", kind=Kind.CONSTANT, rank=4),
            Column(key="skill", header="skill", kind=Kind.FRACTION, rank=2),
            Column(key="outlier_share", header="outliers hold", kind=Kind.FRACTION, rank=3),
        ]
    cells = [_cells(numbers) for numbers in model.losses]
    return Table(columns=tuple(columns), rows=tuple(tuple(row[column.key] for column in columns) for row in cells))


def _cells(numbers: LossNumbers) -> dict[str, object]:
    best = numbers.constant_value
    return {
        "loss": numbers.bound.label,
        "value": numbers.value,
        "unit": numbers.bound.loss.unit.symbol,
        "ci": numbers.interval,
        "best_constant": None if best is None else (best, numbers.constant),
        "skill": numbers.skill,
        "outlier_share": numbers.outlier_share,
    }


def _sentences(each: Evaluated, model: ModelNumbers, level: float | None) -> tuple[Sentence, ...]:
    sentences = [bias_sentence(model.bias, level)]
    if model.facts.outliers is not None:
        sentences.append(_outlier_sentence(each, model))
    if each.dataset.roles.weight is not None:
        weighted = kish(each.facts.total_weight, each.facts.total_squared_weight)
        sentences.append(
            Sentence(
                label="weights",
                text="as good as {effective} rows of equal weight (Kish)",
                values={"effective": Value(kind=Kind.NUMBER, raw=weighted)},
            )
        )
    return tuple(sentences)


def bias_sentence(bias: BiasNumbers, level: float | None) -> Sentence:
    """Return the bias in words: its sign, its size, and whether it is more than noise."""
    values = {
        "size": Value(kind=Kind.NUMBER, raw=abs(bias.mbe)),
        "relative": Value(kind=Kind.SIGNED_FRACTION, raw=bias.relative),
        "interval": Value(kind=Kind.SIGNED_INTERVAL, raw=bias.interval),
    }
    relative = " ({relative})" if bias.relative is not None else ""
    verb = {"over": "over-predicts by {size}", "under": "under-predicts by {size}", "none": "none: the mean error is 0"}
    text = verb[bias.direction] + (relative if bias.direction != "none" else "")
    if bias.interval is not None and level is not None:
        text += f", {level_in_words(level)} interval {{interval}}"
        if not bias.significant and bias.direction != "none":
            text += ": no bias that the data can show"
    return Sentence(label="bias", text=text, values=values)


def _outlier_sentence(each: Evaluated, model: ModelNumbers) -> Sentence:
    outliers, n = model.facts.outliers, each.counts.n
    if outliers is None or outliers.rule is None:
        return Sentence(label="outliers", text="none: all errors are equal")
    expected = expected_flagged(n)
    values = {
        "flagged": Value(kind=Kind.COUNT, raw=outliers.n),
        "n": Value(kind=Kind.COUNT, raw=n),
        "share": Value(kind=Kind.FRACTION, raw=outliers.n / n),
        "expected": _about(expected),
    }
    if outliers.n == 0:
        return Sentence(label="outliers", text=f"none of {{n}} rows ({rule_in_words(outliers.rule)})", values=values)
    held = []
    for position, (label, share) in enumerate(each.holdings(model)):
        values[f"held{position}"] = Value(kind=Kind.FRACTION, raw=share)
        held.append(f"{{held{position}}} of {label}")
    rows, verb = ("row", "holds") if outliers.n == 1 else ("rows", "hold")
    counted = f"{{flagged}} {rows} of {{n}} ({{share}}; a normal law expects {{expected}})"
    return Sentence(label="outliers", text=f"{counted} {verb} {' and '.join(held)}" if held else counted, values=values)


def _about(count: float) -> Value:
    """Return an expected count as it is spoken of: whole from 10 on, with one decimal below."""
    if count >= 10:
        return Value(kind=Kind.COUNT, raw=round(count))
    return Value(kind=Kind.NUMBER, raw=round(count, 1))


def rule_in_words(rule: str) -> str:
    """Return the rule that flags rows as people read it: "modified z > 3.5"."""
    name, _, limit = rule.partition(">")
    return f"{RULES[name]} > {limit}"


def signature_of(evaluated: tuple[Evaluated, ...], *, level: float | None, version: str) -> str:
    """Return one line that says what was computed: to be quoted beside a number."""
    first = evaluated[0]
    roles = first.dataset.roles
    n = sum(each.counts.n for each in evaluated)
    dropped = sum(each.counts.n_dropped for each in evaluated)
    columns = dict.fromkeys(
        f"{each.dataset.roles.target}/{','.join(each.dataset.roles.predictions)}" for each in evaluated
    )
    rules = {model.facts.outliers.rule for each in evaluated for model in each.models if model.facts.outliers}
    pieces = [
        f"losscli {version}",
        ",".join(asked.bound.signature for asked in first.asked),
        f"n {n}" + (f" ({dropped} dropped)" if dropped else ""),
        "no interval" if level is None else f"hall {level_in_words(level)}",
        *(rule_in_words(rule) for rule in sorted(rule for rule in rules if rule)),
        "; ".join(columns) + (f" weight {roles.weight}" if roles.weight else ""),
    ]
    return " · ".join(pieces)
