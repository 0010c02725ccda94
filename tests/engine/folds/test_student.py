"""Student's law against SciPy, which it stands in for."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtr, stdtrit

from losscli.engine.folds.student import two_sided_quantile, two_sided_tail


def tolerance(t: float, df: float) -> float:
    """Relative; up to |t| = 4 the tail is 1 − its complement, beyond the rounding of df/(df + t²) counts df times."""
    return 3e-11 if t <= 4 else 3e-11 + 1e-15 * df


# from 0.01 on: at 1e-6 SciPy itself is off by 3e-11 (df = 1, where the tail is 1 − (2/π) arctan t)
@given(t=st.floats(0.01, 40), df=st.integers(1, 10**8))
def test_tail_is_that_of_scipy(t, df):
    assert two_sided_tail(t, df) == pytest.approx(2 * stdtr(df, -t), rel=tolerance(t, df))


@given(p=st.floats(1e-9, 0.999), df=st.integers(1, 10**8))
def test_quantile_is_that_of_scipy(p, df):
    t = -stdtrit(df, p / 2)
    assert two_sided_quantile(p, df) == pytest.approx(t, rel=tolerance(t, df))


@given(p=st.floats(1e-9, 0.999), df=st.integers(1, 10**8))
def test_quantile_is_the_inverse_of_the_tail(p, df):
    t = two_sided_quantile(p, df)
    assert two_sided_tail(t, df) == pytest.approx(p, rel=tolerance(t, df))


# where the series of Γ(a + ½)/Γ(a) begins its terms are largest, and what is lost of 1 − the complement is most
@pytest.mark.parametrize(("t", "tolerated"), [(2.0, 1e-13), (3.0, 1e-12), (4.0, 3e-11)])
@pytest.mark.parametrize("df", [79, 80, 81, 100, 500, 10_000])
def test_the_middle_degrees_lose_no_digits(t, df, tolerated):
    assert two_sided_tail(t, df) == pytest.approx(2 * stdtr(df, -t), rel=tolerated)


def test_a_t_whose_square_overflows_has_no_tail():
    assert two_sided_tail(1e200, 3) == 0.0


def test_tail_is_even_and_ends_at_one_and_zero():
    assert two_sided_tail(-2.0, 5) == two_sided_tail(2.0, 5)
    assert two_sided_tail(0.0, 5) == 1.0
    assert two_sided_tail(float("inf"), 5) == 0.0


def test_tabulated_values():
    # the classical table: t(0.975) with 1, 10 and 30 degrees of freedom
    assert [round(two_sided_quantile(0.05, df), 3) for df in (1, 10, 30)] == [12.706, 2.228, 2.042]


@pytest.mark.parametrize("t", [1e-9, 1e-6, 0.5, 3.0, 1e6])
def test_one_degree_of_freedom_is_cauchys_law(t):
    assert two_sided_tail(t, 1) == pytest.approx(2 * math.atan2(1, t) / math.pi, rel=1e-13)
