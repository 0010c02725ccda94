"""Where lines break: at spaces, behind the colon of a loss with parameters, and anywhere as a last resort."""

from __future__ import annotations

import pytest

from losscli.render.layout import lines_of, lines_of_pieces


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("pinball:tau=0.9", 11, ["pinball:", "tau=0.9"]),
        ("expectile:tau=0.25", 11, ["expectile:", "tau=0.25"]),
        ("huber:delta=1300000", 8, ["huber:", "delta=13", "00000"]),
        ("unbreakable", 4, ["unbr", "eaka", "ble"]),
        ("ab:漢字", 5, ["ab:", "漢字"]),
        ("a:b漢", 3, ["a:", "b漢"]),
        ("a:bc漢", 3, ["a:", "bc", "漢"]),
        ("mae mse:x=1", 11, ["mae mse:x=1"]),
        ("hold 95 % of it", 6, ["hold", "95 %", "of it"]),
        ("by modified z > 3.5 here", 14, ["by modified", "z > 3.5 here"]),
        ("of the error, p <0.001", 16, ["of the error,", "p <0.001"]),
    ],
)
def test_lines(text, width, lines):
    assert lines_of(text, width) == lines


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("losscli · n 5430 · hall 95 %", None, ["losscli · n 5430 · hall 95 %"]),
        ("losscli · n 5430 · hall 95 %", 28, ["losscli · n 5430 · hall 95 %"]),
        ("losscli · n 5430 · hall 95 %", 27, ["losscli · n 5430 ·", "hall 95 %"]),
        ("losscli · n 5430 · hall 95 %", 17, ["losscli ·", "n 5430 ·", "hall 95 %"]),
        ("n 5 · y_true against pred_a, pred_b · by g", 16, ["n 5 ·", "y_true against", "pred_a, pred_b ·", "by g"]),
        ("n 5 · y_true against pred_a, b · by g", 17, ["n 5 ·", "y_true against", "pred_a, b · by g"]),
        ("", 5, [""]),
    ],
)
def test_pieces_stay_together_where_they_can(text, width, lines):
    assert lines_of_pieces(text, width, "·") == lines
