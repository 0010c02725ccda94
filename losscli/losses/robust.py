"""Robust losses: quadratic for small residuals e = y_pred − y_true, linear for large ones."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from losscli.arrays import Form, Functional, Task, Unit
from losscli.losses.param import POSITIVE, Param
from losscli.losses.record import Doc, Encoding, Loss, RootOfGradient, Tuning

if TYPE_CHECKING:
    from losscli.arrays import FloatArray

# beyond 1e17 deviations pseudo-Huber is linear to the last bit; the cap keeps the square and the cube finite
_FAR = 1e100


def _huber(e: FloatArray, delta: float) -> FloatArray:
    # both branches are q·(e − q/2), where q is e as far as δ
    q: FloatArray = np.clip(e, -delta, delta)
    rest = 0.5 * q
    np.subtract(e, rest, out=rest)
    q *= rest
    return q


def _huber_gradient(e: FloatArray, delta: float) -> FloatArray:
    return np.clip(e, -delta, delta)


def _delta_bound(delta: float) -> float:
    return delta


def _pseudo_huber(e: FloatArray, delta: float) -> FloatArray:
    # δ·|e|·x/(1 + √(1 + x²)) with x = |e|/δ: the textbook's √(1 + x²) − 1 is 0 below 1e-8 and overflows at 1e155
    size: FloatArray = np.abs(e)
    x = np.minimum(size / delta, _FAR)
    root = x * x
    root += 1.0
    np.sqrt(root, out=root)
    root += 1.0
    x /= root
    size *= delta
    size *= x
    return size


def _pseudo_huber_gradient(e: FloatArray, delta: float) -> FloatArray:
    x = np.clip(e / delta, -_FAR, _FAR)
    x /= np.sqrt(1.0 + x * x)
    x *= delta
    return x


def _log_cosh(e: FloatArray) -> FloatArray:
    # log1p(2 sinh²(e/2)) is right to the last bits at any e, unlike |e| + log1p(e^−2|e|) − log 2, which is 0 at 1e-9;
    # where it overflows, above 700, |e| − log 2 is right
    a: FloatArray = 0.5 * e
    with np.errstate(over="ignore"):
        np.sinh(a, out=a)
        a *= a
        a *= 2.0
    np.log1p(a, out=a)
    far = np.isinf(a)
    if far.any():
        a[far] = np.abs(e[far]) - math.log(2.0)
    return a


def _log_cosh_gradient(e: FloatArray) -> FloatArray:
    slope: FloatArray = np.tanh(e)
    return slope


_FAMILY = "robust losses"
_SCALE = "It is in the unit of the target: choose it anew for targets of another size."

HUBER = Loss(
    name="huber",
    title="Huber loss",
    family=_FAMILY,
    aliases=("huber_loss", "huber_t"),
    params=(
        Param(
            name="delta",
            default=1.0,
            domain=POSITIVE,
            summary="The error up to which the loss is quadratic, in the unit of the target.",
            aliases=("alpha", "t"),
        ),
    ),
    encodings=(
        Encoding(
            task=Task.REGRESSION,
            form=Form.VALUE,
            per_row=_huber,
            gradient=_huber_gradient,
            of_residual=True,
        ),
    ),
    functional=Functional.HUBER,
    unit=Unit.Y_SQUARED,
    optimum=RootOfGradient(),
    gradient_bound=_delta_bound,
    # 95 % as efficient as the mean under a normal law (Huber 1964)
    tuning=Tuning(param="delta", efficient=1.345, beyond="δ·mae − δ²/2"),
    doc=Doc(
        summary="Half the squared error up to δ, and a straight line beyond it.",
        formula="½r² if |r| ≤ δ, else δ(|r| − ½δ)",
        gradient="r limited to [−δ, δ]",
        kinks="None: the gradient exists everywhere. It bends at |r| = δ, where the curvature drops from 1 to 0.",
        rewards="A middle between the mean (large δ) and the median (small δ).",
        outliers="Up to δ a row pulls in proportion to its error; beyond δ every row pulls with the same force δ.",
        use="Errors are well behaved but for some wild ones, and you know which size counts as wild.",
        pitfalls=(
            f"δ decides everything. {_SCALE}",
            "With δ below nearly all errors it is δ·(mae − ½δ), with δ above all of them half the mse.",
            "Smooth L1 with β is this divided by β: both agree only at 1.",
            "Defaults differ: δ = 1 in PyTorch, Keras and optax, 0.9 in LightGBM.",
            "statsmodels (1.345) and scikit-learn's HuberRegressor (1.35) divide errors by an estimated scale first.",
        ),
        names=(
            ("PyTorch", "HuberLoss"),
            ("Keras", "Huber"),
            ("optax", "huber_loss"),
            ("SciPy", "special.huber"),
            ("statsmodels", "HuberT"),
            ("LightGBM", "huber (its alpha is δ)"),
            ("CatBoost", "Huber:delta"),
        ),
        source="Huber (1964), Robust estimation of a location parameter, Ann. Math. Statist. 35:73–101",
    ),
)

PSEUDO_HUBER = Loss(
    name="pseudo_huber",
    title="Pseudo-Huber loss",
    family=_FAMILY,
    aliases=("pseudo_huber_loss", "pseudo_huber_error", "mphe", "soft_l1"),
    params=(
        Param(
            name="delta",
            default=1.0,
            domain=POSITIVE,
            summary="The error around which the loss turns from quadratic to linear, in the unit of the target.",
            aliases=("huber_slope", "f_scale"),
        ),
    ),
    encodings=(
        Encoding(
            task=Task.REGRESSION,
            form=Form.VALUE,
            per_row=_pseudo_huber,
            gradient=_pseudo_huber_gradient,
            of_residual=True,
        ),
    ),
    functional=Functional.M_LOCATION,
    unit=Unit.Y_SQUARED,
    optimum=RootOfGradient(),
    gradient_bound=_delta_bound,
    doc=Doc(
        summary="A smooth Huber loss: like half the squared error near 0, like δ times the absolute error far out.",
        formula="δ²·(√(1 + (r/δ)²) − 1)",
        gradient="r / √(1 + (r/δ)²)",
        kinks="None: all derivatives exist everywhere.",
        rewards="A middle between the mean (large δ) and the median (small δ), close to that of Huber.",
        outliers="A row's pull grows with its error towards δ and never passes it.",
        use="You want Huber's behaviour, and a second derivative that is nowhere zero.",
        pitfalls=(
            f"δ decides everything. {_SCALE}",
            "Barron's general loss at α = 1 is this without the factor δ².",
            "Charbonnier, √(r² + ε²), is this divided by ε plus ε: it is not 0 for a perfect prediction.",
        ),
        names=(
            ("SciPy", "special.pseudo_huber"),
            ("XGBoost", "mphe (its huber_slope is δ)"),
            ("SciPy", "optimize.least_squares soft_l1 (its f_scale is δ)"),
        ),
        source="Charbonnier et al. (1997), Deterministic edge-preserving regularization, IEEE Trans. IP 6:298–311",
    ),
)

LOG_COSH = Loss(
    name="log_cosh",
    title="Log-cosh loss",
    family=_FAMILY,
    aliases=("log_cosh_error", "log_cosh_loss"),
    encodings=(
        Encoding(
            task=Task.REGRESSION,
            form=Form.VALUE,
            per_row=_log_cosh,
            gradient=_log_cosh_gradient,
            of_residual=True,
        ),
    ),
    functional=Functional.M_LOCATION,
    unit=Unit.ONE,
    optimum=RootOfGradient(),
    gradient_bound=lambda: 1.0,
    doc=Doc(
        summary="The logarithm of the hyperbolic cosine: ½r² near 0, |r| − 0.693 far out, and smooth between.",
        formula="log(cosh(r))",
        gradient="tanh(r)",
        kinks="None: all derivatives exist everywhere.",
        rewards="A middle between the mean and the median; which of them is nearer depends on the scale of the target.",
        outliers="A row's pull grows with its error towards 1 and never passes it.",
        use="You want a smooth robust loss without a parameter, and errors of about 1 are neither tiny nor huge.",
        pitfalls=(
            "It turns at an error of about 1, always. Far above that it is mae − 0.693, far below half the mse.",
            "It has no meaningful unit, as errors are put into an exponential.",
            "Written as log(cosh(r)) it overflows at 711, and is 0 below 1e-8. Here it is accurate at both ends.",
        ),
        names=(
            ("Keras", "LogCosh"),
            ("optax", "log_cosh"),
            ("TorchMetrics", "LogCoshError"),
            ("CatBoost", "LogCosh"),
        ),
        source="Green (1990), Bayesian reconstructions from emission tomography data, IEEE Trans. MI 9:84–93",
    ),
)

ROBUST = (HUBER, PSEUDO_HUBER, LOG_COSH)
