"""A loss in numbers: a row that gets worse, beside other losses of the same predictions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct

from losscli import losses
from losscli.arrays import Form, Task, Truth
from losscli.losses.defaults import DEFAULTS
from losscli.result import Column, Kind, Section, Sentence, Table

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.losses.bound import BoundKernel, BoundLoss
    from losscli.losses.record import Encoding

MOST_BESIDE = 2


class Shown(Struct, frozen=True, kw_only=True):
    """Rows that get worse: the number that tells them apart, and the target and prediction that it stands for.

    `rows` gives of the numbers (n,) a target and predictions as a kernel takes them, (n,) or (n, k); the gradient
    is shown in the first of k numbers, as `note` says.
    """

    title: str
    header: str
    numbers: tuple[float, ...]
    rows: Callable[[FloatArray], tuple[Any, FloatArray]]
    note: str = ""


_PROBABILITIES = (0.99, 0.9, 0.5, 0.1, 0.001)
_TARGET = 100.0


def _errors(e: FloatArray) -> tuple[FloatArray, FloatArray]:
    y_true = np.full(len(e), _TARGET)
    return y_true, y_true + e


def _positive(p: FloatArray) -> tuple[FloatArray, FloatArray]:
    return np.ones(len(p)), p


def _of_three(p: FloatArray) -> FloatArray:
    return np.stack([p, (1 - p) * 2 / 3, (1 - p) / 3], axis=1)


def _three_classes(p: FloatArray) -> tuple[Any, FloatArray]:
    return np.zeros(len(p), dtype=np.int64), _of_three(p)


def _three_logs(p: FloatArray) -> tuple[Any, FloatArray]:
    return np.zeros(len(p), dtype=np.int64), np.log(_of_three(p))


def _three_labels(p: FloatArray) -> tuple[FloatArray, FloatArray]:
    return np.tile([1.0, 0.0, 0.0], (len(p), 1)), np.stack([p, np.full(len(p), 0.1), np.full(len(p), 0.1)], axis=1)


def _three_label_logits(p: FloatArray) -> tuple[FloatArray, FloatArray]:
    y_true, y_pred = _three_labels(p)
    return y_true, np.log(y_pred / (1 - y_pred))


def _two_shares(p: FloatArray) -> tuple[FloatArray, FloatArray]:
    return np.full((len(p), 2), 0.5), np.stack([p, 1 - p], axis=1)


_CLASSES = "one row of three classes, as the probability of the true one falls"
_OF_CLASSES = "the other two classes get 2/3 and 1/3 of the rest; the gradient is that in the {} of the true class"
_LABELS = "one row of three labels, as the probability of the one that is there falls"
_OF_LABELS = "the other two get 0.1, rightly; the gradient is that in the {} of the first"
_SHOWN = {
    (Task.REGRESSION, Form.VALUE): Shown(
        title=f"one row, as its error grows (target {_TARGET:g}, predicted too high)",
        header="error",
        numbers=(0.1, 1.0, 10.0, 1000.0),
        rows=_errors,
    ),
    (Task.BINARY, Form.PROBABILITY): Shown(
        title="one row, as the probability of what happened falls (target 1)",
        header="probability",
        numbers=_PROBABILITIES,
        rows=_positive,
    ),
    (Task.BINARY, Form.LOGIT): Shown(
        title="one row, as the logit of what happened falls (target 1)",
        header="logit",
        numbers=(5.0, 2.0, 0.0, -2.0, -7.0),
        rows=_positive,
    ),
    (Task.BINARY, Form.MARGIN): Shown(
        title="one row, as its score falls from the right side to the wrong one (target 1)",
        header="score",
        numbers=(2.0, 1.0, 0.5, 0.0, -1.0, -2.0),
        rows=_positive,
    ),
    (Task.MULTICLASS, Form.PROBABILITY): Shown(
        title=_CLASSES,
        note=_OF_CLASSES.format("probability"),
        header="probability",
        numbers=_PROBABILITIES,
        rows=_three_classes,
    ),
    (Task.MULTICLASS, Form.LOGIT): Shown(
        title=_CLASSES, note=_OF_CLASSES.format("logit"), header="probability", numbers=_PROBABILITIES, rows=_three_logs
    ),
    (Task.MULTICLASS, Form.LOG_PROBABILITY): Shown(
        title=_CLASSES,
        note=_OF_CLASSES.format("logarithm"),
        header="probability",
        numbers=_PROBABILITIES,
        rows=_three_logs,
    ),
    (Task.MULTILABEL, Form.PROBABILITY): Shown(
        title=_LABELS,
        note=_OF_LABELS.format("probability"),
        header="probability",
        numbers=_PROBABILITIES,
        rows=_three_labels,
    ),
    (Task.MULTILABEL, Form.LOGIT): Shown(
        title=_LABELS,
        note=_OF_LABELS.format("logit"),
        header="probability",
        numbers=_PROBABILITIES,
        rows=_three_label_logits,
    ),
    (Task.DISTRIBUTION, Form.PROBABILITY): Shown(
        title="one row of two shares, as the first is overstated (target 0.5 and 0.5)",
        note="the gradient is that in the first share",
        header="first share",
        numbers=(0.5, 0.6, 0.9, 0.99, 0.999),
        rows=_two_shares,
    ),
}


def side_by_side(bound: BoundLoss, *notes: str) -> Section | None:
    """Return loss and gradient of a row that gets worse, beside the default losses: why they disagree.

    `notes` are said below. None for predictions of which there is little to show, such as labels.
    """
    usual = bound.loss.encodings[0]
    shown = _SHOWN.get((usual.task, usual.form))
    if shown is None:
        return None
    y_true, y_pred = shown.rows(np.array(shown.numbers))
    columns = [Column(key="number", header=shown.header, kind=Kind.NUMBER)]
    cells: list[list[float]] = [list(shown.numbers)]
    for rank, (label, kernel) in enumerate(_together(bound, usual)):
        columns += [
            Column(key=label, header=label, kind=Kind.NUMBER, rank=rank),
            Column(key=f"{label}_gradient", header="gradient", kind=Kind.NUMBER, rank=rank),
        ]
        slope = kernel.gradient(y_true, y_pred)
        cells += [kernel.per_row(y_true, y_pred).tolist(), (slope[:, 0] if slope.ndim > 1 else slope).tolist()]
    table = Table(columns=tuple(columns), rows=tuple(zip(*cells, strict=True)))
    said = tuple(Sentence(text=note) for note in (*notes, shown.note) if note)
    return Section(title=shown.title, table=table, sentences=said)


def _together(bound: BoundLoss, usual: Encoding) -> list[tuple[str, BoundKernel]]:
    """Return the loss and a few default losses of its predictions, each by its label; none has another's rows."""
    truth = Truth.CODE if usual.task is Task.MULTICLASS else usual.truth
    found: list[tuple[str, BoundKernel]] = []
    for each in (bound, *losses.parse_many(DEFAULTS[usual.task, usual.form])):
        kernel = each.kernel(usual.task, usual.form, truth)
        if kernel is not None and all(kernel.key != other.key for _, other in found):
            found.append((each.label, kernel))
    return found[: MOST_BESIDE + 1]
