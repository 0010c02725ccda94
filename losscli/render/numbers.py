"""How numbers are written, and nowhere else: digits, signs, units, percent, "n/a"."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from losscli.render.words import foreign
from losscli.result import Kind, Value

if TYPE_CHECKING:
    from losscli.render.style import Style

ABSENT = "n/a"

_CELL_DIGITS = 6  # significant digits of a number in a cell
_SENTENCE_DIGITS = 4  # and in a sentence, where nobody compares digits
_FIXED_FROM, _FIXED_BELOW = 1e-4, 1e15  # magnitudes outside are written with an exponent
_MOST_DIGITS = 17  # a float64 has no more
_GROUP = "\u202f"  # narrow no-break space
_TEXT_LIMIT = 80  # characters of a text from data within a sentence

_INTERVALS = (Kind.INTERVAL, Kind.SIGNED_INTERVAL)
_SIGNED = (Kind.SIGNED, Kind.SIGNED_INTERVAL, Kind.SIGNED_FRACTION)


def write(value: Value, style: Style, most_decimals: int | None = None) -> str:
    """Return `value` as it stands in a sentence: "2900", "+3.65", "95 %", "−6.4 to +13.7", "n/a".

    Parameters
    ----------
    value : Value
    style : Style
    most_decimals : int or None
        Decimals of the interval that a number stands beside: it takes no more, but keeps two significant digits.
    """
    kind, raw = value.kind, value.raw
    if _is_absent(raw):
        return ABSENT
    if isinstance(raw, bool) or kind is Kind.TEXT:
        return _text(raw, style, _TEXT_LIMIT)
    if kind in _INTERVALS:
        pair = _pair(raw)
        return " to ".join(_ends(pair, _sentence_decimals(pair), style, signed=kind in _SIGNED))
    if kind is Kind.CONSTANT:
        loss, constant = _pair(raw)
        return f"{_short(loss, style)} ({_short(constant, style)})"
    if kind in (Kind.NUMBER, Kind.SIGNED):
        return _short(_real(raw), style, signed=kind in _SIGNED, most_decimals=most_decimals)
    return _single(kind, raw, style).replace(".0 %", " %")


def interval_decimals(value: Value) -> int | None:
    """Return how many decimals `write` gives the ends of an interval, None for any other value."""
    if value.kind not in _INTERVALS or _is_absent(value.raw):
        return None
    pair = _pair(value.raw)
    return _sentence_decimals(pair) if _is_fixed(pair) else None


def write_column(kind: Kind, raws: Sequence[object], style: Style) -> tuple[str, ...]:
    """Return the cells of one column, all of one width and aligned at the decimal point; texts are not padded."""
    if kind is Kind.TEXT:
        return tuple("" if raw is None else _text(raw, style, None) for raw in raws)
    present = [raw for raw in raws if not _is_absent(raw)]
    if kind in _INTERVALS:
        lows, highs = (_aligned(ends) for ends in _cell_ends([_pair(raw) for raw in present], style, kind))
        dash = " to " if kind in _SIGNED else " – " if style.unicode else " - "
        cells = [f"{low}{dash}{high}" for low, high in zip(lows, highs, strict=True)]
    elif kind is Kind.CONSTANT:
        pairs = [_pair(raw) for raw in present]
        losses = _numbers([loss for loss, _ in pairs], style)
        constants = _aligned([f"({text.strip()})" for text in _numbers([constant for _, constant in pairs], style)])
        cells = [f"{loss} {constant}" for loss, constant in zip(losses, constants, strict=True)]
    elif kind in (Kind.NUMBER, Kind.SIGNED):
        return _numbers([_real(raw) for raw in raws], style, signed=kind in _SIGNED)
    elif kind in (Kind.FRACTION, Kind.SIGNED_FRACTION):
        cells = [_single(kind, raw, style) for raw in present]
    else:
        cells = list(_aligned([_single(kind, raw, style) for raw in present]))
    rest = iter(cells)
    written = [ABSENT if _is_absent(raw) else next(rest) for raw in raws]
    width = max(map(len, written), default=0)
    return tuple(cell.rjust(width) for cell in written)


def _is_absent(raw: object) -> bool:
    return raw is None or (isinstance(raw, float) and math.isnan(raw))


def _real(raw: object) -> float:
    """Return a raw number as a float, NaN for one that does not exist."""
    return math.nan if raw is None else float(cast("float", raw))


def _pair(raw: object) -> tuple[float, float]:
    first, second = cast("tuple[object, object]", raw)
    return _real(first), _real(second)


def _text(raw: object, style: Style, limit: int | None) -> str:
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    return foreign(str(raw), style, limit)


def _single(kind: Kind, raw: object, style: Style) -> str:
    """Return a count, a percentage or a p-value, or whatever a truth value says."""
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    if kind is Kind.COUNT:
        return _spelled(f"{cast('int', raw):,}", style)
    if kind is Kind.P_VALUE:
        return _p_value(_real(raw))
    return _percent(_real(raw), style, signed=kind in _SIGNED)


def _p_value(probability: float) -> str:
    if probability < 0.001:
        return "<0.001"
    if 0.995 <= probability < 1:
        return ">0.99"
    return "1" if probability == 1 else f"{probability:.{2 if probability >= 0.1 else 3}f}"


def _percent(fraction: float, style: Style, *, signed: bool) -> str:
    """Return a share in percent with one decimal; "0 %" and "100 %" are exact and no rounding leads to them."""
    percent = 100 * fraction
    bound = ""
    if fraction in (0, 1):
        text = _fixed(percent, 0, style, signed=signed)
    elif abs(percent) < 0.05:
        bound, text = "<" if percent > 0 else ">", _fixed(math.copysign(0.1, percent), 1, style, signed=signed)
    elif 0.9995 <= fraction < 1 and not signed:
        bound, text = ">", _fixed(99.9, 1, style)
    elif not math.isfinite(percent) or _needs_exponent(percent):
        text = _number(percent, 2, style, signed=signed)
    else:
        text = _fixed(percent, 1, style, signed=signed)
    return f"{bound}{text} %"


def _numbers(numbers: Sequence[float], style: Style, *, signed: bool = False) -> tuple[str, ...]:
    """Return numbers of six significant digits aligned at the point, without the decimals that are zero in them all."""
    texts = [_number(number, _CELL_DIGITS, style, signed=signed) for number in numbers]
    fractions = [text.partition(".")[2] for text in texts if "e" not in text]
    needed = max((len(fraction.rstrip("0")) for fraction in fractions), default=0)
    trimmed = (text if "e" in text else _trimmed(text, needed) for text in texts)
    return _aligned(list(trimmed))


def _trimmed(text: str, decimals: int) -> str:
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction[:decimals]}" if fraction[:decimals] else whole


def _short(number: float, style: Style, *, signed: bool = False, most_decimals: int | None = None) -> str:
    """Return a number as it stands in a sentence."""
    if most_decimals is None or not math.isfinite(number) or not number or _needs_exponent(number):
        text = _number(number, _SENTENCE_DIGITS, style, signed=signed)
        return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
    decimals = min(_decimals(number, _SENTENCE_DIGITS), max(most_decimals, _decimals(number, 2)))
    return _fixed(number, decimals, style, signed=signed)


def _cell_ends(
    pairs: Sequence[tuple[float, float]], style: Style, kind: Kind
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lower and the upper ends of a column of intervals.

    The column shares the decimals of its largest row, so far as each row keeps the digits that it needs.
    """
    fixed = [pair for pair in pairs if _is_fixed(pair)]
    shared = min((_decimals(_largest(pair), _CELL_DIGITS) for pair in fixed), default=0)
    ends = []
    for pair in pairs:
        digits = max(_SENTENCE_DIGITS, _telling_digits(pair, 1))
        decimals = max(shared, _decimals(_largest(pair), digits)) if _is_fixed(pair) else max(digits, _CELL_DIGITS) - 1
        ends.append(_ends(pair, decimals, style, signed=kind in _SIGNED))
    return tuple(low for low, _ in ends), tuple(high for _, high in ends)


