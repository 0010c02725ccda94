from __future__ import annotations

import os

import pytest

from losscli.cli import words
from losscli.errors import UsageError


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("512MB", 512_000_000),
        ("2GiB", 2 * 2**30),
        ("1.5k", 1500),
        ("0", 0),
        ("100000", 100_000),
        (" 3 tb ", 3 * 10**12),
    ],
)
def test_sizes(text, size):
    assert words.read_size(text) == size


@pytest.mark.parametrize("text", ["", "lots", "MB", "-1", "1e3", "5 PB", "1,5GB", "9" * 400])
def test_what_is_no_size(text):
    with pytest.raises(UsageError, match="--memory: expected a size"):
        words.read_size(text)


@pytest.mark.parametrize(
    ("text", "level"), [("0.95", 0.95), ("99%", 0.99), ("99.9%", 0.999), ("0.5", 0.5), ("off", None), ("OFF", None)]
)
def test_levels(text, level):
    assert words.read_level(text) == level


@pytest.mark.parametrize("text", ["2", "95", "1", "0.49", "nan", "-0.9", "", "%", "wide", "100%"])
def test_what_is_no_level(text):
    with pytest.raises(UsageError, match="--ci: expected a level from"):
        words.read_level(text)


def test_threads_are_told_to_polars(monkeypatch):
    monkeypatch.setenv("POLARS_MAX_THREADS", "1")
    assert words.read_threads("3") == 3
    assert os.environ["POLARS_MAX_THREADS"] == "3"
    assert words.read_threads(None) is None
    assert os.environ["POLARS_MAX_THREADS"] == "3"


@pytest.mark.parametrize("text", ["0", "-1", "2.0", "many", "", "²", "9" * 5000])
def test_what_is_no_number_of_threads(text):
    with pytest.raises(UsageError, match="--threads: expected a whole number from 1 on"):
        words.read_threads(text)


def test_columns_come_apart_at_commas():
    assert words.read_columns(["a, b,", "pred_*"], "--pred") == ("a", "b", "pred_*")
    assert words.read_columns(None, "--pred") == ()


@pytest.mark.parametrize("value", ["", " ", ["a", ""]])
def test_an_unset_variable_of_a_script_is_noticed(value):
    with pytest.raises(UsageError, match="--weight: got an empty text"):
        words.refuse_empty(target="y", weight=value)


@pytest.mark.parametrize("values", ["", ",", " , ", ["a", ""], ["a", ","]])
def test_a_list_of_no_columns_is_noticed(values):
    with pytest.raises(UsageError, match="--by: got an empty text"):
        words.read_columns(values, "--by")
