"""What the losses of many classes share: rows of k numbers, and targets as class numbers or as rows.

Rows lie one class after another in memory (Fortran order), as files hold them: sums over classes then run along whole
columns, which NumPy does many times faster than short sums. Other orders are right, but slow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from losscli.arrays import Form, Task, Truth
from losscli.losses.param import NON_NEGATIVE, UNIT, Interval
from losscli.losses.record import Encoding, JointDomain, Kernel, Optimum

if TYPE_CHECKING:
    from losscli.arrays import BoolArray, FloatArray, IntArray
    from losscli.losses.param import ParamValue

LOG_PROBABILITY = Interval(high=0.0, low_closed=True, high_closed=True)
LOGIT = Interval(low_closed=True)  # −∞ for a class that is ruled out

_MAY_RULE_OUT = frozenset({Form.LOGIT, Form.LOG_PROBABILITY, Form.SCORE})

LIKE_LOGITS = "these look like logits: use softmax_ce, or --pred-form logit"
NO_LOG_PROBABILITIES = (
    "log-probabilities are at most 0: probabilities go with cce or --pred-form probability, "
    "logits with softmax_ce or --pred-form logit"
)

_LOWEST = np.finfo(np.float64).min


def places(codes: IntArray) -> IntArray:
    """Return where the numbers at the classes (n,) of n rows stand in memory that holds one class after another."""
    return codes * len(codes) + np.arange(len(codes))


def picked(rows: FloatArray, codes: IntArray) -> FloatArray:
    """Return of each row (n, k) the number at its class (n,)."""
    return rows.T.reshape(-1).take(places(codes))  # a third of the time that two indices take


def dot(x: FloatArray, y: FloatArray) -> FloatArray:
    """Return the sum over classes of x·y, for each of n rows of k numbers."""
    total: FloatArray = np.einsum("ij,ij->i", x, y)
    return total


def target_rows(y_true: IntArray | FloatArray, k: int) -> FloatArray:
    """Return the target as rows (n, k): 1 at the class and 0 elsewhere for class numbers (n,), rows as they are."""
    if y_true.ndim == 2:
        return y_true  # type: ignore[return-value]  # two dimensions are rows
    columns = np.zeros((k, len(y_true)))
    columns.reshape(-1)[places(y_true)] = 1.0  # type: ignore[arg-type]  # one dimension is class numbers
    return columns.T


def mean_surprise(y: FloatArray, p: FloatArray) -> FloatArray:
    """Return −Σ y·log p of each row, with 0·log 0 = 0: (n,) from two arrays (n, k)."""
    logs = np.where(y == 0.0, 1.0, p)
    np.log(logs, out=logs)
    return 0.0 - dot(y, logs)


def mean_slope(y: FloatArray, p: FloatArray) -> FloatArray:
    """Return the derivative of `mean_surprise` in p, −y/p, and 0 for classes with y = 0; (n, k)."""
    slope: FloatArray = -y / p
    np.copyto(slope, 0.0, where=y == 0.0)
    return slope


def exponentials(z: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return exp(z − m) of rows (n, k), as (k, n), and m, the largest of each, (n,): the lowest double for all −inf."""
    columns = z.T.copy()
    top: FloatArray = np.maximum(columns.max(axis=0), _LOWEST)
    columns -= top
    np.exp(columns, out=columns)
    return columns, top


def softmax(z: FloatArray) -> FloatArray:
    """Return exp(z)/Σ exp(z) for each row of an array (n, k); 0 for a class at −inf, and for all where all are."""
    columns, _ = exponentials(z)
    columns /= np.maximum(columns.sum(axis=0), 1.0)  # the largest class adds 1
    return columns.T


def log_sum(z: FloatArray, one: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return the largest of each row, m, and log Σ exp(z − m) ≥ 0; both (n,).

    Parameters
    ----------
    z
        Shape (n, k).
    one
        A class of each row whose term is e⁰ = 1 if the sum is close to 1, (n,). The 1 is taken off that term before
        the sum and left to log1p, so that what all others add to it keeps its digits, however little that is.
    """
    columns, top = exponentials(z)
    columns.reshape(-1)[places(one)] -= 1.0
    rest = np.maximum(columns.sum(axis=0), 0.0)
    return top, np.log1p(rest, out=rest)


def _allows_some_class(y_true: FloatArray, y_pred: FloatArray, **params: ParamValue) -> BoolArray:  # noqa: ARG001
    if np.min(y_pred, initial=0.0) > -np.inf:
        return np.ones(len(y_pred), dtype=np.bool_)
    allowed: BoolArray = y_pred.max(axis=1) > -np.inf
    return allowed


SOME_CLASS = JointDomain(holds=_allows_some_class, broken="prediction is −∞ for every class")


def class_encodings(
    form: Form,
    y_pred: Interval,
    *,
    of_code: Kernel,
    of_rows: Kernel,
    gradient: Kernel,
    hint: str | None = None,
    tied: Kernel | None = None,
    optimum: Optimum | None = None,
) -> tuple[Encoding, Encoding]:
    """Return the encodings of a multi-class loss for targets that are class numbers and for rows, one-hot or soft."""
    return tuple(  # type: ignore[return-value]  # two of two
        Encoding(
            task=Task.MULTICLASS,
            form=form,
            truth=truth,
            per_row=per_row,
            gradient=gradient,
            y_true=y_true,
            y_pred=y_pred,
            joint=SOME_CLASS if form in _MAY_RULE_OUT else None,
            hint=hint,
            tied=tied,
            optimum=optimum,
        )
        for truth, per_row, y_true in ((Truth.CODE, of_code, NON_NEGATIVE), (Truth.ROWS, of_rows, UNIT))
    )
