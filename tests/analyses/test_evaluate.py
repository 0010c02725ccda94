"""An evaluation against the same numbers computed another way: scikit-learn, plain NumPy, brute force."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

import losscli
from losscli.errors import InputError, UsageError
from losscli.render import Style, render

SAMPLES = Path(__file__).parent.parent.parent / "sample_data"
EXACT = 1e-12  # relative: sums of a few thousand terms in another order
SEARCHED = 1e-9  # relative: the loss of a constant found by search, flat at its minimum


@pytest.fixture(scope="module")
def visits():
    return pd.read_csv(SAMPLES / "doctor_visits.csv")


@pytest.fixture(scope="module")
def profiles():
    return pd.read_csv(SAMPLES / "doctor_visits_by_profile.csv")


def by_loss(result, model=0):
    return {loss["label"]: loss for loss in result.payload["models"][model]["losses"]}


def reference_values(y, p, w):
    """Return what scikit-learn says, and for Huber the textbook."""
    e = np.abs(p - y)
    return {
        "mse": metrics.mean_squared_error(y, p, sample_weight=w),
        "rmse": metrics.root_mean_squared_error(y, p, sample_weight=w),
        "mae": metrics.mean_absolute_error(y, p, sample_weight=w),
        "msle": metrics.mean_squared_log_error(y, p, sample_weight=w),
        "rmsle": metrics.root_mean_squared_log_error(y, p, sample_weight=w),
        "pinball:tau=0.9": metrics.mean_pinball_loss(y, p, alpha=0.9, sample_weight=w),
        "huber:delta=2": np.average(np.where(e <= 2, e**2 / 2, 2 * (e - 1)), weights=w),
        "sse": np.sum(e**2 if w is None else w * e**2),
        "sae": np.sum(e if w is None else w * e),
        "mbe": np.average(p - y, weights=w),
    }


@pytest.mark.parametrize("model", ["pred_poisson", "pred_log"])
def test_values_are_those_of_scikit_learn(visits, model):
    expected = reference_values(visits["y_true"], visits[model], None)
    found = by_loss(losscli.evaluate(visits, predictions=model, losses=list(expected)))
    assert {label: loss["value"] for label, loss in found.items()} == pytest.approx(expected, rel=EXACT)


def test_weighted_values_are_those_of_scikit_learn(profiles):
    expected = reference_values(profiles["y_true"], profiles["pred_log"], profiles["person_years"])
    found = by_loss(
        losscli.evaluate(profiles, predictions="pred_log", losses=list(expected), weight="person_years"),
    )
    assert {label: loss["value"] for label, loss in found.items()} == pytest.approx(expected, rel=EXACT)


LOSSES_OF_A_CONSTANT = {
    "mse": lambda y, c: (c - y) ** 2,
    "mae": lambda y, c: np.abs(c - y),
    "huber:delta=2": lambda y, c: np.where(np.abs(c - y) <= 2, (c - y) ** 2 / 2, 2 * (np.abs(c - y) - 1)),
    "msle": lambda y, c: (np.log1p(c) - np.log1p(y)) ** 2,
    "pinball:tau=0.9": lambda y, c: np.where(y >= c, 0.9 * (y - c), 0.1 * (c - y)),
}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("label", LOSSES_OF_A_CONSTANT)
def test_the_best_constant_is_that_of_brute_force(profiles, label, weighted):
    y = profiles["y_true"].to_numpy()
    w = profiles["person_years"].to_numpy() if weighted else np.ones(len(y))

    def loss_of(constants):
        return np.array([np.average(LOSSES_OF_A_CONSTANT[label](y, c), weights=w) for c in constants])

    low, high = y.min(), y.max()
    for _ in range(8):
        grid = np.linspace(low, high, 101)
        best = int(np.argmin(loss_of(grid)))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, 100)]
    weight = "person_years" if weighted else None
    found = by_loss(losscli.evaluate(profiles, predictions="pred_log", losses=label, weight=weight))[label]
    constant, value = found["best_constant"]["constant"], found["best_constant"]["value"]
    assert value == pytest.approx(loss_of([constant])[0], rel=EXACT)
    assert value == pytest.approx(loss_of(grid).min(), rel=SEARCHED)
    assert found["skill"] == pytest.approx(1 - found["value"] / found["best_constant"]["value"], rel=EXACT)


@pytest.mark.parametrize("model", ["pred_poisson", "pred_log"])
def test_flagged_rows_and_what_they_hold(visits, model):
    e = (visits[model] - visits["y_true"]).to_numpy()
    z = 0.6745 * np.abs(e - np.median(e)) / np.median(np.abs(e - np.median(e)))
    flagged = z > 3.5
    result = losscli.evaluate(visits, predictions=model)
    assert result.payload["models"][0]["outliers"] == {
        "rule": "modified-z>3.5",
        "n": flagged.sum(),
        "share": pytest.approx(flagged.mean(), rel=EXACT),
    }
    size = np.abs(e)
    rows = {"mse": size**2, "rmse": size**2, "mae": size, "huber": np.where(size <= 1, size**2 / 2, size - 0.5)}
    held = {label: loss["outlier_share"] for label, loss in by_loss(result).items()}
    expected = {name: each[flagged].sum() / each.sum() for name, each in rows.items()}
    assert list(held.values()) == pytest.approx(list(expected.values()), rel=EXACT)


def test_bias_is_prediction_minus_target(profiles):
    w = profiles["person_years"].to_numpy()
    y = np.average(profiles["y_true"], weights=w)
    result = losscli.evaluate(profiles, weight="person_years")
    poisson, log = (model["bias"] for model in result.payload["models"])
    mean_poisson, mean_log = (np.average(profiles[name], weights=w) for name in ("pred_poisson", "pred_log"))
    assert poisson["mbe"] == pytest.approx(mean_poisson - y, rel=1e-9)  # a difference of means loses digits
    assert log["mbe"] == pytest.approx(mean_log - y, rel=1e-9)
    assert (poisson["direction"], poisson["significant"]) == ("over", False)
    assert (log["direction"], log["significant"]) == ("under", True)
    assert log["relative"] == pytest.approx(log["mbe"] / y, rel=EXACT)
    assert log["ci"][0] < log["mbe"] < log["ci"][1] < 0
    assert log["p_value"] < 0.001


def test_weights_that_count_rows_give_the_values_of_the_rows(visits, profiles):
    """Each profile stands for as many person-years as its weight: the mean error is that of all rows."""
    of_rows = losscli.evaluate(visits).payload["models"]
    of_profiles = losscli.evaluate(profiles, weight="person_years").payload["models"]
    for rows, weighted in zip(of_rows, of_profiles, strict=True):
        # predictions of profiles are written with five decimals
        assert weighted["bias"]["mbe"] == pytest.approx(rows["bias"]["mbe"], abs=1e-5)


def test_every_format_tells_the_same_numbers(visits):
    result = losscli.evaluate(visits, losses="mse,mae,huber:delta=2,mbe")
    frame = result.to_frame()
    rows = list(csv.DictReader(StringIO(render(result, "csv", Style()))))
    answer = json.loads(render(result, "json", Style()))
    losses = [(model, loss) for model in answer["models"] for loss in model["losses"]]
    assert len(frame) == len(rows) == len(losses) == 8
    for record, row, (model, loss) in zip(frame.to_dict("records"), rows, losses, strict=True):
        assert record["model"] == row["model"] == model["model"]
        best = loss["best_constant"] or {"constant": None, "value": None}
        expected = {
            "value": loss["value"],
            "ci_low": loss["ci"][0],
            "ci_high": loss["ci"][1],
            "std_error": loss["std_error"],
            "best_constant": best["constant"],
            "best_constant_value": best["value"],
            "skill": loss["skill"],
            "outlier_share": loss["outlier_share"],
            "n": loss["n"],
        }
        for key, number in expected.items():
            if number is None:
                assert pd.isna(record[key])
                assert row[key] == ""
            else:
                assert float(row[key]) == record[key] == number
        assert row["loss"].partition(":")[0] == loss["loss"]


def test_brief_gives_the_same_values_and_leaves_the_keys_in_place(visits):
    full, brief = losscli.evaluate(visits), losscli.evaluate(visits, brief=True)
    for one, other in zip(full.payload["models"], brief.payload["models"], strict=True):
        assert one.keys() == other.keys()
        assert one["bias"] == other["bias"]
        assert other["outliers"] is None
        for loss, again in zip(one["losses"], other["losses"], strict=True):
            assert loss.keys() == again.keys()
            assert loss["value"] == again["value"]
            left_out = ["ci", "std_error", "best_constant", "skill", "outlier_share"]
            assert [again[key] for key in left_out] == [None] * len(left_out)


def test_dropped_rows_are_left_out_of_every_model_and_counted():
    columns = {"y_true": [1.0, 2.0, None, 4.0], "pred_a": [1.5, None, 3.0, 4.0], "pred_b": [1.0, 2.0, 3.0, 5.0]}
    with pytest.raises(InputError, match="column 'y_true': missing value"):
        losscli.evaluate(columns)
    result = losscli.evaluate(columns, missing="drop", losses="mae")
    assert (result.payload["n"], result.payload["n_dropped"]) == (2, 2)
    assert [by_loss(result, model)["mae"]["value"] for model in (0, 1)] == [0.25, 0.5]
    assert [notice.code for notice in result.notices][:1] == ["dropped"]


def test_a_loss_asked_for_by_name_must_be_defined_everywhere():
    columns = {"y_true": [1.0, 0.0], "y_pred": [1.0, 1.0]}
    with pytest.raises(InputError, match="mape is not defined: target is zero") as caught:
        losscli.evaluate(columns, losses="mape")
    assert caught.value.message.startswith("row 2: ")
    assert "mape:zero=skip" in (caught.value.hint or "")


def test_a_level_out_of_reach_is_refused():
    for level in (0.0, 1.0, 95.0, float("nan")):
        with pytest.raises(UsageError, match="expected a number above 0 and below 1, or None"):
            losscli.evaluate({"y_true": [1.0], "y_pred": [1.0]}, level=level)


def test_the_signature_says_what_was_computed(profiles):
    result = losscli.evaluate(profiles, predictions="pred_log", losses="mae,huber:delta=2", weight="person_years")
    assert result.signature == (
        f"losscli {losscli.__version__} · mae,huber:delta=2 · n 690 · hall 95 % · modified z > 3.5, "
        "errors scaled along the prediction · y_true/pred_log weight person_years"
    )


def test_the_bias_of_probabilities_is_cut_at_what_it_may_be():
    # three rows, nearly all wrong: Hall's interval reaches from −2.5 to 5.4
    binary = losscli.evaluate({"y": [0, 1, 1], "y_prob": [0.95, 0.03, 0.05]}).payload["models"][0]["bias"]
    assert binary["ci"] == [-1.0, 1.0]
    classes = {"y": ["a"] * 10, "prob_a": [0.02] * 9 + [0.98], "prob_b": [0.98] * 9 + [0.02]}
    first, second = losscli.evaluate(classes).payload["models"][0]["bias_by_class"]
    assert (first["ci"][0], second["ci"][1]) == (-1.0, 1.0)
    # of numbers there is no such end
    numbers = losscli.evaluate({"y": [0.0, 1, 1], "y_pred": [0.95, 0.03, 0.05]}, task="regression")
    assert numbers.payload["models"][0]["bias"]["ci"][1] > 5


def test_a_constant_without_loss_is_not_taken_for_a_constant_target():
    # false alarms cost nothing, so that predicting 1 always costs nothing, though the target varies
    result = losscli.evaluate({"y": [0, 1] * 5, "y_prob": [0.9, 0.1] * 5}, losses="real_world_cost:w_fn=1:w_fp=0")
    text = render(result, "table", Style())
    assert "a constant prediction has no loss to improve on" in text
    assert "target is constant" not in text


@pytest.mark.parametrize(("shift", "relative"), [(0.0, None), (0.01, None), (0.1, 5.0), (1.0, 0.5)])
def test_a_mean_target_near_zero_measures_no_bias(shift, relative):
    y = np.array([-1.0, 1.0, 2.0, -2.0]) + shift
    result = losscli.evaluate({"y_true": y, "y_pred": y + 0.5})
    expected = None if relative is None else pytest.approx(relative, rel=1e-9)
    assert result.payload["models"][0]["bias"]["relative"] == expected


def test_a_label_in_braces_is_no_place_for_a_figure():
    columns = {"y_true": ["{size}", "no", "no", "{size}"] * 5, "y_prob": [0.9, 0.2, 0.3, 0.9] * 5}
    text = render(losscli.evaluate(columns, positive="{size}"), "table", Style())
    assert "over-predicts the rate of {size} by 0.075" in text


def test_a_column_in_braces_is_no_place_for_a_figure():
    columns = {"y_true": [1.0, 2.0, 3.0], "y_pred": [2.0, 4.0, np.nan], "{where}": ["a", "a", "b"]}
    text = render(losscli.evaluate(columns, cluster="{where}", missing="drop"), "table", Style())
    assert "there is no interval: 1 cluster of {where}: what is left tells nothing of how others differ" in text


@pytest.mark.parametrize(("unit", "labels"), [(1e60, "mse, rmse"), (1e150, "mse, rmse, mae"), (1e-60, "mse, rmse")])
def test_numbers_whose_powers_are_out_of_range_are_the_reason_why_there_is_no_interval(unit, labels):
    y = np.arange(1.0, 41.0)
    result = losscli.evaluate({"y_true": y * unit, "y_pred": (y + np.sin(y)) * unit}, losses="mse,rmse,mae")
    (notice,) = (each for each in result.notices if each.code in ("out-of-range", "no-interval"))
    assert notice.code == "out-of-range"
    assert f"no interval of {labels}: powers of such" in render(result, "table", Style())
    assert notice.hint == "give target and predictions in another unit"
    without = {loss["label"] for loss in result.payload["models"][0]["losses"] if loss["ci"] is None}
    assert without == set(labels.split(", "))


@pytest.mark.parametrize(("size", "losses"), [(1e154, "mse"), (1e308, "mae")])
def test_losses_whose_sum_alone_is_out_of_range_are_not_called_equal(size, losses):
    y = np.array([1.0, 1.1, 1.2, 1.05]) * size
    result = losscli.evaluate({"y_true": y, "y_pred": np.zeros(4)}, losses=losses)
    (loss,) = result.payload["models"][0]["losses"]
    assert (loss["infinite"], loss["ci"]) == (0, None)
    text = render(result, "table", Style())
    assert f"no interval of {losses}: powers of such values leave the range of numbers" in text
    assert "the losses of all rows are equal" not in text


def test_errors_whose_squares_are_out_of_range_are_not_called_equal():
    y = np.arange(1.0, 41.0)
    answer = losscli.bias({"y_true": y * 1e200, "y_pred": (y + np.sin(y)) * 1e200})
    assert "all errors are equal" not in render(answer, "table", Style())


def test_targets_of_one_class_leave_nothing_to_improve_whatever_their_weights():
    columns = {
        "y_true": ["a"] * 30,
        "prob_a": [0.5] * 30,
        "prob_b": [0.5] * 30,
        "w": [0.1 * k + 0.1 for k in range(30)],
    }
    result = losscli.evaluate(columns, losses="cce,multiclass_brier", weight="w")
    losses = result.payload["models"][0]["losses"]
    assert [(loss["best_constant"]["value"], loss["skill"]) for loss in losses] == [(0.0, None)] * 2


def test_a_loss_that_is_0_because_squares_leave_the_range_of_numbers_is_told():
    y = np.arange(1.0, 41.0)
    columns = {"y_true": y * 1e-200, "y_pred": (y + np.sin(y)) * 1e-200}
    text = render(losscli.evaluate(columns, losses="mse,rmse,mae"), "table", Style())
    assert "0 stands for mse, rmse, though errors are not 0: powers of such values leave the range of numbers" in text
    assert "no interval of mae: powers of such" in text
    assert "no skill of" not in text
    answer = losscli.bias(columns)
    assert "all errors are equal" not in render(answer, "table", Style())
    assert not [notice for notice in answer.notices if notice.code == "constant-target"]


def test_a_loss_that_is_0_where_errors_are_is_just_that():
    text = render(losscli.evaluate({"y_true": [1.0, 2.0, 4.0], "y_pred": [1.0, 2.0, 4.0]}), "table", Style())
    assert "0 stands for" not in text


def test_losses_without_skill_are_all_named():
    names = "mse,rmse,mae,huber,huber:delta=0.01,log_cosh,pseudo_huber,pinball:tau=0.9,expectile:tau=0.7,sse,sae"
    text = render(
        losscli.evaluate({"y_true": [2.0] * 4, "y_pred": [1.0, 2.0, 3.0, 5.0]}, losses=names), "table", Style()
    )
    assert f"no skill of {names.replace(',', ', ')}: a constant" in text


@pytest.mark.parametrize(
    ("scale", "words"),
    [
        (lambda p: 1 + p, "large"),
        (lambda p: 11 - p, "small"),
        (lambda p: 1 + abs(p - 5), "small or large"),
        (lambda p: 6 - abs(p - 5), "neither small nor large"),
    ],
)
def test_it_is_told_where_errors_are_larger(scale, words):
    rng = np.random.default_rng(8)
    predicted = rng.uniform(0, 10, 3_000)
    y = predicted + rng.normal(size=3_000) * scale(predicted)
    text = render(losscli.evaluate({"y_true": y, "y_pred": predicted}), "table", Style())
    assert f"errors are larger where the prediction is {words}: each is divided" in text


@pytest.mark.parametrize(
    ("weight", "why"),
    [
        (np.full(20, 1e-150) * np.arange(1, 21), "powers of such weights leave the range of numbers"),
        (
            np.where(np.arange(20) == 3, 1e9, 1.0),
            "one row has nearly all of the weight, and tells nothing of how losses",
        ),
    ],
)
def test_weights_that_tell_nothing_of_how_losses_vary_are_the_reason(weight, why):
    y = np.arange(20.0)
    result = losscli.evaluate({"y_true": y, "y_pred": y + np.sin(y), "w": weight}, losses="mse,mae", weight="w")
    assert [loss["ci"] for loss in result.payload["models"][0]["losses"]] == [None, None]
    assert f"there is no interval: {why}" in render(result, "table", Style())
    row = "1 row" if weight[3] == 1e9 else "15.37 rows"  # 210²/2870
    assert f"as good as {row} of equal weight" in render(result, "table", Style())


def test_a_row_with_most_of_the_weight_leaves_an_interval_wide():
    # with 10 000 times the weight of each other row it is nearly the mean, and 60 rows tell only how the others vary
    y = np.random.default_rng(5).normal(size=60)
    e = np.random.default_rng(6).normal(size=60)
    weight = np.where(np.arange(60) == 0, 1e4, 1.0)
    bias = losscli.evaluate({"y_true": y, "y_pred": y + e, "w": weight}, weight="w").payload["models"][0]["bias"]
    low, high = bias["ci"]
    assert high - low > 2 * np.std(e)


def test_one_infinite_row_is_not_said_to_be_all_of_them():
    data = {"y_true": [1, 0, 1, 0], "y_prob": [0.0, 0.3, 0.9, 0.2]}
    text = render(losscli.evaluate(data, losses="bce,focal"), "table", Style())
    assert "there is no interval: some losses are infinite" in text
    both = {"y_true": [1, 1, 1, 0], "y_prob": [0.0, 0.0, 0.0, 1.0]}
    text = render(losscli.evaluate(both, losses="bce,brier"), "table", Style())
    assert "there is no interval: the losses of all rows are equal, or some infinite" in text
