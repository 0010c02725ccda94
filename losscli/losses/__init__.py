"""Room 1: the losses. `LOSSES` is the table of all of them; `get` and `parse` find one by any of its names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.errors import UsageError
from losscli.losses.binary import BINARY
from losscli.losses.binary_weighted import BINARY_WEIGHTED
from losscli.losses.brier import BRIER
from losscli.losses.decision import DECISION
from losscli.losses.deviance import DEVIANCES
from losscli.losses.distribution import DISTRIBUTION
from losscli.losses.focal import FOCAL
from losscli.losses.logarithmic import LOGARITHMIC
from losscli.losses.margin import MARGIN
from losscli.losses.multiclass import CROSS_ENTROPIES
from losscli.losses.multiclass_brier import MULTICLASS_BRIER
from losscli.losses.multiclass_weighted import RWW_CCE
from losscli.losses.multilabel import MULTILABEL
from losscli.losses.quantile import QUANTILE
from losscli.losses.relative import PERCENTAGE
from losscli.losses.residual import BIAS, SQUARED_AND_ABSOLUTE
from losscli.losses.robust import ROBUST
from losscli.text import quoted

if TYPE_CHECKING:
    from losscli.losses.bound import BoundLoss
    from losscli.losses.record import Loss

__all__ = ["LOSSES", "ambiguous_spelling", "get", "names", "parse", "parse_many"]

LOSSES: tuple[Loss, ...] = (
    *(*SQUARED_AND_ABSOLUTE, *ROBUST, *QUANTILE, *LOGARITHMIC, *PERCENTAGE, *DEVIANCES, *BIAS),
    *(*BINARY, *BINARY_WEIGHTED, FOCAL, BRIER, *MARGIN),
    *(*CROSS_ENTROPIES, MULTICLASS_BRIER, RWW_CCE, *MULTILABEL, *DISTRIBUTION, *DECISION),
)

# names that mean a sum in textbooks, a mean in some libraries, and half of it in others; keyed as `_key` writes them
_AMBIGUOUS = {
    "l1": "l1 is read as the sum of absolute errors (sae); the mean is mae",
    "l2": "l2 is read as the sum of squared errors (sse); the mean is mse",
    "l1loss": "l1_loss is read as the mean of absolute errors (mae), as in PyTorch; the sum is sae",
    "l2loss": "l2_loss is read as the sum of squared errors (sse); the mean is mse, and some libraries take half of it",
}

# scores that are asked for among losses, and where the same is told; keyed as `_key` writes them
_R2 = "R² is the skill of mse; in a limit it is skill.mse"
_ACCURACY = "the accuracy is 1 − zero_one"
_RANKING = "it is no loss of single rows; bce and brier judge probabilities, zero_one the labels made of them"
_CROSS_ENTROPY = "of two classes it is bce, of more cce; of logits bce_logits and softmax_ce"
_SCORES = {
    **dict.fromkeys(("r2", "r2score", "rsquared", "nse"), _R2),
    **dict.fromkeys(("accuracy", "accuracyscore", "acc"), _ACCURACY),
    **dict.fromkeys(("crossentropy", "crossentropyloss", "ce", "xent"), _CROSS_ENTROPY),
    **dict.fromkeys(("auc", "rocauc", "rocaucscore", "auroc", "f1", "f1score", "precision", "recall", "mcc"), _RANKING),
}


def _key(name: str) -> str:
    return name.strip().lower().replace("-", "").replace("_", "")


_BY_KEY = {_key(spelling): loss for loss in LOSSES for spelling in (loss.name, *loss.aliases)}


def names() -> tuple[str, ...]:
    """Return the canonical names in the order of the catalogue."""
    return tuple(loss.name for loss in LOSSES)


def _suggestion(name: str) -> str | None:
    """Return the canonical name of the loss whose name or alias is most like `name`, or None where none is.

    Of several, one of the same letters comes first: "mea" is as near to "mse" as to "mae".
    """
    from difflib import get_close_matches

    key = _key(name)
    close = get_close_matches(key, _BY_KEY)
    nearest = max(close, key=lambda known: sorted(known) == sorted(key), default=None)
    return None if nearest is None else _BY_KEY[nearest].name


def get(name: str) -> Loss:
    """Return the loss that has this name or alias; case, `-` and `_` do not matter.

    Raises
    ------
    UsageError
        No loss has it; the hint names the nearest one, or for a score where the same is told.

    Examples
    --------
    >>> get("MSELoss").name
    'mse'
    """
    loss = _BY_KEY.get(_key(name))
    if loss is None:
        meant = _suggestion(name)
        listed = "`losscli losses` lists them all"
        hint = _SCORES.get(_key(name)) or (f"did you mean '{meant}'? {listed}" if meant else listed)
        raise UsageError(f"there is no loss {quoted(name)}", hint)
    return loss


def parse(text: str) -> BoundLoss:
    """Return the loss that `text` spells, "name" or "name:param=value:param=value", with its parameters fixed.

    Raises
    ------
    UsageError
        An unknown loss or parameter, a part that is not `param=value`, or a value outside its domain.

    Examples
    --------
    >>> parse("Huber:delta=2").signature
    'huber:delta=2'
    """
    name, *parts = text.strip().split(":")
    loss = get(name)
    given: dict[str, str] = {}
    for part in parts:
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not (key and equals and value):
            example = loss.template or loss.bind().signature
            hint = f"for example {example}" if loss.params else f"{loss.name} takes no parameters"
            raise UsageError(f"{loss.name}: expected param=value, got {quoted(part)}", hint)
        if key in given:
            raise UsageError(f"{loss.name}: parameter {quoted(key)} is given twice")
        given[key] = value
    return loss.bind(given)


def parse_many(text: str) -> tuple[BoundLoss, ...]:
    """Return the losses of a list with commas, "mse,mae,huber:delta=2", in its order.

    Raises
    ------
    UsageError
        As `parse`; also for an empty entry and for the same loss with the same parameters twice.
    """
    bound: dict[str, BoundLoss] = {}
    spelled: dict[str, str] = {}
    for entry in (piece.strip() for piece in text.split(",")):
        if not entry:
            raise UsageError(f"empty name in the list of losses {quoted(text)}", "write names as in mse,mae,huber")
        loss = parse(entry)
        if loss.signature in bound:
            first = spelled[loss.signature]
            same = "is listed twice" if first == entry else f"and {quoted(entry)} are the same loss, {loss.label}"
            raise UsageError(f"{quoted(first)} {same}", "remove one of them")
        bound[loss.signature] = loss
        spelled[loss.signature] = entry
    return tuple(bound.values())


def ambiguous_spelling(text: str) -> str | None:
    """Return how `text` ("l1", as given to `parse`) was read where libraries differ on the name, else None."""
    return _AMBIGUOUS.get(_key(text.partition(":")[0]))
