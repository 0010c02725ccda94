"""What a loss's numbers may be: ranges, and parameters with their defaults."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from losscli.errors import UsageError
from losscli.text import quoted

if TYPE_CHECKING:
    from losscli.arrays import BoolArray, FloatArray


class Interval(Struct, frozen=True, kw_only=True):
    """A range of numbers; ends are open unless closed."""

    low: float = -math.inf
    high: float = math.inf
    low_closed: bool = False
    high_closed: bool = False

    def contains(self, x: FloatArray) -> BoolArray:
        """Return for each element of `x`, of any shape, whether it lies inside. NaN does not."""
        above = x >= self.low if self.low_closed else x > self.low
        below = x <= self.high if self.high_closed else x < self.high
        inside: BoolArray = above & below
        return inside

    def covers(self, least: float, largest: float) -> bool:
        """Return whether all numbers from `least` to `largest` lie inside. NaN does not."""
        above = least >= self.low if self.low_closed else least > self.low
        below = largest <= self.high if self.high_closed else largest < self.high
        return above and below

    def clip(self, x: float) -> float:
        """Return the point of the closed interval that is nearest to `x`."""
        return min(max(x, self.low), self.high)

    def __str__(self) -> str:
        if self == REAL:
            return "any real number"
        left, right = "[" if self.low_closed else "(", "]" if self.high_closed else ")"
        low = "−∞" if self.low == -math.inf else f"{self.low:g}".replace("-", "−")
        high = "∞" if self.high == math.inf else f"{self.high:g}".replace("-", "−")
        return f"{left}{low}, {high}{right}"


REAL = Interval()
ANY_SCORE = Interval(low_closed=True, high_closed=True)  # infinite ones too
UNIT = Interval(low=0.0, high=1.0, low_closed=True, high_closed=True)
NON_NEGATIVE = Interval(low=0.0, low_closed=True)
POSITIVE = Interval(low=0.0)


class CostMatrix(Struct, frozen=True, kw_only=True, dict=True):
    """Costs of decisions among k classes, as read from a file; hashable, written as the file's path.

    `missed[j]` is the cost of missing class j, `mistaken[j][i]` that of predicting i where j is true, 0 for i = j.
    """

    path: str
    missed: tuple[float, ...]
    mistaken: tuple[tuple[float, ...], ...]

    def __hash__(self) -> int:
        """Hash the path alone: a million costs are not hashed at each look-up of a kernel."""
        return hash(self.path)

    @cached_property
    def arrays(self) -> tuple[FloatArray, FloatArray]:
        """The costs as arrays: of shape (k,) and (k, k)."""
        import numpy as np

        return np.array(self.missed, dtype=np.float64), np.array(self.mistaken, dtype=np.float64)

    def __str__(self) -> str:
        return self.path


ParamValue: TypeAlias = float | str | bool | CostMatrix


class Param(Struct, frozen=True, kw_only=True):
    """A parameter of a loss: its names, its default and what it may be: a range of numbers, words, or a file.

    Without a default it has to be given; `example` is then a value to show the loss with. `words` may stand in the
    place of a number.
    """

    name: str
    default: ParamValue | None
    domain: Interval | tuple[str, ...] | Literal["file"]
    summary: str
    aliases: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    example: float | None = None

    def read(self, loss: str, given: ParamValue) -> ParamValue:
        """Return `given` (text from a command line, or a value from Python) as this parameter's type.

        Raises
        ------
        UsageError
            Where it is no number, outside the domain, or none of the words.
        """
        where = f"{loss}:{self.name}"
        if self.domain == "file":
            return given
        if isinstance(self.domain, tuple):
            word = str(given).lower().removesuffix(".0")
            if word not in self.domain:
                raise UsageError(f"{where}: expected one of {', '.join(self.domain)}, got {quoted(str(given))}")
            return word
        if str(given).lower() in self.words:
            return str(given).lower()
        try:
            number = float(given)  # type: ignore[arg-type]  # a CostMatrix is the TypeError
        except (ValueError, TypeError):
            wanted = " or ".join(("a number", *self.words))
            raise UsageError(f"{where}: expected {wanted}, got {quoted(str(given))}") from None
        inside = (number >= self.domain.low if self.domain.low_closed else number > self.domain.low) and (
            number <= self.domain.high if self.domain.high_closed else number < self.domain.high
        )
        if not inside:
            raise UsageError(f"{where}: {number:g} is outside {self.domain}")
        return number
