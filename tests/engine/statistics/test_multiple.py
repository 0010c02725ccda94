"""Corrections for many comparisons and Kendall's τ, against papers and two libraries."""

from __future__ import annotations

import gc
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from losscli.engine.statistics.multiple import benjamini_hochberg, holm, holm_of_all, kendall_tau_b

ROUNDING = 1e-12
CORRECTIONS = {"holm": holm, "fdr_bh": benjamini_hochberg}
p_values = st.lists(st.floats(0, 1) | st.sampled_from([0.0, 0.01, 0.05, 1.0]), min_size=1, max_size=12)
few = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=9)

# Benjamini & Hochberg (1995), section 4: fifteen comparisons of two treatments of heart attacks
HEART = [
    0.0001,
    0.0004,
    0.0019,
    0.0095,
    0.0201,
    0.0278,
    0.0298,
    0.0344,
    0.0459,
    0.3240,
    0.4262,
    0.5719,
    0.6528,
    0.7590,
    1,
]


def test_the_example_of_benjamini_and_hochberg():
    adjusted = benjamini_hochberg(HEART)
    assert adjusted[:5] == pytest.approx([0.0015, 0.003, 0.0095, 0.035625, 0.0603], rel=ROUNDING)
    assert sum(p <= 0.05 for p in adjusted) == 4  # as the paper finds
    assert adjusted[-1] == 1.0


def test_holm_rejects_three_of_the_same():
    adjusted = holm(HEART)
    assert adjusted[:4] == pytest.approx([0.0015, 0.0056, 0.0247, 0.114], rel=ROUNDING)
    assert sum(p <= 0.05 for p in adjusted) == 3
    assert adjusted[-1] == 1.0


def test_small_cases_by_hand():
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06], rel=ROUNDING)
    assert benjamini_hochberg([0.04, 0.01, 0.03]) == pytest.approx([0.04, 0.03, 0.04], rel=ROUNDING)
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert (holm([]), benjamini_hochberg([])) == ([], [])


@pytest.mark.parametrize("correct", CORRECTIONS.values(), ids=CORRECTIONS)
def test_what_was_not_compared_is_not_counted(correct):
    assert correct([None, 0.02, None, 0.01]) == [None, correct([0.02, 0.01])[0], None, correct([0.02, 0.01])[1]]
    assert correct([None, None]) == [None, None]


@pytest.fixture(scope="module")
def multipletests():
    from statsmodels.stats.multitest import multipletests

    gc.freeze()  # its Holm collects garbage at every call, and would go over all that is imported
    yield multipletests
    gc.unfreeze()


@pytest.mark.parametrize("method", CORRECTIONS)
@given(p=p_values)
def test_statsmodels_agrees(multipletests, method, p):
    assert CORRECTIONS[method](p) == pytest.approx(multipletests(p, method=method)[1].tolist(), rel=ROUNDING)


@pytest.mark.parametrize("correct", CORRECTIONS.values(), ids=CORRECTIONS)
@given(p=p_values, seed=st.integers(0, 99))
def test_order_does_not_matter_and_nothing_gets_smaller(correct, p, seed):
    adjusted, order = correct(p), np.random.default_rng(seed).permutation(len(p))
    assert [adjusted[i] for i in order] == pytest.approx(correct([p[i] for i in order]), rel=ROUNDING)
    assert all(raw * (1 - ROUNDING) <= fixed <= 1 for raw, fixed in zip(p, adjusted, strict=True))


@given(few)
def test_scipy_agrees_on_tau(rows):
    x, y = zip(*rows, strict=True)
    theirs = stats.kendalltau(x, y).statistic if len(set(x)) > 1 < len(set(y)) else None
    assert kendall_tau_b(x, y) == (theirs if theirs is None else pytest.approx(theirs, abs=ROUNDING))


@pytest.mark.parametrize(
    ("x", "y", "tau"),
    [
        ([1, 2, 3, 4], [1, 2, 3, 4], 1.0),
        ([1, 2, 3, 4], [4, 3, 2, 1], -1.0),
        ([1, 2, 3], [1, 3, 2], 1 / 3),
        ([1, 1, 2], [1, 2, 3], 2 / math.sqrt(6)),
        ([1, 2, math.inf], [5, 6, math.inf], 1.0),
        ([1, 2, math.nan, 3], [1, 2, 0, 3], 1.0),
        ([1, 2], [3, 3], None),
        ([1], [1], None),
        ([], [], None),
    ],
)
def test_tau_by_hand(x, y, tau):
    assert kendall_tau_b(x, y) == (tau if tau is None else pytest.approx(tau, rel=ROUNDING))


@settings(deadline=None, max_examples=50, derandomize=True)
@given(p_values | st.lists(st.sampled_from([0.01, 0.2, None]), max_size=8))
def test_holm_of_all_at_once_is_holm_of_each(p):
    together = holm_of_all(np.array([math.nan if each is None else each for each in p], dtype=float))
    each = [math.nan if one is None else one for one in holm(p)]
    assert together.tolist() == pytest.approx(each, rel=ROUNDING, nan_ok=True)
