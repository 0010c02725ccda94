"""Every row written beside the answer: what stands in it, and that means of its columns are the losses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from losscli.analyses.evaluate import EvaluateSpec, Named, Reading, evaluate
from losscli.analyses.outliers import OutliersSpec, outliers
from losscli.errors import InputError, UsageError

SAMPLES = Path(__file__).parent.parent.parent / "sample_data"
EXACT = 1e-12  # relative: sums of a few thousand terms in another order


def read(path):
    return pl.read_csv(path) if path.suffix == ".csv" else pl.read_parquet(path)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_means_of_the_columns_are_the_losses(tmp_path, suffix):
    path = tmp_path / f"rows{suffix}"
    result = evaluate(
        EvaluateSpec(
            data=(Named(given=str(SAMPLES / "doctor_visits_by_profile.csv")),),
            reading=Reading(weight="person_years"),
            losses="mse,mae",
            per_row=str(path),
        )
    )
    rows = read(path)
    assert rows.columns[:4] == ["model", "file", "row", "target"]
    for model in result.payload["models"]:
        mine = rows.filter(pl.col("model") == model["model"])
        assert mine["row"].to_list() == list(range(1, 691))
        assert mine["flagged"].sum() == model["outliers"]["n"]
        for loss in model["losses"]:
            found = np.average(mine[loss["label"]], weights=mine["weight"])
            assert found == pytest.approx(loss["value"], rel=EXACT)
        assert ((mine["prediction"] - mine["target"]) == mine["error"]).all()
        assert (mine["z"].abs() > 3.5).to_list() == mine["flagged"].to_list()


def test_more_rows_than_a_block_are_written_in_order(tmp_path):
    rng = np.random.default_rng(1)
    y, p = rng.normal(size=(2, 150_000))
    path = tmp_path / "rows.parquet"
    spec = OutliersSpec(data=(Named(given={"y_true": y, "y_pred": p}),), losses="mae", per_row=str(path))
    for memory in (0, 10**9):
        outliers(OutliersSpec(data=spec.data, losses="mae", per_row=spec.per_row, reading=Reading(memory=memory)))
        rows = pl.read_parquet(path)
        assert rows["row"].to_list() == list(range(1, 150_001))
        assert rows["target"].to_numpy().tolist() == y.tolist()
        assert rows["mae"].to_numpy().tolist() == np.abs(p - y).tolist()


def test_classes_are_named(tmp_path):
    path = tmp_path / "rows.csv"
    outliers(OutliersSpec(data=(Named(given=str(SAMPLES / "digits_logits.parquet")),), per_row=str(path)))
    rows = pl.read_csv(path, schema_overrides={"target": pl.String, "prediction": pl.String})
    wrong = rows.filter(pl.col("target") != pl.col("prediction"))
    assert wrong["zero_one"].to_list() == [1.0] * len(wrong)
    assert rows["zero_one"].sum() == len(wrong) == 12
    assert rows["probability"].is_between(0.1, 1).all()
    assert rows["error"].null_count() == rows["z"].null_count() == len(rows)


def test_rows_that_a_loss_leaves_out_have_none_of_it(tmp_path):
    path = tmp_path / "rows.parquet"
    data = {"y_true": [0.0, 2.0, 4.5], "y_pred": [1.0, 1.0, 1.0], "w": [1.0, 0.0, 1.0]}
    evaluate(EvaluateSpec(data=(Named(given=data),), losses="mape:zero=skip,mae", brief=True, per_row=str(path)))
    rows = pl.read_parquet(path)
    assert rows["mape:zero=skip"].to_list() == [None, 50.0, pytest.approx(350 / 4.5)]
    assert rows["mae"].to_list() == [1.0, 1.0, 3.5]
    assert rows["flagged"].to_list() == [False] * 3


def test_what_is_left_out_keeps_its_number(tmp_path):
    path = tmp_path / "rows.csv"
    data = {"y_true": [1.0, 2.0, 4.5], "y_pred": [1.0, 1.5, 1.0], "w": [1.0, 0.0, 2.0]}
    evaluate(EvaluateSpec(data=(Named(given=data),), reading=Reading(weight="w"), per_row=str(path)))
    assert pl.read_csv(path)["row"].to_list() == [1, 3]


def test_a_file_that_cannot_be_written_is_told_and_none_is_left(tmp_path):
    data = (Named(given={"y_true": [1.0, 2.5], "y_pred": [1.0, 1.5]}),)
    with pytest.raises(InputError, match="cannot be written"):
        evaluate(EvaluateSpec(data=data, per_row=str(tmp_path / "none" / "rows.csv")))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("first", "other", "losses"),
    [
        (  # other losses
            {"y_true": [1.0, 2.5], "y_pred": [1.0, 1.5]},
            {"y_true": [0, 1], "y_prob": [0.25, 0.75]},
            None,
        ),
        (  # words beside numbers
            {"y_true": [0, 1], "y_prob": [0.25, 0.75]},
            {"y_true": ["a", "b"], "y_pred": ["a", "c"]},
            "zero_one",
        ),
    ],
)
def test_files_of_different_kind_have_no_rows_in_common(tmp_path, first, other, losses):
    data = (Named(given=first, label="first"), Named(given=other, label="other"))
    with pytest.raises(UsageError, match=r"^--per-row: first and other are of different kind\n"):
        evaluate(EvaluateSpec(data=data, losses=losses, per_row=str(tmp_path / "rows.csv")))
    assert list(tmp_path.iterdir()) == []
