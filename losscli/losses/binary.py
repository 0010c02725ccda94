"""Binary cross-entropies: the surprise at what happened, given the probability or the log-odds of positives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from losscli.arrays import Form, Functional, Task, Unit
from losscli.losses.param import ANY_SCORE, NON_NEGATIVE, UNIT, Interval, Param
from losscli.losses.record import Doc, Encoding, Loss, MeanOf
from losscli.losses.two_classes import (
    cross_entropy,
    log_odds,
    slope_in_logit,
    slope_in_probability,
    surprise_of_logit,
    surprise_of_probability,
)

if TYPE_CHECKING:
    from losscli.arrays import FloatArray


def _smooth(y: FloatArray, label_smoothing: float) -> FloatArray:
    return y * (1.0 - label_smoothing) + 0.5 * label_smoothing if label_smoothing else y


def _bce(y_true: FloatArray, y_pred: FloatArray, clip: float, label_smoothing: float) -> FloatArray:
    p = np.clip(y_pred, clip, 1.0 - clip) if clip else y_pred
    return cross_entropy(_smooth(y_true, label_smoothing), p, surprise_of_probability)


def _bce_gradient(y_true: FloatArray, y_pred: FloatArray, clip: float, label_smoothing: float) -> FloatArray:
    slope = slope_in_probability(_smooth(y_true, label_smoothing), y_pred)
    if clip:
        np.copyto(slope, 0.0, where=(y_pred <= clip) | (y_pred >= 1.0 - clip))
    return slope


def _bce_constant(share: float, clip: float, label_smoothing: float) -> float:  # noqa: ARG001
    return share * (1.0 - label_smoothing) + 0.5 * label_smoothing


def _bce_logits(y_true: FloatArray, y_pred: FloatArray, label_smoothing: float, pos_weight: float) -> FloatArray:
    return cross_entropy(_smooth(y_true, label_smoothing), y_pred, surprise_of_logit, pos_weight)


def _bce_logits_gradient(
    y_true: FloatArray, y_pred: FloatArray, label_smoothing: float, pos_weight: float
) -> FloatArray:
    return slope_in_logit(_smooth(y_true, label_smoothing), y_pred, pos_weight)


def _bce_logits_constant(share: float, label_smoothing: float, pos_weight: float) -> float:
    up = share * (1.0 - label_smoothing) + 0.5 * label_smoothing
    return log_odds(pos_weight * up, 1.0 - up)


_FAMILY = "binary losses"
_SMOOTHING = Param(
    name="label_smoothing",
    default=0.0,
    domain=UNIT,
    summary="How far targets move towards ½: y becomes y·(1 − ε) + ε/2.",
    aliases=("smoothing", "epsilon"),
)
_SURE_AND_WRONG = (
    "Confident and wrong: a row's loss is the number of nats by which its outcome surprised the model, 4.6 at a "
    "probability of 1 %, and infinite at 0."
)
_RANGE_OF_SOFT = "With soft targets the least value is not 0 but their entropy."
_SHARE = MeanOf(inverse=_bce_constant, words="the share of positives")
_LOG_ODDS = MeanOf(inverse=_bce_logits_constant, words="the log-odds of the share of positives")

BCE = Loss(
    name="bce",
    title="Binary cross-entropy",
    family=_FAMILY,
    aliases=(
        "binary_cross_entropy",
        "bce_loss",
        "log_loss",
        "binary_logloss",
    ),
    params=(
        Param(
            name="clip",
            default=0.0,
            domain=Interval(low=0.0, high=0.5, low_closed=True),
            summary="Moves predictions into [clip, 1 − clip] first; 0 leaves them as they are.",
            aliases=("eps",),
        ),
        _SMOOTHING,
    ),
    encodings=(
        Encoding(
            task=Task.BINARY,
            form=Form.PROBABILITY,
            per_row=_bce,
            gradient=_bce_gradient,
            y_true=UNIT,
            y_pred=UNIT,
            hint="these look like logits: use bce_logits, or --pred-form logit",
        ),
    ),
    functional=Functional.PROBABILITY,
    unit=Unit.NATS,
    optimum=_SHARE,
    doc=Doc(
        summary="The surprise at what happened, −log of the probability that the prediction gave it, in nats.",
        formula="−(y·log p + (1 − y)·log(1 − p)), p in [clip, 1 − clip], y after label_smoothing; 0·log 0 = 0",
        gradient="(p − y)/(p·(1 − p))",
        kinks="None inside. It is infinite at a wrong 0 or 1, where the gradient is too; at a right one 0 is used.",
        rewards="Probabilities that mean what they say: nothing else has as low an expected loss (strictly proper).",
        outliers=_SURE_AND_WRONG,
        use="Predictions are probabilities, and a false certainty is worse than an honest doubt.",
        pitfalls=(
            "One wrong 0 or 1 makes the mean infinite, rightly. The rows are named, with the mean of the others.",
            "Libraries clip quietly, so that such a row costs 36.0 (scikit-learn), 16.1 (Keras) or 100 (PyTorch).",
            "A clipped value depends on the clip, not on the model; clip=1e-7 does openly what they do quietly.",
            "A perfect prediction costs exactly 0 here; with the clips of scikit-learn and Keras it costs a little.",
            f"It is the relative entropy KL(y ‖ p) plus the entropy of y. {_RANGE_OF_SOFT}",
            "It is in nats; divided by log 2 = 0.693 it is in bits.",
        ),
        names=(
            ("scikit-learn", "log_loss"),
            ("PyTorch", "BCELoss"),
            ("Keras", "BinaryCrossentropy"),
            ("XGBoost", "logloss"),
            ("LightGBM", "binary_logloss, cross_entropy"),
            ("CatBoost", "Logloss, CrossEntropy"),
        ),
        source="Good (1952), Rational decisions, JRSS B 14:107–114",
        example=(
            "With H(y, p) = −y·log p − (1 − y)·log(1 − p), H(0.5, 0.9) = 1.20397 but H(0.9, 0.5) = 0.693147: "
            "target and prediction are not interchangeable. H(0.5, 0.9) is the entropy H(0.5, 0.5) = 0.693147 "
            "plus KL(0.5 ‖ 0.9) = 0.510826."
        ),
    ),
)

BCE_LOGITS = Loss(
    name="bce_logits",
    title="Binary cross-entropy from logits",
    family=_FAMILY,
    aliases=(
        "bce_with_logits",
        "bce_with_logits_loss",
        "binary_cross_entropy_with_logits",
        "sigmoid_cross_entropy",
        "sigmoid_cross_entropy_with_logits",
        "sigmoid_binary_cross_entropy",
        "half_binomial_loss",
    ),
    params=(
        _SMOOTHING,
        Param(
            name="pos_weight",
            default=1.0,
            domain=NON_NEGATIVE,
            summary="Multiplies the loss of the positive class.",
            aliases=("scale_pos_weight",),
        ),
    ),
    encodings=(
        Encoding(
            task=Task.BINARY,
            form=Form.LOGIT,
            per_row=_bce_logits,
            gradient=_bce_logits_gradient,
            y_true=UNIT,
            y_pred=ANY_SCORE,
        ),
    ),
    functional=Functional.PROBABILITY,
    unit=Unit.NATS,
    optimum=_LOG_ODDS,
    gradient_bound=lambda label_smoothing, pos_weight: max(1.0, pos_weight),  # noqa: ARG005
    doc=Doc(
        summary="Binary cross-entropy of the probability σ(z) = 1/(1 + e^−z), computed from the logit z = p itself.",
        formula="pos_weight·y·log(1 + e^−p) + (1 − y)·log(1 + e^p), y after label_smoothing",
        gradient="(1 − y)·σ(p) − pos_weight·y·σ(−p); σ(p) − y where pos_weight = 1",
        kinks="None: all derivatives exist everywhere.",
        rewards="Log-odds whose probabilities mean what they say (strictly proper through the logit).",
        outliers="Confident and wrong: far on the wrong side a row costs its logit, and pulls with at most 1.",
        use="Predictions are logits, the inputs of a final sigmoid. Nothing is lost to rounding then.",
        pitfalls=(
            "Probabilities given as logits are quietly wrong: σ(0.9) is 0.71.",
            "As a probability, a logit of 37 or more is a certain 1 and costs 0 or inf; here 37 costs e^−37 or 37.",
            "An infinite logit costs 0 where it is right. PyTorch and optax say NaN.",
            "A pos_weight other than 1 moves the best prediction away from the log-odds.",
            "The mean is over all rows, never divided by the sum of class weights.",
            _RANGE_OF_SOFT,
        ),
        names=(
            ("PyTorch", "BCEWithLogitsLoss"),
            ("TensorFlow", "nn.sigmoid_cross_entropy_with_logits"),
            ("Keras", "BinaryCrossentropy(from_logits=True)"),
            ("optax", "sigmoid_binary_cross_entropy"),
            ("scikit-learn", "_loss.HalfBinomialLoss"),
        ),
        source="Cox (1958), The regression analysis of binary sequences, JRSS B 20:215–242",
    ),
)

BINARY = (BCE, BCE_LOGITS)
