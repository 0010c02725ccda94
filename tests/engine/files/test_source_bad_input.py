"""Every error that bad input meets, in the words that people read."""

import gzip
import io
import os
import sys
import types

import numpy as np
import pandas as pd
import polars as pl
import pytest

from losscli.engine.files.open_source import open_source
from losscli.errors import InputError

MISSING_HINT = "--null-value {} reads such cells as missing; --missing drop then leaves their rows out"
DECIMAL_HINT = "write numbers with a decimal point and nothing else, as 1234.5"
NEITHER_HINT = "losscli reads these two: export it as one of them"
PARQUET_HINT = "losscli reads CSV and Parquet: export it as one of them"
QUOTE_HINT = 'put such a cell in quotes and double each mark in it: "3.5"" disk"'
DELIMITER_HINT = "a cell that holds the delimiter must stand in quotes"
AGAIN = "copy or download it again"


@pytest.fixture(autouse=True)
def _in_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(name, content):
    with open(name, "wb") as file:  # noqa: PTH123 - relative to the test's folder, as on a command line
        file.write(content if isinstance(content, bytes) else content.encode())


def error_of(given="preds.csv", wanted=("y_true", "y_pred"), **options):
    """Return message and hint of the error that a complete reading ends in."""
    with pytest.raises(InputError) as raised:
        for _ in open_source(given, **options).blocks(wanted):
            pass
    return raised.value.message, raised.value.hint


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        ("", "preds.csv is empty", None),
        ("\ufeff\r\n \n", "preds.csv is empty", None),
        ("y_true,y_pred", "preds.csv has a header but no rows", None),
        ("y_true,y_pred\n\n\n", "preds.csv has a header but no rows", None),
        (
            "1.5,2\n3,4\n",
            "preds.csv seems to have no header row: its first row holds only numbers",
            "add a first line with the names of the columns, such as y_true,y_pred",
        ),
        (
            "y_true,y_prd\n1,2\n",
            "preds.csv: there is no column 'y_pred'",
            "did you mean 'y_prd'? the columns are 'y_true', 'y_prd'",
        ),
        (
            "y_true,Y_Pred\n1,2\n",
            "preds.csv: there is no column 'y_pred'",
            "did you mean 'Y_Pred'? the columns are 'y_true', 'Y_Pred'",
        ),
        ("y_true,\x1b[31m\n1,2\n", "preds.csv: there is no column 'y_pred'", r"the columns are 'y_true', '\x1b[31m'"),
        ("y_pred,y_true,n, y_pred\n1,2,3,4\n", "preds.csv: column 'y_pred' stands twice (columns 1 and 4)", None),
        ("y_pred,y_pred,y_true,y_pred\n", "preds.csv: column 'y_pred' stands 3 times (columns 1, 2 and 4)", None),
        (
            "y_true,y_pred\n1,2\n1,n/a\n1,3\n2,4\n2,5\n2,6\n",
            "preds.csv:3: column 'y_pred': expected a number, got 'n/a'",
            MISSING_HINT.format("n/a"),
        ),
        (
            "y_true,y_pred\n1,2\n1,not yet\n1,3\n2,not yet\n2,5\n2,6\n",
            "preds.csv:3: column 'y_pred': expected a number, got 'not yet' (and 1 more, line 5)",
            MISSING_HINT.format("'not yet'"),
        ),
        (
            "y_true,y_pred\n" + "1,2\n" * 20 + "x,2\n" * 17,
            "preds.csv:22: column 'y_true': expected a number, got 'x' (and 16 more, lines 23, 24, …)",
            MISSING_HINT.format("x"),
        ),
        (
            "y_true,y_pred\nred,2\ngreen,3\nblue,4\n",
            "preds.csv:2: column 'y_true': expected a number, got 'red' (and 2 more, lines 3, 4)",
            "most cells of this column are no numbers: choose another column",
        ),
        (
            "y_true,y_pred\n1,2\n2,\x1b[2Jx\n3,4\n",
            r"preds.csv:3: column 'y_pred': expected a number, got '\x1b[2Jx'",
            MISSING_HINT.format(r"'\x1b[2Jx'"),
        ),
        (
            'y_true,y_pred\n"1,234.5",2\n3,4\n',
            "preds.csv:2: column 'y_true': expected a number, got '1,234.5', which has thousands separators",
            DECIMAL_HINT,
        ),
        (
            "y_true;y_pred\n3,14;2\n3;4\n",
            "preds.csv:2: column 'y_true': expected a number, got '3,14', which has a decimal comma",
            f"{DECIMAL_HINT}; where no comma parts cells: tr , . < preds.csv > points.csv",
        ),
        ("y_true,y_pred\n1,2\n3\n", "preds.csv:3: 1 cell where the header has 2", None),
        ("y_true,y_pred\n1\n3,4\n", "preds.csv:2: 1 cell where the header has 2", None),
        ("y_true,n,y_pred\n1,2,3\n\n3,4\n", "preds.csv:4: 2 cells where the header has 3", None),
        ("y_true,y_pred\n1,2\n1,3,14\n", "preds.csv:3: 3 cells where the header has 2", DELIMITER_HINT),
        ("y_true,y_pred,n\n1,2,3,4\n", "preds.csv:2: 4 cells where the header has 3", DELIMITER_HINT),
        (
            'y_true,y_pred,n\n1,2,3\n4,5,6" disk\n7,8,9\n',
            "preds.csv:3: a quotation mark stands inside a cell, or has no partner",
            QUOTE_HINT,
        ),
        (
            'n,y_true,y_pred\n"said,1,2\nb,3,4\n"he,5,6\nd,7,8\n',
            "preds.csv:2: a quotation mark stands inside a cell, or has no partner",
            QUOTE_HINT,
        ),
        (
            'y_true,y_pred\n1,2\n3,"4\n5,6\n',
            "preds.csv:3: a quotation mark stands inside a cell, or has no partner",
            QUOTE_HINT,
        ),
        (
            "y_true,y_pred\n1,2\n".encode("utf-16"),
            "preds.csv looks like UTF-16 text, not UTF-8",
            "save it as UTF-8, or convert its text: iconv -f utf-16 -t utf-8 preds.csv > utf8.csv",
        ),
        (
            "y_true,y_pred\n1,2\n".encode("utf-16-le"),
            "preds.csv looks like UTF-16 text, not UTF-8",
            "save it as UTF-8, or convert its text: iconv -f utf-16 -t utf-8 preds.csv > utf8.csv",
        ),
        (
            "y_true,y_pred\n1,2\n".encode("utf-32"),
            "preds.csv looks like UTF-32 text, not UTF-8",
            "save it as UTF-8, or convert its text: iconv -f utf-32 -t utf-8 preds.csv > utf8.csv",
        ),
        (
            "y_true,y_pred\r1,2\r",
            "preds.csv has lines that end in a carriage return alone",
            r"convert it first: tr '\r' '\n' < preds.csv > lines.csv",
        ),
        ("y_true,y_pred\n1,\0\n", "preds.csv does not look like CSV or Parquet", NEITHER_HINT),
        (bytes(range(256)) * 9, "preds.csv does not look like CSV or Parquet", NEITHER_HINT),
        (gzip.compress(b"PAR1\n", mtime=0), "preds.csv does not look like CSV or Parquet", NEITHER_HINT),
        (b"PK\x03\x04\x14\x00", "preds.csv looks like a zip archive or an Excel workbook", PARQUET_HINT),
        ('[{"y_true": 1}]', "preds.csv looks like JSON", "losscli reads CSV and Parquet: convert it to one of them"),
        ("y_true,y_pred\n1,2\n".ljust(20_000_000, "x"), "preds.csv:3: 1 cell where the header has 2", None),
        ("y" * 17_000_000, "preds.csv does not look like CSV or Parquet", NEITHER_HINT),
        (
            '"y_true,y_pred\n' + "1,2\n" * 20_000,
            "preds.csv: the header row has no end within the first 65536 bytes",
            "does a quotation mark in it have no partner?",
        ),
        (b"PAR1" + b"x" * 60, "preds.csv is damaged or cut off: it is not a complete Parquet file", AGAIN),
        (b"PAR1" + b"x" * 60 + b"PAR1", "preds.csv is damaged or cut off: it is not a complete Parquet file", AGAIN),
        (
            gzip.compress(os.urandom(300_000).hex().encode())[:200_000],
            "preds.csv is damaged or cut off: its gzip data cannot be unpacked to the end",
            AGAIN,
        ),
        (b"\x28\xb5\x2f\xfd", "preds.csv is damaged or cut off: its zstd data cannot be unpacked to the end", AGAIN),
    ],
)
def test_a_bad_file(content, message, hint):
    write("preds.csv", content)
    assert error_of() == (message, hint)


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("1 234", "thousands separators"),
        ("1\u202f234\u202f567.5", "thousands separators"),
        ("1'234", "thousands separators"),
        ("1_000", "thousands separators"),
        ("1,234,567", "thousands separators"),
        ("-1,234", "a thousands separator or a decimal comma"),
        ("1.234,5", "a decimal comma"),
        ("0,123", "a decimal comma"),
        ("3,1e5", "a decimal comma"),
        ("12.5 %", "a percent sign"),
        ("$12.50", "a currency sign"),
        ("12,50 €", "a currency sign"),
    ],
)
def test_what_a_cell_looks_like_is_said(cell, form):
    write("preds.csv", f"y\tz\n1\t2\n{cell}\t2\n")
    message, hint = error_of(wanted=["y"])
    assert message.startswith("preds.csv:3: column 'y': expected a number, got '")
    assert message.endswith(f"', which has {form}")
    tr = "; where no comma parts cells: tr , . < preds.csv > points.csv"
    assert hint == DECIMAL_HINT + (tr if cell in {"0,123", "3,1e5"} else "")


