"""Compare: which loss says what, which model is better, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from losscli import __version__
from losscli.analyses.compare.compared import Compared
from losscli.analyses.compare.dependence import dependence_notices
from losscli.analyses.compare.facts import further_facts
from losscli.analyses.compare.groups import group_sections
from losscli.analyses.compare.murphy import murphy_diagram, murphy_subjects
from losscli.analyses.compare.numbers import (
    Comparison,
    Correction,
    adjusted,
    comparisons_of,
    spread_of,
)
from losscli.analyses.compare.payload import payload_of, records_of
from losscli.analyses.compare.per_class import check_per_class, losses_by_class
from losscli.analyses.compare.reasons import differ, reasons_of
from losscli.analyses.compare.winners import agreement_of, winners_of
from losscli.analyses.compare.words import heading_of, sections_of, signature_of
from losscli.analyses.evaluation import check_level, evaluate_with, named_losses
from losscli.analyses.evaluation.dependence import group_unit_notices
from losscli.analyses.evaluation.groups import of_each_group
from losscli.analyses.evaluation.heading import CHANGE_WITH
from losscli.analyses.evaluation.notices import notices_of
from losscli.engine.folds.accumulate import Values
from losscli.engine.folds.quantity import Difference, LossValue
from losscli.engine.folds.question import ask, together
from losscli.engine.statistics.sign_flip import sign_flip_p_value
from losscli.engine.table.align import open_aligned
from losscli.engine.table.reading import Named, Reading
from losscli.errors import InputError
from losscli.result import Result
from losscli.text import nearest, quoted

if TYPE_CHECKING:
    from losscli.analyses.compare.facts import FurtherFacts
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.engine.table.dataset import Dataset
    from losscli.engine.table.within import Group
    from losscli.losses.bound import BoundLoss

__all__ = ["CompareSpec", "Correction", "Named", "Reading", "compare"]

# Below so many rows the law of a mean difference is not near Student's: signs are flipped instead.
FEW_ROWS = 30
DEFAULT_LEVEL = 0.95


class CompareSpec(Struct, frozen=True, kw_only=True):
    """What is to be compared.

    Attributes
    ----------
    data
        One data set with one model or several, or several files that are models of the same rows.
    reading
        How they are read.
    losses
        Losses as on the command line; None for the defaults of the task.
    level
        Level of the intervals in (0, 1); None for none.
    baseline
        The model that the others are held against; None for the first.
    correction
        How p-values are adjusted for the number of comparisons.
    murphy
        Whether to tell if one model wins by every loss that asks for the mean.
    per_class
        Whether to tell losses and biases by class.
    by
        Columns whose cells, all together, name the group of a row; each group is compared too.
    """

    data: tuple[Named, ...]
    reading: Reading = field(default_factory=Reading)
    losses: str | None = None
    level: float | None = DEFAULT_LEVEL
    baseline: str | None = None
    correction: Correction = Correction.BENJAMINI_HOCHBERG
    murphy: bool = False
    per_class: bool = False
    by: tuple[str, ...] = ()


def compare(spec: CompareSpec) -> Result:
    """Return what each loss says of one model, or which of several models is better by which loss.

    Raises
    ------
    UsageError
        A loss, a parameter or an option is wrong.
    InputError
        A file, a column or a cell is wrong, the rows of the files do not match, or there is no such baseline.
    """
    check_level(spec.level)
    named = named_losses(spec.losses)
    dataset = open_aligned(spec.data, spec.reading, named or (), spec.by)
    order = _order(dataset, spec.baseline)
    subjects = murphy_subjects(dataset.roles, order) if spec.murphy else ()
    if spec.per_class:
        check_per_class(dataset.roles)
    evaluated, further = evaluate_with(dataset, named, further_facts, level=spec.level, order=order)
    murphy = murphy_diagram(dataset, subjects, order, spec.level or DEFAULT_LEVEL) if subjects else None
    groups = _groups(dataset, named, order, spec)
    classes = losses_by_class(evaluated) if spec.per_class else None
    compared = replace(_compared(evaluated, further, order, spec), murphy=murphy, groups=groups, classes=classes)
    dependent = dependence_notices(evaluated, further.contested, order) if further.contested else ()
    return Result(
        schema="losscli.compare/1",
        payload={"version": __version__, "ci_level": spec.level, **payload_of(compared)},
        records=records_of(compared),
        heading=heading_of(compared),
        aside=CHANGE_WITH,
        sections=(*sections_of(compared, level=spec.level), *group_sections(compared, spec.level)),
        notices=(
            *notices_of((evaluated,), spelled=spec.losses, level=spec.level),
            *group_unit_notices(evaluated, {group.label: each.evaluated.facts.units for group, each in groups}),
            *dependent,
        ),
        signature=signature_of(compared, level=spec.level, version=__version__),
    )


def _groups(
    dataset: Dataset, named: tuple[BoundLoss, ...] | None, order: tuple[int, ...], spec: CompareSpec
) -> tuple[tuple[Group, Compared], ...]:
    """Return the comparison of each group, p-values adjusted over all of them."""

    def answer(rows: Dataset) -> Compared:
        evaluated, further = evaluate_with(rows, named, further_facts, level=spec.level, order=order)
        return _unadjusted(evaluated, further, order, spec)

    found = list(of_each_group(dataset, answer))
    comparisons = _adjusted([each for _, each in found], spec)
    return tuple((group, replace(each, comparisons=own)) for (group, each), own in zip(found, comparisons, strict=True))


def _adjusted(found: list[Compared], spec: CompareSpec) -> list[tuple[Comparison, ...]]:
    pairs = [(each.evaluated, each.comparisons) for each in found]
    return adjusted(pairs, level=spec.level or DEFAULT_LEVEL, correction=spec.correction)


def _order(dataset: Dataset, baseline: str | None) -> tuple[int, ...]:
    """Return the positions of the models, the baseline's first."""
    names = [model.name for model in dataset.roles.models]
    if baseline is None:
        return tuple(range(len(names)))
    if len(names) == 1:
        raise InputError("--baseline needs a second model to compare with", "name another prediction column or file")
    columns = [model.columns[0] for model in dataset.roles.models]
    if baseline not in names and baseline not in columns:
        near = nearest(baseline, names)
        meant = f"did you mean --baseline {quoted(near)}? " if near else ""
        listed = ", ".join(map(quoted, names))
        raise InputError(f"there is no model {quoted(baseline)}", f"{meant}the models are {listed}")
    first = names.index(baseline) if baseline in names else columns.index(baseline)
    return (first, *(position for position in range(len(names)) if position != first))


