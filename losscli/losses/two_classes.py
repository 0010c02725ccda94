"""What the losses of two classes share: logarithms and sigmoids that stay exact far out, and what a target may be.

In all of these y is the share of the positive class, 1 or 0 for a certain one, p its predicted probability and z its
predicted log-odds. Arrays may have any shapes that broadcast.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from losscli.losses.record import JointDomain

if TYPE_CHECKING:
    from losscli.arrays import BoolArray, FloatArray

# of certain targets and predictions: the surprise at the target, in nats; the probability not given to it
Surprise: TypeAlias = "Callable[[FloatArray | float, FloatArray], FloatArray]"
Missed: TypeAlias = "Callable[[FloatArray, FloatArray], FloatArray]"


def _softplus(x: FloatArray) -> FloatArray:
    """Return log(1 + e^x), right to the last bits for every x: e^x far below 0, x far above."""
    small = np.abs(x)
    np.negative(small, out=small)
    np.exp(small, out=small)
    np.log1p(small, out=small)
    small += np.maximum(x, 0.0)
    return small


def sigmoid(x: FloatArray) -> FloatArray:
    """Return 1/(1 + e^−x), in [0, 1], right to the last bits for every x."""
    share: FloatArray = np.minimum(x, 0.0)
    np.exp(share, out=share)
    whole = np.abs(x)
    np.negative(whole, out=whole)
    np.exp(whole, out=whole)
    whole += 1.0
    share /= whole
    return share


def _towards_wrong(y: FloatArray | float, z: FloatArray) -> FloatArray:
    """Return −z where y = 1 and z where y = 0."""
    sign = np.multiply(y, -2.0)
    sign += 1.0
    return sign * z


def surprise_of_probability(y: FloatArray | float, p: FloatArray) -> FloatArray:
    """Return −log p where y = 1 and −log(1 − p) where y = 0; y holds nothing else."""
    right = (1.0 - y) - p
    np.abs(right, out=right)
    # 1 − p drops digits of a small p, all of them below 1e-16; what was dropped is added to the logarithm
    surprise: FloatArray = y - p
    np.abs(surprise, out=surprise)
    surprise -= 1.0 - right
    surprise -= np.log(right, out=right)
    return surprise


def surprise_of_logit(y: FloatArray | float, z: FloatArray) -> FloatArray:
    """Return log(1 + e^−z) where y = 1 and log(1 + e^z) where y = 0; y holds nothing else."""
    return _softplus(_towards_wrong(y, z))


def missed_by_probability(y: FloatArray, p: FloatArray) -> FloatArray:
    """Return 1 − p where y = 1 and p where y = 0; y holds nothing else."""
    missed: FloatArray = y - p
    np.abs(missed, out=missed)
    return missed


def missed_by_logit(y: FloatArray, z: FloatArray) -> FloatArray:
    """Return σ(−z) where y = 1 and σ(z) where y = 0; y holds nothing else."""
    return sigmoid(_towards_wrong(y, z))


def times(factor: FloatArray, x: FloatArray) -> FloatArray:
    """Return the product, 0 where the factor is 0 even if x is infinite."""
    product: FloatArray = factor * x
    np.copyto(product, 0.0, where=factor == 0.0)
    return product


def weigh(y: FloatArray, x: FloatArray, w_pos: float, w_neg: float) -> FloatArray:
    """Return w_pos·x where y = 1 and w_neg·x where y = 0, 0 for a weight of 0; y holds nothing else."""
    weight = 1.0 - y
    weight *= w_neg
    weight += w_pos * y
    return weight * x if w_pos and w_neg else times(weight, x)


def is_certain(y: FloatArray) -> BoolArray:
    """Return for each element whether it is 0 or 1."""
    certain: BoolArray = (y == 0.0) | (y == 1.0)
    return certain


def cross_entropy(
    y: FloatArray, x: FloatArray, surprise: Surprise, w_pos: float = 1.0, w_neg: float = 1.0
) -> FloatArray:
    """Return w_pos·y·(surprise at 1) + w_neg·(1 − y)·(surprise at 0), where a product with a zero is 0."""
    if np.all(is_certain(y)):
        loss = surprise(y, x)
        return loss if w_pos == w_neg == 1.0 else weigh(y, loss, w_pos, w_neg)
    return times(w_pos * y, surprise(1.0, x)) + times(w_neg * (1.0 - y), surprise(0.0, x))


def slope_in_probability(y: FloatArray, p: FloatArray, w_pos: float = 1.0, w_neg: float = 1.0) -> FloatArray:
    """Return the derivative of the cross-entropy in p: infinite at a wrong 0 or 1, and 0 at a right one."""
    slope = times(w_neg * (1.0 - y), 1.0 / (1.0 - p)) - times(w_pos * y, 1.0 / p)
    np.copyto(slope, 0.0, where=(y == p) & is_certain(y))
    return slope


def slope_in_logit(y: FloatArray, z: FloatArray, w_pos: float = 1.0, w_neg: float = 1.0) -> FloatArray:
    """Return the derivative of the cross-entropy in z."""
    slope: FloatArray = w_neg * (1.0 - y) * sigmoid(z) - w_pos * y * sigmoid(-z)
    return slope


def log_odds(up: float, down: float) -> float:
    """Return log(up/down) of two amounts ≥ 0: −inf or inf where one is 0, and 0 where both are."""
    if up == 0.0 or down == 0.0:
        return 0.0 if up == down else math.copysign(math.inf, up - down)
    return math.log(up) - math.log(down)


def share_of(up: float, down: float, otherwise: float) -> float:
    """Return up/(up + down) of two amounts ≥ 0, or `otherwise` where both are 0."""
    return up / (up + down) if up + down else otherwise


def _certain_target(y_true: FloatArray, y_pred: FloatArray, **params: float) -> BoolArray:  # noqa: ARG001
    return is_certain(y_true)


def _certain_labels(y_true: FloatArray, y_pred: FloatArray, **params: float) -> BoolArray:  # noqa: ARG001
    return is_certain(y_true) & is_certain(y_pred)


CERTAIN_TARGET = JointDomain(holds=_certain_target, broken="target is neither 0 nor 1")
CERTAIN_LABELS = JointDomain(holds=_certain_labels, broken="target or prediction is neither 0 nor 1")
