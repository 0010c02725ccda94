"""Cross-entropies of many classes: the surprise at the class that was true."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from losscli.arrays import Form, Functional, Unit
from losscli.losses.many_classes import (
    LIKE_LOGITS,
    LOG_PROBABILITY,
    LOGIT,
    NO_LOG_PROBABILITIES,
    class_encodings,
    dot,
    log_sum,
    mean_slope,
    mean_surprise,
    picked,
    softmax,
    target_rows,
)
from losscli.losses.param import UNIT, Param
from losscli.losses.record import Doc, Loss, MeanRowOf

if TYPE_CHECKING:
    from losscli.arrays import FloatArray, IntArray


def _smooth(y: FloatArray, label_smoothing: float) -> FloatArray:
    return y * (1.0 - label_smoothing) + label_smoothing / y.shape[-1] if label_smoothing else y


def _cce(y_true: FloatArray, y_pred: FloatArray, label_smoothing: float) -> FloatArray:
    return mean_surprise(_smooth(y_true, label_smoothing), y_pred)


def _cce_of_code(y_true: IntArray, y_pred: FloatArray, label_smoothing: float) -> FloatArray:
    if label_smoothing:
        return _cce(target_rows(y_true, y_pred.shape[1]), y_pred, label_smoothing)
    return 0.0 - np.log(picked(y_pred, y_true))


def _cce_gradient(y_true: IntArray | FloatArray, y_pred: FloatArray, label_smoothing: float) -> FloatArray:
    return mean_slope(_smooth(target_rows(y_true, y_pred.shape[1]), label_smoothing), y_pred)


def _softmax_ce(y_true: FloatArray, y_pred: FloatArray, label_smoothing: float) -> FloatArray:
    y = _smooth(y_true, label_smoothing)
    top, above = log_sum(y_pred, y_pred.argmax(axis=1))
    below = top[:, np.newaxis] - y_pred
    np.copyto(below, 0.0, where=y == 0.0)
    loss = dot(y, below)
    loss += above * y.sum(axis=1)
    return loss


def _softmax_ce_of_code(y_true: IntArray, y_pred: FloatArray, label_smoothing: float) -> FloatArray:
    if label_smoothing:
        return _softmax_ce(target_rows(y_true, y_pred.shape[1]), y_pred, label_smoothing)
    top, loss = log_sum(y_pred, y_true)
    top -= picked(y_pred, y_true)
    loss += top
    return loss


def _softmax_ce_gradient(y_true: IntArray | FloatArray, y_pred: FloatArray, label_smoothing: float) -> FloatArray:
    slope = softmax(y_pred)
    slope -= _smooth(target_rows(y_true, y_pred.shape[1]), label_smoothing)
    return slope


def _nll(y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
    return 0.0 - dot(y_true, np.where(y_true == 0.0, 0.0, y_pred))


def _nll_of_code(y_true: IntArray, y_pred: FloatArray) -> FloatArray:
    return 0.0 - picked(y_pred, y_true)


def _nll_gradient(y_true: IntArray | FloatArray, y_pred: FloatArray) -> FloatArray:
    return 0.0 - target_rows(y_true, y_pred.shape[1])


def _log_frequencies(mean: FloatArray, label_smoothing: float = 0.0) -> FloatArray:
    logs: FloatArray = np.log(_smooth(mean, label_smoothing))
    return logs


_FAMILY = "multi-class losses"
_SMOOTHING = Param(
    name="label_smoothing",
    default=0.0,
    domain=UNIT,
    summary="How far targets move towards all k classes alike: y becomes y·(1 − ε) + ε/k.",
    aliases=("smoothing", "epsilon"),
)
_PROPER = "Class probabilities that mean what they say: nothing else has as low an expected loss (strictly proper)."
_SURE_AND_WRONG = (
    "Confident and wrong: a row's loss is the number of nats by which its class surprised the model, 4.6 at a "
    "probability of 1 %, and infinite at 0."
)
_OF_SOFT = "With soft targets the least value is not 0 but their entropy."
_BY_NAME = "Classes are matched by name, never by sort order; a class that no row has is no error."
_LOG_FREQUENCIES = MeanRowOf(
    words="the logarithms of the class frequencies, −∞ for a class that never occurs", inverse=_log_frequencies
)

CCE = Loss(
    name="cce",
    title="Categorical cross-entropy",
    family=_FAMILY,
    aliases=(
        "categorical_cross_entropy",
        "multiclass_log_loss",
        "mlogloss",
        "multi_logloss",
    ),
    params=(_SMOOTHING,),
    encodings=class_encodings(
        Form.PROBABILITY, UNIT, of_code=_cce_of_code, of_rows=_cce, gradient=_cce_gradient, hint=LIKE_LOGITS
    ),
    functional=Functional.PROBABILITIES,
    unit=Unit.NATS,
    optimum=MeanRowOf(words="the class frequencies", inverse=_smooth),
    doc=Doc(
        summary="The surprise at the true class, −log of the probability that the prediction gave it, in nats.",
        formula="−Σ y·log p over classes, y after label_smoothing; 0·log 0 = 0. For a class label −log p of that class",
        gradient="−y/p for each class",
        kinks="None inside. It is infinite where the true class has probability 0, and so is the gradient.",
        rewards=_PROPER,
        outliers=_SURE_AND_WRONG,
        use="Predictions are class probabilities, and a false certainty is worse than an honest doubt.",
        pitfalls=(
            "One true class with probability 0 makes the mean infinite, rightly. The rows are named.",
            "Libraries clip quietly, so that such a row costs 36.0 (scikit-learn) or 16.1 (Keras).",
            "Rows that do not sum to 1 are an error here, unless --normalize divides them; Keras divides quietly.",
            "Only the true class counts: how the rest is spread over the others does not matter.",
            _BY_NAME,
            _OF_SOFT,
            "The most that guessing needs is log k: 2.3 for ten classes.",
        ),
        names=(
            ("scikit-learn", "log_loss"),
            ("Keras", "CategoricalCrossentropy"),
            ("XGBoost", "mlogloss"),
            ("LightGBM", "multi_logloss"),
        ),
        source="Good (1952), Rational decisions, JRSS B 14:107–114",
        example=(
            "With H(y, p) = −Σ y·log p, H((0.5, 0.5), (0.9, 0.1)) = 1.20397 but H((0.9, 0.1), (0.5, 0.5)) = 0.693147: "
            "target and prediction are not interchangeable. The first is the entropy of (0.5, 0.5), 0.693147, "
            "plus KL((0.5, 0.5) ‖ (0.9, 0.1)) = 0.510826."
        ),
    ),
)

SPARSE_CCE = replace(
    CCE,
    name="sparse_cce",
    title="Sparse categorical cross-entropy",
    aliases=("sparse_categorical_cross_entropy",),
    doc=replace(
        CCE.doc,
        summary="Categorical cross-entropy under the name that it has where the target is a class label.",
        formula="−log p of the true class; with label_smoothing −Σ y·log p over classes, y smoothed",
        gradient="−1/p at the true class, else 0",
        use="As cce: here both take class labels and one-hot or soft rows, and give the same.",
        names=(
            ("Keras", "SparseCategoricalCrossentropy"),
            ("scikit-learn", "log_loss"),
            ("XGBoost", "mlogloss"),
        ),
        example="",
    ),
)

SOFTMAX_CE = Loss(
    name="softmax_ce",
    title="Softmax cross-entropy",
    family=_FAMILY,
    aliases=(
        "softmax_cross_entropy",
        "softmax_cross_entropy_with_logits",
        "softmax_cross_entropy_with_integer_labels",
        "cross_entropy_loss",
        "cce_logits",
        "half_multinomial_loss",
    ),
    params=(_SMOOTHING,),
    encodings=class_encodings(
        Form.LOGIT, LOGIT, of_code=_softmax_ce_of_code, of_rows=_softmax_ce, gradient=_softmax_ce_gradient
    ),
    functional=Functional.PROBABILITIES,
    unit=Unit.NATS,
    optimum=_LOG_FREQUENCIES,
    gradient_bound=lambda label_smoothing: 1.0,  # noqa: ARG005
    doc=Doc(
        summary="Categorical cross-entropy of the probabilities softmax(z) = e^z/Σe^z, computed from the logits z = p.",
        formula="log Σ e^p − Σ y·p over classes, y after label_smoothing",
        gradient="softmax(p) − y for each class",
        kinks="None: all derivatives exist everywhere.",
        rewards="Logits whose probabilities mean what they say (strictly proper through the softmax).",
        outliers="Confident and wrong: far on the wrong side a row costs the distance of its logits, and pulls with 1.",
        use="Predictions are logits, the inputs of a final softmax. Nothing is lost to rounding then.",
        pitfalls=(
            "Probabilities given as logits are quietly wrong: three classes then never cost less than 0.55.",
            "The same amount added to all logits of a row changes nothing.",
            "A lead of 37 or more rounds to probability 1 and costs 0; here it costs e^−37, and 37 where it is wrong.",
            "A logit of −∞ rules a class out; it costs nothing unless that class is the true one.",
            "PyTorch with class weights divides by their sum for labels, but not for soft targets.",
            _OF_SOFT,
        ),
        names=(
            ("PyTorch", "CrossEntropyLoss"),
            ("optax", "softmax_cross_entropy, softmax_cross_entropy_with_integer_labels"),
            ("Keras", "CategoricalCrossentropy(from_logits=True)"),
            ("TensorFlow", "nn.softmax_cross_entropy_with_logits"),
            ("CatBoost", "MultiClass"),
        ),
        source="Bridle (1990), Probabilistic interpretation of feedforward classification outputs, NATO ASI F68",
    ),
)

NLL = Loss(
    name="nll",
    title="Negative log-likelihood of classes",
    family=_FAMILY,
    aliases=("nll_loss", "negative_log_likelihood"),
    encodings=class_encodings(
        Form.LOG_PROBABILITY,
        LOG_PROBABILITY,
        of_code=_nll_of_code,
        of_rows=_nll,
        gradient=_nll_gradient,
        hint=NO_LOG_PROBABILITIES,
    ),
    functional=Functional.PROBABILITIES,
    unit=Unit.NATS,
    optimum=_LOG_FREQUENCIES,
    gradient_bound=lambda: 1.0,
    doc=Doc(
        summary="The surprise at the true class, read off predictions that are logarithms of probabilities.",
        formula="−Σ y·p over classes, p a log-probability. For a class label −p of that class",
        gradient="−y for each class",
        kinks="None: it is linear.",
        rewards=_PROPER,
        outliers=_SURE_AND_WRONG,
        use="Predictions are log-probabilities, the output of a final log-softmax.",
        pitfalls=(
            "Probabilities given as log-probabilities would make it negative; here values above 0 are an error.",
            "Logits that happen to be below 0 pass that test, but their exponentials do not sum to 1.",
            "It equals cce of the probabilities, and softmax_ce of any logits that they come from.",
            _BY_NAME,
            _OF_SOFT,
        ),
        names=(("PyTorch", "NLLLoss"), ("scikit-learn", "log_loss of exp(p)")),
        source="Good (1952), Rational decisions, JRSS B 14:107–114",
    ),
)

CROSS_ENTROPIES = (CCE, SPARSE_CCE, SOFTMAX_CE, NLL)
