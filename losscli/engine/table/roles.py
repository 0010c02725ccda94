"""What the columns of a data set mean: the answer of detection, which every row is then held to."""

from __future__ import annotations

from enum import StrEnum
from math import prod
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from losscli.arrays import Form, Task, Truth
from losscli.engine.files.names import MODEL_PREFIX

if TYPE_CHECKING:
    from losscli.arrays import IntArray


class Coding(StrEnum):
    """How the cells of a binary target say 1 and 0."""

    ZERO_ONE = "zero-one"  # 1 and 0
    SOFT = "soft"  # anything from 0 to 1
    SIGNED = "signed"  # 1 and −1
    NAMED = "named"  # the positive label and the other


class Model(Struct, frozen=True, kw_only=True):
    """A model: its name, and its column, its column for each class, or its one list column."""

    name: str
    columns: tuple[str, ...]
    listed: bool = False


class Key(Struct, frozen=True, kw_only=True):
    """A column whose cells name the group of a row, and all names that it holds; a missing cell is a name more."""

    column: str
    labels: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many groups it tells apart: the names, and the missing cells."""
        return len(self.labels) + 1

    def name(self, number: int) -> str | None:
        """Return the name that a number stands for; None for that of missing cells, the last."""
        return self.labels[number] if number < len(self.labels) else None


class Units(Struct, frozen=True, kw_only=True):
    """The column of the clusters, or of the times, of rows that depend on one another.

    Attributes
    ----------
    key
        The column and all that its cells say, times in their order.
    ranks
        The number of the period that each time is, the same for two spellings of one; None for clusters.
    """

    key: Key
    ranks: tuple[int, ...] | None = None

    @property
    def column(self) -> str:
        """The column."""
        return self.key.column

    @property
    def size(self) -> int:
        """How many there may be."""
        return len(self.key.labels)

    @property
    def in_time(self) -> bool:
        """Whether they are periods, which follow one another."""
        return self.ranks is not None


class Roles(Struct, frozen=True, kw_only=True):
    """The columns that are read, and what they are.

    Attributes
    ----------
    target
        The target column, or one for each class.
    models
        The models, each with its columns.
    weight
        The column of weights, or None.
    task, form, truth
        What is predicted, and how prediction and target are encoded.
    classes
        The names of the classes, in the order of the prediction's numbers; of a binary target the negative label and
        the positive one; empty where there are none.
    coding
        How a binary target is written; None for another task.
    target_named, models_named
        Whether target and predictions hold labels, which are read as the number of their class.
    like_labels
        Whether numbers were taken for quantities that may be class labels.
    by
        The columns that group rows; the number of a group has one digit for each, the first column's foremost.
    along
        A column of numbers that rows may be sorted by, or None.
    units
        The column of clusters or times; None where each row is drawn by itself.
    """

    target: tuple[str, ...]
    models: tuple[Model, ...]
    weight: str | None
    task: Task = Task.REGRESSION
    form: Form = Form.VALUE
    truth: Truth = Truth.SCALAR
    classes: tuple[str, ...] = ()
    coding: Coding | None = None
    target_named: bool = False
    models_named: bool = False
    like_labels: bool = False
    by: tuple[Key, ...] = ()
    along: str | None = None
    units: Units | None = None

    @property
    def positive(self) -> str | None:
        """The positive label of a binary target, None for another task."""
        return self.classes[1] if self.task is Task.BINARY and self.classes else None

    @property
    def predictions(self) -> tuple[str, ...]:
        """All prediction columns, in the order of the models."""
        return tuple(column for model in self.models for column in model.columns)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that must have a value in every row, each once: target, predictions, weight, `along`, `units`."""
        unit = None if self.units is None else self.units.column
        further = [column for column in (self.weight, self.along, unit) if column is not None]
        return tuple(dict.fromkeys([*self.target, *self.predictions, *further]))

    @property
    def read(self) -> tuple[str, ...]:
        """All columns that are read, each once: those that must have a value, and those that group rows."""
        return (*self.columns, *(key.column for key in self.by))

    @property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """The labels of each column that holds some."""
        keys = [*self.by, *([] if self.units is None else [self.units.key])]
        return dict.fromkeys(self.named, self.classes) | {key.column: key.labels for key in keys}

    @property
    def groups(self) -> int:
        """How many groups the columns of `by` can tell apart."""
        return prod(key.size for key in self.by)

    def group_names(self, number: int) -> tuple[str | None, ...]:
        """Return the names of one group, as `names_of_groups`."""
        return self.names_of_groups(np.array([number]))[0]

    def names_of_groups(self, numbers: IntArray) -> list[tuple[str | None, ...]]:
        """Return the names of groups, one for each column of `by`; None for a missing cell."""
        names: list[list[str | None]] = []
        for key in reversed(self.by):
            numbers, digits = np.divmod(numbers, key.size)
            names.append([key.name(digit) for digit in digits.tolist()])
        return list(zip(*reversed(names), strict=True))

    @property
    def named(self) -> tuple[str, ...]:
        """The columns that hold labels."""
        return (self.target if self.target_named else ()) + (self.predictions if self.models_named else ())

    @property
    def lists(self) -> tuple[str, ...]:
        """The columns that hold a list of numbers a row."""
        return tuple(column for model in self.models if model.listed for column in model.columns)

    @property
    def width(self) -> int:
        """How many numbers a prediction has: the number of classes, or 1."""
        wide = self.truth is Truth.ROWS or (self.task is Task.MULTICLASS and self.form is not Form.LABEL)
        return len(self.classes) if wide else 1


def scalar_models(columns: tuple[str, ...]) -> tuple[Model, ...]:
    """Return a model for each column, without the prefix "pred_" in its name where all have it."""
    prefixed = all(name.lower().startswith(MODEL_PREFIX) and len(name) > len(MODEL_PREFIX) for name in columns)
    return tuple(Model(name=name[len(MODEL_PREFIX) :] if prefixed else name, columns=(name,)) for name in columns)
