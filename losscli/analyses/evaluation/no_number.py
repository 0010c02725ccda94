"""Why a loss has no skill or no interval, or is 0 though predictions are off, and why errors have no scale."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from losscli.analyses.evaluation.dependence import units_in_words
from losscli.analyses.evaluation.numbers import mean_error
from losscli.result import Notice, Value, notice, text_value

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated, ModelNumbers
    from losscli.analyses.evaluation.numbers import LossNumbers

# About the cube root of the largest number there is.
LARGEST_POWERED = 1e102
# About its fifth root.
LARGEST_WEIGHT = 1e61
# Weights worth fewer equal ones than this are on one row.
ALL_ON_ONE = 1 + 1e-5
_OTHER_UNIT = "give target and predictions in another unit"


def vanishes(model: ModelNumbers, numbers: LossNumbers) -> bool:
    """Return whether a loss of a model is 0 only since powers of its errors, which are not 0, are too small."""
    return numbers.value == 0 and _vanish(_size_of_errors(model))


def skill_notices(model: ModelNumbers, where: str) -> Iterator[Notice]:
    """Yield a notice where the best constant prediction has no loss to compare with, or where losses are 0 as its are.

    Parameters
    ----------
    where : str
        The model, where it has to be said.
    """
    vanished = [numbers for numbers in model.losses if vanishes(model, numbers)]
    if vanished:
        labels, values = _listed(vanished)
        text = (
            f"{{where}}0 stands for {labels}, though errors are not 0: powers of such values leave the range of numbers"
        )
        yield notice("out-of-range", text, _OTHER_UNIT, where=text_value(where), **values)
    lacking = [numbers for numbers in model.losses if numbers.constant_value == 0 and numbers not in vanished]
    if lacking:
        labels, values = _listed(lacking)
        text = f"{{where}}no skill of {labels}: a constant prediction has no loss to improve on"
        yield notice("constant-target", text, where=text_value(where), **values)


def interval_notices(each: Evaluated, model: ModelNumbers, where: str) -> Iterator[Notice]:
    """Yield a notice where no loss has an interval, or where some have none as their powers are no numbers.

    Parameters
    ----------
    where : str
        The model, where it has to be said.
    """
    valued = [
        (numbers, facts.summary)
        for numbers, facts in zip(model.losses, model.facts.losses, strict=True)
        if numbers.value is not None
    ]
    lacking = [
        (numbers, summary)
        for numbers, summary in valued
        if numbers.interval is None and not vanishes(model, numbers)  # of which it is told that 0 stands for them
    ]
    extreme = [numbers for numbers, summary in lacking if summary and _is_extreme(summary.mean)]
    if extreme and each.counts.n > 1:
        labels, values = _listed(extreme)
        text = f"{{where}}no interval of {labels}: powers of such values leave the range of numbers"
        yield notice("out-of-range", text, _OTHER_UNIT, where=text_value(where), **values)
    elif lacking and len(lacking) == len(valued):
        text = f"{{where}}there is no interval: {_why_no_interval(each, [numbers for numbers, _ in lacking])}"
        yield notice("no-interval", text, where=text_value(where), units=text_value(units_in_words(each)))


def why_no_scale(model: ModelNumbers) -> str:
    """Return why nothing tells which errors of a model are far off."""
    error = model.facts.error
    if error is not None and math.isnan(mean_error(error)):
        return "errors leave the range of numbers"
    return "there is one error only" if error is not None and error.n == 1 else "all errors are equal"


def _listed(losses: Sequence[LossNumbers]) -> tuple[str, dict[str, Value]]:
    """Return places for the names of losses, and the names: each by itself, so that a long list is not cut."""
    values = {f"loss{at}": text_value(numbers.bound.label) for at, numbers in enumerate(losses)}
    return ", ".join(f"{{{key}}}" for key in values), values


def _size_of_errors(model: ModelNumbers) -> float:
    """Return the mean error or the robust standard deviation, whichever is larger; 0 for classes."""
    mean = 0.0 if model.facts.error is None else abs(model.facts.error.mean)
    return max(mean, model.facts.error_scale or 0.0)


def _vanish(size: float) -> bool:
    """Return whether squares of errors of a size are 0, though the errors are not."""
    return size > 0 and size * size == 0


def _is_extreme(mean: float) -> bool:
    """Return whether third powers of such losses, which intervals come from, are 0 or infinite, as their sum may be."""
    return 0 < abs(mean) < 1 / LARGEST_POWERED or abs(mean) > LARGEST_POWERED


def _why_no_interval(each: Evaluated, lacking: Sequence[LossNumbers]) -> str:
    """Return why none of the losses has an interval."""
    if each.counts.n == 1:
        return "one row tells nothing of how losses vary"
    if each.facts.units == 1:
        return "{units}: what is left tells nothing of how others differ"
    if not 1 / LARGEST_WEIGHT < each.facts.total_weight < LARGEST_WEIGHT:
        return "powers of such weights leave the range of numbers"
    if each.facts.effective_n < ALL_ON_ONE:
        return "one row has nearly all of the weight, and tells nothing of how losses vary"
    infinite = [numbers.infinite > 0 for numbers in lacking]
    if all(infinite):
        return "some losses are infinite"
    return "the losses of all rows are equal" + (", or some infinite" if any(infinite) else "")
