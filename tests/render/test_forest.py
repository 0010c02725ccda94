"""The drawing of intervals, by eye."""

from __future__ import annotations

from losscli.render import Style
from losscli.render.forest import drawn

TRIPLES = [(-2.2, -2.0, -1.8), (-1.1, 0.6, 1.1), (0.5, 1.5, 2.2), (float("nan"), 1.0, 2.0)]


def test_intervals_stand_on_one_scale_with_zero():
    assert drawn(TRIPLES, Style()) == [
        "┝●┥        │           ",
        "      ┝━━━━┿━━●━┥      ",
        "           │  ┝━━━●━━━┥",
        "           │           ",
    ]


def test_in_ascii():
    assert drawn(TRIPLES, Style(unicode=False))[:2] == ["[o]        |           ", "      [----+--o-]      "]


def test_equal_values_and_huge_ones_are_drawn():
    assert drawn([(0.0, 0.0, 0.0)], Style()) == ["           ●           "]
    (line,) = drawn([(-1e308, 0.0, 1e308)], Style())
    assert line == "┝" + "━" * 10 + "●" + "━" * 10 + "┥"
