"""The values of each group of rows, below each other: the groups first that have the largest loss."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from losscli.analyses.evaluation.bias_words import level_in_words
from losscli.analyses.evaluation.groups import SHOWN_GROUPS, by_in_words, group_cells, group_columns, hidden_groups
from losscli.engine.statistics.inquiry import first_ranking
from losscli.result import Column, Kind, Section, Sentence, table_of, text_value

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated, ModelNumbers
    from losscli.engine.table.within import Group


def group_section(each: Evaluated, position: int, *, name: str, level: float | None) -> Section:
    """Return the table of the groups of the model at `position`, which is called `name` or is the only one."""
    roles = each.dataset.roles
    found = [(group, of, of.models[position]) for group, of in each.groups]
    first = first_ranking(each.asked)
    if first is not None:
        found.sort(key=lambda entry: _size(entry[2], first), reverse=True)
    columns = [*group_columns(roles), Column(key="n", header="n", kind=Kind.COUNT, rank=1), *_columns(each, level)]
    words = by_in_words(roles)
    return Section(
        title=f"{name}, {words}" if name else words,
        table=table_of(columns, [_cells(*entry) for entry in found[:SHOWN_GROUPS]]),
        sentences=tuple(_sentences(each, len(found), first)),
    )


def _size(model: ModelNumbers, loss: int) -> float:
    value = model.losses[loss].value
    return -math.inf if value is None else value


def _columns(each: Evaluated, level: float | None) -> list[Column]:
    """Return a column for each loss, of a single one with its interval and skill, and one for the bias."""
    losses = [
        Column(key=f"value{at}", header=asked.bound.label, kind=Kind.NUMBER, rank=at and at + 2)
        for at, asked in enumerate(each.asked)
    ]
    beside: list[Column] = []
    if len(losses) == 1 and level is not None:
        beside = [
            Column(key="ci", header=f"{level_in_words(level)} interval", kind=Kind.INTERVAL, rank=3),
            Column(key="skill", header="skill", kind=Kind.FRACTION, rank=4),
        ]
    bias = [Column(key="bias", header="bias", kind=Kind.SIGNED, rank=2)] if _has_bias(each) else []
    return [*losses, *beside, *bias]


def _cells(group: Group, of: Evaluated, model: ModelNumbers) -> dict[str, object]:
    first = model.losses[0] if model.losses else None
    return {
        **group_cells(group),
        "n": of.counts.n,
        **{f"value{at}": numbers.value for at, numbers in enumerate(model.losses)},
        "ci": None if first is None else first.interval,
        "skill": None if first is None else first.skill,
        "bias": None if model.bias is None else model.bias.mbe,
    }


def _sentences(each: Evaluated, groups: int, first: int | None) -> list[Sentence]:
    biased = [Sentence(text="a bias above 0 is over-prediction", columns=("bias",))] if _has_bias(each) else []
    if first is None:
        return [*biased, *hidden_groups(groups, "follows", "follow")]
    label = each.asked[first].bound.label
    order = Sentence(text="the largest {label} stands first", values={"label": text_value(label)})
    return [order, *biased, *hidden_groups(groups, f"has a smaller {label}", f"have a smaller {label}")]


def _has_bias(each: Evaluated) -> bool:
    """Return whether models have a bias that is not one of the losses."""
    signed = any(asked.bound.loss.is_signed for asked in each.asked)
    return not signed and each.models[0].bias is not None
