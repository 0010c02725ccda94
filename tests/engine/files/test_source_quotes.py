"""Quotation marks are found wherever they stand, by a search or by a strict reading."""

import gzip

import pytest

from losscli.engine.files.open_source import open_source
from losscli.errors import InputError

HEADER = b'"y_true",y_pred\n'
ROW = b"1.25,2.5\n"
# Where all columns are read as numbers, marks are met by a strict reading; else they are looked for.
WANTED = pytest.mark.parametrize("wanted", [["y_true", "y_pred"], ["y_pred"]], ids=["strict", "searched"])
PIECE = 1 << 20  # bytes that are looked at in one go


def long_file(path, end, *, newline=b"\n", rows=250_000):
    path.write_bytes((HEADER + ROW * rows).replace(b"\n", newline) + end)
    return path


@WANTED
@pytest.mark.parametrize("at", [PIECE - 1, PIECE, PIECE + 1, 2 * PIECE], ids=["before", "on", "after", "next"])
def test_a_mark_beside_the_border_of_two_pieces(tmp_path, at, wanted):
    lines = HEADER + ROW * 250_000
    start = lines.rfind(b"\n", 0, at) + 1
    path = tmp_path / "preds.csv"
    path.write_bytes(lines[:at] + b'"' + lines[at + 1 :])
    with pytest.raises(InputError) as raised:
        list(open_source(path).blocks(wanted))
    line = lines.count(b"\n", 0, start) + 1
    assert raised.value.message == f"{path}:{line}: a quotation mark stands inside a cell, or has no partner"


@WANTED
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(
    ("end", "message"),
    [
        (b'3,"4', "{path}:250002: a quotation mark stands inside a cell, or has no partner"),
        (b'3,4"', "{path}:250002: a quotation mark stands inside a cell, or has no partner"),
        (b'3,4\n5,"x"\n', "{path}:250003: column 'y_pred': expected a number, got 'x'"),
        (b'"3",4\n5\n', "{path}:250003: 1 cell where the header has 2"),
        (b'\n"3",4\n\n5,6,7\n', "{path}:250005: 3 cells where the header has 2"),
    ],
)
def test_marks_in_the_last_bytes(tmp_path, end, message, newline, wanted):
    path = long_file(tmp_path / "preds.csv", end.replace(b"\n", newline), newline=newline)
    with pytest.raises(InputError) as raised:
        list(open_source(path).blocks(wanted))
    assert raised.value.message == message.format(path=path)


@WANTED
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_blank_lines_beside_quoted_cells_far_behind_the_head(tmp_path, pack, newline, wanted):
    path = long_file(tmp_path / "preds.csv", b'\n"3","4"\n\n5,6\n'.replace(b"\n", newline), newline=newline)
    path.write_bytes(pack(path.read_bytes()))
    source = open_source(path)
    blocks = list(source.blocks(wanted))
    assert sum(len(block.columns["y_pred"]) for block in blocks) == 250_002
    assert blocks[-1].columns["y_pred"][-3:].tolist() == [2.5, 4.0, 6.0]
    assert source.blank_records == 2
    assert source.place([250_001, 250_003]) == [f"{path}:250003", f"{path}:250005"]


def test_lines_are_known_after_a_strict_reading(tmp_path, monkeypatch):
    path = long_file(tmp_path / "preds.csv", b"3,4\n")
    source = open_source(path)
    for _ in source.blocks(["y_true", "y_pred"]):
        pass
    monkeypatch.setattr("losscli.engine.files.csv_text.lines_at", None)  # the slow way
    assert source.place([0, 250_000]) == [f"{path}:2", f"{path}:250002"]
