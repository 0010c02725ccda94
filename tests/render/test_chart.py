"""The drawing of curves, by eye and by where the marks stand."""

from __future__ import annotations

import math

from hypothesis import example, given
from hypothesis import strategies as st

from losscli.render import Style
from losscli.render.chart import drawn
from losscli.result import Chart, Curve, Sentence

STEPS = (1.0, 10.0, 100.0, 1_000.0)
X, Y = Sentence(text="size in σ"), Sentence(text="times as large")


def chart(**curves):
    each = (Curve(name=name, points=tuple(zip(STEPS, factors, strict=False))) for name, factors in curves.items())
    return Chart(x=X, y=Y, curves=tuple(each))


SQUARE, LINE, FLAT = (1.0, 10.0, 1e3, 1e5), (1.0, 1.1, 2.0, 11.0), (1.0, 1.01, 1.02, 1.02)


def test_by_eye():
    assert drawn(chart(mse=SQUARE, mae=LINE, smape=FLAT), Style(width=60)) == [
        "  times as large",
        "  100000 │                      ● mse",
        "         │",
        "         │",
        "   10000 │",
        "         │",
        "         │",
        "    1000 │               ●",
        "         │",
        "         │",
        "     100 │",
        "         │",
        "         │",
        "      10 │        ●             ○ mae",
        "         │",
        "         │               ○",
        "       1 │ ●      ○      ▲      ▲ smape",
        "         └───────────────────────",
        "           1      10     100    1000",
        "           size in σ",
    ]


def test_in_ascii():
    lines = drawn(chart(mse=(1.0, 1.0), mae=(1.0, 9.0)), Style(width=60, unicode=False))
    assert lines[0] == "  times as large"
    assert lines[1] == "  10 |                            + mae"
    assert lines[-4] == "   1 | o                          o mse"
    assert lines[-3] == "     +-----------------------------"
    assert lines[-2:] == ["       1                          10", "       size in sigma"]


def test_a_curve_behind_another_is_named_with_it():
    lines = drawn(chart(mse=SQUARE, sse=SQUARE), Style())
    assert lines[1].endswith("● mse, sse")
    assert not any("○" in line for line in lines)


def test_a_curve_that_ends_behind_another_but_goes_its_own_way_is_named_with_its_mark():
    lines = drawn(chart(mse=SQUARE, other=(1.0, 1.0, 1.0, 1e5)), Style())
    assert lines[1].endswith("● mse, ○ other")


def test_names_that_share_no_line_stand_on_lines_near_by():
    names = {f"a_rather_long_name_of_a_loss_{at}": SQUARE for at in range(4)}
    lines = drawn(chart(**names), Style())
    named = [line for line in lines if "rather" in line]
    assert len(named) == len(set(named)) == 4


def test_nothing_is_drawn_of_no_points():
    assert drawn(chart(mse=()), Style()) == []
    assert drawn(Chart(x=X, y=Y, curves=()), Style()) == []


above_zero = st.floats(min_value=0, exclude_min=True, allow_infinity=False)


@example(factors=[7.943282347243959e304, 1.2589254117943157e308], width=None, unicode=False)
@given(
    factors=st.lists(above_zero, min_size=1, max_size=4),
    width=st.none() | st.integers(1, 200),
    unicode=st.booleans(),
)
def test_every_point_has_its_mark_within_80_cells(factors, width, unicode):
    style = Style(width=width, unicode=unicode)
    _, *lines = drawn(chart(mse=factors), style)
    lines = [line for line in lines if "│" in line or "|" in line]
    marks = sum(line.count("●" if unicode else "o") for line in lines)
    assert marks == len(factors)
    assert len(lines) <= 18
    assert max(map(len, lines)) <= 80
    widest = max(line.rfind("●" if unicode else "o") for line in lines)
    assert width is None or widest < max(width, 48)  # no narrower than the axes need


@given(factors=st.lists(st.floats(1e-4, 1e12), min_size=4, max_size=4))
def test_marks_stand_on_the_nearest_line(factors):
    """Each tick label is 10 to its power, and marks between two ticks stand as far along as their logarithm."""
    _, *lines, _, _, _ = drawn(chart(mse=factors), Style())
    ticks = {at: float(line.split("│")[0]) for at, line in enumerate(lines) if line.split("│")[0].strip()}
    (top, most), *_, (bottom, least) = ticks.items()
    for at, line in enumerate(lines):
        for column, character in enumerate(line):
            if character == "●":
                height = math.log10(least) + (bottom - at) / (bottom - top) * math.log10(most / least)
                half = math.log10(most / least) / (bottom - top) / 2
                assert any(abs(math.log10(factor) - height) <= half * 1.000001 for factor in factors), column
