"""Losses of decisions: a prediction is cut at a threshold, and only the side it falls on counts."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from losscli.arrays import Form, Functional, Task, Unit
from losscli.losses.class_decision import CLASS_DECISIONS
from losscli.losses.param import ANY_SCORE, NON_NEGATIVE, UNIT, Interval, Param
from losscli.losses.record import Doc, Encoding, Loss, MeanOf
from losscli.losses.two_classes import CERTAIN_LABELS, CERTAIN_TARGET

if TYPE_CHECKING:
    from collections.abc import Callable

    from losscli.arrays import BoolArray, FloatArray
    from losscli.losses.record import Kernel


def _probability_cut(threshold: float) -> float:
    return threshold


def _logit_cut(threshold: float) -> float:
    """Return the logit of the threshold, −inf … inf: σ(z) exceeds the threshold where z exceeds this."""
    if threshold in {0.0, 1.0}:
        return math.copysign(math.inf, threshold - 0.5)
    return math.log(threshold / (1.0 - threshold))


def _margin_cut(threshold: float) -> float:  # noqa: ARG001
    return 0.0


def _label_cut(threshold: float) -> float:  # noqa: ARG001
    return 0.5


def _wrong(y_true: FloatArray, positive: BoolArray) -> BoolArray:
    wrong: BoolArray = positive != (y_true == 1.0)
    return wrong


def _zero_one(y_true: FloatArray, y_pred: FloatArray, threshold: float, *, cut: Callable[[float], float]) -> FloatArray:
    return _wrong(y_true, y_pred > cut(threshold)).astype(np.float64)


def _cost(
    y_true: FloatArray,
    y_pred: FloatArray,
    w_fn: float,
    w_fp: float,
    threshold: float,
    *,
    cut: Callable[[float], float],
) -> FloatArray:
    positive = y_pred > cut(threshold)
    cost: FloatArray = np.where(positive, w_fp, w_fn) * _wrong(y_true, positive)
    return cost


def _flat(y_true: FloatArray, y_pred: FloatArray, **params: float) -> FloatArray:  # noqa: ARG001
    return np.zeros(np.broadcast_shapes(y_true.shape, y_pred.shape))


def _tied(
    y_true: FloatArray,
    y_pred: FloatArray,
    threshold: float,
    *,
    cut: Callable[[float], float],
    **params: float,  # noqa: ARG001
) -> FloatArray:
    tied = y_pred == cut(threshold)
    return np.broadcast_to(tied, np.broadcast_shapes(y_true.shape, y_pred.shape)).astype(np.float64)


def _majority(share: float, *, sides: tuple[float, float], **params: float) -> float:  # noqa: ARG001
    return sides[share > 0.5]


def _cheaper(share: float, *, sides: tuple[float, float], w_fn: float, w_fp: float, threshold: float) -> float:  # noqa: ARG001
    return sides[w_fn * share > w_fp * (1.0 - share)]


def _binary_encodings(per_row: Kernel, decide: Callable[..., float], words: str) -> tuple[Encoding, ...]:
    """Return the loss of the decision by probability, logit, margin and label."""

    def encoding(
        form: Form, cut: Callable[[float], float], y_pred: Interval, sides: tuple[float, float], hint: str | None = None
    ) -> Encoding:
        return Encoding(
            task=Task.BINARY,
            form=form,
            per_row=partial(per_row, cut=cut),
            gradient=_flat,
            y_true=UNIT,
            y_pred=y_pred,
            joint=CERTAIN_LABELS if form is Form.LABEL else CERTAIN_TARGET,
            tied=None if form is Form.LABEL else partial(_tied, cut=cut),
            optimum=MeanOf(inverse=partial(decide, sides=sides), words=words),
            unused=("threshold",) if form in _UNCUT else (),
            hint=hint,
        )

    return (
        encoding(Form.PROBABILITY, _probability_cut, UNIT, (0.0, 1.0), "these look like logits: add --pred-form logit"),
        encoding(Form.LOGIT, _logit_cut, ANY_SCORE, (-math.inf, math.inf)),
        encoding(Form.MARGIN, _margin_cut, ANY_SCORE, (-1.0, 1.0)),
        encoding(Form.LABEL, _label_cut, UNIT, (0.0, 1.0), "labels are 0 or 1"),
    )


_UNCUT = frozenset({Form.MARGIN, Form.LABEL})
_FAMILY = "decision losses"
_THRESHOLD = Param(
    name="threshold",
    default=0.5,
    domain=UNIT,
    summary=(
        "The probability above which the decision is positive; logits are cut at its log-odds, "
        "margins are cut at 0 and labels not at all."
    ),
    aliases=("t", "cutoff"),
)
_MAJORITY = MeanOf(inverse=partial(_majority, sides=(0.0, 1.0)), words="the more frequent class")

ZERO_ONE = Loss(
    name="zero_one",
    title="Zero-one loss",
    family=_FAMILY,
    aliases=(
        "zero_one_loss",
        "misclassification_rate",
        "classification_error",
        "error_rate",
        "binary_error",
        "merror",
        "multi_error",
    ),
    params=(_THRESHOLD,),
    encodings=(
        *_binary_encodings(_zero_one, _majority, "the more frequent class, the negative one at equal shares"),
        *CLASS_DECISIONS,
    ),
    functional=Functional.MODE,
    unit=Unit.ONE,
    range=UNIT,
    is_rate=True,
    optimum=_MAJORITY,
    gradient_bound=lambda threshold: 0.0,  # noqa: ARG005
    doc=Doc(
        summary="The share of wrong decisions: 1 for a row decided wrongly, 0 for one decided rightly.",
        formula=(
            "1 where (p > threshold) differs from y, else 0; logits are cut at log(threshold/(1 − threshold)). "
            "Of many classes 1 where that of the largest p is not the true one, whatever the threshold"
        ),
        gradient="0",
        kinks="It jumps at the threshold; 0 is used there too. No optimiser can follow it.",
        rewards="Deciding for the more likely class. It does not ask for probabilities, and cannot tell good ones.",
        outliers="None can rule it, as no row exceeds 1: sure and wrong costs as much as nearly right.",
        use="Both kinds of mistake cost the same, and a decision at a fixed threshold is what will be used.",
        pitfalls=(
            "With 1 % positives, never deciding for them is wrong in 1 % of rows: look at the skill, not the value.",
            "A prediction equal to the threshold is negative, as in XGBoost and LightGBM; such ties are counted.",
            "Of classes that tie for the largest prediction the first decides, as in XGBoost; LightGBM calls it wrong.",
            "It is 1 − accuracy.",
            "Where one kind of mistake costs more than the other, real_world_cost counts in that cost.",
        ),
        names=(
            ("scikit-learn", "zero_one_loss"),
            ("XGBoost", "error, error@t, merror"),
            ("LightGBM", "binary_error, multi_error"),
            ("TorchMetrics", "1 − Accuracy"),
        ),
        source="Wald (1950), Statistical Decision Functions, Wiley",
    ),
)

REAL_WORLD_COST = Loss(
    name="real_world_cost",
    title="Real-world cost of decisions",
    family=_FAMILY,
    aliases=("rwc", "misclassification_cost", "expected_cost"),
    params=(
        Param(
            name="w_fn",
            default=None,
            domain=NON_NEGATIVE,
            summary="What a false negative costs more than a true positive, in any unit of cost.",
            aliases=("cost_fn", "false_negative_cost"),
            example=5.0,
        ),
        Param(
            name="w_fp",
            default=None,
            domain=NON_NEGATIVE,
            summary="What a false positive costs more than a true negative, in the same unit.",
            aliases=("cost_fp", "false_positive_cost"),
            example=1.0,
        ),
        _THRESHOLD,
    ),
    encodings=_binary_encodings(
        _cost, _cheaper, "the cheaper decision, positive where w_fn·(share of positives) > w_fp·(share of negatives)"
    ),
    functional=Functional.DECISION,
    unit=Unit.COST,
    most=lambda w_fn, w_fp, threshold: max(w_fn, w_fp),  # noqa: ARG005
    optimum=MeanOf(inverse=partial(_cheaper, sides=(0.0, 1.0)), words="the cheaper decision for all rows"),
    gradient_bound=lambda w_fn, w_fp, threshold: 0.0,  # noqa: ARG005
    doc=Doc(
        summary="What the decisions cost per row: w_fn for each false negative, w_fp for each false positive.",
        formula="w_fn where y = 1 and p ≤ threshold, w_fp where y = 0 and p > threshold, else 0",
        gradient="0",
        kinks="It jumps at the threshold; 0 is used there too. No optimiser can follow it.",
        rewards="The decision that costs less given the probability of the positive class.",
        outliers="None can rule it: no row costs more than the larger of w_fn and w_fp.",
        use="You know what the two kinds of mistake cost, in money or in harm.",
        pitfalls=(
            "For honest probabilities the best threshold is w_fp/(w_fn + w_fp), not ½.",
            "For a model trained with rww_bce of the same costs the best threshold is ½: the costs are already in it.",
            "The costs are marginal: what the mistake costs beyond the right decision for the same row.",
            "The mean is over all rows, never divided by the costs: a mistake of 2000 stays 2000.",
        ),
        names=(
            ("Ho and Wookey's notebook", "binary_real_world_cost"),
            ("scikit-learn", "confusion_matrix times a matrix of costs"),
        ),
        source="Ho and Wookey (2020), The real-world-weight cross-entropy loss function, IEEE Access 8:4806–4813",
    ),
)

DECISION = (ZERO_ONE, REAL_WORLD_COST)
