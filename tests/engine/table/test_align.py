"""Several files as one data set by position: all models, the same rows, and errors that name both files."""

from __future__ import annotations

import gzip

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.arrays import Form, Task
from losscli.engine.table.align import open_aligned
from losscli.engine.table.check import Missing
from losscli.engine.table.reading import Named, Reading
from losscli.errors import InputError

on_disk = settings(max_examples=60, deadline=None)


def open_files(*files, **reading):
    return open_aligned([Named(given=file) for file in files], Reading(threads=1, **reading))


def write(folder, **files):
    paths = []
    for name, text in files.items():
        path = folder / f"{name}.csv"
        path.write_text(text.replace(" ", "\n") + "\n")
        paths.append(str(path))
    return paths


def failure(*files, **reading):
    with pytest.raises(InputError) as caught:
        list(open_files(*files, **reading).rows)
    return caught.value.message, caught.value.hint


@pytest.fixture
def inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_models_of_all_files_stand_side_by_side(tmp_path):
    files = write(tmp_path, a="y,pred 1.5,2 3,4", b="pred,y,pred_x 5,1.5,0 6,3,0", c="truth,p_hat 1.5,7 3,8")
    dataset = open_files(*files)
    (batch,) = dataset.rows
    assert [model.name for model in dataset.roles.models] == ["a", "b", "c"]
    assert batch.y_true.tolist() == [1.5, 3]
    assert [each.tolist() for each in batch.y_pred] == [[2, 4], [5, 6], [7, 8]]
    assert dataset.source.place([1]) == [f"{files[0]}:3"]


def test_a_file_of_several_models_names_each(tmp_path):
    files = write(tmp_path, a="y,pred_one,pred_two 1.5,2,3", b="y,pred 1.5,4")
    assert [model.name for model in open_files(*files).roles.models] == ["a: one", "a: two", "b"]


def test_names_are_labels_or_stems_or_paths(inside):
    for folder in ("new", "old"):
        (inside / folder).mkdir()
        pl.DataFrame({"y": [1.5], "pred": [2.0]}).write_csv(inside / folder / "p.csv")
    with gzip.open(inside / "packed.csv.gz", "wt") as file:
        file.write("y,pred\n1.5,3\n")
    data = [Named(given="new/p.csv"), Named(given="old/p.csv"), Named(given="packed.csv.gz"), Named(given="old/p.csv")]
    names = [model.name for model in open_aligned(data, Reading()).roles.models]
    assert names == ["new/p.csv", "old/p.csv", "packed", "old/p.csv (2)"]
    labelled = [Named(given="new/p.csv", label="now"), Named(given="old/p.csv")]
    assert [model.name for model in open_aligned(labelled, Reading()).roles.models] == ["now", "p"]


def test_one_file_is_itself(tmp_path):
    (file,) = write(tmp_path, a="y,pred_one,pred_two 1.5,2,3")
    assert [model.name for model in open_files(file).roles.models] == ["one", "two"]


@on_disk
@given(
    heights=st.lists(st.integers(0, 40), min_size=1, max_size=4).filter(any),
    parts=st.lists(st.integers(1, 40), min_size=0, max_size=4),
    block_rows=st.integers(1, 16),
)
def test_parts_and_blocks_need_not_agree(tmp_path_factory, heights, parts, block_rows):
    folder = tmp_path_factory.mktemp("parts")
    n = sum(heights)
    table = pl.DataFrame({"y": np.arange(n) + 0.5, "pred": np.arange(n) * 2.0})
    starts = np.cumsum([0, *heights])
    for part, (start, height) in enumerate(zip(starts, heights, strict=False)):
        table.slice(start, height).write_csv(folder / f"left-{part}.csv")
    rest = table.with_columns(pl.col("pred") + 1)
    for part, height in enumerate([*parts, n]):
        rest.slice(0, height).write_parquet(folder / f"right-{part}.parquet")
        rest = rest.slice(height)
    dataset = open_files(str(folder / "left-*.csv"), str(folder / "right-*.parquet"))
    blocks = list(dataset.source.blocks(dataset.roles.columns, block_rows=block_rows))
    got = [np.concatenate([block.columns[name] for block in blocks]).tolist() for name in dataset.roles.columns]
    assert got == [table["y"].to_list(), table["pred"].to_list(), (table["pred"] + 1).to_list()]
    assert [len(block.columns["y"]) for block in blocks] == [min(block_rows, n - at) for at in range(0, n, block_rows)]
    assert [len(batch) for batch in dataset.rows] == [n]


