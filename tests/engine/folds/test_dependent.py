"""Clusters and time series: standard errors against another library, and the fixed-b law against its papers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from losscli.engine.folds.dependent import (
    plainly_dependent,
    pulls_on_mean,
    sampling_along_time,
    sampling_by_clusters,
)
from losscli.engine.folds.estimate import Student
from losscli.engine.folds.fixed_b import FixedB, bandwidth

TWO_ROUTES = 1e-10
LITERAL = 1e-12


def sampling_by_equal_clusters(pulls):
    return sampling_by_clusters(pulls, np.ones(len(pulls)))


def sampling_along_even_time(pulls):
    return sampling_along_time(pulls, np.ones(len(pulls)))


SAMPLINGS = (sampling_by_equal_clusters, sampling_along_even_time)


def pulls_of(values):
    return pulls_on_mean(np.ones(len(values)), np.asarray(values, dtype=float))


def test_pulls_by_hand():
    # values 2 and 6 with weights 1 and 3: mean 5
    assert pulls_on_mean(np.array([1.0, 3.0]), np.array([2.0, 18.0])).tolist() == [-0.75, 0.75]


def test_clusters_by_hand():
    # pulls −2, −1, 3 of 3 clusters: Σ² = 14, Σ³ = 18
    found = sampling_by_equal_clusters(np.array([-2.0, -1.0, 3.0]))
    assert (found.n, found.law) == (3, Student(2))
    assert found.variance == pytest.approx(14 * 3 / 2, rel=LITERAL)
    assert found.skewness == pytest.approx(18 / 14**1.5 * (2 / 3) ** 1.5, rel=LITERAL)


def test_clusters_that_differ_by_hand():
    # shares ½, ¼, ¼: Σh² = 3/8, Σh³ = 5/32, so of 3/8 there are 3/8 − 10/32 + 9/64 = 13/64 to be seen, and
    # the squares of the pulls' covariances (12, −6, −6; −6, 7, −1; −6, −1, 7)/128 sum to 97/4096
    found = sampling_by_clusters(np.array([-2.0, -1.0, 3.0]), np.array([2.0, 1.0, 1.0]))
    assert found.variance == pytest.approx(14 * (3 / 8) / (13 / 64), rel=LITERAL)
    assert found.law.degrees == pytest.approx((13 / 64) ** 2 / (97 / 4096), rel=LITERAL)
    assert found.skewness == pytest.approx(18 / found.variance**1.5, rel=LITERAL)


def test_a_series_by_hand():
    # n = 4 has 3 lags with weights 1, 2/3, 1/3: products at lag 0, 1, 2 of 1, −1, 2, −2 are 10, −7, 4
    found = sampling_along_even_time(np.array([1.0, -1.0, 2.0, -2.0]))
    assert (found.n, found.skewness, found.law) == (4, 0.0, FixedB(4, 3))
    assert found.variance == pytest.approx(10 + 2 * (-7 * 2 / 3 + 4 / 3), rel=LITERAL)


def test_periods_that_differ_by_hand():
    # shares ½, ¼, ¼: 3/8 over 13/64, where equal ones have 3/2
    even, uneven = (
        sampling_along_time(np.array([-2.0, -1.0, 3.0]), w) for w in (np.ones(3), np.array([2.0, 1.0, 1.0]))
    )
    assert uneven.variance == pytest.approx(even.variance * (3 / 8) / (13 / 64) / (3 / 2), rel=LITERAL)
    assert uneven.law == even.law


@pytest.mark.parametrize("n", [2, 7, 40, 333])
def test_the_variance_of_a_series_is_newey_and_wests(n):
    import statsmodels.api as sm

    d = np.cumsum(np.random.default_rng(n).normal(size=n)) * 0.3 + 1
    fit = sm.OLS(d, np.ones(n)).fit(
        cov_type="HAC", cov_kwds={"maxlags": bandwidth(n) - 1, "use_correction": False}, use_t=True
    )
    assert math.sqrt(sampling_along_even_time(pulls_of(d)).variance) == pytest.approx(fit.bse[0], rel=TWO_ROUTES)


@pytest.mark.parametrize(("n", "lags"), [(2, 2), (3, 3), (30, 8), (100, 13), (1_000, 42), (10_000, 130)])
def test_the_bandwidth_grows_with_the_root_of_the_rows(n, lags):
    assert bandwidth(n) == lags


def test_time_runs_either_way():
    pulls = pulls_of(np.cumsum(np.random.default_rng(8).normal(size=50)))
    there, back = (sampling_along_even_time(each).variance for each in (pulls, pulls[::-1]))
    assert there == pytest.approx(back, rel=LITERAL)


@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("pulls", [[], [0.0], [0.0, 0.0, 0.0], [1e200, -1e200]])
def test_nothing_to_judge_by_gives_no_variance(sampling, pulls):
    with np.errstate(over="ignore"):
        found = sampling(np.array(pulls))
    assert found.n == len(pulls)
    assert found.variance in (0.0, math.inf)


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


@pytest.mark.parametrize(
    ("correlation", "n", "plain"),
    [(0.3, 1_000, True), (0.3, 100, False), (0.09, 10**6, False), (0.11, 10**6, True), (-0.8, 1_000, False)],
)
def test_what_is_plainly_dependent(correlation, n, plain):
    assert plainly_dependent(correlation, n) is plain
