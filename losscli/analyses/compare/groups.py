"""The table of all groups of rows, and in which of them another model wins than over all rows, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from losscli.analyses.compare.numbers import Correction, count_of_comparisons
from losscli.analyses.compare.sentences import CORRECTIONS
from losscli.analyses.compare.turns import turns_of
from losscli.analyses.compare.words import table_of_losses
from losscli.analyses.evaluation.groups import SHOWN_GROUPS, by_in_words, group_cells, group_columns, hidden_groups
from losscli.engine.statistics.inquiry import first_ranking
from losscli.result import Section, Sentence, Value, count_value, table_of, text_value

if TYPE_CHECKING:
    from losscli.analyses.compare.compared import Compared
    from losscli.analyses.compare.turns import Turn
    from losscli.engine.table.within import Group

# Groups that are told of one by one where the ranking turns.
NAMED = 5


def group_sections(compared: Compared, level: float | None) -> tuple[Section, ...]:
    """Return the table of all groups, and in which of them the ranking turns; nothing without groups."""
    if not compared.groups:
        return ()
    roles = compared.evaluated.dataset.roles
    ordered = sorted(compared.groups, key=lambda entry: _size(entry[1]), reverse=True)[:SHOWN_GROUPS]
    tables = [table_of_losses(each, level) for _, each in ordered]
    columns = min((table.columns for table in tables), key=len)
    of_group = group_columns(roles)
    rows = []
    for (group, _), table in zip(ordered, tables, strict=True):
        keys = [column.key for column in table.columns]
        for number, row in enumerate(table.rows):
            cells = dict(zip(keys, row, strict=True))
            names = group_cells(group) if number == 0 else dict.fromkeys((column.key for column in of_group), "")
            rows.append(cells | names)
    table = table_of((*of_group, *columns), rows)
    return (Section(title=by_in_words(roles), table=table, sentences=tuple(_sentences(compared))),)


def _size(compared: Compared) -> float:
    """Return what groups are sorted by: the first change of the first ranking loss, or the loss of the only model."""
    loss = first_ranking(compared.evaluated.asked)
    if loss is None:
        return 0.0
    if compared.alone:
        return compared.value(loss, 0) or 0.0
    ratio = compared.comparison(loss, compared.order[1]).ratio
    return 1.0 if ratio is None else ratio


def _sentences(compared: Compared) -> Iterator[Sentence]:
    if compared.alone:
        yield from hidden_groups(len(compared.groups), "follows", "follow")
        return
    count = sum(count_of_comparisons(each.evaluated, each.comparisons) for _, each in compared.groups)
    if compared.correction is not Correction.NONE and count > 1:
        text = f"p is adjusted for {{count}} comparisons in the groups ({CORRECTIONS[compared.correction]})"
        if "sign-flip" not in compared.tests and any("sign-flip" in each.tests for _, each in compared.groups):
            text += "; in small groups it is of the sign-flip test"
        yield Sentence(text=text, values={"count": count_value(count)}, columns=("p",))
    yield from hidden_groups(len(compared.groups), "follows", "follow")
    turned = [(group, turns) for group, each in compared.groups if (turns := turns_of(compared, each))]
    if not turned:
        yield Sentence(text="In every group the same models have the least losses as over all rows.")
        return
    sure = [(group, of) for group, turns in turned if (of := [turn for turn in turns if turn.sure])]
    unsure = [(group, of) for group, turns in turned if (of := [turn for turn in turns if not turn.sure])]
    if sure:
        yield _told(compared, sure, "another model wins than over all rows, beyond chance")
    if unsure:
        yield _told(compared, unsure, "another model than over all rows has the least value, which may be chance")


def _told(compared: Compared, turned: list[tuple[Group, list[Turn]]], what: str) -> Sentence:
    """Return what is so in which groups, and by which losses: "In region=south (main has the least mse, mae) …"."""
    values: dict[str, Value] = {"more": count_value(len(turned) - NAMED)}
    told = []
    for at, (group, turns) in enumerate(turned[:NAMED]):
        values[f"group{at}"] = text_value(group.label)
        by_winner: dict[int, list[str]] = {}
        for turn in turns:
            by_winner.setdefault(turn.winner, []).append(compared.evaluated.asked[turn.loss].bound.label)
        wins = []
        for model, labels in by_winner.items():
            values[f"model{model}"] = text_value(compared.name(model))
            wins.append(f"{{model{model}}} has the least {', '.join(labels)}")
        told.append(f"{{group{at}}} ({', '.join(wins)})")
    *others, last = [*told, "{more} more"] if len(turned) > NAMED else told
    groups = f"{'; '.join(others)} and {last}" if others else last
    return Sentence(text=f"In {groups}, {what}.", values=values)