def test_unequal_targets_are_counted_and_placed(inside):
    write(inside, a="y,pred 1,2 151.0,4 3,5 4,6 5,7 6.5,1", b="y,pred 1,2 75,4 3,5 0,6 0,7 0,1")
    assert failure("a.csv", "b.csv") == (
        "a.csv and b.csv differ in 4 of 6 targets: a.csv:3 has 151.0, b.csv:3 has 75 (and 3 more, lines 5, 6, …)",
        "--on KEY pairs rows by a key",
    )


@pytest.mark.usefixtures("inside")
def test_targets_are_compared_beyond_the_first_block():
    n = 150_000
    y = np.arange(n) + 0.5
    pl.DataFrame({"y": y, "pred": y}).write_parquet("a.parquet")
    y[140_000] = -7
    pl.DataFrame({"y": y, "pred": y}).write_parquet("b.parquet")
    assert failure("a.parquet", "b.parquet")[0] == (
        "a.parquet and b.parquet differ in 1 of 150000 targets: "
        "a.parquet: row 140001 has 140000.5, b.parquet: row 140001 has -7.0"
    )


def test_labels_compare_as_labels(inside):
    write(inside, a="y,prob_cat,prob_dog cat,1,0 dog,.5,.5", b="y,prob_cat,prob_dog cat,1,0 cow,.5,.5")
    assert failure("a.csv", "b.csv")[0] == (
        "a.csv and b.csv differ in 1 of 2 targets: a.csv:3 has 'dog', b.csv:3 has 'cow'"
    )


@pytest.mark.parametrize(("first", "second"), [("a", "b"), ("b", "a")])
def test_lengths_must_agree(inside, first, second):
    write(inside, a="y,pred 1.5,2 3,4.5 3,4", b="y,pred 1.5,2")
    rows = {"a": 3, "b": 1}
    counted = f"{rows[first]} row{'s' if rows[first] > 1 else ''}"
    message = f"{first}.csv has {counted} and {second}.csv has {rows[second]}"
    assert failure(f"{first}.csv", f"{second}.csv") == (message, "--on KEY pairs rows by a key")


def test_lengths_are_said_before_targets(inside):
    write(inside, a="y,pred 1,2 3,4.5 3,4", b="y,pred 3,2 3,4")
    assert failure("a.csv", "b.csv")[0] == "a.csv has 3 rows and b.csv has 2"


def test_frames_are_told_apart_by_their_labels():
    frames = {label: {"y": [1.5, at], "pred": [1, 2]} for label, at in (("old", 2.0), ("new", 3.0))}
    with pytest.raises(InputError) as caught:
        list(open_aligned([Named(given=frame, label=label) for label, frame in frames.items()], Reading()).rows)
    assert caught.value.message == ("old and new differ in 1 of 2 targets: old: row 2 has 2.0, new: row 2 has 3.0")


def test_cells_that_are_wrong_are_placed_in_their_file(inside):
    write(inside, a="y,pred 1.5,2 3,4 4,5", b="y,pred 1.5,2 3, 4,")
    assert failure("a.csv", "b.csv") == (
        "b.csv:3: column 'pred': missing value (and 1 more, line 4)",
        "--missing drop leaves such rows out of every model and counts them",
    )
    write(inside, b="y,pred 1.5,2 3,x 4,5")
    assert failure("a.csv", "b.csv")[0] == "b.csv:3: column 'pred': expected a number, got 'x'"


def test_missing_cells_leave_rows_out_of_all_models(inside):
    write(inside, a="y,pred 1.5,2 3,4 ,5 6,7", b="y,pred 1.5, 3,9 7,8 6,1")
    dataset = open_files("a.csv", "b.csv", missing=Missing.DROP)
    (batch,) = dataset.rows
    assert batch.y_true.tolist() == [3, 6]
    assert [each.tolist() for each in batch.y_pred] == [[4, 7], [9, 1]]
    counts = dataset.rows.counts
    assert (counts.n_dropped, counts.missing) == (2, {"y": 1, "b: pred": 1})


