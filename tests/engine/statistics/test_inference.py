from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace
from scipy import stats

from losscli.engine.folds.summary import Summary
from losscli.engine.statistics.inference import hall_interval, kish, loss_interval, mean_p_value, standard_error
from losscli.losses import parse

# Literals were worked with 15 digits; a few roundings remain
LITERAL = 1e-12
# Two routes through the same formula; the real cube root loses digits only where its argument is near 0
TWO_ROUTES = 1e-9


def summary_of(values, weights=None, infinite=0):
    v = np.asarray(values, dtype=float)
    w = np.ones(len(v)) if weights is None else np.asarray(weights, dtype=float)
    total = float(w.sum())
    mean = float((w * v).sum() / total)
    psi = w * (v - mean) * len(v) / total
    return Summary(
        n=len(v),
        weight=total,
        mean=mean,
        psi2=float((psi**2).sum()),
        psi3=float((psi**3).sum()),
        infinite=infinite,
        skipped=0,
    )


def hall_by_bisection(values, level):
    """The interval of the unweighted mean, each end found by bisection on Hall's g, in the textbook's terms."""
    v = np.asarray(values, dtype=np.longdouble)
    n = len(v)
    s = v.std(ddof=1)
    gamma = ((v - v.mean()) ** 3).mean() / s**3

    def g(t):
        return t + gamma * t**2 / (3 * np.sqrt(n)) + gamma**2 * t**3 / (27 * n) + gamma / (6 * np.sqrt(n))

    def solve(x):
        low, high = np.longdouble(-1e4), np.longdouble(1e4)
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if g(middle) < x else (low, middle)
        return low

    t = stats.t.ppf((1 + level) / 2, n - 1)
    se = s / np.sqrt(np.longdouble(n))
    return float(v.mean() - solve(t) * se), float(v.mean() - solve(-t) * se)


def skewness_of_mean(summary):
    s = math.sqrt(summary.psi2 / (summary.n - 1))
    return summary.psi3 / summary.n / s**3 / math.sqrt(summary.n)


# One row of four carries all: mean 1, Σψ² 12, s 2, standard error 1, Σψ³ 24, γ 3/4, a 3/8
LOPSIDED = summary_of([0, 0, 0, 4])
LOPSIDED_INTERVAL = (-1.357188687919173, 13.80632399397858)  # t(3) = 3.182446305283708; r = 1.2946486, −0.6007905


def samples(low=-100.0, high=100.0, max_size=30):
    rows = st.lists(st.floats(low, high), min_size=2, max_size=max_size)
    return rows.filter(lambda v: np.ptp(v) > 1e-3)


weighted_samples = st.lists(st.tuples(st.floats(-100, 100), st.floats(0.01, 100)), min_size=2, max_size=30).filter(
    lambda rows: np.ptp([v for v, _ in rows]) > 1e-3
)
levels = st.floats(0.5, 0.999)


def test_a_lopsided_sample_by_hand():
    assert hall_interval(LOPSIDED, 0.95) == pytest.approx(LOPSIDED_INTERVAL, rel=LITERAL)


def test_the_skewness_of_the_rows_keeps_its_sign_and_is_none_of_equal_ones():
    # deviations −1, −1, 2: Σψ² = Σψ³ = 6
    assert summary_of([0, 0, 3]).skewness == pytest.approx(2 / 2**1.5, rel=LITERAL)
    assert summary_of([0, 0, -3]).skewness == pytest.approx(-2 / 2**1.5, rel=LITERAL)
    assert summary_of([4, 4]).skewness is None
    assert replace(summary_of([0, 0, 3]), psi3=math.inf).skewness is None


def test_p_value_of_the_lopsided_sample_by_hand():
    # T = 1, g = 1 + 1/8 + 1/192 + 1/16 = 1.1927083; Student's law with 3 degrees has a closed form
    assert mean_p_value(LOPSIDED) == pytest.approx(0.3187188847634542, rel=LITERAL)


def test_a_null_other_than_zero_shifts_the_p_value():
    assert mean_p_value(LOPSIDED, null=-1.0) == pytest.approx(mean_p_value(summary_of([1, 1, 1, 5])), rel=LITERAL)


