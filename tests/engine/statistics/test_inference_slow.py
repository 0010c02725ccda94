"""Coverage of nominal 95 % intervals by simulation, against the figures that the choice of method rests on."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from losscli.engine.folds.summary import Summary
from losscli.engine.folds.uneven import spread_by_weights
from losscli.engine.statistics.inference import hall_interval, mean_p_value

pytestmark = pytest.mark.slow

# The design's figures come from this many samples, so they carry noise of their own
DESIGN_REPLICATIONS = 3_000
REPLICATIONS = 10_000


def laplace_losses(rng, shape):
    return rng.laplace(size=shape) ** 2


def lognormal_losses(rng, shape):
    return rng.lognormal(size=shape) ** 2


def summaries(values, weights):
    """One Summary for each line of values and weights, of shape (replications, n)."""
    n = values.shape[1]
    total = weights.sum(axis=1)
    mean = (weights * values).sum(axis=1) / total
    psi = weights * (values - mean[:, None]) * (n / total)[:, None]
    square = psi * psi
    powers = ((weights**power).sum(axis=1) for power in range(2, 6))
    columns = (total, mean, square.sum(axis=1), (square * psi).sum(axis=1), *powers)
    for weight, centre, psi2, psi3, *sums in zip(*(column.tolist() for column in columns), strict=True):
        inflation, degrees = spread_by_weights(n, [weight, *sums])
        yield Summary(
            n=n, weight=weight, mean=centre, psi2=psi2, psi3=psi3, infinite=0, skipped=0,
            inflation=inflation, degrees=degrees,
        )  # fmt: skip


def coverage(draw, expectation, n, interval):
    """Percentage of samples whose interval holds the expectation; `draw` gives values and weights."""
    rng = np.random.default_rng(n)
    held = 0
    for _ in range(REPLICATIONS // 1_000):  # a thousand samples at a time keep the memory small
        for summary in summaries(*draw(rng, (1_000, n))):
            low, high = interval(summary, 0.95)
            held += low <= expectation <= high
    return 100 * held / REPLICATIONS


def unweighted(losses):
    def draw(rng, shape):
        return losses(rng, shape), np.ones(shape)

    return draw


def weighted(rng, shape):
    """Laplace errors whose squares grow in proportion to a lognormal weight."""
    weights = rng.lognormal(size=shape)
    return weights * laplace_losses(rng, shape), weights


WEIGHTED_EXPECTATION = 2 * math.exp(1.5)  # E[w · w · e²] / E[w] = e² · 2 / e^½


def student(summary, level):
    se = math.sqrt(summary.psi2 / (summary.n - 1) / summary.n)
    return stats.t.interval(level, summary.n - 1, loc=summary.mean, scale=se)


def margin(percentage):
    """Three standard errors, in percent, of the difference between a simulation here and one of the design."""
    share = percentage / 100
    return 300 * math.sqrt(share * (1 - share) * (1 / REPLICATIONS + 1 / DESIGN_REPLICATIONS))


@pytest.mark.parametrize(
    ("losses", "expectation", "n", "by_hall", "by_student"),
    [
        pytest.param(laplace_losses, 2.0, 30, 91.9, 84.5, id="laplace"),
        pytest.param(lognormal_losses, math.exp(2), 100, 88.0, 74.7, id="lognormal"),
    ],
)
def test_hall_covers_the_mean_squared_error_far_better_than_student(losses, expectation, n, by_hall, by_student):
    hall = coverage(unweighted(losses), expectation, n, hall_interval)
    assert hall == pytest.approx(by_hall, abs=margin(by_hall))
    assert coverage(unweighted(losses), expectation, n, student) == pytest.approx(by_student, abs=margin(by_student))


@pytest.mark.parametrize(("n", "said"), [(50, 82.0), (200, 86.0), (1_000, 88.0)])
def test_coverage_where_the_loss_grows_with_the_weight(n, said):
    # the documentation's figures are rounded to whole percents
    assert coverage(weighted, WEIGHTED_EXPECTATION, n, hall_interval) == pytest.approx(said, abs=margin(said) + 0.5)


# Lognormal weights: the standard deviation of their logarithm, rows, coverage
UNEVEN = [(1.0, 50, 95.2), (1.0, 200, 94.6), (1.0, 1_000, 94.6), (2.0, 50, 97.5), (2.0, 200, 96.8), (2.0, 1_000, 96.2)]


@pytest.mark.parametrize(("sigma", "n", "said"), UNEVEN)
def test_uneven_weights_cost_no_coverage(sigma, n, said):
    def draw(rng, shape):
        return rng.normal(size=shape), rng.lognormal(sigma=sigma, size=shape)

    assert coverage(draw, 0.0, n, hall_interval) == pytest.approx(said, abs=margin(said))


@pytest.mark.parametrize("n", [5, 20, 100])
def test_normal_errors_lose_nothing_by_the_correction(n):
    def errors(rng, shape):
        return rng.normal(size=shape), np.ones(shape)

    three_standard_errors = 300 * math.sqrt(0.95 * 0.05 / REPLICATIONS)
    assert coverage(errors, 0.0, n, hall_interval) == pytest.approx(95.0, abs=three_standard_errors)


def test_the_lower_end_is_negative_in_most_samples_of_five():
    rng = np.random.default_rng(5)
    samples = summaries(laplace_losses(rng, (REPLICATIONS, 5)), np.ones((REPLICATIONS, 5)))
    negative = sum(hall_interval(summary, 0.95)[0] < 0 for summary in samples)
    assert 100 * negative / REPLICATIONS == pytest.approx(87.0, abs=margin(87.0) + 0.5)


def test_p_values_of_unbiased_normal_errors_are_uniform():
    rng = np.random.default_rng(50)
    samples = summaries(rng.normal(size=(REPLICATIONS, 50)), np.ones((REPLICATIONS, 50)))
    p = np.array([mean_p_value(summary) for summary in samples])
    for level in (0.01, 0.05, 0.2, 0.5):
        noise = math.sqrt(level * (1 - level) / REPLICATIONS)
        assert np.mean(p < level) == pytest.approx(level, abs=3 * noise)
