"""Cross-entropy of many classes weighted by what each mistake costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from losscli.arrays import Form, Functional, Unit
from losscli.losses.many_classes import LIKE_LOGITS, class_encodings, dot, target_rows
from losscli.losses.param import UNIT, CostMatrix, Param
from losscli.losses.record import Doc, Loss, MeanRowOf

if TYPE_CHECKING:
    from losscli.arrays import FloatArray, IntArray

# halvings of the bracket of λ: what is left of it is below the last bit
_HALVINGS = 200


def _costs(y_true: IntArray | FloatArray, costs: CostMatrix) -> tuple[FloatArray, FloatArray]:
    """Return for each row and class (n, k) the weight of −log p and that of −log(1 − p)."""
    missed, mistaken = costs.arrays
    y = target_rows(y_true, len(missed))
    return y * missed, mistaken[y_true] if y_true.ndim == 1 else _mixed(y, mistaken)


def _mixed(weights: FloatArray, rows: FloatArray) -> FloatArray:
    """Return sums of `rows` (k, k) by each row of weights (n, k); unlike BLAS, with the same digits on any machine."""
    mixed = np.zeros_like(weights)
    for number, row in enumerate(rows):
        mixed += weights[:, number, np.newaxis] * row
    return mixed


def _weighted(y_true: IntArray | FloatArray, y_pred: FloatArray, costs: CostMatrix) -> FloatArray:
    a, b = _costs(y_true, costs)
    loss = dot(a, np.log(np.where(a == 0.0, 1.0, y_pred)))
    loss += dot(b, np.log1p(np.where(b == 0.0, 0.0, -y_pred)))
    return 0.0 - loss


def _weighted_gradient(y_true: IntArray | FloatArray, y_pred: FloatArray, costs: CostMatrix) -> FloatArray:
    a, b = _costs(y_true, costs)
    slope: FloatArray = np.where(b == 0.0, 0.0, b / (1.0 - y_pred))
    slope -= np.where(a == 0.0, 0.0, a / y_pred)
    return slope


def _best_row(mean: FloatArray, costs: CostMatrix) -> FloatArray:
    """Return the class probabilities p (k,) with the least −Σ(a·log p + b·log(1 − p)), for class frequencies (k,).

    There each class has the same slope, −a/p + b/(1 − p) = λ, and each p rises with λ: halving finds the λ for which
    they sum to 1.
    """
    missed, mistaken = costs.arrays
    a, b = missed * mean, _mixed(mean[np.newaxis], mistaken)[0]

    def row(slope: float) -> FloatArray:
        # the root in [0, 1] of λp² + (a + b − λ)p − a, in the form that does not cancel
        half = a + b - slope
        root = np.hypot(a - b + slope, 2.0 * np.sqrt(a * b))
        rising = half >= 0.0
        above, below = np.where(rising, 2.0 * a, root - half), np.where(rising, half + root, 2.0 * slope)
        return np.divide(above, below, out=np.zeros_like(a), where=below != 0.0)

    low, high = -float(a.sum()), 2.0 * float(b.max()) + float(np.finfo(np.float64).tiny)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if row(middle).sum() < 1.0:
            low = middle
        else:
            high = middle
    best = row(high)
    best /= best.sum()
    return best


RWW_CCE = Loss(
    name="rww_cce",
    title="Real-world-weight cross-entropy of many classes",
    family="multi-class losses",
    aliases=("real_world_weight_cce",),
    params=(
        Param(
            name="costs",
            default=None,
            domain="file",
            summary="A file with what each mistake costs: of missing each class, and of taking one for another.",
            aliases=("cost_matrix",),
        ),
    ),
    encodings=class_encodings(
        Form.PROBABILITY,
        UNIT,
        of_code=_weighted,
        of_rows=_weighted,
        gradient=_weighted_gradient,
        hint=LIKE_LOGITS,
    ),
    functional=Functional.NONE,
    unit=Unit.COST,
    optimum=MeanRowOf(
        words="numeric: where the cost of moving probability is the same for all classes", inverse=_best_row
    ),
    doc=Doc(
        summary="Cross-entropy in which missing a class, and taking one class for another, weigh what they cost.",
        formula="−Σ y·(missed·log p + Σ mistaken·log(1 − p of the others)), with the costs of the true class",
        gradient="−missed/p for the true class, mistaken/(1 − p) for each other",
        kinks="None inside. It is infinite at p = 0 of the true class and at p = 1 of another, where these cost.",
        rewards="Probabilities bent away from the mistakes that cost most.",
        outliers="Confident and wrong, times the cost of that very mistake; infinite at a wrong 0 or 1.",
        use="You know what each mistake costs beyond the right decision, and the model was trained for these costs.",
        pitfalls=(
            "Missing costs 1 and mistaking 0: then it is cce.",
            "It is not proper, unless missing costs the same for all classes and mistaking nothing.",
            "The costs are marginal: what the mistake costs beyond the right decision for the same row.",
            "Rows of the matrix are true classes, columns the wrongly predicted ones. Its diagonal is 0.",
            "It is the mean over rows, as in the paper; the authors' code also divides by the number of classes.",
            "Their code moves probabilities to at least 1e-7; here they stay as they are.",
        ),
        names=(
            ("Ho and Wookey's paper", "RWWCE, single-label multi-class"),
            ("Ho and Wookey's notebook", "create_rww_categorical_crossentropy (also divides by k)"),
        ),
        source="Ho and Wookey (2020), The real-world-weight cross-entropy loss function, IEEE Access 8:4806–4813",
    ),
)
