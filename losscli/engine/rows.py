"""The rows of a data set, checked once: what every fold goes over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from losscli.engine.batch import Batch
from losscli.engine.cell_error import cell_error
from losscli.engine.fold import fold
from losscli.engine.question import answer
from losscli.errors import InputError
from losscli.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from losscli.arrays import BoolArray, FloatArray
    from losscli.engine.block import Block
    from losscli.engine.columns import Roles
    from losscli.engine.question import Question
    from losscli.engine.source import Source

R = TypeVar("R")

BYTES_PER_VALUE = 8


class Missing(StrEnum):
    """What is done with rows in which a cell is missing."""

    ERROR = "error"
    DROP = "drop"


@dataclass(frozen=True, kw_only=True)
class Counts:
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
    """

    n: int = 0
    n_dropped: int = 0
    missing: dict[str, int]
    zero_weight: int = 0


class Rows:
    """Checked batches of the columns that play a role, in file order, as often as they are asked for.

    Parameters
    ----------
    source, roles
        Where rows come from and which columns are read.
    missing
        Whether a missing cell is an error or its row is left out, for all models alike.
    memory
        Bytes that kept batches may take. Beyond it the source is read again for each fold; no digit depends on it.
    threads
        Workers that fold.
    """

    def __init__(self, source: Source, roles: Roles, *, missing: Missing, memory: int, threads: int) -> None:
        self.source = source
        self.roles = roles
        self.missing = missing
        self.memory = memory
        self.threads = threads
        self.counts: Counts | None = None
        self._kept: list[Batch] | None = None

    def answer(self, question: Question[R]) -> R:
        """Return the result of a question to these rows, each round of which is one fold."""
        # What the fold's workers ignore is ignored between the folds too: a best constant may have an infinite loss.
        with np.errstate(all="ignore"):
            return answer(question, lambda wanted: fold(self, wanted, self.threads))

    def __iter__(self) -> Iterator[Batch]:
        """Yield the batches, with fresh memos.

        Raises
        ------
        InputError
            A missing or infinite cell, a negative weight, or no row that counts.
        """
        if self._kept is not None:
            for batch in self._kept:
                yield replace(batch, memo={})
            return
        kept: list[Batch] | None = []
        size = 0
        tally = _Tally()
        for block in self.source.blocks(self.roles.columns):
            batch = self._checked(block, tally)
            if len(batch) == 0:
                continue
            size += BYTES_PER_VALUE * len(batch) * len(self.roles.columns)
            if kept is not None and size <= self.memory:
                kept.append(replace(batch, memo={}))
            else:
                kept = None
            yield batch
        if tally.n == 0:
            raise self._nothing_left(tally)
        self.counts = Counts(
            n=tally.n, n_dropped=tally.n_dropped, missing=dict(tally.missing), zero_weight=tally.zero_weight
        )
        self._kept = kept

    def _checked(self, block: Block, tally: _Tally) -> Batch:
        incomplete = self._incomplete(block, tally)
        weightless = self._weightless(block)
        tally.n_dropped += int(np.count_nonzero(incomplete))
        tally.zero_weight += int(np.count_nonzero(weightless & ~incomplete))
        dropped = incomplete | weightless
        batch = Batch(
            y_true=block.columns[self.roles.target],
            y_pred=tuple(block.columns[column] for column in self.roles.predictions),
            weight=None if self.roles.weight is None else block.columns[self.roles.weight],
            part=block.part,
            first_row=block.first_row,
            rows=block.rows,
        )
        if dropped.any():
            batch = batch.take(np.flatnonzero(~dropped))
        tally.n += len(batch)
        return batch

    def _incomplete(self, block: Block, tally: _Tally) -> BoolArray:
        """Return which rows have a missing cell, shape (n,) or () where none has."""
        incomplete = np.zeros((), dtype=np.bool_)
        for column in self.roles.columns:
            values = block.columns[column]
            if np.isfinite(np.sum(values)):
                continue
            if np.isinf(values).any():
                raise self._cell_error(column, np.isinf, "infinite value {text}", "predict and observe finite numbers")
            lacking = np.isnan(values)
            if lacking.any():
                if self.missing is Missing.ERROR:
                    hint = "--missing drop leaves such rows out of every model and counts them"
                    raise self._cell_error(column, np.isnan, "missing value", hint)
                tally.missing[column] = tally.missing.get(column, 0) + int(np.count_nonzero(lacking))
                incomplete = incomplete | lacking
        return incomplete

    def _weightless(self, block: Block) -> BoolArray:
        """Return which rows weigh nothing, shape (n,) or () where there are no weights."""
        if self.roles.weight is None:
            return np.zeros((), dtype=np.bool_)
        weight = block.columns[self.roles.weight]
        if (weight < 0).any():
            hint = "a weight says how often its row counts: 0 or more"
            raise self._cell_error(self.roles.weight, _negative, "negative weight {text}", hint)
        weightless: BoolArray = weight == 0
        return weightless

    def _cell_error(
        self, column: str, is_bad: Callable[[FloatArray], BoolArray], problem: str, hint: str
    ) -> InputError:
        count, cells = self.source.first_cells(column, is_bad)
        return cell_error(column, count, cells, problem.format(text=quoted(cells[0].text)), hint)

    def _nothing_left(self, tally: _Tally) -> InputError:
        if tally.zero_weight and not tally.n_dropped:
            return InputError(
                f"{self.source.label}: all weights are zero", "name another column with --weight, or none"
            )
        return InputError(
            f"{self.source.label}: every row has a missing cell or no weight, so nothing is left",
            "name other columns with --target and --pred",
        )


class _Tally:
    """Counts while rows are read."""

    def __init__(self) -> None:
        self.n = 0
        self.n_dropped = 0
        self.zero_weight = 0
        self.missing: dict[str, int] = {}


def _negative(values: FloatArray) -> BoolArray:
    below: BoolArray = values < 0
    return below
