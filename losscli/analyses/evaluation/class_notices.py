"""The common mistakes with predictions of classes, told from the data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from losscli.arrays import Form, Task
from losscli.result import Kind, Notice, Value, count_value, notice, text_value

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.engine.table.roles import Roles

# Classes that a notice names one by one.
NAMED_CLASSES = 5


def class_notices(each: Evaluated, *, several: bool) -> Iterator[Notice]:
    """Yield the notices about classes and about predictions that look like another encoding."""
    roles, facts = each.dataset.roles, each.facts
    where = f"{each.dataset.source.label}: " if several else ""
    if roles.task is Task.BINARY and facts.mean_target in (0.0, 1.0):
        only = roles.classes[1 if facts.mean_target else 0]
        yield _notice("one-class", "{where}only one class occurs in the target: {class}", where, only)
    if roles.task is Task.MULTICLASS and facts.mean_row is not None:
        absent = [name for name, rate in zip(roles.classes, facts.mean_row, strict=True) if rate == 0]
        if len(absent) == len(roles.classes) - 1:
            (only,) = (name for name in roles.classes if name not in absent)
            yield _notice("one-class", "{where}only one class occurs in the target: {class}", where, only)
        elif absent:
            shown = ", ".join(absent[:NAMED_CLASSES]) + (", …" if len(absent) > NAMED_CLASSES else "")
            occur = "occurs" if len(absent) == 1 else "occur"
            text = f"{{where}}{len(absent)} of {len(roles.classes)} classes never {occur} in the target: {{class}}"
            yield _notice("absent-classes", text, where, shown)
    yield from _about_labels(roles, where)
    count, most = each.counts.off_sums
    if count:
        values = {"k": count_value(count), "most": Value(kind=Kind.NUMBER, raw=most)}
        done = "they were divided by their sums" if each.dataset.rows.normalize else "--normalize divides by the sums"
        rows = "row" if count == 1 else "rows"
        text = f"{{where}}the probabilities of {{k}} {rows} do not sum to 1 (off by up to {{most}}); {done}"
        yield _notice("row-sums", text, where, "", **values)
    for model in each.models:
        found = model.facts.range
        if found is None:
            continue
        named = where if len(each.models) == 1 else f"{where}{model.name}: "
        if roles.form is Form.PROBABILITY and found.hard:
            yield _notice(
                "hard-probabilities", "{where}all probabilities are 0 or 1: these look like labels", named, ""
            )
        elif roles.form in (Form.MARGIN, Form.LOGIT, Form.SCORE) and found.low >= 0 and found.high <= 1:
            text = (
                f"{{where}}all predictions lie in [0, 1]: these look like probabilities, and were read as {roles.form}s"
            )
            yield _notice("look-like-probabilities", text, named, "")


def _about_labels(roles: Roles, where: str) -> Iterator[Notice]:
    if roles.like_labels:
        text = "{where}target and predictions are a few whole numbers: they look like class labels"
        hint = "--task multiclass reads them as labels, --task regression as numbers"
        yield notice("looks-like-labels", text, hint, where=text_value(where))


def _notice(code: str, text: str, where: str, name: str, **values: Value) -> Notice:
    own = {"where": text_value(where), "class": text_value(name)}
    return notice(code, text, **(own | values))