def test_a_target_missing_in_one_file_is_unequal_unless_dropped(inside):
    write(inside, a="y,pred 1.5,2 3,4", b="y,pred 1.5,1 ,9")
    assert failure("a.csv", "b.csv")[0] == ("a.csv and b.csv differ in 1 of 2 targets: a.csv:3 has 3, b.csv:3 has none")
    (batch,) = open_files("a.csv", "b.csv", missing=Missing.DROP).rows
    assert batch.y_true.tolist() == [1.5]


def test_weights_must_agree_where_files_have_them(inside):
    write(inside, a="y,pred,w 1.5,2,1 3,4,2", b="y,pred,w 1.5,2,1 3,4,3")
    assert failure("a.csv", "b.csv", weight="w")[0] == (
        "a.csv and b.csv differ in 1 of 2 weights: a.csv:3 has 2, b.csv:3 has 3"
    )


def test_class_columns_are_matched_by_name(inside):
    write(inside, a="y,prob_cat,prob_dog cat,.9,.1 dog,.25,.75", b="prob_dog,y,prob_cat .2,cat,.8 .6,dog,.4")
    dataset = open_files("a.csv", "b.csv")
    (batch,) = dataset.rows
    assert dataset.roles.classes == ("cat", "dog")
    assert [each.tolist() for each in batch.y_pred] == [[[0.9, 0.1], [0.25, 0.75]], [[0.8, 0.2], [0.4, 0.6]]]
    assert [model.name for model in dataset.roles.models] == ["a", "b"]


def test_one_hot_targets_are_matched_by_name(inside):
    write(inside, a="true_x,true_z,prob_x,prob_z 1,0,.5,.5 0,1,0,1", b="true_z,true_x,prob_z,prob_x 0,1,.4,.6 1,0,1,0")
    dataset = open_files("a.csv", "b.csv")
    (batch,) = dataset.rows
    assert batch.y_true.tolist() == [[1, 0], [0, 1]]
    assert batch.y_pred[1].tolist() == [[0.6, 0.4], [0, 1]]


def test_labels_that_one_file_never_predicts_are_classes_all_the_same(inside):
    write(inside, a="y,pred cat,cat dog,dog", b="y,pred cat,bat dog,dog")
    dataset = open_files("a.csv", "b.csv")
    (batch,) = dataset.rows
    assert dataset.roles.classes == ("bat", "cat", "dog")
    assert (dataset.roles.task, dataset.roles.form) == (Task.MULTICLASS, Form.LABEL)
    assert batch.y_pred[1].tolist() == [0, 2]


def test_kinds_must_agree(inside):
    write(inside, a="y,prob 1,.5 0,.75", b="y,pred 1,.5 2.5,.75", c="y,prob_0,prob_1 1,.5,.5 0,.5,.5")
    assert failure("a.csv", "b.csv") == (
        "a.csv and b.csv are of different kind: binary (probability) and regression (value)",
        "say what they are with --task and --pred-form, or compare files of one kind",
    )
    assert failure("a.csv", "c.csv")[0] == (
        "a.csv and c.csv are of different kind: binary (probability) and multiclass (probability)"
    )


def test_classes_must_agree(inside):
    write(inside, a="y,prob_cat,prob_dog cat,1,0", b="y,prob_cat,prob_cow cat,1,0")
    assert failure("a.csv", "b.csv") == (
        "a.csv and b.csv have different classes: 'cat', 'dog' and 'cat', 'cow'",
        "the order may differ, the names may not",
    )


def test_soft_labels_may_come_late(inside):
    write(inside, a="y,prob 1,.5 0,.75", b="y,prob 1,.25 .5,.75")
    assert failure("a.csv", "b.csv", task=Task.BINARY)[0] == (
        "a.csv and b.csv differ in 1 of 2 targets: a.csv:3 has 0, b.csv:3 has .5"
    )


def test_rows_are_read_again_where_they_are_not_kept(inside):
    write(inside, a="y,pred 1.5,2 3,4", b="y,pred 1.5,5 3,6")
    rows = open_files("a.csv", "b.csv", memory=0).rows
    first, second = ([[each.tolist() for each in batch.y_pred] for batch in rows] for _ in range(2))
    assert first == second == [[[2, 4], [5, 6]]]
