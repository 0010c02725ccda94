"""The checks of a gate once more for each group of rows; a group that has nothing to be judged by fails them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from losscli.analyses.evaluation.groups import of_each_group
from losscli.analyses.gate.judgement import no_interval
from losscli.engine.table.lost_groups import lost_groups
from losscli.engine.table.within import Group

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.analyses.gate.judgement import Measured
    from losscli.analyses.gate.saved import Saved
    from losscli.engine.table.dataset import Dataset

_NO_ROW = "no row of it is left: those without a partner, with a missing cell or without weight are not judged"


def group_checks(
    dataset: Dataset,
    whole: Sequence[Measured],
    checks: Callable[[Dataset, Saved | None], Sequence[Measured]],
    saved: Saved | None = None,
) -> Iterator[Measured]:
    """Yield the checks of each group of a data set, and failing ones for groups without rows; nothing without groups.

    Parameters
    ----------
    whole
        The checks of all rows.
    checks
        Gives those of the rows of one group, beside what is saved of it.
    saved
        The baseline, where it is a saved answer; then each group must be in it, and each of its groups in the rows.
    """
    if not dataset.roles.by:
        return
    left: list[Group] = []
    if saved is None:
        for group, found in of_each_group(dataset, lambda rows: checks(rows, None)):
            left.append(group)
            yield from (_in_group(each, group) for each in found)
    else:
        for group, rows in of_each_group(dataset, lambda rows: rows):
            left.append(group)
            held = saved.groups.get(group.names)
            of_group = _lacking(whole, f"{saved.label} holds no such group") if held is None else checks(rows, held)
            yield from (_in_group(each, group) for each in of_group)
    lost = lost_groups(dataset, left)
    for group in lost:
        yield from (_in_group(each, group) for each in _lacking(whole, _NO_ROW))
    if saved is not None:
        known = {group.names for group in (*left, *lost)}
        for names in saved.groups:
            if names not in known:
                missing = _lacking(whole, f"{saved.label} holds it, and there is no row of it")
                yield from (_in_group(each, Group(columns=saved.by, names=names)) for each in missing)


def with_units(evaluated: Evaluated, measured: Sequence[Measured]) -> list[Measured]:
    """Return checks with the number of clusters or times of the rows that they are of."""
    return [replace(each, units=evaluated.facts.units) for each in measured]


def _in_group(measured: Measured, group: Group) -> Measured:
    name = f"{group.label}: {measured.name}"
    return replace(measured, name=name, about=(group, measured.about), group=group)


def _lacking(whole: Sequence[Measured], why: str) -> list[Measured]:
    """Return the checks of all rows without a value, which fails."""
    return [
        replace(
            each,
            value=None,
            lacking=why,
            interval=no_interval,
            law="",
            n=0,
            values=None if each.values is None else (None, None),
        )
        for each in whole
    ]
