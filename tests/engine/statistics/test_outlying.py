from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from losscli.engine.statistics.outlying import (
    SIGMA_PER_MAD,
    SIGMA_PER_MEAN_DEVIATION,
    THRESHOLD,
    Scale,
    expected_flagged,
    outlier_scale,
)

LITERAL = 1e-14  # a few roundings


def test_the_constants_make_both_scales_estimate_a_normal_standard_deviation():
    assert pytest.approx(1 / stats.norm.ppf(0.75), rel=LITERAL) == SIGMA_PER_MAD
    assert pytest.approx(1 / stats.norm.expect(abs), rel=1e-8) == SIGMA_PER_MEAN_DEVIATION  # quadrature
    assert THRESHOLD == 3.5


def test_the_scale_is_that_of_the_mad():
    scale = outlier_scale(2.0, 99.0)
    assert scale == Scale(scale=pytest.approx(2.965204437011204, rel=LITERAL), rule="modified-z>3.5")
    assert scale.limit == pytest.approx(10.378215529539214, rel=LITERAL)


def test_without_a_mad_the_mean_absolute_deviation_stands_in():
    scale = outlier_scale(0.0, 2.0)
    assert scale == Scale(scale=pytest.approx(2.5066282746310002, rel=LITERAL), rule="mean-absolute-deviation>3.5")
    assert scale.limit == pytest.approx(8.773198961208501, rel=LITERAL)


def test_equal_residuals_have_no_scale():
    assert outlier_scale(0.0, 0.0) is None


@given(st.floats(1e-100, 1e100), st.floats(1e-100, 1e100))
def test_the_limit_is_in_the_unit_of_the_residuals(mad, factor):
    limit, scaled = outlier_scale(mad, mad).limit, outlier_scale(factor * mad, factor * mad).limit
    assert scaled == pytest.approx(factor * limit, rel=LITERAL)


def test_the_published_constant_judges_nothing_else_but_a_sliver_below_the_limit():
    published = 3.5 / 0.6745
    assert 0 < outlier_scale(1.0, 1.0).limit - published < 8e-5


def test_how_many_rows_a_normal_law_puts_beyond():
    # of many rows 2 (1 − Φ(3.5)) = 0.0465258 %, the rest is what their MAD still varies
    assert expected_flagged(1_000_000_000) == pytest.approx(465258.1580710802, rel=1e-6)
    assert expected_flagged(1_000_000, 1.959963984540054) == pytest.approx(50_000.0, rel=1e-4)
    assert expected_flagged(0) == 0.0


@pytest.mark.parametrize("n", [10, 20, 50, 200])
def test_few_normal_residuals_are_flagged_as_often_as_expected(n):
    samples = 400_000 // n
    residuals = np.random.default_rng(n).normal(size=(samples, n))
    distance = np.abs(residuals - np.median(residuals, axis=1, keepdims=True))
    mads = np.median(distance, axis=1)
    limits = np.array([outlier_scale(mad, mad).limit for mad in mads])
    flagged = np.count_nonzero(distance > limits[:, np.newaxis], axis=1)
    # four standard errors of the mean count, and a tenth for the approximation; Φ alone is off by 40 % to 97 %
    noise = 4 * flagged.std() / math.sqrt(samples)
    assert abs(flagged.mean() - expected_flagged(n)) < noise + 0.1 * flagged.mean()


def test_normal_residuals_are_flagged_as_often_as_expected():
    n = 1_000_000
    residuals = np.random.default_rng(35).normal(3.0, 7.0, size=n)
    distance = np.abs(residuals - np.median(residuals))
    flagged = np.count_nonzero(distance > outlier_scale(float(np.median(distance)), float(distance.mean())).limit)
    # four standard deviations of the count; the noise of MAD itself adds a twentieth of one
    assert abs(flagged - expected_flagged(n)) < 4 * math.sqrt(expected_flagged(n))
