"""Gate: may this pass? Limits and baselines, with the uncertainty of both."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from losscli import __version__
from losscli.analyses.evaluation import check_level, evaluate_dataset, evaluate_with
from losscli.analyses.evaluation.heading import CHANGE_WITH, heading_of, model_name
from losscli.analyses.gate.changes import changes_of
from losscli.analyses.gate.facts import RivalFacts, rival_facts, rivals_of
from losscli.analyses.gate.gated import Gated
from losscli.analyses.gate.groups import group_checks, with_units
from losscli.analyses.gate.judgement import Measured, judge
from losscli.analyses.gate.measures import measures_of
from losscli.analyses.gate.notices import dependence_notices, notices_of
from losscli.analyses.gate.payload import payload_of, records_of
from losscli.analyses.gate.same import is_same_file, refuse_same, same_error, unchanged
from losscli.analyses.gate.saved import Saved, check_alike, is_saved, read_saved
from losscli.analyses.gate.terms import Terms, once, terms_of
from losscli.analyses.gate.unpaired import saved_changes
from losscli.analyses.gate.words import checks_of, sections_of, signature_of
from losscli.engine.table.align import open_aligned
from losscli.engine.table.dataset import open_dataset
from losscli.engine.table.grouping import with_groups
from losscli.engine.table.naming import file_names
from losscli.engine.table.reading import Named, Reading
from losscli.errors import UsageError
from losscli.result import Result

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.engine.table.dataset import Dataset
    from losscli.losses.bound import BoundLoss

__all__ = ["GateSpec", "Named", "Reading", "gate"]

_EXAMPLE = "for example --fail-if 'rmse > 3', or --baseline main.csv --max-regress 1%"


class GateSpec(Struct, frozen=True, kw_only=True):
    """What is to be held to what.

    Attributes
    ----------
    data
        The candidates.
    reading
        How they and the baseline are read.
    fail_if
        Limits as on the command line: "rmse > 3".
    confident
        Whether the intervals decide on limits, not the values.
    baseline
        What the candidates are held against: predictions for the same rows, or the path of a saved answer of eval.
    max_regress
        How much worse losses may be, as on the command line; goes with a baseline.
    losses
        The losses that are held against the baseline; None for those with a tolerance of their own, or the defaults.
    level
        Joint level of the intervals in (0, 1); None for none, where the values decide.
    non_inferior, fail_inconclusive
        Whether an inconclusive check counts as failed, and whether it keeps the gate from passing.
    allow_same
        Whether a candidate may be its own baseline.
    by
        Columns whose cells, all together, name the group of a row; each group has to pass every check too.
    """

    data: tuple[Named, ...]
    reading: Reading = field(default_factory=Reading)
    fail_if: tuple[str, ...] = ()
    confident: bool = False
    baseline: Named | None = None
    max_regress: str | None = None
    losses: str | None = None
    level: float | None = 0.95
    non_inferior: bool = False
    fail_inconclusive: bool = False
    allow_same: bool = False
    by: tuple[str, ...] = ()


def gate(spec: GateSpec) -> Result:
    """Return whether candidates may pass: what each limit and each tolerance says, as `Result.checks`.

    Raises
    ------
    UsageError
        A limit, a tolerance, a loss or an option is wrong, or there is nothing to check.
    InputError
        A file, a column or a cell is wrong, the baseline does not fit, or it is the candidate itself.
    """
    check_level(spec.level)
    _check(spec)
    terms = terms_of(spec.fail_if, spec.max_regress, spec.losses)
    if spec.baseline is None:
        gated = _alone(spec, terms)
    elif isinstance(spec.baseline.given, str) and is_saved(spec.baseline.given):
        gated = _beside_saved(spec, terms, read_saved(spec.baseline.given, spec.baseline.label))
    else:
        gated = _beside_predictions(spec, terms, spec.baseline)
    return Result(
        schema="losscli.gate/1",
        payload={"version": __version__, "ci_level": spec.level, **payload_of(gated)},
        records=records_of(gated),
        heading=heading_of(gated.evaluated),
        aside=CHANGE_WITH,
        sections=sections_of(gated),
        notices=notices_of(gated, level=spec.level),
        signature=signature_of(gated, level=spec.level, version=__version__),
        checks=checks_of(gated),
    )


def _check(spec: GateSpec) -> None:
    """Check that there is something to check, and that options go together."""
    if spec.baseline is None:
        if spec.max_regress is not None:
            raise UsageError("--max-regress needs something to compare with", "name it: --baseline main.csv")
        if not spec.fail_if:
            raise UsageError("there is nothing to check", _EXAMPLE)
        if spec.losses is not None:
            raise UsageError(
                "--losses names what is held against a --baseline, and there is none",
                "limits name their own losses; leave --losses out",
            )
    elif spec.max_regress is None:
        raise UsageError("--baseline alone does not say how much worse is too much", "say --max-regress 1%")
    if spec.level is None and (spec.baseline is not None or spec.confident):
        raise UsageError("--ci off leaves nothing to be sure by", "leave it out, or say --ci 0.9")


def _alone(spec: GateSpec, terms: Terms) -> Gated:
    """Return the limits of each data set by itself."""
    opened = [with_groups(open_dataset(data, spec.reading, terms.named), spec.by) for data in spec.data]
    names = file_names([dataset.source for dataset in opened], [data.label for data in spec.data])
    evaluated = tuple(
        replace(_evaluated(dataset, terms.named, spec, terms), name=name)
        for dataset, name in zip(opened, names, strict=True)
    )
    several = sum(len(each.models) for each in evaluated) > 1
    measured: list[Measured] = []
    of_groups: list[Measured] = []
    for each in evaluated:
        called = [model_name(each, model, several=len(evaluated) > 1) for model in each.models]
        whole = _limits(each, called, spec, terms, several=several)
        measured += whole
        of_group = partial(_limits_of_rows, names=called, spec=spec, terms=terms, several=several)
        of_groups += group_checks(each.dataset, whole, of_group)
    return _gated(spec, terms, evaluated, [*measured, *of_groups])


def _limits_of_rows(
    rows: Dataset, _: Saved | None, *, names: Sequence[str], spec: GateSpec, terms: Terms, several: bool
) -> list[Measured]:
    evaluated = _evaluated(rows, terms.named, spec, terms)
    return with_units(evaluated, _limits(evaluated, names, spec, terms, several=several))


def _evaluated(dataset: Dataset, named: tuple[BoundLoss, ...], spec: GateSpec, terms: Terms) -> Evaluated:
    return evaluate_dataset(dataset, named or None, level=spec.level, judged=terms.of_outliers)


def _limits(
    evaluated: Evaluated, names: Sequence[str], spec: GateSpec, terms: Terms, *, several: bool
) -> list[Measured]:
    """Return what the limits say of the first models, as many as there are names."""
    return [
        measured
        for position, name in enumerate(names)
        for measured in measures_of(evaluated, position, name, terms.limits, confident=spec.confident, several=several)
    ]


def _beside_predictions(spec: GateSpec, terms: Terms, baseline: Named) -> Gated:
    """Return the candidates paired with the baseline's predictions for the same rows."""
    if not spec.allow_same and any(is_same_file(data, baseline) for data in spec.data):
        raise same_error("the baseline is the file that is checked")
    # a file by itself has nothing to be joined with, but for targets of a file of their own
    alone = spec.reading if spec.reading.targets is not None else replace(spec.reading, on=(), common=False)
    # and its clusters and times may stand in another
    own = open_dataset(baseline, replace(alone, cluster=None, time=None), terms.named)
    dataset = open_aligned((*spec.data, baseline), spec.reading, terms.named, spec.by)
    names = [model.name for model in dataset.roles.models[: -len(own.roles.models)]]
    rivals = rivals_of(dataset, own, len(names))
    compared, tolerances = terms.compared_on(dataset)
    positions = tuple(range(len(compared)))

    def paired(rows: Dataset) -> tuple[Evaluated, list[RivalFacts], list[Measured]]:
        evaluated, found = evaluate_with(
            rows,
            once(*compared, *terms.named),
            partial(rival_facts, rivals=rivals, losses=positions),
            level=spec.level,
            brief=not terms.limits,
            judged=terms.of_outliers,
        )
        changes = changes_of(evaluated, found, positions, tolerances)
        limits = _limits(evaluated, names, spec, terms, several=len(names) > 1)
        return evaluated, found, with_units(evaluated, [*changes, *limits])

    evaluated, found, measured = paired(dataset)
    refuse_same(found, allowed=spec.allow_same)
    of_groups = group_checks(dataset, measured, lambda rows, _: paired(rows)[2])
    gated = _gated(spec, terms, (evaluated,), [*measured, *of_groups], same=unchanged(evaluated, found))
    return replace(gated, dependent=tuple(dependence_notices(evaluated, found)))


