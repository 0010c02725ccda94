"""A column of both files that speaks against pairing rows by their order is told of; others are not."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import losscli
from losscli.engine.files import csv_part

TRUTH = {"id": [3, 1, 2], "y_true": [30.0, 10.0, 20.0]}
PREDS = {"id": [1, 2, 3], "y_pred": [11.0, 22.0, 33.0]}


@pytest.fixture(autouse=True)
def _in_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(name, columns):
    rows = [columns, *zip(*columns.values(), strict=True)]
    with open(name, "w") as file:  # noqa: PTH123 - relative to the test's folder
        file.writelines(",".join(map(str, row)) + "\n" for row in rows)


def mispaired(answer):
    return [
        ({name: value.raw for name, value in notice.message.values.items()}, notice.hint)
        for notice in answer.notices
        if notice.code == "mispaired"
    ]


def evaluated(truth, preds, **given):
    write("truth.csv", truth)
    write("preds.csv", preds)
    return losscli.evaluate("preds.csv", targets="truth.csv", losses="mae", **given)


def test_keys_in_another_order_are_told_of_and_the_hint_pairs_them():
    answer = evaluated(TRUTH, PREDS)
    (found,) = mispaired(answer)
    values = {"column": "'id'", "ours": "preds.csv:2", "our_cell": "'1'", "theirs": "truth.csv:2", "their_cell": "'3'"}
    assert found == (values, "--on id pairs them by it")
    paired = evaluated(TRUTH, PREDS, on="id")
    assert not mispaired(paired)
    assert paired.payload["models"][0]["losses"][0]["value"] == 2.0  # errors 1, 2 and 3


@pytest.mark.parametrize("command", [losscli.compare, losscli.bias, losscli.outliers])
def test_every_command_tells(command):
    evaluated(TRUTH, PREDS)
    assert len(mispaired(command("preds.csv", targets="truth.csv"))) == 1


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (["1", "2", "3"], ["1.0", "2.0", "3.0"]),  # the same numbers
        ([0.5, 1.5, 2.5], [1.5, 0.5, 2.5]),  # fractions are measured, and name no rows
        (["a", "a", "b"], ["b", "a", "a"]),  # groups
        (["2024-01-01T00:00", "2024-01-02T00:00", "2024-01-03T00:00"], ["2024-01-01", "2024-01-02", "2024-01-03"]),
        (["", "x", "y"], ["x", "y", ""]),  # a key is never missing
    ],
)
def test_columns_that_name_no_rows_or_agree_are_not_told_of(ours, theirs):
    assert not mispaired(evaluated({**TRUTH, "id": theirs}, {**PREDS, "id": ours}))


def test_a_name_that_stands_twice_is_no_key():
    Path("truth.csv").write_text("id,id,y_true\n2,1,10\n1,2,20\n")
    Path("preds.csv").write_text("id,id,y_pred\n1,2,11\n2,1,22\n")
    assert not mispaired(losscli.evaluate("preds.csv", targets="truth.csv", losses="mae"))


def test_a_column_that_a_part_of_the_data_lacks_is_no_key():
    for folder, column in (("truth", "y_true"), ("preds", "y_pred")):
        Path(folder).mkdir()
        Path(folder, "1.csv").write_text(f"id,{column}\n1,10\n")
        Path(folder, "2.csv").write_text(f"{column}\n20\n")
    assert not mispaired(losscli.evaluate("preds", targets="truth", losses="mae"))


def test_lists_are_no_keys():
    pl.DataFrame({"id": [[1.0], [2.0]], "y_true": [10.0, 20.0]}).write_parquet("truth.parquet")
    pl.DataFrame({"id": [[2.0], [1.0]], "y_pred": [11.0, 22.0]}).write_parquet("preds.parquet")
    assert not mispaired(losscli.evaluate("preds.parquet", targets="truth.parquet", losses="mae"))


def test_large_whole_numbers_are_told_apart():
    keys = [2**60, 2**60 + 1, 2**60 + 2]
    assert len(mispaired(evaluated({**TRUTH, "id": keys[::-1]}, {**PREDS, "id": keys}))) == 1


def test_files_whose_targets_agree_are_not_doubted():
    write("a.csv", {"id": [1, 2, 3], "y_true": [1.5, 2.5, 3.5], "y_pred": [1.0, 2.0, 3.0]})
    write("b.csv", {"id": [7, 8, 9], "y_true": [1.5, 2.5, 3.5], "y_pred": [2.0, 2.0, 3.0]})
    assert not mispaired(losscli.compare("a.csv", "b.csv", losses="mae"))


def test_a_row_that_is_left_out_does_no_harm():
    truth = {"id": [4, 1, 2], "y_true": ["", 10.0, 20.0]}
    ((values, _),) = mispaired(evaluated(truth, PREDS, missing="drop"))
    assert (values["our_cell"], values["their_cell"]) == ("'1'", "'4'")


def test_the_columns_of_a_file_are_looked_at_together(monkeypatch):
    # to begin the reading of a file takes longer than to read its first rows
    texts_at, asked = csv_part.texts_at, []

    def counted(frame, keys, rows):
        asked.append(len(keys))
        return texts_at(frame, keys, rows)

    monkeypatch.setattr(csv_part, "texts_at", counted)
    features = {f"x{number}": [0.5, number, 2.5] for number in range(30)}
    assert not mispaired(evaluated({"y_true": [1.0, 2.0, 3.0]} | features, {"y_pred": [1.0, 2.0, 3.5]} | features))
    assert asked == [30, 30]
