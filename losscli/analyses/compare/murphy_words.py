"""A Murphy diagram as people read it: a table of some thresholds, and in a sentence what all of them say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.analyses.evaluation.bias_words import level_in_words
from losscli.arrays import Task
from losscli.result import Column, Kind, Section, Sentence, Value, count_value, table_of, text_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from losscli.analyses.compare.compared import Compared
    from losscli.analyses.compare.murphy import Curve, Murphy

# Thresholds that are shown: evenly spaced among all; programs get every one.
SHOWN = 9


def murphy_sections(compared: Compared, murphy: Murphy, *, level: float | None) -> list[Section]:
    """Return a section for each candidate beside the baseline."""
    return [_section(compared, murphy, rank, curve, level) for rank, curve in enumerate(murphy.curves, start=1)]


def _section(compared: Compared, murphy: Murphy, rank: int, curve: Curve, level: float | None) -> Section:
    baseline, candidate = compared.baseline, compared.name(curve.candidate)
    columns = [
        Column(key="threshold", header="threshold", kind=Kind.NUMBER),
        Column(key="baseline", header=baseline, kind=Kind.NUMBER, rank=2),
        Column(key="candidate", header=candidate, kind=Kind.NUMBER, rank=2),
        Column(key="difference", header="difference", kind=Kind.SIGNED),
    ]
    if level is not None:
        columns.append(
            Column(key="interval", header=f"{level_in_words(level)} interval", kind=Kind.SIGNED_INTERVAL, rank=1)
        )
    columns.append(Column(key="lower", header="lower", kind=Kind.TEXT))
    last = len(murphy.thresholds) - 1
    rows = [
        {
            "threshold": murphy.thresholds[at],
            "baseline": murphy.scores[0][at],
            "candidate": murphy.scores[rank][at],
            "difference": curve.differences[at],
            "interval": curve.intervals[at],
            "lower": (candidate if curve.differences[at] < 0 else baseline) if curve.sure[at] else "~",
        }
        for at in (sorted({round(last * step / (SHOWN - 1)) for step in range(SHOWN)}) if last >= 0 else ())
    ]
    return Section(
        title=f"elementary scores of {candidate} against {baseline} (Murphy diagram)",
        table=table_of(columns, rows),
        sentences=(*_adjusted(murphy, level), _judgement(compared, murphy, curve)),
    )


def _adjusted(murphy: Murphy, level: float | None) -> Iterator[Sentence]:
    """Yield how intervals, where there are any, and the last column come about."""
    if level is not None:
        yield Sentence(text="intervals are of each threshold by itself", columns=("interval",))
    text = "which is lower is adjusted for {all} thresholds (Holm)"
    yield Sentence(text=text, values={"all": count_value(len(murphy.thresholds))})


def _judgement(compared: Compared, murphy: Murphy, curve: Curve) -> Sentence:
    """Return where the candidate is ahead, and what follows for the losses that ask for the mean."""
    values = {
        "candidate": text_value(compared.name(curve.candidate)),
        "baseline": text_value(compared.baseline),
        "all": count_value(len(murphy.thresholds)),
        "lower": count_value(curve.lower),
        "higher": count_value(curve.higher),
        "surely_lower": count_value(curve.surely_lower),
        "surely_higher": count_value(curve.surely_higher),
    }
    of_numbers = compared.evaluated.dataset.roles.task is Task.REGRESSION
    losses = "loss that asks for the mean" if of_numbers else "proper score of a probability"
    if not curve.lower and not curve.higher:
        return Sentence(text="{candidate} and {baseline} have the same score at all {all} thresholds.", values=values)
    if not curve.higher or not curve.lower:
        ahead, behind, sure = (
            ("{candidate}", "{baseline}", "{surely_lower}")
            if curve.lower
            else ("{baseline}", "{candidate}", "{surely_higher}")
        )
        text = (
            f"{ahead} is at or below {behind} at all {{all}} thresholds ({sure} beyond chance): as far as these "
            f"show, no {losses} prefers {behind}."
        )
        return Sentence(text=text, values=values)
    crossings = curve.crossings
    values |= {
        "crossings": count_value(len(crossings)),
        "before": Value(kind=Kind.NUMBER, raw=murphy.thresholds[crossings[0][0]]),
        "after": Value(kind=Kind.NUMBER, raw=murphy.thresholds[crossings[0][1]]),
    }
    crossed = "once, between {before} and {after}" if len(crossings) == 1 else "{crossings} times"
    text = (
        f"They cross {crossed}: {{candidate}} is below at {{lower}} of {{all}} thresholds ({{surely_lower}} beyond "
        "chance), {baseline} at {higher} ({surely_higher} beyond chance)"
    )
    if curve.surely_lower and curve.surely_higher:
        of_what = "those that ask for the mean" if of_numbers else "proper scores of a probability"
        text += f"; which is better depends on the loss, even among {of_what}."
    elif curve.surely_lower or curve.surely_higher:
        text += f"; beyond chance only {{{'candidate' if curve.surely_lower else 'baseline'}}} is ever ahead."
    else:
        text += "; the scores do not tell them apart."
    return Sentence(text=text, values=values)
