"""Size, power and coverage of paired comparisons by simulation, against the figures that the choice rests on."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from losscli.engine.folds.summary import Summary
from losscli.engine.statistics.inference import mean_p_value
from losscli.engine.statistics.multiple import benjamini_hochberg, holm
from losscli.engine.statistics.paired import PairSummary
from losscli.engine.statistics.paired_inference import difference_p_value, ratio_interval
from losscli.engine.statistics.sign_flip import sign_flip_p_value

pytestmark = pytest.mark.slow

DESIGN_REPLICATIONS = 3_000  # the design's figures come from this many samples, so they carry noise of their own
REPLICATIONS = 10_000
AT_ONCE = 500
CORRELATION = 0.9


def margin(percentage, other=math.inf):
    """Three standard errors, in percent, of a simulation here, and of one of `other` replications beside it."""
    share = percentage / 100
    return 300 * math.sqrt(share * (1 - share) * (1 / REPLICATIONS + 1 / other))


# Errors of two equally good models with correlation 0.9: normal ones, times a shared scale for heavier tails


def normal(rng, shape):
    first, second = rng.normal(size=(2, *shape))
    return first, CORRELATION * first + math.sqrt(1 - CORRELATION**2) * second


def laplace(rng, shape):
    return tuple(
        errors * scale for scale in [np.sqrt(2 * rng.exponential(size=shape))] for errors in normal(rng, shape)
    )


def student(rng, shape):
    return tuple(errors * scale for scale in [np.sqrt(3 / rng.chisquare(3, shape))] for errors in normal(rng, shape))


def lognormal(rng, shape):
    return tuple(map(np.exp, normal(rng, shape)))


LAWS = (normal, laplace, student, lognormal)


def summaries(values):
    n = values.shape[1]
    mean = values.mean(axis=1)
    psi = values - mean[:, None]
    sums = zip(mean.tolist(), (psi**2).sum(axis=1).tolist(), (psi**3).sum(axis=1).tolist(), strict=True)
    return [Summary(n=n, weight=float(n), mean=m, psi2=p2, psi3=p3, infinite=0, skipped=0) for m, p2, p3 in sums]


def pairs(draw, loss, n, worse=1.0):
    """Yield pairs of models on n rows; the candidate's errors are `worse` times as large."""
    rng = np.random.default_rng(n)
    for _ in range(REPLICATIONS // AT_ONCE):
        first, second = draw(rng, (AT_ONCE, n))
        baseline, candidate = loss(first), loss(worse * second)
        difference = candidate - baseline
        for one, other, both in zip(summaries(baseline), summaries(candidate), summaries(difference), strict=True):
            yield PairSummary(
                baseline=one, candidate=other, difference=both, won=0, lost=n, weight_won=0.0, weight_lost=float(n)
            )


def percent(flags):
    flags = list(flags)
    return 100 * sum(flags) / len(flags)


@pytest.mark.parametrize(
    ("draw", "loss", "n"),
    [
        *((normal, np.square, n) for n in (30, 100, 1_000)),
        *((normal, np.abs, n) for n in (30, 100, 1_000)),
        *((laplace, np.abs, n) for n in (30, 100, 1_000)),
        *((laplace, np.square, n) for n in (100, 1_000)),
        *((student, np.abs, n) for n in (100, 1_000)),
        *((lognormal, np.abs, n) for n in (100, 1_000)),
    ],
)
def test_equal_models_differ_significantly_in_four_to_six_percent(draw, loss, n):
    size = percent(difference_p_value(pair) < 0.05 for pair in pairs(draw, loss, n))
    assert 4 - margin(4) <= size <= 6 + margin(6)


@pytest.mark.parametrize(
    ("draw", "n", "student_size", "hall_size"),
    [
        (normal, 30, 4.5, 7.9),
        (laplace, 30, 3.3, 10.5),
        (laplace, 100, 4.2, 8.9),
        (laplace, 1_000, 5.0, 6.1),
        (student, 100, 3.2, 11.5),
        (lognormal, 30, 1.7, 11.2),
        (lognormal, 100, 2.4, 12.9),
        (lognormal, 1_000, 3.6, 11.5),
    ],
)
def test_student_is_cautious_where_halls_transformation_alarms(draw, n, student_size, hall_size):
    sample = list(pairs(draw, np.square, n))
    assert percent(difference_p_value(pair) < 0.05 for pair in sample) == pytest.approx(
        student_size, abs=margin(student_size, 10_000)
    )
    assert percent(mean_p_value(pair.difference) < 0.05 for pair in sample) == pytest.approx(
        hall_size, abs=margin(hall_size, 10_000)
    )


def test_pairing_finds_what_single_intervals_hide():
    sample = list(pairs(normal, np.square, 1_000, worse=1.03))
    paired = percent(difference_p_value(pair) < 0.05 for pair in sample)
    assert paired == pytest.approx(56.8, abs=margin(56.8, DESIGN_REPLICATIONS))

    def welch(pair):
        return math.sqrt((pair.baseline.psi2 + pair.candidate.psi2) / 999 / 1_000)

    unpaired = percent(abs(pair.difference.mean) > 1.96 * welch(pair) for pair in sample)
    assert unpaired == pytest.approx(0.9, abs=margin(0.9, DESIGN_REPLICATIONS))


@pytest.mark.parametrize(
    ("draw", "loss"), [(normal, np.square), (laplace, np.square), *((draw, np.abs) for draw in LAWS)]
)
@pytest.mark.parametrize("worse", [1.0, 1.03, 1.5])
def test_the_interval_of_the_ratio_covers(draw, loss, worse):
    truth = float(loss(worse))
    sample = (ratio_interval(pair, 0.95) for pair in pairs(draw, loss, 1_000, worse))
    held = percent(low <= truth <= high for low, high in sample)
    assert 94 - margin(94) <= held <= 96 + margin(96)


@pytest.mark.parametrize(
    ("draw", "n", "held", "none"),
    [
        (normal, 30, 95.5, 0.0),
        (laplace, 30, 96.8, 3.0),
        (student, 30, 97.1, 12.1),
        (student, 100, 96.8, 4.0),
        (student, 1_000, 96.4, 0.9),
        (lognormal, 100, 97.5, 3.5),
        (lognormal, 1_000, 96.4, 0.1),
    ],
)
def test_the_interval_of_the_ratio_errs_to_the_safe_side_for_heavy_tails(draw, n, held, none):
    sample = [ratio_interval(pair, 0.95) for pair in pairs(draw, np.square, n)]
    found = [interval for interval in sample if interval is not None]
    assert percent(low <= 1 <= high for low, high in found) == pytest.approx(held, abs=margin(held, 10_000) * 1.2)
    assert 100 - len(found) / len(sample) * 100 == pytest.approx(none, abs=margin(max(none, 0.2), 10_000))


def test_the_interval_of_the_ratio_never_contradicts_the_test():
    for pair in pairs(laplace, np.square, 100, 1.1):
        if (interval := ratio_interval(pair, 0.95)) is not None:
            assert (interval[0] <= 1 <= interval[1]) == (difference_p_value(pair) >= 0.05)


@pytest.mark.parametrize("draw", [normal, lognormal])
@pytest.mark.parametrize("n", [8, 15])
def test_flipping_signs_keeps_its_level_whatever_the_law(draw, n):
    rng = np.random.default_rng(n)
    first, second = draw(rng, (REPLICATIONS, n))
    size = percent(sign_flip_p_value(d) <= 0.05 for d in second**2 - first**2)
    attainable = 100 * 2 * math.floor(0.05 * 2**n / 2) / 2**n
    assert size == pytest.approx(attainable, abs=margin(5))


@pytest.mark.parametrize(("correct", "alarms"), [(list, 66.0), (holm, 4.2), (benjamini_hochberg, 5.0)])
def test_twenty_slices_of_equal_models(correct, alarms):
    rng = np.random.default_rng(20)
    found = []
    for _ in range(REPLICATIONS // AT_ONCE):
        first, second = normal(rng, (AT_ONCE, 20, 50))
        p = stats.ttest_rel(np.abs(second), np.abs(first), axis=2).pvalue
        found += [min(correct(slices)) < 0.05 for slices in p.tolist()]
    assert percent(found) == pytest.approx(alarms, abs=margin(alarms, DESIGN_REPLICATIONS))