def _compared(evaluated: Evaluated, further: FurtherFacts, order: tuple[int, ...], spec: CompareSpec) -> Compared:
    """Return the comparison of all rows, and why losses name different winners."""
    compared = _unadjusted(evaluated, further, order, spec)
    why = reasons_of(further.inquiry, evaluated, compared.winners) if differ(compared.winners) else None
    return replace(
        compared,
        comparisons=_adjusted([compared], spec)[0],
        reasons=None if why is None else evaluated.dataset.rows.answer(why),
    )


def _unadjusted(evaluated: Evaluated, further: FurtherFacts, order: tuple[int, ...], spec: CompareSpec) -> Compared:
    """Return the comparison of some rows; p-values are not adjusted yet, and reasons not looked for."""
    level = spec.level or DEFAULT_LEVEL
    spreads = tuple(
        tuple(
            spread_of(numbers, facts.summary, concentration)
            for numbers, facts, concentration in zip(model.losses, model.facts.losses, found, strict=True)
        )
        for model, found in zip(evaluated.models, further.concentrations, strict=True)
    )
    comparisons: tuple[Comparison, ...] = ()
    if further.contested is not None:
        by_row = evaluated.dataset.roles.units is None
        exact = _exact_p_values(evaluated, order) if by_row and evaluated.counts.n < FEW_ROWS else {}
        comparisons = comparisons_of(evaluated, further.contested, order, exact, level=level)
    winners = winners_of(evaluated) if len(order) > 1 else ()
    return Compared(
        evaluated=evaluated,
        order=order,
        spreads=spreads,
        comparisons=comparisons,
        correction=spec.correction,
        winners=winners,
        agreement=agreement_of(evaluated, winners),
        reasons=None,
    )


def _exact_p_values(evaluated: Evaluated, order: tuple[int, ...]) -> dict[tuple[int, int], float]:
    """Return the p-values of the sign-flip test by loss and candidate, where all losses are finite."""
    pairs = [(loss, candidate) for loss in range(len(evaluated.asked)) for candidate in order[1:]]
    questions = [
        ask(Values(Difference(LossValue(kernel, candidate), LossValue(kernel, order[0]))))
        for loss, candidate in pairs
        for kernel in [evaluated.asked[loss].kernel]
    ]
    found = evaluated.dataset.rows.answer(together(questions))
    return {
        pair: sign_flip_p_value(differences, weight)
        for pair, (differences, weight) in zip(pairs, found, strict=True)
        if np.isfinite(differences).all()
    }