def test_truth_values_are_to_be_numbers():
    write("preds.csv", "y\nTrue\nFalse\n")
    assert error_of(wanted=["y"]) == (
        "preds.csv:2: column 'y': expected a number, got 'True' (and 1 more, line 3)",
        "write truth values as 1 and 0",
    )


LONG = 70_000


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1,oops", f"preds.csv:{LONG + 2}: column 'y_pred': expected a number, got 'oops'"),
        ("1", f"preds.csv:{LONG + 2}: 1 cell where the header has 2"),
        ("1,2,3", f"preds.csv:{LONG + 2}: 3 cells where the header has 2"),
        ('1,"2', f"preds.csv:{LONG + 2}: a quotation mark stands inside a cell, or has no partner"),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_what_is_wrong_after_the_first_block(row, message, pack):
    text = "y_true,y_pred\n" + "1,2\n" * LONG + row + "\n" + "1,2\n" * 10
    write("preds.csv", pack(text.encode()))
    assert error_of()[0] == message


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize("word", ["b", "c", "d"])
def test_the_first_word_is_found_after_missing_cells_of_other_columns(suffix, word):
    # gaps of a, then of b, each in a block of its own; then a word
    columns = {name: ["1", "2", "3", "4", "5", "6", "7", "8"] for name in "abcd"}
    columns["a"][1] = columns["b"][3] = ""
    columns[word][6], columns["d"][7] = "x", "y"
    frame = pl.DataFrame(columns)
    frame.write_csv("preds.csv")
    frame.write_parquet("preds.parquet")
    place, more = {"csv": ("preds.csv:8", "line 9"), "parquet": ("preds.parquet: row 7", "row 8")}[suffix]
    message, _ = error_of(f"preds.{suffix}", wanted=tuple("abcd"), block_rows=2)
    also = f" (and 1 more, {more})" if word == "d" else ""
    assert message == f"{place}: column '{word}': expected a number, got 'x'{also}"


