"""What the largest rows hold, against sorting all of them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streams import Reader, batches, kernel

from losscli.engine.folds.quantity import LossValue, Residual
from losscli.engine.folds.question import ask
from losscli.engine.folds.tails import TOPS, Tails, tops_of

REORDERED = 1e-12  # relative: sums of positive terms in another order
law = settings(deadline=None, derandomize=True)


def above_quantile(values, w, level):
    """Return how many rows lie above the least value up to which `level` of the weight reaches, and Σwv over them."""
    kept = ~np.isnan(values)
    values, w = values[kept], w[kept]
    order = np.argsort(values)
    reached = np.cumsum(w[order])
    limit = values[order][np.searchsorted(reached, float(level) * reached[-1] * (1 - 1e-12))]
    above = values > limit
    return np.count_nonzero(above), np.sum((w * values)[above])


quarters = st.integers(-6, 12).map(lambda k: k / 4)
rows = st.lists(st.tuples(quarters, st.integers(1, 4).map(lambda k: k / 2)), min_size=1, max_size=30)


@law
@given(
    table=rows,
    weighted=st.booleans(),
    window=st.tuples(quarters | st.just(-np.inf), quarters | st.just(np.inf)).map(sorted),
    level=st.sampled_from([Fraction(1, 2), Fraction(9, 10), Fraction(1, 10)]),
    each=st.integers(1, 40),
)
def test_a_quantile_within_the_window_is_found_and_one_outside_is_missed(table, weighted, window, level, each):
    values, w = (np.array(column) for column in zip(*table, strict=True))
    weight = w if weighted else None
    tails = Tails(Residual(0), (level,), (tuple(window),))
    (found,) = Reader(batches(-values, np.zeros(len(values)), weight=weight, rows=each)).ask(ask(tails))
    w = w if weighted else np.ones(len(values))
    order = np.argsort(values)
    reached = np.cumsum(w[order])
    limit = values[order][np.searchsorted(reached, float(level) * reached[-1] * (1 - 1e-12))]
    if not window[0] <= limit <= window[1]:
        assert found is None
        return
    rows_above, held = above_quantile(values, w, level)
    assert found == (rows_above, pytest.approx(held, rel=REORDERED, abs=1e-12))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", ["mse", "mape:zero=skip", "huber", "mae"])
@pytest.mark.parametrize("n", [30, 4_000, 60_000])
def test_what_the_largest_rows_hold(n, name, weighted):
    rng = np.random.default_rng(n)
    y_true = np.where(rng.uniform(size=n) < 0.3, 0.0, rng.normal(size=n))
    y_pred = np.round(y_true + rng.standard_t(3, n), 2)  # ties
    w = rng.integers(1, 9, n) / 4 if weighted else None
    found = Reader(batches(y_true, y_pred, weight=w, rows=20_000)).ask(tops_of(LossValue(kernel(name), 0)))
    with np.errstate(all="ignore"):
        values = kernel(name).per_row(y_true, y_pred)
    for share, (count, held) in zip(TOPS, found, strict=True):
        rows_above, sum_above = above_quantile(values, np.ones(n) if w is None else w, 1 - share)
        assert (count, held) == (rows_above, pytest.approx(sum_above, rel=REORDERED))


def test_of_rows_with_weights_it_is_a_share_of_the_weight():
    # the largest row alone has 1 % of the weight
    e = np.arange(1.0, 101.0)
    w = np.full(100, 0.5)
    assert Reader(batches(-e, np.zeros(100), weight=w)).ask(tops_of(Residual(0)))[1] == (1, 50.0)
    w = np.where(e == 100.0, 3.0, 1.0)
    assert Reader(batches(-e, np.zeros(100), weight=w)).ask(tops_of(Residual(0)))[1:] == (
        (0, 0.0),
        (3, 3 * 100.0 + 99.0 + 98.0),
    )


def test_mostly_equal_values():
    values = np.where(np.arange(30_000) % 50 == 7, 1.0, 0.0)  # 2 %
    found = Reader(batches(-values, np.zeros(30_000), rows=30_000)).ask(tops_of(Residual(0)))
    assert found == ((0, 0.0), (0, 0.0), (600, 600.0))
