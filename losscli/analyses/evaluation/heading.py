"""What was read and how it was understood, in the words of the first line and of the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.analyses.evaluation.bias_words import level_in_words
from losscli.analyses.evaluation.dependence import units_in_words
from losscli.analyses.evaluation.groups import by_in_words
from losscli.arrays import Task
from losscli.engine.statistics.inference import is_plain_rate
from losscli.result import Sentence, count_value, text_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from losscli.analyses.evaluation.evaluated import Evaluated, ModelNumbers
    from losscli.engine.statistics.inquiry import Asked
    from losscli.engine.table.roles import Roles

# Columns that are named one by one in a line.
MOST_NAMES = 6
# Pairs of target and predictions that several files have, as told in the first line.
MOST_PAIRS = 2
# By whose law the interval of a ratio of two losses of the same rows is: Student's, inverted as Fieller does.
PAIRED = "paired t (Fieller)"
# What the first line has beside it: how to change what it says.
CHANGE_WITH = "change with --target --pred --task"
RULES = {
    "modified-z": "modified z",
    "mean-absolute-deviation": "mean absolute deviation",
    "double-mad": "modified z by the MAD on its side of the median",
    "double-mean-absolute-deviation": "mean absolute deviations on its side of the median",
    "adjusted-boxplot": "interquartile ranges, adjusted to the skewness, beyond the quartiles",
    "iqr": "interquartile ranges beyond the quartiles",
    "error": "|error|",
}


def model_name(each: Evaluated, model: ModelNumbers, *, several: bool) -> str:
    """Return the name of a model: of its column, of its data set where there are several, or of both."""
    if not several:
        return model.name
    name = each.name or each.dataset.source.label
    return name if len(each.models) == 1 else f"{name}: {model.name}"


def heading_of(evaluated: tuple[Evaluated, ...]) -> Sentence:
    """Return the first line: what was read, and how it was understood."""
    first = evaluated[0]
    roles = first.dataset.roles
    values = {
        "n": count_value(sum(each.counts.n for each in evaluated)),
        "task": text_value(_task_in_words(roles)),
        "label": text_value(first.dataset.source.label),
    }
    beside = ""
    if roles.weight:
        beside = " · weight {weight}"
        values["weight"] = text_value(roles.weight)
    if roles.units is not None:
        counted = "{units} " if len(evaluated) == 1 else ""
        beside += f" · {counted}{'times' if roles.units.in_time else 'clusters'} of {{unit}}"
        values["units"] = count_value(first.facts.units)
        values["unit"] = text_value(roles.units.column)
    columns = list(dict.fromkeys((each.dataset.roles.target, each.dataset.roles.predictions) for each in evaluated))
    against = []
    for position, (target, predictions) in enumerate(columns[:MOST_PAIRS]):
        values[f"target{position}"] = text_value(_few(target))
        values[f"predictions{position}"] = text_value(_few(predictions))
        against.append(f"{{target{position}}} against {{predictions{position}}}")
    rows = "{n} row" if values["n"].raw == 1 else "{n} rows"
    if len(columns) > MOST_PAIRS:
        against.append("…")
    read = "{label}" if len(evaluated) == 1 else f"{len(evaluated)} files"
    return Sentence(text=f"{read} · {rows} · {{task}} · {'; '.join(against)}{beside}", values=values)


def _task_in_words(roles: Roles) -> str:
    """Return what is predicted and how, as it was decided: "binary, probability of yes"."""
    if roles.task is Task.REGRESSION:
        return roles.task.value
    if roles.positive is not None:
        return f"{roles.task}, {roles.form} of {roles.positive}"
    one, many = ("label", "labels") if roles.task is Task.MULTILABEL else ("class", "classes")
    return f"{roles.task}, {len(roles.classes)} {one if len(roles.classes) == 1 else many}, {roles.form}"


def _few(names: tuple[str, ...]) -> str:
    if len(names) <= MOST_NAMES:
        return ", ".join(names)
    return f"{names[0]}, {names[1]}, … {names[-1]}"


def rule_in_words(rule: str) -> str:
    """Return the rule that flags rows as people read it: "modified z > 3.5", "largest 1 % by bce"."""
    name, above, limit = rule.partition(">")
    if above:
        scaled = ", errors scaled along the prediction" if name.startswith("scaled-") else ""
        return f"{RULES[name.removeprefix('scaled-')]} > {limit}{scaled}"
    share, _, judge = rule.partition(":")
    return f"{share.replace('-', ' ').replace('%', ' %')} by {'|error|' if judge == 'error' else judge}"


def signature_of(
    evaluated: tuple[Evaluated, ...],
    *,
    level: float | None,
    version: str,
    law: str | None = None,
    rules: frozenset[str] = frozenset(),
) -> str:
    """Return one line that says what was computed, with intervals by `law`: to be quoted beside a number.

    None for `law` is that of the intervals of the losses themselves.
    `rules` are those by which rows were judged to be outlying, beside those of the evaluation itself.
    """
    first = evaluated[0]
    used = {model.facts.outliers.rule for each in evaluated for model in each.models if model.facts.outliers} | rules
    if law is None:
        law = " and ".join(
            sorted(_laws(evaluated) or {found for each in evaluated for found in _laws([of for _, of in each.groups])})
        )
    pieces = [
        f"losscli {version}",
        ",".join(asked.bound.signature for asked in first.asked),
        rows_in_words(evaluated),
        interval_in_words(evaluated, level=level if law else None, law=law),
        *(rule_in_words(rule) for rule in sorted(rule for rule in used if rule)),
        columns_in_words(evaluated),
        *([by_in_words(first.dataset.roles)] if first.dataset.roles.by else []),
    ]
    return " · ".join(pieces)


def rows_in_words(evaluated: tuple[Evaluated, ...]) -> str:
    """Return how many rows were used, as the last line tells it: "n 5000 (12 dropped)"."""
    dropped = sum(each.counts.n_dropped for each in evaluated)
    return f"n {sum(each.counts.n for each in evaluated)}" + (f" ({dropped} dropped)" if dropped else "")


def interval_in_words(evaluated: tuple[Evaluated, ...], *, level: float | None, law: str) -> str:
    """Return what intervals are, by a law for independent rows: "hall 95 %", "hall 95 % by 12 clusters of site"."""
    if level is None:
        return "no interval"
    units = evaluated[0].dataset.roles.units
    if units is None:
        return f"{law} {level_in_words(level)}"
    if units.in_time:
        law = law.replace("hall", "fixed-b").replace("paired t", "paired fixed-b")
    told = "; ".join(dict.fromkeys(map(units_in_words, evaluated)))
    return f"{law} {level_in_words(level)} {'along' if units.in_time else 'by'} {told}"


def law_of(each: Evaluated, asked: Asked) -> str:
    """Return by whose law the interval of a loss is."""
    return "wilson" if is_plain_rate(asked.bound, each.counts.n, each.facts.effective_n) else "hall"


def _laws(evaluated: Sequence[Evaluated]) -> set[str]:
    """Return by whose laws the intervals of losses are; where none has one, by whose those of the biases are."""
    found = {
        law_of(each, asked)
        for each in evaluated
        for model in each.models
        for asked, numbers in zip(each.asked, model.losses, strict=True)
        if numbers.interval is not None
    }
    biases = (bias for each in evaluated for model in each.models for bias in (model.bias, *(model.class_bias or ())))
    return found or {"hall" for bias in biases if bias is not None and bias.interval is not None}


def columns_in_words(evaluated: tuple[Evaluated, ...]) -> str:
    """Return the columns as the last line tells them: "y_true/y_pred weight n"."""
    columns = dict.fromkeys(
        f"{_few(each.dataset.roles.target)}/{_few(each.dataset.roles.predictions)}" for each in evaluated
    )
    weight = evaluated[0].dataset.roles.weight
    return "; ".join(columns) + (f" weight {weight}" if weight else "")
