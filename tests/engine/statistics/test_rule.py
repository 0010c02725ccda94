from __future__ import annotations

import pytest

from losscli.engine.statistics.rule import USUAL, Measure, Rule, read_rule
from losscli.errors import UsageError


@pytest.mark.parametrize(
    ("text", "measure", "limit"),
    [
        ("modified-z", Measure.MODIFIED_Z, 3.5),
        ("modified_z:5", Measure.MODIFIED_Z, 5.0),
        ("iqr", Measure.IQR, 1.5),
        ("double-mad", Measure.DOUBLE_MAD, 3.5),
        ("double_mad:2.5", Measure.DOUBLE_MAD, 2.5),
        ("adjusted-boxplot", Measure.ADJUSTED_BOXPLOT, 1.5),
        ("adjusted-boxplot:3", Measure.ADJUSTED_BOXPLOT, 3.0),
        (" IQR:3 ", Measure.IQR, 3.0),
        ("error:1e3", Measure.ERROR, 1000.0),
        ("top:20", Measure.TOP, 20),
        ("top:1%", Measure.TOP_SHARE, 0.01),
        ("top:0.1 %", Measure.TOP_SHARE, 0.001),
    ],
)
def test_rules_are_read_as_they_are_written(text, measure, limit):
    assert read_rule(text) == Rule(measure=measure, limit=limit)


def test_the_usual_rule_is_the_one_without_a_limit():
    assert read_rule("modified-z") == USUAL


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("modifed-z", "there is no rule 'modifed-z'", "did you mean modified-z?"),
        ("", "there is no rule ''", "rules are written"),
        ("adjusted-box", "there is no rule", "did you mean adjusted-boxplot?"),
        ("double-mad:0", "expected a number above 0", "rules are written"),
        ("error", "error needs a limit", "rules are written"),
        ("top", "top needs a limit", "rules are written"),
        ("top:0", "expected a whole number of rows from 1 on", "rules are written"),
        ("top:2.5", "expected a whole number of rows", "rules are written"),
        ("top:100%", "expected a percentage between 0 and 100", "rules are written"),
        ("top:x%", "expected a percentage", "rules are written"),
        ("iqr:-1", "expected a number above 0", "rules are written"),
        ("error:inf", "expected a number above 0", "rules are written"),
        ("modified-z:nan", "expected a number above 0", "rules are written"),
    ],
)
def test_what_is_no_rule_is_explained(text, message, hint):
    with pytest.raises(UsageError) as raised:
        read_rule(text)
    assert message in raised.value.message
    assert hint in raised.value.hint