def _sentence_decimals(pair: tuple[float, float]) -> int:
    """Return the decimals that tell something of an interval: to two digits of a standard error, a quarter of it."""
    digits = _telling_digits(pair, 4) or _SENTENCE_DIGITS
    return _decimals(_largest(pair), digits) if _is_fixed(pair) else digits - 1


def _telling_digits(pair: tuple[float, float], parts: int) -> int:
    """Return the significant digits of the larger end that show two digits of the width over `parts`, 0 if it has none.

    At least one, and no more than a float has.
    """
    width = abs(pair[1] - pair[0]) / parts
    if not math.isfinite(width) or not width:
        return 0
    return min(max(1, _exponent(_largest(pair), 2) - _exponent(width, 2) + 2), _MOST_DIGITS)


def _ends(pair: tuple[float, float], decimals: int, style: Style, *, signed: bool) -> tuple[str, str]:
    """Return both ends with so many decimals, those of the mantissa where the interval needs an exponent."""
    low, high = (
        _fixed(end, decimals, style, signed=signed)
        if _is_fixed(pair) and math.isfinite(end)
        else _number(end, decimals + 1, style, signed=signed)
        for end in pair
    )
    return low, high


def _is_fixed(pair: tuple[float, float]) -> bool:
    """Whether an interval is written without exponents."""
    largest = _largest(pair)
    return largest > 0 and not _needs_exponent(largest)


