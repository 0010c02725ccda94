"""The bias: its direction, and what rounding leaves of 0."""

from __future__ import annotations

import numpy as np
import pytest

import losscli


def bias_of(y_true, y_pred, **given):
    return losscli.evaluate({"y_true": y_true, "y_pred": y_pred}, **given).payload["models"][0]["bias"]


def test_what_rounding_left_of_zero_is_no_bias():
    noisy = bias_of([0.1, 0.2, 0.3], [0.1, 0.2, 0.1 + 0.2])
    assert 0.1 + 0.2 - 0.3 > 0  # the last row is over-predicted by one bit
    assert (noisy["mbe"], noisy["direction"], noisy["significant"], noisy["relative"]) == (0.0, "none", False, 0.0)


def test_errors_that_cancel_up_to_rounding_are_no_bias():
    errors = np.array([1e6, -1e6, 1 / 3, -1 / 3, 0.1, -0.1])
    assert bias_of(np.zeros(6), errors, losses="mse")["direction"] == "none"


@pytest.mark.parametrize(("shift", "direction"), [(1e-12, "over"), (-1e-12, "under")])
def test_a_small_bias_is_a_bias_all_the_same(shift, direction):
    y_true = np.linspace(0.0, 1.0, 11)
    found = bias_of(y_true, y_true + shift)
    assert found["direction"] == direction
    assert found["mbe"] == pytest.approx(shift, rel=1e-3)


def test_small_targets_are_not_taken_for_noise():
    assert bias_of([1e-300, 2e-300], [2e-300, 3e-300])["direction"] == "over"


@pytest.mark.parametrize(
    ("y_true", "y_pred"),
    [
        ([1e308, -1e308, 3.0], [-1e308, 1e308, 4.0]),  # errors of -inf and +inf
        ([-1e308, -1e308, 3.0], [1e308, 1e308, 4.0]),  # of +inf alone
        ([0.0, 0.0, 0.0], [1.5e308, 1.2e308, 1.5e308]),  # finite ones, whose sum is not
    ],
)
def test_a_mean_error_out_of_range_is_no_bias_of_zero(y_true, y_pred):
    found = bias_of(np.array(y_true), np.array(y_pred), losses="mae")
    assert np.isnan(found["mbe"])
    assert (found["direction"], found["significant"], found["relative"]) == (None, None, None)
    result = losscli.evaluate({"y_true": np.array(y_true), "y_pred": np.array(y_pred)}, losses="mbe")
    (loss,) = result.payload["models"][0]["losses"]
    assert (loss["value"], loss["reason"]) == (None, "its mean leaves the range of numbers")


def test_the_bias_of_classes_is_none_where_the_shares_are_those_observed():
    columns = {"label": ["a", "b", "c"] * 2}
    columns |= {f"prob_{name}": np.full(6, 1 / 3) for name in "abc"}
    by_class = losscli.evaluate(columns).payload["models"][0]["bias_by_class"]
    assert [each["direction"] for each in by_class] == ["none"] * 3


@pytest.mark.parametrize(
    ("y_true", "y_pred", "why"),
    [
        ([1e308, -1e308, 1e308, 1.0], [-1e308, 1e308, -1e308, 2.0], "errors leave the range of numbers"),
        ([3.0], [4.0], "there is one error only"),
        ([3.0, 5.0], [4.0, 6.0], "all errors are equal"),
    ],
)
@pytest.mark.parametrize("command", [losscli.evaluate, losscli.outliers])
def test_why_no_row_is_outlying(command, y_true, y_pred, why):
    result = command({"y_true": np.array(y_true), "y_pred": np.array(y_pred)}, losses="mae", task="regression")
    assert [each.text for each in result.sections[0].sentences if each.label == "outliers"] == [f"none: {why}"]
