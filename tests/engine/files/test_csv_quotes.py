"""Quotation marks are found wherever they stand, and nothing goes on after the search for them."""

import gzip
import threading
from types import SimpleNamespace

import pytest

from losscli.engine.files.csv_quotes import below_header, quotes_sought
from losscli.engine.files.open_source import open_source
from losscli.errors import InputError

HEADER = b'"y_true",y_pred\n'
ROW = b"1.25,2.5\n"
PIECE = 1 << 20  # bytes that are looked at in one go


def text_of(*chunks, has_quotes=None):
    return SimpleNamespace(chunks=lambda: iter(chunks), has_quotes=has_quotes)


def found_in(text, header_lines=1):
    with quotes_sought(text, header_lines) as has_quotes:
        return has_quotes()


@pytest.mark.parametrize(
    ("head", "lines", "below"),
    [
        (b'"a"\n1\n2', 1, b"1\n2"),
        (b'"a\nb"\n1\n', 2, b"1\n"),
        (b'"a"\n', 1, b""),
        (b'"a"', 1, b""),
        (b"", 1, b""),
    ],
)
def test_what_stands_below_a_header(head, lines, below):
    assert below_header(head, lines) == below


@pytest.mark.parametrize(
    ("chunks", "found"),
    [
        ([b'"a"\n1\n', b"2\n", b"3"], False),
        ([b'"a"\n1\n', b"2\n", b'3"'], True),
        ([b'"a"\n"1"\n', b"2\n"], True),
        ([b'"a"'], False),
        ([], False),
    ],
)
def test_marks_below_the_header_are_found_and_kept(chunks, found):
    text = text_of(*chunks)
    assert found_in(text) is found
    assert text.has_quotes is found


@pytest.mark.parametrize("known", [True, False])
def test_what_is_known_is_not_looked_for(known):
    assert found_in(SimpleNamespace(has_quotes=known)) is known


def test_a_text_that_cannot_be_read_is_told_where_the_answer_is_waited_for():
    def chunks():
        yield HEADER
        raise InputError("preds.csv cannot be read: input/output error")

    with pytest.raises(InputError, match="input/output error"):
        found_in(SimpleNamespace(chunks=chunks, has_quotes=None))


def test_an_interrupt_ends_the_search():
    def endless():
        while True:
            yield ROW

    text = SimpleNamespace(chunks=endless, has_quotes=None)
    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt), quotes_sought(text, 1):
        raise KeyboardInterrupt
    assert threading.active_count() == before
    assert text.has_quotes is None


def long_file(path, end, *, newline=b"\n", rows=250_000):
    path.write_bytes((HEADER + ROW * rows).replace(b"\n", newline) + end)
    return path


@pytest.mark.parametrize("at", [PIECE - 1, PIECE, PIECE + 1, 2 * PIECE], ids=["before", "on", "after", "next"])
def test_a_mark_beside_the_border_of_two_pieces(tmp_path, at):
    lines = HEADER + ROW * 250_000
    start = lines.rfind(b"\n", 0, at) + 1
    path = tmp_path / "preds.csv"
    path.write_bytes(lines[:at] + b'"' + lines[at + 1 :])
    with pytest.raises(InputError) as raised:
        list(open_source(path).blocks(["y_true", "y_pred"]))
    line = lines.count(b"\n", 0, start) + 1
    assert raised.value.message == f"{path}:{line}: a quotation mark stands inside a cell, or has no partner"


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
def test_marks_in_the_last_bytes(tmp_path, end, message, newline):
    path = long_file(tmp_path / "preds.csv", end.replace(b"\n", newline), newline=newline)
    before = threading.active_count()
    with pytest.raises(InputError) as raised:
        list(open_source(path).blocks(["y_true", "y_pred"]))
    assert raised.value.message == message.format(path=path)
    assert threading.active_count() == before


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_blank_lines_beside_quoted_cells_far_behind_the_head(tmp_path, pack, newline):
    path = long_file(tmp_path / "preds.csv", b'\n"3","4"\n\n5,6\n'.replace(b"\n", newline), newline=newline)
    path.write_bytes(pack(path.read_bytes()))
    source = open_source(path)
    blocks = list(source.blocks(["y_true", "y_pred"]))
    assert sum(len(block.columns["y_true"]) for block in blocks) == 250_002
    assert blocks[-1].columns["y_pred"][-3:].tolist() == [2.5, 4.0, 6.0]
    assert source.blank_records == 2
    assert source.place([250_001, 250_003]) == [f"{path}:250003", f"{path}:250005"]


def test_a_reading_that_is_given_up_leaves_no_thread(tmp_path):
    path = long_file(tmp_path / "preds.csv", b"")
    before = threading.active_count()
    blocks = open_source(path).blocks(["y_true", "y_pred"])
    next(blocks)
    blocks.close()
    assert threading.active_count() == before
