"""Squared errors of log(1 + value), for targets that span orders of magnitude."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from losscli.arrays import Form, Functional, Reduction, Task, Unit
from losscli.losses.param import NON_NEGATIVE, Interval
from losscli.losses.record import Doc, Encoding, Loss, MeanOf

if TYPE_CHECKING:
    from losscli.arrays import FloatArray


def _log_ratio(y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
    # |log((1 + p)/(1 + y))| as one log1p: the difference of two loses the digits that close values do not share
    size: FloatArray = np.abs(y_pred - y_true)
    low = np.minimum(y_true, y_pred)
    low += 1.0
    size /= low
    np.log1p(size, out=size)
    return size


def _squared_log(y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
    ratio = _log_ratio(y_true, y_pred)
    ratio *= ratio
    return ratio


def _squared_log_gradient(y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
    slope: FloatArray = 2.0 * np.sign(y_pred - y_true) * _log_ratio(y_true, y_pred) / (1.0 + y_pred)
    return slope


_ABOVE_MINUS_ONE = Interval(low=-1.0)
_SQUARED_LOG = Encoding(
    task=Task.REGRESSION,
    form=Form.VALUE,
    per_row=_squared_log,
    gradient=_squared_log_gradient,
    y_true=_ABOVE_MINUS_ONE,
    y_pred=_ABOVE_MINUS_ONE,
    usual=NON_NEGATIVE,
)
_OPTIMUM = MeanOf(transform=np.log1p, inverse=math.expm1)
_FAMILY = "logarithmic errors"
_NEGATIVES = (
    "Meant for values from 0 up. Between −1 and 0 it is computed all the same; at −1 and below it does not exist.",
    "Keras lifts negative values to 1e-7 instead, and so hides negative predictions.",
)

MSLE = Loss(
    name="msle",
    title="Mean squared logarithmic error",
    family=_FAMILY,
    aliases=("mean_squared_log_error", "mean_squared_logarithmic_error", "squared_log_error"),
    encodings=(_SQUARED_LOG,),
    functional=Functional.LOG_MEAN,
    unit=Unit.ONE,
    optimum=_OPTIMUM,
    doc=Doc(
        summary="The mean squared error of log(1 + value): ratios count, not differences.",
        formula="(log(1 + p) − log(1 + y))²",
        gradient="2(log(1 + p) − log(1 + y)) / (1 + p)",
        kinks="None: the gradient exists everywhere above −1.",
        rewards="Predicting the mean on the log scale, which lies below the mean where targets vary.",
        outliers="Large values hardly rule it: 10 times too high costs the same for 100 as for a million, or nearly.",
        use="The target spans orders of magnitude (prices, counts), and being off by a factor is what hurts.",
        pitfalls=(
            "By the same difference, too low costs more than too high.",
            "A model that is good by msle under-predicts totals on right-skewed targets.",
            "The 1 that is added matters: for values far below 1 it is the plain squared error.",
            *_NEGATIVES,
        ),
        names=(
            ("scikit-learn", "mean_squared_log_error"),
            ("Keras", "MeanSquaredLogarithmicError"),
            ("TorchMetrics", "MeanSquaredLogError"),
            ("CatBoost", "MSLE"),
        ),
        source="Gneiting (2011), Making and evaluating point forecasts, JASA 106:746–762 (squared error, transformed)",
    ),
)

RMSLE = Loss(
    name="rmsle",
    title="Root mean squared logarithmic error",
    family=_FAMILY,
    aliases=("root_mean_squared_log_error", "root_mean_squared_logarithmic_error"),
    encodings=(_SQUARED_LOG,),
    functional=Functional.LOG_MEAN,
    unit=Unit.ONE,
    reduction=Reduction.ROOT_MEAN,
    optimum=_OPTIMUM,
    doc=Doc(
        summary="The square root of msle. Where small, it reads as a typical relative error: 0.1 is about 10 %.",
        formula="(log(1 + p) − log(1 + y))², then the square root of the mean",
        gradient="2(log(1 + p) − log(1 + y)) / (1 + p) of the squared error",
        kinks="None in a row's squared error. The root has one where every row is perfect; 0 is used there.",
        rewards="Predicting the mean on the log scale, exactly as msle does.",
        outliers="Large values hardly rule it, as with msle. Rows with a target near 0 may.",
        use="As msle, with a number that can be read as a relative error.",
        pitfalls=(
            "It reads as a relative error only for values far above 1.",
            "The rmsle of a data set is not the average of the rmsle of its parts.",
            *_NEGATIVES,
        ),
        names=(
            ("scikit-learn", "root_mean_squared_log_error"),
            ("XGBoost", "rmsle"),
        ),
        source="Gneiting (2011), Making and evaluating point forecasts, JASA 106:746–762 (squared error, transformed)",
    ),
)

LOGARITHMIC = (MSLE, RMSLE)
