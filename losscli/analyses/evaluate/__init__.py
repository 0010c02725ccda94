"""How large is the loss? Values, intervals, skill, bias and outliers of every model of every data set."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from losscli import __version__, losses
from losscli.analyses.evaluate.evaluated import Evaluated, ModelNumbers
from losscli.analyses.evaluate.notices import fault_error, notices_of
from losscli.analyses.evaluate.numbers import bias_numbers, model_numbers
from losscli.analyses.evaluate.payload import payload_of, records_of
from losscli.analyses.evaluate.words import heading_of, sections_of, signature_of
from losscli.arrays import Form, Task
from losscli.engine.dataset import DataLike, Dataset, Named, Reading, open_dataset
from losscli.engine.evaluation import Asked, Facts, facts_of
from losscli.engine.rows import Missing
from losscli.errors import UsageError
from losscli.result import Result

if TYPE_CHECKING:
    from losscli.losses.bound import BoundLoss

__all__ = ["DataLike", "EvaluateSpec", "Missing", "Named", "Reading", "evaluate"]

DEFAULT_LOSSES = {(Task.REGRESSION, Form.VALUE): "mse,rmse,mae,huber"}
# Of these two it is told in words what the outlying rows hold: the one that they pull hardest, and one that resists.
HELD_LOSSES = {(Task.REGRESSION, Form.VALUE): "mse,mae"}


@dataclass(frozen=True, kw_only=True)
class EvaluateSpec:
    """What is to be evaluated.

    Attributes
    ----------
    data
        The data sets, each a path, glob, folder, URL, "-" or frame.
    reading
        How they are read.
    losses
        Losses as on the command line ("mse,huber:delta=2"); None for the defaults of the task.
    level
        Level of the intervals in (0, 1); None for none.
    brief
        Values and bias only, in one pass over the rows.
    """

    data: tuple[Named, ...]
    reading: Reading = field(default_factory=Reading)
    losses: str | None = None
    level: float | None = 0.95
    brief: bool = False


def evaluate(spec: EvaluateSpec) -> Result:
    """Return the losses of every model of every data set of `spec`, with bias and outliers.

    Raises
    ------
    UsageError
        A loss, a parameter or an option is wrong.
    InputError
        A file, a column or a cell is wrong.
    """
    if spec.level is not None and not 0 < spec.level < 1:
        raise UsageError(f"--ci: {spec.level:g} is not between 0 and 1", "write --ci 0.95, or --ci off")
    named = None if spec.losses is None else losses.parse_many(spec.losses)
    evaluated = tuple(_evaluate_one(open_dataset(data, spec.reading), named, spec) for data in spec.data)
    common = {"version": __version__, "ci_level": spec.level}
    return Result(
        schema="losscli.eval/1",
        payload={**common, **payload_of(evaluated)},
        records=records_of(evaluated),
        heading=heading_of(evaluated),
        sections=sections_of(evaluated, level=spec.level, brief=spec.brief),
        notices=notices_of(evaluated, spelled=spec.losses, level=spec.level),
        signature=signature_of(evaluated, level=spec.level, version=__version__),
    )


def _evaluate_one(dataset: Dataset, named: tuple[BoundLoss, ...] | None, spec: EvaluateSpec) -> Evaluated:
    encoding = (dataset.task, dataset.form)
    asked = _asked(named, dataset)
    held = (
        () if spec.brief else tuple(_for_encoding(loss, dataset) for loss in losses.parse_many(HELD_LOSSES[encoding]))
    )
    facts: Facts = dataset.rows.answer(
        facts_of(
            len(dataset.roles.predictions),
            asked,
            held=tuple(each.kernel for each in held),
            brief=spec.brief,
            on_fault=partial(fault_error, dataset),
        )
    )
    models = tuple(
        ModelNumbers(
            name=name,
            losses=model_numbers(asked, facts, model, spec.level),
            bias=bias_numbers(model.error, facts.mean_target, spec.level),
            facts=model,
        )
        for name, model in zip(dataset.roles.models, facts.models, strict=True)
    )
    return Evaluated(dataset=dataset, asked=asked, held=held, facts=facts, models=models)


def _asked(named: tuple[BoundLoss, ...] | None, dataset: Dataset) -> tuple[Asked, ...]:
    if named is not None:
        return tuple(_for_encoding(loss, dataset, by_name=True) for loss in named)
    defaults = losses.parse_many(DEFAULT_LOSSES[dataset.task, dataset.form])
    return tuple(_for_encoding(loss, dataset) for loss in defaults)


def _for_encoding(loss: BoundLoss, dataset: Dataset, *, by_name: bool = False) -> Asked:
    kernel = loss.kernel(dataset.task, dataset.form)
    if kernel is None:
        accepted = ", ".join(sorted({f"{each.task} ({each.form})" for each in loss.loss.encodings}))
        raise UsageError(f"{loss.label} is not for {dataset.task} ({dataset.form})", f"it is for {accepted}")
    return Asked(bound=loss, kernel=kernel, by_name=by_name)
