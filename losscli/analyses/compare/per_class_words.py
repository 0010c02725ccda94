"""Losses and biases by class as people read them: a table of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.analyses.evaluation.bias_words import MOST_CLASSES
from losscli.result import Column, Kind, Section, Table

if TYPE_CHECKING:
    from losscli.analyses.compare.compared import Compared
    from losscli.analyses.compare.per_class import ClassLosses

# Models that stay however narrow the terminal is; of more the last go first.
STAYING = 2


def per_class_sections(compared: Compared, classes: tuple[ClassLosses, ...]) -> list[Section]:
    """Return the losses over the rows of each true class, and the bias of the probability of each class."""
    shown, which = _shown(classes)
    labels = [asked.bound.label for asked in compared.evaluated.asked]
    losses = tuple(
        ("" if loss else each.name, each.n, label, *_in_order(compared, each.values[loss]))
        for each in shown
        for loss, label in enumerate(labels)
    )
    beside = [
        Column(key="class", header="true class", kind=Kind.TEXT),
        Column(key="n", header="rows", kind=Kind.COUNT),
        Column(key="loss", header="loss", kind=Kind.TEXT),
    ]
    sections = [
        Section(
            title=f"losses over the rows of each true class{which}",
            table=Table(columns=(*beside, *_models(compared, Kind.NUMBER)), rows=losses),
        )
    ]
    if any(bias is not None for each in shown for bias in each.biases):
        columns = (Column(key="class", header="class", kind=Kind.TEXT), *_models(compared, Kind.SIGNED))
        rows = tuple((each.name, *_in_order(compared, each.biases)) for each in shown)
        title = f"bias of the probability of each class: mean probability − observed rate{which}"
        sections.append(Section(title=title, table=Table(columns=columns, rows=rows)))
    return sections


def _shown(classes: tuple[ClassLosses, ...]) -> tuple[tuple[ClassLosses, ...], str]:
    """Return the classes that are shown: of many those with the most of the first loss, summed over models."""
    if len(classes) <= MOST_CLASSES:
        return classes, ""

    def held(each: ClassLosses) -> float:
        return each.n * sum(value for value in each.values[0] if value is not None)

    largest = tuple(sorted(classes, key=held, reverse=True)[:MOST_CLASSES])
    return largest, f", the {MOST_CLASSES} of {len(classes)} that hold most of the first loss"


def _models(compared: Compared, kind: Kind) -> list[Column]:
    return [
        Column(key=f"model{at}", header=compared.name(model), kind=kind, rank=max(0, at - STAYING + 1))
        for at, model in enumerate(compared.order)
    ]


def _in_order(compared: Compared, values: tuple[float | None, ...]) -> list[float | None]:
    return [values[model] for model in compared.order]
