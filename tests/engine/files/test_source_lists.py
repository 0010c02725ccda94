"""Columns of lists of numbers: one row of values each, of one width in the whole data set."""

from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from losscli.engine.files.block import ColumnType
from losscli.engine.files.cell_error import cell_error
from losscli.engine.files.open_source import open_source
from losscli.errors import InputError

NAN = np.nan
LISTS = [[0.5, None], None, [1.0, 2.0]]
VALUES = [[0.5, NAN], [NAN, NAN], [1.0, 2.0]]


def values_of(source, column="probs", **options):
    """Return the rows of a column of lists in one array."""
    return np.concatenate([block.columns[column] for block in source.blocks([column], lists=[column], **options)])


def error_of(source, *, lists=("probs",), wanted=("probs",), labels=None):
    """Return message and hint of the error that a reading ends in."""
    with pytest.raises(InputError) as raised:
        list(source.blocks(wanted, lists=lists, labels=labels or {}))
    return raised.value.message, raised.value.hint


@pytest.mark.parametrize(
    "kind",
    [
        *[pl.List(kind) for kind in (pl.Float64, pl.Float32, pl.Float16, pl.Decimal(6, 2))],
        *[pl.Array(kind, 2) for kind in (pl.Float64, pl.Float32)],
    ],
    ids=str,
)
@pytest.mark.parametrize("block_rows", [1, 2, 65_536])
def test_every_type_of_list_in_parquet(tmp_path, kind, block_rows):
    frame = pl.DataFrame({"probs": pl.Series(LISTS, dtype=pl.List(pl.Float64)).cast(kind)})
    frame.write_parquet(tmp_path / "p.parquet")
    for given_data in (tmp_path / "p.parquet", frame, frame.lazy()):
        source = open_source(given_data)
        assert [(column.type, column.holds) for column in source.columns] == [(ColumnType.LIST, "lists")]
        assert source.list_width("probs") == 2
        assert np.array_equal(values_of(source, block_rows=block_rows), VALUES, equal_nan=True)


@pytest.mark.parametrize("kind", [pl.List(pl.Int8), pl.List(pl.Boolean), pl.Array(pl.UInt64, 2)], ids=str)
def test_lists_of_integers_and_booleans(kind):
    frame = pl.DataFrame({"probs": pl.Series([[1, 0], [0, None]]).cast(kind)})
    assert np.array_equal(values_of(open_source(frame)), [[1.0, 0.0], [0.0, NAN]], equal_nan=True)


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(LISTS),
        pd.Series([np.float32([0.5, NAN]), None, np.array([1, 2])]),
        pd.Series([(0.5, None), None, (Decimal(1), 2)]),
        pd.Series(LISTS, dtype=pd.ArrowDtype(pl.Series(LISTS).to_arrow().type)),
        LISTS,
        [np.array([0.5, NAN]), np.array([NAN, NAN]), [1, 2]],
        np.array(VALUES),
        np.array(VALUES, dtype=np.float32),
        np.array(VALUES).T.copy().T,
    ],
    ids=lambda value: f"{type(value).__name__}-{getattr(value, 'dtype', '')}",
)
def test_frames_and_arrays_hold_lists(column):
    given_data = pd.DataFrame({"probs": column}) if isinstance(column, pd.Series) else {"probs": column}
    source = open_source(given_data)
    assert source.columns[0].type is ColumnType.LIST
    assert source.list_width("probs") == 2
    assert np.array_equal(values_of(source), VALUES, equal_nan=True)


def test_rows_of_a_block_lie_one_after_the_other_in_memory():
    source = open_source(pl.DataFrame({"probs": LISTS * 3}))
    blocks = list(source.blocks(["probs"], lists=["probs"], block_rows=4))
    assert [block.columns["probs"].shape for block in blocks] == [(4, 2), (4, 2), (1, 2)]
    assert all(block.columns["probs"].flags.c_contiguous for block in blocks)
    assert [block.first_row for block in blocks] == [0, 4, 8]


def test_lists_stand_beside_numbers_and_labels():
    frame = pl.DataFrame({"probs": LISTS, "n": ["1", " 2", "3"], "label": ["b", "a", None]})
    (block,) = open_source(frame).blocks(["label", "probs", "n"], lists=["probs"], labels={"label": ["a", "b"]})
    assert np.array_equal(block.columns["probs"], VALUES, equal_nan=True)
    assert block.columns["n"].tolist() == [1.0, 2.0, 3.0]
    assert np.array_equal(block.columns["label"], [1.0, 0.0, NAN], equal_nan=True)


@pytest.mark.parametrize("missing", [0, 1, 2_000])
def test_the_width_is_that_of_the_first_list_there_is(tmp_path, missing):
    pl.DataFrame({"probs": pl.Series([None] * 5, dtype=pl.List(pl.Float32))}).write_parquet(tmp_path / "a.parquet")
    lists = [None] * missing + [[1.0, 2.0, 3.0]]
    pl.DataFrame({"probs": pl.Series(lists, dtype=pl.List(pl.Float32))}).write_parquet(tmp_path / "b.parquet")
    source = open_source(tmp_path)
    assert source.list_width("probs") == 3
    values = values_of(source)
    assert values.shape == (5 + missing + 1, 3)
    assert np.isnan(values[:-1]).all()
    assert values[-1].tolist() == [1.0, 2.0, 3.0]


