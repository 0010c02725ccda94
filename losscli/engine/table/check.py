"""From blocks as they are read to batches of checked rows: what is wrong with a cell is said here and nowhere else."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from losscli.arrays import Form, Task
from losscli.engine.files.cell_error import cell_error
from losscli.engine.table.batching import UNKNOWN_LABEL, Batching
from losscli.engine.table.counts import Checked, Counts
from losscli.engine.table.form_range import form_range
from losscli.engine.table.roles import Coding
from losscli.engine.table.sums import RowSums
from losscli.engine.table.wrong_rows import WrongRowsError
from losscli.errors import InputError
from losscli.text import listed, quoted

if TYPE_CHECKING:
    from losscli.arrays import BoolArray, FloatArray
    from losscli.engine.files.block import Block
    from losscli.engine.files.row_source import RowSource
    from losscli.engine.folds.batch import Batch
    from losscli.engine.table.roles import Roles

# Encodings in which a model may be infinitely sure.
UNBOUNDED_FORMS = frozenset({Form.LOGIT, Form.LOG_PROBABILITY, Form.MARGIN, Form.SCORE})
_CODES = {
    Coding.ZERO_ONE: ((0.0, 1.0), "0 or 1", "--task binary reads soft labels, --task regression any numbers"),
    Coding.SIGNED: ((-1.0, 1.0), "1 or -1", "say what is meant with --task"),
}


class Missing(StrEnum):
    """What is done with rows in which a cell is missing."""

    ERROR = "error"
    DROP = "drop"


class Check:
    """Makes batches of the rows of blocks, in any thread, and counts what it leaves out.

    Parameters
    ----------
    source, roles
        Where the rows come from, and what their columns are.
    missing
        Whether a missing cell is an error or its row is left out, for all models alike.
    normalize
        Whether rows of probabilities are divided by their sum.
    """

    def __init__(self, source: RowSource, roles: Roles, *, missing: Missing, normalize: bool) -> None:
        self._source = source
        self._roles = roles
        self._missing = missing
        self._range = form_range(roles, normalize=normalize)
        self._labels = roles.labels
        self._columns = roles.columns
        self._of_numbers = roles.task is Task.REGRESSION
        has_range = self._of_numbers or roles.width > 1
        self._ranged = {at: frozenset(model.columns) for at, model in enumerate(roles.models) if has_range}
        self._batching = Batching(roles)
        self._sums = RowSums(source, roles, normalize=normalize)

    def checked(self, block: Block) -> Checked:
        """Return the rows of `block` that count, and what became of all of them.

        Raises
        ------
        WrongRowsError
            A missing or infinite cell, an unknown label, a prediction that cannot be what it is said to be, a negative
            weight, probabilities that do not sum to 1.
        """
        batch = self._batching.batch(block)
        missing, incomplete = self._incomplete(block, self._complete(batch))
        weightless = self._weightless(block)
        self._check_labels(block)
        dropped = incomplete | weightless
        self._check_range(block, batch)
        if dropped.any():
            batch = batch.take(np.flatnonzero(~dropped))
        batch, off_sums = self._sums.checked(batch)
        counts = Counts(
            n=len(batch),
            n_dropped=int(np.count_nonzero(incomplete)),
            missing=missing,
            zero_weight=int(np.count_nonzero(weightless & ~incomplete)),
            off_sums=off_sums,
        )
        return Checked(batch=batch, counts=counts)

    def nothing_left(self, counts: Counts) -> InputError:
        """Return the error for a data set of which no row counts."""
        if counts.zero_weight and not counts.n_dropped:
            hint = "name another column with --weight, or none"
            return InputError(f"{self._source.label}: all weights are zero", hint)
        return InputError(
            f"{self._source.label}: every row has a missing cell or no weight, so nothing is left",
            "name other columns with --target and --pred",
        )

    def _complete(self, batch: Batch) -> frozenset[str]:
        """Return the columns in which all is finite, as extremes tell that are mostly wanted anyway."""
        complete = frozenset[str]()
        if self._of_numbers and _is_finite(batch.target_range()):
            complete |= frozenset(self._roles.target)
        for number, columns in self._ranged.items():
            if _is_finite(batch.prediction_range(number)):
                complete |= columns
        return complete

    def _incomplete(self, block: Block, complete: frozenset[str]) -> tuple[dict[str, int], BoolArray]:
        """Return the missing cells by column, and which rows have one, shape (n,) or () where none has.

        Columns that are `complete` have none.
        """
        missing: dict[str, int] = {}
        incomplete = np.zeros((), dtype=np.bool_)
        for column in self._columns:
            if column in complete:
                continue
            values = block.columns[column]
            if np.isfinite(np.sum(values)):
                continue
            if not self._may_be_infinite(column) and np.isinf(values).any():
                raise self._cell_error(column, np.isinf, "infinite value {text}", "predict and observe finite numbers")
            lacking = np.isnan(values)
            if lacking.any():
                if self._missing is Missing.ERROR:
                    hint = "--missing drop leaves such rows out of every model and counts them"
                    raise self._cell_error(column, np.isnan, "missing value", hint)
                missing[column] = int(np.count_nonzero(lacking))
                incomplete = incomplete | (lacking if lacking.ndim == 1 else lacking.any(axis=1))
        return missing, incomplete

    def _may_be_infinite(self, column: str) -> bool:
        return self._roles.form in UNBOUNDED_FORMS and column in self._roles.predictions

    def _weightless(self, block: Block) -> BoolArray:
        """Return which rows weigh nothing, shape (n,) or () where there are no weights."""
        if self._roles.weight is None:
            return np.zeros((), dtype=np.bool_)
        weight = block.columns[self._roles.weight]
        if (weight < 0).any():
            hint = "a weight says how often its row counts: 0 or more"
            raise self._cell_error(self._roles.weight, _negative, "negative weight {text}", hint)
        weightless: BoolArray = weight == 0
        return weightless

    def _check_labels(self, block: Block) -> None:
        roles = self._roles
        for column in roles.named:
            if (block.columns[column] == UNKNOWN_LABEL).any():
                hint = f"the classes are {listed(roles.classes)}; --classes names them all"
                raise self._cell_error(column, _unknown, "label {text} is none of the classes", hint)
        decisions = (*roles.target, *(roles.predictions if roles.form is Form.LABEL else ()))
        if roles.task is Task.MULTILABEL:
            self._check_codes(block, decisions, (0.0, 1.0), "0 or 1", "a label is there (1) or not (0)")
        elif roles.coding in _CODES:
            codes, spoken, hint = _CODES[roles.coding]
            self._check_codes(block, decisions, codes, f"{spoken} as in the first rows", hint)
        elif roles.coding is Coding.SOFT:
            values = block.columns[roles.target[0]]
            if _outside_unit(values).any():
                problem = "expected a label from 0 to 1, got {text}"
                raise self._cell_error(roles.target[0], _outside_unit, problem, "say what is meant with --task")

    def _check_range(self, block: Block, batch: Batch) -> None:
        if self._range is None:
            return
        for number, model in enumerate(self._roles.models):
            if self._range.domain.covers(*batch.prediction_range(number)):
                continue
            for column in model.columns:
                if self._range.is_bad(block.columns[column]).any():
                    problem = f"expected {self._range.spoken}, got {{text}}"
                    raise self._cell_error(column, self._range.is_bad, problem, self._range.hint)

    def _check_codes(
        self, block: Block, columns: tuple[str, ...], codes: tuple[float, ...], spoken: str, hint: str
    ) -> None:
        is_bad = _none_of(codes)
        for column in columns:
            if is_bad(block.columns[column]).any():
                raise self._cell_error(column, is_bad, f"expected {spoken}, got {{text}}", hint)

    def _cell_error(
        self, column: str, is_bad: Callable[[FloatArray], BoolArray], problem: str, hint: str
    ) -> WrongRowsError:
        def told() -> InputError:
            labels = {column: self._labels[column]} if column in self._labels else {}
            lists = [column] if column in self._roles.lists else []
            count, cells = self._source.first_cells(column, is_bad, labels=labels, lists=lists)
            name = self._source.column_name(column)
            return cell_error(name, count, cells, problem.format(text=quoted(cells[0].text)), hint)

        return WrongRowsError(told)


def _is_finite(extremes: tuple[float, float]) -> bool:
    return all(map(math.isfinite, extremes))


def _negative(values: FloatArray) -> BoolArray:
    below: BoolArray = values < 0
    return below


def _unknown(values: FloatArray) -> BoolArray:
    unknown: BoolArray = values == UNKNOWN_LABEL
    return unknown


def _outside_unit(values: FloatArray) -> BoolArray:
    outside: BoolArray = (values < 0) | (values > 1)
    return outside


def _none_of(codes: tuple[float, ...]) -> Callable[[FloatArray], BoolArray]:
    def is_bad(values: FloatArray) -> BoolArray:
        other: BoolArray = ~np.isin(values, codes) & ~np.isnan(values)
        return other

    return is_bad
