"""From blocks as they are read to batches of checked rows: what is wrong with a cell is said here and nowhere else."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from losscli.arrays import Form, Task, Truth
from losscli.engine.files.cell_error import cell_error
from losscli.engine.folds.batch import Batch
from losscli.engine.table.form_range import form_range
from losscli.engine.table.roles import Coding
from losscli.engine.table.room import Room
from losscli.engine.table.sums import RowSums
from losscli.engine.table.wrong_rows import WrongRowsError
from losscli.errors import InputError
from losscli.text import listed, quoted

if TYPE_CHECKING:
    from losscli.arrays import BoolArray, FloatArray, IntArray
    from losscli.engine.files.block import Block
    from losscli.engine.files.row_source import RowSource
    from losscli.engine.table.roles import Roles

UNKNOWN_LABEL = -1.0
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


class Counts(Struct, frozen=True, kw_only=True):
    """What became of the rows that were read.

    Attributes
    ----------
    n
        Rows that count.
    n_dropped
        Rows left out because a cell is missing.
    missing
        Missing cells by column.
    zero_weight
        Rows left out because their weight is 0.
    off_sums
        Rows whose probabilities do not sum to 1 to 1e-6, and by how much at most.
    """

    n: int
    n_dropped: int
    missing: dict[str, int]
    zero_weight: int
    off_sums: tuple[int, float]

    def and_then(self, later: Counts) -> Counts:
        """Return the counts of these rows and of later ones."""
        missing = {column: self.missing.get(column, 0) + count for column, count in later.missing.items()}
        return Counts(
            n=self.n + later.n,
            n_dropped=self.n_dropped + later.n_dropped,
            missing=self.missing | missing,
            zero_weight=self.zero_weight + later.zero_weight,
            off_sums=(self.off_sums[0] + later.off_sums[0], max(self.off_sums[1], later.off_sums[1])),
        )


NO_ROWS = Counts(n=0, n_dropped=0, missing={}, zero_weight=0, off_sums=(0, 0.0))


class Checked(Struct, frozen=True, kw_only=True):
    """The rows of a block that count, and what became of all of them."""

    batch: Batch
    counts: Counts


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
        self._labels = dict.fromkeys(roles.named, roles.classes)
        self._periods: IntArray | None = None
        if roles.units is not None:
            self._labels[roles.units.column] = roles.units.key.labels
            self._periods = None if roles.units.ranks is None else np.array(roles.units.ranks)
        self._columns = roles.columns
        self._of_numbers = roles.task is Task.REGRESSION
        has_range = self._of_numbers or roles.width > 1
        self._ranged = {at: frozenset(model.columns) for at, model in enumerate(roles.models) if has_range}
        self._room = Room()
        self._sums = RowSums(source, roles, normalize=normalize)

    def checked(self, block: Block) -> Checked:
        """Return the rows of `block` that count, and what became of all of them.

        Raises
        ------
        WrongRowsError
            A missing or infinite cell, an unknown label, a prediction that cannot be what it is said to be, a negative
            weight, probabilities that do not sum to 1.
        """
        batch = Batch(
            y_true=self._target(block),
            y_pred=tuple(self._predictions(block, model.columns, listed=model.listed) for model in self._roles.models),
            weight=None if self._roles.weight is None else block.columns[self._roles.weight],
            first_row=block.first_row,
            rows=block.rows,
            group=self._groups(block) if self._roles.by else None,
            along=None if self._roles.along is None else block.columns[self._roles.along],
            unit=None if self._roles.units is None else self._units(block.columns[self._roles.units.column]),
            in_time=self._roles.units is not None and self._roles.units.in_time,
        )
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

    def _target(self, block: Block) -> FloatArray:
        roles = self._roles
        if roles.truth is Truth.ROWS:
            return self._side_by_side(block, roles.target)
        values = block.columns[roles.target[0]]
        return _class_numbers(values) if roles.truth is Truth.CODE else self._decoded(values)

    def _predictions(self, block: Block, columns: tuple[str, ...], *, listed: bool) -> FloatArray:
        roles = self._roles
        if listed:
            return np.asfortranarray(block.columns[columns[0]])
        if len(columns) > 1:
            return self._side_by_side(block, columns)
        values = block.columns[columns[0]]
        if roles.models_named:
            return _class_numbers(values)
        return self._decoded(values) if roles.form is Form.LABEL else values

    def _side_by_side(self, block: Block, columns: tuple[str, ...]) -> FloatArray:
        return self._room.rows([block.columns[column] for column in columns])

    def _groups(self, block: Block) -> IntArray:
        """Return the number of each row's group."""
        first, *others = self._roles.by
        numbers = np.nan_to_num(block.columns[first.column], nan=len(first.labels)).astype(np.int64)
        for key in others:
            digits = np.nan_to_num(block.columns[key.column], nan=len(key.labels))
            numbers = numbers * key.size + digits.astype(np.int64)
        return numbers

    def _units(self, numbers: FloatArray) -> IntArray:
        """Return the number of each row's cluster or period; any for a missing cell, whose row is left out."""
        units: IntArray = np.nan_to_num(numbers).astype(np.int64)
        return units if self._periods is None else self._periods[units]

    def _decoded(self, values: FloatArray) -> FloatArray:
        return (values + 1) / 2 if self._roles.coding is Coding.SIGNED else values

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


def _class_numbers(values: FloatArray) -> FloatArray:
    numbers: FloatArray = np.where(np.isnan(values), UNKNOWN_LABEL, values).astype(np.int64)
    return numbers


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
