"""Files are paired by keys of any type; keys that are missing, repeated or without a partner are told with examples."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from losscli.arrays import Form
from losscli.engine.files.block import Block
from losscli.engine.files.labels import MISSING_LABELS, label_text
from losscli.engine.files.row_source import LeftOut
from losscli.engine.files.scan_keys import read_keys
from losscli.engine.table.align import open_aligned
from losscli.engine.table.check import Missing
from losscli.engine.table.dataset import open_dataset
from losscli.engine.table.in_step import in_order
from losscli.engine.table.reading import Named, Reading
from losscli.engine.table.rows import BLOCK_VALUES
from losscli.errors import InputError, UsageError

COMMON = "--common keeps the rows that all files share, and counts the others"
SPELT_ALIKE = "a key has to be spelt alike in all files (007 is not 7); or pair them by another key"

on_disk = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def _inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(**files):
    for name, text in files.items():
        with open(f"{name}.csv", "w") as file:  # noqa: PTH123
            file.write(text.replace(" ", "\n") + "\n")


def open_files(*files, on=("id",), **reading):
    return open_aligned([Named(given=file) for file in files], Reading(threads=1, on=on, **reading))


def failure(*files, **reading):
    with pytest.raises(InputError) as caught:
        list(open_files(*files, **reading).rows)
    return caught.value.message, caught.value.hint


def predictions(dataset):
    (batch,) = dataset.rows
    return [each.tolist() for each in batch.y_pred]


def left_out(dataset):
    return [(left.label, left.unsatisfied, left.unpaired) for left in dataset.source.left_out()]


@on_disk
@given(
    keys=st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=60, unique=True),
    seed=st.integers(0, 2**32 - 1),
    formats=st.tuples(*[st.sampled_from(["csv", "parquet"])] * 3),
)
def test_shuffled_rows_give_the_batches_of_ordered_ones(keys, seed, formats):
    random = np.random.default_rng(seed)
    n = len(keys)
    tables = [pl.DataFrame({"id": keys, "y": np.arange(n) + 0.5, "pred": random.normal(size=n)}) for _ in range(3)]
    for name, shuffled in (("ordered", False), ("shuffled", True)):
        for at, (table, suffix) in enumerate(zip(tables, formats, strict=True)):
            rows = table[random.permutation(n).tolist()] if shuffled and at else table
            rows.write_csv(f"{name}-{at}.csv") if suffix == "csv" else rows.write_parquet(f"{name}-{at}.parquet")
    first, second = (
        list(open_files(*[f"{name}-{at}.{suffix}" for at, suffix in enumerate(formats)], on=on).rows)
        for name, on in (("ordered", ()), ("shuffled", ("id",)))
    )
    assert len(first) == len(second) == 1
    for ours, theirs in zip(first, second, strict=True):
        assert ours.y_true.tolist() == theirs.y_true.tolist()
        assert [each.tolist() for each in ours.y_pred] == [each.tolist() for each in theirs.y_pred]
        assert (ours.first_row, ours.rows) == (theirs.first_row, theirs.rows)


def test_shuffled_rows_beyond_one_block():
    n = 2 * BLOCK_VALUES + 18_928
    table = pl.DataFrame({"id": np.arange(n), "y": np.arange(n) + 0.5, "pred": np.arange(n) * 2.0})
    table.write_parquet("a.parquet")
    table.reverse().write_parquet("b.parquet")
    batches = list(open_files("a.parquet", "b.parquet").rows)
    assert [len(batch) for batch in batches] == [BLOCK_VALUES, BLOCK_VALUES, 18_928]
    for batch in batches:
        assert np.array_equal(batch.y_pred[0], batch.y_pred[1])


DAYS = [dt.date(2024, 1, 1), dt.date(2023, 2, 28), dt.date(2024, 2, 29)]
TIMES = [dt.datetime(2024, 1, 1, 2, 3, 4, at) for at in (0, 5_000, 500_000)]  # noqa: DTZ001
KEYS = {
    "int": [3, -1, 12345678901234567],
    "uint": pl.Series([3, 2**64 - 1, 7], dtype=pl.UInt64),
    "float": [3.0, 1.5, 1e20],
    "text": ["north", "S\u00fcd, 1", "x y"],
    "bool and text": [True, False, True],
    "category": pl.Series(["a", "b", "c"], dtype=pl.Categorical),
    "date": DAYS,
    "time": TIMES,
    "zeros": ["007", "7", "0.50"],
    "short time": pl.Series(TIMES).cast(pl.Datetime("ms")),
}


@pytest.mark.parametrize("kind", sorted(KEYS))
@pytest.mark.parametrize("formats", [("parquet", "parquet"), ("parquet", "csv"), ("csv", "parquet"), ("csv", "csv")])
def test_keys_of_each_type(kind, formats):
    table = pl.DataFrame({"id": KEYS[kind], "part": [1, 2, 3], "y": [1.5, 2.5, 3.5], "pred": [1.0, 2.0, 3.0]})
    other = table.reverse()
    if kind == "short time":
        other = other.with_columns(pl.col("id").cast(pl.Datetime("ns")))
    for name, rows, suffix in zip("ab", (table, other), formats, strict=True):
        getattr(rows, f"write_{suffix}")(f"{name}.{suffix}", **WRITING[suffix])
    files = [f"{name}.{suffix}" for name, suffix in zip("ab", formats, strict=True)]
    on = ("id", "part") if kind == "bool and text" else ("id",)
    assert predictions(open_files(*files, on=on)) == [[1, 2, 3], [1, 2, 3]]


WRITING = {"csv": {"datetime_format": "%Y-%m-%d %H:%M:%S%.f", "float_scientific": False}, "parquet": {}}


# controls are blanks to Python and not to Polars
CHARACTERS = st.characters(exclude_categories=["Cc", "Cs"])


@on_disk
@given(st.lists(st.one_of(st.text(CHARACTERS, max_size=6), st.from_regex(r"\A ?[+-]?0*[0-9]{0,3}(\.0*)? ?\Z"))))
def test_keys_are_written_as_labels(texts):
    found = read_keys(pl.LazyFrame({"id": pl.Series(texts, dtype=pl.String)}), ["id"], ["n/a"]).frame["0"]
    written = [label_text(text) for text in texts]
    assert found.cast(pl.String).to_list() == [None if text in {*MISSING_LABELS, "n/a"} else text for text in written]


def test_labels_and_keys_find_their_rows_by_name():
    write(a="id,y,prob_cat,prob_dog u,cat,.9,.1 v,dog,.2,.8", b="prob_dog,id,y,prob_cat .75,v,dog,.25 .5,u,cat,.5")
    dataset = open_files("a.csv", "b.csv")
    assert predictions(dataset) == [[[0.9, 0.1], [0.2, 0.8]], [[0.5, 0.5], [0.25, 0.75]]]


def test_keys_without_a_partner():
    write(a="id,y,pred 1,1.5,2 17,2,3 204,3,4 9,1,1 10,1,1", b="id,y,pred 5,1.5,2 1,1.5,2")
    assert failure("a.csv", "b.csv") == (
        "4 keys of a.csv are not in b.csv: '17', '204', '9', …; 1 key of b.csv is not in a.csv: '5'",
        COMMON,
    )
    assert failure("b.csv", "a.csv")[0].startswith("1 key of b.csv is not in a.csv: '5'; 4 keys of a.csv are")
    dataset = open_files("a.csv", "b.csv", common=True)
    assert predictions(dataset) == [[2], [2]]
    assert left_out(dataset) == [("a.csv", 0, 4), ("b.csv", 0, 1)]


def test_keys_of_several_columns():
    write(a="id,day,y,pred u,1,1.5,2 u,2,3,4", b="id,day,y,pred u,2,3,5 u,1,1.5,6")
    assert predictions(open_files("a.csv", "b.csv", on=("id", "day"))) == [[2, 4], [6, 5]]
    write(b="id,day,y,pred u,2,3,5 u,3,1.5,6")
    assert failure("a.csv", "b.csv", on=("id", "day"))[0] == (
        "1 key of a.csv is not in b.csv: 'u'/'1'; 1 key of b.csv is not in a.csv: 'u'/'3'"
    )


@pytest.mark.parametrize("common", [False, True])
def test_keys_that_stand_more_than_once(common):
    write(a="id,y,pred u,1.5,2 v,2,3 u,1.5,4 u,0,0 u,0,0 v,2,3", b="id,y,pred v,2,9 u,1.5,7")
    hint = "a key stands once in each file; --on KEY,KEY makes it of several columns"
    message = "a.csv: 2 keys stand more than once, the first is: 'u' (a.csv:2, a.csv:4, a.csv:5, …)"
    assert failure("a.csv", "b.csv", common=common) == (message, hint)
    assert failure("b.csv", "a.csv", common=common) == (message, hint)
    write(c="id,y,pred u,1.5,2 v,2,3 u,1.5,4")
    assert failure("b.csv", "c.csv")[0] == "c.csv: 1 key stands more than once: 'u' (c.csv:2, c.csv:4)"
    assert failure("a.csv", "c.csv")[0] == "c.csv: 1 key stands more than once: 'u' (c.csv:2, c.csv:4)"


def test_a_repeated_key_without_a_partner_is_told_as_repeated():
    write(a="id,y,pred u,1.5,2 v,2,3", b="id,y,pred w,1,1 v,2,9 u,1.5,7 w,1,1")
    assert failure("a.csv", "b.csv")[0] == "b.csv: 1 key stands more than once: 'w' (b.csv:2, b.csv:5)"


def test_keys_that_are_missing():
    write(a="id,y,pred u,1.5,2 ,2,3 v,3,4 nan,5,6", b="id,y,pred v,3,5 u,1.5,7")
    assert failure("a.csv", "b.csv") == (
        "a.csv:3: column 'id': missing key (and 1 more, line 5)",
        "--missing drop leaves such rows out of every model and counts them",
    )
    dataset = open_files("a.csv", "b.csv", missing=Missing.DROP)
    assert predictions(dataset) == [[2, 4], [7, 5]]
    assert left_out(dataset) == [("a.csv", 0, 2), ("b.csv", 0, 0)]


def test_no_shared_key():
    write(a="id,y,pred u,1.5,2", b="id,y,pred v,3,5")
    assert failure("a.csv", "b.csv", common=True) == (
        "a.csv and b.csv share no key of 'id'",
        SPELT_ALIKE,
    )
    # --common would lead from here to the error above
    assert failure("a.csv", "b.csv") == (
        "1 key of a.csv is not in b.csv: 'u'; 1 key of b.csv is not in a.csv: 'v'",
        SPELT_ALIKE,
    )


def test_a_key_column_that_is_not_there():
    write(a="id,y,pred u,1.5,2", b="ID,y,pred v,3,5")
    assert failure("a.csv", "b.csv") == (
        "b.csv: there is no column 'id'",
        "did you mean 'ID'? the columns are 'ID', 'y', 'pred'",
    )


def test_lists_are_no_keys():
    table = pl.DataFrame({"id": [[1, 2]], "y": [1.5], "pred": [1.0]})
    table.write_parquet("a.parquet")
    assert failure("a.parquet", "a.parquet")[0] == "a.parquet: column 'id' holds lists, not keys"


def test_unequal_targets_of_a_key():
    write(a="id,y,pred u,1.5,2 v,2,3 w,7,7", b="id,y,pred w,7,7 v,4,9 u,1.25,7")
    assert failure("a.csv", "b.csv") == (
        "a.csv and b.csv differ in 2 of 3 targets: a.csv:2 has 1.5, b.csv:4 has 1.25 (and 1 more, line 3)",
        "--targets FILE takes the targets of all models from one file",
    )


def test_wrong_cells_of_paired_rows_are_placed_and_others_do_not_matter():
    write(a="id,y,pred u,1.5,2 v,2,3", b="id,y,pred x,1, v,2,9 u,1.5,")
    assert failure("a.csv", "b.csv", common=True)[0] == "b.csv:4: column 'pred': missing value"


def test_blank_lines_do_not_shift_rows():
    write(a="id,y,pred u,1.5,2  v,2,3", b="id,y,pred v,2,9  u,1.5,7 ")
    dataset = open_files("a.csv", "b.csv")
    assert predictions(dataset) == [[2, 3], [7, 9]]
    assert dataset.source.place([2]) == ["a.csv:4"]
    write(b="id,y,pred v,2,9  u,1.25,7")
    assert "a.csv:2 has 1.5, b.csv:4 has 1.25" in failure("a.csv", "b.csv")[0]


def test_three_files_share_rows():
    write(
        a="id,y,pred u,1.5,1 v,2,2 w,3,3",
        b="id,y,pred w,3,30 u,1.5,10 z,9,9",
        c="id,y,pred v,2,200 w,3,300 u,1.5,100",
    )
    dataset = open_files("a.csv", "b.csv", "c.csv", common=True)
    assert predictions(dataset) == [[1, 3], [10, 30], [100, 300]]
    assert left_out(dataset) == [("a.csv", 0, 1), ("b.csv", 0, 1), ("c.csv", 0, 1)]


class TestTargetsInAFileOfTheirOwn:
    def test_by_key(self):
        write(truth="id,y,w u,1.5,1 v,2.5,2", a="id,pred v,9 u,7", b="id,pred u,5 v,6")
        reading = Reading(threads=1, targets="truth.csv", on=("id",), weight="w")
        dataset = open_dataset(Named(given="a.csv"), reading)
        (batch,) = dataset.rows
        assert (batch.y_true.tolist(), batch.weight.tolist()) == ([2.5, 1.5], [2, 1])
        assert predictions(dataset) == [[9, 7]]
        assert (dataset.source.label, dataset.source.path, dataset.roles.target) == ("a.csv", "a.csv", ("y",))
        whole = open_aligned([Named(given="a.csv"), Named(given="b.csv")], reading)
        (batch,) = whole.rows
        assert (batch.y_true.tolist(), batch.weight.tolist()) == ([2.5, 1.5], [2, 1])
        assert predictions(whole) == [[9, 7], [6, 5]]

    def test_by_position(self):
        write(truth="y 1.5 2.5", a="pred 9 7", b="pred 5 6 7")
        reading = Reading(threads=1, targets="truth.csv")
        dataset = open_dataset(Named(given="a.csv"), reading)
        (batch,) = dataset.rows
        assert batch.y_true.tolist() == [1.5, 2.5]
        with pytest.raises(InputError) as caught:
            list(open_dataset(Named(given="b.csv"), reading).rows)
        assert caught.value.message == "b.csv has 3 rows and truth.csv has 2"

    def test_names_that_both_files_have(self):
        write(truth="id,y u,1.5 v,2.5", a="id,y v,9 u,7")
        reading = Reading(threads=1, targets="truth.csv", on=("id",), predictions=("y",))
        dataset = open_dataset(Named(given="a.csv"), reading)
        (batch,) = dataset.rows
        assert (batch.y_true.tolist(), predictions(dataset)) == ([2.5, 1.5], [[9, 7]])
        whole = open_aligned([Named(given="a.csv"), Named(given="a.csv", label="again")], reading)
        assert predictions(whole) == [[9, 7], [9, 7]]

    def test_targets_beside_the_predictions_do_not_count(self):
        write(truth="id,y u,1.5 v,2.5", a="id,y,pred v,0,9 u,0,7")
        dataset = open_dataset(Named(given="a.csv"), Reading(threads=1, targets="truth.csv", on=("id",)))
        (batch,) = dataset.rows
        assert batch.y_true.tolist() == [2.5, 1.5]

    def test_class_columns_and_one_hot_targets(self):
        write(truth="id,true_x,true_z u,1,0 v,0,1", a="id,prob_z,prob_x v,.75,.25 u,.5,.5")
        dataset = open_dataset(Named(given="a.csv"), Reading(threads=1, targets="truth.csv", on=("id",)))
        (batch,) = dataset.rows
        assert dataset.roles.classes == ("z", "x")
        assert batch.y_true.tolist() == [[1, 0], [0, 1]]
        write(b="id,pred_x,pred_z u,.5,.5 v,.25,.75")
        dataset = open_dataset(Named(given="b.csv"), Reading(threads=1, targets="truth.csv", on=("id",)))
        assert (dataset.roles.form, dataset.roles.classes) == (Form.PROBABILITY, ("x", "z"))

    def test_errors_name_the_file_of_the_targets(self):
        write(truth="id,y u,1.5 v,", a="id,pred v,9 u,7")
        reading = Reading(threads=1, targets="truth.csv", on=("id",))
        with pytest.raises(InputError) as caught:
            list(open_dataset(Named(given="a.csv"), reading).rows)
        assert caught.value.message == "truth.csv:3: column 'y': missing value"
        write(truth="id,why u,1.5 v,2")
        with pytest.raises(InputError) as caught:
            open_dataset(Named(given="a.csv"), reading)
        assert caught.value.message == "truth.csv: no column has a name that says target"

    def test_frames(self):
        truth = {"id": np.array(["u", "v"]), "y": np.array([1.5, 2.5])}
        frame = pl.DataFrame({"id": ["v", "u"], "pred": [9.0, 7.0]})
        dataset = open_dataset(Named(given=frame), Reading(threads=1, targets=truth, on=("id",)))
        (batch,) = dataset.rows
        assert batch.y_true.tolist() == [2.5, 1.5]


def test_keys_need_two_files_and_shared_rows_keys():
    write(a="id,y,pred u,1.5,2")
    with pytest.raises(UsageError, match="--on pairs the rows of two files"):
        open_dataset(Named(given="a.csv"), Reading(on=("id",)))
    with pytest.raises(UsageError, match="--common keeps the keys that files share"):
        open_aligned([Named(given="a.csv"), Named(given="a.csv")], Reading(common=True))


def test_nothing_is_left_out_of_a_file_alone():
    write(a="id,y,pred u,1.5,2")
    dataset = open_dataset(Named(given="a.csv"), Reading(threads=1))
    assert dataset.source.left_out() == (LeftOut(label="a.csv", unsatisfied=0, unpaired=0),)


@pytest.mark.parametrize("order", [[1, 2], [2, 0]])
def test_rows_that_are_lost_after_their_keys_were_read_are_an_error(order):
    blocks = [Block(first_row=0, columns={"y": np.array([1.0, 2.0])})]
    with pytest.raises(InputError, match=r"^b\.csv has lost rows since its keys were read\n"):
        list(in_order(blocks, np.array(order), "b.csv"))
    assert [block.columns["y"].tolist() for block in in_order(blocks, np.array([1, 0]), "b.csv")] == [[2.0, 1.0]]
