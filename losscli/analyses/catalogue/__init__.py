"""Which losses are there, and what is each of them: all from the records."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from losscli import __version__, losses
from losscli.analyses.catalogue.payload import payload_of, record_of
from losscli.analyses.catalogue.shown import side_by_side
from losscli.analyses.catalogue.words import about, parameters
from losscli.errors import UsageError
from losscli.result import Column, Kind, Result, Section, Sentence, Table, count_value
from losscli.text import quoted

if TYPE_CHECKING:
    from losscli.losses.bound import BoundLoss
    from losscli.losses.record import Loss


def catalogue() -> Result:
    """Return all losses by family."""
    return Result(
        schema="losscli.losses/1",
        payload={"version": __version__, "losses": [payload_of(loss) for loss in losses.LOSSES]},
        records=tuple(record_of(loss) for loss in losses.LOSSES),
        heading=Sentence(
            text="{n} losses; `losscli losses NAME` explains one",
            values={"n": count_value(len(losses.LOSSES))},
        ),
        sections=tuple(
            Section(title=family, table=_listing(tuple(members)))
            for family, members in groupby(losses.LOSSES, key=lambda loss: loss.family)
        ),
    )


def explain(spelled: str) -> Result:
    """Return what one loss is, as the command line spells it: "huber", "huber:delta=2".

    A loss that has to be given parameters is explained without them too, with example values in its table.

    Raises
    ------
    UsageError
        There is no such loss, or a parameter is wrong.
    """
    name = spelled.partition(":")[0]
    if "," in name:
        raise UsageError(
            f"one loss is explained at a time, not {quoted(spelled)}", f"losscli losses {name.split(',')[0]}"
        )
    loss = losses.get(name)
    is_open = ":" not in spelled and loss.template is not None
    bound = None if is_open else losses.parse(spelled)
    sections = [Section(sentences=about(loss, bound))]
    if loss.params:
        sections.append(Section(title="parameters", table=parameters(loss, bound)))
    sections += _in_numbers(loss, bound)
    return Result(
        schema="losscli.losses/1",
        payload={"version": __version__, "losses": [payload_of(loss)]},
        records=(record_of(loss),),
        heading=Sentence(text=f"{loss.name} · {loss.title}"),
        sections=tuple(sections),
    )


def _in_numbers(loss: Loss, bound: BoundLoss | None) -> list[Section]:
    """Return a table of the loss in numbers, with the example values of parameters that it has to be given."""
    if bound is not None:
        section = side_by_side(bound) if all(param.domain != "file" for param in loss.params) else None
        return [] if section is None else [section]
    examples = {param.name: param.example for param in loss.params if param.example is not None}
    if any(param.default is None and param.name not in examples for param in loss.params):
        return []
    taken = " and ".join(f"{name} = {value:g}" for name, value in examples.items())
    section = side_by_side(loss.bind(examples), f"with {taken} as an example")
    return [] if section is None else [section]


def _listing(members: tuple[Loss, ...]) -> Table:
    columns = (
        Column(key="loss", header="loss", kind=Kind.TEXT),
        Column(key="summary", header="what it is", kind=Kind.WORDS),
        Column(key="functional", header="asks for", kind=Kind.WORDS, rank=1),
    )
    return Table(columns=columns, rows=tuple((loss.name, loss.title, loss.functional.value) for loss in members))
