"""Files that are no CSV and no Parquet, told as what they are."""

from __future__ import annotations

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
