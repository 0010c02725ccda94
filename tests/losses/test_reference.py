"""Agreement with scikit-learn and SciPy on the same numbers."""

from __future__ import annotations

import numpy as np
import pytest
from model_diagnostics.scoring import HomogeneousExpectileScore
from scipy import special
from sklearn import metrics

from losscli.arrays import Form, Task
from losscli.losses import parse

SUMMATION = 1e-12  # relative: both add the same thousand terms, in another order

GENERATOR = np.random.default_rng(20)
Y_TRUE = GENERATOR.gamma(2.0, 3.0, 1000)  # positive and skewed, as logarithms and percentages want it
Y_PRED = Y_TRUE * GENERATOR.lognormal(0.1, 0.5, 1000)
WEIGHT = GENERATOR.uniform(0.0, 2.0, 1000)

SCIKIT_LEARN = [
    ("mse", metrics.mean_squared_error, {}, 1.0),
    ("mae", metrics.mean_absolute_error, {}, 1.0),
    ("rmse", metrics.root_mean_squared_error, {}, 1.0),
    ("msle", metrics.mean_squared_log_error, {}, 1.0),
    ("rmsle", metrics.root_mean_squared_log_error, {}, 1.0),
    ("pinball", metrics.mean_pinball_loss, {"alpha": 0.5}, 1.0),
    ("pinball:tau=0.9", metrics.mean_pinball_loss, {"alpha": 0.9}, 1.0),
    ("pinball:alpha=0.1", metrics.mean_pinball_loss, {"alpha": 0.1}, 1.0),
    ("mape", metrics.mean_absolute_percentage_error, {}, 100.0),  # a fraction there
    ("poisson_deviance", metrics.mean_poisson_deviance, {}, 1.0),
    ("gamma_deviance", metrics.mean_gamma_deviance, {}, 1.0),
    *(
        (f"tweedie_deviance:power={power}", metrics.mean_tweedie_deviance, {"power": power}, 1.0)
        for power in (1.0, 1.2, 1.5, 2.0, 3.0)
    ),
]


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
@pytest.mark.parametrize(("spelled", "function", "options", "factor"), SCIKIT_LEARN)
def test_scikit_learn_says_the_same(spelled, function, options, factor, weight):
    bound = parse(spelled)
    loss = bound.kernel(Task.REGRESSION, Form.VALUE).per_row(Y_TRUE, Y_PRED)
    ours = bound.reduce(float(np.average(loss, weights=weight)), float(np.sum(1.0 if weight is None else weight)))
    theirs = factor * function(Y_TRUE, Y_PRED, sample_weight=weight, **options)
    assert ours == pytest.approx(theirs, rel=SUMMATION, abs=0.0)


def test_scikit_learns_policy_for_zero_targets_is_one_setting_of_ours():
    y_true, y_pred = np.array([0.0, 2.0]), np.array([1.0, 1.0])
    loss = parse("mape:zero=clip:eps=2.220446049250313e-16").kernel(Task.REGRESSION, Form.VALUE).per_row(y_true, y_pred)
    theirs = 100.0 * metrics.mean_absolute_percentage_error(y_true, y_pred)
    assert float(loss.mean()) == pytest.approx(theirs, rel=SUMMATION)


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
@pytest.mark.parametrize("tau", [0.1, 0.5, 0.9])
def test_model_diagnostics_says_twice_as_much_of_expectiles(tau, weight):
    kernel = parse(f"expectile:tau={tau}").kernel(Task.REGRESSION, Form.VALUE)
    theirs = HomogeneousExpectileScore(degree=2, level=tau)(Y_TRUE, Y_PRED, weight)
    assert 2 * np.average(kernel.per_row(Y_TRUE, Y_PRED), weights=weight) == pytest.approx(theirs, rel=SUMMATION)


@pytest.mark.parametrize("delta", [0.1, 1.0, 7.5])
@pytest.mark.parametrize(("name", "function"), [("huber", special.huber), ("pseudo_huber", special.pseudo_huber)])
def test_scipy_says_the_same(name, function, delta):
    loss = parse(f"{name}:delta={delta}").kernel(Task.REGRESSION, Form.VALUE).per_row(Y_TRUE, Y_PRED)
    np.testing.assert_allclose(loss, function(delta, Y_PRED - Y_TRUE), rtol=1e-12)


def test_log_cosh_is_the_logarithm_of_the_hyperbolic_cosine():
    e = np.linspace(0.5, 700.0, 1000)  # where the plain formula neither cancels nor overflows
    loss = parse("log_cosh").kernel(Task.REGRESSION, Form.VALUE).of_residual(e)
    np.testing.assert_allclose(loss, np.log(np.cosh(e)), rtol=1e-14)
