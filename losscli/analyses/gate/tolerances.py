"""How much worse than the baseline a loss may be, as it is written: '1%' or 'mae=1%,huber:delta=2=3%'."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from losscli import losses
from losscli.errors import UsageError
from losscli.text import quoted

if TYPE_CHECKING:
    from losscli.losses.bound import BoundLoss

_PERCENT = re.compile(r"\+?(\d+\.?\d*|\.\d+)\s*%")
_HINT = "write --max-regress 1%, or --max-regress mae=1%,mse=3%"


class Tolerance(Struct, frozen=True, kw_only=True):
    """The largest relative change that a loss may have, a fraction from 0 on, and how it was written: "+1%"."""

    change: float
    spelled: str


class Tolerances(Struct, frozen=True, kw_only=True):
    """The tolerance of each loss: its own, or that of all the others, which may be None."""

    own: tuple[tuple[BoundLoss, Tolerance], ...]
    others: Tolerance | None

    def of(self, loss: BoundLoss) -> Tolerance | None:
        """Return the tolerance of a loss, None where it has none."""
        return next((each for named, each in self.own if named.signature == loss.signature), self.others)


def read_tolerances(text: str) -> Tolerances:
    """Return the tolerances that `text` spells.

    Raises
    ------
    UsageError
        It spells none.
    """
    own: dict[str, tuple[BoundLoss, Tolerance]] = {}
    others: Tolerance | None = None
    for entry in (piece.strip() for piece in text.split(",")):
        # the last one: parameters have = too
        name, equals, percent = entry.rpartition("=")
        tolerance = _read_percent(percent)
        if not equals:
            if others is not None:
                raise UsageError(f"--max-regress: two tolerances for all losses in {quoted(text)}", _HINT)
            others = tolerance
            continue
        loss = losses.parse(name)
        check_comparable(loss)
        if loss.signature in own:
            raise UsageError(f"--max-regress: {loss.label} has two tolerances", "remove one of them")
        own[loss.signature] = (loss, tolerance)
    return Tolerances(own=tuple(own.values()), others=others)


def check_comparable(loss: BoundLoss) -> None:
    """Check that smaller values of a loss are better, so that it can get worse by a share of itself.

    Raises
    ------
    UsageError
        It is signed, as a bias is.
    """
    if loss.loss.is_signed:
        raise UsageError(
            f"--max-regress: {loss.label} is best at 0 and has no share by which it is worse",
            "set a limit to it: --fail-if 'abs(bias) > 2%'",
        )


def _read_percent(text: str) -> Tolerance:
    match = _PERCENT.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"--max-regress: expected a percentage from 0 % on, got {quoted(text)}", _HINT)
    return Tolerance(change=float(match[1]) / 100, spelled=f"+{match[1]}%")
