"""Conventions of two-class losses in which libraries differ: one test for each, with the decision taken here."""

from __future__ import annotations

import numpy as np
import pytest

from losscli.arrays import Form, Task
from losscli.losses import get, parse
from losscli.losses.param import UNIT

P, Z, M, D = Form.PROBABILITY, Form.LOGIT, Form.MARGIN, Form.LABEL


def kernel(spelled, form):
    found = parse(spelled).kernel(Task.BINARY, form)
    assert found is not None
    return found


def value(spelled, form, y_true, y_pred):
    with np.errstate(all="ignore"):
        return float(kernel(spelled, form).per_row(np.array(y_true), np.array(y_pred)).mean())


def test_4_a_wrong_certainty_is_infinite_and_clipping_is_asked_for():
    assert value("bce", P, [1.0], [0.0]) == np.inf  # scikit-learn 36.04, PyTorch 100, XGBoost 36.84
    assert value("bce:clip=1e-7", P, [1.0], [0.0]) == pytest.approx(16.11809565095832, rel=1e-14)  # Keras
    assert parse("bce:clip=1e-7").label == "bce:clip=1e-07"
    for spelled in ("weighted_bce", "rww_bce:w_fn=1:w_fp=1", "focal"):
        assert value(spelled, P, [1.0], [0.0]) == np.inf


@pytest.mark.parametrize("spelled", ["bce", "weighted_bce:w_pos=7", "rww_bce:w_fn=7:w_fp=1", "focal", "brier"])
def test_5_a_perfect_prediction_costs_exactly_nothing(spelled):
    assert value(spelled, P, [0.0, 1.0], [0.0, 1.0]) == 0.0  # scikit-learn 2.2e-16, Keras 1.2e-7


@pytest.mark.parametrize("name", ["hinge", "squared_hinge", "logistic_margin"])
def test_6_targets_0_and_1_become_signs_and_others_are_refused(name):
    encoding = kernel(name, M).encoding
    y_true = np.array([0.0, 1.0, 0.5, -1.0])
    assert encoding.joint.holds(y_true, np.zeros(4)).tolist() == [True, True, False, False]
    assert encoding.joint.broken == "target is neither 0 nor 1"
    right, wrong = value(name, M, [0.0], [-5.0]), value(name, M, [0.0], [5.0])
    assert right < 0.01 < wrong
    # a file with one class keeps its class; scikit-learn takes it as negative: 6
    assert value("hinge", M, [1.0, 1.0], [5.0, 5.0]) == 0.0


def test_7_no_sigmoid_is_applied_to_scores():
    scores = np.array([0.5, -2.0, 3.0])
    expected = np.mean([0.5, 0.0, 0.0])
    assert value("hinge", M, [1.0, 0.0, 1.0], scores) == pytest.approx(expected)
    assert parse("hinge").kernel(Task.BINARY, P) is None  # probabilities are no margins


def test_11_too_high_a_probability_has_a_positive_slope():
    for spelled, form in [("bce", P), ("brier", P), ("bce_logits", Z), ("hinge", M)]:
        assert kernel(spelled, form).gradient(np.array([0.0]), np.array([0.5])).item() > 0.0


def test_18_class_weights_are_costs_and_divide_nothing():
    # 3·log 2 and log 2 over two rows; divided by the sum of weights it would be 2·log 2/2
    assert value("weighted_bce:w_pos=3", P, [1.0, 0.0], [0.5, 0.5]) == pytest.approx(2 * np.log(2.0))
    assert value("rww_bce:w_fn=2000:w_fp=0", P, [1.0, 0.0], [0.5, 0.5]) == pytest.approx(1000 * np.log(2.0))
    assert value("real_world_cost:w_fn=2000:w_fp=1", P, [1.0, 0.0], [0.1, 0.1]) == 1000.0


@pytest.mark.parametrize("spelled", ["bce", "weighted_bce", "brier", "focal", "zero_one"])
def test_26_logits_are_not_taken_for_probabilities(spelled):
    encoding = kernel(spelled, P).encoding
    assert encoding.y_pred == UNIT
    assert "--pred-form logit" in encoding.hint


def test_27_label_smoothing_moves_towards_one_half():
    smooth, plain = "bce:label_smoothing=0.2", "bce"
    assert value(smooth, P, [1.0], [0.3]) == pytest.approx(value(plain, P, [0.9], [0.3]), rel=1e-14)
    assert value("bce_logits:label_smoothing=0.2", Z, [0.0], [2.0]) == pytest.approx(
        value("bce_logits", Z, [0.1], [2.0]), rel=1e-14
    )
    assert parse(smooth).params[1] == ("label_smoothing", 0.2)
    assert parse(plain).params[1] == ("label_smoothing", 0.0)


def test_28_focal_weighs_no_class_unless_asked():
    assert value("focal", P, [1.0], [0.7]) == pytest.approx(0.0321007449544859, rel=1e-13)
    assert value("focal:alpha=0.25", P, [1.0], [0.7]) == pytest.approx(0.008025186238621466, rel=1e-13)  # torchvision
    assert value("focal:alpha=0.25", P, [0.0], [0.3]) == pytest.approx(3 * 0.008025186238621466, rel=1e-13)
    y_true, p = [1.0, 0.0, 1.0], [0.3, 0.9, 0.8]
    assert value("focal:gamma=0", P, y_true, p) == value("bce", P, y_true, p)


def test_29_the_brier_score_of_two_classes_goes_to_1():
    assert value("brier", P, [1.0], [0.0]) == 1.0  # summed over both classes: 2
    assert get("brier").range == UNIT
    # a logit goes through the sigmoid only where it is said to be one; CatBoost always: (σ(0.5) − 1)²
    assert value("brier", P, [1.0], [0.5]) == 0.25
    assert value("brier", Z, [1.0], [0.5]) == pytest.approx(0.14253695, rel=1e-6)


@pytest.mark.parametrize(("form", "edge"), [(P, 0.5), (Z, 0.0), (M, 0.0)])
@pytest.mark.parametrize("spelled", ["zero_one", "real_world_cost:w_fn=1:w_fp=1"])
def test_38_a_tie_is_negative_and_counted(spelled, form, edge):
    assert value(spelled, form, [1.0], [edge]) == 1.0
    assert value(spelled, form, [0.0], [edge]) == 0.0
    found = kernel(spelled, form)
    ties = found.encoding.tied(np.zeros(3), np.array([edge - 0.1, edge, edge + 0.1]), **dict(found.params))
    assert ties.tolist() == [0.0, 1.0, 0.0]
    assert kernel(spelled, D).encoding.tied is None


def test_47_an_infinite_logit_costs_nothing_where_it_is_right():
    for spelled, form in [("bce_logits", Z), ("weighted_bce", Z), ("focal", Z), ("hinge", M), ("logistic_margin", M)]:
        assert value(spelled, form, [1.0, 0.0], [np.inf, -np.inf]) == 0.0  # PyTorch and optax: NaN
        assert value(spelled, form, [0.0], [np.inf]) == np.inf
        with np.errstate(invalid="ignore"):
            slopes = kernel(spelled, form).gradient(np.array([1.0, 0.0]), np.array([np.inf, np.inf]))
        assert slopes.tolist() == [0.0, 1.0]


def test_48_a_row_at_the_margin_has_no_pull():
    assert kernel("hinge", M).gradient(np.array([1.0, 0.0]), np.array([1.0, -1.0])).tolist() == [0.0, 0.0]  # JAX: ½
    assert kernel("squared_hinge", M).gradient(np.array([1.0]), np.array([1.0])).tolist() == [0.0]
