"""Binary cross-entropies that weigh the two classes, as such or by what mistakes cost."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from losscli.arrays import Form, Functional, Task, Unit
from losscli.losses.param import ANY_SCORE, NON_NEGATIVE, UNIT, Param
from losscli.losses.record import Doc, Encoding, Loss, MeanOf
from losscli.losses.two_classes import (
    cross_entropy,
    log_odds,
    share_of,
    slope_in_logit,
    slope_in_probability,
    surprise_of_logit,
    surprise_of_probability,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_by_probability = partial(cross_entropy, surprise=surprise_of_probability)
_by_logit = partial(cross_entropy, surprise=surprise_of_logit)


def _weighted_share(share: float, w_pos: float, w_neg: float) -> float:
    return share_of(w_pos * share, w_neg * (1.0 - share), share)


def _weighted_log_odds(share: float, w_pos: float, w_neg: float) -> float:
    return log_odds(w_pos * share, w_neg * (1.0 - share))


def _costs_as_weights(*given: Any, w_fn: float, w_fp: float, function: Callable[..., Any]) -> Any:
    return function(*given, w_pos=w_fn, w_neg=w_fp)


def _encodings(words: str, costs: Callable[[Callable[..., Any]], Callable[..., Any]]) -> tuple[Encoding, ...]:
    """Return both encodings; `costs` fits the weighted functions to the parameters of the loss."""
    return (
        Encoding(
            task=Task.BINARY,
            form=Form.PROBABILITY,
            per_row=costs(_by_probability),
            gradient=costs(slope_in_probability),
            y_true=UNIT,
            y_pred=UNIT,
            hint="these look like logits: add --pred-form logit",
            optimum=MeanOf(inverse=costs(_weighted_share), words=words),
        ),
        Encoding(
            task=Task.BINARY,
            form=Form.LOGIT,
            per_row=costs(_by_logit),
            gradient=costs(slope_in_logit),
            y_true=UNIT,
            y_pred=ANY_SCORE,
            optimum=MeanOf(inverse=costs(_weighted_log_odds), words=f"the log-odds of {words}"),
        ),
    )


def _as_they_are(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


def _by_cost(function: Callable[..., Any]) -> Callable[..., Any]:
    return partial(_costs_as_weights, function=function)


_FAMILY = "binary losses"
_WEIGHTED_WORDS = "the weighted share of positives, w_pos·π/(w_pos·π + w_neg·(1 − π))"
_RWW_WORDS = "the share of positives weighted by cost, w_fn·π/(w_fn·π + w_fp·(1 − π))"
_OUTLIERS = "Confident and wrong: a row costs its surprise times the weight of its class, without limit."

WEIGHTED_BCE = Loss(
    name="weighted_bce",
    title="Class-weighted binary cross-entropy",
    family=_FAMILY,
    aliases=("weighted_binary_cross_entropy", "weighted_cross_entropy_with_logits", "weighted_log_loss"),
    params=(
        Param(
            name="w_pos",
            default=1.0,
            domain=NON_NEGATIVE,
            summary="Multiplies the loss of the positive class.",
            aliases=("pos_weight", "scale_pos_weight", "w1"),
        ),
        Param(
            name="w_neg",
            default=1.0,
            domain=NON_NEGATIVE,
            summary="Multiplies the loss of the negative class.",
            aliases=("neg_weight", "w0"),
        ),
    ),
    encodings=_encodings(_WEIGHTED_WORDS, _as_they_are),
    functional=Functional.SHIFTED_PROBABILITY,
    unit=Unit.NATS,
    optimum=MeanOf(inverse=_weighted_share, words=_WEIGHTED_WORDS),
    doc=Doc(
        summary="Binary cross-entropy with a weight for each class: mistakes on the heavier class cost more.",
        formula="−(w_pos·y·log p + w_neg·(1 − y)·log(1 − p)); of a logit z, p = σ(z)",
        gradient="w_neg·(1 − y)/(1 − p) − w_pos·y/p; in a logit w_neg·(1 − y)·σ(z) − w_pos·y·σ(−z)",
        kinks="None inside. It is infinite at a wrong 0 or 1, where the gradient is too; at a right one 0 is used.",
        rewards="Probabilities shifted towards the heavier class; honest ones only where both weights are equal.",
        outliers=_OUTLIERS,
        use="A model was trained with class weights, and this is the loss that it was trained with.",
        pitfalls=(
            "A model that is good at it is not calibrated: its probabilities are those of a reweighted world.",
            "The mean is over all rows, as in PyTorch's pos_weight, never divided by the sum of class weights.",
            "Weights of rows are another thing: --weight COL makes a row count more often, here a mistake costs more.",
            "PyTorch's weight of BCELoss is a weight for each row, and divides by the number of rows.",
        ),
        names=(
            ("PyTorch", "BCEWithLogitsLoss(pos_weight), w_neg = 1"),
            ("TensorFlow", "nn.weighted_cross_entropy_with_logits"),
            ("XGBoost", "scale_pos_weight"),
        ),
        source="King and Zeng (2001), Logistic regression in rare events data, Political Analysis 9:137–163",
    ),
)

RWW_BCE = Loss(
    name="rww_bce",
    title="Real-world-weight binary cross-entropy",
    family=_FAMILY,
    aliases=("rwwce", "rww_binary_crossentropy", "real_world_weight_cross_entropy"),
    params=(
        Param(
            name="w_fn",
            default=None,
            domain=NON_NEGATIVE,
            summary="What a false negative costs more than a true positive, in any unit of cost.",
            aliases=("pos_weight", "cost_fn", "false_negative_cost"),
            example=5.0,
        ),
        Param(
            name="w_fp",
            default=None,
            domain=NON_NEGATIVE,
            summary="What a false positive costs more than a true negative, in the same unit.",
            aliases=("neg_weight", "cost_fp", "false_positive_cost"),
            example=1.0,
        ),
    ),
    encodings=_encodings(_RWW_WORDS, _by_cost),
    functional=Functional.SHIFTED_PROBABILITY,
    unit=Unit.COST,
    optimum=MeanOf(inverse=_by_cost(_weighted_share), words=_RWW_WORDS),
    doc=Doc(
        summary="Binary cross-entropy weighted by what mistakes cost: a stand-in with a gradient for the cost itself.",
        formula="−(w_fn·y·log p + w_fp·(1 − y)·log(1 − p)); of a logit z, p = σ(z)",
        gradient="w_fp·(1 − y)/(1 − p) − w_fn·y/p; in a logit w_fp·(1 − y)·σ(z) − w_fn·y·σ(−z)",
        kinks="None inside. It is infinite at a wrong 0 or 1, where the gradient is too; at a right one 0 is used.",
        rewards="Probabilities shifted by cost, so that deciding at ½ is the cheaper decision for each row.",
        outliers=_OUTLIERS,
        use="You know what a false negative and a false positive cost, and train or compare models with that in mind.",
        pitfalls=(
            "The costs are marginal: what the mistake costs beyond the right decision for the same row.",
            "It has the unit of the costs, but it is not what the decisions cost: that is real_world_cost.",
            "Decide at ½ with such a model. At w_fp/(w_fn + w_fp) the costs would count twice.",
            "The mean is over all rows, never divided by the costs. The authors' code clips at 1e-7, this does not.",
            "With w_fn = w_fp = 1 it is bce.",
        ),
        names=(
            ("Ho and Wookey's notebook", "create_rww_binary_crossentropy"),
            ("PyTorch", "BCEWithLogitsLoss(pos_weight=w_fn/w_fp) times w_fp"),
        ),
        source="Ho and Wookey (2020), The real-world-weight cross-entropy loss function, IEEE Access 8:4806–4813",
    ),
)

BINARY_WEIGHTED = (WEIGHTED_BCE, RWW_BCE)
