"""Asymmetric losses of the residual e = y_pred − y_true, whose best prediction is a quantile or an expectile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from losscli.arrays import Form, Functional, Task, Unit
from losscli.losses.param import Interval, Param
from losscli.losses.record import Doc, Encoding, Loss, QuantileOf, RootOfGradient

if TYPE_CHECKING:
    from losscli.arrays import FloatArray


def _pinball(e: FloatArray, tau: float) -> FloatArray:
    loss = (1.0 - tau) * e
    np.maximum(loss, -tau * e, out=loss)
    return loss


def _pinball_gradient(e: FloatArray, tau: float) -> FloatArray:
    return (1.0 - tau) * (e > 0.0) - tau * (e < 0.0)


def _expectile(e: FloatArray, tau: float) -> FloatArray:
    loss = e * e
    loss *= np.where(e > 0.0, 1.0 - tau, tau)
    return loss


def _expectile_gradient(e: FloatArray, tau: float) -> FloatArray:
    return 2.0 * e * np.where(e > 0.0, 1.0 - tau, tau)


_FAMILY = "asymmetric losses"

PINBALL = Loss(
    name="pinball",
    title="Pinball (quantile) loss",
    family=_FAMILY,
    aliases=(
        "quantile",
        "quantile_loss",
        "quantile_score",
        "pinball_loss",
        "mean_pinball_loss",
        "check_loss",
        "tilted_l1",
    ),
    params=(
        Param(
            name="tau",
            default=0.5,
            domain=Interval(low=0.0, high=1.0),
            summary="The quantile that is predicted; predicting too low costs τ per unit, too high 1 − τ.",
            aliases=("alpha", "level", "q", "quantile_alpha"),
        ),
    ),
    encodings=(
        Encoding(task=Task.REGRESSION, form=Form.VALUE, per_row=_pinball, gradient=_pinball_gradient, of_residual=True),
    ),
    functional=Functional.QUANTILE,
    unit=Unit.Y,
    optimum=QuantileOf(level="tau"),
    gradient_bound=lambda tau: max(tau, 1.0 - tau),
    doc=Doc(
        summary="The absolute error, weighted by τ where the prediction is too low and by 1 − τ where it is too high.",
        formula="τ·|r| if r < 0 (too low), else (1 − τ)·|r|",
        gradient="−τ if r < 0, 1 − τ if r > 0",
        kinks="Undefined at r = 0; 0 is used there: a perfect row has no pull (scikit-learn's boosting uses −τ).",
        rewards="Predicting the τ-quantile of the target: with τ = 0.9, a value that 90 % of targets stay below.",
        outliers="All rows on one side pull equally hard, however far off they are.",
        use="Too low and too high cost differently (stock, staffing, capacity), or the model predicts a quantile.",
        pitfalls=(
            "τ must be the quantile that the model was trained for. No model is good at all of them.",
            "τ = 0.5 is half the mae.",
            "The default is τ = 0.5 here, in scikit-learn and in CatBoost, but 0.9 in LightGBM.",
        ),
        names=(
            ("scikit-learn", "mean_pinball_loss (its alpha is τ)"),
            ("LightGBM", "quantile (its alpha is τ)"),
            ("XGBoost", "quantile (its quantile_alpha is τ)"),
            ("CatBoost", "Quantile:alpha"),
            ("scoringrules", "quantile_score"),
            ("statsmodels", "QuantReg (its q is τ)"),
        ),
        source="Koenker and Bassett (1978), Regression quantiles, Econometrica 46:33–50",
    ),
)

EXPECTILE = Loss(
    name="expectile",
    title="Expectile (asymmetric squared) loss",
    family=_FAMILY,
    aliases=("expectile_loss", "asymmetric_squared_error", "asymmetric_least_squares", "als", "expectileerror"),
    params=(
        Param(
            name="tau",
            default=0.5,
            domain=Interval(low=0.0, high=1.0),
            summary="The expectile that is predicted; squares of what is too low count τ, of what is too high 1 − τ.",
            aliases=("alpha", "level", "expectile_alpha"),
        ),
    ),
    encodings=(
        Encoding(
            task=Task.REGRESSION, form=Form.VALUE, per_row=_expectile, gradient=_expectile_gradient, of_residual=True
        ),
    ),
    functional=Functional.EXPECTILE,
    unit=Unit.Y_SQUARED,
    optimum=RootOfGradient(),
    doc=Doc(
        summary="The squared error, weighted by τ where the prediction is too low and by 1 − τ where it is too high.",
        formula="τ·r² if r < 0 (too low), else (1 − τ)·r²",
        gradient="2τ·r if r < 0, else 2(1 − τ)·r",
        kinks="None: the slope is 0 at r = 0 from both sides. The second derivative jumps there.",
        rewards="Predicting the τ-expectile: the mean, were targets above it to weigh τ and those below it 1 − τ.",
        outliers="The pull grows with the error, as for mse: an outlier can take over.",
        use="Too low and too high cost differently and large errors dearly, or the model predicts an expectile.",
        pitfalls=(
            "τ = 0.5 is half the mse. Some papers, and the package model-diagnostics, multiply by 2.",
            "An expectile is no quantile: that of 0.9 of a normal law lies above 81 % of it, not above 90 %.",
        ),
        names=(
            ("CatBoost", "Expectile:alpha"),
            ("XGBoost", "expectileerror"),
            ("statsmodels", "robust.norms.MQuantileNorm of LeastSquares"),
            ("model-diagnostics", "HomogeneousExpectileScore(degree=2), twice as large"),
        ),
        source="Newey and Powell (1987), Asymmetric least squares estimation and testing, Econometrica 55:819–847",
    ),
)

QUANTILE = (PINBALL, EXPECTILE)
