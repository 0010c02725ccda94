"""Many files of one data set: read as one where they are alike, and told apart wherever something is said of them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import losscli.engine.files.gather
from losscli.engine.files.block import records_of_block
from losscli.engine.files.open_source import open_source
from losscli.engine.table.where import restrict
from losscli.errors import InputError

GOOD = st.sampled_from(["1", "2.5", "-3e2", "0"])
ODD = st.sampled_from(["", "NaN", "NA", " 4 ", '"7"', '"8,5"', '"a\nb"', '5"', "x", "y\t", "1,5"])
HEADERS = ["y,pred,note", "\ufeffy,pred,note", '"y","pred","note"', "pred,y,note"]
NOTES = st.sampled_from(["", "n", '"a ""b"" c"', '"two\nlines"', "é"])


@st.composite
def texts(draw, *, odd=True):
    """Return what one CSV file holds: mostly good, sometimes with what must be found and named."""
    cell = draw(st.sampled_from([GOOD, GOOD, GOOD, GOOD | ODD])) if odd else GOOD
    row = st.builds(lambda y, pred, note: f"{y},{pred},{note}", cell, cell, NOTES)
    odd_row = st.sampled_from(["", "1", "1,2", "1,2,n,", "1,2,n,3"])
    rows = draw(st.lists(row | odd_row if draw(st.booleans()) else row, max_size=5))
    header = draw(st.sampled_from([*HEADERS[:1] * 6, *HEADERS[1:]]))
    newline = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    return newline.join([header, *rows, *([""] if draw(st.booleans()) else [])]).encode()


def told(folder, where, block_rows):
    """Return the values, files and record numbers of all rows, or the error as far as it speaks of its first cell."""
    try:
        source = open_source(f"{folder}/*.csv", null_values=["NA"])
        if where:
            restrict([source], where)
        blocks = list(source.blocks(["y", "pred"], block_rows=block_rows))
    except InputError as error:
        return str(error).partition(" (and ")[0]
    rows = np.concatenate([records_of_block(block) for block in blocks])
    values = [[repr(value) for block in blocks for value in block.columns[name].tolist()] for name in ("y", "pred")]
    files, numbers = source.files(rows)
    return values, files, numbers.tolist(), source.place(rows.tolist()), source.blank_records, source.left_out()


@settings(max_examples=60, deadline=None)
@given(
    # a condition takes a column as numbers or text by the first cells of what is read as one: here all are numbers
    drawn=st.one_of(
        st.tuples(st.none(), st.lists(texts(), min_size=2, max_size=5)),
        st.tuples(st.just("y > 1"), st.lists(texts(odd=False), min_size=2, max_size=5)),
    ),
    block_rows=st.sampled_from([1, 3, 65_536]),
)
def test_csv_files_read_as_one_say_what_each_says(drawn, block_rows):
    where, files = drawn
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for number, data in enumerate(files):
            Path(folder, f"{number}.csv").write_bytes(data)
        together = told(folder, where, block_rows)
        patch.setattr(losscli.engine.files.gather, "SMALL_BYTES", 0)
        assert together == told(folder, where, block_rows)


def test_alike_files_are_one_part_up_to_a_size(tmp_path, monkeypatch):
    for number in range(6):
        (tmp_path / f"{number}.csv").write_text(f"y,pred\n{number},1\n" if number != 3 else "pred,y\n1,3\n")
    source = open_source(tmp_path)
    assert len(source.parts) == 3
    assert [block.columns["y"].tolist() for block in source.blocks(["y"])] == [[0, 1, 2, 3, 4, 5]]
    monkeypatch.setattr(losscli.engine.files.gather, "JOINED_BYTES", 22)
    assert [len(part.columns) for part in open_source(tmp_path).parts] == [2, 2, 2, 2]


def test_an_error_names_the_file_among_many_and_counts_in_all(tmp_path):
    for number in range(4):
        (tmp_path / f"{number}.csv").write_text("y\n1\n" if number < 2 else "y\n1\nbad\n")
    with pytest.raises(InputError) as raised:
        list(open_source(tmp_path).blocks(["y"]))
    assert str(raised.value) == f"{tmp_path}/2.csv:3: column 'y': expected a number, got 'bad' (and 1 more)"


def test_a_file_that_changes_is_not_read_on(tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.csv").write_text("y\n1\n")
    source = open_source(tmp_path)
    (tmp_path / "1.csv").write_text("y\n1\n2\n")
    with pytest.raises(InputError, match=r"1\.csv has changed since it was opened"):
        list(source.blocks(["y"]))
    (tmp_path / "1.csv").unlink()
    with pytest.raises(InputError, match=r"1\.csv cannot be read: no such file"):
        list(source.blocks(["y"]))


@pytest.fixture
def tables(tmp_path):
    """Return a folder of Parquet files of 3, 0, 2 and 4 rows, the last with another type of the column n."""
    start = 0
    for number, height in enumerate((3, 0, 2, 4)):
        n = np.arange(start, start + height)
        frame = pl.DataFrame({"y": n + 0.5, "n": n if number < 3 else n.astype(np.float32), "text": n.astype(str)})
        frame.write_parquet(tmp_path / f"{number}.parquet")
        start += height
    return tmp_path


@pytest.mark.parametrize("where", [None, "y > 2"])
def test_parquet_files_are_read_as_one_and_told_apart(tables, where):
    source = open_source(tables)
    assert len(source.parts) == 2
    assert source.expected_height() == 9
    if where:
        restrict([source], where)
    (block,) = source.blocks(["n", "y", "text"])
    kept = np.arange(9) if where is None else np.arange(2, 9)
    assert block.columns["n"].tolist() == block.columns["text"].tolist() == kept.tolist()
    files, numbers = source.files(records_of_block(block))
    expected = [*((0, row) for row in range(3)), *((2, row) for row in range(2)), *((3, row) for row in range(4))]
    assert files == [f"{tables}/{expected[row][0]}.parquet" for row in kept]
    assert numbers.tolist() == [expected[row][1] for row in kept]
    assert source.place([4, 2, 8]) == [
        f"{tables}/2.parquet: row 2", f"{tables}/0.parquet: row 3", f"{tables}/3.parquet: row 4",
    ]  # fmt: skip
    assert source.texts("text", [2, 3, 8]) == ["2", "3", "8"]


def test_a_word_is_placed_in_its_parquet_file(tables):
    pl.DataFrame({"y": [1.5], "n": [1], "text": ["one"]}).write_parquet(tables / "2.parquet")
    with pytest.raises(InputError, match=r"2\.parquet: row 1: column 'text': expected a number, got 'one'"):
        list(open_source(tables).blocks(["text"]))


def test_a_damaged_file_among_many_is_named(tables):
    damaged = tables / "2.parquet"
    data = bytearray(damaged.read_bytes())
    data[4:40] = bytes(36)  # the pages of the first column; the footer is whole
    damaged.write_bytes(data)
    with pytest.raises(InputError, match=r"2\.parquet is damaged or cut off"):
        list(open_source(tables).blocks(["y"]))


def test_a_folder_of_both_kinds_is_refused(tables):
    for number in range(2):
        (tables / f"{number}.csv").write_text("y,n,text\n1,2,3\n")
    with pytest.raises(InputError, match="must have one format"):
        open_source(tables)


def test_about_how_many_rows_a_file_has_is_told_by_its_size(tmp_path):
    (tmp_path / "a.csv").write_text("y\n" + "12345\n" * 100_000)
    expected = open_source(tmp_path / "a.csv").expected_height()
    assert expected is not None
    assert abs(expected - 100_000) < 100
