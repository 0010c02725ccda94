"""What was read, as programs read it, the same in every analysis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.engine.files.row_source import RowSource
    from losscli.engine.table.counts import Counts
    from losscli.engine.table.roles import Roles
    from losscli.result import Json


def data_fields(evaluated: Sequence[Evaluated]) -> dict[str, Json]:
    """Return the keys of all that was read; those of task and columns speak of the first data set."""
    roles = evaluated[0].dataset.roles
    return {
        "inputs": [_input(file, each.counts) for each in evaluated for file in each.dataset.source.sources],
        **task_fields(roles),
        "columns": column_fields(roles),
        "n": sum(each.counts.n for each in evaluated),
        "n_dropped": sum(each.counts.n_dropped for each in evaluated),
    }


def _input(source: RowSource, counts: Counts) -> dict[str, Json]:
    """Return the keys of a file or frame; its rows are those that were read, whether they count or not."""
    return {
        "path": source.path,
        "label": source.label,
        "format": source.format,
        "rows": counts.n + counts.n_dropped + counts.zero_weight,
    }


def inputs_with_columns(evaluated: Sequence[Evaluated]) -> list[Json]:
    """Return the keys of each file, that of the targets of a data set behind it, with the columns of its data set."""
    return [
        {**_input(file, each.counts), "columns": column_fields(each.dataset.roles)}
        for each in evaluated
        for file in each.dataset.source.sources
    ]


def column_fields(roles: Roles) -> dict[str, Json]:
    """Return the keys of the columns that play a role, those that group rows last."""
    target = roles.target[0] if len(roles.target) == 1 else list(roles.target)
    units = roles.units
    return {
        "target": target,
        "predictions": list(roles.predictions),
        "weight": roles.weight,
        "by": [key.column for key in roles.by],
        "cluster": units.column if units is not None and not units.in_time else None,
        "time": units.column if units is not None and units.in_time else None,
    }


def task_fields(roles: Roles) -> dict[str, Json]:
    """Return the keys of what is predicted and how."""
    return {
        "task": roles.task.value,
        "pred_form": roles.form.value,
        "classes": list(roles.classes) or None,
        "positive": roles.positive,
    }
