"""A candidate that is its own baseline: to compare a thing with itself checks nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from losscli.errors import InputError

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.analyses.gate.facts import RivalFacts
    from losscli.engine.table.reading import Named


def is_same_file(data: Named, baseline: Named) -> bool:
    """Whether both are the same file or frame."""
    if not (isinstance(data.given, str) and isinstance(baseline.given, str)):
        return data.given is baseline.given
    if Path(data.given).exists() and Path(baseline.given).exists():
        return Path(data.given).samefile(baseline.given)
    return data.given == baseline.given


def refuse_same(found: list[RivalFacts], *, allowed: bool) -> None:
    """Check that some candidate predicts something else than its baseline, unless that is `allowed`.

    Raises
    ------
    InputError
        None does.
    """
    if not allowed and all(each.same for each in found):
        raise same_error("the baseline's predictions are those that are checked")


def same_error(problem: str) -> InputError:
    """Return the error for a baseline that is the candidate."""
    return InputError(
        f"{problem}: that checks nothing", "name the predictions of another model, or say --allow-same if it is meant"
    )


def unchanged(evaluated: Evaluated, found: list[RivalFacts]) -> tuple[str, ...]:
    """Return the names of the candidates whose predictions are the baseline's."""
    return tuple(evaluated.models[each.rivals.candidate].name for each in found if each.same)
