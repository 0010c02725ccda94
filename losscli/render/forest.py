"""Estimates with their intervals drawn as text, one line under the other on one scale that shows zero."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from losscli.render.style import Style

Triple: TypeAlias = tuple[float, float, float]

_CELLS = 23  # odd, so that an axis around zero has a middle


class _Marks(Struct, frozen=True, kw_only=True):
    zero: str
    crossed: str
    low: str
    line: str
    high: str
    estimate: str


_UNICODE = _Marks(zero="│", crossed="┿", low="┝", line="━", high="┥", estimate="●")
_ASCII = _Marks(zero="|", crossed="+", low="[", line="-", high="]", estimate="o")


def drawn(triples: Sequence[Triple], style: Style) -> list[str]:
    """Return a line for each lower end, estimate and upper end, all of one width; what is not finite is not drawn."""
    marks = _UNICODE if style.unicode else _ASCII
    finite = [number for triple in triples for number in triple if math.isfinite(number)]
    low, high = min([0.0, *finite]), max([0.0, *finite])
    return [_line(triple, low, high, marks) for triple in triples]


def _line(triple: Triple, low: float, high: float, marks: _Marks) -> str:
    cells = [" "] * _CELLS
    zero = _place(0.0, low, high)
    cells[zero] = marks.zero
    if all(map(math.isfinite, triple)):
        first, middle, last = (_place(number, low, high) for number in triple)
        _put(cells, range(first, last + 1), marks.line)
        if first <= zero <= last:
            cells[zero] = marks.crossed
        _put(cells, [first], marks.low)
        _put(cells, [last], marks.high)
        cells[middle] = marks.estimate
    return "".join(cells)


def _put(cells: list[str], places: Iterable[int], mark: str) -> None:
    for place in places:
        cells[place] = mark


def _place(number: float, low: float, high: float) -> int:
    """Return the cell of a number within the axis; the middle one where the axis has no length."""
    if low == high:
        return _CELLS // 2
    half = high / 2 - low / 2  # halves, so that nothing overflows
    return round((number / 2 - low / 2) / half * (_CELLS - 1)) if half else 0
