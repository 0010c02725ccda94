"""The scale of errors along the prediction, and that it is found where it varies and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from streams import Reader, batches, kernel

from losscli.engine.statistics.judge import outlying_errors
from losscli.engine.statistics.scale_along import ROWS_PER_BIN, ScaleAlong, scale_along

N = 2_000
MAD_OF_NORMAL = 0.6744897501960817


def ones(n):
    return np.ones(n)


def fanned(n=N, seed=1):
    """Return predictions from 1 to 10 and targets whose errors have a standard deviation equal to the prediction."""
    rng = np.random.default_rng(seed)
    y_pred = rng.uniform(1, 10, n)
    return y_pred, y_pred + y_pred * rng.normal(size=n)


def test_a_fan_of_errors_is_measured_where_it_is():
    y_pred, y_true = fanned(50_000)
    along = scale_along(y_pred, y_true, ones(50_000))
    where = np.array([2.0, 5.0, 9.0])
    # 1 000 rows a bin: the MAD of each has a standard error of 4 %
    assert along.at(where) == pytest.approx(MAD_OF_NORMAL * where, rel=0.15)


def test_it_is_level_beyond_the_outer_bins_and_straight_between():
    along = ScaleAlong((1.0, 3.0), (2.0, 6.0))
    assert along.at(np.array([-50.0, 1.0, 2.0, 3.0, 1e9])).tolist() == [2.0, 2.0, 4.0, 6.0, 6.0]


LAWS = {
    "normal": lambda rng: rng.normal(size=N),
    "laplace": lambda rng: rng.laplace(size=N),
    "student 3": lambda rng: rng.standard_t(3, size=N),
    "lognormal": lambda rng: rng.lognormal(size=N),
}


@pytest.mark.parametrize("law", LAWS)
def test_errors_of_one_scale_have_none_along_the_prediction(law):
    rng = np.random.default_rng(7)
    for _ in range(20):
        y_pred = rng.uniform(0, 10, N)
        assert scale_along(y_pred, y_pred - LAWS[law](rng), ones(N)) is None


def test_a_small_difference_of_scales_is_left_alone():
    rng = np.random.default_rng(2)
    y_pred = rng.uniform(0, 1, 50_000)
    assert scale_along(y_pred, y_pred + (1 + 0.3 * y_pred) * rng.normal(size=50_000), ones(50_000)) is None


def test_what_cannot_be_told():
    y_pred, y_true = fanned()
    few = 2 * ROWS_PER_BIN - 1
    assert scale_along(y_pred[:few], y_true[:few], ones(few)) is None
    assert scale_along(np.full(N, 3.0), y_true, ones(N)) is None
    mostly_zero = np.where(np.random.default_rng(5).uniform(size=N) < 0.6, 0.0, y_true)
    assert scale_along(y_pred, mostly_zero, ones(N)) is None
    assert scale_along(np.empty(0), np.empty(0), np.empty(0)) is None


def test_a_weight_is_as_good_as_repetition_for_the_scale():
    y_pred, y_true = fanned()
    w = np.random.default_rng(4).integers(1, 4, N).astype(float)
    repeated = np.repeat(np.arange(N), w.astype(int))
    weighted = scale_along(y_pred, y_true, w)
    # bins end elsewhere: 100 rows of each tell their MAD to 12 %
    again = scale_along(y_pred[repeated], y_true[repeated], ones(len(repeated)))
    assert weighted.at(y_pred) == pytest.approx(again.at(y_pred), rel=0.5)


def test_equal_predictions_are_in_one_bin():
    rng = np.random.default_rng(6)
    y_pred = np.repeat([1.0, 2.0, 8.0], 400)
    along = scale_along(y_pred, y_pred + y_pred * rng.normal(size=1_200), ones(1_200))
    assert along.knots == (1.0, 2.0, 8.0)


@pytest.mark.parametrize("rows", [700, 65_536])
def test_rows_are_judged_by_the_scale_at_their_prediction(rows):
    y_pred, y_true = fanned(6_000)
    raw = np.abs(y_pred - y_true - np.median(y_pred - y_true))
    flagged_raw = np.count_nonzero(raw > 3.5 * np.median(raw) / MAD_OF_NORMAL)
    found = Reader(batches(y_true, y_pred, rows=rows)).ask(outlying_errors(0, (kernel("mse"),)))
    assert found.rule == "scaled-modified-z>3.5"
    assert flagged_raw > 100
    assert found.n < 20  # a normal law expects 3
    u = (y_pred - y_true) / found.fences.along.at(y_pred)
    distance = np.abs(u - np.median(u))
    flagged = distance > 3.5 * np.median(distance) / MAD_OF_NORMAL
    assert found.n == np.count_nonzero(flagged)
    assert found.totals[0] == pytest.approx(np.sum((y_pred - y_true)[flagged] ** 2), rel=1e-12)


def test_one_wild_prediction_does_not_hide_itself():
    rng = np.random.default_rng(9)
    y_true = rng.normal(1.0, 0.1, N)
    y_pred = y_true + rng.normal(0.0, 0.05, N)
    y_pred[17] = 1000.0
    found = Reader(batches(y_true, y_pred)).ask(outlying_errors(0, (kernel("mse"),)))
    assert found.n >= 1
    assert found.totals[0] > 0.99 * np.sum((y_pred - y_true) ** 2)
