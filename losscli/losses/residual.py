"""Squared and absolute errors, and the bias: functions of the residual e = y_pred − y_true."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from losscli.arrays import Direction, Form, Functional, Reduction, Task, Unit
from losscli.losses.param import REAL
from losscli.losses.record import Doc, Encoding, Loss, MeanOf, QuantileOf

if TYPE_CHECKING:
    from losscli.arrays import FloatArray


def _squared(e: FloatArray) -> FloatArray:
    return e * e


def _squared_gradient(e: FloatArray) -> FloatArray:
    return 2.0 * e


def _absolute(e: FloatArray) -> FloatArray:
    size: FloatArray = np.abs(e)
    return size


def _absolute_gradient(e: FloatArray) -> FloatArray:
    sign: FloatArray = np.sign(e)
    return sign


def _signed(e: FloatArray) -> FloatArray:
    # a copy, so that nobody who works in place on losses changes the residuals
    return e.copy()


def _signed_gradient(e: FloatArray) -> FloatArray:
    return np.ones_like(e)


# one object each for all losses that share the kernel, which is then computed once
_SQUARED = Encoding(
    task=Task.REGRESSION, form=Form.VALUE, per_row=_squared, gradient=_squared_gradient, of_residual=True
)
_ABSOLUTE = Encoding(
    task=Task.REGRESSION, form=Form.VALUE, per_row=_absolute, gradient=_absolute_gradient, of_residual=True
)
_SIGNED = Encoding(
    task=Task.REGRESSION,
    form=Form.VALUE,
    per_row=_signed,
    gradient=_signed_gradient,
    of_residual=True,
    is_residual=True,
)

_FAMILY = "squared and absolute errors"
_SMOOTH = "None: the gradient exists everywhere."
_ABSOLUTE_KINK = (
    "Undefined at r = 0; 0 is used there, so that a perfect row has no pull (scikit-learn's boosting uses −1)."
)
_GNEITING = "Gneiting (2011), Making and evaluating point forecasts, JASA 106:746–762"
_KOENKER = "Koenker and Bassett (1978), Regression quantiles, Econometrica 46:33–50"

MSE = Loss(
    name="mse",
    title="Mean squared error",
    family=_FAMILY,
    aliases=("mean_squared_error", "mean_square_error", "mse_loss", "quadratic_loss"),
    encodings=(_SQUARED,),
    functional=Functional.MEAN,
    unit=Unit.Y_SQUARED,
    optimum=MeanOf(),
    doc=Doc(
        summary="The average of the squared errors.",
        formula="r²",
        gradient="2r",
        kinks=_SMOOTH,
        rewards="Predicting the mean of the target. Being twice as wrong costs four times as much.",
        outliers=(
            "They rule it: a row's pull grows with its error, without limit. "
            "One error of 100 weighs as much as ten thousand errors of 1."
        ),
        use="Large errors really are much worse than small ones, and you want the expected value.",
        pitfalls=(
            "Its unit is the target's unit squared: read rmse beside it.",
            "There is no ½ here. Some libraries halve their squared loss (optax l2_loss, statsmodels LeastSquares).",
            "On heavy-tailed targets a handful of rows decides which model wins. Look at the outliers' share.",
        ),
        names=(
            ("scikit-learn", "mean_squared_error"),
            ("PyTorch", "MSELoss"),
            ("Keras", "MeanSquaredError"),
            ("optax", "squared_error (unreduced)"),
            ("LightGBM", "l2"),
            ("TorchMetrics", "MeanSquaredError"),
        ),
        source=_GNEITING,
    ),
)

RMSE = Loss(
    name="rmse",
    title="Root mean squared error",
    family=_FAMILY,
    aliases=("rmsd", "root_mean_squared_error", "root_mean_square_error", "root_mean_square_deviation"),
    encodings=(_SQUARED,),
    functional=Functional.MEAN,
    unit=Unit.Y,
    reduction=Reduction.ROOT_MEAN,
    optimum=MeanOf(),
    doc=Doc(
        summary="The square root of the mean squared error: the same ranking of models, in the target's own unit.",
        formula="r², then the square root of the mean",
        gradient="2r of the squared error; of the whole, r / (n·rmse)",
        kinks="None in a row's squared error. The root has one where every row is perfect; 0 is used there.",
        rewards="Predicting the mean of the target, exactly as mse does.",
        outliers="They rule it, as they rule mse. The root shrinks the number, not the share that the outliers carry.",
        use="You want mse in a unit that people can picture.",
        pitfalls=(
            "It is never below mae. The gap between the two shows how uneven the errors are.",
            "The rmse of a data set is not the average of the rmse of its parts.",
            "It is no typical error: when tails are heavy, most rows are far better than this number.",
        ),
        names=(
            ("scikit-learn", "root_mean_squared_error"),
            ("Keras", "metrics.RootMeanSquaredError"),
            ("XGBoost", "rmse"),
            ("LightGBM", "rmse"),
            ("CatBoost", "RMSE"),
            ("TorchMetrics", "MeanSquaredError(squared=False)"),
        ),
        source=_GNEITING,
    ),
)

SSE = Loss(
    name="sse",
    title="Sum of squared errors",
    family=_FAMILY,
    aliases=("l2", "l2_loss", "rss", "residual_sum_of_squares", "sum_of_squared_errors", "sum_squared_error"),
    encodings=(_SQUARED,),
    functional=Functional.MEAN,
    unit=Unit.Y_SQUARED,
    reduction=Reduction.SUM,
    optimum=MeanOf(),
    doc=Doc(
        summary="The sum of the squared errors, which is the L2 loss as textbooks define it.",
        formula="r², summed over the rows",
        gradient="2r",
        kinks=_SMOOTH,
        rewards="Predicting the mean of the target, exactly as mse does.",
        outliers="They rule it, as they rule mse: a row's pull grows with its error, without limit.",
        use="You need the total itself: for a likelihood, an F-test, or to add up parts of a data set.",
        pitfalls=(
            "It grows with the number of rows. Never compare it across data sets of different size.",
            "Some libraries call the mean “l2” (LightGBM) or half the sum (TensorFlow l2_loss).",
        ),
        names=(
            ("PyTorch", 'MSELoss(reduction="sum")'),
            ("Keras", 'MeanSquaredError(reduction="sum")'),
            ("optax", "squared_error(…).sum()"),
            ("textbooks", "L2 loss, RSS"),
        ),
        source="Legendre (1805), Nouvelles méthodes pour la détermination des orbites des comètes, appendix",
    ),
)

MAE = Loss(
    name="mae",
    title="Mean absolute error",
    family=_FAMILY,
    aliases=("mean_absolute_error", "l1_loss", "lad", "least_absolute_deviations"),
    encodings=(_ABSOLUTE,),
    functional=Functional.MEDIAN,
    unit=Unit.Y,
    optimum=QuantileOf(level=0.5),
    gradient_bound=lambda: 1.0,
    doc=Doc(
        summary="The average size of the errors, sign left aside.",
        formula="|r|",
        gradient="sign(r)",
        kinks=_ABSOLUTE_KINK,
        rewards="Predicting the median of the target. Being twice as wrong costs twice as much.",
        outliers="Every row pulls equally hard, however far off it is. A huge error still counts in full in the value.",
        use="Each unit of error costs the same, or outliers should not decide.",
        pitfalls=(
            "It rewards the median. On right-skewed targets the best model by mae under-predicts the total.",
            "Where more than half of the targets are zero, the best constant is zero.",
            "CatBoost subtracts about 1e-6 from each row. PyTorch's L1Loss is this mean, while “l1” here is the sum.",
        ),
        names=(
            ("scikit-learn", "mean_absolute_error"),
            ("PyTorch", "L1Loss"),
            ("Keras", "MeanAbsoluteError"),
            ("XGBoost", "mae"),
            ("LightGBM", "l1"),
            ("CatBoost", "MAE"),
        ),
        source=_KOENKER,
    ),
)

SAE = Loss(
    name="sae",
    title="Sum of absolute errors",
    family=_FAMILY,
    aliases=("l1", "sad", "manhattan", "cityblock", "sum_of_absolute_errors", "sum_absolute_error"),
    encodings=(_ABSOLUTE,),
    functional=Functional.MEDIAN,
    unit=Unit.Y,
    reduction=Reduction.SUM,
    optimum=QuantileOf(level=0.5),
    gradient_bound=lambda: 1.0,
    doc=Doc(
        summary="The sum of the sizes of the errors, which is the L1 loss as textbooks define it.",
        formula="|r|, summed over the rows",
        gradient="sign(r)",
        kinks=_ABSOLUTE_KINK,
        rewards="Predicting the median of the target, exactly as mae does.",
        outliers="Every row pulls equally hard, however far off it is, as with mae.",
        use="The total has a meaning of its own: units misplaced, hours lost, money miscounted.",
        pitfalls=(
            "It grows with the number of rows. Never compare it across data sets of different size.",
            "Some libraries call the mean “l1” (LightGBM) or L1Loss (PyTorch); that is mae here.",
        ),
        names=(
            ("PyTorch", 'L1Loss(reduction="sum")'),
            ("SciPy", "spatial.distance.cityblock"),
            ("textbooks", "L1 loss, Manhattan distance"),
        ),
        source=_KOENKER,
    ),
)

MBE = Loss(
    name="mbe",
    title="Mean bias error",
    family="bias",
    aliases=("mean_bias_error", "mean_error", "bias", "mean_signed_deviation", "mean_signed_difference"),
    encodings=(_SIGNED,),
    functional=Functional.NONE,
    unit=Unit.Y,
    direction=Direction.ZERO,
    range=REAL,
    gradient_bound=lambda: 1.0,
    doc=Doc(
        summary="The average error with its sign: positive means that predictions are too high on average.",
        formula="r",
        gradient="1",
        kinks=_SMOOTH,
        rewards="Nothing that makes a loss: zero is best, and lower only means further below the target.",
        outliers="A row's share grows in proportion to its error, but errors of opposite sign cancel.",
        use="You want to know whether the model is too high or too low, beside a loss that says how wrong it is.",
        pitfalls=(
            "Zero does not mean good: errors of +100 and −100 cancel.",
            "The sign differs between tools. Here it is prediction minus target; yardstick's msd is the reverse.",
            "There is no best constant: as a loss it has no lower end.",
        ),
        names=(
            ("Permetrics", "mean_bias_error (same sign)"),
            ("yardstick", "msd (opposite sign)"),
            ("hydrology", "simulated − observed (same sign)"),
        ),
        source="Willmott (1982), Some comments on the evaluation of model performance, BAMS 63:1309–1313",
    ),
)

SQUARED_AND_ABSOLUTE = (MSE, RMSE, SSE, MAE, SAE)
BIAS = (MBE,)
