from __future__ import annotations

import doctest
import traceback
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

import losscli
from losscli.analyses import face
from losscli.errors import InputError, UsageError
from losscli.losses import LOSSES

COLUMNS = {"y_true": [3.0, 1.0, 2.0, 7.0], "y_pred": [2.5, 1.5, 2.0, 8.0], "w": [1.0, 2.0, 0.0, 1.0]}
DIABETES = Path(__file__).parent.parent / "sample_data" / "diabetes.csv"


def test_examples_of_docstrings_run():
    assert doctest.testmod(face, raise_on_error=True).attempted >= 5


def test_all_that_the_package_promises_is_there():
    assert {"catalogue", "evaluate"} <= set(dir(losscli))
    assert losscli.evaluate is face.evaluate
    with pytest.raises(AttributeError, match="has no attribute 'evalute'"):
        _ = losscli.evalute


def test_an_answer_shows_itself_in_a_line_that_steers_no_terminal():
    columns = {"y_true": [3.0, 1.0], "pred_\x1b[31m": [2.5, 1.5]}
    assert repr(losscli.evaluate(columns, losses="mse", level=None)) == (
        "<losscli.eval/1 'losscli 0.1.0 · mse · n 2 · no interval · modified z > 3.5 · y_true/pred_\\x1b[31m', "
        "to_frame() has 2 rows>"
    )
    assert repr(losscli.catalogue()) == f"<losscli.losses/1, to_frame() has {len(LOSSES)} rows>"


@pytest.mark.parametrize(
    "data",
    [
        COLUMNS,
        {name: np.array(values) for name, values in COLUMNS.items()},
        pd.DataFrame(COLUMNS),
        pl.DataFrame(COLUMNS),
        pl.DataFrame(COLUMNS).lazy(),
        pd.DataFrame(COLUMNS, dtype="Float64"),
    ],
    ids=["lists", "arrays", "pandas", "polars", "lazy", "nullable"],
)
def test_every_kind_of_frame_gives_the_same_answer(data):
    frame = losscli.evaluate(data, losses=["mse", "huber:delta=2"]).to_frame()
    assert frame["loss"].tolist() == ["mse", "huber:delta=2", "mbe"]
    # squared errors 0.25, 0.25, 0 and 1; all errors lie within δ, so huber is half the mse
    assert frame["value"].tolist() == [0.375, 0.1875, 0.25]


def test_a_gate_is_asked_as_on_the_command_line(tmp_path):
    better = COLUMNS | {"y_pred": [3.0, 1.5, 2.0, 7.5]}
    main = tmp_path / "main.csv"
    pd.DataFrame(COLUMNS).to_csv(main, index=False)
    result = losscli.gate(better, baseline=main, max_regress="mae=1%", fail_if=["mae > 0.2"], losses="mae")
    assert [(check.name, str(check.status)) for check in result.checks] == [
        ("mae against main", "inconclusive"),
        ("mae", "fail"),
    ]
    assert result.payload["checks"][0]["value"] == -0.5  # of 0.5 each 1/4, 1/8: from 2/4 to 1/4
    with pytest.raises(UsageError, match="there is nothing to check"):
        losscli.gate(better)
    with pytest.raises(TypeError, match="gate: nothing to read"):
        losscli.gate(fail_if="mae > 1")


def test_classes_are_told_as_on_the_command_line():
    labels = {"y_true": ["spam", "ham", "spam", "ham"], "margin": [2.0, -1.0, -0.5, 0.5]}
    result = losscli.evaluate(labels, task="binary", pred_form="margin", predictions="margin", positive="spam")
    assert result.payload["classes"] == ["ham", "spam"]
    # two of four decisions are wrong
    values = {loss["loss"]: loss["value"] for loss in result.payload["models"][0]["losses"]}
    assert values["zero_one"] == 0.5


@pytest.mark.parametrize("positive", ["spam", "1", 1, 1.0, np.int64(1)])
def test_labels_may_be_given_as_the_data_have_them(positive):
    named = positive == "spam"
    columns = {"y_true": ["spam", "ham", "spam"] if named else [1, 0, 1], "y_prob": [0.5, 0.5, 0.5]}
    result = losscli.evaluate(columns, losses="brier", positive=positive)
    assert result.payload["positive"] == ("spam" if named else "1")
    classes = {"y_true": [2, 1, 2], "prob_1": [0.5, 0.5, 0.5], "prob_2": [0.5, 0.5, 0.5]}
    assert losscli.evaluate(classes, losses="cce", classes=[1, 2]).payload["classes"] == ["1", "2"]


