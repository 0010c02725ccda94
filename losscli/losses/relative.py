"""Errors relative to the size of the target, in percent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from losscli.arrays import Form, Functional, Task, Unit
from losscli.losses.param import POSITIVE, Interval, Param
from losscli.losses.record import Doc, Encoding, JointDomain, Loss, NumericMinimum, QuantileOf

if TYPE_CHECKING:
    from losscli.arrays import BoolArray, FloatArray

# keeps 1/|y| so small that the sum over 1e18 rows stays finite
_LEAST_SIZE = 1e-290


def _percentage(y_true: FloatArray, y_pred: FloatArray, zero: str, eps: float) -> FloatArray:
    loss: FloatArray = np.abs(y_pred - y_true)
    size = np.abs(y_true)
    if zero == "clip":
        np.maximum(size, eps, out=size)
    loss /= size
    loss *= 100.0
    if zero == "skip":
        np.copyto(loss, np.nan, where=y_true == 0.0)
    elif zero == "inf":
        np.copyto(loss, 0.0, where=(y_true == 0.0) & (y_pred == 0.0))
    return loss


def _percentage_gradient(y_true: FloatArray, y_pred: FloatArray, zero: str, eps: float) -> FloatArray:
    e = y_pred - y_true
    size = np.abs(y_true)
    if zero == "clip":
        np.maximum(size, eps, out=size)
    slope: FloatArray = 100.0 * np.sign(e) / size
    np.copyto(slope, 0.0, where=(e == 0.0) | ((y_true == 0.0) & (zero == "skip")))
    return slope


def _percentage_weight(y_true: FloatArray, zero: str, eps: float) -> FloatArray:
    # with zero=inf the weight of a zero target outweighs all others, so that the best constant is 0
    weight: FloatArray = 1.0 / np.maximum(np.abs(y_true), eps if zero == "clip" else _LEAST_SIZE)
    if zero == "skip":
        np.copyto(weight, 0.0, where=y_true == 0.0)
    return weight


def _percentage_holds(y_true: FloatArray, y_pred: FloatArray, zero: str, eps: float) -> BoolArray:  # noqa: ARG001
    holds: BoolArray = np.not_equal(y_true, 0.0) if zero == "error" else np.ones_like(y_true, dtype=np.bool_)
    return holds


def _symmetric(y_true: FloatArray, y_pred: FloatArray, variant: str) -> FloatArray:
    # halves, so that |y| + |p| cannot overflow
    half_true, half_pred = 0.5 * y_true, 0.5 * y_pred
    loss: FloatArray = np.abs(half_pred - half_true)
    total = np.abs(half_true) + np.abs(half_pred)
    np.copyto(total, 1.0, where=total == 0.0)
    loss /= total
    loss *= float(variant)
    return loss


def _symmetric_gradient(y_true: FloatArray, y_pred: FloatArray, variant: str) -> FloatArray:
    size = np.abs(y_true)
    total = size + np.abs(y_pred)
    np.copyto(total, 1.0, where=total == 0.0)
    slope: FloatArray = 2.0 * float(variant) * np.sign(y_pred - y_true) * (size / total) / total
    # of opposite signs the loss is at its ceiling, whatever the prediction
    np.copyto(slope, 0.0, where=np.sign(y_true) != np.sign(y_pred))
    return slope


_FAMILY = "percentage errors"

MAPE = Loss(
    name="mape",
    title="Mean absolute percentage error",
    family=_FAMILY,
    aliases=("mean_absolute_percentage_error", "mare"),
    params=(
        Param(
            name="zero",
            default="error",
            domain=("error", "skip", "inf", "clip"),
            summary=(
                "What a row with target 0 does: error refuses, skip leaves it out, "
                "inf makes it infinite unless predicted as 0, clip divides by eps."
            ),
            aliases=("zero_target",),
        ),
        Param(
            name="eps",
            default=1e-7,
            domain=POSITIVE,
            summary="The least size of target to divide by; used with zero=clip only.",
            aliases=("epsilon",),
        ),
    ),
    encodings=(
        Encoding(
            task=Task.REGRESSION,
            form=Form.VALUE,
            per_row=_percentage,
            gradient=_percentage_gradient,
            joint=JointDomain(
                holds=_percentage_holds,
                broken="target is zero",
                hint="mape:zero=skip leaves such rows out; smape and mae are defined at 0",
            ),
        ),
    ),
    functional=Functional.WEIGHTED_MEDIAN,
    unit=Unit.PERCENT,
    optimum=QuantileOf(level=0.5, weight=_percentage_weight),
    may_skip=True,
    doc=Doc(
        summary="The average size of the errors in percent of the target.",
        formula="100·|r| / |y|; with zero=clip 100·|r| / max(|y|, eps)",
        gradient="100·sign(r) / |y|",
        kinks="Undefined at r = 0, where 0 is used, and at y = 0 unless zero=clip; rows left out by zero=skip have 0.",
        rewards="Predicting the median weighted by 1/|y|, which leans towards small targets.",
        outliers="Rows with a small target rule it, for they are divided by little. A large target hardly counts.",
        use="All targets are far from 0 and percent is what people ask for.",
        pitfalls=(
            "Too low costs at most 100 % where nothing is negative, too high has no limit: it favours low predictions.",
            "At y = 0 it does not exist, and is an error here, unless you choose what such a row does.",
            "At y = 0 libraries quietly divide by 2e-16 (scikit-learn), 1e-7 (Keras) or 1e-6 (TorchMetrics).",
            "CatBoost and LightGBM divide by max(1, |y|): between −1 and 1 that is no percentage error.",
            "scikit-learn gives a fraction; here, as in Keras, it is percent.",
            "It means nothing for temperatures in °C and other scales whose zero is arbitrary.",
        ),
        names=(
            ("scikit-learn", "mean_absolute_percentage_error (a fraction)"),
            ("Keras", "MeanAbsolutePercentageError"),
            ("XGBoost", "mape (a fraction)"),
            ("TorchMetrics", "MeanAbsolutePercentageError (a fraction)"),
            ("LightGBM, CatBoost", "mape, MAPE (divide by max(1, |y|))"),
        ),
        source="Gneiting (2011), Making and evaluating point forecasts, JASA 106:746–762 (β-median, β = −1)",
    ),
)

SMAPE = Loss(
    name="smape",
    title="Symmetric mean absolute percentage error",
    family=_FAMILY,
    aliases=("symmetric_mape", "symmetric_mean_absolute_percentage_error", "adjusted_mape"),
    params=(
        Param(
            name="variant",
            default="200",
            domain=("200", "100"),
            summary="The largest value in percent: 200 as in forecasting competitions, or 100.",
        ),
    ),
    encodings=(Encoding(task=Task.REGRESSION, form=Form.VALUE, per_row=_symmetric, gradient=_symmetric_gradient),),
    functional=Functional.NONE,
    unit=Unit.PERCENT,
    range=Interval(low=0.0, high=200.0, low_closed=True, high_closed=True),
    most=lambda variant: float(variant),  # noqa: PLW0108  called by keyword, which float does not take
    optimum=NumericMinimum(),
    doc=Doc(
        summary="The size of the error in percent of the mean size of target and prediction: from 0 to 200 %.",
        formula="variant·|r| / (|y| + |p|), variant 200 or 100; 0 where y = p = 0",
        gradient="2·variant·sign(r)·|y| / (|y| + |p|)² where y and p have the same sign, else 0",
        kinks="Undefined at r = 0 and at p = 0; 0 is used at both.",
        rewards="No property of the target that has a name.",
        outliers="None can rule it, as no row exceeds 200 %. A prediction with the wrong sign costs all of that.",
        use="You must compare with published forecasting results, or targets of 0 rule out mape.",
        pitfalls=(
            "It is not symmetric: by the same difference, too low costs more than too high.",
            "A target of 0 costs 200 % however close the prediction is, unless it is exactly 0.",
            "The name stands for several formulas: 0–200 % here, in CatBoost and in the M3 and M4 competitions.",
            "It is 0–2 in TorchMetrics and 0–1 in AutoGluon. variant=100 gives 0–100 %.",
            "It is not convex, so a constant prediction may have several local optima.",
        ),
        names=(
            ("CatBoost", "SMAPE"),
            ("TorchMetrics", "SymmetricMeanAbsolutePercentageError (0 to 2)"),
            ("AutoGluon", "SMAPE (0 to 1)"),
        ),
        source="Makridakis (1993), Accuracy measures: theoretical and practical concerns, IJF 9:527–529",
    ),
)

PERCENTAGE = (MAPE, SMAPE)
