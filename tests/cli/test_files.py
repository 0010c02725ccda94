from __future__ import annotations

import io

import pytest

from losscli.cli.app import main
from losscli.cli.files import read_files, read_paths
from losscli.errors import UsageError


def test_labels_and_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run=3.csv").touch()
    values = ["new=a.csv", "b.csv", "run=3.csv", "data/run=4.csv", "s3://bucket/x?v=1", "=c.csv", "d=", "in=-"]
    assert read_files(values, command="eval") == [
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
        (["a=x.csv", "a=y.csv"], "two files are labelled 'a'"),
        ([""], "the name of a file is empty"),
    ],
)
def test_files_that_cannot_be_meant(values, message):
    with pytest.raises(UsageError, match=message):
        read_files(values, command="eval")


@pytest.mark.parametrize(("values", "targets"), [(["-", "a.csv", "-"], None), (["in=-"], "-")])
def test_standard_input_is_read_once(values, targets):
    reads = read_files(values, command="eval")
    with pytest.raises(UsageError, match="standard input is named twice"):
        read_paths(reads, targets)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_without_a_file_the_pipe_is_read_and_the_terminal_is_not(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert read_files(None, command="eval") == [("-", None)]
    for closed in (Terminal(), None):
        monkeypatch.setattr("sys.stdin", closed)
        with pytest.raises(UsageError, match="there is nothing to read") as caught:
            read_files([], command="eval")
        assert caught.value.hint == "name a file: losscli eval preds.csv"


def test_closed_standard_input_cannot_be_named(monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(UsageError, match="standard input is closed"):
        read_files(["a.csv", "-"], command="eval")


def test_many_files_are_said_to_be_models(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    paths = [f"part-{number}.csv" for number in range(10)]
    for path in paths:
        (tmp_path / path).write_text("y_true,y_pred\n1.5,2\n3,3\n")
    hint = "hint: parts of one data set are named as their folder, or as a glob in quotes: 'parts/*.csv'"
    assert main(["eval", *paths, "--brief"]) == 0
    assert f"note: each of 10 files is a model by itself\n  {hint}\n" in capsys.readouterr().out
    assert main(["eval", *paths[1:], "--brief"]) == 0
    assert "by itself" not in capsys.readouterr().out
