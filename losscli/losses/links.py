"""From what a model says to probabilities: the links of each encoding of a prediction."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from losscli.arrays import Form, Task
from losscli.losses.many_classes import softmax
from losscli.losses.two_classes import sigmoid

if TYPE_CHECKING:
    from losscli.arrays import FloatArray


def _as_is(y_pred: FloatArray) -> FloatArray:
    return y_pred


def _exp(y_pred: FloatArray) -> FloatArray:
    probability: FloatArray = np.exp(y_pred)
    return probability


_BY_FORM: dict[Form, Callable[[FloatArray], FloatArray]] = {Form.PROBABILITY: _as_is, Form.LOG_PROBABILITY: _exp}
_OF_EACH = frozenset({Task.BINARY, Task.MULTILABEL})  # each number is a probability of its own


def to_probability(task: Task, form: Form) -> Callable[[FloatArray], FloatArray] | None:
    """Return the function from predictions to probabilities of the same shape; None where there is none.

    The function never writes to its argument and may return it. Margins, scores and the numbers of classes are no
    probabilities; a binary label counts as the probability 0 or 1.
    """
    if task is Task.REGRESSION:
        return None
    if form is Form.LOGIT:
        return sigmoid if task in _OF_EACH else softmax
    if form is Form.LABEL:
        return _as_is if task in _OF_EACH else None
    return _BY_FORM.get(form)
