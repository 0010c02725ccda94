"""Divergences between distributions: how far a predicted distribution lies from the one that was observed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from losscli.arrays import Form, Functional, Task, Truth, Unit
from losscli.losses.many_classes import mean_slope, mean_surprise, softmax
from losscli.losses.param import UNIT, Interval
from losscli.losses.record import Doc, Encoding, Kernel, Loss, MeanRowOf

if TYPE_CHECKING:
    from losscli.arrays import FloatArray

_LOG_2 = math.log(2.0)
# up to this part of their mean two shares are close
_CLOSE = 0.5


def _relative_entropy(x: FloatArray, y: FloatArray) -> FloatArray:
    """Return Σ x·log(x/y) of each row; of two distributions it is never below 0 but for rounding, which is cut off."""
    from scipy.special import rel_entr

    total: FloatArray = np.einsum("ij->i", rel_entr(x, y))
    return np.maximum(total, 0.0, out=total)


def _kl(y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
    return _relative_entropy(y_true, y_pred)


def _reverse_kl(y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
    return _relative_entropy(y_pred, y_true)


def _reverse_kl_gradient(y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
    slope: FloatArray = np.log(y_pred) - np.log(y_true)
    slope += 1.0
    np.copyto(slope, 0.0, where=(y_pred == 0.0) & (y_true == 0.0))
    return slope


def _tilt(y: FloatArray, p: FloatArray) -> FloatArray:
    # (y − p)/(y + p): how far each of the two lies from their mean, −1 … 1
    total = y + p
    np.copyto(total, 1.0, where=total == 0.0)
    tilt: FloatArray = (y - p) / total
    return tilt


def _js(y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
    from scipy.special import xlogy

    # with the mean m and y = m(1 + u), p = m(1 − u) each class adds ½m((1 + u)log(1 + u) + (1 − u)log(1 − u)), which is
    # never below 0; where u is small that cancels, and 2u·artanh u + log(1 − u²), which is the same, does not
    u = _tilt(y_true, y_pred)
    near = np.clip(u, -_CLOSE, _CLOSE)
    each: FloatArray = 2.0 * near * np.arctanh(near) + np.log1p(-near * near)
    far = np.abs(u) > _CLOSE
    up, down = 1.0 + u[far], 1.0 - u[far]
    each[far] = xlogy(up, up) + xlogy(down, down)
    total: FloatArray = np.einsum("ij,ij->i", each, y_true + y_pred)
    total *= 0.25
    np.minimum(total, _LOG_2, out=total)
    return total


def _js_gradient(y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
    slope: FloatArray = np.log1p(-_tilt(y_true, y_pred))
    slope *= 0.5
    return slope


def _logs(y_true: FloatArray) -> FloatArray:
    logs: FloatArray = np.log(y_true)
    return logs


def _geometric_mean(mean: FloatArray) -> FloatArray:
    if np.all(mean == -np.inf):
        return np.full_like(mean, np.nan)
    row: FloatArray = softmax(mean[np.newaxis])[0]
    return row


def _encoding(per_row: Kernel, gradient: Kernel) -> tuple[Encoding, ...]:
    return (
        Encoding(
            task=Task.DISTRIBUTION,
            form=Form.PROBABILITY,
            truth=Truth.ROWS,
            per_row=per_row,
            gradient=gradient,
            y_true=UNIT,
            y_pred=UNIT,
            hint="shares lie in [0, 1]; --normalize divides counts by their sum",
        ),
    )


_FAMILY = "losses of distributions"
_MEAN = MeanRowOf(words="the mean of the target distributions")
_SUMS = "It is summed over classes and averaged over rows; PyTorch's default divides by the classes too."

KL = Loss(
    name="kl",
    title="Kullback–Leibler divergence, KL(target ‖ prediction)",
    family=_FAMILY,
    aliases=("kl_div", "kl_div_loss", "kl_divergence", "relative_entropy", "kullback_leibler"),
    encodings=_encoding(_kl, mean_slope),
    functional=Functional.DISTRIBUTION,
    unit=Unit.NATS,
    optimum=_MEAN,
    doc=Doc(
        summary="What it costs, in nats, to take the prediction for the target: 0 where they agree.",
        formula="KL(y ‖ p) = Σ y·log(y/p) over classes; 0·log 0 = 0",
        gradient="−y/p for each class",
        kinks="None inside. It is infinite where p = 0 < y, and so is the gradient.",
        rewards="The mean distribution (strictly proper). It spreads out over all that may happen.",
        outliers="One class with p = 0 < y makes the mean infinite. The rows are named, with the mean of the others.",
        use="Targets are distributions, and ruling out what happens is the worst mistake.",
        pitfalls=(
            "It is not symmetric: KL(y ‖ p) is not KL(p ‖ y), which is reverse_kl. Argument orders differ by library.",
            _SUMS,
            "Keras moves all shares to at least 1e-7 quietly: 7.37 instead of inf for (0.5, 0.5) and (1, 0).",
            "It is soft_ce minus the entropy of the target, which no prediction changes.",
            "It is in nats; divided by log 2 = 0.693 it is in bits.",
        ),
        names=(
            ("PyTorch", "KLDivLoss(reduction='batchmean') of log-probabilities"),
            ("Keras", "KLDivergence"),
            ("optax", "kl_divergence"),
            ("SciPy", "special.rel_entr, stats.entropy(y, p)"),
        ),
        source="Kullback and Leibler (1951), On information and sufficiency, Ann. Math. Statist. 22:79–86",
        example=(
            "Of y = (0.5, 0.5) and p = (0.9, 0.1), KL(y ‖ p) = 0.510826 but KL(p ‖ y) = 0.368064. "
            "The cross-entropy H(y, p) = 1.20397 is the entropy of y, 0.693147, plus KL(y ‖ p)."
        ),
    ),
)

REVERSE_KL = Loss(
    name="reverse_kl",
    title="Reverse Kullback–Leibler divergence, KL(prediction ‖ target)",
    family=_FAMILY,
    aliases=("reverse_kl_divergence", "mode_seeking_kl", "exclusive_kl"),
    encodings=_encoding(_reverse_kl, _reverse_kl_gradient),
    functional=Functional.NONE,
    unit=Unit.NATS,
    optimum=MeanRowOf(
        words="the geometric mean of the target distributions, divided by its sum",
        transform=_logs,
        inverse=_geometric_mean,
    ),
    doc=Doc(
        summary="What it costs, in nats, to take the target for the prediction: KL with the two exchanged.",
        formula="KL(p ‖ y) = Σ p·log(p/y) over classes; 0·log 0 = 0",
        gradient="log(p/y) + 1 for each class",
        kinks="None inside. It is infinite where y = 0 < p.",
        rewards="Staying where all targets have weight: it settles on one mode rather than covering several.",
        outliers="One class with y = 0 < p makes the mean infinite. The rows are named, with the mean of the others.",
        use="Predicting what never happens is worse than missing some of what does.",
        pitfalls=(
            "Not a proper score: the mean distribution does not minimise it.",
            "With one-hot targets every prediction that is not exactly right is infinite.",
            _SUMS,
        ),
        names=(
            ("TorchMetrics", "kl_divergence with its arguments exchanged"),
            ("SciPy", "special.rel_entr, stats.entropy(p, y)"),
        ),
        source="Kullback and Leibler (1951), On information and sufficiency, Ann. Math. Statist. 22:79–86",
        example="Of y = (0.5, 0.5) and p = (0.9, 0.1), KL(p ‖ y) = 0.368064; kl is KL(y ‖ p) = 0.510826.",
    ),
)

JS = Loss(
    name="js",
    title="Jensen–Shannon divergence",
    family=_FAMILY,
    aliases=("jsd", "js_divergence", "jensen_shannon", "jensen_shannon_divergence"),
    encodings=_encoding(_js, _js_gradient),
    functional=Functional.NONE,
    unit=Unit.NATS,
    range=Interval(low=0.0, high=_LOG_2, low_closed=True, high_closed=True),
    doc=Doc(
        summary="The mean divergence of target and prediction from their average: symmetric, and never infinite.",
        formula="½·KL(y ‖ m) + ½·KL(p ‖ m) with m = (y + p)/2",
        gradient="½·log(p/m) for each class",
        kinks="None inside. At p = 0 < y the gradient is −∞, though the loss is finite; 0 is used at p = y = 0.",
        rewards="No property of the target that has a name: the mean distribution does not minimise it.",
        outliers="None can rule it, as no row exceeds log 2 = 0.693.",
        use="Distributions may rule out what the other allows, and a number without infinities is needed.",
        pitfalls=(
            "SciPy's jensenshannon is its square root: 0.1499 where this is 0.02246.",
            "It is in nats. permetrics takes logarithms to base 2, where its ceiling is 1.",
            "No best constant, and so no skill, is shown: it has no formula, and a search over rows is not made.",
        ),
        names=(
            ("SciPy", "spatial.distance.jensenshannon (the square root)"),
            ("TorchMetrics", "JensenShannonDivergence"),
            ("permetrics", "jensen_shannon_divergence (base 2)"),
        ),
        source="Lin (1991), Divergence measures based on the Shannon entropy, IEEE Trans. IT 37:145–151",
    ),
)

SOFT_CE = Loss(
    name="soft_ce",
    title="Cross-entropy with soft targets",
    family=_FAMILY,
    aliases=("soft_cross_entropy", "soft_target_cross_entropy"),
    encodings=_encoding(mean_surprise, mean_slope),
    functional=Functional.DISTRIBUTION,
    unit=Unit.NATS,
    optimum=_MEAN,
    doc=Doc(
        summary="The mean surprise of one who expects the prediction and draws from the target, in nats.",
        formula="H(y, p) = −Σ y·log p over classes; 0·log 0 = 0",
        gradient="−y/p for each class",
        kinks="None inside. It is infinite where p = 0 < y, and so is the gradient.",
        rewards="The mean distribution (strictly proper).",
        outliers="One class with p = 0 < y makes the mean infinite. The rows are named, with the mean of the others.",
        use="As kl, where values shall be comparable with a training log that shows cross-entropy.",
        pitfalls=(
            "The least value is not 0 but the entropy of the target: only kl says how much is left to gain.",
            "It is not symmetric: H(y, p) is not H(p, y).",
            "It ranks models as kl does, since the entropy of the target is the same for all.",
        ),
        names=(
            ("PyTorch", "CrossEntropyLoss with probabilities as target, of logits"),
            ("Keras", "CategoricalCrossentropy"),
        ),
        source="Good (1952), Rational decisions, JRSS B 14:107–114",
        example=(
            "Of y = (0.5, 0.5) and p = (0.9, 0.1), H(y, p) = 1.20397 but H(p, y) = 0.693147. The first is the "
            "entropy H(y, y) = 0.693147 plus KL(y ‖ p) = 0.510826, the second H(p, p) = 0.325083 plus 0.368064."
        ),
    ),
)

DISTRIBUTION = (KL, REVERSE_KL, JS, SOFT_CE)
