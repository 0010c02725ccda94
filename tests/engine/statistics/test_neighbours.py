"""The correlation of neighbouring rows, against the one over the whole column."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streams import batches

from losscli.engine.folds.fold import fold
from losscli.engine.folds.quantity import Target
from losscli.engine.statistics.neighbours import NeighbourCorrelation


def correlation(values, rows=65_536, threads=1):
    (found,) = fold(batches(values, rows=rows), (NeighbourCorrelation(Target()),), threads)
    return found


def lag_one_autocorrelation(column):
    centred = column - np.mean(column)
    return np.sum(centred[1:] * centred[:-1]) / np.sum(centred * centred)


several = st.lists(st.integers(-1000, 1000), min_size=2, max_size=40).filter(lambda values: len(set(values)) > 1)


def test_by_hand():
    assert correlation([1.0, 2.0, 3.0]) == 0.0
    assert correlation([1.0, -1.0, 1.0, -1.0]) == -0.75


def test_it_is_that_of_statsmodels():
    from statsmodels.tsa.stattools import acf

    column = np.cumsum(np.random.default_rng(1).normal(size=200))
    assert correlation(column) == pytest.approx(acf(column, nlags=1, fft=False)[1], rel=1e-10)


@given(several, st.integers(1, 40), st.sampled_from([0, 1e6]))
def test_any_batches_give_the_correlation_of_the_whole_column(values, rows, level):
    column = np.array(values, dtype=float) + level
    # a level of 1e6 beside a spread of 1 costs 12 of 16 digits squared in a naive sum; here nothing
    assert correlation(column, rows) == pytest.approx(lag_one_autocorrelation(column), rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("threads", [1, 2])
def test_many_batches_keep_the_order_of_their_rows(threads):
    column = np.cumsum(np.random.default_rng(3).normal(size=300_000)) % 7
    found = correlation(column, 65_536, threads)
    assert found == pytest.approx(lag_one_autocorrelation(column), rel=1e-9)
    assert found > 0.3


@pytest.mark.parametrize("values", [[], [1.0], [2.0, 2.0, 2.0], [1.0, np.inf, 2.0], [1.0, np.nan, 2.0]])
def test_nothing_to_correlate(values):
    with np.errstate(invalid="ignore"):
        assert correlation(values) is None
