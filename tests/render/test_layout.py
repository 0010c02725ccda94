"""Where lines break: at spaces, behind the colon of a loss with parameters, and anywhere as a last resort."""

from __future__ import annotations

import pytest

from losscli.render.layout import lines_of


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
    ],
)
def test_lines(text, width, lines):
    assert lines_of(text, width) == lines
