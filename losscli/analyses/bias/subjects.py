"""From what the rows say to the numbers of each bias of a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from losscli.analyses.bias.biased import SubjectNumbers
from losscli.analyses.bias.numbers import equivalence_numbers, error_numbers
from losscli.analyses.bias.part_numbers import bin_numbers, group_numbers
from losscli.analyses.evaluation.numbers import ROUNDING, BiasNumbers, bias_numbers
from losscli.arrays import Functional
from losscli.engine.statistics.identification import MEAN
from losscli.engine.statistics.inference import kish
from losscli.engine.statistics.multiple import holm
from losscli.engine.statistics.rate import independent_share, rate_interval, rate_p_value, worth_of_row
from losscli.errors import InputError

if TYPE_CHECKING:
    from losscli.analyses.bias.asking import SubjectFacts
    from losscli.analyses.bias.numbers import Margin
    from losscli.analyses.evaluation.evaluated import Evaluated, ModelNumbers
    from losscli.engine.folds.summary import Summary
    from losscli.engine.statistics.identification import Property
    from losscli.engine.statistics.inquiry import Facts
    from losscli.engine.statistics.subject import Subject


def model_numbers(
    evaluated: Evaluated,
    model: ModelNumbers,
    found: Mapping[Subject, SubjectFacts],
    *,
    wanted: Property,
    margin: Margin | None,
    level: float | None,
) -> list[SubjectNumbers]:
    """Return the biases of one model: one, or one for each class.

    Parameters
    ----------
    found : mapping
        What the rows say of each subject of the model.
    wanted : Property
        What predictions of numbers are held to be.
    margin : Margin or None
        The largest bias that does not matter.
    level : float or None
        Level of the intervals.
    """
    facts, roles = evaluated.facts, evaluated.dataset.roles
    biases: list[BiasNumbers | None] = [model.bias] if model.class_bias is None else list(model.class_bias)
    if wanted != MEAN:
        biases = [_bias(each.summary, facts, wanted, level) for each in found.values()]
    observed = facts.mean_row or (facts.mean_target,)
    adjusted = holm([None if each is None or len(biases) == 1 else each.p_value for each in biases])
    numbers = []
    for (subject, of), each, target, p in zip(found.items(), biases, observed, adjusted, strict=True):
        if each is None or target is None:
            raise RuntimeError("a subject of bias was not evaluated")
        equivalence = None
        if margin is not None and level is not None:
            equivalence = equivalence_numbers(of.summary, _size(margin, target, wanted), level)
        numbers.append(
            SubjectNumbers(
                subject=subject,
                model=model,
                bias=each,
                p_adjusted=p,
                observed=target,
                error=None if of.shape is None else error_numbers(of.shape, each.mbe, facts.total_weight),
                equivalence=equivalence,
                groups=None if of.parts.groups is None else group_numbers(of.parts.groups, roles, wanted, level),
                bins=None if of.parts.bins is None else bin_numbers(of.parts.bins, roles, wanted, level),
                neighbours=of.neighbours,
                calibration=of.calibration,
            )
        )
    return numbers


def _bias(summary: Summary, facts: Facts, wanted: Property, level: float | None) -> BiasNumbers | None:
    if wanted.functional is not Functional.QUANTILE or wanted.level is None:
        return bias_numbers(summary, facts.mean_target, level)
    return _coverage_bias(summary, wanted.level, kish(facts.total_weight, facts.total_squared_weight), level)


def _coverage_bias(summary: Summary, promised: float, n: float, level: float | None) -> BiasNumbers:
    """Return the share of targets at or below a quantile minus its level, with Wilson's interval."""
    mbe = 0.0 if abs(summary.mean) <= ROUNDING else summary.mean
    covered = min(max(promised + mbe, 0.0), 1.0)
    interval, p_value = None, None
    if level is not None:
        low, high = rate_interval(covered, n * worth_of_row(summary, level), level)
        interval = low - promised, high - promised
        law = None if summary.dependent is None else summary.dependent.law
        p_value = rate_p_value(covered, n * independent_share(summary), promised, law)
    return BiasNumbers(
        mbe=mbe,
        interval=interval,
        p_value=p_value,
        relative=None,
    )


def _size(margin: Margin, target: float, wanted: Property) -> float:
    """Return a margin in the unit of the bias; of a quantile that is a share, and so is a percentage."""
    if not margin.relative or wanted.functional is Functional.QUANTILE:
        return margin.size
    if target == 0:
        raise InputError(
            "--equivalent-within: the mean target is 0, of which there is no percentage", "write the margin as a number"
        )
    return margin.size * abs(target)
