"""What is said of the classes is an error where it would be passed over."""

from __future__ import annotations

import pytest

import losscli
from losscli.errors import UsageError

NUMBERS = {"y_true": [1.5, 2.5, 7.0], "y_pred": [1.0, 2.0, 9.5]}
EVENTS = {"y_true": [1, 0, 1], "y_pred": [0.9, 0.2, 0.4]}
WORDS = {"y_true": ["a", "b"], "y_pred": ["a", "a"]}


@pytest.mark.parametrize(
    ("columns", "given", "message", "hint"),
    [
        (NUMBERS, {"positive": "7"}, "and this is regression", "--task binary"),
        (WORDS, {"positive": "a"}, "and this is multiclass", "--task binary"),
        (NUMBERS, {"classes": ["a", "b"]}, "and this is regression", "--task multiclass"),
        (EVENTS, {"classes": ["0", "1"]}, "here is one for two of them", "--positive"),
        (NUMBERS, {"normalize": True}, "a row here is one number", "leave it out"),
        (EVENTS, {"normalize": True}, "a row here is one number", "leave it out"),
    ],
)
def test_nothing_said_of_the_classes_is_passed_over(columns, given, message, hint):
    with pytest.raises(UsageError, match=message) as caught:
        losscli.evaluate(columns, brief=True, **given)
    assert hint in caught.value.hint


def test_what_fits_is_heeded():
    assert losscli.evaluate(EVENTS, brief=True, positive="1").payload["positive"] == "1"
    assert losscli.evaluate(WORDS, brief=True, classes=["b", "a"]).payload["classes"] == ["b", "a"]