def test_a_bad_cell_in_zstd_has_its_line(tmp_path):
    lines = pl.DataFrame({"y_true": ["1"] * 50, "y_pred": ["2"] * 40 + ["a\nb"] + ["2"] * 8 + ["x"]})
    lines.lazy().sink_csv(tmp_path / "preds.csv", compression="zstd", check_extension=False)
    assert error_of()[0] == (r"preds.csv:42: column 'y_pred': expected a number, got 'a\nb' (and 1 more, line 52)")


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_a_compressed_file_that_is_cut_off_far_behind_its_head(kind):
    frame = pl.DataFrame({"y_true": np.random.default_rng(1).random(100_000)}).with_columns(y_pred=pl.col("y_true"))
    frame.lazy().sink_csv("whole", compression=kind, check_extension=False)
    with open("whole", "rb") as whole:  # noqa: PTH123 - relative to the test's folder
        content = whole.read()
    write("preds.csv", content[: len(content) * 3 // 4])
    assert error_of() == (f"preds.csv is damaged or cut off: its {kind} data cannot be unpacked to the end", AGAIN)


def test_a_parquet_file_that_is_damaged_inside():
    frame = pl.DataFrame({"y_true": np.random.default_rng(1).random(10_000)}).with_columns(y_pred=pl.col("y_true"))
    frame.write_parquet("preds.parquet")
    with open("preds.parquet", "r+b") as file:  # noqa: PTH123 - relative to the test's folder
        file.seek(5_000)
        file.write(bytes(20_000))
    assert error_of("preds.parquet") == (
        "preds.parquet is damaged or cut off: it is not a complete Parquet file",
        AGAIN,
    )


def test_a_missing_file_brings_a_near_name():
    write("preds.csv", "y\n1\n")
    assert error_of("pred.csv") == ("pred.csv: no such file", "did you mean 'preds.csv'?")
    assert error_of("elsewhere/preds.csv") == ("elsewhere/preds.csv: no such file", None)
    assert error_of("zzzz.csv") == ("zzzz.csv: no such file", None)
    os.symlink("nothing.csv", "zzzz.csv")  # noqa: PTH211 - as `write`
    assert error_of("zzzz.csv") == ("zzzz.csv: no such file", None)
    assert error_of("x" * 300) == ("x" * 199 + "… cannot be read: file name too long", None)
    assert error_of("nothing-*.csv") == ("no file matches 'nothing-*.csv'", None)


def test_a_folder_with_nothing_to_read():
    write("notes.txt", "hello")
    write(".preds.csv", "y\n1\n")
    assert error_of(".") == (". is a folder without .csv or .parquet files", "name the folder that holds them")


def test_a_file_that_may_not_be_read(monkeypatch):
    write("preds.csv", "y\n1\n")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    assert error_of() == ("preds.csv cannot be read: permission denied", None)


def test_a_device_with_nothing_in_it():
    assert error_of(os.devnull) == (f"{os.devnull} is empty", None)


def test_empty_standard_input_asks_for_a_file(monkeypatch):
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO()))
    assert error_of("-") == ("standard input is empty", "name a file: losscli eval preds.csv")


