"""The exact sign-flip test against every assignment of signs."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from losscli.engine.statistics.sign_flip import MOST_FLIPPED, sign_flip_p_value

integers = st.lists(st.tuples(st.integers(-6, 9), st.integers(1, 3)), min_size=1, max_size=10)


def by_enumeration(terms):
    """Return the share of sign vectors whose sum is at least as far from 0; exact for integers."""
    sums = [
        sum(sign * term for sign, term in zip(signs, terms, strict=True))
        for signs in product((1, -1), repeat=len(terms))
    ]
    return sum(abs(one) >= abs(sum(terms)) for one in sums) / len(sums)


@given(integers)
def test_every_assignment_of_signs_is_counted(rows):
    differences, weight = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    assert sign_flip_p_value(differences, weight) == by_enumeration([d * w for d, w in rows])
    assert sign_flip_p_value(differences) == by_enumeration([d for d, _ in rows])


@pytest.mark.parametrize("seed", range(5))
def test_it_agrees_with_scipys_permutation_test(seed):
    differences = np.random.default_rng(seed).normal(0.4, size=12)
    theirs = stats.permutation_test((differences,), np.mean, permutation_type="samples", n_resamples=np.inf)
    assert sign_flip_p_value(differences) == theirs.pvalue


def test_ties_count_though_they_differ_by_rounding():
    # ±0.1 ±0.2 ±0.3 reach 0.6 twice, and 0.1 + 0.2 is not 0.3 in binary; six terms of 0.1 tie in many orders
    assert sign_flip_p_value(np.array([0.1, 0.2, 0.3])) == 2 / 8
    assert sign_flip_p_value(np.array([0.1, 0.2, -0.3])) == 1.0
    assert sign_flip_p_value(np.array([0.1] * 5 + [-0.1])) == 2 * (1 + 6) / 64


def test_darwins_maize_is_fishers_figure():
    # Fisher (1935), section 21: of 2^15 sums 863 reach 314 in one direction, so 1 726 in both
    eighths = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
    assert sum(eighths) == 314
    assert sign_flip_p_value(np.array(eighths, dtype=float)) == 1_726 / 2**15


def test_the_most_rows_are_counted_exactly():
    assert sign_flip_p_value(np.ones(MOST_FLIPPED)) == 2 / 2**MOST_FLIPPED
    heads = np.ones(29)
    heads[:10] = -1
    assert sign_flip_p_value(heads) == pytest.approx(stats.binomtest(10, 29).pvalue, rel=1e-12)


def test_zeros_change_nothing_and_nothing_else_is_certain():
    differences = np.array([1.0, 2.5, -0.5, 3.0])
    with_zeros = np.concatenate([np.zeros(40), differences])
    assert sign_flip_p_value(with_zeros) == sign_flip_p_value(differences)
    assert sign_flip_p_value(np.zeros(4)) == 1.0
    assert sign_flip_p_value(np.zeros(0)) == 1.0


@given(integers, st.floats(1e-6, 1e6))
def test_neither_unit_nor_order_nor_direction_matters(rows, factor):
    differences = np.array([d for d, _ in rows], dtype=float)
    expected = sign_flip_p_value(differences)
    assert sign_flip_p_value(-factor * differences[::-1]) == expected


def test_too_many_rows_are_refused():
    with pytest.raises(ValueError, match="31 differences are too many to flip, 30 is the most"):
        sign_flip_p_value(np.ones(31))


def test_sums_beyond_the_largest_number_warn_of_nothing():
    assert sign_flip_p_value(np.array([1e308, -7e307])) == 1.0
    assert sign_flip_p_value(np.array([1e308, 7e307])) == 0.5
    assert sign_flip_p_value(np.array([1e308, 1e308])) == 1.0  # a sum that is no number tells nothing
