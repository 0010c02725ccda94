"""Gate: may this pass? Limits and baselines, with the uncertainty of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from losscli import __version__
from losscli.analyses.evaluation import check_level, evaluate_dataset, evaluate_with
from losscli.analyses.evaluation.dependence import neighbour_notice
from losscli.analyses.evaluation.heading import CHANGE_WITH, heading_of, model_name
from losscli.analyses.gate.changes import changes_of
from losscli.analyses.gate.facts import RivalFacts, Rivals, rival_facts
from losscli.analyses.gate.gated import Gated
from losscli.analyses.gate.judgement import Measured, judge
from losscli.analyses.gate.measures import measures_of
from losscli.analyses.gate.payload import payload_of, records_of
from losscli.analyses.gate.saved import Saved, check_alike, is_saved, read_saved, saved_changes
from losscli.analyses.gate.terms import Terms, once, terms_of
from losscli.analyses.gate.words import checks_of, notices_of, sections_of, signature_of
from losscli.engine.align import open_aligned
from losscli.engine.dataset import open_dataset
from losscli.engine.naming import file_names
from losscli.engine.reading import Named, Reading
from losscli.errors import InputError, UsageError
from losscli.result import Kind, Result, Value

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.engine.dataset import Dataset
    from losscli.result import Notice

__all__ = ["GateSpec", "Named", "Reading", "gate"]

_EXAMPLE = "for example --fail-if 'rmse > 3', or --baseline main.csv --max-regress 1%"


@dataclass(frozen=True, kw_only=True)
class GateSpec:
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
            raise UsageError(
                "there is nothing to check", "for example --fail-if 'rmse > 3', or --baseline main.csv --max-regress 1%"
            )
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
    named = terms.named
    evaluated = tuple(
        evaluate_dataset(open_dataset(data, spec.reading, named), named or None, level=spec.level) for data in spec.data
    )
    names = file_names([each.dataset.source for each in evaluated], [data.label for data in spec.data])
    evaluated = tuple(replace(each, name=name) for each, name in zip(evaluated, names, strict=True))
    return _gated(spec, terms, evaluated, tuple(tuple(range(len(each.models))) for each in evaluated), ())


def _beside_predictions(spec: GateSpec, terms: Terms, baseline: Named) -> Gated:
    """Return the candidates paired with the baseline's predictions for the same rows."""
    if not spec.allow_same and any(_is_same_file(data, baseline) for data in spec.data):
        raise _same("the baseline is the file that is checked")
    # a file by itself has nothing to be joined with, but for targets of a file of their own
    alone = spec.reading if spec.reading.targets is not None else replace(spec.reading, on=(), common=False)
    # and its clusters and times may stand in another
    own = open_dataset(baseline, replace(alone, cluster=None, time=None), terms.named)
    dataset = open_aligned((*spec.data, baseline), spec.reading, terms.named)
    count = len(dataset.roles.models) - len(own.roles.models)
    rivals = _rivals(dataset, own, count)
    compared, tolerances = terms.compared_on(dataset)
    asked = once(*compared, *terms.named)
    positions = tuple(range(len(compared)))
    evaluated, found = evaluate_with(
        dataset, asked, partial(rival_facts, rivals=rivals, losses=positions), level=spec.level, brief=not terms.limits
    )
    _refuse_same(spec, found)
    changes = changes_of(evaluated, found, positions, tolerances)
    gated = _gated(spec, terms, (evaluated,), (tuple(range(count)),), changes, same=_unchanged(evaluated, found))
    return replace(gated, dependent=tuple(_dependent(evaluated, found)))


def _dependent(evaluated: Evaluated, found: list[RivalFacts]) -> Iterator[Notice]:
    names = [model.name for model in evaluated.models]
    for each in found:
        values = {
            "loss": Value(kind=Kind.TEXT, raw=evaluated.asked[0].bound.label),
            "candidate": Value(kind=Kind.TEXT, raw=names[each.rivals.candidate]),
            "baseline": Value(kind=Kind.TEXT, raw=names[each.rivals.baseline]),
        }
        what = "{loss} of {candidate} and {baseline} differs"
        yield from neighbour_notice(what, values, each.neighbours, evaluated.counts.n)


