"""Whether rows of probabilities sum to 1: a small difference is rounding, a large one is another thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from losscli.arrays import Form, Task, Truth
from losscli.engine.table.wrong_rows import WrongRowsError
from losscli.errors import InputError

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.engine.files.row_source import RowSource
    from losscli.engine.folds.batch import Batch
    from losscli.engine.table.roles import Roles

# Beyond the first a sum is worth a notice (float32 and rounded text leave that much), beyond the second an error.
NOTED = 1e-6
REFUSED = 1e-3
_DISTRIBUTIONS = frozenset({Task.MULTICLASS, Task.DISTRIBUTION})


class RowSums:
    """Checks the sums of rows of probabilities, of predictions and of targets; divides by them where asked to."""

    def __init__(self, source: RowSource, roles: Roles, *, normalize: bool) -> None:
        self._source = source
        self._normalize = normalize
        self._of_predictions = roles.task in _DISTRIBUTIONS and roles.form is Form.PROBABILITY and roles.width > 1
        self._of_targets = roles.task in _DISTRIBUTIONS and roles.truth is Truth.ROWS

    def checked(self, batch: Batch) -> tuple[Batch, tuple[int, float]]:
        """Return the batch, divided by its sums if need be; how many of its rows are off 1, and by how much at most.

        Raises
        ------
        WrongRowsError
            A sum is off by more than rounding; it names the worst row of the batch.
        """
        if not (self._of_targets or self._of_predictions):
            return batch, (0, 0.0)
        off = np.zeros(len(batch))
        if self._of_targets:
            targets = self._rows(batch, batch.y_true, "targets", off)
            batch = batch if targets is batch.y_true else batch.changed(y_true=targets)
        if self._of_predictions:
            rows = tuple(self._rows(batch, predicted, "probabilities", off) for predicted in batch.y_pred)
            same = all(row is predicted for row, predicted in zip(rows, batch.y_pred, strict=True))
            batch = batch if same else batch.changed(y_pred=rows)
        noted = off > NOTED
        return batch, (int(np.count_nonzero(noted)), float(np.max(off, initial=0.0, where=noted)))

    def _rows(self, batch: Batch, rows: FloatArray, what: str, most: FloatArray) -> FloatArray:
        """Return the rows, divided where that is wanted; `most`, shape (n,), grows to how far each is off 1."""
        sums = rows.sum(axis=1)
        off = np.abs(sums - 1)
        np.maximum(most, off, out=most)
        if not (off > NOTED).any():
            return rows
        worst = int(np.argmax(off))
        if self._normalize:
            if (sums > 0).all():
                normal: FloatArray = rows / sums[:, np.newaxis]
                return normal
            bad = int(np.argmin(sums))
            problem = f"the {what} sum to {sums[bad]:.6g}, so --normalize cannot divide by it"
            raise self._error(batch, bad, problem, "mend the row, or leave it out with --where")
        if off[worst] > REFUSED:
            count = int(np.count_nonzero(off > REFUSED))
            more = f" (and {count - 1} more of the rows beside it are off)" if count > 1 else ""
            problem = f"the {what} sum to {sums[worst]:.6g}, not 1{more}"
            hint = "--normalize divides each row by its sum; logits go with --pred-form logit"
            raise self._error(batch, worst, problem, hint)
        return rows

    def _error(self, batch: Batch, row: int, problem: str, hint: str) -> WrongRowsError:
        record = int(batch.records(np.array([row]))[0])

        def told() -> InputError:
            (place,) = self._source.place([record])
            return InputError(f"{place}: {problem}", hint)

        return WrongRowsError(told)
