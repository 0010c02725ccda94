"""Costs of decisions among classes, read from a file for the losses that ask for them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from losscli.errors import InputError
from losscli.losses.param import CostMatrix
from losscli.text import printable, quoted

if TYPE_CHECKING:
    from losscli.losses.bound import BoundLoss

MISSED_COLUMN = "missed"
_EXAMPLE = "the first column names the true class, 'missed' is its cost, a column for each class that of predicting it"


def with_costs(bound: BoundLoss, classes: tuple[str, ...]) -> BoundLoss:
    """Return the loss with each parameter that is a file replaced by the costs in it, in the order of the classes.

    The file is CSV: a header with the name of the first column, `missed` and the classes; a row for each true class
    with its name, the cost of missing it, and the cost of each class that is predicted instead (0 for itself).

    Raises
    ------
    InputError
        The file cannot be read, a class is not in it, or a cost is not a number from 0 up.
    """
    files = {param.name for param in bound.loss.params if param.domain == "file"}
    if not files:
        return bound
    params = tuple((key, _read_costs(str(value), classes) if key in files else value) for key, value in bound.params)
    return replace(bound, params=params)


def _read_costs(path: str, classes: tuple[str, ...]) -> CostMatrix:
    """Return the costs in a file, in the order of the classes; errors as `with_costs`."""
    shown = printable(path, 200)
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            header, *records = [record for record in csv.reader(file) if record]
    except (OSError, UnicodeDecodeError, ValueError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no CSV with a header"
        raise InputError(f"{shown}: the costs cannot be read: {reason}", _EXAMPLE) from error
    columns = [name.strip() for name in header]
    rows = {record[0].strip(): record for record in records}
    lacking = [name for name in (MISSED_COLUMN, *classes) if name not in columns]
    if lacking:
        raise InputError(f"{shown}: there is no column {quoted(lacking[0])}", _EXAMPLE)
    absent = [name for name in classes if name not in rows]
    if absent:
        raise InputError(f"{shown}: there is no row for class {quoted(absent[0])}", _EXAMPLE)

    def cost(true: str, column: str) -> float:
        record = rows[true]
        position = columns.index(column)
        text = record[position].strip() if position < len(record) else ""
        try:
            number = float(text or "0") if true == column else float(text)
        except ValueError:
            number = -1.0
        if not 0 <= number < float("inf"):
            raise InputError(
                f"{shown}: row {quoted(true)}, column {quoted(column)}: {quoted(text)} is no cost", _EXAMPLE
            )
        if true == column and number:
            raise InputError(f"{shown}: class {quoted(true)} costs {text} where it is predicted rightly", _EXAMPLE)
        return number

    return CostMatrix(
        path=path,
        missed=tuple(cost(true, MISSED_COLUMN) for true in classes),
        mistaken=tuple(tuple(cost(true, column) for column in classes) for true in classes),
    )
