"""What a person reads of biases: sentences on each model, tables of its classes, of groups and of bins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from losscli.analyses.bias.calibration_words import calibration_section
from losscli.analyses.bias.part_words import bias_cells, bias_columns, bins_section, groups_section
from losscli.analyses.bias.sentences import about
from losscli.analyses.evaluation.groups import by_in_words
from losscli.analyses.evaluation.heading import columns_in_words, interval_in_words, model_name, rows_in_words
from losscli.arrays import Functional, Task
from losscli.result import Column, Kind, Section, Table, table_of

if TYPE_CHECKING:
    from losscli.analyses.bias.biased import Biased, SubjectNumbers


def sections_of(found: tuple[Biased, ...], *, level: float | None) -> tuple[Section, ...]:
    """Return the sections of each model of each data set."""
    several = len(found) > 1
    alone = not several and len(found[0].evaluated.models) == 1
    return tuple(
        section
        for each in found
        for model in each.evaluated.models
        for section in _of_model(
            each, each.of(model), "" if alone else model_name(each.evaluated, model, several=several), level
        )
    )


def _of_model(each: Biased, subjects: tuple[SubjectNumbers, ...], name: str, level: float | None) -> Iterator[Section]:
    if subjects[0].subject.number is None:
        yield Section(title=name, sentences=tuple(about(each, subjects[0], level)))
    else:
        yield Section(title=name, table=_classes(each, subjects, level))
    for numbers in subjects:
        of_class = each.class_name(numbers)
        title = ", ".join(part for part in (name, f"{_class_word(each)} {of_class}" if of_class else "") if part)
        if numbers.groups is not None:
            yield groups_section(each, numbers.groups, title, level)
        if numbers.bins is not None:
            yield bins_section(each, numbers.bins, title, level)
    section = calibration_section(each, subjects, name)
    if section is not None:
        yield section


def _class_word(each: Biased) -> str:
    return "label" if each.evaluated.dataset.roles.task is Task.MULTILABEL else "class"


def _classes(each: Biased, subjects: tuple[SubjectNumbers, ...], level: float | None) -> Table:
    rows = []
    for numbers in subjects:
        cells = bias_cells(numbers.bias, numbers.p_adjusted, level)
        cells["class"] = each.class_name(numbers)
        cells["prediction"] = numbers.observed + numbers.bias.mbe
        cells["target"] = numbers.observed
        rows.append(cells)
    columns = [
        Column(key="class", header=_class_word(each), kind=Kind.TEXT),
        Column(key="prediction", header="mean probability", kind=Kind.NUMBER, rank=4),
        Column(key="target", header="observed rate", kind=Kind.NUMBER, rank=3),
        *bias_columns(level),
    ]
    return table_of(columns, rows)


def signature_of(found: tuple[Biased, ...], *, level: float | None, version: str) -> str:
    """Return one line that says what was computed: to be quoted beside a number."""
    evaluated = tuple(each.evaluated for each in found)
    pieces = [
        f"losscli {version}",
        "bias",
        *([",".join(loss.signature for loss in found[0].decomposed)] if found[0].decomposed else []),
        rows_in_words(evaluated),
        interval_in_words(evaluated, level=level if any(map(_has_interval, found)) else None, law=_law(found[0])),
        columns_in_words(evaluated),
        *([by_in_words(evaluated[0].dataset.roles)] if found[0].by else []),
        *([f"{found[0].asked_bins} bins along {found[0].along or 'the prediction'}"] if found[0].asked_bins else []),
    ]
    return " · ".join(pieces)


def _has_interval(each: Biased) -> bool:
    return any(
        bias.interval is not None
        for numbers in each.subjects
        for bias in (numbers.bias, *(part.bias for part in (*(numbers.groups or ()), *(numbers.bins or ()))))
    )


def _law(each: Biased) -> str:
    """Return by whose method the intervals of biases are found."""
    return "wilson" if each.wanted.functional is Functional.QUANTILE else "hall"
