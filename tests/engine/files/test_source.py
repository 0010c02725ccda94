import decimal
import gzip
import io
import os
import subprocess
import sys
import threading
import types

import numpy as np
import pandas as pd
import polars as pl
import pytest

from losscli.engine.files.block import ColumnType
from losscli.engine.files.cell_error import cell_error
from losscli.engine.files.open_source import open_source
from losscli.errors import InputError

TEXT = "y_true,y_pred,name\n1.5,2,a\n-3,4e-2,b\n,0.1,c\n"
Y_TRUE, Y_PRED = [1.5, -3.0, np.nan], [2.0, 0.04, 0.1]


def write(path, content=TEXT):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(source, *names):
    """Return each column of a source in one list."""
    blocks = list(source.blocks(names))
    return [[value for block in blocks for value in block.columns[name].tolist()] for name in names]


def assert_is_example(source):
    y_true, y_pred = read(source, "y_true", "y_pred")
    assert np.array_equal(y_true, Y_TRUE, equal_nan=True)
    assert y_pred == Y_PRED


def zstd(path, text=TEXT):
    pl.read_csv(io.StringIO(text)).lazy().sink_csv(path, compression="zstd", check_extension=False)
    return path


def test_csv(tmp_path):
    path = write(tmp_path / "preds.csv")
    source = open_source(path)
    assert (source.label, source.path, source.format) == (str(path), str(path), "csv")
    assert [(column.name, column.type) for column in source.columns] == [
        ("y_true", ColumnType.NUMBER),
        ("y_pred", ColumnType.NUMBER),
        ("name", ColumnType.TEXT),
    ]
    assert_is_example(source)
    assert_is_example(source)  # again: it can be re-read
    assert source.blank_records == 0


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_of_the_header(tmp_path, delimiter):
    assert_is_example(open_source(write(tmp_path / "preds.csv", TEXT.replace(",", delimiter))))


def test_a_delimiter_inside_other_cells_does_not_mislead(tmp_path):
    path = write(tmp_path / "preds.csv", "tags,y\na|b|c,1\nd;e;f,2\n")
    assert read(open_source(path), "y") == [[1.0, 2.0]]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + TEXT,
        TEXT.replace("\n", "\r\n"),
        TEXT.rstrip("\n"),
        "\n\r\n" + TEXT,
        TEXT.replace("y_true,y_pred", '" y_true" ,  y_pred'),
        TEXT.replace("name", '"na\n\nme"'),
        TEXT.replace(",a\n", ',"a, b\n\nc ""d"""\n'),
        TEXT.replace("1.5,2", '"1.5","2"'),
        TEXT.replace("1.5,2", "  1.5,2 "),
        TEXT.replace("1.5,2", '" 1.5","2\t"'),
        TEXT.replace("\n,", "\n  ,"),
        TEXT.replace("\n,", '\n"",'),
        TEXT.replace("\n,", "\nNaN,"),
        TEXT.replace(",a\n", ",a,\n").replace(",b\n", ",b,,\n"),
    ],
    ids=[
        "byte order mark",
        "carriage returns",
        "no line break at the end",
        "blank lines before the header",
        "blanks in the header",
        "line break in the header",
        "line breaks in a cell",
        "quoted numbers",
        "blanks around numbers",
        "blanks in quoted numbers",
        "blank cell",
        "quoted empty cell",
        "NaN",
        "empty cells beyond the header",
    ],
)
def test_the_same_rows_are_read_from(tmp_path, text):
    assert_is_example(open_source(write(tmp_path / "preds.csv", text)))


def test_blank_lines_are_skipped_and_counted(tmp_path):
    path = write(tmp_path / "preds.csv", "y,z\n\n1,2\n\n\r\n3,4\n5,\n\n")
    source = open_source(path, block_rows=2)
    assert [(block.first_row, block.columns["y"].tolist()) for block in source.blocks(["y"])] == [
        (1, [1.0, 3.0]),
        (5, [5.0]),
    ]
    first, second = source.blocks(["y"])
    assert first.rows.tolist() == [1, 4]
    assert second.rows is None
    assert source.blank_records == 4
    assert source.place([5, 1]) == [f"{path}:7", f"{path}:3"]


