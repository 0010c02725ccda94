"""What was read, as programs read it, the same in every analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from losscli.engine.files.row_source import RowSource
    from losscli.engine.table.counts import Counts
    from losscli.engine.table.dataset import Dataset
    from losscli.engine.table.roles import Roles
    from losscli.result import Json


def input_fields(source: RowSource, counts: Counts) -> dict[str, Json]:
    """Return the keys of a file or frame; its rows are those that were read, whether they count or not."""
    return {
        "path": source.path,
        "label": source.label,
        "format": source.format,
        "rows": counts.n + counts.n_dropped + counts.zero_weight,
    }


def files_read(dataset: Dataset, counts: Counts) -> list[dict[str, Json]]:
    """Return the keys of each file of a data set, that of the targets last, with its columns."""
    columns: Json = column_fields(dataset.roles)
    return [{**input_fields(file, counts), "columns": columns} for file in dataset.source.sources]


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
