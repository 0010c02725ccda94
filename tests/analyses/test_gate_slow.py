"""How often the gate alarms on equal models and sees a worse one: simulations beside the figures of the design.

Errors of two models are normal with a correlation; the losses are their squares. The margins are three standard errors.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from scipy import stats

from losscli.analyses.gate.changes import change_interval, change_of
from losscli.analyses.gate.judgement import Measured, judge
from losscli.engine.folds.summary import Summary
from losscli.engine.statistics.paired import PairSummary
from losscli.losses import parse
from losscli.result import Kind, Status

pytestmark = pytest.mark.slow

REPLICATIONS = 4_000
AT_ONCE = 200
TOLERANCE = 0.01
MSE = parse("mse")


def summary(values):
    mean = float(values.mean())
    psi = values - mean
    n = len(values)
    return Summary(
        n=n, weight=float(n), mean=mean, psi2=float(psi @ psi), psi3=float((psi**3).sum()), infinite=0, skipped=0
    )


def pairs(n, correlation, worse=1.0):
    """Yield pairs of models; the candidate's mean squared error is `worse` times the baseline's."""
    rng = np.random.default_rng([n, round(100 * correlation), round(1000 * worse)])
    for _ in range(REPLICATIONS // AT_ONCE):
        first, second = rng.normal(size=(2, AT_ONCE, n))
        second = math.sqrt(worse) * (correlation * first + math.sqrt(1 - correlation**2) * second)
        for baseline, candidate in zip(np.square(first), np.square(second), strict=True):
            yield PairSummary(
                baseline=summary(baseline), candidate=summary(candidate), difference=summary(candidate - baseline),
                won=1, lost=n - 1, weight_won=1.0, weight_lost=n - 1.0,
            )  # fmt: skip


def status(pair, level):
    measured = Measured(
        name="mse", model="new", loss="mse", baseline="main", value=change_of(pair, MSE), lacking=None,
        kind=Kind.SIGNED_FRACTION, interval=lambda at: change_interval(pair, MSE, at), operator=">", bound=TOLERANCE,
        spelled="> +1%", by_interval=True, n=pair.difference.n, about="mse", law="",
    )  # fmt: skip
    (judged,) = judge([measured], level, non_inferior=False)
    return judged.status


@cache
def outcomes(n, correlation, worse=1.0, level=0.95):
    """Return the shares, in percent, of failed, passed and open checks, and of changes above 2 %."""
    found = [(status(pair, level), change_of(pair, MSE)) for pair in pairs(n, correlation, worse)]
    shares = [100 * sum(each is wanted for each, _ in found) / len(found) for wanted in Status]
    above = 100 * sum(change > 0.02 for _, change in found) / len(found)
    return dict(zip(Status, shares, strict=True)), above


def margin(percentage, other=math.inf):
    share = percentage / 100
    return 300 * math.sqrt(share * (1 - share) * (1 / REPLICATIONS + 1 / other))


def standard_error(n, correlation):
    """Of the logarithm of the ratio of two mean squares of normal errors."""
    return math.sqrt(4 * (1 - correlation**2) / n)


CASES = pytest.mark.parametrize(("n", "correlation"), [(500, 0.5), (500, 0.9), (5_000, 0.5), (5_000, 0.9)])


def test_the_design_s_figures_of_alarms_on_equal_models():
    """30.6 % for the point above +2 %, and 3.5 % for a one-sided 95 % lower bound above +1 %, of 3 000 samples."""
    one_sided, above = outcomes(500, 0.9, level=0.90)
    assert above == pytest.approx(30.6, abs=margin(30.6, 3_000))
    assert one_sided[Status.FAIL] == pytest.approx(3.5, abs=margin(3.5, 3_000))


@CASES
def test_equal_models_seldom_fail(n, correlation):
    """The chance of a false alarm is that of an interval beyond a limit which lies beyond no change."""
    expected = 100 * stats.norm.sf(1.96 + math.log1p(TOLERANCE) / standard_error(n, correlation))
    found, _ = outcomes(n, correlation)
    assert found[Status.FAIL] == pytest.approx(expected, abs=margin(max(expected, 0.5)) + 0.3)
    assert found[Status.FAIL] <= 2.5 + margin(2.5)


@CASES
@pytest.mark.parametrize("worse", [1.05, 1.2])
def test_worse_models_fail_as_often_as_their_rows_can_tell(n, correlation, worse):
    distance = math.log(worse / (1 + TOLERANCE)) / standard_error(n, correlation)
    expected = 100 * stats.norm.sf(1.96 - distance)
    found, _ = outcomes(n, correlation, worse)
    assert found[Status.FAIL] == pytest.approx(expected, abs=margin(expected) + 1.5)  # the law is normal but nearly


@CASES
def test_a_model_at_the_limit_is_decided_at_most_as_often_as_said(n, correlation):
    found, _ = outcomes(n, correlation, 1 + TOLERANCE)
    assert found[Status.FAIL] <= 2.5 + margin(2.5) + 0.3
    assert found[Status.PASS] <= 2.5 + margin(2.5) + 0.3
