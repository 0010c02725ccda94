"""Eval by group: each group has the answer of a file of its rows, in every format and for every task."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from losscli.analyses.evaluate import EvaluateSpec, Named, Reading, evaluate
from losscli.render import Style, render

SAMPLES = Path(__file__).parent.parent.parent / "sample_data"
HOSTILE = ["[b]x[/b]", "=1+1", "\x1b[31mred", "<i>|", None]


def asked(data, *, by=(), reading=None, **options):
    return evaluate(EvaluateSpec(data=(Named(given=data),), reading=reading or Reading(), by=by, **options))


def sampled(name, **reading):
    return pd.read_csv(SAMPLES / f"{name}.csv"), Reading(**reading)


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("doctor_visits", {}),
        ("doctor_visits_by_profile", {"weight": "person_years"}),
        ("breast_cancer", {"target": ("diagnosis",), "positive": "malignant", "predictions": ("y_prob",)}),
        ("digits", {"classes": tuple("0123456789")}),
    ],
)
@pytest.mark.parametrize("options", [{}, {"brief": True}, {"level": None}])
def test_a_group_has_the_answer_of_its_rows(name, reading, options):
    data, how = sampled(name, **reading)
    data["site"] = [("a", "b", None, "b", "c d")[at % 5] for at in range(len(data))]
    result = asked(data, by=("site",), reading=how, **options)
    models = asked(data, reading=how, **options).payload["models"]
    m = len(models)
    assert result.payload["columns"]["by"] == ["site"]
    assert result.payload["models"][:m] == models
    groups = result.payload["models"][m:]
    assert [each["group"] for each in groups[::m]] == [{"site": site} for site in ("a", "b", "c d", None)]
    frame = result.to_frame()
    for at, site in enumerate(("a", "b", "c d", None)):
        mine = asked(data[data["site"].isna() if site is None else data["site"] == site], reading=how, **options)
        assert [each | {"group": None} for each in groups[at * m : (at + 1) * m]] == mine.payload["models"]
        rows = frame[
            (frame["part"] == "group") & (frame["by_site"].isna() if site is None else frame["by_site"] == site)
        ]
        pd.testing.assert_frame_equal(
            rows.drop(columns=["part", "by_site"]).reset_index(drop=True), mine.to_frame(), check_dtype=False
        )


def test_threads_and_format_change_no_digit(tmp_path):
    data, _ = sampled("doctor_visits")
    data.to_parquet(tmp_path / "visits.parquet")
    answers = [
        asked(path, by=("health", "coinsurance"), reading=Reading(threads=threads, memory=memory)).payload["models"]
        for path in (str(SAMPLES / "doctor_visits.csv"), str(tmp_path / "visits.parquet"))
        for threads, memory in ((1, 0), (2, 1 << 29))
    ]
    assert len(answers[0]) == 2 * (1 + 19)
    assert answers.count(answers[0]) == len(answers)


def test_labels_are_data_in_every_format():
    data = {"y_true": np.arange(50.0) % 7, "y_pred": np.arange(50.0) % 5, "g": HOSTILE * 10}
    result = asked(data, by=("g",), reading=Reading(predictions=("y_pred",)), losses="mse")
    shown = {name: render(result, name, Style(color=True, width=100)) for name in ("table", "markdown", "csv", "json")}
    assert "[b]x[/b]" in shown["table"]
    assert "(missing)" in shown["table"]
    assert not any("\x1b[31mred" in text for text in shown.values())
    assert "<i>" not in shown["markdown"]
    assert "\n'=1+1" not in shown["csv"]
    assert ",'=1+1," in shown["csv"]
    assert [model["group"] for model in json.loads(shown["json"])["models"][1:]] == [{"g": name} for name in HOSTILE]


def test_groups_stand_by_the_size_of_the_first_loss_and_hidden_ones_are_counted():
    error = np.arange(66) // 3
    data = {"y_true": np.zeros(66), "y_pred": error.astype(float), "g": [f"g{at}" for at in error]}
    result = asked(data, by=("g",), losses="mbe,mae,mse")
    section = result.sections[1]
    assert [row[0] for row in section.table.rows] == [f"g{at}" for at in range(21, 1, -1)]
    assert [column.header for column in section.table.columns] == ["g", "n", "mbe", "mae", "mse"]
    text = render(result, "table", Style())
    assert "the largest mae stands first\n" in text
    assert "2 more groups have a smaller mae; --format csv or json lists them all" in text


@pytest.mark.parametrize("losses", ["mae", "mbe"])
def test_a_single_hidden_group_is_told_of_as_one(losses):
    data = {"y_true": np.zeros(42), "y_pred": np.arange(42) // 2.0, "g": [f"g{at // 2}" for at in range(42)]}
    said = {"mae": "1 more group has a smaller mae;", "mbe": "1 more group follows;"}
    assert said[losses] in render(asked(data, by=("g",), losses=losses), "table", Style())