def _largest(ends: tuple[float, float]) -> float:
    """Return the largest finite magnitude, 0 where there is none."""
    return max((abs(end) for end in ends if math.isfinite(end)), default=0.0)


def _number(number: float, digits: int, style: Style, *, signed: bool = False) -> str:
    """Return a number of so many significant digits, with all digits of its whole part."""
    if math.isnan(number):
        return ABSENT
    if math.isinf(number) or _needs_exponent(number):
        text = f"{number:+.{digits - 1}e}" if signed else f"{number:.{digits - 1}e}"
        return _spelled(text, style)
    return _fixed(number, _decimals(number, digits) if number else 0, style, signed=signed)


def _fixed(number: float, decimals: int, style: Style, *, signed: bool = False) -> str:
    text = f"{number:+,.{decimals}f}" if signed and number else f"{number + 0.0:,.{decimals}f}"
    return _spelled(text, style)


def _needs_exponent(number: float) -> bool:
    return number != 0 and not _FIXED_FROM <= abs(number) < _FIXED_BELOW


def _decimals(number: float, digits: int) -> int:
    return max(0, digits - 1 - _exponent(number, digits))


def _exponent(number: float, digits: int) -> int:
    """Return the power of ten of a number's first digit, after rounding to so many significant digits."""
    return int(f"{number:.{digits - 1}e}".rpartition("e")[2])


def _spelled(text: str, style: Style) -> str:
    """Return a number's ASCII form with the minus sign and the grouping of the style."""
    text = text.replace(",", _GROUP if style.grouped and style.unicode else "")
    return text.replace("-", "−") if style.unicode else text


def _aligned(texts: Sequence[str]) -> tuple[str, ...]:
    """Return texts of one width with their decimal points, or their ends where they have none, in one place."""
    parts = [text.partition(".") for text in texts]
    before = max((len(whole) for whole, _, _ in parts), default=0)
    padded = [f"{whole.rjust(before)}{point}{fraction}" for whole, point, fraction in parts]
    width = max(map(len, padded), default=0)
    return tuple(text.ljust(width) for text in padded)
