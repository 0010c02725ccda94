"""Conventions in which libraries differ: one test for each, with the decision taken here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from losscli.arrays import Direction, Form, Task, Unit
from losscli.losses import LOSSES, get, parse

if TYPE_CHECKING:
    from losscli.losses.bound import BoundKernel


NUMERIC = [loss.name for loss in LOSSES if loss.encodings[0].task is Task.REGRESSION]


def kernel(spelled: str) -> BoundKernel:
    found = parse(spelled).kernel(Task.REGRESSION, Form.VALUE)
    assert found is not None
    return found


def value(spelled: str, y_true: list[float], y_pred: list[float]) -> float:
    bound = parse(spelled)
    with np.errstate(all="ignore"):
        loss = kernel(spelled).per_row(np.array(y_true), np.array(y_pred))
    return bound.reduce(float(loss.mean()), float(loss.size))


def test_1_squared_error_has_no_half():
    assert value("mse", [0.0], [3.0]) == 9.0  # optax l2_loss, statsmodels LeastSquares: 4.5
    assert value("sse", [0.0, 0.0], [3.0, 1.0]) == 10.0


def test_2_huber_has_its_half_and_delta_times_the_line():
    assert value("huber:delta=2", [0.0], [3.0]) == 4.0  # Smooth L1 with β = 2: 2
    assert get("huber").params[0].default == 1.0  # statsmodels 1.345, LightGBM 0.9


def test_3_pseudo_huber_has_the_factor_delta_squared():
    # 4·(√(1 + (1.5/2)²) − 1) = 4·0.25; Barron's form without δ²: 0.25
    assert value("pseudo_huber:delta=2", [0.0], [1.5]) == pytest.approx(1.0, rel=1e-15)
    # like ½r² near 0, whatever δ
    assert value("pseudo_huber:delta=2", [0.0], [1e-6]) == pytest.approx(0.5e-12, rel=1e-9, abs=0.0)


Y_ZERO, P_ZERO = [0.0, 2.0], [1.0, 1.0]  # scikit-learn 2.25e15, Keras 5e8 %, TorchMetrics 427350.7, CatBoost 0.75


def test_8_mape_at_zero_is_outside_the_domain_by_default():
    encoding = kernel("mape").encoding
    assert encoding.joint is not None
    y_true, y_pred = np.array(Y_ZERO), np.array(P_ZERO)
    assert encoding.joint.holds(y_true, y_pred, **dict(parse("mape").params)).tolist() == [False, True]
    assert encoding.joint.broken == "target is zero"
    assert encoding.joint.hint == "mape:zero=skip leaves such rows out; smape and mae are defined at 0"
    for zero in ("skip", "inf", "clip"):
        assert encoding.joint.holds(y_true, y_pred, **dict(parse(f"mape:zero={zero}").params)).all()


def test_8_mape_at_zero_does_what_is_chosen():
    with np.errstate(all="ignore"):
        skipped = kernel("mape:zero=skip").per_row(np.array(Y_ZERO), np.array(P_ZERO))
    np.testing.assert_array_equal(skipped, [np.nan, 50.0])
    assert value("mape:zero=inf", Y_ZERO, P_ZERO) == np.inf
    assert value("mape:zero=inf", [0.0, 2.0], [0.0, 1.0]) == 25.0  # a zero predicted as zero is perfect
    assert value("mape:zero=clip:eps=1", Y_ZERO, P_ZERO) == 75.0  # what CatBoost and LightGBM call 0.75
    assert value("mape:zero=clip", Y_ZERO, P_ZERO) == pytest.approx(500000025.0, rel=1e-15)  # Keras


def test_8_the_best_constant_knows_what_a_zero_does():
    weight = get("mape").optimum.weight
    y_true = np.array([0.0, 2.0, -4.0])
    assert weight(y_true, zero="skip", eps=1e-7).tolist() == [0.0, 0.5, 0.25]
    assert weight(y_true, zero="clip", eps=0.5).tolist() == [2.0, 0.5, 0.25]
    with_infinity = weight(y_true, zero="inf", eps=1e-7)
    assert np.isfinite(with_infinity).all()
    assert with_infinity[0] > 1e200 * with_infinity[1:].sum()  # 0 is the only constant whose loss is finite


def test_9_mape_is_in_percent():
    assert value("mape", [4.0], [5.0]) == 25.0  # scikit-learn: 0.25
    assert get("mape").unit is get("smape").unit is Unit.PERCENT


def test_10_smape_goes_to_200_and_both_zero_is_perfect():
    assert value("smape", [0.0], [5.0]) == 200.0
    assert value("smape", [0.0], [0.0]) == 0.0
    assert value("smape", [1.0], [3.0]) == 100.0
    assert value("smape:variant=100", [1.0], [3.0]) == 50.0
    assert parse("smape:variant=100").label == "smape:variant=100"


def test_11_bias_is_prediction_minus_target():
    assert value("mbe", [1.0, 1.0], [3.0, 2.0]) == 1.5  # over-predicts; yardstick's msd: −1.5
    assert get("mbe").direction is Direction.ZERO
    assert get("mbe").optimum is None


def test_12_residuals_are_prediction_minus_target():
    for name in NUMERIC:
        if kernel(name).encoding.of_residual:
            over = kernel(name).gradient(np.array([0.0]), np.array([2.0]))
            assert over.item() > 0.0, name


def test_13_tau_weighs_under_prediction():
    assert value("pinball:tau=0.9", [10.0], [9.0]) == 0.9  # too low by 1
    assert value("pinball:tau=0.9", [9.0], [10.0]) == pytest.approx(0.1, rel=1e-15)
    assert parse("pinball:alpha=0.9") == parse("pinball:tau=0.9") == parse("quantile:level=0.9")
    assert get("pinball").params[0].default == 0.5  # LightGBM 0.9


@pytest.mark.parametrize("name", ["msle", "rmsle"])
def test_32_log_errors_need_values_above_minus_one_and_clip_none(name):
    encoding = kernel(name).encoding
    edge = np.array([-5.0, -1.0, -0.5, 0.0, 7.0])
    for domain in (encoding.y_true, encoding.y_pred):
        assert domain.contains(edge).tolist() == [False, False, True, True, True]
    # log 1 − log ½ = log 2, not Keras' 0 from lifting −0.5 to 1e-7
    assert value("msle", [-0.5], [0.0]) == pytest.approx(0.4804530139182014, rel=1e-15)


@pytest.mark.parametrize("name", [name for name in NUMERIC if name != "mbe"])
def test_48_a_perfect_row_has_no_pull(name):
    gradient = kernel(name).gradient(np.array([3.0]), np.array([3.0]))
    assert gradient.tolist() == [0.0]  # JAX's abs: +1; scikit-learn's boosting: −1 and −τ
    assert get(name).doc.kinks
