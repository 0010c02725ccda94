"""Several models: which rows are outlying for all of them, and how many rows decide which one wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.engine.statistics.flip import MOST_ROWS
from losscli.result import Column, Kind, Section, Sentence, Table, count_value, text_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.engine.statistics.flip import Flip
    from losscli.result import Json


# Of a winner whom no rows can be left out to overtake.
NEVER = "never"
# Rows that are named in a cell.
SHOWN = 3


class SharedRows(Struct, frozen=True, kw_only=True):
    """Rows by the models that they are outlying for: for any, for all, and for each model alone; counts of rows."""

    any: int
    all: int
    alone: tuple[int, ...]


class Contest(Struct, frozen=True, kw_only=True):
    """Several models side by side; a flip is None for a loss that does not rank them."""

    shared: SharedRows
    flips: tuple[Flip | None, ...]


def shared_rows(counts: list[int]) -> SharedRows:
    """Return the rows of each kind from their counts: for any model, for all, and for each alone."""
    return SharedRows(any=counts[0], all=counts[1], alone=tuple(counts[2:]))


def contest_payload(evaluated: Evaluated, contest: Contest | None) -> Mapping[str, Json]:
    """Return the keys of the JSON object about several models; None for one."""
    if contest is None:
        return {"shared_rows": None, "flips": None}
    names = [model.name for model in evaluated.models]
    shared = contest.shared
    return {
        "shared_rows": {
            "any": shared.any,
            "all": shared.all,
            "alone": dict(zip(names, shared.alone, strict=True)),
        },
        "flips": [
            {
                "loss": asked.bound.label,
                "winner": None if flip is None else names[flip.winner],
                "rows_at_most": None if flip is None else flip.rows,
                "rival": None if flip is None or flip.rival is None else names[flip.rival],
                "looked_through": MOST_ROWS,
                "places": [] if flip is None else _places(evaluated, flip),
            }
            for asked, flip in zip(evaluated.asked, contest.flips, strict=True)
        ],
    }


def contest_section(evaluated: Evaluated, contest: Contest) -> Section:
    """Return the table of winners and the rows that decide them, with the rows that models share."""
    names = [model.name for model in evaluated.models]
    rows: list[tuple[object, ...]] = []
    once: set[object] = set()
    for asked, flip in zip(evaluated.asked, contest.flips, strict=True):
        if flip is None or asked.kernel.key in once:
            continue  # mse and rmse are won alike
        once.add(asked.kernel.key)
        if flip.rows is None or flip.rival is None:
            all_seen = evaluated.counts.n <= MOST_ROWS
            rows.append(
                (asked.bound.label, names[flip.winner], NEVER if all_seen else f"more than {MOST_ROWS}", "", "")
            )
            continue
        share = flip.rows / evaluated.counts.n
        first = _numbers(evaluated, flip)
        rows.append(
            (asked.bound.label, names[flip.winner], f"{flip.rows} ({100 * share:.2g} %)", names[flip.rival], first)
        )
    columns = (
        Column(key="loss", header="loss", kind=Kind.TEXT),
        Column(key="winner", header="least", kind=Kind.TEXT),
        Column(key="rows", header="without at most so many rows", kind=Kind.WORDS),
        Column(key="rival", header="it is", kind=Kind.TEXT),
        Column(key="places", header="the first of them", kind=Kind.TEXT, rank=1),
    )
    table = Table(columns=columns, rows=tuple(rows)) if rows else None
    return Section(title="which model wins", table=table, sentences=(_shared_sentence(evaluated, contest.shared),))


def _shared_sentence(evaluated: Evaluated, shared: SharedRows) -> Sentence:
    if shared.any == 0:
        return Sentence(label="outliers", text="no row is outlying for any model")
    values = {
        "any": count_value(shared.any),
        "all": count_value(shared.all),
    }
    told = []
    for position, (model, count) in enumerate(zip(evaluated.models, shared.alone, strict=True)):
        values[f"name{position}"] = text_value(model.name)
        values[f"count{position}"] = count_value(count)
        told.append(f"{{count{position}}} for {{name{position}}} alone")
    rows = "row is" if shared.any == 1 else "rows are"
    text = f"{{any}} {rows} outlying for a model: {{all}} for all of them (look at the data), {', '.join(told)}"
    return Sentence(label="outliers", text=text, values=values)


def _numbers(evaluated: Evaluated, flip: Flip) -> str:
    """Return the lines or rows that come first: "line 5013, 5012, 5014, …"."""
    source = evaluated.dataset.source
    cells = [source.located([record])[0] for record in flip.places[:SHOWN]]
    more = ", …" if flip.rows is not None and flip.rows > SHOWN else ""
    return f"{cells[0].unit} {', '.join(str(cell.number) for cell in cells)}{more}"


def _places(evaluated: Evaluated, flip: Flip) -> list[str]:
    source = evaluated.dataset.source
    return source.place(flip.places)
