"""Groups of rows in which another model wins than over all rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.analyses.compare.numbers import Verdict

if TYPE_CHECKING:
    from losscli.analyses.compare.compared import Compared


class Turn(Struct, frozen=True, kw_only=True):
    """A loss of which another model has the least in a group than over all rows.

    `sure` tells that the difference in the group is beyond chance.
    """

    loss: int
    winner: int
    sure: bool


def turns_of(compared: Compared, of_group: Compared) -> tuple[Turn, ...]:
    """Return the losses by which another model wins in a group."""
    here = {winner.loss: winner.model for winner in of_group.winners}
    turns = []
    for winner in compared.winners:
        model = here.get(winner.loss)
        if winner.model is None or model is None or model == winner.model:
            continue
        turns.append(Turn(loss=winner.loss, winner=model, sure=_beats(of_group, winner.loss, model, winner.model)))
    return tuple(turns)


def _beats(compared: Compared, loss: int, model: int, other: int) -> bool:
    """Return whether a model is better than another beyond chance, as far as the baseline shows it."""
    baseline = compared.order[0]
    better = model == baseline or compared.comparison(loss, model).verdict is Verdict.BETTER
    worse = other == baseline or compared.comparison(loss, other).verdict is Verdict.WORSE
    return better and worse
