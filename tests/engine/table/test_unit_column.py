"""The column of clusters or times: what its cells say, and what it may not be."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import polars as pl
import pytest

from losscli.engine.table.align import open_aligned
from losscli.engine.table.check import Missing
from losscli.engine.table.dataset import open_dataset
from losscli.engine.table.grouping import with_groups
from losscli.engine.table.reading import Named, Reading
from losscli.errors import InputError, UsageError

Y = {"y_true": [1.0, 2.0, 3.0, 4.0], "y_pred": [1.0, 1.0, 1.0, 1.0]}


def units(column, **how):
    """Return the number of each row's unit, as they come."""
    data = column if isinstance(column, dict | str) or hasattr(column, "columns") else {**Y, "u": column}
    rows = open_dataset(Named(given=data), Reading(threads=1, **(how or {"time": "u"}))).rows
    return np.concatenate([batch.unit for batch in rows]).tolist()


@pytest.mark.parametrize(
    "cells",
    [
        [3, 1, 2, 1],
        [0.3, -0.1, 0.2, -0.1],
        ["10", "8", "9.5", "8.0"],
        ["2024-03-01", "2024-01-31", "2024-02-01", "2024-01-31"],
        ["2024-03", "2023-12", "2024-01", "2023-12"],
        ["2024-Q2", "2023-Q4", "2024Q1", "2023Q4"],
        ["2024-W10", "2024-W01", "2024-W02", "2024-W01"],
        ["2024-01-01 10:00", "2024-01-01T08:00", "2024-01-01 09:00:00.5", "2024-01-01T08:00:00"],
        ["2024-01-01T12:00+01:00", "2024-01-01T11:00+02:00", "2024-01-01T10:30Z", "2024-01-01 09:00"],
        pd.to_datetime(["2024-03-01", "2024-01-31", "2024-02-01", "2024-01-31"]),
        np.array(["2024-03-01", "2024-01-31", "2024-02-01", "2024-01-31"], dtype="datetime64[ns]"),
        np.array(["2024-03-01", "2024-01-31", "2024-02-01", "2024-01-31"], dtype="datetime64[D]"),
    ],
)
def test_times_are_numbered_in_their_order(cells):
    assert units(cells) == [2, 0, 1, 0]


def test_times_of_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    frame = pl.DataFrame({**Y, "u": [date(2024, 1, day) for day in (9, 3, 5, 3)]})
    frame.write_parquet("rows.parquet")
    frame.write_csv("rows.csv")
    for path in ("rows.parquet", "rows.csv", frame):
        assert units(path, time="u") == [2, 0, 1, 0]
        assert units(path, cluster="U") == [0, 1, 2, 1]


def test_clusters_are_cells_of_any_type():
    assert units(["b", "a", "b", "c"], cluster="u") == [0, 1, 0, 2]
    assert units([7.0, 7.5, 7, 8], cluster="u") == [0, 1, 0, 2]
    assert units([True, False, True, True], cluster="u") == [0, 1, 0, 0]


def test_missing_cells_are_missing():
    with pytest.raises(InputError, match=r"row 3: column 'u': missing value"):
        units(["a", "b", None, "b"], cluster="u")
    assert units(["2024-01-02", None, "2024-01-01", "nan"], time="u", missing=Missing.DROP) == [1, 0]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["2024-01-31", "31.1.2024", "x", "y"], "'u': expected a number or a date as 2024-01-31, got '31.1.2024'"),
        ([*"123", "x"], "'u': expected a number, as in other rows, got 'x'"),
    ],
)
def test_cells_that_are_no_time(cells, message):
    with pytest.raises(InputError) as caught:
        units(cells)
    assert f"columns: --time {message}" in str(caught.value)
    assert "write times as numbers that rise" in caught.value.hint


def test_columns_that_will_not_do():
    with pytest.raises(InputError, match="there is no column 'site'"):
        units([1, 2, 3, 4], cluster="site")
    with pytest.raises(UsageError, match="--cluster: column 'y_true' is the target"):
        units([1, 2, 3, 4], cluster="y_true")
    with pytest.raises(UsageError, match="--cluster and --time do not go together"):
        units([1, 2, 3, 4], cluster="u", time="u")
    dataset = open_dataset(Named(given={**Y, "u": [1, 2, 1, 2]}), Reading(cluster="u"))
    with pytest.raises(UsageError, match="each group of 'u' would be one cluster"):
        with_groups(dataset, ["u"])


def test_too_many_times(monkeypatch):
    monkeypatch.setattr("losscli.engine.table.unit_column.MOST_UNITS", 3)
    with pytest.raises(InputError, match="more than 3 different labels") as caught:
        units([1, 2, 3, 4])
    assert "the day of a time" in caught.value.hint


def test_files_of_models_share_a_column_of_either():
    first, other = {**Y, "u": ["b", "a", "b", "a"]}, {**Y, "y_pred": [2.0] * 4}
    for data in ((first, other), (other, first), (first, {**other, "u": ["b", "a", "b", "a"]})):
        aligned = open_aligned([Named(given=each) for each in data], Reading(cluster="u"))
        assert [batch.unit.tolist() for batch in aligned.rows] == [[0, 1, 0, 1]]
    differing = [Named(given=first), Named(given={**other, "u": ["b", "a", "b", "b"]})]
    with pytest.raises(InputError, match="differ in 1 of 4 groups"):
        list(open_aligned(differing, Reading(cluster="u")).rows)


def test_the_file_of_targets_may_hold_it():
    truth = {"id": [1, 2, 3, 4], "y_true": Y["y_true"], "u": [5, 5, 6, 6]}
    predictions = {"id": [4, 3, 2, 1], "y_pred": Y["y_pred"]}
    assert units(predictions, cluster="u", targets=truth, on=("id",)) == [1, 1, 0, 0]
