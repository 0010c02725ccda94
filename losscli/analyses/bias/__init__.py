"""Bias: whether predictions are too high or too low, by how much, whether that is real, and whether it matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from losscli import __version__
from losscli.analyses.bias.biased import Biased, SubjectNumbers
from losscli.analyses.bias.facts import error_facts
from losscli.analyses.bias.numbers import Margin, equivalence_numbers, error_numbers, margin_of
from losscli.analyses.bias.parts import bin_numbers, group_numbers, part_facts
from losscli.analyses.bias.payload import payload_of, records_of
from losscli.analyses.bias.words import sections_of, signature_of
from losscli.analyses.evaluation import check_level, evaluate_with
from losscli.analyses.evaluation.heading import heading_of
from losscli.analyses.evaluation.notices import notices_of
from losscli.arrays import Form, Task
from losscli.engine.dataset import open_dataset
from losscli.engine.grouping import Along, with_groups
from losscli.engine.multiple import holm
from losscli.engine.question import both, together
from losscli.engine.reading import Named, Reading
from losscli.engine.subject import subjects_of
from losscli.errors import InputError, UsageError
from losscli.result import Result
from losscli.text import quoted

if TYPE_CHECKING:
    from losscli.analyses.bias.facts import ErrorFacts
    from losscli.analyses.bias.parts import PartFacts
    from losscli.analyses.evaluation.evaluated import Evaluated, ModelNumbers
    from losscli.analyses.evaluation.numbers import BiasNumbers
    from losscli.engine.dataset import Dataset
    from losscli.engine.evaluation import Inquiry
    from losscli.engine.question import Question
    from losscli.engine.roles import Roles
    from losscli.engine.subject import Subject
    from losscli.engine.summary import Summary

# Bins where their number is not given, and so many that a table of them is still read.
DEFAULT_BINS = 10
MOST_BINS = 1000
# Classes of which groups and bins are told; each takes a table of its own.
MOST_CLASSES = 12

__all__ = ["BiasSpec", "Margin", "Named", "Reading", "bias", "margin_of"]


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
    by
        Columns whose cells, all together, name the group of a row; none for no groups.
    bins
        In how many bins of equal weight rows are sorted by their prediction, or by `along`; None for 10 where there is
        `along` or where predictions are probabilities, and else for none.
    along
        A column of numbers to sort rows by instead.
    """

    data: tuple[Named, ...]
    reading: Reading = field(default_factory=Reading)
    level: float | None = 0.95
    margin: Margin | None = None
    by: tuple[str, ...] = ()
    bins: int | None = None
    along: str | None = None


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
    if spec.bins is not None and not 2 <= spec.bins <= MOST_BINS:
        raise UsageError(f"--bins: expected 2 to {MOST_BINS}, got {spec.bins}", "write --bins 10")
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


def _biased(opened: Dataset, spec: BiasSpec) -> Biased:
    dataset = with_groups(opened, spec.by, spec.along)
    roles = dataset.roles
    subjects = subjects_of(roles)
    if not subjects:
        message = f"a bias of {roles.form}s is not defined: they have no level that targets could be held against"
        raise InputError(message, "name a column of probabilities with --pred, or say what it holds with --pred-form")
    bins = _bins(roles, spec)
    if (spec.by or bins) and subjects[0].number is not None and len(roles.classes) > MOST_CLASSES:
        message = f"--by, --bins and --along tell of up to {MOST_CLASSES} classes, and there are {len(roles.classes)}"
        raise UsageError(message, "leave them out")

    def further(_: Inquiry) -> Question[list[tuple[ErrorFacts | None, PartFacts]]]:
        return together([_facts(subject, roles, bins) for subject in subjects])

    evaluated, facts = evaluate_with(dataset, (), further, level=spec.level, brief=True)
    found = dict(zip(subjects, facts, strict=True))
    _check_groups(dataset, facts[0][1])
    numbers = [
        each
        for position, model in enumerate(evaluated.models)
        for each in _of_model(
            evaluated, model, [subject for subject in subjects if subject.model == position], found, spec
        )
    ]
    return Biased(evaluated=evaluated, subjects=tuple(numbers), along=spec.along, asked_bins=bins)


def _bins(roles: Roles, spec: BiasSpec) -> int | None:
    if spec.bins is not None:
        return spec.bins
    of_probabilities = roles.task is Task.BINARY and roles.form is not Form.LABEL and not spec.by
    return DEFAULT_BINS if spec.along is not None or of_probabilities else None


def _facts(subject: Subject, roles: Roles, bins: int | None) -> Question[tuple[ErrorFacts | None, PartFacts]]:
    along = None if bins is None else subject.prediction if roles.along is None else Along()
    whole = _nothing() if subject.number is not None else _of_errors(subject)
    return (yield from both(whole, part_facts(subject, roles, along, bins or 0)))


def _of_errors(subject: Subject) -> Question[ErrorFacts | None]:
    return (yield from error_facts(subject))


def _nothing() -> Question[ErrorFacts | None]:
    yield from ()
    return None


def _check_groups(dataset: Dataset, facts: PartFacts) -> None:
    """Check that groups have rows to speak of.

    Raises
    ------
    InputError
        Every row is a group of its own.
    """
    rows = dataset.rows.counts
    if facts.groups is None or rows is None or rows.n == 1 or len(facts.groups.number) < rows.n:
        return
    columns = ", ".join(quoted(key.column) for key in dataset.roles.by)
    message = f"{dataset.source.label}: --by {columns}: every row is a group of its own"
    raise InputError(message, "name a column that several rows share; --along sorts rows by a number")


def _of_model(
    evaluated: Evaluated,
    model: ModelNumbers,
    subjects: Sequence[Subject],
    found: dict[Subject, tuple[ErrorFacts | None, PartFacts]],
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
        of_errors, parts = found[subject]
        roles = evaluated.dataset.roles
        equivalence = None
        if spec.margin is not None and spec.level is not None:
            equivalence = equivalence_numbers(summary, _margin(spec.margin, target), spec.level)
        numbers.append(
            SubjectNumbers(
                subject=subject,
                model=model,
                bias=each,
                p_adjusted=p,
                observed=target,
                error=None if of_errors is None else error_numbers(of_errors, each.mbe, facts.total_weight),
                equivalence=equivalence,
                groups=None if parts.groups is None else group_numbers(parts.groups, roles, spec.level),
                bins=None if parts.bins is None else bin_numbers(parts.bins, roles, spec.level),
            )
        )
    return numbers


def _margin(margin: Margin, target: float) -> float:
    if not margin.relative:
        return margin.size
    if target == 0:
        raise InputError(
            "--equivalent-within: the mean target is 0, of which there is no percentage", "write the margin as a number"
        )
    return margin.size * abs(target)
