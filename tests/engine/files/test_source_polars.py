"""Behaviours of Polars that losscli/engine/scan*.py relies on or works around; a new version may change any of them."""

import numpy as np
import polars as pl
import pytest

from losscli.engine.files.scan import ScanError, batches, scan_parquet

BLOCK = 65_536


def scan(path, kinds, **options):
    return pl.scan_csv(
        path, has_header=False, skip_lines=1, schema={f"c{at}": kind for at, kind in enumerate(kinds)}, **options
    )


def write(tmp_path, text):
    path = tmp_path / "rows.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def heights(frame):
    return [batch.height for batch in frame.collect_batches(chunk_size=BLOCK, maintain_order=True)]


def test_batches_of_csv_have_exactly_the_rows_asked_for(tmp_path):
    path = write(tmp_path, "y\n" + "1.5\n" * (2 * BLOCK + 7))
    assert heights(scan(path, [pl.Float64])) == [BLOCK, BLOCK, 7]


@pytest.mark.parametrize("row_group_size", [1000, 70_000, 1_000_000])
def test_batches_of_parquet_do_not_depend_on_row_groups(tmp_path, row_group_size):
    path = tmp_path / "rows.parquet"
    pl.DataFrame({"y": np.arange(2.0 * BLOCK + 7)}).write_parquet(path, row_group_size=row_group_size)
    batches = list(pl.scan_parquet(path).collect_batches(chunk_size=BLOCK, maintain_order=True))
    assert [batch.height for batch in batches] == [BLOCK, BLOCK, 7]
    assert [batch["y"][0] for batch in batches] == [0.0, BLOCK, 2 * BLOCK]


@pytest.mark.parametrize("number", [1, 30, 59])
@pytest.mark.parametrize("height", [5, 20_000])
def test_batches_before_a_file_of_another_type_come_whole_and_in_order(tmp_path, number, height):
    paths = [str(tmp_path / f"{each:02d}.parquet") for each in range(60)]
    for each, path in enumerate(paths):
        y = np.arange(each * height, (each + 1) * height, dtype=np.float32 if each == number else np.float64)
        pl.DataFrame({"y": y}).write_parquet(path)
    read = [np.empty(0)]
    with pytest.raises(ScanError, match="data type mismatch"):
        read.extend(batch["y"].to_numpy() for batch in batches(scan_parquet(paths), 8_192))
    rows = np.concatenate(read)
    assert len(rows) <= number * height
    assert np.array_equal(rows, np.arange(len(rows)))


def test_batches_of_a_frame_in_many_chunks_have_exactly_the_rows_asked_for():
    frame = pl.concat([pl.DataFrame({"y": np.arange(1000.0)})] * 100)
    assert heights(frame.lazy()) == [BLOCK, 100_000 - BLOCK]


def test_batches_after_a_filter_have_exactly_the_rows_asked_for(tmp_path):
    path = write(tmp_path, "y\n" + "1.5\n" * (2 * BLOCK))
    kept = scan(path, [pl.Float64]).with_row_index("row").filter(~pl.col("row").is_in([0, 70_000]))
    assert heights(kept) == [BLOCK, BLOCK - 2]


def test_blank_lines_and_short_rows_are_rows_of_nulls(tmp_path):
    path = write(tmp_path, "a,b\n1,2\n\n3\n")
    assert scan(path, [pl.Float64, pl.String]).collect().rows() == [(1.0, "2"), (None, None), (3.0, None)]


def test_a_blank_first_record_needs_missing_columns_insert(tmp_path):
    path = write(tmp_path, "a,b\n\n1,2\n")
    with pytest.raises(pl.exceptions.SchemaError):
        scan(path, [pl.Float64, pl.String]).collect()
    inserted = scan(path, [pl.Float64, pl.String], missing_columns="insert").collect()
    assert inserted.rows() == [(None, None), (1.0, "2")]


def test_cells_beyond_the_header_pass_unseen_where_not_all_columns_are_read(tmp_path):
    path = write(tmp_path, "a,b\n1,2\n3,4,5\n")
    assert scan(path, [pl.Float64, pl.String]).select("c0").collect().rows() == [(1.0,), (3.0,)]


@pytest.mark.parametrize("row", ["3,4,5", "3,4,", "3,4,,5", '3,"4",5'])
@pytest.mark.parametrize("order", [["c0", "c1"], ["c1", "c0"]])
def test_cells_beyond_the_header_fail_where_all_columns_are_read(tmp_path, row, order):
    path = write(tmp_path, f"a,b\n1,2\n{row}\n5,6")
    options = {"missing_columns": "insert", "extra_columns": "raise", "ignore_errors": True}
    with pytest.raises(pl.exceptions.ComputeError, match="more fields than defined"):
        scan(path, [pl.Float64, pl.String], **options).select(order).collect()


@pytest.mark.parametrize("cell", ['"2"', '"2', '2"', '""', '"', '1"2', '" 2"', '"nan"', '"2\n"'])
def test_without_a_quoting_character_no_number_has_a_quotation_mark(tmp_path, cell):
    path = write(tmp_path, f"a;b\n{cell};1\n1;{cell}")
    options = {"missing_columns": "insert", "ignore_errors": True, "separator": ";", "quote_char": None}
    rows = scan(path, [pl.Float64, pl.Float64], **options).collect().rows()
    assert all(None in row for row in rows)


