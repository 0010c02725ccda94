"""Laws of all losses whose rows hold k numbers, over data drawn from their declared domains."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from row_cases import OF_ONE, ROW_CASES, class_rows, decides, is_smoothed, logarithms, spoken_as

from losscli.arrays import Form, Task, Truth
from losscli.losses.record import MeanRowOf

if TYPE_CHECKING:
    from strategies import Case

    from losscli.arrays import FloatArray, IntArray

ROUNDINGS = 64 * np.finfo(np.float64).eps  # relative: k terms of a few operations each
STEP = 2.0**-20  # of difference quotients, exact beside sixteenths
CURVED = 1e-6  # relative error of a central difference quotient at STEP: rounding 1e-16/STEP, and a third derivative

law = settings(deadline=None, max_examples=12, derandomize=True)


def name(case: Case) -> str:
    encoding = case.kernel.encoding
    return f"{case.bound.label}/{encoding.task}/{encoding.form}/{encoding.truth}"


every_case = pytest.mark.parametrize("case", ROW_CASES, ids=name)


@pytest.fixture(autouse=True)
def _quiet():
    with np.errstate(all="ignore"):
        yield


def one_hot(codes: IntArray, k: int) -> FloatArray:
    return np.eye(k)[codes]


@every_case
@law
@given(data=st.data())
def test_values_lie_in_the_declared_range_one_for_each_row(case: Case, data):
    y_true, y_pred = data.draw(class_rows(case, extreme=True))
    loss = case.kernel.per_row(y_true, y_pred)
    assert loss.shape == (len(y_true),)
    assert loss.dtype == np.float64
    assert np.all((loss >= case.bound.range.low) & (loss <= case.bound.range.high))
    assert not np.signbit(loss[loss == 0.0]).any()  # −0 would be printed


@every_case
@law
@given(data=st.data())
def test_gradients_are_numbers_within_the_declared_bound(case: Case, data):
    y_true, y_pred = data.draw(class_rows(case, extreme=True))
    gradient = case.kernel.gradient(y_true, y_pred)
    bound = case.bound.gradient_bound()
    assert gradient.shape == y_pred.shape
    assert not np.isnan(gradient).any()
    assert np.all(np.abs(gradient) <= (np.inf if bound is None else bound))


@every_case
@law
@given(data=st.data())
def test_the_gradient_is_the_slope_in_every_class(case: Case, data):
    y_true, y_pred = data.draw(class_rows(case, inside=True))
    gradient = case.kernel.gradient(y_true, y_pred)
    if decides(case):
        assert not gradient.any()
        return
    k = y_pred.shape[1]
    loss = case.kernel.per_row(y_true, y_pred)
    # distributions move along their sum of 1, where alone divergences are never below 0
    free = case.kernel.encoding.task is not Task.DISTRIBUTION
    directions = np.eye(k) if free else (np.eye(k) - np.eye(k, k=1))[: k - 1]
    for direction in directions:
        step = STEP * direction
        ahead, behind = case.kernel.per_row(y_true, y_pred + step), case.kernel.per_row(y_true, y_pred - step)
        slope = (ahead - behind) / (2.0 * STEP)
        np.testing.assert_allclose(gradient @ direction, slope, rtol=CURVED, atol=CURVED * (1.0 + np.abs(loss).max()))


@every_case
@law
@given(data=st.data())
def test_a_perfect_prediction_costs_nothing_and_no_direction_is_downhill(case: Case, data):
    if is_smoothed(case) or case.loss.name == "soft_ce":
        return  # they cost the entropy of the target
    y_true, drawn = data.draw(class_rows(case))
    encoding = case.kernel.encoding
    if encoding.truth is Truth.CODE:
        y = one_hot(y_true, 4 if drawn.ndim == 1 else drawn.shape[1])
    else:
        y = y_true = y_true if encoding.task is Task.DISTRIBUTION else np.round(y_true)
        assume(encoding.task is not Task.MULTICLASS or np.all(y.sum(axis=1) == 1.0))
    y_pred = spoken_as(case, y)
    assert case.kernel.per_row(y_true, y_pred).tolist() == [0.0] * len(y)
    gradient = case.kernel.gradient(y_true, y_pred)
    if encoding.form is Form.PROBABILITY and encoding.task in OF_ONE:
        # towards each class from here; at p = 0 a finite loss may have an infinite slope
        uphill = gradient - np.einsum("ij,ij->i", np.where(y_pred == 0.0, 0.0, gradient), y_pred)[:, np.newaxis]
        # reverse_kl is infinite off a target of 0; its gradient is 0 there
        assert np.all((uphill >= -ROUNDINGS) | ((y == 0.0) & (case.loss.name == "reverse_kl")))
    elif encoding.form is not Form.LOG_PROBABILITY:
        assert not gradient.any()


@every_case
@law
@given(data=st.data())
def test_a_row_is_computed_as_it_is_alone(case: Case, data):
    y_true, y_pred = data.draw(class_rows(case))
    together = case.kernel.per_row(y_true, y_pred)
    alone = [case.kernel.per_row(y_true[i : i + 1], y_pred[i : i + 1]).item() for i in range(len(y_true))]
    np.testing.assert_allclose(together, alone, rtol=ROUNDINGS)


@pytest.mark.parametrize("case", [case for case in ROW_CASES if case.loss.name != "rww_cce"], ids=name)
@law
@given(data=st.data())
def test_the_order_of_classes_does_not_matter(case: Case, data):
    y_true, y_pred = data.draw(class_rows(case))
    if y_pred.ndim == 1:
        return
    if case.kernel.encoding.tied is not None and case.kernel.encoding.task is Task.MULTICLASS:
        assume(not case.kernel.tied(y_true, y_pred).any())  # of classes that tie the first decides
    turned = np.roll(y_pred, 1, axis=1)
    y_turned = np.roll(y_true, 1, axis=1) if y_true.ndim == 2 else (y_true + 1) % y_pred.shape[1]
    expected = case.kernel.per_row(y_true, y_pred)
    # absolute for divergences, whose terms cancel
    np.testing.assert_allclose(case.kernel.per_row(y_turned, turned), expected, rtol=ROUNDINGS, atol=ROUNDINGS)


BY_CODE = [
    case
    for case in ROW_CASES
    if case.kernel.encoding.truth is Truth.CODE and case.kernel.encoding.form is not Form.LABEL
]


@pytest.mark.parametrize("case", BY_CODE, ids=name)
@law
@given(data=st.data())
def test_a_class_number_is_the_row_with_a_one_at_it(case: Case, data):
    y_true, y_pred = data.draw(class_rows(case, extreme=True))
    by_row = case.bound.kernel(Task.MULTICLASS, case.kernel.encoding.form, Truth.ROWS)
    assert by_row is not None
    rows = one_hot(y_true, y_pred.shape[1])
    np.testing.assert_allclose(case.kernel.per_row(y_true, y_pred), by_row.per_row(rows, y_pred), rtol=1e-14)
    np.testing.assert_array_equal(case.kernel.gradient(y_true, y_pred), by_row.gradient(rows, y_pred))


@pytest.mark.parametrize(
    "case", [case for case in BY_CODE if case.loss.name in {"softmax_ce", "multiclass_brier"}], ids=name
)
@law
@given(data=st.data())
def test_all_logits_may_be_shifted(case: Case, data):
    if case.kernel.encoding.form is not Form.LOGIT:
        return
    y_true, y_pred = data.draw(class_rows(case))
    np.testing.assert_allclose(
        case.kernel.per_row(y_true, y_pred + 4096.0), case.kernel.per_row(y_true, y_pred), rtol=ROUNDINGS
    )


CODES = {
    "even": (0, 1, 2),
    "uneven": (2, 0, 2, 2, 1, 2),
    "tied": (1, 1, 2, 2),
    "one never occurs": (0, 2, 2),
    "one class": (1, 1),
}
SOFT = {
    "soft": ((0.2, 0.3, 0.5), (0.7, 0.1, 0.2), (0.25, 0.5, 0.25)),
    "with zeros": ((0.5, 0.5, 0.0), (0.75, 0.0, 0.25)),
    "one row": ((0.25, 0.75, 0.0),),
}
LABELS = {
    "mixed": ((1.0, 0.0, 1.0), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (1.0, 0.0, 1.0)),
    "half": ((1.0, 0.0, 1.0), (0.0, 0.0, 1.0)),
}


def samples(case: Case) -> dict[str, FloatArray | IntArray]:
    encoding = case.kernel.encoding
    if encoding.truth is Truth.CODE:
        return {key: np.array(codes) for key, codes in CODES.items()}
    if encoding.task is Task.MULTILABEL:
        return {key: np.array(rows) for key, rows in LABELS.items()}
    hot = {key: one_hot(np.array(codes), 3) for key, codes in CODES.items()}
    return {key: np.array(rows) for key, rows in SOFT.items()} | ({} if encoding.task is Task.DISTRIBUTION else hot)


def candidates(case: Case) -> FloatArray:
    """Return many rows of three shares: a grid, the corners, and points near both."""
    grid = np.array(list(itertools.product(np.linspace(0.0, 1.0, 21), repeat=3)))
    if case.kernel.encoding.task is Task.MULTILABEL:
        return grid
    sums = grid.sum(axis=1)
    return np.vstack([grid[np.isclose(sums, 1.0)], np.random.default_rng(3).dirichlet(np.ones(3), 300)]).clip(0.0, 1.0)


@pytest.mark.parametrize(
    ("case", "y_true"),
    [
        pytest.param(case, y_true, id=f"{name(case)}-{key}")
        for case in ROW_CASES
        if case.optimum is not None
        for key, y_true in samples(case).items()
    ],
)
def test_no_constant_row_beats_the_declared_one(case: Case, y_true: FloatArray | IntArray):
    optimum = case.optimum
    assert isinstance(optimum, MeanRowOf)
    rows = y_true if y_true.ndim == 2 else one_hot(y_true, 3)
    mean = (rows if optimum.transform is None else optimum.transform(rows)).mean(axis=0)
    best = mean if optimum.inverse is None else optimum.inverse(mean, **dict(case.bound.params))
    is_label = case.kernel.encoding.form is Form.LABEL and case.kernel.encoding.task is Task.MULTICLASS

    def mean_loss(constant: FloatArray) -> float:
        said = np.full(len(rows), float(constant.argmax())) if is_label else np.tile(constant, (len(rows), 1))
        return float(case.kernel.per_row(y_true, said).mean())

    assert best.shape == (3,)
    assert case.kernel.encoding.y_pred.contains(best).all()
    others = candidates(case) if is_label else spoken_as(case, candidates(case))
    assert np.isfinite(mean_loss(best))
    assert mean_loss(best) <= min(mean_loss(row) for row in others) * (1.0 + 1e-12) + 1e-15


def test_disjoint_targets_have_no_geometric_mean():
    optimum = next(case.optimum for case in ROW_CASES if case.loss.name == "reverse_kl")
    assert isinstance(optimum, MeanRowOf)
    mean = optimum.transform(np.eye(3)).mean(axis=0)
    assert np.isnan(optimum.inverse(mean)).all()


def test_logarithms_of_nothing():
    assert logarithms(np.array([0.0, 1.0])).tolist() == [-np.inf, 0.0]