def _beside_saved(spec: GateSpec, terms: Terms, saved: Saved) -> Gated:
    """Return the candidates beside the saved values of the baseline."""
    if len(spec.data) > 1:
        raise UsageError("a saved baseline is compared with one file", "run one gate for each, or name predictions")
    dataset = open_dataset(spec.data[0], spec.reading, terms.named)
    compared, tolerances = terms.compared_on(dataset)
    evaluated = evaluate_dataset(dataset, once(*compared, *terms.named), level=spec.level)
    check_alike(saved, evaluated)
    changes, same = saved_changes(saved, evaluated, tuple(range(len(compared))), tolerances)
    if same and not spec.allow_same:
        raise _same(f"{saved.label} holds the very values of {dataset.source.label}")
    return _gated(spec, terms, (evaluated,), (tuple(range(len(evaluated.models))),), changes, saved=saved)


def _gated(
    spec: GateSpec,
    terms: Terms,
    evaluated: tuple[Evaluated, ...],
    candidates: tuple[tuple[int, ...], ...],
    changes: tuple[Measured, ...],
    *,
    saved: Saved | None = None,
    same: tuple[str, ...] = (),
) -> Gated:
    several = sum(map(len, candidates)) > 1
    measured = [*changes]
    for each, models in zip(evaluated, candidates, strict=True):
        for model in models:
            name = model_name(each, each.models[model], several=len(evaluated) > 1)
            measured += measures_of(each, model, name, terms.limits, confident=spec.confident, several=several)
    return Gated(
        evaluated=evaluated,
        checks=judge(measured, spec.level, non_inferior=spec.non_inferior),
        limits=terms.limits,
        saved=saved,
        same=same,
        fail_inconclusive=spec.fail_inconclusive,
    )


def _rivals(dataset: Dataset, own: Dataset, count: int) -> tuple[Rivals, ...]:
    """Return each candidate with its baseline: the only one, or the one of the same column."""
    models = dataset.roles.models
    baselines = range(count, len(models))
    if len(baselines) == 1:
        return tuple(Rivals(candidate=candidate, baseline=count) for candidate in range(count))
    columns = [model.columns[0] for model in own.roles.models]
    rivals = []
    for candidate in range(count):
        column = models[candidate].columns[0]
        matching = [position for position, name in zip(baselines, columns, strict=True) if column.endswith(f": {name}")]
        if len(matching) != 1:
            listed = ", ".join(columns)
            raise InputError(
                f"{own.source.label} has several models, and none of them is that of {column}",
                f"--pred chooses one; the baseline's are {listed}",
            )
        rivals.append(Rivals(candidate=candidate, baseline=matching[0]))
    return tuple(rivals)


def _is_same_file(data: Named, baseline: Named) -> bool:
    if not (isinstance(data.given, str) and isinstance(baseline.given, str)):
        return data.given is baseline.given
    if Path(data.given).exists() and Path(baseline.given).exists():
        return Path(data.given).samefile(baseline.given)
    return data.given == baseline.given


def _refuse_same(spec: GateSpec, found: list[RivalFacts]) -> None:
    if not spec.allow_same and all(each.same for each in found):
        raise _same("the baseline's predictions are those that are checked")


def _same(problem: str) -> InputError:
    return InputError(
        f"{problem}: that checks nothing", "name the predictions of another model, or say --allow-same if it is meant"
    )


def _unchanged(evaluated: Evaluated, found: list[RivalFacts]) -> tuple[str, ...]:
    """Return the names of the candidates whose predictions are the baseline's."""
    return tuple(evaluated.models[each.rivals.candidate].name for each in found if each.same)
