from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from losscli.analyses.evaluation.plain import label, labels, share, text, texts, whole
from losscli.errors import UsageError


@pytest.mark.parametrize("given", [2, 7, np.int64(3), np.uint8(200)])
def test_whole_numbers(given):
    assert whole(given, "bins", least=2) == given
    assert type(whole(given, "bins", least=2)) is int


@pytest.mark.parametrize("given", [1, -1, 2.0, "2", True, None, np.float64(3), [2]])
def test_what_is_no_whole_number(given):
    with pytest.raises(UsageError, match=r"^bins: expected a whole number from 2 on, got "):
        whole(given, "bins", least=2)


@pytest.mark.parametrize(("given", "number"), [(None, None), (0.9, 0.9), (np.float32(0.5), 0.5)])
def test_shares(given, number):
    assert share(given, "level") == number


@pytest.mark.parametrize("given", [0, 1, 0.0, 1.0, 95, "0.9", float("nan"), float("inf"), True, [0.9]])
def test_what_is_no_share(given):
    with pytest.raises(UsageError, match=r"^level: expected a number above 0 and below 1, or None, got "):
        share(given, "level")


def test_texts():
    assert (text(None, "where"), text("k > 1", "where")) == (None, "k > 1")
    assert texts("a,b", "by") == ("a,b",)
    for several in (["a", "b"], ("a", "b"), pd.Index(["a", "b"]), np.array(["a", "b"]), iter(["a", "b"])):
        assert texts(several, "by") == ("a", "b")
    assert texts((), "by") == ()


@pytest.mark.parametrize("given", ["", " ", 3, ["a", ""], ["a", 3], None, {"a": 1}.values()])
def test_what_is_no_text(given):
    with pytest.raises(UsageError, match=r"^by: expected a text or several, got "):
        texts(given, "by")
    if given is not None:
        with pytest.raises(UsageError, match=r"^where: expected a text, got "):
            text(given, "where")


@pytest.mark.parametrize(
    ("given", "name"),
    [("cat", "cat"), (1, "1"), (1.0, "1"), (-999, "-999"), (0.5, "0.5"), (True, "true"), (np.True_, "true"),
     (np.int64(2), "2"), (np.float64(2), "2"), (np.str_("dog"), "dog")],
)  # fmt: skip
def test_labels_as_data_have_them(given, name):
    assert label(given, "positive") == name
    assert labels(given, "classes") == (name,)
    assert labels([given, "x"], "classes") == (name, "x")


@pytest.mark.parametrize("given", [None, b"cat", object(), 1j])
def test_what_is_no_label(given):
    with pytest.raises(UsageError, match=r"^positive: expected a text or a number, got "):
        label(given, "positive")


def test_a_long_value_is_cut_and_steers_no_terminal():
    with pytest.raises(UsageError) as caught:
        whole("\x1b[31m" + "x" * 500, "top", least=1)
    assert "\x1b" not in caught.value.message
    assert len(caught.value.message) < 150
