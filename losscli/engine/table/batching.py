"""From columns of blocks, each in its role, to batches of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from losscli.arrays import Form, Truth
from losscli.engine.folds.batch import Batch
from losscli.engine.table.roles import Coding
from losscli.engine.table.room import Room

if TYPE_CHECKING:
    from losscli.arrays import FloatArray, IntArray
    from losscli.engine.files.block import Block
    from losscli.engine.table.roles import Roles

UNKNOWN_LABEL = -1.0


class Batching:
    """Makes batches of blocks, in any thread; of cells that are missing or wrong too, for `Check` to find.

    Parameters
    ----------
    roles
        What the columns are.
    """

    def __init__(self, roles: Roles) -> None:
        self._roles = roles
        ranks = None if roles.units is None else roles.units.ranks
        self._periods: IntArray | None = None if ranks is None else np.array(ranks)
        self._room = Room()

    def batch(self, block: Block) -> Batch:
        """Return all rows of a block."""
        return Batch(
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


def _class_numbers(values: FloatArray) -> FloatArray:
    numbers: FloatArray = np.where(np.isnan(values), UNKNOWN_LABEL, values).astype(np.int64)
    return numbers
