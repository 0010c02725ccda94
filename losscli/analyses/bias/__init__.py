"""Bias: whether predictions are too high or too low, by how much, whether that is real, and whether it matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from losscli import __version__
from losscli.analyses.bias.asking import subject_facts
from losscli.analyses.bias.biased import Biased
from losscli.analyses.bias.notices import further_notices
from losscli.analyses.bias.numbers import Margin, margin_of
from losscli.analyses.bias.payload import payload_of
from losscli.analyses.bias.records import records_of
from losscli.analyses.bias.subjects import model_numbers
from losscli.analyses.bias.words import sections_of, signature_of
from losscli.analyses.evaluation import check_level, evaluate_with, named_losses
from losscli.analyses.evaluation.heading import CHANGE_WITH, heading_of
from losscli.analyses.evaluation.notices import notices_of
from losscli.arrays import Form, Task
from losscli.engine.statistics.calibration import is_decomposed
from losscli.engine.statistics.identification import shared_property
from losscli.engine.statistics.subject import subjects_of
from losscli.engine.table.dataset import open_dataset
from losscli.engine.table.grouping import with_groups
from losscli.engine.table.naming import file_names
from losscli.engine.table.reading import Named, Reading
from losscli.engine.table.within import check_shared
from losscli.errors import InputError, UsageError
from losscli.losses import parse_many
from losscli.losses.defaults import DEFAULTS
from losscli.result import Result

if TYPE_CHECKING:
    from losscli.analyses.bias.asking import SubjectFacts
    from losscli.analyses.bias.parts import PartFacts
    from losscli.engine.folds.question import Question
    from losscli.engine.statistics.inquiry import Inquiry
    from losscli.engine.table.dataset import Dataset
    from losscli.engine.table.roles import Roles
    from losscli.losses.bound import BoundLoss

# Bins where their number is not given, and so many that a table of them is still read.
DEFAULT_BINS = 10
MOST_BINS = 1000
# Classes of which groups and bins are told; each takes a table of its own.
MOST_CLASSES = 12

__all__ = ["BiasSpec", "Margin", "Named", "Reading", "bias", "margin_of"]


class BiasSpec(Struct, frozen=True, kw_only=True):
    """What the bias is wanted of.

    Attributes
    ----------
    data
        The data sets, each a path, glob, folder, URL, "-" or frame.
    reading
        How they are read.
    losses
        Losses to be taken apart, as on the command line; None for the usual ones of the task. Where all of them ask for
        one quantile or expectile, predictions are held to be that, and else means.
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
    losses: str | None = None
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
    named = named_losses(spec.losses)
    found = tuple(_biased(data, spec, named) for data in spec.data)
    names = file_names([each.evaluated.dataset.source for each in found], [data.label for data in spec.data])
    found = tuple(
        replace(each, evaluated=replace(each.evaluated, name=name)) for each, name in zip(found, names, strict=True)
    )
    evaluated = tuple(each.evaluated for each in found)
    return Result(
        schema="losscli.bias/1",
        payload={"version": __version__, "ci_level": spec.level, **payload_of(found)},
        records=records_of(found),
        heading=heading_of(evaluated),
        aside=CHANGE_WITH,
        sections=sections_of(found, level=spec.level),
        notices=(*notices_of(evaluated, spelled=spec.losses, level=spec.level), *further_notices(found, spec.level)),
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


def _biased(data: Named, spec: BiasSpec, named: tuple[BoundLoss, ...] | None) -> Biased:
    dataset = with_groups(open_dataset(data, spec.reading, named or ()), spec.by, spec.along)
    roles = dataset.roles
    wanted = shared_property(named or ())
    subjects = subjects_of(roles, wanted)
    if not subjects:
        message = f"a bias of {roles.form}s is not defined: they have no level that targets could be held against"
        raise InputError(message, "name a column of probabilities with --pred, or say what it holds with --pred-form")
    bins = _bins(roles, spec)
    of_classes = subjects[0].number is not None
    if (spec.by or bins) and of_classes and len(roles.classes) > MOST_CLASSES:
        message = f"--by, --bins and --along tell of up to {MOST_CLASSES} classes, and there are {len(roles.classes)}"
        raise UsageError(message, "leave them out")
    losses = _losses(roles, named)
    decomposed = tuple(loss for loss in losses if is_decomposed(loss))

    def further(_: Inquiry) -> Question[list[SubjectFacts]]:
        return subject_facts(subjects, roles, wanted, decomposed, bins)

    # numbers lie in the domain of the usual losses; probabilities may not, or cost infinitely much
    asked = () if named is None and (of_classes or roles.task is Task.REGRESSION) else losses
    evaluated, facts = evaluate_with(dataset, asked, further, level=spec.level, brief=True)
    _check_groups(dataset, facts[0].parts)
    numbers = [
        each
        for position, model in enumerate(evaluated.models)
        for each in model_numbers(
            evaluated,
            model,
            {subject: of for subject, of in zip(subjects, facts, strict=True) if subject.model == position},
            wanted=wanted,
            margin=spec.margin,
            level=spec.level,
        )
    ]
    return Biased(
        evaluated=evaluated,
        subjects=tuple(numbers),
        wanted=wanted,
        along=spec.along,
        asked_bins=bins,
        decomposed=decomposed,
        whole=tuple(loss for loss in losses if named is not None and loss not in decomposed),
    )


def _losses(roles: Roles, named: tuple[BoundLoss, ...] | None) -> tuple[BoundLoss, ...]:
    """Return the losses that are named, or those of the usual ones that can be taken apart.

    Classes are taken one against the rest, while they are few: each sorts all rows.
    """
    if named is not None:
        return named
    encoded = (roles.task, roles.form)
    if roles.task is Task.MULTICLASS and roles.form is not Form.LABEL and len(roles.classes) <= MOST_CLASSES:
        encoded = (Task.BINARY, Form.PROBABILITY)
    return tuple(loss for loss in parse_many(DEFAULTS[encoded]) if is_decomposed(loss))


def _bins(roles: Roles, spec: BiasSpec) -> int | None:
    if spec.bins is not None:
        return spec.bins
    of_probabilities = roles.task is Task.BINARY and roles.form is not Form.LABEL and not spec.by
    return DEFAULT_BINS if spec.along is not None or of_probabilities else None


def _check_groups(dataset: Dataset, facts: PartFacts) -> None:
    rows = dataset.rows.counts
    if facts.groups is not None and rows is not None:
        check_shared(
            dataset.source.label,
            [key.column for key in dataset.roles.by],
            groups=len(facts.groups.number),
            n=rows.n,
            hint="name a column that several rows share; --along sorts rows by a number",
        )
