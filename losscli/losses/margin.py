"""Losses of margins: a score whose sign is the decision, with t = 2y − 1 in {−1, 1} and the margin m = t·s."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from losscli.arrays import Form, Functional, Task, Unit
from losscli.losses.param import ANY_SCORE, POSITIVE, UNIT, Param
from losscli.losses.record import Doc, Encoding, Loss, MeanOf
from losscli.losses.two_classes import CERTAIN_TARGET, log_odds, slope_in_logit, surprise_of_logit

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.losses.record import Kernel


def _sign(y: FloatArray) -> FloatArray:
    return 2.0 * y - 1.0


def _hinge(y_true: FloatArray, y_pred: FloatArray, margin: float) -> FloatArray:
    lacking: FloatArray = _sign(y_true) * y_pred
    np.subtract(margin, lacking, out=lacking)
    np.maximum(lacking, 0.0, out=lacking)
    return lacking


def _hinge_gradient(y_true: FloatArray, y_pred: FloatArray, margin: float) -> FloatArray:
    sign = _sign(y_true)
    slope: FloatArray = -sign * (sign * y_pred < margin)
    return slope


def _hinge_constant(share: float, margin: float) -> float:
    return margin * (float(share > 0.5) - float(share < 0.5))


def _squared_hinge(y_true: FloatArray, y_pred: FloatArray, margin: float) -> FloatArray:
    lacking = _hinge(y_true, y_pred, margin)
    lacking *= lacking
    return lacking


def _squared_hinge_gradient(y_true: FloatArray, y_pred: FloatArray, margin: float) -> FloatArray:
    return -2.0 * _sign(y_true) * _hinge(y_true, y_pred, margin)


def _squared_hinge_constant(share: float, margin: float) -> float:
    return margin * (2.0 * share - 1.0)


def _log_odds(share: float) -> float:
    return log_odds(share, 1.0 - share)


def _encoding(per_row: Kernel, gradient: Kernel) -> Encoding:
    return Encoding(
        task=Task.BINARY,
        form=Form.MARGIN,
        per_row=per_row,
        gradient=gradient,
        y_true=UNIT,
        y_pred=ANY_SCORE,
        joint=CERTAIN_TARGET,
    )


_FAMILY = "margin losses"
_MARGIN = Param(
    name="margin",
    default=1.0,
    domain=POSITIVE,
    summary="The margin from which on a row that is right costs nothing.",
)
_NOT_PROBABILITIES = (
    "Scores are real numbers: probabilities lie in [0, 1] and count a 0.1 as positive. Nothing is mapped."
)
_LABELS = "Targets 0 and 1 become −1 and 1. optax does not do so, Keras where all targets of a batch are 0 or 1."

HINGE = Loss(
    name="hinge",
    title="Hinge loss",
    family=_FAMILY,
    aliases=("hinge_loss", "svm_loss", "max_margin_loss"),
    params=(_MARGIN,),
    encodings=(_encoding(_hinge, _hinge_gradient),),
    functional=Functional.MODE,
    unit=Unit.ONE,
    optimum=MeanOf(inverse=_hinge_constant, words="the margin, with the sign of the more frequent class; 0 at equals"),
    gradient_bound=lambda margin: 1.0,  # noqa: ARG005
    doc=Doc(
        summary="How far the score falls short of the margin on the right side; 0 where it does not.",
        formula="max(0, margin − t·p), t = 2y − 1",
        gradient="−t where t·p < margin, else 0",
        kinks="Undefined at t·p = margin, where 0 is used (JAX: −t/2).",
        rewards="A score on the side of the more likely class, at the margin; how likely it is gets lost.",
        outliers="Confident and wrong: a row costs its score plus the margin, and pulls with at most 1.",
        use="Predictions are scores of a support vector machine or another classifier of margins.",
        pitfalls=(
            _NOT_PROBABILITIES,
            _LABELS,
            "scikit-learn takes a file with one class as negative whatever it is called.",
            "TorchMetrics applies a sigmoid where scores leave [0, 1], which gives another number.",
            "Scores have no scale: twice the score is another loss, though all decisions stay the same.",
        ),
        names=(
            ("scikit-learn", "hinge_loss"),
            ("Keras", "Hinge"),
            ("optax", "hinge_loss"),
            ("TorchMetrics", "HingeLoss"),
            ("CatBoost", "HingeLoss"),
        ),
        source="Cortes and Vapnik (1995), Support-vector networks, Machine Learning 20:273–297",
    ),
)

SQUARED_HINGE = Loss(
    name="squared_hinge",
    title="Squared hinge loss",
    family=_FAMILY,
    aliases=("squared_hinge_loss", "l2_svm_loss", "l2_hinge"),
    params=(_MARGIN,),
    encodings=(_encoding(_squared_hinge, _squared_hinge_gradient),),
    functional=Functional.PROBABILITY,
    unit=Unit.ONE,
    optimum=MeanOf(inverse=_squared_hinge_constant, words="margin·(2π − 1), π the share of positives"),
    doc=Doc(
        summary="The square of how far the score falls short of the margin on the right side.",
        formula="max(0, margin − t·p)², t = 2y − 1",
        gradient="−2t·max(0, margin − t·p)",
        kinks="None: the gradient is continuous. The second derivative jumps at t·p = margin.",
        rewards="The score margin·(2π − 1), from which the probability π of the positive class can be read.",
        outliers="Confident and wrong: a row costs the square of what it lacks, and a few such rows may rule it.",
        use="Scores of margins, where being far on the wrong side shall cost much more than being just there.",
        pitfalls=(_NOT_PROBABILITIES, _LABELS, "There is no half in front, unlike in some textbooks."),
        names=(
            ("Keras", "SquaredHinge"),
            ("scikit-learn", "LinearSVC(loss='squared_hinge')"),
            ("TorchMetrics", "HingeLoss(squared=True)"),
        ),
        source="Chang, Hsieh and Lin (2008), Coordinate descent for L2-loss linear SVM, JMLR 9:1369–1398",
    ),
)

LOGISTIC_MARGIN = Loss(
    name="logistic_margin",
    title="Logistic loss of margins",
    family=_FAMILY,
    aliases=("soft_margin", "soft_margin_loss", "logistic_loss"),
    encodings=(_encoding(surprise_of_logit, slope_in_logit),),
    functional=Functional.PROBABILITY,
    unit=Unit.NATS,
    optimum=MeanOf(inverse=_log_odds, words="the log-odds of the share of positives"),
    gradient_bound=lambda: 1.0,
    doc=Doc(
        summary="A smooth hinge: log(1 + e^−m) of the margin m, the same as bce_logits of the score.",
        formula="log(1 + e^(−t·p)), t = 2y − 1",
        gradient="−t·σ(−t·p)",
        kinks="None: all derivatives exist everywhere.",
        rewards="Scores that are log-odds: then their probabilities mean what they say (strictly proper).",
        outliers="Confident and wrong: far on the wrong side a row costs its score, and pulls with at most 1.",
        use="Scores are log-odds and targets are written as −1 and 1.",
        pitfalls=(
            _NOT_PROBABILITIES,
            "Targets between 0 and 1 have no margin; bce_logits takes them.",
            "It is in nats; divided by log 2 = 0.693 it is in bits, and passes through 1 at 0.",
            "Written as log(1 + exp(−m)) it overflows at −710, and is 0 above 37. Here it is accurate at both ends.",
        ),
        names=(
            ("PyTorch", "SoftMarginLoss"),
            ("scikit-learn", "SGDClassifier(loss='log_loss')"),
        ),
        source="Friedman, Hastie and Tibshirani (2000), Additive logistic regression, Ann. Stat. 28:337–407",
    ),
)

MARGIN = (HINGE, SQUARED_HINGE, LOGISTIC_MARGIN)
