"""Rules for skewed errors, against statsmodels, NumPy on each side, and normal rows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.stattools import medcouple as reference
from streams import Reader, batches

from losscli.engine.folds.batch import ROWS_PER_BATCH
from losscli.engine.statistics.judge import outlying_errors
from losscli.engine.statistics.outlying import SIGMA_PER_MAD
from losscli.engine.statistics.rule import read_rule
from losscli.engine.statistics.skewed import Skewness, expected_beyond, expected_by_sides, medcouple

HALVED = 1e-13  # a range of 2, halved 54 times and rounded to 14 decimals
REORDERED = 1e-13  # relative: medians of the same numbers
law = settings(deadline=None, derandomize=True)


def judged(e, rule, w=None, rows=1_000):
    y_pred = np.zeros(len(e))
    return Reader(batches(-np.asarray(e), y_pred, weight=w, rows=rows)).ask(outlying_errors(0, (), read_rule(rule)))


def found(values, w=None):
    values = np.array(values, dtype=float)
    w = np.ones(len(values)) if w is None else np.array(w, dtype=float)
    return medcouple(values, w, float(np.median(np.repeat(values, w.astype(int)))))


integers = st.lists(st.integers(-4, 9).map(float), min_size=2, max_size=40)
floats = st.lists(st.floats(-1e3, 1e3).map(lambda x: round(x, 3)), min_size=2, max_size=40)


@law
@given(integers | floats)
def test_the_medcouple_is_that_of_statsmodels(values):
    assert found(values) == pytest.approx(float(reference(np.array(values), use_fast=False)), abs=1e-12)


def test_the_medcouple_of_thousands_of_rows():
    values = np.random.default_rng(4).lognormal(size=3_001)
    assert found(values) == pytest.approx(float(reference(values, use_fast=False)), abs=1e-12)


@law
@given(floats, st.floats(1e-100, 1e100), st.booleans())
def test_it_has_no_unit_and_changes_its_sign_with_the_values(values, unit, negated):
    sign = -1.0 if negated else 1.0
    there = found([sign * unit * value for value in values])
    assert there == pytest.approx(sign * found(values), abs=1e-9)


def test_hand_worked():
    # median 0: 4 with 0, −1, −2 gives 1, 3/5, 1/3, each twice; 0 with −1 and −2 gives −1, and with itself 0
    assert found([-2, -1, 0, 4, 4]) == pytest.approx(1 / 3, abs=HALVED)


def test_weights_without_ties_count_as_rows_that_are_repeated():
    rng = np.random.default_rng(9)
    values, w = rng.lognormal(size=400), rng.integers(1, 4, 400)
    # rows that are repeated tie at the median, which moves the rank by a few of 160 000 pairs
    assert found(values, w) == pytest.approx(found(np.repeat(values, w)), abs=0.005)


def test_equal_values_are_not_skewed():
    assert found([3.0, 3.0, 3.0]) == 0.0


def test_the_longer_tail_has_the_wider_fence():
    low, high = Skewness(medcouple=0.3, rows=9).fences(1.0, 3.0, 1.5)
    assert (low, high) == pytest.approx((1 - 3 * math.exp(-1.2), 3 + 3 * math.exp(0.9)))
    low, high = Skewness(medcouple=-0.3, rows=9).fences(1.0, 3.0, 1.5)
    assert (low, high) == pytest.approx((1 - 3 * math.exp(0.9), 3 + 3 * math.exp(-1.2)))
    assert Skewness(medcouple=0.0, rows=9).fences(1.0, 3.0, 1.5) == (-2.0, 6.0)


def test_rows_beyond_the_adjusted_fences_are_flagged():
    e = np.random.default_rng(2).lognormal(size=3_001)
    outliers = judged(e, "adjusted-boxplot", rows=10_000)
    ranked = np.sort(e)
    low, high = ranked[math.ceil(3_001 / 4) - 1], ranked[math.ceil(3 * 3_001 / 4) - 1]
    mc = float(reference(e, use_fast=False))
    below, above = low - 1.5 * math.exp(-4 * mc) * (high - low), high + 1.5 * math.exp(3 * mc) * (high - low)
    assert outliers.rule == "adjusted-boxplot>1.5"
    assert outliers.skewness == Skewness(medcouple=pytest.approx(mc, abs=1e-12), rows=3_001)
    assert (outliers.fences.low, outliers.fences.high) == pytest.approx((below, above), rel=1e-9)
    assert outliers.n == np.count_nonzero((e < below) | (e > above)) > 20


def test_a_thinned_medcouple_is_near_that_of_all_rows():
    e = np.random.default_rng(6).exponential(size=20_000)
    outliers = judged(e, "adjusted-boxplot", rows=20_000)
    assert outliers.skewness.rows == ROWS_PER_BATCH
    assert outliers.skewness.medcouple == pytest.approx(found(e), abs=4 * math.sqrt(1.25 / ROWS_PER_BATCH))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n", [7, 1_001, 9_000])
def test_each_side_has_its_own_scale(weighted, n):
    rng = np.random.default_rng(n)
    e = rng.exponential(size=n)
    w = rng.integers(1, 5, n).astype(float) if weighted else None
    outliers = judged(e, "double-mad:4", w)
    every = np.repeat(e, (w if weighted else np.ones(n)).astype(int))
    m = np.median(every)
    below, above = (SIGMA_PER_MAD * np.median(np.abs(side - m)) for side in (every[every <= m], every[every >= m]))
    z = (e - m) / np.where(e < m, below, above)
    assert outliers.rule == "double-mad>4"
    assert outliers.n == np.count_nonzero(np.abs(z) > 4)
    assert (outliers.fences.low, outliers.fences.high) == pytest.approx((m - 4 * below, m + 4 * above), rel=REORDERED)
    (batch,) = batches(-e, np.zeros(n), rows=n)
    assert outliers.z(batch) == pytest.approx(z, rel=1e-12)
    assert outliers.flag.rows(batch).tolist() == (np.abs(z) > 4).tolist()


def test_errors_are_divided_by_their_scale_along_the_prediction_first():
    rng = np.random.default_rng(8)
    y_pred = rng.uniform(0.1, 10, 5_000)
    e = y_pred * rng.exponential(size=5_000)
    outliers = Reader(batches(y_pred - e, y_pred)).ask(outlying_errors(0, (), read_rule("double-mad")))
    assert outliers.rule == "scaled-double-mad>3.5"
    assert outliers.fences.along is not None
    assert outliers.n / 5_000 < 0.025  # exponential errors of one scale 1.4 %; with one scale for both sides 4 %


def test_a_side_of_equal_errors_has_the_mean_deviation_or_the_scale_of_the_other():
    # half of the errors at or above the median are on it
    outliers = judged([-3.0, -2.0, -1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 9.0], "double-mad")
    assert outliers.rule == "double-mean-absolute-deviation>3.5"
    above = math.sqrt(math.pi / 2) * 10 / 6
    assert outliers.fences.high == pytest.approx(3.5 * above)
    # nothing is above the median
    outliers = judged([-9.0, -2.0, -1.0, 0.0, 0.0, 0.0, 0.0], "double-mad")
    assert outliers.fences.high == -outliers.fences.low
    assert judged([1.0, 1.0, 1.0], "double-mad").rule is None


@pytest.mark.parametrize(
    ("rule", "expected", "few"),
    [
        ("double-mad", lambda n: expected_by_sides(n, 3.5), 0.05),
        ("adjusted-boxplot", lambda n: expected_beyond(n, 1.5), 0.15),
    ],
)
@pytest.mark.parametrize("n", [20, 50, 200])
def test_normal_rows_are_flagged_about_as_often_as_expected(rule, expected, few, n):
    rng = np.random.default_rng(3)
    samples = 20_000 // n
    counts = np.array([judged(rng.normal(size=n), rule).n for _ in range(samples)])
    noise = 4 * counts.std() / math.sqrt(samples)
    assert abs(counts.mean() - expected(n)) < noise + few * counts.mean()


def test_many_normal_rows_are_flagged_as_by_the_rules_for_symmetric_errors():
    assert expected_by_sides(10**9, 3.5) == pytest.approx(465258.158, rel=1e-5)
    assert expected_beyond(10**8, 1.5) == pytest.approx(10**8 * 0.006976603, rel=1e-3)
