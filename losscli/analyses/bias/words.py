"""What a person reads of biases: sentences on each model, a table of its classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.analyses.bias.sentences import about
from losscli.analyses.evaluation.bias_words import level_in_words
from losscli.analyses.evaluation.heading import columns_in_words, model_name
from losscli.result import Column, Kind, Section, Table

if TYPE_CHECKING:
    from losscli.analyses.bias.biased import Biased, SubjectNumbers


def sections_of(found: tuple[Biased, ...], *, level: float | None) -> tuple[Section, ...]:
    """Return the sections of each model of each data set."""
    several = len(found) > 1
    alone = not several and len(found[0].evaluated.models) == 1
    sections = []
    for each in found:
        for model in each.evaluated.models:
            title = "" if alone else model_name(each.evaluated, model, several=several)
            subjects = each.of(model)
            if subjects[0].subject.number is None:
                said = tuple(about(subjects[0], each.evaluated.dataset.roles, level))
                sections.append(Section(title=title, sentences=said))
            else:
                sections.append(Section(title=title, table=_classes(each, subjects, level)))
    return tuple(sections)


def _classes(each: Biased, subjects: tuple[SubjectNumbers, ...], level: float | None) -> Table:
    columns = [
        Column(key="class", header="class", kind=Kind.TEXT),
        Column(key="prediction", header="mean probability", kind=Kind.NUMBER, rank=3),
        Column(key="target", header="observed rate", kind=Kind.NUMBER, rank=2),
        Column(key="bias", header="bias", kind=Kind.SIGNED),
    ]
    if level is not None:
        columns.append(
            Column(key="interval", header=f"{level_in_words(level)} interval", kind=Kind.SIGNED_INTERVAL, rank=1)
        )
        columns.append(Column(key="p", header="p (Holm)", kind=Kind.P_VALUE, rank=1))
        columns.append(Column(key="verdict", header="verdict", kind=Kind.WORDS))
    rows = []
    for numbers in subjects:
        cells: dict[str, object] = {
            "class": each.class_name(numbers),
            "prediction": numbers.observed + numbers.bias.mbe,
            "target": numbers.observed,
            "bias": numbers.bias.mbe,
            "interval": numbers.bias.interval,
            "p": numbers.p_adjusted,
            "verdict": verdict(numbers.bias.mbe, numbers.p_adjusted, level),
        }
        rows.append(tuple(cells[column.key] for column in columns))
    return Table(columns=tuple(columns), rows=tuple(rows))


def verdict(mbe: float, p_adjusted: float | None, level: float | None) -> str:
    """Return "over" or "under" where the adjusted p-value tells the bias from noise, else "~"; empty without one."""
    if p_adjusted is None or level is None:
        return ""
    if p_adjusted > 1 - level:
        return "~"
    return "over" if mbe > 0 else "under"


def signature_of(found: tuple[Biased, ...], *, level: float | None, version: str) -> str:
    """Return one line that says what was computed: to be quoted beside a number."""
    evaluated = tuple(each.evaluated for each in found)
    n = sum(each.counts.n for each in evaluated)
    dropped = sum(each.counts.n_dropped for each in evaluated)
    pieces = [
        f"losscli {version}",
        "bias",
        f"n {n}" + (f" ({dropped} dropped)" if dropped else ""),
        "no interval" if level is None else f"hall {level_in_words(level)}",
        columns_in_words(evaluated),
    ]
    return " · ".join(pieces)
