"""Decisions among many classes: the class with the highest prediction, right or wrong."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from losscli.arrays import Form, Task, Truth
from losscli.losses.many_classes import LOG_PROBABILITY, LOGIT, NO_LOG_PROBABILITIES, class_encodings, picked
from losscli.losses.param import ANY_SCORE, NON_NEGATIVE, UNIT, ParamValue
from losscli.losses.record import Encoding, MeanRowOf

if TYPE_CHECKING:
    from losscli.arrays import BoolArray, FloatArray, IntArray


def _is_shared(y_pred: FloatArray, top: FloatArray) -> BoolArray:
    """Return in which rows several classes have the highest prediction, (n,)."""
    highest = y_pred == top[:, np.newaxis]
    if np.count_nonzero(highest) == len(top):
        return np.zeros(len(top), dtype=np.bool_)
    shared: BoolArray = highest.sum(axis=1) > 1
    return shared


def _wrong(y_true: IntArray, y_pred: FloatArray, **params: ParamValue) -> FloatArray:  # noqa: ARG001
    # to compare with the highest is many times faster than to ask which class has it
    top = y_pred.max(axis=1)
    wrong: BoolArray = picked(y_pred, y_true) != top
    # of several the first decides
    shared = np.flatnonzero(~wrong & _is_shared(y_pred, top))
    wrong[shared] = y_pred[shared].argmax(axis=1) != y_true[shared]
    return wrong.astype(np.float64)


def _wrong_label(y_true: IntArray, y_pred: FloatArray, **params: ParamValue) -> FloatArray:  # noqa: ARG001
    wrong: FloatArray = (y_pred != y_true).astype(np.float64)
    return wrong


def _share_of_others(y_true: FloatArray, y_pred: FloatArray, **params: ParamValue) -> FloatArray:  # noqa: ARG001
    return 1.0 - picked(y_true, y_pred.argmax(axis=1))


def _flat(y_true: IntArray | FloatArray, y_pred: FloatArray, **params: ParamValue) -> FloatArray:  # noqa: ARG001
    return np.zeros(y_pred.shape)


def _tied(y_true: IntArray | FloatArray, y_pred: FloatArray, **params: ParamValue) -> FloatArray:  # noqa: ARG001
    return _is_shared(y_pred, y_pred.max(axis=1)).astype(np.float64)


def _certain(mean: FloatArray, *, other: float, sure: float, **params: ParamValue) -> FloatArray:  # noqa: ARG001
    row = np.full(len(mean), other)
    row[mean.argmax()] = sure
    return row


def _mode(other: float, sure: float) -> MeanRowOf:
    return MeanRowOf(
        words="the most frequent class, the first of several", inverse=partial(_certain, other=other, sure=sure)
    )


def _encodings() -> tuple[Encoding, ...]:
    hints = {
        Form.PROBABILITY: "these look like logits: add --pred-form logit",
        Form.LOG_PROBABILITY: NO_LOG_PROBABILITIES,
    }
    by_form = {
        Form.PROBABILITY: (UNIT, 0.0, 1.0),
        Form.LOGIT: (LOGIT, -np.inf, 0.0),
        Form.LOG_PROBABILITY: (LOG_PROBABILITY, -np.inf, 0.0),
        Form.SCORE: (ANY_SCORE, 0.0, 1.0),
    }
    of_rows = tuple(
        encoding
        for form, (y_pred, other, sure) in by_form.items()
        for encoding in class_encodings(
            form,
            y_pred,
            of_code=_wrong,
            of_rows=_share_of_others,
            gradient=_flat,
            hint=hints.get(form),
            tied=_tied,
            optimum=_mode(other, sure),
        )
    )
    of_labels = Encoding(
        task=Task.MULTICLASS,
        form=Form.LABEL,
        truth=Truth.CODE,
        per_row=_wrong_label,
        gradient=_flat,
        y_true=NON_NEGATIVE,
        y_pred=NON_NEGATIVE,
        optimum=_mode(0.0, 1.0),
    )
    return *of_rows, of_labels


CLASS_DECISIONS = tuple(replace(encoding, unused=("threshold",)) for encoding in _encodings())
