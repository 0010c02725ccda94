"""Laws that every loss of the registry obeys, over data drawn from its declared domain."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import CASES, Case, perfect, rows

from losscli.arrays import Direction, Task
from losscli.losses.record import MeanOf, NumericMinimum, QuantileOf, RootOfGradient

if TYPE_CHECKING:
    from losscli.arrays import FloatArray

EPSILON = np.finfo(np.float64).eps
ROUNDINGS = 16 * EPSILON  # relative error of a kernel: a dozen operations, each rightly rounded or nearly
STEP = 2.0**-20  # of difference quotients: 1e-6, exact beside multiples of 1/8
CURVED = 1e-5  # relative difference between a derivative and its difference quotients at STEP from bent functions

law = settings(deadline=None, max_examples=25, derandomize=True)
every_case = pytest.mark.parametrize("case", CASES, ids=str)


def lies_between_quotients(
    function: Callable[[FloatArray], FloatArray], derivative: FloatArray, at: FloatArray
) -> bool:
    """Return whether `derivative` lies between the left and the right difference quotient, errors of both allowed.

    This needs no list of kinks: at one, it says that the convention chosen is a subgradient.
    """
    here, left, right = function(at), function(at - STEP), function(at + STEP)
    finite = np.isfinite(here)
    below, above = (here - left) / STEP, (right - here) / STEP
    size = np.fmax(np.abs(here), np.fmax(np.abs(left), np.abs(right)))
    allowed = CURVED * (1.0 + np.abs(derivative)) + 2.0 * ROUNDINGS * size / STEP
    inside = (np.fmin(below, above) - allowed <= derivative) & (derivative <= np.fmax(below, above) + allowed)
    return bool(np.all(inside[finite]))


@every_case
@law
@given(data=st.data())
def test_values_lie_in_the_declared_range(case: Case, data):
    y_true, y_pred = data.draw(rows(case, extreme=True))
    with np.errstate(all="ignore"):
        loss = case.kernel.per_row(y_true, y_pred)
    kept = ~np.isnan(loss)
    assert kept.all() or case.loss.may_skip
    assert np.all((loss[kept] >= case.bound.range.low) & (loss[kept] <= case.bound.range.high))


@every_case
@law
@given(data=st.data())
def test_gradients_are_numbers_within_the_declared_bound(case: Case, data):
    y_true, y_pred = data.draw(rows(case, extreme=True))
    with np.errstate(all="ignore"):
        gradient = case.kernel.gradient(y_true, y_pred)
    bound = case.bound.gradient_bound()
    assert not np.isnan(gradient).any()
    assert np.all(np.abs(gradient) <= (np.inf if bound is None else bound))


@every_case
@law
@given(data=st.data())
def test_a_perfect_prediction_costs_nothing_and_pulls_nowhere(case: Case, data):
    if any(dict(case.bound.params).get(name) for name in ("clip", "label_smoothing")):
        return  # they are there to keep any prediction from being perfect
    y_true, _ = data.draw(rows(case, extreme=True))
    if case.kernel.encoding.task is Task.BINARY:
        y_true = np.round(y_true)  # an uncertain target costs its entropy
    y_pred = perfect(case, y_true)
    if not case.holds(y_true, y_pred):
        return
    with np.errstate(all="ignore"):
        loss, gradient = case.kernel.per_row(y_true, y_pred), case.kernel.gradient(y_true, y_pred)
    kept = ~np.isnan(loss)
    assert kept.all() or case.loss.may_skip
    assert np.all(loss[kept] == 0.0)
    if case.loss.direction is Direction.LOWER:
        assert np.all(gradient == 0.0)


@every_case
@law
@given(data=st.data())
def test_the_gradient_is_the_slope(case: Case, data):
    y_true, y_pred = data.draw(rows(case))
    with np.errstate(all="ignore"):
        gradient = case.kernel.gradient(y_true, y_pred)
        assert lies_between_quotients(lambda at: case.kernel.per_row(y_true, at), gradient, y_pred)


@every_case
@law
@given(data=st.data())
def test_several_models_are_computed_as_each_alone(case: Case, data):
    y_true, first = data.draw(rows(case))
    models = np.stack([first, 0.5 * first])
    for function in (case.kernel.per_row, case.kernel.gradient):
        with np.errstate(all="ignore"):
            together = function(y_true, models)
            assert together.shape == models.shape
            for model, alone in zip(models, together, strict=True):
                np.testing.assert_allclose(alone, function(y_true, model), rtol=ROUNDINGS)


@every_case
@law
@given(data=st.data())
def test_a_weight_equals_repetition(case: Case, data):
    y_true, y_pred = data.draw(rows(case))
    counts = np.array(data.draw(st.lists(st.integers(1, 4), min_size=y_true.size, max_size=y_true.size)))
    with np.errstate(all="ignore"):
        loss = case.kernel.per_row(y_true, y_pred)
        repeated = case.kernel.per_row(np.repeat(y_true, counts), np.repeat(y_pred, counts))
    kept = np.isfinite(loss)
    if not kept.any():
        return
    repeated, weight = repeated[np.isfinite(repeated)], counts[kept]
    weighted = case.bound.reduce(float(np.average(loss[kept], weights=weight)), float(weight.sum()))
    plain = case.bound.reduce(float(repeated.mean()), float(repeated.size))
    assert weighted == pytest.approx(plain, rel=1e-12, abs=1e-12)  # sums in another order; mbe cancels


SHARES = {
    "even": (0.0, 1.0),
    "rare": (0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0),
    "frequent": (1.0, 0.0, 1.0, 1.0),
    "positives only": (1.0, 1.0),
    "negatives only": (0.0,),
    "uncertain": (0.2, 0.9, 0.5, 0.0),
}
SAMPLES = {
    "skewed": (0.5, 1.0, 2.0, 4.0, 30.0),
    "tied": (1.0, 1.0, 1.0, 9.0),
    "single": (3.0,),
    "pair": (2.0, 6.0),
    "signed": (-5.0, -1.0, 0.5, 2.0, 2.0, 40.0),
    "with zeros": (0.0, 0.0, 1.0, 2.0, 5.0),
}


def best_constant(case: Case, y_true: FloatArray) -> float:
    """Return the constant that the record's `optimum` declares, by the plainest means."""
    parameters = dict(case.bound.params)
    match case.optimum:
        case MeanOf(transform=transform, inverse=inverse):
            mean = float(np.mean(y_true if transform is None else transform(y_true)))
            return mean if inverse is None else inverse(mean, **parameters)
        case QuantileOf(level=level, weight=weight):
            share = parameters[level] if isinstance(level, str) else level
            w = np.ones_like(y_true) if weight is None else weight(y_true, **parameters)
            order = np.argsort(y_true)
            reached = np.cumsum(w[order]) >= share * w.sum()
            return float(y_true[order][np.argmax(reached)])
        case RootOfGradient():
            low, high = float(y_true.min()), float(y_true.max())
            for _ in range(200):
                middle = 0.5 * (low + high)
                below = case.kernel.gradient(y_true, np.full_like(y_true, middle)).mean() < 0.0
                low, high = (middle, high) if below else (low, middle)
            return 0.5 * (low + high)
    raise AssertionError(case.optimum)


def is_binary(case: Case) -> bool:
    return case.kernel.encoding.task is Task.BINARY


@pytest.mark.parametrize(
    ("case", "sample"),
    [
        pytest.param(case, np.array(y_true), id=f"{case}-{name}")
        for case in CASES
        if case.optimum not in (None, NumericMinimum())
        for name, y_true in (SHARES if is_binary(case) else SAMPLES).items()
    ],
)
def test_no_constant_beats_the_declared_one(case: Case, sample: FloatArray):
    y_true = sample
    if not case.holds(y_true, perfect(case, y_true)):
        return

    def mean_loss(constant: float) -> float:
        return float(np.nanmean(case.kernel.per_row(y_true, np.full_like(y_true, constant))))

    grid = [*np.linspace(y_true.min() - 0.9, y_true.max() + 1.0, 801), *y_true]
    if is_binary(case):
        grid += [*np.linspace(-8.0, 8.0, 801), -np.inf, np.inf]
    with np.errstate(all="ignore"):
        least = min(mean_loss(c) for c in grid if case.kernel.encoding.y_pred.contains(np.array([c])).all())
        assert mean_loss(best_constant(case, y_true)) <= least * (1.0 + 1e-12)