def test_a_weighted_sample_by_hand():
    # mean 3/2, ψ = ∓3/4, so γ = 0 and s² = 9/8, standard error 3/4; t(1) = 12.706204736174694
    low, high = hall_interval(summary_of([1, 3], [3, 1]), 0.95)
    assert (low, high) == pytest.approx((1.5 - 9.529653552131020, 1.5 + 9.529653552131020), rel=LITERAL)


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95, 0.999])
@pytest.mark.parametrize("law", ["exponential", "lognormal", "normal"])
@pytest.mark.parametrize("n", [3, 10, 200])
def test_the_ends_solve_halls_equation(law, n, level):
    values = getattr(np.random.default_rng(n), law)(size=n)
    interval = hall_interval(summary_of(values), level)
    assert interval == pytest.approx(hall_by_bisection(values, level), rel=TWO_ROUTES)
    mirrored = hall_interval(summary_of(-values), level)
    assert mirrored == pytest.approx((-interval[1], -interval[0]), rel=TWO_ROUTES)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99])
@pytest.mark.parametrize("half", [[1], [1, 2], [0.5, 3, 7, 20]])
def test_without_skewness_it_is_students_interval(half, level):
    values = np.concatenate([half, np.negative(half)])
    student = stats.t.interval(level, len(values) - 1, loc=values.mean(), scale=stats.sem(values))
    assert hall_interval(summary_of(values), level) == pytest.approx(student, rel=1e-12)


@pytest.mark.parametrize("a", [1e-4, 1e-7, 1e-9, 1e-12, 1e-16, 1e-40, 1e-300, -1e-9])
def test_nothing_cancels_on_the_way_to_no_skewness(a):
    # standard error 1 at mean 0, so the ends are T itself: T = x − a/6 − ax²/3 + O(a²), here with its a² term
    n = 25
    summary = Summary(n=n, weight=n, mean=0.0, psi2=n * (n - 1), psi3=a * n**3, infinite=0, skipped=0)
    t = stats.t.ppf(0.975, n - 1)
    ends = [-(x - a / 6 - a * x**2 / 3 + a**2 * (x / 9 + 5 * x**3 / 27)) for x in (t, -t)]
    third_order = 30 * abs(a) ** 3
    assert hall_interval(summary, 0.95) == pytest.approx(ends, rel=1e-14, abs=third_order)


@pytest.mark.parametrize(
    ("why", "summary"),
    [
        ("no row", Summary(n=0, weight=0.0, mean=math.nan, psi2=0.0, psi3=0.0, infinite=0, skipped=3)),
        ("one row", summary_of([3.0])),
        ("all rows zero", summary_of([0.0, 0.0, 0.0])),
        ("all rows equal", summary_of([2.5, 2.5, 2.5])),
        ("equal but for rounding", summary_of([0.1] * 3)),
        ("an infinite row", summary_of([1.0, 2.0, 4.0], infinite=1)),
        ("squares overflow", replace(LOPSIDED, psi2=math.inf, psi3=math.inf)),
        ("cubes overflow", replace(LOPSIDED, n=10_000, psi2=1e208, psi3=math.inf)),
        ("the cube of s overflows", replace(LOPSIDED, psi2=1e300, psi3=1e300)),
        ("the cube of s underflows", replace(LOPSIDED, mean=0.0, psi2=1e-220, psi3=0.0)),
        ("centred sums went below zero by rounding", replace(LOPSIDED, psi2=-1e-30, psi3=0.0)),
    ],
)
def test_no_spread_to_judge_by_gives_nothing(why, summary):
    mse = parse("mse")
    answers = (
        hall_interval(summary, 0.95),
        mean_p_value(summary),
        loss_interval(mse, summary, 0.95, 4.0),
        standard_error(mse, summary),
        standard_error(parse("rmse"), summary),
    )
    assert answers == (None, None, None, None, None), why


@given(st.floats(1e-3, 1e6), st.lists(st.floats(0.01, 100), min_size=2, max_size=200))
def test_equal_values_have_no_interval_whatever_the_weights(value, weights):
    assert hall_interval(summary_of([value] * len(weights), weights), 0.95) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mse", (0.0, 13.80632399397858)),
        ("mae", (0.0, 13.80632399397858)),
        ("rmse", (0.0, 3.715686207684736)),
        ("sse", (0.0, 55.22529597591432)),
        ("mbe", (-1.357188687919173, 13.80632399397858)),
    ],
)
def test_the_interval_is_cut_at_the_range_then_reduced(name, expected):
    assert loss_interval(parse(name), LOPSIDED, 0.95, 4.0) == pytest.approx(expected, rel=LITERAL)


