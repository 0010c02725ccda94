"""Size, coverage and false alarms of biases by simulation: the figures of docs/statistics.md."""

from __future__ import annotations

import numpy as np
import pytest

from losscli.engine.statistics.group_inference import (
    Means,
    hall_intervals,
    mean_p_values,
    rate_intervals,
    rate_p_values,
)
from losscli.engine.statistics.multiple import holm_of_all

pytestmark = pytest.mark.slow

REPLICATIONS = 20_000
AT_ONCE = 2_000
FAMILIES = 2_000
# Four standard errors of a share near 5 % of so many samples, of one up to 20 %, and six of one of so few families.
NOISE, TWICE_NOISE, FAMILY_NOISE = 0.7, 1.4, 3.0
MARGIN = 0.3  # standard deviations of the error
GROUPS = 20

LAWS = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "Laplace": lambda rng, shape: rng.laplace(size=shape) / np.sqrt(2),
    "lognormal": lambda rng, shape: (rng.lognormal(size=shape) - np.exp(0.5)) / np.sqrt(np.exp(2) - np.exp(1)),
}


def means_of(e):
    """The summary of each line of errors, of shape (samples, n)."""
    n, mean = e.shape[1], e.mean(axis=1)
    d = e - mean[:, np.newaxis]
    square = d * d
    return Means(
        n=np.full(len(e), n),
        weight=np.full(len(e), float(n)),
        mean=mean,
        psi2=square.sum(axis=1),
        psi3=(square * d).sum(axis=1),
        inflation=np.ones(len(e)),
        degrees=np.full(len(e), n - 1),
    )


def percent(of):
    return 100 * float(np.mean(of))


@pytest.mark.parametrize(
    ("law", "n", "size", "passed"),
    [
        ("normal", 30, 4.9, (1.5, 1.4, 5.1)),
        ("normal", 100, 4.9, (4.9, 5.3, 81.3)),
        ("normal", 1_000, 5.1, (5.0, 5.1, 100.0)),
        ("Laplace", 30, 6.5, (2.0, 2.2, 9.9)),
        ("Laplace", 100, 6.0, (5.8, 5.4, 79.8)),
        ("Laplace", 1_000, 5.1, (5.0, 5.2, 100.0)),
        ("lognormal", 30, 7.5, (10.1, 0.2, 26.2)),
        ("lognormal", 100, 6.0, (7.1, 3.1, 72.5)),
        ("lognormal", 1_000, 5.5, (5.9, 5.0, 99.8)),
    ],
)
def test_size_of_the_bias_test_and_of_the_equivalence_tests(law, n, size, passed):
    """`passed`: how often a bias as large as the margin passes as none, above and below 0, and how often none does."""
    rng = np.random.default_rng(n)
    alarms, unbiased = [], {shift: [] for shift in (MARGIN, -MARGIN, 0.0)}
    for _ in range(REPLICATIONS // AT_ONCE):
        e = LAWS[law](rng, (AT_ONCE, n))
        means = means_of(e)
        low, high = hall_intervals(means, 0.95)
        p_values = mean_p_values(means)
        assert np.array_equal(p_values < 0.05, (low > 0) | (high < 0))  # both always agree
        alarms.append(p_values < 0.05)
        for shift, verdicts in unbiased.items():
            low, high = hall_intervals(means_of(e + shift), 0.9)
            verdicts.append((low > -MARGIN) & (high < MARGIN))
    assert percent(alarms) == pytest.approx(size, abs=NOISE)
    assert [percent(each) for each in unbiased.values()] == pytest.approx(list(passed), abs=TWICE_NOISE)


@pytest.mark.parametrize(
    ("law", "n", "uncorrected", "holm"),
    [
        ("normal", 30, 63.0, 5.4),
        ("normal", 200, 63.3, 5.6),
        ("Laplace", 200, 67.1, 6.2),
        ("lognormal", 30, 78.9, 18.8),
        ("lognormal", 200, 71.3, 8.8),
    ],
)
def test_verdicts_of_twenty_groups(law, n, uncorrected, holm):
    rng = np.random.default_rng(5)
    any_raw, any_adjusted = [], []
    for _ in range(FAMILIES):
        p_values = mean_p_values(means_of(LAWS[law](rng, (GROUPS, n))))
        any_raw.append((p_values < 0.05).any())
        any_adjusted.append((holm_of_all(p_values) < 0.05).any())
    assert percent(any_raw) == pytest.approx(uncorrected, abs=FAMILY_NOISE)
    assert percent(any_adjusted) == pytest.approx(holm, abs=FAMILY_NOISE)


@pytest.mark.parametrize(
    ("tau", "n", "covered"),
    [(0.5, 100, 94.2), (0.5, 1_000, 94.3), (0.9, 100, 93.9), (0.9, 1_000, 94.7), (0.99, 1_000, 96.6)],
)
def test_intervals_of_what_a_quantile_covers(tau, n, covered):
    rows = np.full(REPLICATIONS, float(n))
    rate = np.random.default_rng(7).binomial(n, tau, REPLICATIONS) / n
    low, high = rate_intervals(rate, rows, 0.95)
    holds = (low <= tau) & (tau <= high)
    assert percent(holds) == pytest.approx(covered, abs=NOISE)
    assert np.array_equal(rate_p_values(rate, rows, np.full_like(rows, tau)) >= 0.05, holds)
