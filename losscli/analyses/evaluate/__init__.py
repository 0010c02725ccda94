"""How large is the loss? Values, intervals, skill, bias and outliers of every model of every data set."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from losscli import __version__, losses
from losscli.analyses.evaluate.evaluated import Evaluated, ModelNumbers
from losscli.analyses.evaluate.notices import fault_error, notices_of
from losscli.analyses.evaluate.numbers import bias_numbers, class_bias_numbers, model_numbers
from losscli.analyses.evaluate.payload import payload_of, records_of
from losscli.analyses.evaluate.words import heading_of, sections_of, signature_of
from losscli.arrays import Truth
from losscli.engine.check import Missing
from losscli.engine.dataset import DataLike, Dataset, Named, Reading, open_dataset
from losscli.engine.evaluation import Asked, Inquiry, facts_of
from losscli.errors import UsageError
from losscli.losses.defaults import CONTRASTS, DEFAULTS
from losscli.result import Result

if TYPE_CHECKING:
    from losscli.engine.roles import Roles
    from losscli.losses.bound import BoundKernel, BoundLoss

__all__ = ["DataLike", "EvaluateSpec", "Missing", "Named", "Reading", "evaluate"]


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
    evaluated = tuple(_evaluate_one(open_dataset(data, spec.reading, named or ()), named, spec) for data in spec.data)
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
    roles = dataset.roles
    encoded = (roles.task, roles.form)
    asked = tuple(
        Asked(bound=loss, kernel=_kernel(loss, roles), by_name=named is not None)
        for loss in (dataset.bind(named) if named is not None else losses.parse_many(DEFAULTS[encoded]))
    )
    held = tuple(
        Asked(bound=loss, kernel=_kernel(loss, roles))
        for loss in (losses.parse_many(CONTRASTS[encoded]) if encoded in CONTRASTS else ())
    )
    inquiry = Inquiry(roles=roles, losses=asked, held=held, brief=spec.brief, on_fault=partial(fault_error, dataset))
    facts = dataset.rows.answer(facts_of(inquiry))
    models = tuple(
        ModelNumbers(
            name=model.name,
            losses=model_numbers(asked, facts, found, spec.level),
            bias=bias_numbers(found.error, facts.mean_target, spec.level),
            class_bias=class_bias_numbers(found.class_errors, facts.mean_row, spec.level),
            facts=found,
        )
        for model, found in zip(roles.models, facts.models, strict=True)
    )
    return Evaluated(dataset=dataset, asked=asked, held=held, facts=facts, models=models)


def _kernel(loss: BoundLoss, roles: Roles) -> BoundKernel:
    kernel = loss.kernel(roles.task, roles.form, roles.truth)
    if kernel is None:
        accepted = ", ".join(sorted({f"{each.task} ({each.form})" for each in loss.loss.encodings}))
        target = {Truth.SCALAR: "numbers", Truth.CODE: "labels", Truth.ROWS: "a column for each class"}[roles.truth]
        message = f"{loss.label} is not for {roles.task} ({roles.form}) with a target of {target}"
        raise UsageError(message, f"it is for {accepted}")
    return kernel
