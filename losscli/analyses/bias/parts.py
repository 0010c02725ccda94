"""What is asked of the rows about where a bias sits: in which groups, and where along a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.engine.folds.question import Question, ask, both, known, together
from losscli.engine.folds.select import quantile
from losscli.engine.statistics.grouped import Binned, ByKey, GroupMoments

if TYPE_CHECKING:
    from losscli.engine.folds.quantity import Quantity
    from losscli.engine.statistics.grouped import GroupTable
    from losscli.engine.statistics.subject import Subject
    from losscli.engine.table.roles import Roles


class Bins(Struct, frozen=True, kw_only=True):
    """Rows by a quantity: the bins up to each of the rising `tops`, the last of which is the largest value."""

    tops: tuple[float, ...]
    table: GroupTable


class PartFacts(Struct, frozen=True, kw_only=True):
    """What the rows say of the groups and of the bins of one subject; None where they were not asked for."""

    groups: GroupTable | None
    bins: Bins | None


def part_facts(subject: Subject, roles: Roles, along: Quantity | None, bins: int) -> Question[PartFacts]:
    """Return the sums of each group of `roles`, and of so many bins of equal weight along a quantity if it is given."""
    by_group = ask(GroupMoments(subject.error, subject.target, ByKey(roles.groups))) if roles.by else known(None)
    by_bin = known(None) if along is None else _bins(subject, along, bins)
    groups, found = yield from both(by_group, by_bin)
    return PartFacts(groups=groups, bins=found)


def _bins(subject: Subject, along: Quantity, bins: int) -> Question[Bins]:
    levels = [number / bins for number in range(1, bins)] + [1.0]
    tops = tuple(dict.fromkeys((yield from together([quantile(along, level) for level in levels]))))
    table = yield from ask(GroupMoments(subject.error, subject.target, Binned(along, tops[:-1])))
    return Bins(tops=tops, table=table)