def test_standard_input_names_lines(monkeypatch):
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO(b"y_true,y_pred\n1,2\n3,x\n4,5\n")))
    assert error_of("-")[0] == "standard input:3: column 'y_pred': expected a number, got 'x'"


def test_a_full_disk_under_standard_input(monkeypatch, tmp_path):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfileobj", refuse)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO(b"y\n1\n")))
    assert error_of("-") == (
        f"standard input cannot be kept in {tmp_path}: no space left on device",
        "set TMPDIR to a folder with more room, or name a file",
    )


def test_parts_of_different_formats():
    write("a.csv", "y\n1\n")
    pl.DataFrame({"y": [1.0]}).write_parquet("b.parquet")
    assert error_of("*.*") == (
        "a.csv is CSV and b.parquet is Parquet: parts of one data set must have one format",
        None,
    )


def test_parts_with_different_columns():
    write("a.csv", "y_true,y_pred,n\n1,2,3\n")
    write("b.csv", "y_true,y_hat,n\n1,2,3\n")
    assert error_of("?.csv") == (
        "b.csv has columns that a.csv has not: the first part of a data set must have all",
        "'y_pred' only in a.csv; 'y_hat' only in b.csv",
    )


def test_parts_without_any_row():
    write("a.csv", "y_true,y_pred\n")
    write("b.csv", "y_true,y_pred\n")
    assert error_of("?.csv") == ("?.csv has a header but no rows", None)


@pytest.mark.parametrize(
    ("values", "holds"),
    [
        (pl.Series([0]).cast(pl.Date), "dates"),
        (pl.Series([0]).cast(pl.Datetime), "dates"),
        (pl.Series([0]).cast(pl.Duration), "times"),
        (pl.Series([[1.0]]), "lists"),
        (pl.Series([{"a": 1}]), "structs"),
        (pl.Series([b"1"]), "bytes"),
    ],
    ids=lambda values: str(getattr(values, "dtype", values)),
)
def test_columns_of_parquet_that_hold_no_numbers(values, holds):
    pl.DataFrame({"y": values}).write_parquet("preds.parquet")
    assert error_of("preds.parquet", ["y"]) == (f"preds.parquet: column 'y' holds {holds}, not numbers", None)


def test_a_word_in_a_text_column_of_parquet():
    pl.DataFrame({"y": ["1", "2", "n/a", None, "5"]}).write_parquet("preds.parquet")
    assert error_of("preds.parquet", ["y"]) == (
        "preds.parquet: row 3: column 'y': expected a number, got 'n/a'",
        MISSING_HINT.format("n/a"),
    )


def test_parquet_without_rows():
    pl.DataFrame(schema={"y": pl.Float64}).write_parquet("preds.parquet")
    assert error_of("preds.parquet", ["y"]) == ("preds.parquet has no rows", None)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (pd.DataFrame({"y": ["1", "x", "2"]}), "row 2: column 'y': expected a number, got 'x'"),
        (pd.DataFrame({"y": pd.to_datetime(["2020-01-01"])}), "DataFrame: column 'y' holds dates, not numbers"),
        (pd.DataFrame({"z": [1]}), "DataFrame: there is no column 'y'"),
        (pd.DataFrame([[1, 2]], columns=["y", "y"]), "DataFrame: column 'y' stands twice (columns 1 and 2)"),
        (pl.DataFrame({"y": []}), "DataFrame has no rows"),
        ({"y": [1j]}, "columns: column 'y' holds complex numbers, not numbers"),
        ({"y": [[1, 2]]}, "columns: column 'y' holds lists, not numbers"),
        ({"y": [[[1, 2]]]}, "columns: column 'y' has 3 dimensions, not one or two"),
        ({"y": [1, 2], "z": [1]}, "columns: column 'z' has 1 rows where 'y' has 2"),
        (pl.LazyFrame({"y": ["x"]}).select(pl.col("y").cast(pl.Int8)), None),
    ],
)
def test_frames(given, message):
    found, _ = error_of(given, ["y"])
    if message is None:
        assert found.startswith("LazyFrame cannot be read: ")
    else:
        assert found == message
