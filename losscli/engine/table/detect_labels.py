"""Columns that hold labels: words, which classes they name, and numbers that may be labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from losscli.arrays import Form, Task, Truth
from losscli.engine.files.block import ColumnType
from losscli.engine.files.cell_error import number_form
from losscli.engine.table.batching import UNKNOWN_LABEL
from losscli.engine.table.roles import Roles, scalar_models
from losscli.errors import InputError
from losscli.text import listed, quoted

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.files.row_source import RowSource
    from losscli.engine.table.columns import Columns
    from losscli.engine.table.detect_wide import Encoded
    from losscli.engine.table.wishes import Wishes

# Different whole numbers up to which a column may as well hold labels.
MOST_LABELS = 20
# Words that people write for a number that is missing.
_NO_LABELS = frozenset({"n/a", "na", "nan", "nil", "null", "none", "missing", "-", "--", ".", "?"})


def label_roles(source: RowSource, columns: Columns, allowed: frozenset[Encoded], wishes: Wishes) -> Roles:
    """Return the roles of decisions: the target is one of the classes, and so is each prediction.

    Raises
    ------
    InputError
        The user, or a loss, asks for numbers.
    """
    if (Task.MULTICLASS, Form.LABEL) not in allowed:
        raise _words_for_numbers(source, columns, wishes)
    found = [label for name in (*columns.target, *columns.scalars) for label in source.distinct(name)]
    return Roles(
        target=columns.target,
        models=scalar_models(columns.scalars),
        weight=columns.weight,
        task=Task.MULTICLASS,
        form=Form.LABEL,
        truth=Truth.CODE,
        classes=wishes.classes or tuple(sorted(set(found))),
        target_named=True,
        models_named=True,
    )


def holds_words(source: RowSource, column: str) -> bool:
    """Return whether a column holds words: CSV tells it by its first rows, of other text each cell is tried."""
    if next(each.type for each in source.columns if each.name == column) is not ColumnType.TEXT:
        return False
    if source.format == "csv":
        return True
    try:
        source.first_rows([column])
    except InputError:
        return True
    return False


def has_words(source: RowSource, column: str) -> bool:
    """Return whether there are words among the first numbers of a column of numbers."""
    return next(each.has_words for each in source.columns if each.name == column)


def first_numbers(
    source: RowSource, columns: Columns, wanted: Sequence[str], allowed: frozenset[Encoded]
) -> Mapping[str, FloatArray]:
    """Return the first rows of the columns `wanted`, which are of numbers.

    Raises
    ------
    InputError
        A cell is no number; where all of them may be labels, the hint says how to have them read so.
    """
    try:
        return source.first_rows(wanted)
    except InputError as error:
        labels = (Task.MULTICLASS, Form.LABEL) in allowed and (Task.REGRESSION, Form.VALUE) in allowed
        if error.hint is None or not (labels and _may_be_labels(source, columns)):
            raise
        hint = f"{error.hint}; --task multiclass reads cells as labels of classes"
        raise InputError(error.message, hint) from error


def _may_be_labels(source: RowSource, columns: Columns) -> bool:
    """Return whether targets and predictions share some of few different cells, each a word or a whole number."""
    try:
        truths, *predictions = (
            set(source.distinct(column, MOST_LABELS)) for column in (*columns.target, *columns.scalars)
        )
    except InputError:  # too many, or no labels at all
        return False
    every = truths.union(*predictions)
    if any(label.lower() in _NO_LABELS for label in every):
        return False
    shared = all(not truths.isdisjoint(predicted) for predicted in predictions)
    return shared and len(every) <= MOST_LABELS and not any(map(_is_measured, every))


def _is_measured(label: str) -> bool:
    """Return whether a cell is a number that names no class: a fraction, or with a comma, a unit or the like."""
    try:
        return not float(label).is_integer()
    except ValueError:
        return number_form(label) is not None


def are_whole(columns: Sequence[FloatArray]) -> bool:
    """Return whether all numbers that are there are whole."""
    return not any((values != np.floor(values))[~np.isnan(values)].any() for values in columns)


def like_labels(columns: Sequence[FloatArray]) -> bool:
    """Return whether all columns are whole numbers, few of them and each one often."""
    if not are_whole(columns):
        return False
    for values in columns:
        present = values[~np.isnan(values)]
        different = set(present.tolist())  # np.unique would import numpy.ma, which small files can tell
        if not 0 < len(different) <= MOST_LABELS or 2 * len(different) > len(present):
            return False
    return True


def _words_for_numbers(source: RowSource, columns: Columns, wishes: Wishes) -> InputError:
    """Return the error for predictions in words where numbers are wanted, with the first word."""
    column = columns.scalars[0]
    _, cells = source.first_cells(column, lambda values: values == UNKNOWN_LABEL, 1, labels={column: ()})
    such = f" such as {quoted(cells[0].text)}" if cells else ""
    names = ", ".join(loss.label for loss in wishes.losses)
    wanted = f"{names} {'needs' if len(wishes.losses) == 1 else 'need'} numbers" if names else "numbers are wanted"
    holds = "column {} holds" if len(columns.scalars) == 1 else "columns {} hold"
    return InputError(
        f"{source.label}: {holds.format(listed(columns.scalars))} words{such}, and {wanted}",
        "name columns of numbers with --pred; labels go with --losses zero_one",
    )