@pytest.mark.parametrize(
    ("spelled", "top"),
    [
        ("smape", 200.0),
        ("smape:variant=100", 100.0),
        ("multiclass_brier:half=true", 1.0),
        ("real_world_cost:w_fn=5:w_fp=2", 5.0),
    ],
)
def test_an_upper_end_is_cut_too(spelled, top):
    loss = parse(spelled)
    spread = summary_of([0.2 * top, 0.9 * top, 0.9 * top])
    assert hall_interval(spread, 0.95)[1] > top
    assert loss_interval(loss, spread, 0.95, 4.0)[1] == loss.reduce(top, 3.0)


def mistakes(x, n):
    return summary_of([1.0] * x + [0.0] * (n - x))


@pytest.mark.parametrize(
    ("x", "n", "expected"),
    [
        (0, 100, (0.0, 0.0369934982)),  # z²/(n + z²) with z = 1.959964
        (100, 100, (0.9630065018, 1.0)),
        (7, 50, (0.0695083343, 0.2618619371)),  # statsmodels, proportion_confint(7, 50, method="wilson")
        (0, 1, (0.0, 0.7934506856)),
    ],
)
def test_a_plain_rate_has_wilsons_interval(x, n, expected):
    assert loss_interval(parse("zero_one"), mistakes(x, n), 0.95, n) == pytest.approx(expected, abs=1e-9)


def test_rates_whose_rows_count_differently_and_other_losses_keep_halls():
    summary = mistakes(7, 50)
    assert loss_interval(parse("zero_one"), summary, 0.95, 49.0) == hall_interval(summary, 0.95)
    assert loss_interval(parse("brier"), summary, 0.95, 50.0) == hall_interval(summary, 0.95)
    assert loss_interval(parse("zero_one"), mistakes(0, 50), 0.95, 49.0) is None
    assert loss_interval(parse("zero_one"), replace(summary, psi2=math.nan), 0.95, 50.0) is None


@pytest.mark.parametrize(("n", "average", "worst"), [(20, 0.955, 0.84), (100, 0.952, 0.86), (1_000, 0.950, 0.92)])
def test_how_often_it_holds_a_rate_up_to_20_percent(n, average, worst):
    """Exact, over all counts of mistakes: the figures that the documentation gives."""
    counts = np.arange(n + 1)
    low, high = np.array([loss_interval(parse("zero_one"), mistakes(x, n), 0.95, n) for x in counts.tolist()]).T
    rates = np.linspace(0.001, 0.2, 400)[:, np.newaxis]
    held = np.sum(stats.binom.pmf(counts, n, rates) * ((low <= rates) & (rates <= high)), axis=1)
    assert held.mean() == pytest.approx(average, abs=5e-4)
    assert held.min() == pytest.approx(worst, abs=5e-3)


def test_a_weighted_sum_multiplies_by_the_sum_of_weights():
    summary = summary_of([1, 3], [30, 10])
    low, high = loss_interval(parse("sse"), summary, 0.5, 4.0)  # t(1) = 1 at level ½
    assert (low, high) == pytest.approx((40 * 0.75, 40 * 2.25), rel=LITERAL)
    assert standard_error(parse("sse"), summary) == pytest.approx(40 * 0.75, rel=LITERAL)


@pytest.mark.parametrize(("name", "expected"), [("mse", 1.0), ("mbe", 1.0), ("sse", 4.0), ("rmse", 0.5)])
def test_standard_errors_by_hand(name, expected):
    assert standard_error(parse(name), LOPSIDED) == pytest.approx(expected, rel=LITERAL)


def test_the_standard_error_of_a_root_is_the_slope_times_that_of_the_mean():
    summary = summary_of([1.0, 4.0, 9.0, 2.0])
    rmse, mse = parse("rmse"), parse("mse")
    step = 1e-6
    slope = (rmse.reduce(summary.mean + step, 4.0) - rmse.reduce(summary.mean - step, 4.0)) / (2 * step)
    # a central difference of this step is good to about step² and to rounding / step
    assert standard_error(rmse, summary) == pytest.approx(slope * standard_error(mse, summary), rel=1e-8)


