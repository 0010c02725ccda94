"""Rising fits against those of model-diagnostics and statistics worked by brute force, and their laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_diagnostics._utils.isotonic import isotonic_regression as reference
from sklearn.isotonic import IsotonicRegression

from losscli.engine.statistics.isotonic import (
    MOST_WITHOUT_SCIPY,
    isotonic_expectile,
    isotonic_mean,
    isotonic_quantile,
)

EXACT = 1e-12  # sums of a few dozen terms in another order
ROUNDED = 1e-15  # the same sums, which a compiler may fuse
CONVERGED = 1e-9  # SciPy's expectile is a root found numerically
LEVELS = (0.1, 0.5, 0.9)
numbers = st.integers(-20, 20).map(lambda k: k / 4)
law = settings(deadline=None, max_examples=60, derandomize=True)


def pinball(y, fit, tau, w=1.0):
    return float(np.sum(w * np.maximum(tau * (y - fit), (tau - 1) * (y - fit))))


def squares(y, fit, tau, w=1.0):
    return float(np.sum(w * np.where(fit >= y, 1 - tau, tau) * (fit - y) ** 2))


def pooled(x):
    x = np.sort(np.array(x))
    return np.flatnonzero(np.append(True, x[1:] != x[:-1]))


@pytest.mark.parametrize("w", [None, np.array([1.0, 2.0, 1.0, 1.0])])
def test_worked_by_hand(w):
    y, starts = np.array([1.0, 3.0, 2.0, 5.0]), np.arange(4)
    pool = 2.5 if w is None else 8 / 3  # 3 and 2, the first of which may count twice
    assert isotonic_mean(y, w, starts) == pytest.approx([1.0, pool, pool, 5.0], rel=EXACT)
    assert isotonic_expectile(y, w, starts, 0.5) == pytest.approx([1.0, pool, pool, 5.0], rel=EXACT)
    assert isotonic_quantile(y, w, starts, 0.9).tolist() == [1.0, 3.0, 3.0, 5.0]
    assert isotonic_quantile(y, w, starts, 0.1).tolist() == [1.0, 2.0, 2.0, 5.0]


def test_equal_predictions_have_equal_fits():
    y, starts = np.array([4.0, 0.0, 2.0, 2.0]), np.array([0, 2, 3])
    assert isotonic_mean(y, None, starts).tolist() == [2.0] * 4
    assert isotonic_quantile(y, None, starts, 0.9).tolist() == [4.0, 4.0, 4.0, 4.0]
    assert isotonic_quantile(y, None, starts, 0.25).tolist() == [0.0, 0.0, 2.0, 2.0]


@law
@given(y=st.lists(numbers, min_size=1, max_size=40), tau=st.sampled_from(LEVELS))
def test_quantiles_fit_as_well_as_those_of_model_diagnostics(y, tau):
    y = np.array(y)
    fit = isotonic_quantile(y, None, np.arange(len(y)), tau)
    assert np.all(np.diff(fit) >= 0)
    theirs, _ = reference(y, functional="quantile", level=tau)
    assert pinball(y, fit, tau) == pytest.approx(pinball(y, theirs, tau), rel=EXACT, abs=EXACT)


@law
@given(rows=st.lists(st.tuples(numbers, st.integers(1, 4)), min_size=1, max_size=25), tau=st.sampled_from(LEVELS))
def test_expectiles_are_those_of_model_diagnostics(rows, tau):
    y, w = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    fit = isotonic_expectile(y, w, np.arange(len(y)), tau)
    theirs, _ = reference(y, w, functional="expectile", level=tau)
    assert fit == pytest.approx(theirs, rel=CONVERGED, abs=CONVERGED)


@law
@given(
    rows=st.lists(st.tuples(numbers, numbers, st.integers(1, 3)), min_size=1, max_size=25), tau=st.sampled_from(LEVELS)
)
def test_a_weight_equals_repetition_also_among_equal_predictions(rows, tau):
    rows = sorted(rows)
    x, y, w = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    times = w.astype(int)
    many = np.repeat(y, times)
    each, all_ = pooled(x), pooled(np.repeat(x, times))
    assert np.repeat(isotonic_mean(y, w, each), times) == pytest.approx(isotonic_mean(many, None, all_), abs=EXACT)
    weighted, repeated = isotonic_quantile(y, w, each, tau), isotonic_quantile(many, None, all_, tau)
    assert pinball(y, weighted, tau, w) == pytest.approx(pinball(many, repeated, tau), abs=EXACT)
    weighted, repeated = isotonic_expectile(y, w, each, tau), isotonic_expectile(many, None, all_, tau)
    assert squares(y, weighted, tau, w) == pytest.approx(squares(many, repeated, tau), abs=EXACT)
    whole = IsotonicRegression().fit(x, y, sample_weight=w).predict(x)
    assert isotonic_mean(y, w, each) == pytest.approx(whole, abs=CONVERGED)


@law
@given(
    rows=st.lists(st.tuples(st.one_of(numbers, st.floats(-9, 9)), st.integers(1, 9)), min_size=1, max_size=60),
    scale=st.sampled_from([1.0, 0.1]),
)
def test_many_rows_are_pooled_as_few_are(rows, scale):
    y, w = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    fit = isotonic_mean(y, scale * w, np.arange(len(y)))
    many = np.append(y, np.arange(10, 10 + MOST_WITHOUT_SCIPY))  # above all of them
    ones = np.append(scale * w, np.ones(MOST_WITHOUT_SCIPY))
    assert isotonic_mean(many, ones, np.arange(len(many)))[: len(y)] == pytest.approx(fit, rel=ROUNDED, abs=ROUNDED)


@pytest.mark.parametrize("slope", [0.0, 1e-4, 1e-3, 1.0])  # from one pool to a pool for each row
def test_many_rows_are_fitted_as_by_scikit_learn(slope):
    rng = np.random.default_rng(8)
    n = 3 * MOST_WITHOUT_SCIPY
    y, w = slope * np.arange(n) + rng.normal(size=n), rng.integers(1, 5, size=n).astype(float)
    theirs = IsotonicRegression().fit(np.arange(n), y, sample_weight=w).predict(np.arange(n))
    assert isotonic_mean(y, w, np.arange(n)) == pytest.approx(theirs, rel=EXACT, abs=EXACT)


def test_a_perfect_order_is_left_as_it_is():
    y = np.linspace(-3, 9, 5000)
    for fit in (isotonic_mean, isotonic_quantile, isotonic_expectile):
        more = () if fit is isotonic_mean else (0.9,)
        assert fit(y, None, np.arange(5000), *more) == pytest.approx(y, abs=EXACT)


@pytest.mark.parametrize("w", [None, np.array([0.1, 0.2, 0.3])])
@pytest.mark.parametrize("starts", [[0, 1, 2], [0]])
def test_the_fit_of_equal_targets_is_their_value(w, starts):
    y = np.full(3, 0.1)
    assert isotonic_mean(y, w, np.array(starts)).tolist() == [0.1] * 3
