"""Size of the tests for dependent rows by simulation, against the figures that the choice rests on."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import signal, stats

from losscli.engine.folds.dependent import (
    pulls_on_mean,
    sampling_along_time,
    sampling_by_clusters,
)
from losscli.engine.folds.fixed_b import FixedB, bandwidth
from losscli.engine.folds.summary import Summary
from losscli.engine.statistics.inference import hall_interval

pytestmark = pytest.mark.slow

DESIGN_REPLICATIONS = 3_000
REPLICATIONS = 10_000
CLUSTERS, EACH, CORRELATION = 50, 20, 0.2


def margin(percentage, other=DESIGN_REPLICATIONS):
    """Three standard errors, in percent, of a simulation here and of one of `other` replications beside it."""
    share = percentage / 100
    return 300 * math.sqrt(share * (1 - share) * (1 / REPLICATIONS + 1 / other))


def clustered(rng, clusters=CLUSTERS):
    shared = rng.normal(scale=math.sqrt(CORRELATION), size=(REPLICATIONS, clusters, 1))
    return shared + rng.normal(scale=math.sqrt(1 - CORRELATION), size=(REPLICATIONS, clusters, EACH))


def size_by_clusters(rows):
    weight = np.full(rows.shape[1], float(EACH))
    critical = stats.t.isf(0.025, rows.shape[1] - 1)
    found = [sampling_by_clusters(pulls_on_mean(weight, totals), weight).variance for totals in rows.sum(axis=2)]
    return 100 * np.mean(np.abs(rows.mean(axis=(1, 2))) > critical * np.sqrt(found))


def test_clusters_keep_the_level_that_single_rows_break():
    rows = clustered(np.random.default_rng(1))
    naive = stats.ttest_1samp(rows.reshape(REPLICATIONS, -1), 0, axis=1).pvalue
    assert 100 * np.mean(naive < 0.05) == pytest.approx(37.0, abs=margin(37.0) + 0.5)  # a figure of whole percents
    assert size_by_clusters(rows) == pytest.approx(5.1, abs=margin(5.1))


def test_few_equal_clusters_keep_it_too():
    assert size_by_clusters(clustered(np.random.default_rng(2), clusters=5)) == pytest.approx(5.0, abs=margin(5.0))


# Clusters of 4 to 90 rows: coverage of the documentation, by Student's law and with Hall's correction
UNEVEN = {5: (99.1, 99.0), 10: (97.8, 96.7), 20: (96.3, 94.7), 50: (95.5, 94.4)}


@pytest.mark.parametrize("clusters", UNEVEN)
def test_uneven_clusters_cover_what_is_said(clusters):
    rng = np.random.default_rng(clusters)
    sizes = np.round(EACH * np.exp(np.linspace(-1.5, 1.5, clusters))).astype(int)
    starts, weight = np.cumsum(sizes) - sizes, sizes.astype(float)
    held = np.zeros(2)
    for _ in range(REPLICATIONS):
        shared = np.repeat(rng.normal(scale=math.sqrt(CORRELATION), size=clusters), sizes)
        rows = shared + rng.normal(scale=math.sqrt(1 - CORRELATION), size=len(shared))
        found = sampling_by_clusters(pulls_on_mean(weight, np.add.reduceat(rows, starts)), weight)
        n, mean = len(rows), float(rows.mean())
        summary = Summary(n=n, weight=n, mean=mean, psi2=1.0, psi3=0.0, infinite=0, skipped=0, dependent=found)
        low, high = hall_interval(summary, 0.95)
        held += abs(mean) <= found.law.critical(0.95) * math.sqrt(found.variance), low <= 0 <= high
    for share, said in zip(100 * held / REPLICATIONS, UNEVEN[clusters], strict=True):
        assert share == pytest.approx(said, abs=margin(said))


def autoregressive(n, coefficient, seed):
    noise = np.random.default_rng(seed).normal(size=(REPLICATIONS, n + 100))
    return signal.lfilter([1.0], [1.0, -coefficient], noise, axis=1)[:, 100:]


def size_by_series(series):
    n = series.shape[1]
    critical = FixedB(n, bandwidth(n)).critical(0.95)
    found = [sampling_along_time(pulls_on_mean(np.ones(n), values), np.ones(n)).variance for values in series]
    return 100 * np.mean(np.abs(series.mean(axis=1)) > critical * np.sqrt(found))


def test_a_series_keeps_the_level_that_single_rows_break():
    series = autoregressive(1_000, 0.7, 4)
    naive = stats.ttest_1samp(series, 0, axis=1).pvalue
    assert 100 * np.mean(naive < 0.05) == pytest.approx(40.8, abs=margin(40.8))
    assert size_by_series(series) == pytest.approx(5.3, abs=margin(5.3))


@pytest.mark.parametrize(("n", "size"), [(30, 12.6), (100, 9.1)])
def test_short_series_that_last_are_found_too_often(n, size):
    assert size_by_series(autoregressive(n, 0.7, n)) == pytest.approx(size, abs=margin(size))


@pytest.mark.parametrize("n", [5, 30, 100, 1_000])
def test_the_law_is_exact_for_independent_normal_rows(n):
    size = size_by_series(np.random.default_rng(n).normal(size=(REPLICATIONS, n)))
    assert size == pytest.approx(5.0, abs=margin(5.0, math.inf))


@pytest.mark.parametrize("level", [0.8, 0.9, 0.95, 0.99])
@pytest.mark.parametrize("b", [0.05, 0.3, 1.0])
def test_critical_values_are_those_of_simulated_series(b, level):
    n = 200
    lags = round(b * n)
    rows = np.random.default_rng(7).normal(size=(REPLICATIONS, n))
    pulls = (rows - rows.mean(axis=1, keepdims=True)) / n
    i = np.arange(n)
    kernel = np.maximum(0.0, 1 - np.abs(i[:, None] - i) / lags)
    t = np.abs(rows.mean(axis=1)) / np.sqrt(np.sum((pulls @ kernel) * pulls, axis=1))
    beyond = 100 * np.mean(t > FixedB(n, lags).critical(level))
    assert beyond == pytest.approx(100 * (1 - level), abs=margin(100 * (1 - level), math.inf))
