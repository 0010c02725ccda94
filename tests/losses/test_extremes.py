"""Values where the textbook formula loses its digits or overflows; the literals come from 60 digits or more."""

from __future__ import annotations

import math

import numpy as np
import pytest

from losscli.arrays import Form, Task
from losscli.losses import parse

ULP = 2.3e-16  # relative size of the last bit
LARGEST = 1.7976931348623157e308

#  loss            y_true   y_pred    value                   relative error allowed
EXACT = [
    ("log_cosh", 0.0, 1e-9, 5e-19, 2 * ULP),  # textbook: 0
    ("log_cosh", 0.0, 1e-4, 4.9999999916666675e-09, 2 * ULP),  # textbook: 4.999999957e-09
    ("log_cosh", 0.0, 1.0, 0.4337808304830272, 2 * ULP),
    ("log_cosh", 0.0, 20.0, 19.306852819440056, ULP),
    ("log_cosh", 0.0, 1000.0, 999.3068528194401, ULP),  # textbook: inf
    ("log_cosh", 0.0, -1000.0, 999.3068528194401, ULP),
    ("pseudo_huber", 0.0, 1e-9, 5e-19, 2 * ULP),  # textbook: 0
    ("pseudo_huber", 0.0, 1e200, 1e200, ULP),  # textbook: inf
    ("pseudo_huber:delta=1e-200", 0.0, 1e200, 1.0, 2 * ULP),
    ("pseudo_huber:delta=1e200", 0.0, 1.0, 0.5, 2 * ULP),
    ("huber", 0.0, 1e200, 1e200, ULP),
    ("huber", 0.0, 1e-9, 5e-19, ULP),
    ("msle", 1e-10, 2e-10, 9.999999997000001e-21, 2 * ULP),  # log(1 + p) − log(1 + y): 1.0000001651807485e-20
    ("msle", -0.999999999, 3.0, 488.8326534025198, 2 * ULP),
    ("msle", 1e8, 1e8 + 1, 9.999999700000007e-17, 2 * ULP),  # a difference of two log1p keeps 8 digits of it
    ("mse", 0.0, 1e200, math.inf, 0.0),  # the square overflows; evaluation says so in a note
    ("rmse", 0.0, 1e200, math.inf, 0.0),
    ("smape", LARGEST, LARGEST, 0.0, 0.0),
    ("smape", LARGEST, -LARGEST, 200.0, 0.0),
    ("smape", LARGEST, LARGEST / 3, 100.0, 2 * ULP),
    ("smape", 0.0, 1e-300, 200.0, 0.0),
    ("mape", 1e-310, 1.0, math.inf, 0.0),
    ("poisson_deviance", 1e8, 1e8 + 1, 9.999999933333334e-09, 4 * ULP),  # scikit-learn: 0
    ("poisson_deviance", 1e12, 1e12 + 1, 9.999999999993333e-13, 4 * ULP),
    ("poisson_deviance", 0.0, 0.0, 0.0, 0.0),  # scikit-learn refuses it
    ("poisson_deviance", 1.0, 0.0, math.inf, 0.0),
    ("gamma_deviance", 3.0, 3.0000001, 1.1111110580915552e-15, 4 * ULP),  # textbook: 8.88e-16
    ("tweedie_deviance:power=1.000000000001", 2.0, 3.0, 0.37813956756697636, 8 * ULP),  # textbook: 0.3779296875
    ("tweedie_deviance", 1.0, 1e-310, 4e155, 1e-14),  # the ratio overflows, and p is subnormal
    ("tweedie_deviance", 0.0, 0.0, 0.0, 0.0),
    ("tweedie_deviance", 1.0, 0.0, math.inf, 0.0),
]


@pytest.mark.parametrize(("spelled", "y_true", "y_pred", "exact", "allowed"), EXACT)
def test_extreme_value(spelled, y_true, y_pred, exact, allowed):
    kernel = parse(spelled).kernel(Task.REGRESSION, Form.VALUE)
    with np.errstate(all="ignore"):
        (value,) = kernel.per_row(np.array([y_true]), np.array([y_pred]))
    assert float(value) == pytest.approx(exact, rel=allowed, abs=0.0)


@pytest.mark.parametrize("spelled", ["pseudo_huber", "log_cosh", "huber"])
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_far_out_the_gradient_is_one(spelled, sign):
    kernel = parse(spelled).kernel(Task.REGRESSION, Form.VALUE)
    y_true, y_pred = np.array([0.0]), np.array([sign * 1e300])
    with np.errstate(all="ignore"):
        assert kernel.gradient(y_true, y_pred).tolist() == [sign]


@pytest.mark.parametrize("a", [19.999999, 20.0, 20.000001, 1e-5, 0.999999, 5.0])
def test_log_cosh_is_accurate_wherever_the_forms_meet(a):
    # in [1, 30] the textbook is accurate; below, the series ½a² − a⁴/12 + a⁶/45 − … is used where a is small
    expected = math.log(math.cosh(a)) if a > 0.9 else a**2 / 2 - a**4 / 12
    (value,) = parse("log_cosh").kernel(Task.REGRESSION, Form.VALUE).of_residual(np.array([a]))
    assert float(value) == pytest.approx(expected, rel=4 * ULP)
