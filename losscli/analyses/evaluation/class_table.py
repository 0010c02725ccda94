"""The bias of a model of several classes as a table: observed, predicted, and whether they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.analyses.evaluation.bias_words import MOST_CLASSES, NO_BIAS, SHOWN_OF_MANY, level_in_words
from losscli.arrays import Task
from losscli.engine.statistics.multiple import holm
from losscli.result import Column, Kind, Section, table_of

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated, ModelNumbers
    from losscli.analyses.evaluation.numbers import BiasNumbers

# Classes up to which a sentence for each reads better than a table.
MOST_SENTENCES = 2


def class_bias_section(each: Evaluated, model: ModelNumbers, *, level: float | None, name: str = "") -> Section | None:
    """Return a row for each class, of many the most biased; None where a sentence tells it, or there is none.

    Verdicts are adjusted for the number of classes, shown or not; intervals are of each class by itself.

    Parameters
    ----------
    name : str
        The name of the model, where it has to be said.
    """
    roles, rates = each.dataset.roles, each.facts.mean_row
    if model.class_bias is None or rates is None or len(roles.classes) <= MOST_SENTENCES:
        return None
    adjusted = holm([bias.p_value for bias in model.class_bias])
    tested = sum(p is not None for p in adjusted)
    found = list(zip(roles.classes, rates, model.class_bias, adjusted, strict=True))
    what = "label" if roles.task is Task.MULTILABEL else "class"
    title = f"bias by {what}"
    if len(found) > MOST_CLASSES:
        found = sorted(found, key=lambda row: -abs(row[2].mbe))[:SHOWN_OF_MANY]
        title = f"{title}, the {SHOWN_OF_MANY} largest of {len(roles.classes)}"
    columns = [
        Column(key="class", header=what, kind=Kind.TEXT),
        Column(key="observed", header="observed", kind=Kind.FRACTION, rank=2),
        Column(key="predicted", header="predicted", kind=Kind.FRACTION, rank=2),
        Column(key="bias", header="bias", kind=Kind.SIGNED),
    ]
    if level is not None:
        header = f"{level_in_words(level)} interval"
        columns += [
            Column(key="interval", header=header, kind=Kind.SIGNED_INTERVAL, rank=1),
            Column(key="word", header="verdict (Holm)", kind=Kind.WORDS),
        ]
    rows = [
        {
            "class": label,
            "observed": rate,
            "predicted": rate + bias.mbe,
            "bias": bias.mbe,
            "interval": bias.interval,
            "word": _verdict(bias, p, level or 0, tested),
        }
        for label, rate, bias, p in found
    ]
    title = f"{name}: {title}" if name else title
    return Section(title=title, table=table_of(columns, rows))


def _verdict(bias: BiasNumbers, p_adjusted: float | None, level: float, tested: int) -> str:
    """Return in a few words which way the model errs, as far as the data can show among so many classes."""
    if p_adjusted is None:
        return ""
    if p_adjusted < 1 - level:
        return f"{bias.direction}-predicted"
    return f"may be chance, as 1 of {tested}" if bias.significant else NO_BIAS