def test_null_values_are_missing(tmp_path):
    path = write(tmp_path / "preds.csv", "y\n1\nn/a\n -\n2 \n")
    source = open_source(path, null_values=["n/a", "-"])
    assert source.columns[0].type is ColumnType.NUMBER
    assert np.array_equal(read(source, "y")[0], [1.0, np.nan, np.nan, 2.0], equal_nan=True)


@pytest.mark.parametrize("kind", [pl.Int64, pl.UInt8, pl.Float64, pl.Float32, pl.Decimal(10, 2), pl.String])
def test_null_values_that_are_numbers_are_missing_in_columns_of_numbers(tmp_path, kind):
    frame = pl.DataFrame({"y": pl.Series(["1", "99", None, "2"]).cast(kind), "z": [99.0, 99.5, -99.0, 0.0]})
    frame.write_parquet(tmp_path / "preds.parquet")
    for given_data in (tmp_path / "preds.parquet", frame, frame.lazy()):
        source = open_source(given_data, null_values=["n/a", "99"])
        found = read(source, "y", "z")
        assert np.array_equal(found[0], [1.0, np.nan, np.nan, 2.0], equal_nan=True)
        assert np.array_equal(found[1], [np.nan, 99.5, -99.0, 0.0], equal_nan=True)


def test_bytes_that_are_no_utf_8_in_another_column_do_no_harm(tmp_path):
    assert_is_example(open_source(write(tmp_path / "preds.csv", TEXT.replace("a\n", "café\n").encode("latin-1"))))


def test_compressed_csv_by_content_and_not_by_name(tmp_path):
    assert_is_example(open_source(write(tmp_path / "preds.csv", gzip.compress(TEXT.encode()))))
    assert_is_example(open_source(zstd(tmp_path / "preds.txt")))


def test_a_file_whose_name_looks_like_a_pattern_is_literal(tmp_path):
    assert_is_example(open_source(write(tmp_path / "preds[1]*.csv")))
    pl.read_csv(io.StringIO(TEXT)).write_parquet(tmp_path / "preds[1].parquet")
    assert_is_example(open_source(tmp_path / "preds[1].parquet"))


def test_a_glob_is_one_data_set_in_parts_sorted_by_name(tmp_path):
    for name, value in (("b.csv", 2), ("a.csv", 1), ("c.csv", 3)):
        write(tmp_path / name, f"y\n{value}\n{value}\n")
    source = open_source(f"{tmp_path}/*.csv")
    assert [(block.first_row, block.columns["y"].tolist()) for block in source.blocks(["y"], block_rows=4)] == [
        (0, [1.0, 1.0, 2.0, 2.0]),
        (4, [3.0, 3.0]),
    ]
    assert source.label == f"{tmp_path}/*.csv"
    assert source.place([5]) == [f"{tmp_path}/c.csv:3"]
    count, cells = source.first_cells("y", lambda y: y >= 2)
    assert count == 4
    assert [cell.where for cell in cells] == [f"{tmp_path}/b.csv:2", f"{tmp_path}/b.csv:3", f"{tmp_path}/c.csv:2"]


def test_a_folder_is_one_data_set_of_its_csv_or_parquet_files(tmp_path):
    write(tmp_path / "README.txt", "not data")
    write(tmp_path / ".part-1.csv", "y,z\n9,9\n")
    write(tmp_path / "._part-1.csv", b"\0\5\26\7")
    write(tmp_path / "part-1.csv", "y,z\n1,5\n")
    write(tmp_path / "part-2.csv.gz", gzip.compress(b"z,y\n6,2\n"))
    write(tmp_path / "part-3.tsv", "y\tz\n3\t7\n")
    assert read(open_source(tmp_path), "y", "z") == [[1.0, 2.0, 3.0], [5.0, 6.0, 7.0]]


@pytest.mark.parametrize("below", ["2024", "region=north", "region=north/year=2024"])
def test_a_folder_of_folders_brings_the_pattern_of_their_files(tmp_path, below):
    tmp_path /= "a_path_of_more_letters_than_a_cell_is_shown_with"  # a hint is followed as it stands, so never cut
    (tmp_path / below).mkdir(parents=True)
    write(tmp_path / below / "part-1.csv", "y\n3\n")
    with pytest.raises(InputError, match=r"is a folder without \.csv or \.parquet files\nhint: ") as raised:
        open_source(f"{tmp_path}/")
    *_, pattern = raised.value.hint.split()
    assert pattern == f"'{tmp_path}/**/*.csv'"
    assert read(open_source(pattern.strip("'")), "y") == [[3.0]]


