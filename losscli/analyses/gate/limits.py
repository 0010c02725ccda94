"""Limits as they are written, 'rmse > 3' or 'abs(bias) >= 2%': a small grammar, read and never run.

limit    = quantity operator number ["%"]
quantity = loss | "skill." loss | "bias" | "abs(bias)" | "outliers"
operator = ">" | ">=" | "<" | "<="
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from losscli import losses
from losscli.arrays import Unit
from losscli.errors import UsageError
from losscli.text import printable

if TYPE_CHECKING:
    from losscli.losses.bound import BoundLoss

_OPERATOR = re.compile(r"[<>]=?")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_SKILL = "skill."
BEYOND: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}  # of a value and a bound
_WHOLE = 10_000  # characters that are shown of a limit
_GRAMMAR = "write it as 'rmse > 3', 'skill.mse < 40%', 'abs(bias) > 2%' or 'outliers > 3%'"


class Quantity(StrEnum):
    """What a limit may be set to."""

    LOSS = "loss"
    SKILL = "skill"
    BIAS = "bias"
    ABSOLUTE_BIAS = "abs(bias)"
    OUTLIERS = "outliers"


class Limit(Struct, frozen=True, kw_only=True):
    """A condition that fails a gate.

    Attributes
    ----------
    quantity, loss
        What is judged; the loss of a loss or a skill, else None.
    operator
        One of > >= < <=.
    bound
        The number behind it, a percentage as a fraction.
    percent
        Whether it was a percentage: of the mean target (bias), of the rows (outliers), of 1 (skill, losses without
        a unit).
    spelled
        Operator and number as they were written: "> 2%".
    """

    quantity: Quantity
    loss: BoundLoss | None
    operator: str
    bound: float
    percent: bool
    spelled: str

    @property
    def name(self) -> str:
        """What is judged, as people write it: "rmse", "skill.mse", "abs(bias)"."""
        if self.loss is None:
            return self.quantity.value
        return f"{_SKILL if self.quantity is Quantity.SKILL else ''}{self.loss.label}"

    @property
    def is_upside_down(self) -> bool:
        """Whether the best value fails: the least loss, the full skill, no bias."""
        low, high = self.range
        if self.quantity is Quantity.SKILL:
            return self.is_beyond(high)
        signed = self.loss is not None and self.loss.loss.is_signed
        return self.is_beyond(0.0 if signed or self.quantity is Quantity.BIAS else low)

    @property
    def range(self) -> tuple[float, float]:
        """The least and the largest value there can be."""
        match self.quantity:
            case Quantity.LOSS if self.loss is not None:
                rows = self.loss.range
                return self.loss.reduce(rows.low, 1.0), self.loss.reduce(rows.high, math.inf)
            case Quantity.SKILL:
                return -math.inf, 1.0
            case Quantity.ABSOLUTE_BIAS | Quantity.OUTLIERS:
                return 0.0, 1.0 if self.quantity is Quantity.OUTLIERS and self.percent else math.inf
            case _:
                return -math.inf, math.inf

    def is_beyond(self, value: float) -> bool:
        """Whether a value fails."""
        return BEYOND[self.operator](value, self.bound)


def read_limit(text: str) -> Limit:
    """Return the limit that `text` spells.

    Raises
    ------
    UsageError
        It spells none; a ^ under the text points at the place.
    """
    sign = _OPERATOR.search(text)
    if sign is None:
        wrong = re.search(r"[=!≤≥]+\s*[-+.\d]", text)
        raise _wrong(text, len(text.rstrip()) if wrong is None else wrong.start(), "expected one of > >= < <= here")
    name = text[: sign.start()]
    if not name.strip():
        raise _wrong(text, sign.start(), "expected a loss, skill.<loss>, bias, abs(bias) or outliers before this")
    quantity, loss = _quantity(text, name)
    start = sign.end() + len(text[sign.end() :]) - len(text[sign.end() :].lstrip())
    number = _NUMBER.match(text, start)
    if number is None or not math.isfinite(float(number[0])):
        raise _wrong(text, start, "expected a number here")
    rest = text[number.end() :]
    percent = rest.lstrip().startswith("%")
    after = number.end() + (rest.index("%") + 1 if percent else 0)
    if text[after:].strip():
        end = after + len(text[after:]) - len(text[after:].lstrip())
        raise _wrong(text, end, "expected the end here", "one limit each: repeat --fail-if for another")
    if percent and loss is not None and quantity is Quantity.LOSS and loss.loss.unit not in (Unit.ONE, Unit.PERCENT):
        unit = loss.loss.unit.symbol
        raise _wrong(
            text, after - 1, f"{loss.label} is no share but in {unit}", "--max-regress takes percentages of it"
        )
    # mape is in percent by itself: 5% is 5
    own = quantity is Quantity.LOSS and loss is not None and loss.loss.unit is Unit.PERCENT
    fraction = percent and not own
    limit = Limit(
        quantity=quantity,
        loss=loss,
        operator=sign[0],
        bound=float(number[0]) / (100 if fraction else 1),
        percent=fraction,
        spelled=f"{sign[0]} {number[0]}{'%' if percent else ''}",
    )
    if limit.is_beyond(limit.range[0]) is limit.is_beyond(limit.range[1]):
        raise _decides_nothing(text, number.start(), limit)
    return limit


def _quantity(text: str, name: str) -> tuple[Quantity, BoundLoss | None]:
    start = len(name) - len(name.lstrip())
    bare = re.sub(r"\s+", "", name).lower()
    for quantity in (Quantity.BIAS, Quantity.ABSOLUTE_BIAS, Quantity.OUTLIERS):
        if bare == quantity.value:
            return quantity, None
    if "(" in bare:
        raise _wrong(text, start, "the only function is abs(bias)")
    skill = bare.startswith(_SKILL)
    try:
        loss = losses.parse(name.strip()[len(_SKILL) :] if skill else name.strip())
    except UsageError as error:
        raise _wrong(text, start + (len(_SKILL) if skill else 0), error.message, error.hint) from error
    return Quantity.SKILL if skill else Quantity.LOSS, loss


def _decides_nothing(text: str, position: int, limit: Limit) -> UsageError:
    """Return the error for a limit that all predictions keep, or none."""
    low, high = limit.range
    which = "all" if limit.is_beyond(high) else "no"
    above = f"{100 * high:g} %" if limit.percent else f"{high:g}"
    end = f"below {low:g}" if limit.bound <= low else f"above {above}"
    hint = (
        f"a percentage has its sign: {limit.spelled.split()[1]}%"
        if limit.bound > high == 1.0 and not limit.percent
        else "--fail-if names what must not be, as in 'rmse > 3'"
    )
    return _wrong(text, position, f"{which} predictions would fail: {limit.name} is never {end}", hint)


def _wrong(text: str, position: int, problem: str, hint: str | None = _GRAMMAR) -> UsageError:
    """Return the error that shows the text with a ^ under the place."""
    shown, before = printable(text, _WHOLE), printable(text[:position], _WHOLE)
    return UsageError(f"--fail-if: {problem}\n  {shown}\n  {' ' * len(before)}^", hint)
