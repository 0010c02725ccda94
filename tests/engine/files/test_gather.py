"""Many files of one data set: read as one where they are alike, and told apart wherever something is said of them."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import losscli
import losscli.engine.files.gather
from losscli.engine.files.block import records_of_block
from losscli.engine.files.open_source import open_source
from losscli.engine.files.parquet import UnlikeFilesError, begins_as_parquet
from losscli.engine.files.source import Source
from losscli.engine.table.pairing import pair_by_key
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


def told(folder, where, block_rows, suffix):
    """Return the values, files and record numbers of all rows, or the error as far as it speaks of its first cell."""
    try:
        source = open_source(f"{folder}/*.{suffix}", null_values=["NA"])
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
        together = told(folder, where, block_rows, "csv")
        patch.setattr(losscli.engine.files.gather, "SMALL_BYTES", 0)
        assert together == told(folder, where, block_rows, "csv")


def test_alike_files_are_one_part_up_to_a_size(tmp_path, monkeypatch):
    for number in range(6):
        (tmp_path / f"{number}.csv").write_text(f"y,pred\n{number},1\n" if number != 3 else "pred,y\n1,3\n")
    source = open_source(tmp_path)
    assert len(source.parts) == 3
    assert [block.columns["y"].tolist() for block in source.blocks(["y"])] == [[0, 1, 2, 3, 4, 5]]
    monkeypatch.setattr(losscli.engine.files.gather, "JOINED_BYTES", 22)
    assert [len(part.columns) for part in open_source(tmp_path).parts] == [2, 2, 2, 2]


def test_a_csv_file_needs_the_columns_that_are_read(tmp_path):
    (tmp_path / "a.csv").write_text("y,pred,n\n1,2,3\n")
    (tmp_path / "b.csv").write_text("pred,y\n3,4\n")
    (block,) = open_source(tmp_path).blocks(["y"])
    assert block.columns["y"].tolist() == [1, 4]
    with pytest.raises(InputError, match=r"b\.csv: there is no column 'n'"):
        list(open_source(tmp_path).blocks(["n"]))


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
    with pytest.raises(InputError, match=r"2\.parquet is damaged or cut off"):
        open_source(tables).texts("y", [4])


VARIANTS = {
    "alike": lambda frame: frame,
    "integers": lambda frame: frame.with_columns(pl.col("pred").cast(pl.Int64)),
    "single": lambda frame: frame.with_columns(pl.col("y").cast(pl.Float32)),
    "text": lambda frame: frame.with_columns(pl.col("pred").cast(pl.String)),
    "words": lambda frame: frame.with_columns(pred=pl.lit("high")),
    "note of numbers": lambda frame: frame.with_columns(note=pl.lit(1)),
    "another order": lambda frame: frame.select("note", "pred", "y"),
    "one more": lambda frame: frame.with_columns(more=pl.lit(1)),
    "one less": lambda frame: frame.drop("pred"),
}


def written(folder, kinds, heights):
    """Write files of whole numbers, counted through, one for each kind."""
    start = 0
    for number, (kind, height) in enumerate(zip(kinds, heights, strict=True)):
        y = np.arange(start, start + height, dtype=np.float64)
        frame = pl.DataFrame({"y": y, "pred": y + 1, "note": ["n"] * height})
        VARIANTS[kind](frame).write_parquet(Path(folder, f"{number:02d}.parquet"))
        start += height


@settings(max_examples=60, deadline=None)
@given(
    # a column that the first lacks is another error where it is read before the others are looked at
    first=st.sampled_from([kind for kind in VARIANTS if kind != "one less"]),
    others=st.lists(st.sampled_from(["alike"] * 12 + sorted(VARIANTS)), min_size=1, max_size=5),
    heights=st.lists(st.integers(1, 40), min_size=6, max_size=6),
    where=st.sampled_from([None, None, "y > 9"]),
    block_rows=st.sampled_from([1, 7, 65_536]),
)
def test_parquet_files_taken_to_be_alike_say_what_each_says(first, others, heights, where, block_rows):
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        written(folder, [first, *others], heights[: 1 + len(others)])
        looked_at = told(folder, where, block_rows, "parquet")
        patch.setattr(losscli.engine.files.gather, "FEW_FILES", 1)
        assert told(folder, where, block_rows, "parquet") == looked_at


@pytest.fixture
def trusting(monkeypatch):
    """Have any two files be many."""
    monkeypatch.setattr(losscli.engine.files.gather, "FEW_FILES", 1)


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("kind", ["integers", "text"])
def test_a_reading_goes_on_where_a_file_is_not_as_the_first(tmp_path, kind):
    written(tmp_path, ["alike", "alike", kind, "alike"], [20_000] * 4)
    blocks = list(open_source(tmp_path).blocks(["y", "pred"], block_rows=999))
    assert np.array_equal(np.concatenate([block.columns["pred"] for block in blocks]), np.arange(80_000) + 1)
    assert [block.first_row for block in blocks] == list(range(0, 80_000, 999))


@pytest.mark.parametrize("few_files", [1, 16])
def test_the_columns_that_are_read_need_to_be_in_each_file(tmp_path, monkeypatch, few_files):
    monkeypatch.setattr(losscli.engine.files.gather, "FEW_FILES", few_files)
    written(tmp_path, ["alike", "one less"], [3, 2])
    source = open_source(tmp_path)
    assert source.first_rows(["y"])["y"].tolist() == [0, 1, 2, 3, 4]
    restrict([source], "y > 0")
    (block,) = source.blocks(["y"])
    assert block.columns["y"].tolist() == [1, 2, 3, 4]
    assert source.texts("y", [3]) == ["3.0"]
    lacking = [
        lambda: list(open_source(tmp_path).blocks(["y", "pred"])),
        lambda: open_source(tmp_path).first_rows(["pred"]),
        lambda: restrict([open_source(tmp_path)], "pred > 0"),
        lambda: pair_by_key([open_source(tmp_path)] * 2, ["pred"], common=False, drops=False),
    ]
    for ask in lacking:
        with pytest.raises(InputError, match=r"01\.parquet: there is no column 'pred'") as raised:
            ask()
        assert raised.value.hint == "the columns are 'y', 'note'"


def test_a_condition_names_the_file_that_it_cannot_be_asked_of(tmp_path):
    written(tmp_path, ["alike", "integers", "text"], [3, 2, 1])
    with pytest.raises(InputError, match=r"02\.parquet: --where 'pred > 2': cannot compare string with num") as raised:
        restrict([open_source(tmp_path)], "pred > 2")
    assert raised.value.hint == f"write its columns in the types of {tmp_path}/00.parquet"


@pytest.mark.parametrize("few_files", [1, 16])
def test_the_first_file_needs_all_columns(tmp_path, monkeypatch, few_files):
    monkeypatch.setattr(losscli.engine.files.gather, "FEW_FILES", few_files)
    written(tmp_path, ["alike", "alike", "one more"], [3, 2, 1])
    with pytest.raises(InputError, match=r"02\.parquet has columns that \S*00\.parquet has not") as raised:
        list(open_source(tmp_path).blocks(["y"]))
    assert raised.value.hint == f"'more' only in {tmp_path}/02.parquet"


@pytest.mark.usefixtures("trusting")
def test_files_that_are_alike_are_not_looked_at(tmp_path, monkeypatch):
    monkeypatch.delattr(losscli.engine.files.gather, "parquet_schema")
    frame = pl.DataFrame({"y": np.arange(20.0), "pred": np.arange(20.0) + 0.25})
    for number, far in enumerate([0.5, 0.75, 1.0]):
        frame.with_columns(pred=pl.col("pred") + far * (pl.col("y") == 5)).write_parquet(tmp_path / f"{number}.parquet")
    (model,) = losscli.outliers(tmp_path, top=3).payload["models"]
    assert [row["place"] for row in model["rows"]] == [f"{tmp_path}/{number}.parquet: row 6" for number in (2, 1, 0)]


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("first", ["alike", "text"])
def test_questions_are_asked_anew_where_a_file_is_not_as_the_first(tmp_path, first):
    written(tmp_path, [first, "alike", "integers", "alike"], [2] * 4)

    def source():
        return open_source(tmp_path)

    assert source().first_rows(["pred"])["pred"].tolist() == list(range(1, 9))
    assert source().distinct("pred") == tuple(map(str, range(1, 9)))
    assert source().place([0, 5]) == [f"{tmp_path}/00.parquet: row 1", f"{tmp_path}/02.parquet: row 2"]
    assert list(map(float, source().texts("pred", [0, 5]))) == [1, 6]
    assert source().files(np.array([0, 7]))[1].tolist() == [0, 1]


class Broken:
    """A part that gives some blocks and then proves to have unlike files."""

    def __init__(self, part, after):
        self.format, self.label, self.columns = part.format, part.label, part.columns
        self._part, self._after = part, after

    def blocks(self, wanted):
        yield from islice(self._part.blocks(wanted), self._after)
        raise UnlikeFilesError


@given(after=st.integers(0, 4), block_rows=st.sampled_from([1, 3, 5, 20]), split=st.integers(0, 20))
def test_a_reading_that_starts_anew_gives_no_row_twice(after, block_rows, split):
    frame = pl.DataFrame({"y": np.arange(20.0)})
    (whole,) = open_source(frame).parts
    parts = [part for half in (frame[:split], frame[split:]) for part in open_source(half).parts]
    source = Source(
        label="rows", path="rows", parts=[Broken(whole, after)], looked_at=lambda: parts, block_rows=block_rows
    )
    for _ in range(2):
        blocks = list(source.blocks(["y"]))
        assert [block.columns["y"].tolist() for block in blocks] == [
            list(range(start, min(start + block_rows, 20))) for start in range(0, 20, block_rows)
        ]
        assert np.concatenate([records_of_block(block) for block in blocks]).tolist() == list(range(20))


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("size", [0, 300])
def test_a_file_among_many_that_is_cut_off_is_named(tmp_path, size):
    written(tmp_path, ["alike"] * 4, [100] * 4)
    source = open_source(tmp_path)
    with (tmp_path / "02.parquet").open("r+b") as file:
        file.truncate(size)
    with pytest.raises(InputError, match=r"02\.parquet is (empty|damaged or cut off)"):
        source.texts("pred", [399])
    with pytest.raises(InputError, match=r"02\.parquet is (empty|damaged or cut off)"):
        list(open_source(tmp_path).blocks(["y"]))


def test_a_pipe_among_many_files_is_not_waited_for(tmp_path):
    written(tmp_path, ["alike"] * 2, [1] * 2)
    os.mkfifo(tmp_path / "01.pipe.parquet")
    assert not begins_as_parquet(str(tmp_path / "01.pipe.parquet"))
    assert begins_as_parquet(str(tmp_path / "01.parquet"))


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
