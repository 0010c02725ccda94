"""Deviances of counts and of positive targets: squared errors in units of the variance that the prediction implies."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from losscli.arrays import Form, Functional, Task, Unit
from losscli.losses.param import NON_NEGATIVE, POSITIVE, Interval, Param
from losscli.losses.record import Doc, Encoding, JointDomain, Loss, MeanOf

if TYPE_CHECKING:
    from losscli.arrays import BoolArray, FloatArray

# nearer than this share of the prediction, the integral is summed as a series, of which this many terms remain
_NEAR = 0.03
_TERMS = 11


def _series(t: FloatArray, power: float) -> FloatArray:
    """Return the deviance of y = 1 + t from p = 1 for small t: t²·Σ 2·C(−power, n)·tⁿ/((n + 1)(n + 2))."""
    total = np.zeros_like(t)
    for n in reversed(range(_TERMS)):
        # C(−power, n) grows by the factor −(power + n)/(n + 1): Horner's rule in that, the rest as it is
        total *= t
        total *= -(power + n) / (n + 1)
        total += 2.0 / ((n + 1) * (n + 2))
    total *= t
    total *= t
    return total


def _times_integral(exponent: float, log_ratio: FloatArray, from_p: FloatArray, from_y: FloatArray) -> FloatArray:
    """Return c·∫ v^(exponent − 1) dv from p to y, given log(y/p), c·p^exponent and c·y^exponent.

    Of the two ends it goes from the one whose exponential cannot overflow.
    """
    if exponent == 0.0:
        return from_p * log_ratio
    growth = exponent * log_ratio
    falls = growth <= 0.0
    integral: FloatArray = np.expm1(-np.abs(growth))
    integral *= np.where(falls, from_p, -from_y)
    integral /= exponent
    return integral


def _deviance(y_true: FloatArray, y_pred: FloatArray, power: float) -> FloatArray:
    # 2·∫ (y − v)·v^−power dv from p to y: every deviance of this family, with no other formula at powers 1 and 2
    y, p = np.broadcast_arrays(y_true, y_pred)
    t = (y - p) / p
    log_ratio: FloatArray = np.log(y) - np.log(p)
    np.log1p(t, out=log_ratio, where=np.abs(t) < 0.5)
    scale, scale_y = p ** (2.0 - power), y ** (2.0 - power)
    ratio = y / p
    times_y = np.where(np.isinf(ratio), y * p ** (1.0 - power), ratio * scale)
    deviance = _times_integral(1.0 - power, log_ratio, times_y, scale_y)
    deviance -= _times_integral(2.0 - power, log_ratio, scale, scale_y)
    deviance *= 2.0
    # where both integrals overflow
    np.copyto(deviance, np.inf, where=np.isnan(deviance))
    if power < 2.0:
        np.copyto(deviance, 2.0 / (2.0 - power) * scale, where=y == 0.0)
    np.copyto(deviance, _series(t, power) * scale, where=np.abs(t) < _NEAR)
    np.copyto(deviance, 0.0, where=y == p)
    return deviance


def _gradient(y_true: FloatArray, y_pred: FloatArray, power: float) -> FloatArray:
    e = y_pred - y_true
    slope: FloatArray = e * y_pred**-power
    slope *= 2.0
    np.copyto(slope, 0.0, where=e == 0.0)
    return slope


def _has_variance(y_true: FloatArray, y_pred: FloatArray, power: float) -> BoolArray:
    return (y_true > 0.0) & (y_pred > 0.0) if power >= 2.0 else np.ones(np.broadcast(y_true, y_pred).shape, np.bool_)


def _encoding(power: float, y_true: Interval, y_pred: Interval, target_hint: str | None = None) -> tuple[Encoding, ...]:
    return (
        Encoding(
            task=Task.REGRESSION,
            form=Form.VALUE,
            per_row=partial(_deviance, power=power),
            gradient=partial(_gradient, power=power),
            y_true=y_true,
            y_pred=y_pred,
            target_hint=target_hint,
        ),
    )


_FAMILY = "deviances"
_MEAN = "Predicting the mean (strictly consistent), as mse does; only the weight of rows differs."
_SMOOTH = "None inside: all derivatives exist for p > 0."

POISSON_DEVIANCE = Loss(
    name="poisson_deviance",
    title="Poisson deviance",
    family=_FAMILY,
    aliases=("mean_poisson_deviance",),
    encodings=_encoding(1.0, NON_NEGATIVE, NON_NEGATIVE),
    functional=Functional.MEAN,
    unit=Unit.Y,
    optimum=MeanOf(),
    doc=Doc(
        summary="How far counts lie from predicted rates, if their variance equals their mean.",
        formula="2·(y·log(y/p) − y + p); 0·log 0 = 0",
        gradient="2·(1 − y/p)",
        kinks=f"{_SMOOTH} At p = 0 < y it is infinite.",
        rewards=_MEAN,
        outliers="An error counts as its square over the prediction: more where few are expected than where many are.",
        use="Targets are counts, or rates, that scatter more where they are larger.",
        pitfalls=(
            "It is not the Poisson negative log-likelihood, which differs by a term of the target and a factor of 2.",
            "A rate of 0 is fine where the count is 0, and infinite otherwise. scikit-learn refuses it.",
            "PyTorch's PoissonNLLLoss takes the logarithm of the rate unless told otherwise.",
            "Half of it is what scikit-learn's models minimise.",
        ),
        names=(
            ("scikit-learn", "mean_poisson_deviance"),
            ("TorchMetrics", "TweedieDevianceScore(power=1)"),
        ),
        source="Nelder and Wedderburn (1972), Generalized linear models, JRSS A 135:370–384",
    ),
)

GAMMA_DEVIANCE = Loss(
    name="gamma_deviance",
    title="Gamma deviance",
    family=_FAMILY,
    aliases=("mean_gamma_deviance",),
    encodings=_encoding(
        2.0, POSITIVE, POSITIVE, "poisson_deviance and tweedie_deviance:power=1.5 take targets of 0 too"
    ),
    functional=Functional.MEAN,
    unit=Unit.ONE,
    optimum=MeanOf(),
    doc=Doc(
        summary="How far positive targets lie from predictions, if their standard deviation is a share of their mean.",
        formula="2·(log(p/y) + y/p − 1)",
        gradient="2·(p − y)/p²",
        kinks=_SMOOTH,
        rewards=_MEAN,
        outliers="Only the ratio y/p counts: too high costs its logarithm, too low the ratio itself.",
        use="Targets are positive, such as costs or durations, and errors matter in proportion to their size.",
        pitfalls=(
            "Targets of 0 are outside its domain; tweedie_deviance with a power below 2 takes them.",
            "Twice as low costs 0.61, twice as high 0.39: it fears low predictions more.",
            "LightGBM's gamma_deviance is a sum over rows, and XGBoost adds 1e-6 to both.",
            "Half of it is the Itakura–Saito divergence.",
        ),
        names=(
            ("scikit-learn", "mean_gamma_deviance"),
            ("XGBoost", "gamma-deviance (adds 1e-6)"),
            ("LightGBM", "gamma_deviance (a sum)"),
        ),
        source="Nelder and Wedderburn (1972), Generalized linear models, JRSS A 135:370–384",
    ),
)

TWEEDIE_DEVIANCE = Loss(
    name="tweedie_deviance",
    title="Tweedie deviance",
    family=_FAMILY,
    aliases=("mean_tweedie_deviance", "tweedie_deviance_score"),
    params=(
        Param(
            name="power",
            default=1.5,
            domain=Interval(low=1.0, low_closed=True),
            summary="The variance grows as the mean to this power: 1 Poisson, 2 gamma, 3 inverse Gaussian.",
            aliases=("variance_power", "tweedie_variance_power"),
        ),
    ),
    encodings=(
        Encoding(
            task=Task.REGRESSION,
            form=Form.VALUE,
            per_row=_deviance,
            gradient=_gradient,
            y_true=NON_NEGATIVE,
            y_pred=NON_NEGATIVE,
            joint=JointDomain(
                holds=_has_variance,
                broken="target or prediction is zero and the power 2 or more",
                hint="a power below 2 allows zeros, as tweedie_deviance:power=1.5",
            ),
        ),
    ),
    functional=Functional.MEAN,
    unit=Unit.ONE,
    optimum=MeanOf(),
    doc=Doc(
        summary="How far targets lie from predictions, if their variance grows as a power of their mean.",
        formula="2·∫(y − v)·v^−power dv from p to y",
        gradient="2·(p − y)·p^−power",
        kinks=f"{_SMOOTH} At p = 0 < y it is infinite.",
        rewards=_MEAN,
        outliers="The larger the power, the less an error counts where much is predicted.",
        use="Many targets are exactly 0 and the others positive and skewed, such as insurance claims or rainfall.",
        pitfalls=(
            "Values for different powers cannot be compared.",
            "Its unit is that of the target to the power 2 − power.",
            "What XGBoost and LightGBM call tweedie is a negative log-likelihood of any sign, not a deviance.",
            "scikit-learn's default power is 0, which is mse. Powers below 1 are not offered here.",
            "At powers near 1 and 2 the textbook's formula divides by almost 0; here there is no such place.",
        ),
        names=(
            ("scikit-learn", "mean_tweedie_deviance (its power is 0 by default)"),
            ("TorchMetrics", "TweedieDevianceScore"),
        ),
        source="Jørgensen (1987), Exponential dispersion models, JRSS B 49:127–162",
    ),
)

DEVIANCES = (POISSON_DEVIANCE, GAMMA_DEVIANCE, TWEEDIE_DEVIANCE)
