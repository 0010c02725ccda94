"""Files that are no CSV and no Parquet, told as what they are."""

from __future__ import annotations

import bz2
import lzma
from pathlib import Path

import pytest

from losscli.engine.files.open_source import open_source
from losscli.errors import InputError

EXPORT = "losscli reads CSV and Parquet: export it as one of them"


@pytest.mark.parametrize(
    ("content", "what", "hint"),
    [
        (b"<!DOCTYPE html>", "looks like an HTML page", EXPORT),
        (b"<?xml version='1.0'?>", "looks like XML", EXPORT),
        (b"\x80\x04\x95\x12", "looks like a Python pickle", EXPORT),
        (
            b"version https://git-lfs.github.com/spec/v1\n",
            "is the pointer that Git LFS keeps in place of the file",
            "git lfs pull fetches it",
        ),
    ],
)
def test_a_file_of_another_kind(tmp_path, content, what, hint):
    for name in ("preds.csv", "preds.parquet"):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(InputError) as caught:
            open_source(path)
        assert (caught.value.message, caught.value.hint) == (f"{path} {what}", hint)


@pytest.mark.parametrize(("kind", "command", "module"), [("a bzip2", "bzip2", bz2), ("an xz", "xz", lzma)])
def test_a_file_packed_in_another_way_brings_the_command_that_unpacks_it(tmp_path, kind, command, module):
    path = tmp_path / "preds"
    path.write_bytes(module.compress(b"y_true,y_pred\n1,2\n"))
    with pytest.raises(InputError) as caught:
        open_source(path)
    assert caught.value.message == f"{path} looks like {kind} file"
    assert caught.value.hint == f"unpack it first: {command} -dc {path} > unpacked.csv"


def test_a_command_that_is_shown_takes_the_name_of_a_file_as_one_word(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "$(date);#.csv").write_bytes("y_true,y_pred\n1,2\n".encode("utf-16"))
    with pytest.raises(InputError) as caught:
        open_source("$(date);#.csv")
    assert caught.value.hint.endswith("iconv -f utf-16 -t utf-8 '$(date);#.csv' > utf8.csv")


def test_a_binary_file_that_is_called_parquet(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "preds.parquet").write_bytes(b"\x01\x02abc" * 20)
    with pytest.raises(InputError) as caught:
        open_source("preds.parquet")
    begins = "it is binary, and begins with 01 02 61 62 instead of PAR1"
    assert caught.value.message == f"preds.parquet is no Parquet file: {begins}"
    assert caught.value.hint == "copy or download it again, or export it anew"


def test_csv_that_is_called_parquet(tmp_path):
    (tmp_path / "preds.parquet").write_text("y_true,y_pred\n1,2\n")
    assert open_source(tmp_path / "preds.parquet").format == "csv"


@pytest.mark.parametrize("given", ["b\udcff.csv", "*.csv", "."])
def test_a_name_that_is_no_text_is_told(given, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a.csv", "b\udcff.csv"):
        Path(name).write_text("y_true,y_pred\n1.5,2\n")
    with pytest.raises(InputError) as raised:
        open_source(given)
    assert raised.value.message == "'b\\udcff.csv': bytes of this name are not UTF-8"
    assert raised.value.hint == "rename it, or send it to standard input with <"
