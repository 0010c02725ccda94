"""The Brier score: squared differences between what was said to be probable and what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from losscli.arrays import Form, Functional, Task, Unit
from losscli.losses.param import ANY_SCORE, UNIT
from losscli.losses.record import Doc, Encoding, Loss, MeanOf
from losscli.losses.two_classes import is_certain, log_odds, missed_by_logit, sigmoid

if TYPE_CHECKING:
    from losscli.arrays import FloatArray


def _squared(y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
    e = y_pred - y_true
    e *= e
    return e


def _slope(y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
    return 2.0 * (y_pred - y_true)


def _beyond(y: FloatArray, z: FloatArray) -> FloatArray:
    # σ(z) − y without its cancellation where z is large
    e = sigmoid(z)
    e *= 1.0 - y
    e -= y * sigmoid(-z)
    return e


def _squared_of_logit(y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
    e = missed_by_logit(y_true, y_pred) if np.all(is_certain(y_true)) else _beyond(y_true, y_pred)
    e *= e
    return e


def _slope_of_logit(y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
    return 2.0 * _beyond(y_true, y_pred) * sigmoid(y_pred) * sigmoid(-y_pred)


def _log_odds(share: float) -> float:
    return log_odds(share, 1.0 - share)


_SHARE = MeanOf(words="the share of positives")

BRIER = Loss(
    name="brier",
    title="Brier score",
    family="binary losses",
    aliases=("brier_score", "brier_score_loss", "quadratic_score"),
    encodings=(
        Encoding(
            task=Task.BINARY,
            form=Form.PROBABILITY,
            per_row=_squared,
            gradient=_slope,
            y_true=UNIT,
            y_pred=UNIT,
            hint="these look like logits: add --pred-form logit",
        ),
        Encoding(
            task=Task.BINARY,
            form=Form.LOGIT,
            per_row=_squared_of_logit,
            gradient=_slope_of_logit,
            y_true=UNIT,
            y_pred=ANY_SCORE,
            optimum=MeanOf(inverse=_log_odds, words="the log-odds of the share of positives"),
        ),
    ),
    functional=Functional.PROBABILITY,
    unit=Unit.ONE,
    range=UNIT,
    optimum=_SHARE,
    gradient_bound=lambda: 2.0,
    doc=Doc(
        summary="The squared difference between the probability and what happened: the squared error of probabilities.",
        formula="(p − y)²; of a logit z, p = σ(z)",
        gradient="2·(p − y); in a logit 2·(σ(z) − y)·σ(z)·σ(−z)",
        kinks="None: all derivatives exist everywhere.",
        rewards="Probabilities that mean what they say: nothing else has as low an expected loss (strictly proper).",
        outliers="None can rule it, as no row exceeds 1. A probability of 0.001 costs hardly less than 0 where wrong.",
        use="Predictions are probabilities, and single rows that are sure and wrong shall not decide.",
        pitfalls=(
            "It runs from 0 to 1. The sum over classes, multiclass_brier, is twice as much for two classes.",
            "It hardly tells rare events apart: with 1 % positives, 0.01 for all rows scores 0.0099.",
            "A good value may be the doing of a rare class: look at the skill against the share of positives.",
            "CatBoost's BrierScore takes a logit.",
        ),
        names=(
            ("scikit-learn", "brier_score_loss"),
            ("CatBoost", "BrierScore (takes a logit)"),
            ("scoringrules", "brier_score"),
        ),
        source="Brier (1950), Verification of forecasts expressed in terms of probability, Mon. Weather Rev. 78:1–3",
    ),
)
