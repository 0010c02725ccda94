"""The digits of one number: how many, which sign, with or without an exponent."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from losscli.render.style import Style

ABSENT = "n/a"

_FIXED_FROM, _FIXED_BELOW = 1e-4, 1e15  # magnitudes outside are written with an exponent
_GROUP = "\u202f"  # narrow no-break space


def significant(number: float, digits: int, style: Style, *, signed: bool = False) -> str:
    """Return a number with so many significant digits and all digits of its whole part; zero is "0", NaN "n/a"."""
    if math.isnan(number):
        return ABSENT
    if math.isinf(number) or needs_exponent(number):
        return _spelled(f"{number:{'+' if signed else ''}.{digits - 1}e}", style)
    return fixed(number, decimals_for(number, digits) if number else 0, style, signed=signed)


def fixed(number: float, decimals: int, style: Style, *, signed: bool = False) -> str:
    """Return a finite number with so many decimals; zero has no sign, and what is rounded to zero keeps its own."""
    plus = "+" if signed and number else ""
    return _spelled(f"{number or 0.0:{plus},.{decimals}f}", style)


def count(number: int, style: Style) -> str:
    """Return a whole number."""
    return _spelled(f"{number:,}", style)


def percent(fraction: float, style: Style, *, signed: bool) -> str:
    """Return a share in percent with one decimal; no rounding leads to "0 %" or to a whole "100 %"."""
    hundredths = 100 * fraction
    if fraction in (-1, 0, 1):
        return f"{fixed(hundredths, 0, style, signed=signed)} %"
    if abs(hundredths) < 0.05:
        return f"{'<' if fraction > 0 else '>'}{fixed(math.copysign(0.1, fraction), 1, style, signed=signed)} %"
    if 0.9995 <= fraction < 1 and not signed:
        return f">{fixed(99.9, 1, style)} %"
    if not math.isfinite(hundredths) or needs_exponent(hundredths):
        return f"{significant(hundredths, 2, style, signed=signed)} %"
    return f"{fixed(hundredths, 1, style, signed=signed)} %"


def p_value(probability: float) -> str:
    """Return a p-value with two decimals, below 0.1 with three; what is out of their reach becomes a bound.

    What is below 0.05 and would be rounded to it becomes a bound too, since verdicts turn there.
    """
    if probability < 0.001:
        return "<0.001"
    if 0.0495 <= probability < 0.05:
        return "<0.05"
    if 0.995 <= probability < 1:
        return ">0.99"
    return "1" if probability == 1 else f"{probability:.{2 if probability >= 0.1 else 3}f}"


def needs_exponent(number: float) -> bool:
    """Whether plain decimals would hide the digits of a finite number."""
    return number != 0 and not _FIXED_FROM <= abs(number) < _FIXED_BELOW


def decimals_for(number: float, digits: int) -> int:
    """Return the decimals that show so many significant digits of a finite number."""
    return max(0, digits - 1 - exponent(number, digits))


def exponent(number: float, digits: int) -> int:
    """Return the power of ten of a number's first digit, after rounding to so many significant digits."""
    return int(f"{number:.{digits - 1}e}".rpartition("e")[2])


def aligned(texts: Sequence[str]) -> tuple[str, ...]:
    """Return texts of one width with their decimal points, or their ends where they have none, in one place."""
    parts = [text.partition(".") for text in texts]
    before = max((len(whole) for whole, _, _ in parts), default=0)
    padded = [f"{whole.rjust(before)}{point}{fraction}" for whole, point, fraction in parts]
    width = max(map(len, padded), default=0)
    return tuple(text.ljust(width) for text in padded)


def _spelled(text: str, style: Style) -> str:
    """Return a number's ASCII form with the minus sign and the grouping of the style."""
    text = text.replace(",", _GROUP if style.grouped and style.unicode else "")
    return text.replace("-", "−") if style.unicode else text
