from __future__ import annotations

import io
import os

import pytest

from losscli.cli import options
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
    assert options.read_size(text) == size


@pytest.mark.parametrize("text", ["", "lots", "MB", "-1", "1e3", "5 PB", "1,5GB"])
def test_what_is_no_size(text):
    with pytest.raises(UsageError, match="--memory: expected a size"):
        options.read_size(text)


@pytest.mark.parametrize(
    ("text", "level"), [("0.95", 0.95), ("99%", 0.99), ("99.9%", 0.999), ("0.5", 0.5), ("off", None), ("OFF", None)]
)
def test_levels(text, level):
    assert options.read_level(text) == level


@pytest.mark.parametrize("text", ["2", "95", "1", "0.49", "nan", "-0.9", "", "%", "wide", "100%"])
def test_what_is_no_level(text):
    with pytest.raises(UsageError, match="--ci: expected a level from"):
        options.read_level(text)


def test_threads_are_told_to_polars(monkeypatch):
    monkeypatch.setenv("POLARS_MAX_THREADS", "1")
    assert options.read_threads("3") == 3
    assert os.environ["POLARS_MAX_THREADS"] == "3"
    assert options.read_threads(None) is None
    assert os.environ["POLARS_MAX_THREADS"] == "3"


@pytest.mark.parametrize("text", ["0", "-1", "2.0", "many", "", "²"])
def test_what_is_no_number_of_threads(text):
    with pytest.raises(UsageError, match="--threads: expected a whole number from 1 on"):
        options.read_threads(text)


def test_columns_come_apart_at_commas():
    assert options.read_columns(["a, b", "pred_*", ","]) == ("a", "b", "pred_*")
    assert options.read_columns(None) == ()


@pytest.mark.parametrize("value", ["", " ", ["a", ""]])
def test_an_unset_variable_of_a_script_is_noticed(value):
    with pytest.raises(UsageError, match="--weight: got an empty text"):
        options.refuse_empty(target="y", weight=value)


def test_labels_and_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run=3.csv").touch()
    values = ["new=a.csv", "b.csv", "run=3.csv", "data/run=4.csv", "s3://bucket/x?v=1", "=c.csv", "d=", "in=-"]
    assert options.read_files(values, command="eval") == [
        ("a.csv", "new"),
        ("b.csv", None),
        ("run=3.csv", None),
        ("data/run=4.csv", None),
        ("s3://bucket/x?v=1", None),
        ("=c.csv", None),
        ("d=", None),
        ("-", "in"),
    ]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["-", "a.csv", "-"], "standard input is named twice"),
        (["a=x.csv", "a=y.csv"], "two files are labelled 'a'"),
        ([""], "the name of a file is empty"),
    ],
)
def test_files_that_cannot_be_meant(values, message):
    with pytest.raises(UsageError, match=message):
        options.read_files(values, command="eval")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_without_a_file_the_pipe_is_read_and_the_terminal_is_not(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert options.read_files(None, command="eval") == [("-", None)]
    for closed in (Terminal(), None):
        monkeypatch.setattr("sys.stdin", closed)
        with pytest.raises(UsageError, match="there is nothing to read") as caught:
            options.read_files([], command="eval")
        assert caught.value.hint == "name a file: losscli eval preds.csv"


def test_closed_standard_input_cannot_be_named(monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(UsageError, match="standard input is closed"):
        options.read_files(["a.csv", "-"], command="eval")
