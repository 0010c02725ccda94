"""Agreement of the losses of rows of k numbers with scikit-learn, SciPy, and stored values of other libraries."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import special
from scipy.spatial import distance
from sklearn import metrics

from losscli.arrays import Form, Task, Truth
from losscli.losses import parse

SUMMATION = 1e-12  # relative: both add the same thousand terms, in another order
SAME = 1e-12  # relative: the same formula in float64
STORED = json.loads((Path(__file__).parent / "reference" / "stored.json").read_text(encoding="utf-8"))
P, Z, L, S, HARD = Form.PROBABILITY, Form.LOGIT, Form.LOG_PROBABILITY, Form.SCORE, Form.LABEL

GENERATOR = np.random.default_rng(4)
N, K = 1000, 5
LOGITS = GENERATOR.normal(0.0, 2.0, (N, K))
PROBABILITIES = special.softmax(LOGITS, axis=1)
LOGS = special.log_softmax(LOGITS, axis=1)
CODES = GENERATOR.integers(0, K, N)
SHARES = GENERATOR.dirichlet(np.full(K, 0.3), N)
LABELS = (GENERATOR.random((N, K)) < special.expit(LOGITS)).astype(np.float64)
WEIGHT = GENERATOR.uniform(0.0, 2.0, N)
Y_PRED = {P: PROBABILITIES, Z: LOGITS, L: LOGS, S: LOGITS, HARD: LOGITS.argmax(axis=1)}


def per_row(spelled, task, form, y_true, y_pred):
    truth = Truth.CODE if np.ndim(y_true) == 1 else Truth.ROWS
    return parse(spelled).kernel(task, form, truth).per_row(np.asarray(y_true), np.asarray(y_pred))


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
@pytest.mark.parametrize("y_true", [CODES, np.eye(K)[CODES]], ids=["codes", "one-hot"])
@pytest.mark.parametrize(
    ("spelled", "form", "theirs"),
    [
        *(
            (spelled, form, lambda w: metrics.log_loss(CODES, PROBABILITIES, sample_weight=w))
            for spelled, form in [("cce", P), ("sparse_cce", P), ("softmax_ce", Z), ("nll", L)]
        ),
        *(
            ("multiclass_brier", form, lambda w: metrics.brier_score_loss(CODES, PROBABILITIES, sample_weight=w))
            for form in (P, Z, L)
        ),
        *(
            ("zero_one", form, lambda w: metrics.zero_one_loss(CODES, Y_PRED[HARD], sample_weight=w))
            for form in (P, Z, L, S)
        ),
    ],
)
def test_scikit_learn_says_the_same_of_classes(spelled, form, theirs, y_true, weight):
    ours = np.average(per_row(spelled, Task.MULTICLASS, form, y_true, Y_PRED[form]), weights=weight)
    assert float(ours) == pytest.approx(theirs(weight), rel=SUMMATION, abs=0.0)


def test_scikit_learn_says_the_same_of_class_labels():
    ours = per_row("zero_one", Task.MULTICLASS, HARD, CODES, Y_PRED[HARD].astype(np.float64)).mean()
    assert float(ours) == pytest.approx(metrics.zero_one_loss(CODES, Y_PRED[HARD]), rel=SUMMATION)


def test_the_brier_score_is_its_formula():
    direct = ((PROBABILITIES - np.eye(K)[CODES]) ** 2).sum(axis=1)
    for form in (P, Z, L):
        np.testing.assert_allclose(
            per_row("multiclass_brier", Task.MULTICLASS, form, CODES, Y_PRED[form]), direct, rtol=SAME
        )


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
@pytest.mark.parametrize("form", [P, Z, HARD])
def test_scikit_learn_says_the_same_of_labels(form, weight):
    y_pred = {P: special.expit(LOGITS), Z: LOGITS, HARD: (LOGITS > 0.0).astype(np.float64)}[form]
    ours = np.average(per_row("hamming", Task.MULTILABEL, form, LABELS, y_pred), weights=weight)
    theirs = metrics.hamming_loss(LABELS, LOGITS > 0.0, sample_weight=weight)
    assert float(ours) == pytest.approx(theirs, rel=SUMMATION)


@pytest.mark.parametrize(("spelled", "form"), [("multilabel_bce", P), ("multilabel_bce_logits", Z)])
def test_scikit_learn_says_the_same_of_each_label(spelled, form):
    y_pred = special.expit(LOGITS) if form is P else LOGITS
    theirs = np.mean([metrics.log_loss(LABELS[:, j], special.expit(LOGITS[:, j])) for j in range(K)])
    ours = per_row(spelled, Task.MULTILABEL, form, LABELS, y_pred).mean()
    assert float(ours) == pytest.approx(float(theirs), rel=SUMMATION)


def test_scipy_says_the_same_of_distributions():
    def ours(spelled):
        return per_row(spelled, Task.DISTRIBUTION, P, SHARES, PROBABILITIES)

    ratio = np.log(SHARES) - np.log(PROBABILITIES)  # no share is 0 here
    np.testing.assert_allclose(ours("kl"), (SHARES * ratio).sum(axis=1), rtol=SAME)
    np.testing.assert_allclose(ours("kl"), special.rel_entr(SHARES, PROBABILITIES).sum(axis=1), rtol=SAME)
    np.testing.assert_allclose(ours("reverse_kl"), (-PROBABILITIES * ratio).sum(axis=1), rtol=SAME)
    np.testing.assert_allclose(ours("js"), distance.jensenshannon(SHARES, PROBABILITIES, axis=1) ** 2, rtol=SAME)
    entropy = special.entr(SHARES).sum(axis=1)
    np.testing.assert_allclose(ours("soft_ce"), ours("kl") + entropy, rtol=SAME)


C, D, M = Task.MULTICLASS, Task.DISTRIBUTION, Task.MULTILABEL
THEIRS = [
    ("torch", "CrossEntropyLoss", "softmax_ce", C, Z, "code", "class_logit"),
    ("torch", "CrossEntropyLoss(soft)", "softmax_ce", C, Z, "class_soft", "class_logit"),
    ("torch", "CrossEntropyLoss(label_smoothing=0.1)", "softmax_ce:label_smoothing=0.1", C, Z, "code", "class_logit"),
    ("torch", "NLLLoss", "cce", C, P, "code", "class_probability"),
    ("torch", "NLLLoss", "nll", C, L, "code", "class_probability"),
    ("torch", "KLDivLoss", "kl", D, P, "class_soft", "class_probability"),
    ("torch", "MultiLabelBCELoss", "multilabel_bce", M, P, "label", "label_probability"),
    ("torch", "MultiLabelSoftMarginLoss", "multilabel_bce_logits", M, Z, "label", "label_logit"),
    ("optax", "softmax_cross_entropy", "softmax_ce", C, Z, "class_soft", "class_logit"),
    ("optax", "softmax_cross_entropy_with_integer_labels", "softmax_ce", C, Z, "code", "class_logit"),
    ("optax", "kl_divergence", "kl", D, P, "class_soft", "class_probability"),
    ("keras", "CategoricalCrossentropy", "cce", C, P, "class_soft", "class_probability"),
    ("keras", "CategoricalCrossentropy", "soft_ce", D, P, "class_soft", "class_probability"),
    ("keras", "SparseCategoricalCrossentropy", "sparse_cce", C, P, "code", "class_probability"),
]


@pytest.mark.parametrize("row", THEIRS, ids=lambda row: f"{row[0]}-{row[1]}-{row[2]}")
def test_stored_values_of_other_libraries(row):
    library, name, spelled, task, form, target, prediction = row
    theirs = STORED[library][name]
    y_true, y_pred = (np.array(STORED["inputs"][key])[: len(theirs)] for key in (target, prediction))
    ours = per_row(spelled, task, form, y_true, np.log(y_pred) if form is L else y_pred)
    # absolute: a lead of 800 logits leaves them rounding errors of 800
    np.testing.assert_allclose(ours, theirs, rtol=SAME, atol=1e-13)


def test_the_deviance_of_counts_is_twice_what_the_likelihood_loses():
    y, p = (np.array(STORED["inputs"][key]) for key in ("count", "rate"))
    perfect = y - special.xlogy(y, y)
    with np.errstate(divide="ignore", invalid="ignore"):  # counts of 0
        ours = parse("poisson_deviance").kernel(Task.REGRESSION, Form.VALUE).per_row(y, p)
    np.testing.assert_allclose(ours, 2.0 * (np.array(STORED["torch"]["PoissonNLLLoss(rate)"]) - perfect), atol=1e-14)
