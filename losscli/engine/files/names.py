"""What columns are called, and what that says of them."""

from __future__ import annotations

from msgspec import Struct

from losscli.arrays import Form

TARGET_NAMES = (
    "y_true", "y", "y_test", "target", "label", "actual", "truth", "true", "observed", "obs", "outcome", "expected",
    "ground_truth",
)  # fmt: skip
PREDICTION_NAMES = (
    "y_pred", "yhat", "y_hat", "pred", "preds", "prediction", "predictions", "predicted", "forecast", "fitted",
    "y_prob", "y_proba", "y_score", "prob", "probability", "proba", "p_hat", "score", "logit",
)  # fmt: skip
# Names that say how a prediction of a two-class target is encoded; its values are checked all the same.
FORM_NAMES = {
    "y_prob": Form.PROBABILITY,
    "y_proba": Form.PROBABILITY,
    "prob": Form.PROBABILITY,
    "probability": Form.PROBABILITY,
    "proba": Form.PROBABILITY,
    "p_hat": Form.PROBABILITY,
    "logit": Form.LOGIT,
}
MODEL_PREFIX = "pred_"
TRUE_PREFIX = "true_"
# Prefixes of a column for each class; "pred_" only beside "true_" columns of the same names.
CLASS_PREFIXES = {
    "prob_": Form.PROBABILITY,
    "proba_": Form.PROBABILITY,
    "logit_": Form.LOGIT,
    "logprob_": Form.LOG_PROBABILITY,
    "score_": Form.SCORE,
    "label_": Form.LABEL,
    MODEL_PREFIX: Form.PROBABILITY,
}
# One list column with a number for each class.
LIST_NAMES = {
    "prob": Form.PROBABILITY,
    "proba": Form.PROBABILITY,
    "probabilities": Form.PROBABILITY,
    "probability": Form.PROBABILITY,
    "logit": Form.LOGIT,
    "logits": Form.LOGIT,
    "logprob": Form.LOG_PROBABILITY,
    "logprobs": Form.LOG_PROBABILITY,
    "score": Form.SCORE,
    "scores": Form.SCORE,
}


class Wide(Struct, frozen=True, kw_only=True):
    """A prediction of several columns: one for each class, in the order of the file."""

    form: Form
    prefix: str
    columns: tuple[str, ...]

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes."""
        return tuple(column[len(self.prefix) :] for column in self.columns)


def with_prefix(columns: tuple[str, ...], prefix: str) -> tuple[str, ...]:
    """Return the columns whose name begins so, in any case, and goes on."""
    return tuple(name for name in columns if name.lower().startswith(prefix) and len(name) > len(prefix))


def wide_forms(columns: tuple[str, ...]) -> tuple[Wide, ...]:
    """Return every wide form that the columns hold: two or more of one prefix."""
    truths = {name[len(TRUE_PREFIX) :] for name in with_prefix(columns, TRUE_PREFIX)}
    found = []
    for prefix, form in CLASS_PREFIXES.items():
        members = with_prefix(columns, prefix)
        if prefix == MODEL_PREFIX:
            members = tuple(name for name in members if name[len(prefix) :] in truths)
        if len(members) > 1:
            found.append(Wide(form=form, prefix=prefix, columns=members))
    return tuple(found)
