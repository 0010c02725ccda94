"""Intervals and p-values of paired differences and ratios, against independent computations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import optimize, stats
from streams import batches, kernel, squared_error

from losscli.arrays import Reduction
from losscli.engine.folds.fold import fold
from losscli.engine.statistics.paired import PairedMoments
from losscli.engine.statistics.paired_inference import (
    difference_estimate,
    difference_interval,
    difference_p_value,
    ratio,
    ratio_interval,
)

TWO_ROUTES = 1e-10  # the agreement that the issue asks for
LITERAL = 1e-12


def pair_of_losses(baseline, candidate, weight=None):
    """Return the pair of given losses: absolute errors of predictions of 0, infinite ones by mape."""
    baseline = np.asarray(baseline, dtype=float)
    (standings,) = fold(
        batches(np.zeros_like(baseline), baseline, candidate, weight=weight), (PairedMoments(kernel("mae"), (0, 1)),), 1
    )
    return standings.pairs[0]


def drawn(n, seed=1, law="exponential"):
    rng = np.random.default_rng(seed)
    shared = getattr(rng, law)(size=n)
    return shared + rng.exponential(0.3, size=n), shared + rng.exponential(0.35, size=n)


losses = st.lists(
    st.tuples(st.floats(0.01, 100), st.floats(0.01, 100), st.floats(0.05, 20)), min_size=3, max_size=30
).filter(lambda rows: np.ptp([b - a for a, b, _ in rows]) > 1e-2)
levels = st.floats(0.5, 0.999)


@pytest.mark.parametrize("n", [2, 3, 30, 100, 1_000])
def test_the_difference_is_scipys_paired_t(n):
    baseline, candidate = drawn(n, n)
    pair, scipys = pair_of_losses(baseline, candidate), stats.ttest_rel(candidate, baseline)
    assert difference_p_value(pair) == pytest.approx(scipys.pvalue, rel=TWO_ROUTES)
    for level in (0.5, 0.9, 0.95, 0.999):
        theirs = scipys.confidence_interval(level)
        assert difference_interval(pair, level) == pytest.approx((theirs.low, theirs.high), rel=TWO_ROUTES)


@pytest.mark.parametrize("n", [10, 250])
def test_the_difference_is_the_diebold_mariano_test_at_horizon_one(n):
    baseline, candidate = drawn(n, 7 * n, "lognormal")
    d = candidate - baseline
    autocovariance = np.mean((d - d.mean()) ** 2)
    diebold_mariano = d.mean() / math.sqrt(autocovariance / n)
    h = 1
    harvey_leybourne_newbold = math.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n) * diebold_mariano
    p = 2 * stats.t.sf(abs(harvey_leybourne_newbold), n - 1)
    assert difference_p_value(pair_of_losses(baseline, candidate)) == pytest.approx(p, rel=TWO_ROUTES)


def fieller(baseline, candidate, level, weight=None):
    """Return the ends of the ratios ρ at which the t test of candidate − ρ · baseline does not reject, by search."""
    n = len(baseline)
    weight = np.ones(n) if weight is None else weight
    critical = stats.t.isf((1 - level) / 2, squared_error(baseline, weight)[1])

    def excess(rho):
        d = candidate - rho * baseline
        return np.average(d, weights=weight) ** 2 - critical**2 * squared_error(d, weight)[0]

    at = np.average(candidate, weights=weight) / np.average(baseline, weights=weight)
    high = at
    while excess(high) <= 0:
        high *= 2
    return optimize.brentq(excess, 0, at, xtol=1e-15, rtol=1e-14), optimize.brentq(excess, at, high, rtol=1e-14)


def test_a_pair_by_hand():
    # losses 1, 2, 3 against 2, 2, 7: d = 1, 0, 4 with mean 5/3, s² = 13/3
    pair = pair_of_losses([1, 2, 3], [2, 2, 7])
    estimate = difference_estimate(pair)
    assert (estimate.value, estimate.se) == pytest.approx((5 / 3, math.sqrt(13 / 9)), rel=LITERAL)
    assert ratio(pair) == pytest.approx(11 / 6, rel=LITERAL)
    # at 70 %, t = 1.386207 of 2 degrees: x = ρ − 1 with (5/3 − 2x)² = t²/3 (13/3 − 2x · 3/2 + x²), as Cov(d, b) = 3/2
    a, b, c = (four - 1.3862065601673446**2 / 3 * v for four, v in ((4, 1), (-20 / 3, -3), (25 / 9, 13 / 3)))
    root = math.sqrt(b * b - 4 * a * c)
    ends = 1 + (-b - root) / (2 * a), 1 + (-b + root) / (2 * a)
    assert ratio_interval(pair, 0.7) == pytest.approx(ends, rel=LITERAL)
    assert ratio_interval(pair, 0.7, Reduction.SUM) == ratio_interval(pair, 0.7)
    assert ratio(pair, Reduction.ROOT_MEAN) == pytest.approx(math.sqrt(11 / 6), rel=LITERAL)
    roots = tuple(map(math.sqrt, ends))
    assert ratio_interval(pair, 0.7, Reduction.ROOT_MEAN) == pytest.approx(roots, rel=LITERAL)


@pytest.mark.parametrize("n", [5, 60, 2_000])
def test_p_is_that_of_diebold_and_mariano_as_harvey_leybourne_and_newbold_correct_it(n):
    baseline, candidate = drawn(n, n)
    d = candidate - baseline
    horizon = 1
    # Diebold & Mariano (1995): no autocovariance counts at horizon 1; Harvey, Leybourne & Newbold (1997), equation 9
    statistic = d.mean() / math.sqrt(np.mean((d - d.mean()) ** 2) / n)
    statistic *= math.sqrt((n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n)
    expected = 2 * stats.t.sf(abs(statistic), n - 1)
    assert difference_p_value(pair_of_losses(baseline, candidate)) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("weighted", [False, True])
def test_standard_errors_are_those_of_the_rows_pulls(weighted):
    baseline, candidate = drawn(200, 5)
    w = np.random.default_rng(6).uniform(0.2, 5, size=200) if weighted else np.ones(200)
    estimate = difference_estimate(pair_of_losses(baseline, candidate, w if weighted else None))
    square, degrees = squared_error(candidate - baseline, w)
    assert estimate.se == pytest.approx(math.sqrt(square), rel=TWO_ROUTES)
    assert estimate.law.degrees == pytest.approx(degrees, rel=TWO_ROUTES)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("n", "level"), [(8, 0.8), (50, 0.95), (1_000, 0.99)])
def test_the_interval_of_the_ratio_inverts_the_test_at_every_ratio(n, level, weighted):
    baseline, candidate = drawn(n, n)
    weight = np.random.default_rng(6).uniform(0.2, 5, size=n) if weighted else None
    pair = pair_of_losses(baseline, candidate, weight)
    assert ratio_interval(pair, level) == pytest.approx(fieller(baseline, candidate, level, weight), rel=TWO_ROUTES)


@given(losses, levels)
def test_no_change_lies_inside_exactly_where_the_test_does_not_reject(rows, level):
    pair = pair_of_losses(*np.array(rows).T)
    interval = ratio_interval(pair, level)
    p = difference_p_value(pair)
    assume(interval is not None)
    assume(abs(p - (1 - level)) > 1e-9)
    assert (interval[0] <= 1 <= interval[1]) == (p >= 1 - level)


@given(losses, levels)
def test_the_interval_of_the_ratio_is_open_where_a_mean_cannot_be_told_from_0(rows, level):
    baseline, candidate, _ = np.array(rows).T
    assume(np.ptp(baseline) > 1e-2)
    assume(np.ptp(candidate) > 1e-2)
    p = [stats.ttest_1samp(column, 0.0).pvalue for column in (baseline, candidate)]
    assume(min(abs(each - (1 - level)) for each in p) > 1e-9)
    known = [each < 1 - level for each in p]
    interval = ratio_interval(pair_of_losses(baseline, candidate), level)
    assert (interval is not None) == any(known)
    if interval is not None:
        assert (interval[0] > 0, interval[1] < math.inf) == (known[1], known[0])


def test_nearly_equal_models_lose_no_digits():
    rng = np.random.default_rng(12)
    baseline, tiny = rng.exponential(size=500), 2.0**-30 * rng.integers(-512, 600, size=500) / 1024
    baseline = np.round(baseline * 1024) / 1024 + 1  # sums with the tiny difference are exact
    pair = pair_of_losses(baseline, baseline + tiny)
    expected = stats.ttest_1samp(tiny, 0.0).pvalue
    assert difference_p_value(pair) == pytest.approx(expected, rel=TWO_ROUTES)
    low, high = ratio_interval(pair, 0.95)
    # a ratio of 1 + 1e-11 is a float to 2e-16; the variance of the tiny differences is good to 1e-6
    (variance, product), (_, square) = stats.t.isf(0.025, 499) ** 2 / 500 * np.cov(tiny, baseline)
    b, d = baseline.mean(), tiny.mean()
    ends = sorted(np.roots([b * b - square, -2 * (d * b - product), d * d - variance]))
    assert (low - 1, high - 1) == pytest.approx(tuple(ends), rel=1e-5, abs=1e-15)


@given(losses, levels)
def test_swapping_the_models_turns_signs_and_inverts_ratios(rows, level):
    baseline, candidate, weight = np.array(rows).T
    there, back = pair_of_losses(baseline, candidate, weight), pair_of_losses(candidate, baseline, weight)
    low, high = difference_interval(there, level)
    assert difference_interval(back, level) == (-high, -low)
    assert difference_p_value(back) == difference_p_value(there)
    if (interval := ratio_interval(there, level)) is not None:
        inverse = 1 / interval[1], 1 / interval[0] if interval[0] else math.inf
        # the squares of nearly proportional losses cancel
        assert ratio_interval(back, level) == pytest.approx(inverse, rel=1e-6)
    assert ratio(back) == pytest.approx(1 / ratio(there), rel=LITERAL)


@given(losses, st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
def test_units_scale_the_difference_and_leave_ratios(rows, factor, weight_factor):
    baseline, candidate, weight = np.array(rows).T
    pair = pair_of_losses(baseline, candidate, weight)
    scaled = pair_of_losses(factor * baseline, factor * candidate, weight_factor * weight)
    low, high = difference_interval(pair, 0.9)
    # where one row has nearly all of the weight, the digits of the degrees of freedom cancel
    noise = 1e-6 * factor * (high - low)
    assert difference_interval(scaled, 0.9) == pytest.approx((factor * low, factor * high), abs=noise)
    assert difference_p_value(scaled) == pytest.approx(difference_p_value(pair), rel=1e-6)
    assert ratio(scaled) == pytest.approx(ratio(pair), rel=LITERAL)


@given(losses, levels)
def test_interval_and_p_value_are_inverses(rows, level):
    pair = pair_of_losses(*np.array(rows).T)
    low, high = difference_interval(pair, level)
    p = difference_p_value(pair)
    assume(abs(p - (1 - level)) > 1e-9)
    assert 0 <= p <= 1
    assert (p < 1 - level) == (not low <= 0 <= high)
    if 1e-6 < p < 0.99:
        low, high = difference_interval(pair, 1 - p)
        assert min(abs(low), abs(high)) <= 1e-8 * (high - low)


@given(losses)
def test_the_interval_of_the_ratio_holds_the_ratio(rows):
    pair = pair_of_losses(*np.array(rows).T)
    interval = ratio_interval(pair, 0.9)
    assume(interval is not None)
    assert 0 <= interval[0] <= ratio(pair) * (1 + LITERAL)
    assert ratio(pair) <= interval[1] * (1 + LITERAL)


@pytest.mark.parametrize(
    ("why", "baseline", "candidate"),
    [
        ("no row", [], []),
        ("one row", [1.0], [2.0]),
        ("identical", [1.0, 2.0, 5.0], [1.0, 2.0, 5.0]),
        ("equal but for rounding", [0.1, 0.2, 0.3], [0.1, np.nextafter(0.2, 1), 0.3]),
        ("an infinite row", [1.0, 2.0, math.inf], [2.0, 3.0, 4.0]),
        ("infinite in both", [1.0, 2.0, math.inf], [2.0, 3.0, math.inf]),
        ("squares overflow", [1e200, 2e200, 5e200], [2e200, 9e200, 1e200]),
    ],
)
def test_nothing_to_judge_by_gives_nothing(why, baseline, candidate):
    pair = pair_of_losses(baseline, candidate)
    answers = difference_interval(pair, 0.9), difference_p_value(pair), ratio_interval(pair, 0.9)
    assert answers == (None, None, None), why


def test_a_constant_difference_has_a_ratio_but_no_interval():
    pair = pair_of_losses([1.0, 2.0, 6.0], [2.0, 3.0, 7.0])
    assert difference_interval(pair, 0.9) is None
    assert difference_p_value(pair) is None
    assert ratio_interval(pair, 0.9) is None
    assert ratio(pair) == pytest.approx(4 / 3)


def test_proportional_losses_have_one_ratio():
    baseline = np.random.default_rng(3).exponential(size=40)
    pair = pair_of_losses(baseline, 1.7 * baseline)
    assert difference_p_value(pair) < 1e-6
    # the root of what rounding leaves of 0
    assert ratio_interval(pair, 0.9) == pytest.approx((1.7, 1.7), abs=1e-7)
    assert ratio(pair) == pytest.approx(1.7, rel=LITERAL)


def test_a_ratio_may_have_a_limit_on_one_side_only():
    # one row carries the first loss: t = 1 with 3 degrees of freedom, below 3.18, so that its mean may be 0
    carried, even = [4.0, 0.0, 0.0, 0.0], [1.0, 2.0, 1.0, 2.0]
    low, high = ratio_interval(pair_of_losses(even, carried), 0.95)
    assert low == 0
    # all ratios up to the one at which t of carried − ρ · even is −3.18 (scipy.stats.t.ppf(0.025, 3))
    t = stats.ttest_1samp(np.subtract(carried, high * np.array(even)), 0.0).statistic
    assert t == pytest.approx(-3.182446305284263, rel=1e-9)
    assert ratio_interval(pair_of_losses(carried, even), 0.95) == pytest.approx((1 / high, math.inf), rel=LITERAL)
    assert ratio_interval(pair_of_losses(carried, [0.0, 0.0, 0.0, 5.0]), 0.95) is None


def test_huge_losses_have_the_ratios_of_small_ones():
    baseline, candidate = drawn(50)
    small = ratio_interval(pair_of_losses(baseline, candidate), 0.9)
    assert ratio_interval(pair_of_losses(1e150 * baseline, 1e150 * candidate), 0.9) == pytest.approx(small, rel=1e-9)


@pytest.mark.parametrize(("baseline", "candidate"), [([0.0, 0.0], [1.0, 2.0]), ([1.0, 2.0], [0.0, 0.0])])
def test_a_mean_of_nothing_has_no_ratio(baseline, candidate):
    pair = pair_of_losses(baseline, candidate)
    assert ratio(pair) is None
    assert ratio_interval(pair, 0.9) is None


def test_infinite_rows_have_no_ratio():
    assert ratio(pair_of_losses([1.0, math.inf], [2.0, 3.0])) is None


@pytest.mark.parametrize(("baseline", "candidate"), [(1.0, 1e-170), (1e-170, 1.0), (1.0, 1e160), (1e-200, 1e150)])
def test_losses_of_sizes_far_apart_have_no_interval_of_their_ratio_or_one_of_numbers(baseline, candidate):
    rows = np.array([0.5, 1.0, 9.0])
    interval = ratio_interval(pair_of_losses(baseline * rows, candidate * rows[::-1]), 0.95)
    assert interval is None or not any(map(math.isnan, interval))
