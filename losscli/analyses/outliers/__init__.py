"""Outliers: which rows carry the loss, and what each loss would be without them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct, field

from losscli import __version__
from losscli.analyses.evaluation import evaluate_with, named_losses
from losscli.analyses.evaluation.groups import of_each_group
from losscli.analyses.evaluation.heading import CHANGE_WITH, heading_of, signature_of
from losscli.analyses.evaluation.notices import notices_of
from losscli.analyses.evaluation.per_row import write_rows
from losscli.analyses.outliers.groups import GroupOutliers, group_notices, group_sections
from losscli.analyses.outliers.models import Contest, contest_payload, contest_section, shared_rows
from losscli.analyses.outliers.notices import outlier_notices
from losscli.analyses.outliers.numbers import ModelOutliers, loss_effects
from losscli.analyses.outliers.payload import payload_of, records_of
from losscli.analyses.outliers.rows import Places, places_of, rows_of
from losscli.analyses.outliers.stress import stress_payload, stress_sections
from losscli.analyses.outliers.words import sections_of
from losscli.arrays import Task
from losscli.engine.folds.question import ask, both, together
from losscli.engine.statistics.effect import effects_of
from losscli.engine.statistics.flip import FlaggedTogether, flip_of
from losscli.engine.statistics.outlying import SIGMA_PER_MAD, expected_flagged
from losscli.engine.statistics.rule import USUAL, Measure, Rule, read_rule
from losscli.engine.statistics.skewed import expected_beyond, expected_by_sides
from losscli.engine.statistics.stress import stresses_of
from losscli.engine.table.align import open_aligned
from losscli.engine.table.reading import Named, Reading
from losscli.errors import UsageError
from losscli.result import Result

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.engine.folds.question import Question
    from losscli.engine.statistics.effect import Effects
    from losscli.engine.statistics.inquiry import Inquiry
    from losscli.engine.statistics.stress import Stress

__all__ = ["Named", "OutliersSpec", "Reading", "outliers"]

TOP = 10


class OutliersSpec(Struct, frozen=True, kw_only=True):
    """What is asked of outliers.

    Attributes
    ----------
    data
        One data set with one model or several, or several files that are models of the same rows.
    reading
        How they are read.
    losses
        Losses as on the command line; None for the defaults of the task.
    rule
        By what rows are flagged, as on the command line ("iqr:3"); None for the usual rule of the task.
    top
        How many rows are shown, at least 1.
    keep
        Columns whose cells are shown beside them.
    per_row
        A .csv or .parquet file that every row is written to with its losses; None for none.
    stress
        Whether to tell what spoilt predictions would do to each loss; for regression.
    seed
        Draws the rows that are spoilt, at least 0.
    by
        Columns whose cells, all together, name the group of a row; each group is judged by itself too.
    """

    data: tuple[Named, ...]
    reading: Reading = field(default_factory=Reading)
    losses: str | None = None
    rule: str | None = None
    top: int = TOP
    keep: tuple[str, ...] = ()
    per_row: str | None = None
    stress: bool = False
    seed: int = 0
    by: tuple[str, ...] = ()


def outliers(spec: OutliersSpec) -> Result:
    """Return what the outlying rows do to each loss of every model, and the rows that matter most.

    Raises
    ------
    UsageError
        A loss, a parameter, a rule or an option is wrong.
    InputError
        A file, a column or a cell is wrong, or the rule takes as many rows as there are.
    """
    named = named_losses(spec.losses)
    rule = None if spec.rule is None else read_rule(spec.rule)
    if spec.top < 1:
        raise UsageError(f"--top: expected 1 or more rows, got {spec.top}")
    dataset = open_aligned(spec.data, spec.reading, named or (), spec.by)
    dataset.source.require(spec.keep)
    _check_rule(rule, dataset.roles.task)
    if spec.stress and dataset.roles.task is not Task.REGRESSION:
        raise UsageError(
            f"--stress spoils predictions of numbers, and the task is {dataset.roles.task}", "leave --stress out"
        )
    evaluated, (effects, contest) = evaluate_with(
        dataset, named, partial(_effects, count=spec.top), level=None, rule=rule
    )
    of_groups = tuple(
        of_each_group(
            dataset,
            partial(evaluate_with, named=named, further=partial(_of_models, count=spec.top), level=None, rule=rule),
        )
    )
    every = [*effects, *(each for _, (_, found) in of_groups for each in found)]
    places = places_of(dataset.source, every, spec.keep)
    models = _models(evaluated, effects, rule or USUAL, places)
    groups = tuple(
        GroupOutliers(group=group, evaluated=of, models=_models(of, found, rule or USUAL, places))
        for group, (of, found) in of_groups
    )
    stresses = _stresses(evaluated, models, spec.seed) if spec.stress else None
    if spec.per_row is not None:
        write_rows((evaluated,), spec.per_row)
    sections = sections_of(evaluated, models, spec.keep)
    if contest is not None:
        sections = (*sections, contest_section(evaluated, contest))
    if stresses is not None:
        for each, stress in zip(models, stresses, strict=True):
            scale = None if each.outliers is None else each.outliers.scale
            sections = (*sections, *stress_sections(each.model, stress, scale, alone=len(models) == 1))
    sections = (*sections, *group_sections(groups, spec.keep))
    payload = {
        **payload_of(evaluated, models, groups, spec.keep),
        **contest_payload(evaluated, contest),
        **stress_payload(evaluated.models, stresses),
    }
    return Result(
        schema="losscli.outliers/1",
        payload={"version": __version__, **payload},
        records=records_of(evaluated, models, groups),
        heading=heading_of((evaluated,)),
        aside=CHANGE_WITH,
        sections=sections,
        notices=(
            *notices_of((evaluated,), spelled=spec.losses, level=None),
            *outlier_notices(evaluated, models),
            *group_notices(groups),
        ),
        signature=signature_of((evaluated,), level=None, version=__version__),
    )


def _stresses(evaluated: Evaluated, models: tuple[ModelOutliers, ...], seed: int) -> list[list[Stress]]:
    """Return what spoilt predictions do to each model; nothing to those whose errors are all equal."""
    scales = [None if each.outliers is None else each.outliers.scale for each in models]
    return [
        [] if scale is None else evaluated.dataset.rows.answer(stresses_of(evaluated.asked, position, scale, seed))
        for position, scale in enumerate(scales)
    ]


def _check_rule(rule: Rule | None, task: Task) -> None:
    if rule is not None and not rule.ranks and task is not Task.REGRESSION:
        raise UsageError(
            f"--rule: {rule.measure} judges errors of numbers, and the task is {task}",
            "top:20 and top:1% take the rows with the largest loss",
        )


def _effects(inquiry: Inquiry, count: int) -> Question[tuple[list[Effects], Contest | None]]:
    models = range(len(inquiry.roles.models))
    effects = _of_models(inquiry, count)
    if len(models) == 1:
        return (yield from effects), None
    flips = together([flip_of(asked, len(models)) for asked in inquiry.losses])
    found, flipped = yield from both(effects, flips)
    flags = tuple(None if each.outliers is None else each.outliers.flag for each in found)
    counts = yield from ask(FlaggedTogether(flags))
    return found, Contest(shared=shared_rows(counts.tolist()), flips=tuple(flipped))


def _of_models(inquiry: Inquiry, count: int) -> Question[list[Effects]]:
    return together([effects_of(inquiry, model, count) for model in range(len(inquiry.roles.models))])


def _models(evaluated: Evaluated, effects: list[Effects], rule: Rule, places: Places) -> tuple[ModelOutliers, ...]:
    return tuple(
        ModelOutliers(
            model=model,
            outliers=each.outliers,
            losses=loss_effects(evaluated, model, each),
            rows=rows_of(evaluated, position, each, places),
            expected=_expected(rule, evaluated),
        )
        for position, (model, each) in enumerate(zip(evaluated.models, effects, strict=True))
    )


def _expected(rule: Rule, evaluated: Evaluated) -> float | None:
    """Return how many rows a normal law puts beyond a rule; None for rules that say nothing of a law."""
    if evaluated.dataset.roles.task is not Task.REGRESSION:
        return None
    n = evaluated.counts.n
    match rule.measure:
        case Measure.MODIFIED_Z:
            return expected_flagged(n, rule.limit)
        case Measure.DOUBLE_MAD:
            return expected_by_sides(n, rule.limit)
        case Measure.IQR:
            return expected_flagged(n, (1 + 2 * rule.limit) / SIGMA_PER_MAD)
        case Measure.ADJUSTED_BOXPLOT:
            return expected_beyond(n, rule.limit)
        case _:
            return None
