"""Losses whose rows hold k numbers or the number of a class: every encoding of every one, and data for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st
from strategies import COSTS, Case, needed

from losscli.arrays import Form, Task, Truth
from losscli.losses import LOSSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from losscli.arrays import FloatArray, IntArray

SIXTEENTHS = 16  # shares are multiples of this part, exact beside the steps of difference quotients
OF_ONE = frozenset({Task.MULTICLASS, Task.DISTRIBUTION})  # tasks whose rows sum to 1


def _cases() -> Iterator[Case]:
    for loss in LOSSES:
        given = needed(loss)
        settings = [given]
        if any(param.name == "label_smoothing" for param in loss.params):
            settings.append({"label_smoothing": 0.25})
        if any(param.name == "half" for param in loss.params):
            settings.append({"half": True})
        for setting in settings:
            bound = loss.bind(setting)
            for encoding in loss.encodings:
                if encoding.truth is not Truth.SCALAR:
                    kernel = bound.kernel(encoding.task, encoding.form, encoding.truth)
                    assert kernel is not None
                    yield Case(bound=bound, kernel=kernel)


ROW_CASES = tuple(_cases())


def decides(case: Case) -> bool:
    """Return whether only the side of a threshold counts, or which class is ahead."""
    return case.loss.name in {"zero_one", "hamming"}


def is_smoothed(case: Case) -> bool:
    return bool(dict(case.bound.params).get("label_smoothing"))


def _shares(k: int, *, positive: bool) -> st.SearchStrategy[list[float]]:
    """Draw k sixteenths that sum to 1."""
    least = 1 if positive else 0
    cuts = st.lists(st.integers(0, SIXTEENTHS - least * k), min_size=k - 1, max_size=k - 1).map(sorted)
    return cuts.map(lambda at: ((np.diff([0, *at, SIXTEENTHS - least * k]) + least) / SIXTEENTHS).tolist())


def _tiny_shares(k: int) -> st.SearchStrategy[list[float]]:
    """Draw k numbers of [0, 1], of any size, of which the last makes the sum 1."""
    sizes = st.lists(st.floats(0.0, 1.0), min_size=k, max_size=k).filter(lambda row: sum(row) > 0.0)
    return sizes.map(lambda row: (np.array(row) / np.sum(row)).tolist())


def _one_hot(k: int) -> st.SearchStrategy[list[float]]:
    return st.sampled_from(np.eye(k).tolist())


def _reals(k: int, *, extreme: bool) -> st.SearchStrategy[list[float]]:
    """Draw k logits or scores: eighths in [−8, 8], or any, of which some may be −inf but not all."""
    if not extreme:
        return st.lists(st.integers(-64, 64).map(lambda i: i / 8), min_size=k, max_size=k)
    some = st.floats(allow_nan=False, max_value=1e308)
    return st.lists(some, min_size=k, max_size=k).filter(lambda row: max(row) > -np.inf)


def _truth(case: Case, k: int, *, inside: bool) -> st.SearchStrategy[list[float] | int]:
    encoding = case.kernel.encoding
    if encoding.truth is Truth.CODE:
        return st.integers(0, k - 1)
    if encoding.task is Task.MULTILABEL:
        labels = st.sampled_from([0.0, 1.0] if encoding.joint else [0.0, 0.25, 0.5, 1.0])
        return st.lists(labels, min_size=k, max_size=k)
    return _shares(k, positive=inside) | _one_hot(k) if not inside else _shares(k, positive=True)


def _prediction(case: Case, k: int, *, extreme: bool, inside: bool) -> st.SearchStrategy[list[float] | int]:
    encoding = case.kernel.encoding
    if encoding.form is Form.LABEL:
        return (
            st.integers(0, k - 1)
            if encoding.task is Task.MULTICLASS
            else st.lists(st.sampled_from([0.0, 1.0]), min_size=k, max_size=k)
        )
    if encoding.form in {Form.LOGIT, Form.SCORE}:
        return _reals(k, extreme=extreme)
    if encoding.task is Task.MULTILABEL:
        share = st.floats(0.0, 1.0) if extreme else st.integers(inside, SIXTEENTHS - inside).map(lambda i: i / 16)
        return st.lists(share, min_size=k, max_size=k)
    shares = _tiny_shares(k) if extreme else _shares(k, positive=inside)
    if encoding.form is Form.LOG_PROBABILITY:
        with np.errstate(divide="ignore"):
            return shares.map(lambda row: logarithms(np.array(row)).tolist())
    return shares


def logarithms(p: FloatArray) -> FloatArray:
    """Return log p, −inf at 0."""
    with np.errstate(divide="ignore"):
        return np.log(p)


@st.composite
def class_rows(
    draw: st.DrawFn, case: Case, *, extreme: bool = False, inside: bool = False
) -> tuple[FloatArray | IntArray, FloatArray]:
    """Draw a target and a prediction of 1 to 5 rows, read-only, from the domain of `case`.

    With `inside` no share is 0, and probabilities are not 1 either.
    """
    k = len(COSTS.missed) if case.loss.name == "rww_cce" else draw(st.integers(2, 4))
    pair = st.tuples(_truth(case, k, inside=inside), _prediction(case, k, extreme=extreme, inside=inside))
    first, second = zip(*draw(st.lists(pair, min_size=1, max_size=5)), strict=True)
    y_true = np.array(first, dtype=np.int64 if case.kernel.encoding.truth is Truth.CODE else np.float64)
    y_pred = np.array(second, dtype=np.float64)
    y_true.flags.writeable = y_pred.flags.writeable = False
    return y_true, y_pred


def spoken_as(case: Case, p: FloatArray) -> FloatArray:
    """Return rows of probabilities (n, k) in the form that `case` takes."""
    encoding = case.kernel.encoding
    if encoding.form is Form.LABEL and encoding.task is Task.MULTICLASS:
        return p.argmax(axis=1).astype(np.float64)
    if encoding.form is Form.LOGIT and encoding.task is Task.MULTILABEL:
        return logarithms(p) - logarithms(1.0 - p)
    return logarithms(p) if encoding.form in {Form.LOGIT, Form.LOG_PROBABILITY} else p