def test_one_column_more_than_the_header_catches_cells_beyond_it(tmp_path):
    path = write(tmp_path, "a,b\n1,2\n3,4,5\n")
    frame = scan(path, [pl.Float64, pl.String, pl.String], missing_columns="insert", truncate_ragged_lines=True)
    assert frame.select("c0", "c2").collect().rows() == [(1.0, None), (3.0, "5")]


def test_quotation_marks_without_partner_swallow_rows_unseen(tmp_path):
    path = write(tmp_path, 'a,b,c\n1,"said,2\n3,4,5\n6,"he,7\n')
    assert len(scan(path, [pl.Float64, pl.String, pl.Float64]).select("c0", "c2").collect()) < 3


@pytest.mark.parametrize("cell", ["2 ", '"2 "', "1_000", "0x1", "true", "1d5", "3,14", "x", "1 000"])
def test_cells_that_are_no_plain_number_become_null_with_ignore_errors(tmp_path, cell):
    path = write(tmp_path, f"a;b\n{cell};1\n")
    assert scan(path, [pl.Float64, pl.Float64], separator=";", ignore_errors=True).collect().rows() == [(None, 1.0)]


@pytest.mark.parametrize(
    ("cell", "value"),
    [(" 2", 2.0), ('"2"', 2.0), ("+2", 2.0), (".5", 0.5), ("1e400", np.inf), ("-inf", -np.inf), ("Infinity", np.inf)],
)
def test_cells_that_are_numbers(tmp_path, cell, value):
    path = write(tmp_path, f"a\n{cell}\n")
    assert scan(path, [pl.Float64], ignore_errors=True).collect().rows() == [(value,)]


@pytest.mark.parametrize("cell", ["nan", "NaN", "NAN"])
def test_nan_is_read_as_nan_and_not_as_null(tmp_path, cell):
    frame = scan(write(tmp_path, f"a\n{cell}\n"), [pl.Float64], ignore_errors=True).collect()
    assert frame["c0"].null_count() == 0
    assert np.isnan(frame["c0"].to_numpy()).tolist() == [True]


def test_latin_1_in_a_column_that_is_not_read_needs_utf8_lossy(tmp_path):
    path = write(tmp_path, b"a,b\n1,caf\xe9\n")
    kinds = [pl.Float64, pl.String]
    assert scan(path, kinds, encoding="utf8-lossy").select("c0").collect().rows() == [(1.0,)]


def test_a_path_with_brackets_is_literal_without_glob(tmp_path):
    path = tmp_path / "rows[1].csv"
    path.write_text("a\n1\n")
    assert scan(path, [pl.Float64], glob=False).collect().rows() == [(1.0,)]


def test_lines_come_whole_with_a_delimiter_that_is_nowhere(tmp_path):
    path = write(tmp_path, 'a,"b\n\n1;"2"\n')
    lines = pl.scan_csv(
        path,
        has_header=False,
        separator="\x1f",
        quote_char=None,
        schema={"line": pl.String},
        empty_string_is_null=False,
    )
    assert lines.collect()["line"].to_list() == ['a,"b', "", '1;"2"']


CELLS = [
    pl.Series(["b", None, "a", "b"]),
    pl.Series(["b", None, "a", "b"], dtype=pl.Categorical),
    pl.Series(["b", None, "a", "b"], dtype=pl.Enum(["c", "a", "b"])),
    pl.Series([True, None, False, True]),
    pl.Series([3, None, 1, 3], dtype=pl.Int128),
    pl.Series([3, None, 1, 3], dtype=pl.Float16),
    pl.Series([np.nan, None, 1.0, np.nan]),
    pl.Series([3, None, 1, 3]).cast(pl.Decimal(5, 2)),
]


@pytest.mark.parametrize("cells", CELLS, ids=lambda cells: str(cells.dtype))
def test_different_cells_come_in_order_and_are_replaced_with_null_and_nan(cells):
    different = cells.unique(maintain_order=True)
    assert different.null_count() == 1
    assert len(different) == 3
    found = cells.replace_strict(different, [0.0, np.nan, 2.0], return_dtype=pl.Float64)
    assert np.array_equal(found.to_numpy(), [0.0, np.nan, 2.0, 0.0], equal_nan=True)


@pytest.mark.parametrize("kind", [pl.List(pl.Float32), pl.Array(pl.Decimal(5, 2), 2), pl.List(pl.Int8)], ids=str)
def test_lists_are_widened_and_laid_out_row_by_row(kind):
    lists = pl.Series([[0, 0], [1, None], None, [3, 4]]).cast(kind)[1:].cast(pl.List(pl.Float64), strict=False)
    assert lists.list.len().to_list() == [2, None, 2]
    assert (lists.list.len() != 3).arg_true().to_list() == [0, 2]
    assert np.array_equal(lists.drop_nulls().explode().to_numpy(), [1.0, np.nan, 3.0, 4.0], equal_nan=True)
