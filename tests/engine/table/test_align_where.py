"""A condition leaves rows out before anything else: as if they had been filtered before, but for the line numbers."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from losscli.arrays import Task
from losscli.engine.files.block import records_of_block
from losscli.engine.files.open_source import open_source
from losscli.engine.files.scan import ROW, scan_parquet
from losscli.engine.table.align import open_aligned
from losscli.engine.table.check import Missing
from losscli.engine.table.dataset import open_dataset
from losscli.engine.table.reading import Named, Reading
from losscli.engine.table.where import restrict
from losscli.errors import InputError, UsageError

HINT = "write SQL, as in --where \"region = 'north' AND age >= 18 AND day >= DATE '2024-01-31'\""

on_disk = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def _inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(**files):
    for name, text in files.items():
        with open(f"{name}.csv", "w") as file:  # noqa: PTH123
            file.write(text.replace(" ", "\n") + "\n")


def rows(dataset):
    batches = list(dataset.rows)
    return [
        (batch.y_true.tolist(), [each.tolist() for each in batch.y_pred], batch.weight is None) for batch in batches
    ]


def failure(given_, where, **reading):
    with pytest.raises((InputError, UsageError)) as caught:
        list(open_dataset(Named(given=given_), Reading(threads=1, where=where, **reading)).rows)
    return caught.value.message, caught.value.hint


TABLES = st.lists(
    st.tuples(st.sampled_from(["north", "south", "x"]), st.integers(-3, 12), st.booleans()), min_size=1, max_size=40
)
CONDITIONS = ["region = 'north'", "age > 9", "age >= 2 AND NOT region = 'x'", "region IN ('x', 'south') OR age < 0"]
EXPRESSIONS = [
    pl.col("region") == "north",
    pl.col("age") > 9,
    (pl.col("age") >= 2) & (pl.col("region") != "x"),
    pl.col("region").is_in(["x", "south"]) | (pl.col("age") < 0),
]


@on_disk
@given(
    table=TABLES, which=st.integers(0, 3), block_rows=st.integers(1, 9), form=st.tuples(st.booleans(), st.booleans())
)
@pytest.mark.parametrize("suffix", ["csv", "parquet", "frame", "pandas"])
def test_as_if_filtered_before(suffix, table, which, block_rows, form):
    blanks, parts = form
    n = len(table)
    frame = pl.DataFrame(table, schema=["region", "age", "wet"], orient="row")
    frame = frame.with_columns(y=np.arange(n) + 0.5, pred=np.arange(n) * 2.0, row=np.arange(n))
    left = frame.filter(EXPRESSIONS[which])
    source, number = prepared(frame, suffix, blanks=blanks, parts=parts)
    restrict([source], CONDITIONS[which])
    if not left.height:
        with pytest.raises(InputError, match="no row satisfies --where"):
            list(source.blocks(["y"]))
        return
    blocks = list(source.blocks(["pred", "y"], block_rows=block_rows))
    for name in ("pred", "y"):
        assert [value for block in blocks for value in block.columns[name].tolist()] == left[name].to_list()
    assert [len(block.columns["y"]) for block in blocks] == [
        min(block_rows, left.height - at) for at in range(0, left.height, block_rows)
    ]
    for block in blocks:
        records = records_of_block(block).tolist()
        wanted = [number(int(at)) for at in block.columns["y"]]
        assert [place.rpartition(" ")[2].rpartition(":")[2] for place in source.place(records)] == wanted
    assert source.distinct("region") == tuple(left["region"].unique(maintain_order=True))
    (out,) = source.left_out()
    assert (out.unsatisfied, out.unpaired) == (n - left.height, 0)


def prepared(frame, suffix, *, blanks, parts):
    """Return a table in some form as a source, and how its rows are numbered."""
    half = frame.height // 2 if parts else 0
    if suffix == "csv":
        lines = frame.write_csv(None).splitlines()
        gap = "\n\n" if blanks else "\n"
        pieces = [lines[1 : half + 1], lines[half + 1 :]] if half else [lines[1:]]
        for at, piece in enumerate(pieces):
            with open(f"part-{at}.csv", "w") as file:  # noqa: PTH123
                file.write(lines[0] + "\n" + gap.join(piece) + "\n")
        source = open_source("part-*.csv" if half else "part-0.csv")
        return source, lambda at: str(2 + (at - half if half and at >= half else at) * len(gap))
    if suffix == "parquet":
        for at, piece in enumerate([frame[:half], frame[half:]] if half else [frame]):
            piece.write_parquet(f"part-{at}.parquet")
        source = open_source("part-*.parquet" if half else "part-0.parquet")
        return source, lambda at: str(1 + (at - half if half and at >= half else at))
    return open_source(frame if suffix == "frame" else pd.DataFrame(frame.to_dict(as_series=False))), lambda at: str(
        at + 1
    )


def test_columns_of_numbers_compare_as_numbers():
    write(p="age,name,y,pred 9,a9,1.5,2 10,a10,2.5,3 ,b,3.5,4")
    assert rows(open_dataset(Named(given="p.csv"), Reading(threads=1, where="age > 9")))[0][0] == [2.5]
    assert rows(open_dataset(Named(given="p.csv"), Reading(threads=1, where="name > 'a9'")))[0][0] == [3.5]
    assert rows(open_dataset(Named(given="p.csv"), Reading(threads=1, where="age IS NULL")))[0][0] == [3.5]


def test_a_column_may_be_read_and_judged_by():
    write(p="region,y,pred a,1.5,2 b,2.5,3 a,3.5,4")
    assert rows(open_dataset(Named(given="p.csv"), Reading(threads=1, where="y > 2")))[0][:2] == ([2.5, 3.5], [[3, 4]])
    with open("q.csv", "w") as file:  # noqa: PTH123
        file.write("1,0,y,pred\na,7,1.5,2\nb,8,2.5, 3 \n")
    (batch,) = rows(open_dataset(Named(given="q.csv"), Reading(threads=1, where='"1" = \'b\' AND "0" = 8')))
    assert batch[:2] == ([2.5], [[3]])


def test_text_that_is_read_as_numbers_and_judged_as_text():
    with open("p.csv", "w") as file:  # noqa: PTH123
        file.write("y,pred\n" + "n/a,1\n" * 30_000 + "1.5,2\n2.5,3\n")
    reading = Reading(threads=1, where="y <> 'n/a'", task=Task.REGRESSION)
    assert rows(open_dataset(Named(given="p.csv"), reading))[0][:2] == ([1.5, 2.5], [[2, 3]])


def test_what_is_left_out_is_not_judged():
    write(p="region,y,pred a,1.5,2 b,n/a,3 b,,x a,3.5,4 a,oops,5")
    assert (
        failure("p.csv", "region = 'a'", task=Task.REGRESSION)[0]
        == "p.csv:6: column 'y': expected a number, got 'oops'"
    )
    write(p="region,y,pred a,1.5,2 b,n/a,3 b,,x a,3.5,4")
    dataset = open_dataset(Named(given="p.csv"), Reading(threads=1, task=Task.REGRESSION, where="region = 'a'"))
    assert rows(dataset)[0][:2] == ([1.5, 3.5], [[2, 4]])
    write(p="region,y,pred a,1.5,2 b,n/a,3  b,,x a,3.5, a,4.5,1")
    assert failure("p.csv", "region = 'a'", task=Task.REGRESSION)[0] == "p.csv:6: column 'pred': missing value"
    dataset = open_dataset(
        Named(given="p.csv"), Reading(threads=1, task=Task.REGRESSION, where="region = 'a'", missing=Missing.DROP)
    )
    assert rows(dataset)[0][:2] == ([1.5, 4.5], [[2, 1]])


def test_rows_left_out_must_be_whole():
    write(p="region,y,pred a,1.5,2 b,1")
    assert failure("p.csv", "region = 'a'")[0] == "p.csv:3: 2 cells where the header has 3"


def test_lists_of_rows_that_are_left_out_may_have_any_length():
    table = pl.DataFrame({"k": [1, 0, 1], "y": [0, 1, 1], "prob": [[0.5, 0.5], [1.0], [0.25, 0.75]]})
    table.write_parquet("p.parquet")
    (batch,) = open_dataset(Named(given="p.parquet"), Reading(threads=1, where="k = 1")).rows
    assert batch.y_pred[0].tolist() == [[0.5, 0.5], [0.25, 0.75]]
    table.with_columns(prob=pl.Series([[0.5, 0.5], [1.0], [0.25]])).write_parquet("p.parquet")
    assert failure("p.parquet", "k = 1")[0] == (
        "p.parquet: row 3: column 'prob': a list of 1 where the first one has 2"
    )


def test_a_condition_of_a_parquet_file_is_pushed_down_to_its_scan():
    pl.DataFrame({"k": [1, 2], "y": [1.5, 2.5]}).write_parquet("p.parquet")
    source = open_source("p.parquet")
    assert source.parts[0]._rows(["y"]).select("y").explain() == scan_parquet(["p.parquet"]).select("y").explain()
    restrict([source], "k > 1")
    for columns in (["y"], ["y", ROW], ["k", "y", ROW]):
        plan = source.parts[0]._rows(columns).explain()
        assert 'SELECTION: col("k") > 1' in plan
        assert "FILTER" not in plan


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("y >", "--where 'y >': unable to parse 'y >' as Expr"),
        ("y + 1", "--where 'y + 1': filter predicate must be of type `Boolean`, got `Float64`"),
        ("region > 1", "--where 'region > 1': cannot compare string with numeric type (i32)"),
        ("y > 1 LIMIT 1", "--where 'y > 1 LIMIT 1': expected an expression (found 'LIMIT' clause)"),
        ("foo(y)", "--where 'foo(y)': unsupported function 'foo'"),
        ("", "--where '': unable to parse '' as Expr"),
    ],
)
def test_what_is_no_condition(where, message):
    write(p="region,y,pred a,1.5,2")
    with pytest.raises(UsageError) as caught:
        open_dataset(Named(given="p.csv"), Reading(where=where))
    assert (caught.value.message, caught.value.hint) == (message, HINT)


def test_an_unknown_column():
    write(p="region,y,pred a,1.5,2")
    with pytest.raises(InputError) as caught:
        open_dataset(Named(given="p.csv"), Reading(where="Region = 'a'"))
    assert (caught.value.message, caught.value.hint) == (
        "p.csv: there is no column 'Region'",
        (
            "did you mean 'region'? the columns are 'region', 'y', 'pred'; "
            "in --where text stands in single quotes, names with blanks in double ones"
        ),
    )


def test_no_row_is_left():
    write(p="region,y,pred a,1.5,2")
    assert failure("p.csv", "y > 7")[0] == "p.csv: no row satisfies --where 'y > 7'"


def test_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"k,y,pred\n1,1.5,2\n2,2.5,3\n")))
    dataset = open_dataset(Named(given="-"), Reading(threads=1, where="k = 2"))
    assert rows(dataset)[0][:2] == ([2.5], [[3]])
    assert dataset.source.place([1]) == ["standard input:3"]


class TestSeveralFiles:
    def open(self, where, *files, **reading):
        return open_aligned([Named(given=file) for file in files], Reading(threads=1, where=where, **reading))

    def test_all_have_the_column(self):
        write(a="k,y,pred 1,1.5,2 2,2.5,3 1,3.5,4", b="y,k,pred 1.5,1,5 7,2,6 3.5,1,7")
        dataset = self.open("k = 1", "a.csv", "b.csv")
        assert rows(dataset)[0][:2] == ([1.5, 3.5], [[2, 4], [5, 7]])
        assert [(out.unsatisfied, out.unpaired) for out in dataset.source.left_out()] == [(1, 0), (1, 0)]

    def test_the_others_leave_out_the_same_rows(self):
        write(a="y,pred 1.5,2  2.5,3 3.5,4", b="y,k,pred 1.5,1,5 7,2,6  3.5,1,7")
        for files, expected in ((["a.csv", "b.csv"], [[2, 4], [5, 7]]), (["b.csv", "a.csv"], [[5, 7], [2, 4]])):
            assert rows(self.open("k = 1", *files))[0][:2] == ([1.5, 3.5], expected)

    def test_files_that_keep_other_rows(self):
        write(a="k,y,pred 1,1.5,2 2,2.5,3 1,3.5,4", b="k,y,pred 1,1.5,5 1,2.5,6 1,3.5,7")
        with pytest.raises(InputError) as caught:
            self.open("k = 1", "a.csv", "b.csv")
        assert caught.value.message == "--where keeps 2 rows of a.csv and 3 of b.csv: they differ first in row 2"

    def test_keys(self):
        write(a="id,k,y,pred u,1,1.5,2 v,2,2.5,3 w,1,3.5,4", b="id,y,pred w,3.5,7 v,2.5,6 u,1.5,5")
        for files, expected in ((["a.csv", "b.csv"], [[2, 4], [5, 7]]), (["b.csv", "a.csv"], [[7, 5], [4, 2]])):
            assert rows(self.open("k = 1", *files, on=("id",)))[0][1] == expected
        write(b="id,y,pred w,3.5,7 v,2.5,6")
        with pytest.raises(InputError) as caught:
            self.open("k = 1", "a.csv", "b.csv", on=("id",))
        assert caught.value.message == "1 key of a.csv is not in b.csv: 'u'"

    def test_places_of_wrong_cells(self):
        write(a="id,k,y,pred u,1,1.5,2 v,2,2.5,3 w,1,3.5,4", b="id,y,pred w,3.5, v,2.5, u,1.5,5")
        with pytest.raises(InputError) as caught:
            list(self.open("k = 1", "a.csv", "b.csv", on=("id",)).rows)
        assert caught.value.message == "b.csv:2: column 'pred': missing value"

    def test_a_column_of_the_targets(self):
        write(truth="id,k,y u,1,1.5 v,2,2.5 w,1,3.5", a="id,pred w,7 v,6 u,5")
        dataset = open_dataset(Named(given="a.csv"), Reading(threads=1, where="k = 1", targets="truth.csv", on=("id",)))
        assert rows(dataset)[0][:2] == ([3.5, 1.5], [[7, 5]])
        out = [(left.label, left.unsatisfied, left.unpaired) for left in dataset.source.left_out()]
        assert out == [("a.csv", 0, 1), ("truth.csv", 1, 0)]