def test_the_rows_file_says_what_it_is(tmp_path):
    with pytest.raises(UsageError, match="per_row: expected a path that ends in"):
        losscli.outliers(COLUMNS, per_row=tmp_path / "rows.txt")
    assert list(tmp_path.iterdir()) == []


def test_a_path_gives_what_its_rows_give():
    by_path = losscli.evaluate(DIABETES).to_frame().drop(columns="path")
    by_rows = losscli.evaluate(pd.read_csv(DIABETES)).to_frame().drop(columns="path")
    pd.testing.assert_frame_equal(by_path, by_rows, check_exact=True)


def test_arrays_of_one_column_are_columns():
    # what models with one output predict: shape (n, 1)
    column = np.array([[1.0], [2.0], [4.0]])
    result = losscli.evaluate({"y_true": [1.0, 2.0, 3.0], "y_pred": column}, losses="mae", level=None)
    assert result.payload["models"][0]["losses"][0]["value"] == pytest.approx(1 / 3, rel=1e-15)


def test_an_error_brings_its_hint_into_the_traceback():
    with pytest.raises(InputError) as raised:
        losscli.evaluate({"y_true": [0, 1], "y_pred": [-2.0, 3.0]})
    assert traceback.format_exception(raised.value)[-1] == (
        "hint: say --pred-form logit or --pred-form margin, or --task regression\n"
    )
    with pytest.raises(InputError) as raised:
        losscli.evaluate({"y_true": [1.0, 2.0], "y_pred": [1.0]})
    assert traceback.format_exception(raised.value)[-1].startswith("losscli.errors.InputError: columns: ")


def test_options_arrive():
    result = losscli.evaluate(
        {"y": [1.0, 2.0, None, 4.0], "a": [1, 2, 3, 5], "b": ["1", "?", "3", "5"], "n": [1, 1, 1, 2]},
        target="y",
        predictions=["a", "b"],
        losses="mae",
        weight="n",
        missing="drop",
        null_values="?",
        level=None,
        brief=True,
        threads=1,
        memory=0,
    )
    frame = result.to_frame()
    assert list(frame[["model", "loss", "n"]].itertuples(index=False, name=None)) == [
        ("a", "mae", 2), ("a", "mbe", 2), ("b", "mae", 2), ("b", "mbe", 2)
    ]  # fmt: skip
    # weights 1 and 2, errors 0 and 1
    assert frame["value"].tolist() == pytest.approx([2 / 3] * 4, rel=1e-15)
    assert frame["ci_low"].isna().all()
    assert result.payload["n_dropped"] == 2


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"missing": "skip"}, UsageError, "missing: expected 'error', 'drop', got 'skip'"),
        ({"task": "ranking"}, UsageError, "task: expected 'regression', 'binary'"),
        ({"pred_form": "logits"}, UsageError, "pred_form: expected 'value', .* got 'logits'"),
        ({"threads": 0}, UsageError, "threads: expected a whole number from 1 on, got 0"),
        ({"memory": -1}, UsageError, "memory: expected a whole number from 0 on, got -1"),
        ({"memory": "512MB"}, UsageError, "memory: expected a whole number from 0 on, got '512MB'"),
        ({"target": 3}, UsageError, "target: expected a text or several, got 3"),
        ({"where": 3}, UsageError, "where: expected a text, got 3"),
        ({"weight": ""}, UsageError, "weight: expected a text, got ''"),
        ({"losses": []}, UsageError, "losses: expected one or more, got none"),
        ({"losses": ["mse", 1]}, UsageError, r"losses: expected a text or several, got \['mse', 1\]"),
        ({"losses": "hubber"}, UsageError, "there is no loss 'hubber'"),
        ({"losses": ""}, UsageError, "losses: expected a text or several, got ''"),
        ({"level": 1.5}, UsageError, "level: expected a number above 0 and below 1, or None, got 1.5"),
        ({"target": "z"}, InputError, "there is no column 'z'"),
    ],
)
def test_wrong_options_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        losscli.evaluate(COLUMNS, **options)


@pytest.mark.parametrize("data", [None, 5, [1.0, 2.0], [COLUMNS]])
def test_what_cannot_be_read_is_a_type_error(data):
    with pytest.raises(TypeError, match="expected a path, a frame or a mapping"):
        losscli.evaluate(data)


def test_the_catalogue_is_a_frame_too():
    frame = losscli.catalogue().to_frame().set_index("loss")
    assert frame.loc["mae", "functional"] == "median"
    assert frame.index.is_unique
