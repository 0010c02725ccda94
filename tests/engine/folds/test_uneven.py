"""What weights that differ do to the spread of a mean."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streams import uneven

from losscli.engine.folds.uneven import spread_by_weights

LITERAL = 1e-12
TWO_ROUTES = 1e-6  # where one row has 98 % of the weight, what is left cancels


def spread_of(weight):
    weight = np.asarray(weight, dtype=float)
    return spread_by_weights(len(weight), [float(np.sum(weight**power)) for power in range(1, 6)])


def test_by_hand():
    # shares ½, ¼, ¼: Σh² = 3/8, Σh³ = 5/32, so of 3/8 there are 3/8 − 10/32 + 9/64 = 13/64 to be seen; of equal ones ⅔
    inflation, degrees = spread_of([2, 1, 1])
    assert inflation == pytest.approx((3 / 8) / (13 / 64) / (3 / 2), rel=LITERAL)
    # the pulls' covariances are (12, −6, −6; −6, 7, −1; −6, −1, 7)/128, whose squares sum to 388/128² = 97/4096
    assert degrees == pytest.approx((13 / 64) ** 2 / (97 / 4096), rel=LITERAL)


@pytest.mark.parametrize("weight", [[], [3.0], [0.1] * 7, [1e-120, 1.0e-120], [1e120, 1e120]])
def test_equal_weights_change_nothing(weight):
    with np.errstate(over="ignore"):
        assert spread_of(weight) == (1.0, None)


@pytest.mark.parametrize("unit", [1e-120, 1e-70, 1e70, 1e120])
def test_of_weights_without_powers_nothing_is_told(unit):
    with np.errstate(over="ignore"):
        assert spread_of([unit, 2 * unit, 3 * unit]) == (math.inf, 1.0)


def test_the_unit_of_weights_is_nothing():
    assert spread_of([1e55, 2e55, 3e55]) == pytest.approx(spread_of([1, 2, 3]), rel=LITERAL)


def test_where_one_row_has_all_of_the_weight_nothing_is_to_be_seen():
    assert spread_of([1e9, 1.0, 1.0]) == (math.inf, 1.0)


@given(st.lists(st.floats(0.1, 10), min_size=2, max_size=30).filter(lambda weight: max(weight) > 1.001 * min(weight)))
def test_the_squares_of_independent_values_come_to_what_is_said(weight):
    factor, degrees = uneven(np.array(weight))
    inflation, found = spread_of(weight)
    assert inflation == pytest.approx(factor, rel=TWO_ROUTES)
    assert found == pytest.approx(max(degrees, 1.0), rel=TWO_ROUTES)
