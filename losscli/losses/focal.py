"""The focal loss: a cross-entropy in which rows that are already right count less."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from losscli.arrays import Form, Functional, Task, Unit
from losscli.losses.param import ANY_SCORE, NON_NEGATIVE, UNIT, Param
from losscli.losses.record import Doc, Encoding, Loss, MeanOf
from losscli.losses.two_classes import (
    CERTAIN_TARGET,
    missed_by_logit,
    missed_by_probability,
    surprise_of_logit,
    surprise_of_probability,
    times,
    weigh,
)

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.losses.two_classes import Missed, Surprise

# log-odds between which the best constant is sought: beyond them probabilities are no normal numbers
_FARTHEST = 700.0


def _class_weights(alpha: float | str) -> tuple[float, float]:
    """Return the weights of the positive and of the negative class."""
    return (1.0, 1.0) if isinstance(alpha, str) else (alpha, 1.0 - alpha)


def _weigh(y: FloatArray, x: FloatArray, alpha: float | str) -> FloatArray:
    if alpha == "none":
        return x
    return weigh(y, x, *_class_weights(alpha))


def _focal(
    y_true: FloatArray, y_pred: FloatArray, gamma: float, alpha: float | str, *, surprise: Surprise, missed: Missed
) -> FloatArray:
    loss: FloatArray = missed(y_true, y_pred) ** gamma
    loss *= surprise(y_true, y_pred)
    return _weigh(y_true, loss, alpha)


def _slope_in_probability(y_true: FloatArray, y_pred: FloatArray, gamma: float, alpha: float | str) -> FloatArray:
    # with c the probability missed and u = 1 − c: γ·c^γ·(−log u)/c + c^γ/u, where (−log u)/c goes from 1 up to inf
    missed = missed_by_probability(y_true, y_pred)
    slope: FloatArray = 1.0 / missed_by_probability(1.0 - y_true, y_pred)
    if gamma:
        slope += gamma * surprise_of_probability(y_true, y_pred) / missed
    slope *= missed**gamma
    np.copyto(slope, 0.0, where=missed == 0.0)
    slope *= 1.0 - 2.0 * y_true
    return _weigh(y_true, slope, alpha)


def _slope_in_logit(y_true: FloatArray, y_pred: FloatArray, gamma: float, alpha: float | str) -> FloatArray:
    # with c the probability missed and u = 1 − c: c^γ·(γ·u·(−log u) + c), where u·log u goes to 0
    missed = missed_by_logit(y_true, y_pred)
    slope = gamma * times(missed_by_logit(1.0 - y_true, y_pred), surprise_of_logit(y_true, y_pred))
    slope += missed
    slope *= missed**gamma
    slope *= 1.0 - 2.0 * y_true
    return _weigh(y_true, slope, alpha)


def _log_pull(z: float, gamma: float) -> float:
    """Return the logarithm of the slope in z of the loss of a negative row; a positive row has it at −z."""
    small = math.log1p(math.exp(-abs(z)))
    surprise, other = max(z, 0.0) + small, max(-z, 0.0) + small
    return math.log(gamma * math.exp(-surprise) * surprise + math.exp(-other)) - gamma * other


def _best_logit(share: float, gamma: float, alpha: float | str) -> float:
    """Return where the weighted slopes of positive and negative rows cancel; the loss has one minimum.

    The bracket is halved until no number lies inside.
    """
    w_pos, w_neg = _class_weights(alpha)
    up, down = w_pos * share, w_neg * (1.0 - share)
    if up == 0.0 or down == 0.0 or math.isnan(share):
        return 0.0 if up == down else math.copysign(math.inf, up - down)
    low, high = -_FARTHEST, _FARTHEST
    while low < (middle := 0.5 * (low + high)) < high:
        if math.log(up) + _log_pull(-middle, gamma) > math.log(down) + _log_pull(middle, gamma):
            low = middle
        else:
            high = middle
    return low


def _best_probability(share: float, gamma: float, alpha: float | str) -> float:
    z = _best_logit(share, gamma, alpha)
    return 1.0 / (1.0 + math.exp(-z)) if z > -_FARTHEST else 0.0


_WORDS = "numeric: between the share of positives and ½ where alpha is none"

FOCAL = Loss(
    name="focal",
    title="Focal loss",
    family="binary losses",
    aliases=("focal_loss", "binary_focal", "binary_focal_crossentropy", "sigmoid_focal_loss"),
    params=(
        Param(
            name="gamma",
            default=2.0,
            domain=NON_NEGATIVE,
            summary="How much less rows count that are already right; 0 is binary cross-entropy.",
        ),
        Param(
            name="alpha",
            default="none",
            domain=UNIT,
            words=("none",),
            summary="The weight of the positive class, 1 − alpha that of the negative one; none weighs both 1.",
        ),
    ),
    encodings=(
        Encoding(
            task=Task.BINARY,
            form=Form.PROBABILITY,
            per_row=partial(_focal, surprise=surprise_of_probability, missed=missed_by_probability),
            gradient=_slope_in_probability,
            y_true=UNIT,
            y_pred=UNIT,
            joint=CERTAIN_TARGET,
            hint="these look like logits: add --pred-form logit",
        ),
        Encoding(
            task=Task.BINARY,
            form=Form.LOGIT,
            per_row=partial(_focal, surprise=surprise_of_logit, missed=missed_by_logit),
            gradient=_slope_in_logit,
            y_true=UNIT,
            y_pred=ANY_SCORE,
            joint=CERTAIN_TARGET,
            optimum=MeanOf(inverse=_best_logit, words=f"the log-odds of a probability, {_WORDS}"),
        ),
    ),
    functional=Functional.SHIFTED_PROBABILITY,
    unit=Unit.NATS,
    optimum=MeanOf(inverse=_best_probability, words=_WORDS),
    doc=Doc(
        summary="Binary cross-entropy with rows that are already right turned down.",
        formula="−a·(1 − q)^γ·log q; where y = 1, q = p and a = α, else q = 1 − p and a = 1 − α; a = 1 for α none",
        gradient="a·(γ·(1 − q)^(γ−1)·log q − (1 − q)^γ/q) where y = 1, its negative where y = 0",
        kinks="None inside. It is infinite at a wrong 0 or 1, where the gradient is too; at a right one 0 is used.",
        rewards="Probabilities nearer to ½ than the true ones, on the same side of it (alpha none).",
        outliers="Confident and wrong: such rows cost all their surprise, nearly right ones next to nothing.",
        use="A model was trained with it because easy rows of one class are too many.",
        pitfalls=(
            "It is not proper for gamma above 0: an honest probability does not have the lowest expected loss.",
            "In torchvision alpha is 0.25, in Keras optionally so; it weighs positives less than negatives.",
            "Detection codes divide the sum by the number of positives; here the mean is over all rows.",
            "At gamma=0 with alpha none it is bce.",
        ),
        names=(
            ("Keras", "BinaryFocalCrossentropy"),
            ("torchvision", "ops.sigmoid_focal_loss (alpha=0.25)"),
            ("optax", "sigmoid_focal_loss"),
        ),
        source="Lin et al. (2017), Focal loss for dense object detection, ICCV 2017:2980–2988",
    ),
)