def test_one_part_without_rows_does_no_harm(tmp_path):
    write(tmp_path / "a.csv", "y\n")
    write(tmp_path / "b.csv", "y\n2\n")
    assert read(open_source(f"{tmp_path}/?.csv"), "y") == [[2.0]]


def pipe_in(monkeypatch, content):
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO(content)))


def test_standard_input_holds_csv_or_parquet(tmp_path, monkeypatch):
    pl.read_csv(io.StringIO(TEXT)).write_parquet(tmp_path / "preds.parquet")
    for content in (TEXT.encode(), gzip.compress(TEXT.encode()), (tmp_path / "preds.parquet").read_bytes()):
        pipe_in(monkeypatch, content)
        source = open_source("-")
        assert (source.label, source.path) == ("standard input", "-")
        assert_is_example(source)
        assert_is_example(source)


def test_a_row_of_standard_input_has_a_place(monkeypatch):
    pipe_in(monkeypatch, TEXT.encode())
    assert open_source("-").place([2]) == ["standard input:4"]


def test_standard_input_is_kept_in_a_named_file_where_open_files_have_no_path(tmp_path, monkeypatch):
    monkeypatch.setattr("losscli.engine.files.spool._OPEN_FILES", tmp_path / "nowhere")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    pipe_in(monkeypatch, TEXT.encode())
    source = open_source("-")
    assert_is_example(source)
    assert len(list(tmp_path.iterdir())) == 1
    del source
    assert list(tmp_path.iterdir()) == []


