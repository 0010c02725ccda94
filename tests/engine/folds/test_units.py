"""Means of dependent rows through the accumulators: against statsmodels, the plain tests, and any split of the rows."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from streams import Reader, batches, bits, kernel, uneven

from losscli.arrays import Reduction
from losscli.engine.folds.accumulate import Moments
from losscli.engine.folds.by_class import ClassErrors
from losscli.engine.folds.fixed_b import FixedB, bandwidth
from losscli.engine.folds.fold import fold
from losscli.engine.folds.quantity import LossValue, Residual, Target
from losscli.engine.folds.question import ask
from losscli.engine.folds.units import UnitCount, merged, unit_sums
from losscli.engine.statistics.grouped import Binned, GroupMoments
from losscli.engine.statistics.inference import below_p_value, hall_interval, mean_p_value
from losscli.engine.statistics.paired import PairedMoments
from losscli.engine.statistics.paired_inference import (
    difference_estimate,
    difference_interval,
    difference_p_value,
    ratio_interval,
)

TWO_ROUTES = 1e-10
REORDERED = 1e-9  # relative: sums of a few dozen terms in another order, that cancel
law = settings(deadline=None, max_examples=25, derandomize=True)


def asked(accumulator, *columns, threads=1, **rows):
    with np.errstate(all="ignore"):
        (found,) = fold(batches(*columns, **rows), (accumulator,), threads)
    return found


def drawn(n, clusters, seed=3):
    rng = np.random.default_rng(seed)
    unit = rng.integers(0, clusters, size=n)
    return unit, rng.exponential(size=clusters)[unit] + rng.exponential(size=n), rng.uniform(0.3, 3, size=n)


# Against another library


@pytest.mark.parametrize("weighted", [False, True])
def test_clusters_are_those_of_statsmodels(weighted):
    import statsmodels.api as sm

    unit, values, weight = drawn(500, 14)
    w = weight if weighted else None
    fit = sm.WLS(values, np.ones(500), weights=weight if weighted else np.ones(500)).fit(
        cov_type="cluster", cov_kwds={"groups": unit}, use_t=True
    )
    # statsmodels' factor G/(G − 1) · (n − 1)/(n − k) is that of equal clusters, as k = 1
    factor, degrees = uneven(np.bincount(unit, weights=weight if weighted else None))
    found = asked(Moments(Target()), values, weight=w, unit=unit, rows=97)
    assert (found.mean, found.dependent.variance) == pytest.approx(
        (fit.params[0], fit.bse[0] ** 2 * factor), rel=TWO_ROUTES
    )
    assert found.dependent.n == 14
    assert found.dependent.law.degrees == pytest.approx(degrees, rel=TWO_ROUTES)


@pytest.mark.parametrize("weighted", [False, True])
def test_a_series_is_newey_and_wests_of_statsmodels(weighted):
    import statsmodels.api as sm

    n = 300
    rng = np.random.default_rng(1)
    values, weight = np.cumsum(rng.normal(size=n)) * 0.2, rng.uniform(0.5, 2, size=n)
    order = rng.permutation(n)  # rows are put in order of time, not taken as they come
    w = weight if weighted else np.ones(n)
    fit = sm.WLS(values, np.ones(n), weights=w).fit(
        cov_type="HAC", cov_kwds={"maxlags": bandwidth(n) - 1, "use_correction": False}
    )
    found = asked(
        Moments(Target()), values[order], weight=weight[order] if weighted else None, unit=order, in_time=True, rows=41
    )
    assert (found.mean, found.dependent.variance) == pytest.approx(
        (fit.params[0], fit.bse[0] ** 2 * uneven(w)[0]), rel=TWO_ROUTES
    )
    assert found.dependent.law == FixedB(n, bandwidth(n))


def test_several_rows_at_a_time_are_driscoll_and_kraays():
    import statsmodels.api as sm

    period, values, _ = drawn(600, 50)
    fit = sm.OLS(values, np.ones(600)).fit(
        cov_type="hac-groupsum",
        cov_kwds={"time": period, "maxlags": bandwidth(50) - 1, "use_correction": False, "df_correction": False},
    )
    found = asked(Moments(Target()), values, unit=period, in_time=True, rows=64)
    factor, _ = uneven(np.bincount(period).astype(float))
    assert found.dependent.variance == pytest.approx(fit.bse[0] ** 2 * factor, rel=TWO_ROUTES)
    assert found.dependent.n == 50


def losses(n=200, clusters=12):
    unit, shared, weight = drawn(n, clusters)
    rng = np.random.default_rng(9)
    return unit, shared + rng.exponential(size=n), shared + 1.2 * rng.exponential(size=n), weight


def pair_of(baseline, candidate, **rows):
    return asked(PairedMoments(kernel("mae"), (0, 1)), np.zeros(len(baseline)), baseline, candidate, **rows).pairs[0]


def test_the_difference_of_models_is_that_of_statsmodels_and_its_interval_the_inverse():
    import statsmodels.api as sm

    unit, baseline, candidate, weight = losses()
    fit = sm.WLS(candidate - baseline, np.ones(200), weights=weight).fit(
        cov_type="cluster", cov_kwds={"groups": unit}, use_t=True
    )
    factor, degrees = uneven(np.bincount(unit, weights=weight))
    se = fit.bse[0] * math.sqrt(factor)
    pair = pair_of(baseline, candidate, weight=weight, unit=unit, rows=33)
    p_value = 2 * stats.t.sf(abs(fit.params[0]) / se, degrees)
    assert difference_p_value(pair) == pytest.approx(p_value, rel=TWO_ROUTES)
    interval = stats.t.interval(0.9, degrees, loc=fit.params[0], scale=se)
    assert difference_interval(pair, 0.9) == pytest.approx(interval, rel=TWO_ROUTES)


def test_a_series_of_differences_is_the_diebold_mariano_test():
    n = 90
    rng = np.random.default_rng(2)
    baseline = 3 + np.cumsum(rng.normal(size=n)) * 0.1
    d = rng.normal(size=n)
    d = d + 0.5 * np.roll(d, 1)
    pair = pair_of(baseline, baseline + 0.1 * d, unit=np.arange(n), in_time=True)
    d = 0.1 * (d - d.mean())
    lags = math.ceil(1.3 * math.sqrt(n))
    autocovariances = [np.sum(d[lag:] * d[: n - lag]) / n for lag in range(lags)]
    long_run = autocovariances[0] + 2 * sum((1 - lag / lags) * c for lag, c in enumerate(autocovariances) if lag)
    estimate = difference_estimate(pair)
    assert estimate.se == pytest.approx(math.sqrt(long_run / n), rel=1e-8)  # differences of losses of size 3
    assert estimate.law == FixedB(n, lags)


@pytest.mark.parametrize("in_time", [False, True])
@pytest.mark.parametrize("reduction", [Reduction.MEAN, Reduction.ROOT_MEAN])
def test_the_interval_of_the_ratio_holds_what_its_test_does_not_reject(in_time, reduction):
    unit, baseline, candidate, weight = losses()
    ends = ratio_interval(pair_of(baseline, candidate, weight=weight, unit=unit, in_time=in_time), 0.9, reduction)
    for end in ends:
        rho = end**2 if reduction is Reduction.ROOT_MEAN else end
        of_end = asked(Moments(Target()), candidate - rho * baseline, weight=weight, unit=unit, in_time=in_time)
        t = abs(of_end.mean) / math.sqrt(of_end.dependent.variance)
        assert of_end.dependent.law.tail(t) == pytest.approx(0.1, rel=1e-8)


# Against the plain tests


def test_clusters_of_one_row_are_rows():
    _, values, weight = drawn(60, 7)
    plain = asked(Moments(Target()), values, weight=weight)
    single = asked(Moments(Target()), values, weight=weight, unit=np.random.default_rng(5).permutation(60), rows=11)
    assert hall_interval(single, 0.95) == pytest.approx(hall_interval(plain, 0.95), rel=TWO_ROUTES)
    assert mean_p_value(single, 1.5) == pytest.approx(mean_p_value(plain, 1.5), rel=TWO_ROUTES)
    assert below_p_value(single, 1.5) == pytest.approx(below_p_value(plain, 1.5), rel=TWO_ROUTES)
    other = values + np.random.default_rng(6).normal(size=60) ** 2
    pair, by_row = pair_of(values, other), pair_of(values, other, unit=np.arange(60)[::-1])
    assert difference_p_value(by_row) == pytest.approx(stats.ttest_rel(other, values).pvalue, rel=TWO_ROUTES)
    assert ratio_interval(by_row, 0.95) == pytest.approx(ratio_interval(pair, 0.95), rel=TWO_ROUTES)


def test_equal_clusters_are_the_t_test_of_their_means():
    values = np.random.default_rng(7).normal(0.2, size=(9, 20))
    unit = np.repeat(np.arange(9), 20)
    pair = pair_of(np.full(180, 5.0), 5 + values.ravel() / 10, unit=unit)
    assert difference_p_value(pair) == pytest.approx(stats.ttest_1samp(values.mean(axis=1), 0).pvalue, rel=1e-9)


def test_along_time_an_interval_is_symmetric():
    found = asked(Moments(Target()), drawn(100, 4)[1], unit=np.arange(100), in_time=True)
    low, high = hall_interval(found, 0.9)
    assert (low + high) / 2 == pytest.approx(found.mean, rel=TWO_ROUTES)
    assert mean_p_value(found, high) == pytest.approx(0.1, rel=1e-8)


# What there is nothing to say of


def test_one_cluster_and_equal_clusters_have_no_interval():
    one = asked(Moments(Target()), [1.0, 2.0, 4.0], unit=[3, 3, 3])
    assert (one.dependent.n, one.dependent.variance, hall_interval(one, 0.9)) == (1, 0.0, None)
    equal = asked(Moments(Target()), [0.1, 0.7, 0.3, 0.5, 0.6, 0.2], unit=[0, 0, 1, 1, 2, 2])
    assert hall_interval(equal, 0.9) is None
    pair = pair_of([1.0, 1.0, 1.0, 1.0], [1.1, 1.7, 1.7, 1.1], unit=[0, 0, 1, 1])
    assert difference_estimate(pair) is None


def test_rows_left_out_and_infinite_ones():
    skipping = LossValue(kernel("mape:zero=skip"), 0)
    y_true, y_pred = [0.0, 1.0, 2.0, 4.0, 5.0], [3.0, 2.0, 3.0, 4.0, 9.0]
    found = asked(Moments(skipping), y_true, y_pred, unit=[7, 0, 0, 1, 1])
    without = asked(Moments(skipping), y_true[1:], y_pred[1:], unit=[0, 0, 1, 1])
    assert (found.dependent, found.skipped) == (without.dependent, 1)
    infinite = asked(Moments(LossValue(kernel("mape:zero=inf"), 0)), y_true, y_pred, unit=[7, 0, 0, 1, 1])
    assert (infinite.infinite, hall_interval(infinite, 0.9)) == (1, None)


# Any way of reading


ACCUMULATORS = {
    "moments": Moments(Residual(0)),
    "moments that skip": Moments(LossValue(kernel("mape:zero=skip"), 0)),
    "pairs": PairedMoments(kernel("mape:zero=skip"), (0, 0)),
    "groups": GroupMoments(Residual(0), Target(), Binned(Target(), (-1.0, 0.0, 2.5))),
    "count": UnitCount(9),
}
rows = st.lists(st.tuples(st.integers(-8, 8), st.integers(-8, 8), st.integers(0, 8)), min_size=1, max_size=40)


@pytest.mark.parametrize("accumulator", ACCUMULATORS.values(), ids=ACCUMULATORS)
@law
@given(table=rows, cut=st.integers(1, 9), in_time=st.booleans())
def test_any_split_answers_as_the_whole(accumulator, table, cut, in_time):
    y_true, y_pred, unit = (np.array(column, dtype=float) for column in zip(*table, strict=True))
    with np.errstate(all="ignore"):
        states = [
            each.observe(batch)
            for each in (accumulator,)
            for batch in batches(y_true, y_pred, unit=unit, rows=cut, in_time=in_time)
        ]
        whole = accumulator.observe(*batches(y_true, y_pred, unit=unit, in_time=in_time))
        split = accumulator.empty()
        for state in states:
            split = accumulator.merge(split, state)
        assert (
            bits(accumulator.merge(accumulator.empty(), whole))
            == bits(whole)
            == bits(accumulator.merge(whole, accumulator.empty()))
        )
        before = bits(split)
        one, other = (accumulator.finalise(state) for state in (split, whole))
        again = accumulator.finalise(pickle.loads(pickle.dumps(split)))  # noqa: S301
    assert bits(split) == before
    assert bits(again) == bits(one)
    for found, expected in zip(samplings(one), samplings(other), strict=True):
        assert (found.n, found.law) == (expected.n, expected.law)
        assert (found.variance, found.skewness) == pytest.approx(
            (expected.variance, expected.skewness), rel=REORDERED, abs=1e-12
        )


def samplings(answer):
    if isinstance(answer, int):
        return []
    if hasattr(answer, "number"):
        return [answer.summary(position).dependent for position in range(len(answer.number))]
    if hasattr(answer, "pairs"):
        return [answer.pairs[0].baseline.dependent, answer.models[1].dependent]
    return [answer.dependent]


def test_threads_change_no_bit():
    unit, values, _ = drawn(150_000, 3_000)
    one, two = (asked(Moments(Target()), values, unit=unit, threads=threads) for threads in (1, 2))
    assert bits(one) == bits(two)


@pytest.mark.parametrize("cut", [7, 500])
def test_what_is_kept_is_about_the_number_of_units(cut):
    unit, values, _ = drawn(3_000, 40)
    stretches = ()
    for batch in batches(values, unit=unit, rows=cut):
        stretches = merged(stretches, unit_sums(batch, batch.y_true))
        assert sum(len(each.unit) for each in stretches) <= 2 * 40


def test_groups_have_the_clusters_of_their_rows():
    unit, values, weight = drawn(400, 11)
    group = np.random.default_rng(2).integers(0, 5, size=400)
    edges = tuple(np.arange(4.0))
    reader = Reader(batches(group, group + values, weight=weight, unit=unit, rows=77))
    table = reader.ask(ask(GroupMoments(Residual(0), Target(), Binned(Target(), edges))))
    for positions in ([0], [3], [1, 4], [0, 1, 2, 3, 4]):
        mine = np.isin(group, positions)
        expected = asked(
            Moments(Residual(0)), group[mine], (group + values)[mine], weight=weight[mine], unit=unit[mine]
        )
        found = table.summary(*positions)
        assert found.dependent.n == expected.dependent.n
        assert found.dependent.variance == pytest.approx(expected.dependent.variance, rel=REORDERED)
        assert found.dependent.skewness == pytest.approx(expected.dependent.skewness, rel=REORDERED)


def test_each_class_has_its_clusters():
    from losscli.engine.folds.batch import Batch

    rng = np.random.default_rng(8)
    truth, unit = rng.integers(0, 3, size=90), rng.integers(0, 10, size=90)
    chances = rng.dirichlet(np.ones(3), size=90)
    rows = Batch(y_true=truth, y_pred=(chances,), weight=None, first_row=0, unit=unit)
    (found,) = fold([rows], (ClassErrors(0, 3, lambda rows: rows),), 1)
    for number in range(3):
        expected = asked(Moments(Target()), chances[:, number] - (truth == number), unit=unit)
        assert found[number].dependent.variance == pytest.approx(expected.dependent.variance, rel=REORDERED)
