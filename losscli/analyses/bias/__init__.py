"""Bias: whether predictions are too high or too low, by how much, whether that is real, and whether it matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from losscli import __version__
from losscli.analyses.bias.biased import Biased, SubjectNumbers
from losscli.analyses.bias.facts import error_facts
from losscli.analyses.bias.numbers import Margin, equivalence_numbers, error_numbers
from losscli.analyses.bias.payload import payload_of, records_of
from losscli.analyses.bias.words import sections_of, signature_of
from losscli.analyses.evaluation import check_level, evaluate_with
from losscli.analyses.evaluation.heading import heading_of
from losscli.analyses.evaluation.notices import notices_of
from losscli.engine.check import Missing
from losscli.engine.dataset import DataLike, Named, Reading, open_dataset
from losscli.engine.multiple import holm
from losscli.engine.question import together
from losscli.engine.subject import subjects_of
from losscli.errors import InputError, UsageError
from losscli.result import Result

if TYPE_CHECKING:
    from losscli.analyses.bias.facts import ErrorFacts
    from losscli.analyses.evaluation.evaluated import Evaluated, ModelNumbers
    from losscli.analyses.evaluation.numbers import BiasNumbers
    from losscli.engine.dataset import Dataset
    from losscli.engine.evaluation import Inquiry
    from losscli.engine.question import Question
    from losscli.engine.subject import Subject
    from losscli.engine.summary import Summary

__all__ = ["BiasSpec", "DataLike", "Margin", "Missing", "Named", "Reading", "bias"]


@dataclass(frozen=True, kw_only=True)
class BiasSpec:
    """What the bias is wanted of.

    Attributes
    ----------
    data
        The data sets, each a path, glob, folder, URL, "-" or frame.
    reading
        How they are read.
    level
        Level of the intervals in (0, 1); None for none.
    margin
        The largest bias that does not matter; None not to test for it.
    """

    data: tuple[Named, ...]
    reading: Reading = field(default_factory=Reading)
    level: float | None = 0.95
    margin: Margin | None = None


def bias(spec: BiasSpec) -> Result:
    """Return the bias of every model of every data set of `spec`: prediction minus target.

    Raises
    ------
    UsageError
        An option is wrong.
    InputError
        A file, a column or a cell is wrong, or the predictions are scores without a level.
    """
    check_level(spec.level)
    _check_margin(spec)
    found = tuple(_biased(open_dataset(data, spec.reading), spec) for data in spec.data)
    evaluated = tuple(each.evaluated for each in found)
    return Result(
        schema="losscli.bias/1",
        payload={"version": __version__, "ci_level": spec.level, **payload_of(found)},
        records=records_of(found),
        heading=heading_of(evaluated),
        sections=sections_of(found, level=spec.level),
        notices=notices_of(evaluated, spelled=None, level=spec.level),
        signature=signature_of(found, level=spec.level, version=__version__),
    )


def _check_margin(spec: BiasSpec) -> None:
    if spec.margin is None:
        return
    if not spec.margin.size > 0:
        message = f"--equivalent-within: expected a margin above 0, got {spec.margin.size:g}"
        raise UsageError(message, "write the largest bias that does not matter: 0.5, or 2%")
    if spec.level is None or spec.level <= 0.5:
        raise UsageError("--equivalent-within needs a level above 0.5", "leave --ci out, or write --ci 0.95")


def _biased(dataset: Dataset, spec: BiasSpec) -> Biased:
    subjects = subjects_of(dataset.roles)
    if not subjects:
        message = (
            f"a bias of {dataset.roles.form}s is not defined: they have no level that targets could be held against"
        )
        raise InputError(message, "name a column of probabilities with --pred, or say what it holds with --pred-form")
    whole = [subject for subject in subjects if subject.number is None]

    def further(_: Inquiry) -> Question[list[ErrorFacts]]:
        return together([error_facts(subject) for subject in whole])

    evaluated, facts = evaluate_with(dataset, (), further, level=spec.level, brief=True)
    found = dict(zip(whole, facts, strict=True))
    numbers = [
        each
        for position, model in enumerate(evaluated.models)
        for each in _of_model(
            evaluated, model, [subject for subject in subjects if subject.model == position], found, spec
        )
    ]
    return Biased(evaluated=evaluated, subjects=tuple(numbers))


def _of_model(
    evaluated: Evaluated,
    model: ModelNumbers,
    subjects: Sequence[Subject],
    found: dict[Subject, ErrorFacts],
    spec: BiasSpec,
) -> list[SubjectNumbers]:
    facts = evaluated.facts
    biases: tuple[BiasNumbers | None, ...] = (model.bias,) if model.class_bias is None else model.class_bias
    summaries: tuple[Summary | None, ...] = model.facts.class_errors or (model.facts.error,)
    observed = facts.mean_row or (facts.mean_target,)
    adjusted = holm([None if each is None or len(biases) == 1 else each.p_value for each in biases])
    numbers = []
    for subject, each, summary, target, p in zip(subjects, biases, summaries, observed, adjusted, strict=True):
        if each is None or summary is None or target is None:
            raise RuntimeError("a subject of bias was not evaluated")
        error = error_numbers(found[subject], each.mbe, facts.total_weight) if subject in found else None
        equivalence = None
        if spec.margin is not None and spec.level is not None:
            equivalence = equivalence_numbers(summary, _margin(spec.margin, target), spec.level)
        numbers.append(
            SubjectNumbers(
                subject=subject, model=model, bias=each, p_adjusted=p, observed=target, error=error,
                equivalence=equivalence,
            )
        )  # fmt: skip
    return numbers


def _margin(margin: Margin, target: float) -> float:
    if not margin.relative:
        return margin.size
    if target == 0:
        raise InputError(
            "--equivalent-within: the mean target is 0, of which there is no percentage", "write the margin as a number"
        )
    return margin.size * abs(target)
