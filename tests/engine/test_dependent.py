"""Clusters and time series: standard errors against another library, and the fixed-b law against its papers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from losscli.engine.dependent import (
    cluster_estimate,
    intraclass_correlation,
    lag_one_autocorrelation,
    plainly_dependent,
    pulls_on_log_ratio,
    pulls_on_mean,
    series_estimate,
)
from losscli.engine.estimate import Student, interval_of, p_value_of
from losscli.engine.fixed_b import FixedB, bandwidth

TWO_ROUTES = 1e-10
LITERAL = 1e-12


def pulls_of(values):
    return pulls_on_mean(np.ones(len(values)), np.asarray(values, dtype=float))


def summed(clusters, *columns):
    return [np.bincount(clusters, weights=column) for column in columns]


# Pulls


def test_pulls_by_hand():
    mean, pulls = pulls_on_mean(np.array([1.0, 3.0]), np.array([2.0, 18.0]))  # values 2 and 6
    assert mean == 5.0
    assert pulls.tolist() == [-0.75, 0.75]
    log_ratio, pulls = pulls_on_log_ratio(np.ones(2), np.array([1.0, 3.0]), np.array([4.0, 4.0]))
    assert log_ratio == pytest.approx(math.log(2), rel=LITERAL)
    assert pulls.tolist() == [0.25, -0.25]
    assert pulls_on_log_ratio(np.ones(2), np.zeros(2), np.ones(2)) is None


# Clusters


@pytest.mark.parametrize("weighted", [False, True])
def test_clusters_are_those_of_statsmodels(weighted):
    import statsmodels.api as sm

    rng = np.random.default_rng(2)
    clusters = rng.integers(0, 14, size=300)
    d = rng.normal(size=14)[clusters] + rng.normal(0.3, size=300)
    w = rng.uniform(0.5, 3, size=300) if weighted else np.ones(300)
    mean, pulls = pulls_on_mean(*summed(clusters, w, w * d))
    fit = sm.WLS(d, np.ones(300), weights=w).fit(cov_type="cluster", cov_kwds={"groups": clusters}, use_t=True)
    estimate = cluster_estimate(mean, pulls)
    assert (estimate.value, estimate.se) == pytest.approx((fit.params[0], fit.bse[0]), rel=TWO_ROUTES)
    assert estimate.law == Student(13)
    assert p_value_of(estimate) == pytest.approx(fit.pvalues[0], rel=TWO_ROUTES)
    assert interval_of(estimate, 0.9) == pytest.approx(tuple(fit.conf_int(0.1)[0]), rel=TWO_ROUTES)


def test_clusters_of_one_row_are_the_plain_t():
    d = np.random.default_rng(4).normal(0.2, size=25)
    assert p_value_of(cluster_estimate(*pulls_of(d))) == pytest.approx(stats.ttest_1samp(d, 0).pvalue, rel=TWO_ROUTES)


def test_the_ratio_by_clusters_is_the_delta_method():
    rng = np.random.default_rng(5)
    clusters = np.repeat(np.arange(12), 10)
    a, b = rng.exponential(size=(2, 120)) + rng.exponential(size=12)[clusters]
    value, pulls = pulls_on_log_ratio(*summed(clusters, np.ones(120), a, b))
    assert value == pytest.approx(math.log(b.mean() / a.mean()), rel=TWO_ROUTES)
    by_row = (b - b.mean()) / b.mean() - (a - a.mean()) / a.mean()
    square = np.sum(summed(clusters, by_row)[0] ** 2) * 12 / 11
    assert cluster_estimate(value, pulls).se == pytest.approx(math.sqrt(square) / 120, rel=TWO_ROUTES)


# Series


@pytest.mark.parametrize("n", [2, 7, 40, 333])
def test_the_standard_error_of_a_series_is_newey_and_wests(n):
    import statsmodels.api as sm

    d = np.cumsum(np.random.default_rng(n).normal(size=n)) * 0.3 + 1
    fit = sm.OLS(d, np.ones(n)).fit(
        cov_type="HAC", cov_kwds={"maxlags": bandwidth(n) - 1, "use_correction": False}, use_t=True
    )
    estimate = series_estimate(*pulls_of(d))
    assert (estimate.value, estimate.se) == pytest.approx((fit.params[0], fit.bse[0]), rel=TWO_ROUTES)
    assert estimate.law == FixedB(n, bandwidth(n))


@pytest.mark.parametrize(("n", "lags"), [(2, 2), (3, 3), (30, 8), (100, 13), (1_000, 42), (10_000, 130)])
def test_the_bandwidth_grows_with_the_root_of_the_rows(n, lags):
    assert bandwidth(n) == lags


def test_time_runs_either_way():
    d = np.cumsum(np.random.default_rng(8).normal(size=50))
    forwards, backwards = series_estimate(*pulls_of(d)), series_estimate(*pulls_of(d[::-1]))
    assert (forwards.value, forwards.se) == pytest.approx((backwards.value, backwards.se), rel=LITERAL)


@pytest.mark.parametrize("estimate_of", [cluster_estimate, series_estimate])
@pytest.mark.parametrize("values", [[], [1.0], [0.0, 0.0, 0.0], [0.1, 0.1, 0.1, 0.1]])
def test_nothing_to_judge_by_gives_nothing(estimate_of, values):
    pulls = pulls_of(values)[1] if values else np.zeros(0)
    assert estimate_of(values[0] if values else math.nan, pulls) is None


@settings(deadline=None)
@given(st.lists(st.floats(-10, 10), min_size=3, max_size=25).filter(lambda v: np.ptp(v) > 0.1), st.floats(0.1, 0.999))
def test_interval_and_p_value_are_inverses(values, level):
    for estimate in (cluster_estimate(*pulls_of(values)), series_estimate(*pulls_of(values))):
        low, high = interval_of(estimate, level)
        assert p_value_of(estimate, low) == pytest.approx(1 - level, rel=1e-7)
        assert p_value_of(estimate, high) == pytest.approx(1 - level, rel=1e-7)
        assert p_value_of(estimate, estimate.value) == pytest.approx(1.0, abs=LITERAL)


# The fixed-b law


def test_two_rows_have_students_law():
    # se = |d1 − d2|/4, so mean/se is 2T with T of one degree
    for t in (0.5, 3.0, 12.706204736174694):
        assert FixedB(2, 2).tail(2 * t) == pytest.approx(2 * stats.t.sf(t, 1), rel=1e-6)
    assert FixedB(2, 2).critical(0.95) == pytest.approx(2 * 12.706204736174694, rel=1e-6)


def test_lags_of_one_row_are_the_plain_t():
    # se² is that of Student's t without the factor n/(n − 1)
    n = 12
    assert FixedB(n, 1).critical(0.95) == pytest.approx(stats.t.ppf(0.975, n - 1) * math.sqrt(n / (n - 1)), rel=1e-8)


# Kiefer & Vogelsang (2005), table I: cubics in b that were fitted to simulated critical values of Bartlett's kernel
KIEFER_VOGELSANG = {
    0.80: (1.2816, 1.3040, 0.5135, -0.3386),
    0.90: (1.6449, 2.1859, 0.3142, -0.3427),
    0.95: (1.9600, 2.9694, 0.4160, -0.5324),
    0.98: (2.3263, 4.1618, 0.5368, -0.9060),
}


@pytest.mark.parametrize("level", KIEFER_VOGELSANG)
@pytest.mark.parametrize("b", [0.1, 0.2, 0.4, 0.6, 0.8, 1.0])
def test_critical_values_are_those_of_kiefer_and_vogelsang(level, b):
    cubic = sum(coefficient * b**power for power, coefficient in enumerate(KIEFER_VOGELSANG[level]))
    n = 500
    fit_and_simulation = 0.02  # of a cubic to 50 000 draws
    assert FixedB(n, round(b * n)).critical(level) == pytest.approx(cubic, rel=fit_and_simulation)


@pytest.mark.parametrize("level", [0.9, 0.95, 0.999])
def test_long_series_near_the_normal_law(level):
    normal = stats.norm.ppf((1 + level) / 2)
    law = [FixedB(n, bandwidth(n)).critical(level) for n in (100, 511, 513, 2_000, 20_000, 1_000_000)]
    assert law == sorted(law, reverse=True)
    assert normal < law[-1] < 1.01 * normal
    # 512 points stand for longer series: no step where that begins
    assert law[1] == pytest.approx(law[2], rel=1e-3)


@pytest.mark.parametrize("n", [2, 3, 30, 500, 3_000])
def test_tails_fall_from_one_to_nothing(n):
    law = FixedB(n, bandwidth(n))
    tails = [law.tail(t) for t in (0.0, 0.01, 0.5, 1, 2, 4, 16, 1e4)]
    assert tails[0] == 1.0
    assert tails == sorted(tails, reverse=True)
    assert tails[-1] < 1e-3
    for level in (0.01, 0.5, 0.95, 0.9999):
        assert law.tail(law.critical(level)) == pytest.approx(1 - level, rel=1e-8)


# How far rows depend


def test_autocorrelation_by_hand():
    assert lag_one_autocorrelation(np.array([1.0, 2.0, 3.0])) == 0.0
    assert lag_one_autocorrelation(np.array([1.0, -1.0, 1.0, -1.0])) == -0.75
    assert lag_one_autocorrelation(np.array([5.0, 5.0])) is None
    assert lag_one_autocorrelation(np.array([])) is None


def test_autocorrelation_is_that_of_statsmodels():
    from statsmodels.tsa.stattools import acf

    d = np.cumsum(np.random.default_rng(1).normal(size=200))
    assert lag_one_autocorrelation(d) == pytest.approx(acf(d, nlags=1, fft=False)[1], rel=TWO_ROUTES)


def test_intraclass_correlation_by_hand():
    # clusters (1, 2), (3, 4), (5, 6): mean squares 8 between and 1/2 within, so 7.5 / 8.5
    values = np.arange(1.0, 7.0)
    square = np.sum((values - 3.5) ** 2)
    found = intraclass_correlation(np.array([2, 2, 2]), np.array([3.0, 7.0, 11.0]), square)
    assert found == pytest.approx(7.5 / 8.5, rel=LITERAL)
    # clusters (1), (2, 3, 4), sizes count by (4 − 10/4)/1 = 1.5: mean squares 3 and 1, so 2 / 3.5
    assert intraclass_correlation(np.array([1, 3]), np.array([1.0, 9.0]), 5.0) == pytest.approx(2 / 3.5, rel=LITERAL)


def test_intraclass_correlation_at_its_ends():
    assert intraclass_correlation(np.array([2, 2]), np.array([2.0, 6.0]), 4.0) == 1.0  # all alike within
    assert intraclass_correlation(np.array([2, 2]), np.array([4.0, 4.0]), 4.0) == -1.0  # no difference between
    assert intraclass_correlation(np.array([4]), np.array([4.0]), 4.0) is None
    assert intraclass_correlation(np.array([1, 1]), np.array([1.0, 3.0]), 2.0) is None
    assert intraclass_correlation(np.array([2, 2]), np.array([2.0, 2.0]), 0.0) is None


@pytest.mark.parametrize(
    ("correlation", "n", "plain"),
    [(0.3, 1_000, True), (0.3, 100, False), (0.09, 10**6, False), (0.11, 10**6, True), (-0.8, 1_000, False)],
)
def test_what_is_plainly_dependent(correlation, n, plain):
    assert plainly_dependent(correlation, n) is plain
