"""Curves drawn as text on two logarithmic axes, each named where it ends, so that no legend is needed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.render.digits import significant
from losscli.render.layout import INDENT, cell_width, lines_of, padded
from losscli.render.sentences import fill
from losscli.render.words import own

if TYPE_CHECKING:
    from losscli.render.style import Style
    from losscli.result import Chart, Curve

_WIDEST = 80  # cells of a line, however wide the terminal
_NARROWEST = 24  # cells between the axes, however narrow
_ROOM_FOR_NAMES = 24  # more for longer names
_LINES = 16  # between the lowest and the highest mark
_MOST_LINES_A_DECADE = 5

_UNICODE_MARKS, _ASCII_MARKS = "●○▲△■□◆◇", "o+x*#@%&"


class _Axis(Struct, frozen=True, kw_only=True):
    """Whole decades from 10^`low` on, a tick every `step` of them and `cells` cells between two ticks."""

    low: int
    step: int
    ticks: int
    cells: int

    @property
    def length(self) -> int:
        return (self.ticks - 1) * self.cells + 1

    def place(self, number: float) -> int:
        """Return the cell of a number, the nearest one on the axis."""
        return min(max(round((math.log10(number) - self.low) / self.step * self.cells), 0), self.length - 1)

    def labels(self, style: Style) -> dict[int, str]:
        """Return what stands at the cell of each tick."""
        return {
            tick * self.cells: significant(float(f"1e{self.low + tick * self.step}"), 1, style)
            for tick in range(self.ticks)
        }


def drawn(chart: Chart, style: Style) -> list[str]:
    """Return the lines of a chart; none where it has no point. Points have both numbers finite and above 0."""
    curves = [curve for curve in chart.curves if curve.points]
    if not curves:
        return []
    up = _up([y for curve in curves for _, y in curve.points])
    labels = up.labels(style)
    before = max(map(cell_width, labels.values()))
    after = max(_ROOM_FOR_NAMES, *(cell_width(own(curve.name, style)) + 2 for curve in curves))
    room = min(style.width or _WIDEST, _WIDEST) - len(INDENT) - before - after - 4
    along = _along([x for curve in curves for x, _ in curve.points], max(room, _NARROWEST))
    lines = _lines(curves, along, up, after, style)
    line, corner, dash = ("│", "└", "─") if style.unicode else ("|", "+", "-")
    indent = INDENT + " " * (before + 1)
    return [
        INDENT + fill(chart.y, style),
        *(
            f"{INDENT}{padded(labels.get(place, ''), before, left=False)} {line} {lines[place]}".rstrip()
            for place in reversed(range(up.length))
        ),
        indent + corner + dash * (along.length + 1),
        f"{indent}  {_spread(along.labels(style))}",
        *(f"{indent}  {text}" for text in lines_of(fill(chart.x, style), along.length + after)),
    ]


def _up(values: Sequence[float]) -> _Axis:
    """Return the vertical axis: as many lines a decade as there is room for, whole decades unless they are many."""
    least, most = math.log10(min(values)), math.log10(max(values))
    step = max(1, math.ceil((most - least) / _LINES))
    most_cells = max(1, min(_MOST_LINES_A_DECADE, int(_LINES * step / max(most - least, 1))))
    axes = (_up_in_cells(least, most, step, cells) for cells in range(most_cells, 0, -1))
    return next(axis for axis in axes if axis.length <= _LINES + 2 or axis.cells == 1)


def _up_in_cells(least: float, most: float, step: int, cells: int) -> _Axis:
    half = step / cells / 2  # what is nearer than half a line to a tick stands on it
    low = math.floor(least + half)
    return _Axis(low=low, step=step, ticks=max(2, math.ceil((most - half - low) / step) + 1), cells=cells)


def _along(values: Sequence[float], room: int) -> _Axis:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    decades = max(1, high - low)
    return _Axis(low=low, step=1, ticks=decades + 1, cells=max(1, (room - 1) // decades))


def _lines(curves: Sequence[Curve], along: _Axis, up: _Axis, room: int, style: Style) -> list[str]:
    """Return what stands between the axes, the lowest line first, with the names of the curves where they end."""
    every = _UNICODE_MARKS if style.unicode else _ASCII_MARKS
    marks = [every[number % len(every)] for number in range(len(curves))]
    cells = [[" "] * along.length for _ in range(up.length)]
    for curve, mark in reversed(list(zip(curves, marks, strict=True))):  # the first is drawn last, and so on top
        for x, y in curve.points:
            cells[up.place(y)][along.place(x)] = mark
    named = [""] * up.length
    for curve, mark in zip(curves, marks, strict=True):
        x, y = curve.points[-1]
        place, name = up.place(y), own(curve.name, style)
        own_end = cells[place][along.place(x)] == mark and not named[place]
        seen = any(mark in line for line in cells)
        text = name if own_end or not seen else f"{mark} {name}"
        near = sorted(range(up.length), key=lambda line, place=place: abs(line - place))  # type: ignore[misc]
        at = next((line for line in near if cell_width(_joined(named[line], text)) <= room), place)
        named[at] = _joined(named[at], text)
    return [f"{''.join(line)} {names}" for line, names in zip(cells, named, strict=True)]


def _joined(names: str, name: str) -> str:
    return f"{names}, {name}" if names else name


def _spread(labels: dict[int, str]) -> str:
    """Return the labels of ticks with their first characters under them, those left out that would touch another."""
    line = ""
    for place, label in labels.items():
        if not line or len(line) < place:
            line = line.ljust(place) + label
    return line
