"""Losses of several labels at once, each there or not: the mean over the labels of a row."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from losscli.arrays import Form, Functional, Task, Truth, Unit
from losscli.losses.param import ANY_SCORE, UNIT, Interval
from losscli.losses.record import Doc, Encoding, JointDomain, Loss, MeanRowOf
from losscli.losses.two_classes import (
    cross_entropy,
    is_certain,
    slope_in_logit,
    slope_in_probability,
    surprise_of_logit,
    surprise_of_probability,
)

if TYPE_CHECKING:
    from losscli.arrays import BoolArray, FloatArray


def _mean(x: FloatArray) -> FloatArray:
    mean: FloatArray = np.einsum("ij->i", x)
    mean /= x.shape[1]
    return mean


def _bce(y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
    return _mean(cross_entropy(y_true, y_pred, surprise_of_probability))


def _bce_gradient(y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
    slope: FloatArray = slope_in_probability(y_true, y_pred)
    slope /= y_pred.shape[1]
    return slope


def _bce_logits(y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
    return _mean(cross_entropy(y_true, y_pred, surprise_of_logit))


def _bce_logits_gradient(y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
    slope: FloatArray = slope_in_logit(y_true, y_pred)
    slope /= y_pred.shape[1]
    return slope


def _log_odds(mean: FloatArray) -> FloatArray:
    odds: FloatArray = np.log(mean) - np.log1p(-mean)
    return odds


def _hamming(y_true: FloatArray, y_pred: FloatArray, *, cut: float) -> FloatArray:
    wrong: FloatArray = np.count_nonzero((y_pred > cut) != (y_true == 1.0), axis=1) / y_pred.shape[1]
    return wrong


def _flat(y_true: FloatArray, y_pred: FloatArray) -> FloatArray:  # noqa: ARG001
    return np.zeros(y_pred.shape)


def _tied(y_true: FloatArray, y_pred: FloatArray, *, cut: float) -> FloatArray:  # noqa: ARG001
    tied: FloatArray = (y_pred == cut).any(axis=1).astype(np.float64)
    return tied


def _majorities(mean: FloatArray, *, absent: float, present: float) -> FloatArray:
    return np.where(mean > 0.5, present, absent)


def _certain_target(y_true: FloatArray, y_pred: FloatArray) -> BoolArray:  # noqa: ARG001
    return is_certain(y_true)


def _certain_labels(y_true: FloatArray, y_pred: FloatArray) -> BoolArray:
    return is_certain(y_true) & is_certain(y_pred)


def _decision(
    form: Form,
    y_pred: Interval,
    *,
    cut: float,
    sides: tuple[float, float],
    joint: JointDomain,
    hint: str | None = None,
) -> Encoding:
    absent, present = sides
    return Encoding(
        task=Task.MULTILABEL,
        form=form,
        truth=Truth.ROWS,
        per_row=partial(_hamming, cut=cut),
        gradient=_flat,
        y_true=UNIT,
        y_pred=y_pred,
        joint=joint,
        hint=hint,
        tied=None if form is Form.LABEL else partial(_tied, cut=cut),
        optimum=MeanRowOf(words=_MAJORITY, inverse=partial(_majorities, absent=absent, present=present)),
    )


_FAMILY = "multi-label losses"
_PER_LABEL = "The mean is over labels and then rows; some papers sum over labels, which is k times as much."
_MARGINALS = (
    "For each label a probability that means what it says (strictly proper). How labels go together is not asked."
)
_MAJORITY = "for each label whether most rows have it"
_TARGET = JointDomain(holds=_certain_target, broken="target is neither 0 nor 1")
_LABELS = JointDomain(holds=_certain_labels, broken="target or prediction is neither 0 nor 1")

MULTILABEL_BCE = Loss(
    name="multilabel_bce",
    title="Multi-label binary cross-entropy",
    family=_FAMILY,
    aliases=("multilabel_log_loss", "multi_cross_entropy"),
    encodings=(
        Encoding(
            task=Task.MULTILABEL,
            form=Form.PROBABILITY,
            truth=Truth.ROWS,
            per_row=_bce,
            gradient=_bce_gradient,
            y_true=UNIT,
            y_pred=UNIT,
            hint="these look like logits: use multilabel_bce_logits, or --pred-form logit",
        ),
    ),
    functional=Functional.LABEL_PROBABILITIES,
    unit=Unit.NATS,
    optimum=MeanRowOf(words="the share of rows that have it, for each label"),
    doc=Doc(
        summary="Binary cross-entropy of each label, averaged over the k labels of a row.",
        formula="−(1/k)·Σ (y·log p + (1 − y)·log(1 − p)) over labels; 0·log 0 = 0",
        gradient="(p − y)/(p·(1 − p)·k) for each label",
        kinks="None inside. It is infinite at a wrong 0 or 1, where the gradient is too; at a right one 0 is used.",
        rewards=_MARGINALS,
        outliers="Confident and wrong: one label of one row with a wrong 0 or 1 makes the mean infinite.",
        use="A row may have any number of labels, and predictions are probabilities of each.",
        pitfalls=(
            _PER_LABEL,
            "Rows need not sum to 1. Where exactly one label is true, cce is meant.",
            "Frequent and rare labels weigh alike, and most labels are absent: look at the skill.",
        ),
        names=(
            ("PyTorch", "BCELoss"),
            ("Keras", "BinaryCrossentropy"),
            ("CatBoost", "MultiLogloss, MultiCrossEntropy"),
        ),
        source="Good (1952), Rational decisions, JRSS B 14:107–114",
    ),
)

MULTILABEL_BCE_LOGITS = Loss(
    name="multilabel_bce_logits",
    title="Multi-label binary cross-entropy from logits",
    family=_FAMILY,
    aliases=("multilabel_soft_margin", "multilabel_soft_margin_loss", "multilabel_bce_with_logits"),
    encodings=(
        Encoding(
            task=Task.MULTILABEL,
            form=Form.LOGIT,
            truth=Truth.ROWS,
            per_row=_bce_logits,
            gradient=_bce_logits_gradient,
            y_true=UNIT,
            y_pred=ANY_SCORE,
        ),
    ),
    functional=Functional.LABEL_PROBABILITIES,
    unit=Unit.NATS,
    optimum=MeanRowOf(words="the log-odds of the share of rows that have it, for each label", inverse=_log_odds),
    gradient_bound=lambda: 1.0,
    doc=Doc(
        summary="Binary cross-entropy of each label's probability σ(z), from its logit z = p, averaged over labels.",
        formula="(1/k)·Σ (y·log(1 + e^−p) + (1 − y)·log(1 + e^p)) over labels",
        gradient="(σ(p) − y)/k for each label",
        kinks="None: all derivatives exist everywhere.",
        rewards="For each label log-odds whose probability means what it says. How labels go together is not asked.",
        outliers="Confident and wrong: far on the wrong side a label costs its logit, and pulls with at most 1/k.",
        use="A row may have any number of labels, and predictions are logits of each, the inputs of final sigmoids.",
        pitfalls=(
            _PER_LABEL,
            "Each label has a sigmoid of its own; softmax_ce instead takes one class to be true.",
            "An infinite logit costs 0 where it is right. PyTorch says NaN.",
        ),
        names=(
            ("PyTorch", "MultiLabelSoftMarginLoss, BCEWithLogitsLoss"),
            ("Keras", "BinaryCrossentropy(from_logits=True)"),
            ("optax", "sigmoid_binary_cross_entropy"),
        ),
        source="Cox (1958), The regression analysis of binary sequences, JRSS B 20:215–242",
    ),
)

HAMMING = Loss(
    name="hamming",
    title="Hamming loss",
    family=_FAMILY,
    aliases=("hamming_loss", "hamming_distance"),
    encodings=(
        _decision(
            Form.PROBABILITY,
            UNIT,
            cut=0.5,
            sides=(0.0, 1.0),
            joint=_TARGET,
            hint="these look like logits: add --pred-form logit",
        ),
        _decision(Form.LOGIT, ANY_SCORE, cut=0.0, sides=(-np.inf, np.inf), joint=_TARGET),
        _decision(Form.LABEL, UNIT, cut=0.5, sides=(0.0, 1.0), joint=_LABELS, hint="labels are 0 or 1"),
    ),
    functional=Functional.MODE,
    unit=Unit.ONE,
    range=UNIT,
    optimum=MeanRowOf(words=_MAJORITY),
    gradient_bound=lambda: 0.0,
    doc=Doc(
        summary="The share of labels decided wrongly.",
        formula="(1/k)·Σ 1 where (p > ½) differs from y, over labels; a logit is cut at 0",
        gradient="0",
        kinks="It jumps at the threshold; 0 is used there too. No optimiser can follow it.",
        rewards="Deciding for each label that more than half of such rows have, whatever the other labels.",
        outliers="None can rule it, as no row exceeds 1.",
        use="A row may have any number of labels, decisions are what is used, and each label counts alike.",
        pitfalls=(
            "Most labels are absent: predicting none at all often scores well. Look at the skill.",
            "A prediction equal to the threshold is negative; rows with such ties are counted.",
            "A row with one wrong label of ten costs 0.1; where any wrong label spoils the row, this is too mild.",
        ),
        names=(("scikit-learn", "hamming_loss"), ("CatBoost", "HammingLoss"), ("TorchMetrics", "HammingDistance")),
        source="Hamming (1950), Error detecting and error correcting codes, Bell Syst. Tech. J. 29:147–160",
    ),
)

MULTILABEL = (MULTILABEL_BCE, MULTILABEL_BCE_LOGITS, HAMMING)
