"""Rows as the engine sees them, without any file: batches of read-only arrays, and questions put to them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct
from msgspec.structs import asdict

from losscli.arrays import Form, Task
from losscli.engine.folds.batch import Batch
from losscli.engine.folds.fold import fold
from losscli.engine.folds.question import Answers, Question, Wanted, answer
from losscli.engine.folds.summary import Summary
from losscli.engine.table.rows import BLOCK_VALUES
from losscli.losses import parse

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.losses.bound import BoundKernel

BATCH_ROWS = BLOCK_VALUES
REORDERED = 1e-12  # relative: sums of a few dozen terms in another order


def batches(
    y_true, *y_pred, weight=None, rows: int | Sequence[int] = BATCH_ROWS, unit=None, in_time=False
) -> list[Batch]:
    """Return the rows in batches of `rows` rows, or cut at the positions `rows`; predictions default to zeros.

    `unit` is the number of each row's cluster, or of its period where they are `in_time`.
    """
    columns = [np.array(column, dtype=np.float64) for column in (y_true, *(y_pred or [np.zeros(len(y_true))]))]
    weights = None if weight is None else np.array(weight, dtype=np.float64)
    for column in (*columns, *([] if weights is None else [weights])):
        column.flags.writeable = False
    cuts = range(rows, len(y_true), rows) if isinstance(rows, int) else rows
    edges = [0, *cuts, len(y_true)]
    return [
        Batch(
            y_true=columns[0][start:stop],
            y_pred=tuple(column[start:stop] for column in columns[1:]),
            weight=None if weights is None else weights[start:stop],
            first_row=start,
            unit=None if unit is None else np.array(unit, dtype=np.int64)[start:stop],
            in_time=in_time,
        )
        for start, stop in pairwise(edges)
        if start < stop
    ]


class Reader:
    """Answers questions over batches, and keeps what was wanted in each round."""

    def __init__(self, rows: list[Batch], threads: int = 1) -> None:
        self._rows = rows
        self._threads = threads
        self.rounds: list[Wanted] = []
        self.answers: list[Answers] = []

    def ask(self, question: Question[Any]) -> Any:
        with np.errstate(all="ignore"):
            return answer(question, self._fold)

    def _fold(self, wanted: Wanted) -> Answers:
        self.rounds.append(wanted)
        self.answers.append(fold(self._rows, wanted, self._threads))
        return self.answers[-1]


def kernel(text: str) -> BoundKernel:
    """Return the functions of a loss of a value, spelled as on the command line."""
    found = parse(text).kernel(Task.REGRESSION, Form.VALUE)
    assert found is not None
    return found


def squared_error(values: FloatArray, weight: FloatArray) -> tuple[float, float]:
    """Return the squared standard error of a weighted mean of independent values, and its degrees of freedom.

    The squares of the rows' pulls on the mean are held against what they come to for normal values of variance 1.
    """
    h = weight / weight.sum()
    of_values = h[:, None] * (np.eye(len(h)) - h)  # each pull as a sum of the values
    pulls, eigenvalues = of_values @ values, np.linalg.svd(of_values, compute_uv=False) ** 2
    seen = eigenvalues.sum()
    return float(pulls @ pulls * (h @ h) / seen), float(seen**2 / np.sum(eigenvalues**2))


def uneven(weight: FloatArray) -> tuple[float, float]:
    """Return what weights that differ multiply the squared error by, as if they were alike, and the degrees of it."""
    values, n, h = np.sin(np.arange(len(weight))), len(weight), weight / weight.sum()
    square, degrees = squared_error(values, weight)
    return square / float(np.sum((h * (values - h @ values)) ** 2) * n / (n - 1)), degrees


def bits(thing: Any) -> Any:
    """Return a state or an answer with every number as its bits, so that −0.0, NaN and last digits compare."""
    if isinstance(thing, np.ndarray | np.generic):
        return thing.dtype.str, thing.shape, thing.tobytes()
    if isinstance(thing, float):
        return thing.hex()
    if isinstance(thing, tuple | list):
        return [bits(each) for each in thing]
    if isinstance(thing, Struct):
        return {name: bits(value) for name, value in asdict(thing).items()}
    return thing


def close(one: Any, other: Any) -> bool:
    """Return whether two answers are equal but for the order of their sums."""
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(close(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(close(one[key], other[key]) for key in one)
    if isinstance(one, Summary):
        cubes = REORDERED * np.nan_to_num(one.psi2) ** 1.5  # those of either sign cancel
        without = ({**asdict(each), "psi3": 0.0} for each in (one, other))
        return np.allclose(one.psi3, other.psi3, rtol=REORDERED, atol=cubes, equal_nan=True) and close(*without)
    if isinstance(one, Struct):
        return close(asdict(one), asdict(other))
    if isinstance(one, str | type(None)):
        return one == other
    return bool(np.allclose(one, other, rtol=REORDERED, atol=1e-9, equal_nan=True))  # sums of cubes up to 1e6 cancel
