"""Agreement of the losses of two classes with scikit-learn, SciPy, and stored values of PyTorch, optax and Keras."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import special
from sklearn import metrics

from losscli.arrays import Form, Task
from losscli.losses import parse

SUMMATION = 1e-12  # relative: both add the same thousand terms, in another order
SAME = 1e-12  # relative: the same formula in float64
SINGLE = 3e-6  # relative: Keras computes in float32, and next to 1 keeps seven digits of p, not of 1 − p
STORED = json.loads((Path(__file__).parent / "reference" / "stored.json").read_text(encoding="utf-8"))
P, Z, M = Form.PROBABILITY, Form.LOGIT, Form.MARGIN

GENERATOR = np.random.default_rng(3)
LOGIT = GENERATOR.normal(0.0, 3.0, 1000)
PROBABILITY = special.expit(LOGIT)
Y_TRUE = (GENERATOR.random(1000) < PROBABILITY).astype(np.float64)
SOFT = GENERATOR.random(1000)
WEIGHT = GENERATOR.uniform(0.0, 2.0, 1000)


def per_row(spelled, form, y_true, y_pred):
    return parse(spelled).kernel(Task.BINARY, form).per_row(y_true, y_pred)


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
@pytest.mark.parametrize(
    ("spelled", "form", "theirs"),
    [
        ("bce", P, lambda w: metrics.log_loss(Y_TRUE, PROBABILITY, sample_weight=w)),
        ("bce_logits", Z, lambda w: metrics.log_loss(Y_TRUE, PROBABILITY, sample_weight=w)),
        ("brier", P, lambda w: metrics.brier_score_loss(Y_TRUE, PROBABILITY, sample_weight=w)),
        ("brier", Z, lambda w: metrics.brier_score_loss(Y_TRUE, PROBABILITY, sample_weight=w)),
        ("hinge", M, lambda w: metrics.hinge_loss(2 * Y_TRUE - 1, LOGIT, sample_weight=w)),
        ("zero_one", P, lambda w: metrics.zero_one_loss(Y_TRUE, PROBABILITY > 0.5, sample_weight=w)),
        ("zero_one", Z, lambda w: metrics.zero_one_loss(Y_TRUE, LOGIT > 0.0, sample_weight=w)),
        ("zero_one", M, lambda w: metrics.zero_one_loss(Y_TRUE, LOGIT > 0.0, sample_weight=w)),
    ],
)
def test_scikit_learn_says_the_same(spelled, form, theirs, weight):
    y_pred = PROBABILITY if form is P else LOGIT
    ours = float(np.average(per_row(spelled, form, Y_TRUE, y_pred), weights=weight))
    assert ours == pytest.approx(theirs(weight), rel=SUMMATION, abs=0.0)


@pytest.mark.parametrize("y", [Y_TRUE, SOFT], ids=["certain", "soft"])
def test_scipy_says_the_same(y):
    of_probability = -special.xlogy(y, PROBABILITY) - special.xlog1py(1 - y, -PROBABILITY)
    of_logit = -y * special.log_expit(LOGIT) - (1 - y) * special.log_expit(-LOGIT)
    np.testing.assert_allclose(per_row("bce", P, y, PROBABILITY), of_probability, rtol=SAME)
    np.testing.assert_allclose(per_row("bce_logits", Z, y, LOGIT), of_logit, rtol=SAME)


STORED_ROWS = [
    ("torch", "BCELoss", "bce", P, "binary", "probability"),
    ("torch", "BCELoss(soft)", "bce", P, "soft", "probability"),
    ("torch", "BCEWithLogitsLoss", "bce_logits", Z, "binary", "logit"),
    ("torch", "BCEWithLogitsLoss(soft)", "bce_logits", Z, "soft", "logit"),
    ("torch", "BCEWithLogitsLoss(pos_weight=3)", "bce_logits:pos_weight=3", Z, "binary", "logit"),
    ("torch", "BCEWithLogitsLoss(pos_weight=3)", "weighted_bce:pos_weight=3", Z, "binary", "logit"),
    ("torch", "BCEWithLogitsLoss(pos_weight=3)", "rww_bce:w_fn=3:w_fp=1", Z, "binary", "logit"),
    ("torch", "SoftMarginLoss", "logistic_margin", M, "binary", "real"),
    ("optax", "sigmoid_binary_cross_entropy", "bce_logits", Z, "binary", "logit"),
    ("optax", "sigmoid_focal_loss", "focal", Z, "binary", "logit"),
    ("optax", "sigmoid_focal_loss(alpha=0.25)", "focal:alpha=0.25", Z, "binary", "logit"),
    ("optax", "hinge_loss", "hinge", M, "binary", "real"),
    ("keras", "BinaryCrossentropy", "bce", P, "binary", "probability"),
    ("keras", "BinaryCrossentropy(label_smoothing=0.2)", "bce:label_smoothing=0.2", P, "binary", "probability"),
    ("keras", "BinaryCrossentropy(from_logits)", "bce_logits", Z, "binary", "logit"),
    ("keras", "BinaryFocalCrossentropy", "focal", P, "binary", "probability"),
    ("keras", "BinaryFocalCrossentropy(alpha=0.25)", "focal:alpha=0.25", P, "binary", "probability"),
    ("keras", "Hinge", "hinge", M, "binary", "predicted"),
    ("keras", "SquaredHinge", "squared_hinge", M, "binary", "predicted"),
]


@pytest.mark.parametrize(("library", "name", "spelled", "form", "y_true", "y_pred"), STORED_ROWS)
def test_other_libraries_said_the_same(*, library, name, spelled, form, y_true, y_pred):
    inputs = STORED["inputs"]
    ours = per_row(spelled, form, np.array(inputs[y_true]), np.array(inputs[y_pred]))
    np.testing.assert_allclose(ours, STORED[library][name], rtol=SINGLE if library == "keras" else SAME)


STORED_NUMBERS = [
    ("torch", "MSELoss", "mse"),
    ("torch", "L1Loss", "mae"),
    ("torch", "HuberLoss(delta=1)", "huber"),
    ("torch", "HuberLoss(delta=2)", "huber:delta=2"),
    ("optax", "huber_loss(delta=2)", "huber:delta=2"),
    ("optax", "log_cosh", "log_cosh"),
    ("keras", "LogCosh", "log_cosh"),
]


@pytest.mark.parametrize(("library", "name", "spelled"), STORED_NUMBERS)
def test_other_libraries_said_the_same_of_numbers(library, name, spelled):
    y_true, y_pred = (np.array(STORED["inputs"][key]) for key in ("real", "predicted"))
    ours = parse(spelled).kernel(Task.REGRESSION, Form.VALUE).per_row(y_true, y_pred)
    np.testing.assert_allclose(ours, STORED[library][name], rtol=SINGLE if library == "keras" else SAME)


def test_smooth_l1_is_huber_divided_by_its_turning_point():
    y_true, y_pred = (np.array(STORED["inputs"][key]) for key in ("real", "predicted"))
    huber = parse("huber:delta=2").kernel(Task.REGRESSION, Form.VALUE).per_row(y_true, y_pred)
    np.testing.assert_allclose(huber / 2.0, STORED["torch"]["SmoothL1Loss(beta=2)"], rtol=SAME)