def _beside_saved(spec: GateSpec, terms: Terms, saved: Saved) -> Gated:
    """Return the candidates beside the saved values of the baseline."""
    if len(spec.data) > 1:
        raise UsageError("a saved baseline is compared with one file", "run one gate for each, or name predictions")
    dataset = with_groups(open_dataset(spec.data[0], spec.reading, terms.named), spec.by)
    names = [model.name for model in dataset.roles.models]
    compared, tolerances = terms.compared_on(dataset)
    positions = tuple(range(len(compared)))

    def beside(evaluated: Evaluated, held: Saved) -> tuple[bool, list[Measured]]:
        changes, same = saved_changes(held, evaluated, positions, tolerances)
        return same, with_units(evaluated, [*changes, *_limits(evaluated, names, spec, terms, several=len(names) > 1)])

    def of_group(rows: Dataset, held: Saved | None) -> list[Measured]:
        return [] if held is None else beside(_evaluated(rows, once(*compared, *terms.named), spec, terms), held)[1]

    evaluated = _evaluated(dataset, once(*compared, *terms.named), spec, terms)
    check_alike(saved, evaluated)
    same, measured = beside(evaluated, saved)
    if same and not spec.allow_same:
        raise same_error(f"{saved.label} holds the very values of {dataset.source.label}")
    return _gated(
        spec, terms, (evaluated,), [*measured, *group_checks(dataset, measured, of_group, saved)], saved=saved
    )


def _gated(
    spec: GateSpec,
    terms: Terms,
    evaluated: tuple[Evaluated, ...],
    measured: Sequence[Measured],
    *,
    saved: Saved | None = None,
    same: tuple[str, ...] = (),
) -> Gated:
    return Gated(
        evaluated=evaluated,
        checks=judge(measured, spec.level, non_inferior=spec.non_inferior),
        limits=terms.limits,
        saved=saved,
        same=same,
        fail_inconclusive=spec.fail_inconclusive,
    )
