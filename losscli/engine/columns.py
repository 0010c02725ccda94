"""Which column plays which role; nothing is guessed: the first rule that decides, decides."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from losscli.errors import InputError, UsageError
from losscli.text import quoted

TARGET_NAMES = (
    "y_true", "y", "y_test", "target", "label", "actual", "truth", "true", "observed", "obs", "outcome", "expected",
    "ground_truth",
)  # fmt: skip
PREDICTION_NAMES = (
    "y_pred", "yhat", "y_hat", "pred", "preds", "prediction", "predictions", "predicted", "forecast", "fitted",
    "y_prob", "y_proba", "y_score", "prob", "probability", "proba", "p_hat", "score", "logit",
)  # fmt: skip
NAMES_AND_FLAGS = {"target": (TARGET_NAMES, "--target"), "prediction": (PREDICTION_NAMES, "--pred")}
MODEL_PREFIX = "pred_"


@dataclass(frozen=True, kw_only=True)
class Roles:
    """The columns that are read, by what they are."""

    target: str
    predictions: tuple[str, ...]
    weight: str | None

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read, each once: target, predictions, weight."""
        return tuple(dict.fromkeys([self.target, *self.predictions, *([self.weight] if self.weight else [])]))

    @property
    def models(self) -> tuple[str, ...]:
        """A name for each model: its column, without the prefix "pred_" where all models have one."""
        short = tuple(name[len(MODEL_PREFIX) :] for name in self.predictions)
        prefixed = all(
            name.lower().startswith(MODEL_PREFIX) and len(name) > len(MODEL_PREFIX) for name in self.predictions
        )
        return short if prefixed else self.predictions


def detect_roles(
    columns: Sequence[str], *, label: str, target: str | None, predictions: Sequence[str], weight: str | None
) -> Roles:
    """Return which columns hold the target, the predictions and the weights.

    Parameters
    ----------
    columns : sequence of str
        The columns of the file, in its order.
    label : str
        The file, as error messages name it.
    target, predictions, weight
        Columns that the user names; predictions may be patterns ("pred_*"). What is not named is found by its name,
        in any case.

    Raises
    ------
    InputError
        A named column is not there; no column, or more than one, has a name that says what it is.
    UsageError
        One column is given two roles.
    """
    weight_found = None if weight is None else _named(weight, columns, label, "--weight")
    target_found = _named(target, columns, label, "--target") if target else None
    if target_found is None:
        free = [column for column in columns if column != weight_found]
        target_found = _only(free, "target", label, columns)
    if predictions:
        found = [
            match
            for pattern in predictions
            for match in _matching(pattern, columns, label, {target_found, weight_found})
        ]
        predicted = tuple(dict.fromkeys(found))
    else:
        free = [column for column in columns if column not in (target_found, weight_found)]
        models = [
            column for column in free if column.lower().startswith(MODEL_PREFIX) and len(column) > len(MODEL_PREFIX)
        ]
        plain = [column for column in free if column.lower() in PREDICTION_NAMES]
        predicted = tuple(models) if models and not plain else (_only(free, "prediction", label, columns),)
    if target_found in predicted:
        raise UsageError(
            f"column {quoted(target_found)} is both target and prediction", "name two columns with --target and --pred"
        )
    if weight_found in (target_found, *predicted):
        raise UsageError(
            f"column {quoted(weight_found or '')} is the weight and something else too", "name another with --weight"
        )
    return Roles(target=target_found, predictions=predicted, weight=weight_found)


def _named(name: str, columns: Sequence[str], label: str, flag: str) -> str:
    if name in columns:
        return name
    alike = [column for column in columns if column.lower() == name.lower()]
    if len(alike) == 1:
        return alike[0]
    near = difflib.get_close_matches(name, columns, n=1, cutoff=0.6)
    meant = f"did you mean {flag} {quoted(near[0])}? " if near else ""
    raise InputError(f"{label}: there is no column {quoted(name)}", f"{meant}the columns are {listed(columns)}")


def _matching(pattern: str, columns: Sequence[str], label: str, taken: set[str | None]) -> list[str]:
    if pattern in columns or not any(sign in pattern for sign in "*?["):
        return [_named(pattern, columns, label, "--pred")]
    found = [column for column in columns if fnmatchcase(column, pattern) and column not in taken]
    if not found:
        raise InputError(f"{label}: no column matches {quoted(pattern)}", f"the columns are {listed(columns)}")
    return found


def _only(free: Sequence[str], role: str, label: str, columns: Sequence[str]) -> str:
    names, flag = NAMES_AND_FLAGS[role]
    found = [column for column in free if column.lower() in names]
    if len(found) == 1:
        return found[0]
    if not found:
        hint = f"name it with {flag} COLUMN; the columns are {listed(columns)}"
        raise InputError(f"{label}: no column has a name that says {role}", hint)
    hint = f"name one with {flag}, such as {flag} {quoted(found[0])}"
    raise InputError(f"{label}: the {role} could be any of {listed(found)}", hint)


def listed(columns: Sequence[str], most: int = 12) -> str:
    """Return the names quoted and joined by commas, the last ones counted where there are many."""
    shown = ", ".join(quoted(column) for column in columns[:most])
    return shown if len(columns) <= most else f"{shown} and {len(columns) - most} more"