def test_cells_of_lists_are_found_by_any_of_their_numbers(tmp_path):
    pl.DataFrame({"probs": [[0.5, 0.5], [np.inf, 0.0], None, [0.0, -np.inf]]}).write_parquet(tmp_path / "p.parquet")
    source = open_source(tmp_path / "p.parquet")
    count, cells = source.first_cells("probs", np.isinf, lists=["probs"])
    assert cell_error("probs", count, cells, f"infinite value in {cells[0].text}").message == (
        f"{tmp_path}/p.parquet: row 2: column 'probs': infinite value in [inf, 0.0] (and 1 more, row 4)"
    )
    count, cells = source.first_cells("probs", lambda values: np.isnan(values).all(axis=1), lists=["probs"])
    assert (count, cells[0].number, cells[0].text) == (1, 3, "")


ONE_EACH = "each row must have one number per class"


@pytest.mark.parametrize("block_rows", [1, 100, 65_536])
def test_a_list_of_another_length_in_a_later_row(tmp_path, block_rows):
    lists = [[1.0, 2.0]] * 250 + [None, [1.0, 2.0, 3.0], [1.0]]
    pl.DataFrame({"probs": lists}).write_parquet(tmp_path / "p.parquet")
    assert error_of(open_source(tmp_path / "p.parquet", block_rows=block_rows)) == (
        f"{tmp_path}/p.parquet: row 252: column 'probs': a list of 3 where the first one has 2",
        ONE_EACH,
    )


def test_a_list_of_another_length_in_another_file(tmp_path):
    pl.DataFrame({"probs": [[1.0, 2.0]]}).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame({"probs": pl.Series([[1.0]], dtype=pl.Array(pl.Float64, 1))}).write_parquet(tmp_path / "b.parquet")
    assert error_of(open_source(tmp_path)) == (
        f"{tmp_path}/b.parquet: row 1: column 'probs': a list of 1 where the first one has 2",
        ONE_EACH,
    )


@pytest.mark.parametrize("lists", [[[1.0, 2.0], []], [[1.0, 2.0], None, [1.0]]])
def test_lists_of_other_lengths_in_frames(lists):
    row = len(lists)
    for given_data in (pl.DataFrame({"probs": lists}), pd.DataFrame({"probs": lists}), {"probs": lists}):
        message = f"row {row}: column 'probs': a list of {len(lists[-1])} where the first one has 2"
        assert error_of(open_source(given_data)) == (message, ONE_EACH)


def test_no_list_at_all():
    empty = pl.Series([None, None], dtype=pl.List(pl.Float64))
    assert error_of(open_source(pl.DataFrame({"probs": empty}))) == (
        "DataFrame: column 'probs': every list is missing",
        None,
    )
    assert error_of(open_source({"probs": [[], []]})) == ("columns: column 'probs': the first list is empty", None)


def test_what_holds_no_lists_of_numbers(tmp_path):
    frame = pl.DataFrame({"y": [1.0], "name": ["a"], "words": [["a"]], "nested": [[[1.0]]], "probs": [[1.0]]})
    source = open_source(frame)
    assert [column.type for column in source.columns][2:] == [ColumnType.OTHER, ColumnType.OTHER, ColumnType.LIST]
    assert [error_of(source, lists=[name], wanted=[name])[0] for name in ("y", "name", "words", "nested")] == [
        "DataFrame: column 'y' holds numbers, not lists of numbers",
        "DataFrame: column 'name' holds text, not lists of numbers",
        "DataFrame: column 'words' holds lists of text, not lists of numbers",
        "DataFrame: column 'nested' holds lists of lists, not lists of numbers",
    ]
    assert error_of(source, lists=[])[0] == "DataFrame: column 'probs' holds lists, not numbers"
    assert error_of(source, lists=[], labels={"probs": []})[0] == "DataFrame: column 'probs' holds lists, not labels"
    for lists in ([["a", "b"], ["c"]], [np.array(["a"]), np.array(["b", "c"])], [[[1.0], [2.0, 3.0]], [[1.0], [2.0]]]):
        message = "columns: column 'probs' holds lists of objects, not lists of numbers"
        assert error_of(open_source({"probs": lists}))[0] == message
    (tmp_path / "p.csv").write_text('y,probs\n1,"[0.1, 0.9]"\n')
    assert error_of(open_source(tmp_path / "p.csv")) == (
        f"{tmp_path}/p.csv: column 'probs' holds no lists of numbers, because CSV has none",
        "write a column for each number, such as prob_<class>, or a Parquet file",
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.tuples(st.integers(1, 9), st.integers(1, 5)).flatmap(lambda shape: arrays(np.float64, shape)),
    block_rows=st.sampled_from([1, 2, 65_536]),
    kind=st.sampled_from([pl.Float64, pl.Float32]),
)
def test_lists_come_back_to_the_bit_in_every_form(tmp_path, values, block_rows, kind):
    with np.errstate(over="ignore", under="ignore"):
        given_values = values.astype(np.float32 if kind is pl.Float32 else np.float64)
    k = values.shape[1]
    array = pl.DataFrame({"probs": pl.Series(given_values)})
    lists = array.with_columns(pl.col("probs").cast(pl.List(kind)))
    array.write_parquet(tmp_path / "array.parquet")
    lists.write_parquet(tmp_path / "list.parquet", row_group_size=2)
    forms = [tmp_path / "array.parquet", tmp_path / "list.parquet", array, lists]
    if k > 1:  # an array of one column is a column
        forms.append({"probs": given_values})
    for given_data in forms:
        source = open_source(given_data, block_rows=block_rows)
        assert source.list_width("probs") == k
        found = values_of(source)
        assert np.array_equal(found, given_values, equal_nan=True)
        assert np.array_equal(np.signbit(found), np.signbit(given_values)) or np.isnan(values).any()
