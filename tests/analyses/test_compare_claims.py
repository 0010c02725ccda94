"""What a comparison claims in words and verdicts, on rows where the claim is plainly right or wrong."""

from __future__ import annotations

import numpy as np
import pytest

import losscli
from losscli.render import Style, render


def screen(result):
    return render(result, "table", Style())


def losses_of(result):
    return {loss["label"]: loss for loss in result.payload["losses"]}


def verdicts(result):
    return {label: loss["comparisons"][0]["verdict"] for label, loss in losses_of(result).items()}


@pytest.fixture
def noise():
    return np.random.default_rng(11)


def test_a_model_that_is_worse_by_the_same_on_every_row_is_worse():
    y = np.arange(100.0)
    result = losscli.compare({"y_true": y, "pred_a": y + 1, "pred_b": y + 2}, losses="mae")
    (comparison,) = losses_of(result)["mae"]["comparisons"]
    assert comparison["verdict"] == "worse"
    # all signs equal: of 2^100 assignments two are as far from 0
    assert comparison["p_value"] == 2.0**-99
    assert comparison["test"] == "sign-flip"


def test_an_infinite_loss_is_not_said_to_be_indistinguishable_from_a_finite_one(noise):
    y = (np.arange(60) % 2).astype(float)
    a = np.where(y == 1, 0.7, 0.3) + noise.normal(0, 0.05, 60)
    b = a.copy()
    b[0] = 1 - y[0]
    result = losscli.compare({"y": y, "pred_a": a, "pred_b": b}, losses="bce,brier")
    assert verdicts(result) == {"bce": None, "brier": "indistinguishable"}
    text = screen(result)
    assert "By brier b and a cannot be told apart; bce is infinite and cannot be tested." in text
    assert "none of the losses" not in text


def test_equal_values_have_no_winner(noise):
    y = (np.arange(200) % 2).astype(float)
    a = np.where(y == 1, 0.6, 0.4) + noise.normal(0, 0.02, 200)
    b = np.where(y == 1, 0.9, 0.1)
    result = losscli.compare({"y": y, "pred_a": a, "pred_b": b}, losses="brier,zero_one")
    assert verdicts(result) == {"brier": "better", "zero_one": "identical"}
    assert "depends on the loss" not in screen(result)


def test_a_flip_within_noise_is_not_called_a_winner():
    # of b every sixth error is 2.4 and the others 0.6: it has less mae and more mse than a, whose errors are 1
    y = np.arange(60.0)
    size = np.where(np.arange(60) % 6 == 0, 2.4, 0.6)
    result = losscli.compare({"y_true": y, "pred_a": y + 1, "pred_b": y + size}, losses="mse,mae")
    value = {label: {m["model"]: m["value"] for m in loss["models"]} for label, loss in losses_of(result).items()}
    assert value["mse"] == {"a": pytest.approx(1.0), "b": pytest.approx(1.26)}
    assert value["mae"] == {"a": pytest.approx(1.0), "b": pytest.approx(0.9)}
    assert set(verdicts(result).values()) == {"indistinguishable"}
    text = screen(result)
    assert "The winner depends on the loss" not in text
    assert "the least value depends on the loss, which may be chance" in text
    assert "The losses ask for different things" not in text


def test_a_flip_beyond_noise_names_the_winners_and_what_they_ask_for():
    y = np.arange(600.0)
    size, side = np.where(np.arange(600) % 6 == 0, 2.4, 0.6), np.where(np.arange(600) // 6 % 2, -1, 1)
    models = {"pred_a": y + side, "pred_b": y + side * size}  # without bias
    text = screen(losscli.compare({"y_true": y, **models}, losses="mse,mae"))
    assert "The winner depends on the loss: a has the least mse; b has the least mae." in text
    assert "mse asks for the mean; mae asks for the median" in text


def test_outliers_are_not_said_to_decide_where_nothing_is_left_without_them():
    # both models are right but in six rows, all of them outlying: without those both losses are 0
    y = np.arange(200.0)
    a, b = y.copy(), y.copy()
    a[:6] += [1, 2, 3, 4, 5, 30]
    b[:6] += [10, 10, 10, 10, 5, 1]
    result = losscli.compare({"y_true": y, "pred_a": a, "pred_b": b}, losses="mse,mae")
    assert [loss["winner_without_outliers"] for loss in result.payload["losses"]] == [None, None]
    assert "turns on outliers" not in screen(result)


def test_the_winner_without_outliers_is_not_read_off_rounding(noise):
    # one row of 1e18 squared: what the others add, about 200, is less than its last bit
    y = np.arange(200.0)
    a, b = y + noise.normal(0, 1, 200), y + noise.normal(0, 0.5, 200)
    a[3] += 1e9
    b[3] += 2e9
    mse = losses_of(losscli.compare({"y_true": y, "pred_a": a, "pred_b": b}, losses="mse"))["mse"]
    assert mse["winner_without_outliers"] is None


@pytest.mark.parametrize(
    ("far", "said"),
    [
        (np.full(20, 60.0), "they outweigh all other rows in every loss"),
        (np.full(3, 25.0), "mse is mostly about those rows, mae mostly about the others"),
        (np.full(1, 9.0), "mse depends on that row more than mae does"),
    ],
)
def test_what_rows_rule_is_what_they_hold(far, said):
    e = np.resize([-1.0, -0.5, 0.5, 1.0], 300)
    e[: len(far)] = far
    y = np.arange(300.0)
    text = screen(losscli.compare({"y_true": y, "y_pred": y + e}, losses="mse,mae"))
    assert said in text


def test_one_percent_of_fewer_than_100_rows_holds_nothing_that_could_be_told(noise):
    y = np.arange(60.0)
    result = losscli.compare({"y_true": y, "y_pred": y + noise.uniform(-1, 1, 60)}, losses="mse,mae")
    assert [loss["models"][0]["top_share"] for loss in result.payload["losses"]] == [None, None]
    assert "1 % of rows with the largest loss" not in screen(result)


def test_losses_that_are_too_small_for_a_number_are_not_called_identical(noise):
    y = np.zeros(40)
    a, b = noise.normal(0, 1e-200, 40), noise.normal(0, 2e-200, 40)
    result = losscli.compare({"y_true": y, "pred_a": a, "pred_b": b}, losses="mse")
    (comparison,) = losses_of(result)["mse"]["comparisons"]
    assert (comparison["verdict"], comparison["rows_won"], comparison["rows_tied"]) == ("indistinguishable", None, None)
    text = screen(result)
    assert "By mse b and a cannot be told apart." in text
    assert "same loss on every row" not in text
    assert "losses of all rows are equal" not in text