def test_the_named_file_of_standard_input_goes_with_the_program(tmp_path):
    program = """
from pathlib import Path
import losscli.engine.files.spool
from losscli.engine.files.open_source import open_source
losscli.engine.files.spool._OPEN_FILES = Path("nowhere")
source = open_source("-")
print(sum(len(block.columns["y_true"]) for block in source.blocks(["y_true"])))
"""
    run = subprocess.run(
        [sys.executable, "-c", program],
        input=TEXT.encode(),
        capture_output=True,
        check=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert run.stdout == b"3\n"
    assert list(tmp_path.iterdir()) == []


def test_a_named_pipe_is_read_once_and_kept(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=(TEXT,))
    writer.start()
    source = open_source(path)
    writer.join()
    assert_is_example(source)
    assert_is_example(source)


def test_a_url_goes_to_polars(tmp_path):
    pl.read_csv(io.StringIO(TEXT)).write_parquet(tmp_path / "preds.parquet")
    assert_is_example(open_source(write(tmp_path / "preds.csv").as_uri()))
    assert_is_example(open_source((tmp_path / "preds.parquet").as_uri()))


NUMBERS = [1.5, -3.0, 0.25]


@pytest.mark.parametrize(
    "column",
    [
        pl.Series(NUMBERS, dtype=pl.Float32),
        pl.Series(NUMBERS, dtype=pl.Float16),
        pl.Series([decimal.Decimal("1.5"), decimal.Decimal(-3), decimal.Decimal("0.25")]),
        pl.Series(["1.5", " -3", "2.5e-1 "]),
        pl.Series(["1.5", "-3", "0.25"], dtype=pl.Categorical),
    ],
    ids=lambda column: str(column.dtype),
)
def test_types_of_parquet(tmp_path, column):
    path = tmp_path / "preds.parquet"
    pl.DataFrame({"y": column}).write_parquet(path)
    assert read(open_source(path), "y") == [NUMBERS]
    assert read(open_source(pl.read_parquet(path)), "y") == [NUMBERS]


@pytest.mark.parametrize("kind", [pl.Int8, pl.UInt64, pl.Int128, pl.Boolean, pl.String, pl.Float64])
def test_nulls_of_parquet_are_missing(tmp_path, kind):
    path = tmp_path / "preds.parquet"
    pl.DataFrame({"y": pl.Series([1, None, 0]).cast(pl.Int8).cast(kind)}).write_parquet(path)
    assert np.array_equal(read(open_source(path), "y")[0], [1.0, np.nan, 0.0], equal_nan=True)


def test_float32_is_widened_as_it_is(tmp_path):
    path = tmp_path / "preds.parquet"
    pl.DataFrame({"y": pl.Series([0.1], dtype=pl.Float32)}).write_parquet(path)
    assert read(open_source(path), "y") == [[0.10000000149011612]]


def test_places_in_parquet_count_rows_from_1(tmp_path):
    path = tmp_path / "preds.parquet"
    pl.DataFrame({"y": [1.0, None, 3.0]}).write_parquet(path)
    count, (cell,) = open_source(path).first_cells("y", np.isnan)
    assert (count, cell.where, cell.text) == (1, f"{path}: row 2", "")


PANDAS = pd.DataFrame(
    {
        "int": [1, 2, 3],
        "bool": [True, False, True],
        "float": np.float32([0.5, np.nan, 2]),
        "nullable": pd.array([1, None, 3], dtype="Int64"),
        "flag": pd.array([True, None, False], dtype="boolean"),
        "text": ["1", None, " 3"],
        "category": pd.Categorical(["1", "2", "1"]),
        "object": pd.Series([1, decimal.Decimal("2.5"), None], dtype=object),
        "when": pd.to_datetime(["2020-01-01"] * 3),
        7: [7.0, 8.0, 9.0],
    }
)


@pytest.mark.parametrize(
    ("name", "kind", "values"),
    [
        ("int", ColumnType.NUMBER, [1.0, 2.0, 3.0]),
        ("bool", ColumnType.NUMBER, [1.0, 0.0, 1.0]),
        ("float", ColumnType.NUMBER, [0.5, np.nan, 2.0]),
        ("nullable", ColumnType.NUMBER, [1.0, np.nan, 3.0]),
        ("flag", ColumnType.NUMBER, [1.0, np.nan, 0.0]),
        ("text", ColumnType.TEXT, [1.0, np.nan, 3.0]),
        ("category", ColumnType.TEXT, [1.0, 2.0, 1.0]),
        ("object", ColumnType.NUMBER, [1.0, 2.5, np.nan]),
        ("7", ColumnType.NUMBER, [7.0, 8.0, 9.0]),
    ],
)
def test_pandas_frames(name, kind, values):
    source = open_source(PANDAS)
    assert (source.label, source.format) == ("DataFrame", "frame")
    assert {column.name: column.type for column in source.columns}[name] is kind
    assert np.array_equal(read(source, name)[0], values, equal_nan=True)


def test_polars_frames_and_lazy_frames():
    frame = pl.read_csv(io.StringIO(TEXT))
    assert_is_example(open_source(frame))
    assert_is_example(open_source(frame.lazy()))


def test_arrays_by_name():
    source = open_source({"y_true": np.array(Y_TRUE), "y_pred": tuple(Y_PRED), "name": ["a", "b", "c"]})
    assert_is_example(source)
    assert source.place([0, 2]) == ["row 1", "row 3"]


def test_a_label_is_what_people_call_it(tmp_path):
    path = write(tmp_path / "preds.csv")
    source = open_source(path, label="new model")
    assert (source.label, source.path, source.place([0])) == ("new model", str(path), [f"{path}:2"])


def test_a_line_number_is_the_line_on_which_the_record_starts(tmp_path):
    path = write(tmp_path / "preds.csv", '"na\nme",y\n"a\n\nb",1\n\nc,\n"d\n",\ne,5\n')
    source = open_source(path)
    count, cells = source.first_cells("y", np.isnan)
    assert count == 2
    assert [cell.where for cell in cells] == [f"{path}:7", f"{path}:8"]


def test_cells_show_their_raw_text_where_they_stand(tmp_path):
    path = write(tmp_path / "preds.csv", "y\n1\n1e400\nnan\n-inf\n2\n-1e999\n")
    count, cells = open_source(path).first_cells("y", np.isinf)
    assert count == 3
    assert [(cell.where, cell.text) for cell in cells] == [
        (f"{path}:3", "1e400"),
        (f"{path}:5", "-inf"),
        (f"{path}:7", "-1e999"),
    ]
    error = cell_error("y", count, cells, "expected a finite number, got '1e400'", "--null-value 1e400")
    assert error.message == f"{path}:3: column 'y': expected a finite number, got '1e400' (and 2 more, lines 5, 7)"
    assert error.hint == "--null-value 1e400"


def test_asking_for_a_column_twice_gives_it_once(tmp_path):
    (block,) = open_source(write(tmp_path / "preds.csv")).blocks(["y_pred", "y_pred"])
    assert list(block.columns) == ["y_pred"]
