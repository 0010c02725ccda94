"""How large is the loss? Values, intervals, skill, bias and outliers of every model of every data set."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from losscli import __version__
from losscli.analyses.evaluate.payload import payload_of, records_of
from losscli.analyses.evaluate.words import sections_of
from losscli.analyses.evaluation import check_level, evaluate_dataset, named_losses
from losscli.analyses.evaluation.groups import of_each_group
from losscli.analyses.evaluation.heading import CHANGE_WITH, heading_of, signature_of
from losscli.analyses.evaluation.notices import notices_of
from losscli.analyses.evaluation.per_row import write_rows
from losscli.engine.table.check import Missing
from losscli.engine.table.dataset import open_dataset
from losscli.engine.table.grouping import with_groups
from losscli.engine.table.naming import file_names
from losscli.engine.table.reading import MEMORY, DataLike, Named, Reading
from losscli.result import Result

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.engine.table.dataset import Dataset
    from losscli.losses.bound import BoundLoss

__all__ = ["MEMORY", "DataLike", "EvaluateSpec", "Missing", "Named", "Reading", "evaluate"]


class EvaluateSpec(Struct, frozen=True, kw_only=True):
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
    per_row
        A .csv or .parquet file that every row is written to with its losses; None for none.
    by
        Columns whose cells, all together, name the group of a row; each group is evaluated too.
    """

    data: tuple[Named, ...]
    reading: Reading = field(default_factory=Reading)
    losses: str | None = None
    level: float | None = 0.95
    brief: bool = False
    per_row: str | None = None
    by: tuple[str, ...] = ()


def evaluate(spec: EvaluateSpec) -> Result:
    """Return the losses of every model of every data set of `spec`, with bias and outliers.

    Raises
    ------
    UsageError
        A loss, a parameter or an option is wrong.
    InputError
        A file, a column or a cell is wrong.
    """
    check_level(spec.level)
    named = named_losses(spec.losses)
    # one fold reads the rows once: to keep them would take memory for nothing
    reading = replace(spec.reading, memory=0) if spec.brief and not spec.by else spec.reading
    evaluated = tuple(
        _evaluated(with_groups(open_dataset(data, reading, named or ()), spec.by), named, spec) for data in spec.data
    )
    names = file_names([each.dataset.source for each in evaluated], [data.label for data in spec.data])
    evaluated = tuple(replace(each, name=name) for each, name in zip(evaluated, names, strict=True))
    if spec.per_row is not None:
        write_rows(evaluated, spec.per_row)
    common = {"version": __version__, "ci_level": spec.level}
    return Result(
        schema="losscli.eval/1",
        payload={**common, **payload_of(evaluated)},
        records=records_of(evaluated),
        heading=heading_of(evaluated),
        aside=CHANGE_WITH,
        sections=sections_of(evaluated, level=spec.level, brief=spec.brief),
        notices=notices_of(evaluated, spelled=spec.losses, level=spec.level),
        signature=signature_of(evaluated, level=spec.level, version=__version__),
    )


def _evaluated(dataset: Dataset, named: tuple[BoundLoss, ...] | None, spec: EvaluateSpec) -> Evaluated:
    numbers_of = partial(evaluate_dataset, named=named, level=spec.level, brief=spec.brief)
    return replace(numbers_of(dataset), groups=tuple(of_each_group(dataset, numbers_of)))
