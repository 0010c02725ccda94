"""How values are written, and nowhere else: each kind with its digits, sign, unit, and "n/a"."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias, cast

from losscli.render.digits import (
    ABSENT,
    aligned,
    count,
    decimals_for,
    exponent,
    fixed,
    needs_exponent,
    p_value,
    percent,
    significant,
)
from losscli.render.forest import drawn
from losscli.render.words import foreign, own
from losscli.result import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from losscli.render.forest import Triple
    from losscli.render.style import Style
    from losscli.result import Value

_CELL_DIGITS = 6  # significant digits of a number in a cell
_SENTENCE_DIGITS = 4  # and in a sentence, where nobody compares digits
_MOST_DIGITS = 17  # a float64 has no more
_TEXT_LIMIT = 80  # characters of a text from data within a sentence

_INTERVALS = (Kind.INTERVAL, Kind.SIGNED_INTERVAL)
_SIGNED = (Kind.SIGNED, Kind.SIGNED_INTERVAL, Kind.SIGNED_FRACTION)

_Pair: TypeAlias = tuple[float, float]


def write(value: Value, style: Style, most_decimals: int | None = None) -> str:
    """Return `value` as it stands in a sentence: "2900", "+3.65", "45.9 %", "−6.4 to +13.7", "n/a".

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
    if kind in _INTERVALS:
        pair = _pair(raw)
        return " to ".join(_ends(pair, _sentence_decimals(pair), style, signed=kind in _SIGNED))
    if kind is Kind.SIGNED_FRACTION_INTERVAL:
        low, high = (fixed(100 * end, 1, style, signed=True) for end in _pair(raw))
        return f"{low} to {high} %"
    if kind is Kind.CONSTANT:
        loss, constant = _pair(raw)
        return f"{_short(loss, style)} ({_short(constant, style)})"
    if kind in (Kind.NUMBER, Kind.SIGNED):
        return _short(_real(raw), style, signed=kind in _SIGNED, most_decimals=most_decimals)
    return _single(kind, raw, style, _TEXT_LIMIT)


def interval_decimals(value: Value) -> int | None:
    """Return how many decimals `write` gives the ends of an interval, None for any other value."""
    if value.kind not in _INTERVALS or _is_absent(value.raw):
        return None
    pair = _pair(value.raw)
    return _sentence_decimals(pair) if _is_fixed(pair) else None


def write_column(kind: Kind, raws: Sequence[object], style: Style) -> tuple[str, ...]:
    """Return the cells of one column, all of one width and aligned at the decimal point; texts are not padded."""
    if kind in (Kind.TEXT, Kind.WORDS):
        return tuple("" if raw is None else _single(kind, raw, style) for raw in raws)
    existing = [raw for raw in raws if not _is_absent(raw)]
    cells = drawn([_triple(raw) for raw in existing], style) if kind is Kind.FOREST else _cells(kind, existing, style)
    present = iter(cells)
    written = [ABSENT if _is_absent(raw) else next(present) for raw in raws]
    width = max(map(len, written), default=0)
    return tuple(cell.rjust(width) for cell in written)


def _cells(kind: Kind, raws: Sequence[object], style: Style) -> Sequence[str]:
    """Return the cells of the values that exist."""
    if kind in _INTERVALS:
        dash = " to " if kind in _SIGNED else " – " if style.unicode else " - "
        return _joined(_cell_ends([_pair(raw) for raw in raws], style, signed=kind in _SIGNED), dash)
    if kind is Kind.SIGNED_FRACTION_INTERVAL:
        pairs = [_pair(raw) for raw in raws]
        low, high = (aligned([fixed(100 * pair[end], 1, style, signed=True) for pair in pairs]) for end in (0, 1))
        return tuple(f"{text} %" for text in _joined((low, high), " to "))
    if kind is Kind.CONSTANT:
        pairs = [_pair(raw) for raw in raws]
        constants = aligned([f"({text.strip()})" for text in _numbers([constant for _, constant in pairs], style)])
        return _joined((_numbers([loss for loss, _ in pairs], style), constants), " ")
    if kind in (Kind.NUMBER, Kind.SIGNED):
        return _numbers([_real(raw) for raw in raws], style, signed=kind in _SIGNED)
    texts = [_single(kind, raw, style) for raw in raws]
    return texts if kind in (Kind.FRACTION, Kind.SIGNED_FRACTION, Kind.ANY) else aligned(texts)