@given(samples(), levels, st.floats(1e-3, 1e3), st.floats(-100, 100))
def test_the_interval_moves_and_stretches_with_the_values(values, level, factor, shift):
    low, high = hall_interval(summary_of(values), level)
    moved = hall_interval(summary_of(factor * np.array(values) + shift), level)
    _far_from_the_cusp(summary_of(values), level)
    rounding = 1e-7 * factor * (high - low)  # the shift rounds values of spread 1e-3 · 1e-3 at a size of 100
    assert moved == pytest.approx((factor * low + shift, factor * high + shift), abs=rounding)


@given(weighted_samples, levels, st.floats(1e-6, 1e6))
def test_the_scale_of_the_weights_does_not_matter(rows, level, factor):
    values, weights = np.array(rows).T
    summary = summary_of(values, weights)
    _far_from_the_cusp(summary, level)
    low, high = hall_interval(summary, level)
    again = hall_interval(summary_of(values, factor * weights), level)
    assert again == pytest.approx((low, high), abs=TWO_ROUTES * (high - low))


@given(samples(), levels)
def test_equal_weights_are_no_weights(values, level):
    _far_from_the_cusp(summary_of(values), level)
    low, high = hall_interval(summary_of(values), level)
    weighted = hall_interval(summary_of(values, [7.0] * len(values)), level)
    assert weighted == pytest.approx((low, high), abs=TWO_ROUTES * (high - low))


@given(weighted_samples, levels, levels)
def test_a_higher_level_holds_the_lower_one(rows, one, other):
    assume(abs(one - other) > 1e-9)  # nearer levels are told apart by no more than rounding
    summary = summary_of(*np.array(rows).T)
    (low, high), (wide_low, wide_high) = (hall_interval(summary, level) for level in sorted((one, other)))
    assert wide_low < low < high < wide_high


@given(weighted_samples, st.floats(0.14, 0.999))
def test_the_mean_lies_inside(rows, level):
    summary = summary_of(*np.array(rows).T)
    low, high = hall_interval(summary, level)
    assert low < summary.mean < high


@pytest.mark.parametrize("n", [2, 3, 10, 1_000, 100_000])
def test_the_mean_lies_inside_even_when_one_row_carries_all(n):
    low, high = hall_interval(summary_of([0.0] * (n - 1) + [1.0]), 0.14)
    assert low < 1 / n < high


@given(weighted_samples, st.floats(-50, 50))
def test_p_is_small_just_where_the_interval_leaves_the_null_out(rows, null):
    summary = summary_of(*np.array(rows).T)
    p = mean_p_value(summary, null)
    low, high = hall_interval(summary, 0.95)
    assume(abs(p - 0.05) > 1e-9)
    assert 0 <= p <= 1
    assert (p < 0.05) == (not low <= null <= high)


def test_p_is_small_just_where_the_interval_leaves_zero_out_over_many_draws():
    rng = np.random.default_rng(20)
    outside = 0
    for draws in rng.lognormal(size=(2_000, 12)) - 1.6:
        summary = summary_of(draws)
        low, high = hall_interval(summary, 0.95)
        outside += not low <= 0 <= high
        assert (mean_p_value(summary) < 0.05) == (not low <= 0 <= high)
    assert 100 < outside < 1_900  # both outcomes are met


@given(weighted_samples, st.floats(-50, 50))
def test_the_interval_at_one_minus_p_touches_the_null(rows, null):
    summary = summary_of(*np.array(rows).T)
    p = mean_p_value(summary, null)
    assume(1e-4 < p < 0.9)
    _far_from_the_cusp(summary, 1 - p)
    low, high = hall_interval(summary, 1 - p)
    # 1 − p is rounded: at p = 1e-4 its last bit is 1e-12 of p
    assert min(abs(low - null), abs(high - null)) <= 1e-9 * max(abs(null), high - low)


def _far_from_the_cusp(summary, level):
    """Skip draws with an end where the slope of g is 0: there the end hangs on the last bits of the sums."""
    a = skewness_of_mean(summary)
    t = stats.t.ppf((1 + level) / 2, summary.n - 1)
    assume(all(abs(np.cbrt(1 + a * (x - a / 6))) > 1e-2 for x in (t, -t)))


def test_kish_counts_equal_weights_in_full_and_a_single_heavy_row_once():
    assert kish(40.0, 160.0) == 10.0  # ten rows of weight 4
    assert kish(1.0, 1.0) == 1.0
    assert kish(4.0, 10.0) == 1.6  # weights 3 and 1
    assert kish(2e200, 4e300) == pytest.approx(1e100, rel=LITERAL)  # (Σw)² alone would overflow
