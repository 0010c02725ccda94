"""The Brier score of many classes: squared differences between probabilities and what happened, summed over classes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from losscli.arrays import Form, Functional, Unit
from losscli.losses.many_classes import (
    LOG_PROBABILITY,
    LOGIT,
    NO_LOG_PROBABILITIES,
    class_encodings,
    dot,
    exponentials,
    picked,
    places,
    softmax,
)
from losscli.losses.param import UNIT, Interval, Param
from losscli.losses.record import Doc, Encoding, Loss, MeanRowOf

if TYPE_CHECKING:
    from losscli.arrays import FloatArray, IntArray

# p − y for each class (n, k), in a new array: of a true class without the cancellation of p near 1 where that can be
Miss: TypeAlias = "Callable[[IntArray | FloatArray, FloatArray], FloatArray]"
# from the slope in the probabilities, and those, to the slope in what is predicted
Chain: TypeAlias = "Callable[[FloatArray, FloatArray], FloatArray]"


def _miss(y_true: IntArray | FloatArray, y_pred: FloatArray) -> FloatArray:
    if y_true.ndim == 2:
        return y_pred - y_true
    columns = y_pred.T.copy()
    columns.reshape(-1)[places(y_true)] -= 1.0  # type: ignore[arg-type]  # codes
    return columns.T


def _miss_of_logits(y_true: IntArray | FloatArray, y_pred: FloatArray) -> FloatArray:
    p = softmax(y_pred)
    if y_true.ndim == 2:
        certain = y_true == 1.0
        miss: FloatArray = p - y_true
        np.copyto(miss, 0.0, where=certain)
        miss -= certain * miss.sum(axis=1, keepdims=True)
        return miss
    at = np.arange(len(y_true)), y_true
    p[at] = 0.0
    p[at] = -np.einsum("ij->i", p)
    return p


def _miss_of_logs(y_true: IntArray | FloatArray, y_pred: FloatArray) -> FloatArray:
    miss: FloatArray = np.exp(y_pred)
    if y_true.ndim == 2:
        miss -= y_true
        np.copyto(miss, np.expm1(y_pred), where=y_true == 1.0)
        return miss
    miss[np.arange(len(y_true)), y_true] = np.expm1(picked(y_pred, y_true))  # type: ignore[arg-type]  # codes
    return miss


def _squared(y_true: IntArray | FloatArray, y_pred: FloatArray, half: str, *, miss: Miss) -> FloatArray:
    e = miss(y_true, y_pred)
    loss = dot(e, e)
    return 0.5 * loss if half == "true" else loss


def _squared_of_logits(y_true: IntArray, y_pred: FloatArray, half: str) -> FloatArray:
    # as `_squared`, but without ever dividing all classes by their sum
    weight, _ = exponentials(y_pred)
    cells, at = weight.reshape(-1), places(y_true)
    of_true = cells[at]
    cells[at] = 0.0
    others = weight.sum(axis=0)
    loss: FloatArray = np.einsum("ij,ij->j", weight, weight)
    loss += others * others
    of_true += others
    loss /= of_true
    loss /= of_true
    return 0.5 * loss if half == "true" else loss


def _slope(y_true: IntArray | FloatArray, y_pred: FloatArray, half: str, *, miss: Miss, chain: Chain) -> FloatArray:
    e = miss(y_true, y_pred)
    if half == "false":
        e *= 2.0
    return chain(e, y_pred)


def _as_is(slope: FloatArray, p: FloatArray) -> FloatArray:  # noqa: ARG001
    return slope


def _through_softmax(slope: FloatArray, z: FloatArray) -> FloatArray:
    p = softmax(z)
    slope -= dot(slope, p)[:, np.newaxis]
    slope *= p
    return slope


def _through_exp(slope: FloatArray, logs: FloatArray) -> FloatArray:
    slope *= np.exp(logs)
    return slope


def _log_frequencies(mean: FloatArray, half: str) -> FloatArray:  # noqa: ARG001
    logs: FloatArray = np.log(mean)
    return logs


def _same(mean: FloatArray, half: str) -> FloatArray:  # noqa: ARG001
    return mean


_FREQUENCIES = MeanRowOf(words="the class frequencies", inverse=_same)
_LOGS = MeanRowOf(
    words="the logarithms of the class frequencies, −∞ for a class that never occurs", inverse=_log_frequencies
)


def _encodings(
    form: Form,
    y_pred: Interval,
    *,
    miss: Miss,
    chain: Chain,
    hint: str | None = None,
    optimum: MeanRowOf | None = None,
) -> tuple[Encoding, Encoding]:
    of_rows = partial(_squared, miss=miss)
    of_code = _squared_of_logits if form is Form.LOGIT else of_rows
    gradient = partial(_slope, miss=miss, chain=chain)
    return class_encodings(
        form, y_pred, of_code=of_code, of_rows=of_rows, gradient=gradient, hint=hint, optimum=optimum
    )


MULTICLASS_BRIER = Loss(
    name="multiclass_brier",
    title="Brier score of many classes",
    family="multi-class losses",
    aliases=("multiclass_brier_score", "brier_multiclass", "brier_class"),
    params=(
        Param(
            name="half",
            default="false",
            domain=("false", "true"),
            summary="Whether it is halved, so that it runs from 0 to 1 and is the binary Brier score for two classes.",
            aliases=("scale_by_half",),
        ),
    ),
    encodings=(
        *_encodings(
            Form.PROBABILITY, UNIT, miss=_miss, chain=_as_is, hint="these look like logits: add --pred-form logit"
        ),
        *_encodings(Form.LOGIT, LOGIT, miss=_miss_of_logits, chain=_through_softmax, optimum=_LOGS),
        *_encodings(
            Form.LOG_PROBABILITY,
            LOG_PROBABILITY,
            miss=_miss_of_logs,
            chain=_through_exp,
            hint=NO_LOG_PROBABILITIES,
            optimum=_LOGS,
        ),
    ),
    functional=Functional.PROBABILITIES,
    unit=Unit.ONE,
    range=Interval(low=0.0, high=2.0, low_closed=True, high_closed=True),
    most=lambda half: 1.0 if half == "true" else 2.0,
    optimum=_FREQUENCIES,
    gradient_bound=lambda half: 1.0 if half == "true" else 2.0,
    doc=Doc(
        summary="The squared differences between the class probabilities and what happened, summed over the classes.",
        formula="Σ (p − y)² over classes; half of it with half=true. Of logits p = softmax(z), of logs p = e^z",
        gradient="2·(p − y) for each class; half of it with half=true",
        kinks="None: all derivatives exist everywhere.",
        rewards="Class probabilities that mean what they say (strictly proper).",
        outliers="None can rule it, as no row exceeds 2: sure and wrong costs 2, spread over ten classes 0.9.",
        use="Predictions are class probabilities, and single rows that are sure and wrong shall not decide.",
        pitfalls=(
            "It runs from 0 to 2 here and in scikit-learn, from 0 to 1 in yardstick; some divide by the classes.",
            "For two classes it is twice brier; half=true makes them equal.",
            "Unlike cce it also counts how the rest is spread: evenly over the wrong classes is cheapest.",
            "With many classes it hardly tells a probability of 0.001 for the true class from 0.",
        ),
        names=(
            ("scikit-learn", "brier_score_loss"),
            ("yardstick", "brier_class (half)"),
            ("TorchMetrics", "none; mean squared error to one-hot rows, times the number of classes"),
        ),
        source="Brier (1950), Verification of forecasts expressed in terms of probability, Mon. Weather Rev. 78:1–3",
    ),
)