def _single(kind: Kind, raw: object, style: Style, limit: int | None = None) -> str:  # noqa: PLR0911  a line a kind
    """Return a value whose neighbours do not matter: a text, a truth value, a count, a percentage, a p-value."""
    if kind is Kind.ANY:
        return write(cast("Value", raw), style)
    if kind is Kind.FOREST:
        return f"({', '.join(_short(number, style, signed=True) for number in _triple(raw))})"
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    if kind is Kind.TEXT:
        return foreign(str(raw), style, limit)
    if kind is Kind.WORDS:
        return own(str(raw), style)
    if kind is Kind.COUNT:
        return count(cast("int", raw), style)
    if kind is Kind.PLACE:
        return str(raw)
    if kind is Kind.P_VALUE:
        return p_value(_real(raw))
    return percent(_real(raw), style, signed=kind in _SIGNED)


def _is_absent(raw: object) -> bool:
    return raw is None or (isinstance(raw, float) and math.isnan(raw))


def _real(raw: object) -> float:
    """Return a raw number as a float, NaN for one that does not exist."""
    return math.nan if raw is None else float(cast("float", raw))


def _pair(raw: object) -> _Pair:
    first, second = cast("tuple[object, object]", raw)
    return _real(first), _real(second)


def _triple(raw: object) -> Triple:
    low, estimate, high = cast("tuple[object, object, object]", raw)
    return _real(low), _real(estimate), _real(high)


def _joined(sides: tuple[Sequence[str], Sequence[str]], between: str) -> tuple[str, ...]:
    return tuple(f"{left}{between}{right}" for left, right in zip(*sides, strict=True))


def _numbers(numbers: Sequence[float], style: Style, *, signed: bool = False) -> tuple[str, ...]:
    """Return numbers of six significant digits aligned at the point, without the decimals that are zero in them all."""
    texts = [significant(number, _CELL_DIGITS, style, signed=signed) for number in numbers]
    fractions = [text.partition(".")[2].rstrip("0") for text in texts if "e" not in text]
    needed = max(map(len, fractions), default=0)
    return aligned([text if "e" in text else _trimmed(text, needed) for text in texts])


def _trimmed(text: str, decimals: int) -> str:
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction[:decimals]}" if fraction[:decimals] else whole


def _short(number: float, style: Style, *, signed: bool = False, most_decimals: int | None = None) -> str:
    """Return a number as it stands in a sentence."""
    if most_decimals is None or not math.isfinite(number) or not number or needs_exponent(number):
        text = significant(number, _SENTENCE_DIGITS, style, signed=signed)
        return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
    decimals = min(decimals_for(number, _SENTENCE_DIGITS), max(most_decimals, decimals_for(number, 2)))
    return fixed(number, decimals, style, signed=signed)


def _cell_ends(pairs: Sequence[_Pair], style: Style, *, signed: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lower and the upper ends of a column of intervals.

    The column shares the decimals of its largest row, so far as each row keeps the digits that it needs.
    """
    shared = min((decimals_for(_largest(pair), _CELL_DIGITS) for pair in pairs if _is_fixed(pair)), default=0)
    ends = []
    for pair in pairs:
        digits = max(_SENTENCE_DIGITS, _telling_digits(pair, 1))
        decimals = max(shared, decimals_for(_largest(pair), digits)) if _is_fixed(pair) else digits - 1
        ends.append(_ends(pair, decimals, style, signed=signed))
    return aligned([low for low, _ in ends]), aligned([high for _, high in ends])


def _sentence_decimals(pair: _Pair) -> int:
    """Return the decimals that tell something: down to two digits of the standard error, a quarter of the width."""
    digits = _telling_digits(pair, 4) or _SENTENCE_DIGITS
    return decimals_for(_largest(pair), digits) if _is_fixed(pair) else digits - 1


def _telling_digits(pair: _Pair, parts: int) -> int:
    """Return how many digits of the larger end show two digits of the width over `parts`, 0 where it has no width."""
    width = abs(pair[1] - pair[0]) / parts
    if not math.isfinite(width) or not width:
        return 0
    return min(max(1, exponent(_largest(pair), 2) - exponent(width, 2) + 2), _MOST_DIGITS)


def _ends(pair: _Pair, decimals: int, style: Style, *, signed: bool) -> tuple[str, str]:
    """Return both ends with so many decimals, those of the mantissa where the interval needs an exponent."""
    plain = _is_fixed(pair)
    low, high = (
        fixed(end, decimals, style, signed=signed)
        if plain and math.isfinite(end)
        else significant(end, decimals + 1, style, signed=signed)
        for end in pair
    )
    return low, high


def _is_fixed(pair: _Pair) -> bool:
    """Whether the ends of an interval are written without exponents."""
    return _largest(pair) > 0 and not needs_exponent(_largest(pair))


def _largest(pair: _Pair) -> float:
    """Return the largest finite magnitude of both ends, 0 where there is none."""
    return max((abs(end) for end in pair if math.isfinite(end)), default=0.0)
