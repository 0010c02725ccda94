"""Outliers of each group of rows: judged by their own errors, the groups first whose losses depend on them most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.analyses.evaluation.groups import (
    SHOWN_GROUPS,
    by_in_words,
    first_named,
    group_cells,
    group_columns,
    hidden_groups,
)
from losscli.analyses.outliers.notices import FEW_ROWS
from losscli.analyses.outliers.words import sections_of
from losscli.result import Column, Kind, Notice, Section, Sentence, count_value, notice, table_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.analyses.outliers.numbers import LossEffect, ModelOutliers
    from losscli.engine.table.within import Group

# Groups whose tables are shown in full, and losses of which it is told what they are without the flagged rows.
SHOWN_IN_FULL = 3
MOST_LOSSES = 4


class GroupOutliers(Struct, frozen=True, kw_only=True):
    """The outlying rows of one group: its evaluation, and what they do to each of its models."""

    group: Group
    evaluated: Evaluated
    models: tuple[ModelOutliers, ...]


def group_sections(groups: tuple[GroupOutliers, ...], keep: tuple[str, ...]) -> tuple[Section, ...]:
    """Return for each model a table of its groups, the most affected first, and then the first of them in full."""
    if not groups:
        return ()
    models = range(len(groups[0].models))
    full = sorted(groups, key=lambda each: max(_affected(of) for of in each.models), reverse=True)[:SHOWN_IN_FULL]
    return (
        *(_by_group(groups, model) for model in models),
        *(
            section
            for each in full
            for section in sections_of(each.evaluated, each.models, keep, group=each.group.label)
        ),
    )


def _affected(of: ModelOutliers) -> float:
    """Return by how much the loss that depends on the flagged rows most changes without them; −1 where none does."""
    return max((abs(effect.change) for effect in of.losses if effect.change is not None), default=-1.0)


def _by_group(groups: tuple[GroupOutliers, ...], model: int) -> Section:
    roles = groups[0].evaluated.dataset.roles
    positions = _told_losses(groups[0].evaluated)
    labels = [groups[0].evaluated.asked[position].bound.label for position in positions]
    columns = [
        *group_columns(roles),
        Column(key="n", header="n", kind=Kind.COUNT, rank=1),
        Column(key="flagged", header="flagged", kind=Kind.COUNT),
        Column(key="share", header="of its rows", kind=Kind.FRACTION),
        Column(key="scale", header="robust σ", kind=Kind.NUMBER, rank=2),
        *(
            Column(
                key=f"change{position}", header=f"{label} without", kind=Kind.SIGNED_FRACTION, rank=rank and rank + 2
            )
            for rank, (position, label) in enumerate(zip(positions, labels, strict=True))
        ),
    ]
    ordered = sorted(groups, key=lambda each: _affected(each.models[model]), reverse=True)
    cells = [_cells(each, each.models[model]) for each in ordered[:SHOWN_GROUPS]]
    present = [column for column in columns if column.key != "scale" or any(row["scale"] is not None for row in cells)]
    alone = len(groups[0].models) == 1
    words = by_in_words(roles)
    judged = Sentence(
        text="each group is judged by its own rows; first the one whose losses change most without its flagged"
    )
    return Section(
        title=words if alone else f"{groups[0].models[model].model.name}, {words}",
        table=table_of(present, cells),
        sentences=(judged, *hidden_groups(len(groups), "is changed less", "are changed less"), *_in_full(len(groups))),
    )


def _told_losses(evaluated: Evaluated) -> list[int]:
    """Return the positions of the losses that are told of in one line; of those that rank alike the first."""
    once: dict[object, int] = {}
    for position, asked in enumerate(evaluated.asked):
        if not asked.bound.loss.is_signed:
            once.setdefault(asked.kernel.key, position)
    return list(once.values())[:MOST_LOSSES]


def _cells(each: GroupOutliers, of: ModelOutliers) -> dict[str, object]:
    outliers, n = of.outliers, each.evaluated.counts.n
    effects: dict[int, LossEffect] = {effect.position: effect for effect in of.losses}
    return {
        **group_cells(each.group),
        "n": n,
        "flagged": None if outliers is None else outliers.n,
        "share": None if outliers is None else outliers.n / n,
        "scale": None if outliers is None else outliers.scale,
        **{f"change{position}": effect.change for position, effect in effects.items()},
    }


def _in_full(groups: int) -> list[Sentence]:
    if groups <= SHOWN_IN_FULL:
        return []
    return [Sentence(text=f"the {SHOWN_IN_FULL} first are told of below; --format json tells of them all")]


def group_notices(groups: tuple[GroupOutliers, ...]) -> Iterator[Notice]:
    """Yield the notice that some groups have too few rows for a rule to judge."""
    few = [each.group.label for each in groups if each.evaluated.counts.n < FEW_ROWS]
    if few:
        text = "1 group has" if len(few) == 1 else "{k} groups have"
        text = f"{text} fewer than {FEW_ROWS} rows, too few to tell an outlier from the others: {{names}}"
        yield notice("small-groups", text, k=count_value(len(few)), names=first_named(few))
