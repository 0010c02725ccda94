"""Evenly spread rows: as many as were said, standing for all, and no period hides from them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streams import Reader, batches, bits, kernel

from losscli.engine.folds.accumulate import Mean
from losscli.engine.folds.batch import ROWS_PER_BATCH, spread_rows
from losscli.engine.folds.quantity import LossValue, Residual, Target
from losscli.engine.folds.question import ask, both
from losscli.engine.folds.sample import MOST_ROWS, Sampled

law = settings(deadline=None, max_examples=50, derandomize=True)


def sample(of, *columns, weight=None, rows=65_536):
    return Reader(batches(*columns, weight=weight, rows=rows)).ask(ask(of))


@law
@given(n=st.integers(1, 70_000), most=st.integers(1, 5_000))
def test_one_row_of_each_stretch_is_taken(n, most):
    rows = spread_rows(n, most)
    k = min(n, most)
    assert len(rows) == k
    starts = np.arange(k) * n / k
    assert np.all((np.floor(starts) <= rows) & (rows < starts + n / k))


def test_few_rows_are_the_whole():
    found = sample(Sampled(Target()), [3.0, 1.0, 2.0])
    assert found.whole
    assert found.n == 3
    assert found.weight is None
    assert sorted(found.values.tolist()) == [1.0, 2.0, 3.0]
    weighted = sample(Sampled(Target()), [3.0, 1.0, 2.0], weight=[1.0, 2.0, 3.0])
    assert weighted.whole
    assert dict(zip(weighted.values.tolist(), weighted.weight.tolist(), strict=True)) == {3.0: 1.0, 1.0: 2.0, 2.0: 3.0}


def test_no_rows_are_an_empty_whole():
    found = Reader([]).ask(ask(Sampled(Target())))
    assert found.whole
    assert found.n == len(found.values) == 0


def test_a_sample_weighs_as_much_as_the_rows_for_which_it_stands():
    found = sample(Sampled(Target()), np.arange(80_000.0), weight=np.full(80_000, 0.5))
    assert not found.whole
    assert found.n == 80_000
    assert len(found.values) == 2 * ROWS_PER_BATCH
    assert np.sum(found.weight) == pytest.approx(40_000.0, rel=1e-12)
    assert np.average(found.values, weights=found.weight) == pytest.approx(40_000.0, rel=1e-3)


@pytest.mark.parametrize("rows", [999, 4_096, 20_000])
def test_of_many_rows_a_bounded_number_is_kept(rows):
    n = 3 * MOST_ROWS
    found = sample(Sampled(Target()), np.arange(float(n)), rows=rows)
    assert MOST_ROWS // 2 - 200 < len(found.values) <= MOST_ROWS
    assert np.sum(found.weights) == pytest.approx(n, rel=1e-12)
    assert np.average(found.values, weights=found.weights) == pytest.approx(n / 2, rel=2e-3)


@pytest.mark.parametrize("period", [2, 7, 16, 24, 365, 4_096])
def test_no_period_hides(period):
    phase = np.arange(500_000.0) % period
    found = sample(Sampled(Target()), phase)
    assert np.mean(found.values) == pytest.approx((period - 1) / 2, rel=0.05)


def test_quantities_of_the_same_rows_come_in_the_same_order():
    y_true = np.arange(200_000.0)
    wanted = both(ask(Sampled(Target())), ask(Sampled(Residual(0))))
    target, error = Reader(batches(y_true, np.square(y_true), rows=30_000)).ask(wanted)
    assert np.array_equal(error.values, np.square(target.values) - target.values)


@pytest.mark.parametrize("weight", [None, np.linspace(0.1, 2.0, 70_000)])
def test_losses_that_are_known_of_all_rows_are_the_same_in_a_sample(weight):
    y_true = np.linspace(0.0, 5.0, 70_000)
    loss = LossValue(kernel("msle"), 0)
    computed = sample(Sampled(loss), y_true, y_true[::-1], weight=weight)
    wanted = both(ask(Mean(loss)), ask(Sampled(loss)))
    _, known = Reader(batches(y_true, y_true[::-1], weight=weight, rows=65_536)).ask(wanted)
    assert bits(known) == bits(computed)
