"""Limits and tolerances as they are written: what is read, and where a mistake is pointed at."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from losscli.analyses.gate.limits import Quantity, read_limit
from losscli.analyses.gate.terms import terms_of
from losscli.analyses.gate.tolerances import read_tolerances
from losscli.errors import UsageError
from losscli.losses import parse


@pytest.mark.parametrize(
    ("text", "quantity", "name", "operator", "bound"),
    [
        ("rmse > 3", Quantity.LOSS, "rmse", ">", 3.0),
        ("rmse>=3e-2", Quantity.LOSS, "rmse", ">=", 0.03),
        ("Huber:delta=2 > +1.4", Quantity.LOSS, "huber:delta=2", ">", 1.4),
        ("skill.mse < 40%", Quantity.SKILL, "skill.mse", "<", 0.4),
        ("skill.mse <= -.5", Quantity.SKILL, "skill.mse", "<=", -0.5),
        (" bias < -2 % ", Quantity.BIAS, "bias", "<", -0.02),
        ("abs( bias ) > 2%", Quantity.ABSOLUTE_BIAS, "abs(bias)", ">", 0.02),
        ("outliers > 3", Quantity.OUTLIERS, "outliers", ">", 3.0),
        ("outliers > 3%", Quantity.OUTLIERS, "outliers", ">", 0.03),
        ("zero_one > 3%", Quantity.LOSS, "zero_one", ">", 0.03),
        ("mape > 5%", Quantity.LOSS, "mape", ">", 5.0),
        ("skill.mape < 5%", Quantity.SKILL, "skill.mape", "<", 0.05),
    ],
)
def test_limits_are_read(text, quantity, name, operator, bound):
    limit = read_limit(text)
    assert (limit.quantity, limit.name, limit.operator, limit.bound) == (quantity, name, operator, bound)


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("rmse", 4, "expected one of > >= < <="),
        ("rmse == 3", 5, "expected one of > >= < <="),
        ("rmse ≥ 3", 5, "expected one of > >= < <="),
        ("", 0, "expected one of > >= < <="),
        ("> 3", 0, "expected a loss"),
        ("rmse > ", 7, "expected a number"),
        ("rmse > three", 7, "expected a number"),
        ("rmse > nan", 7, "expected a number"),
        ("rmse > 1e999", 7, "expected a number"),
        ("rmse >> 3", 6, "expected a number"),
        ("rmse > 3 and mae > 2", 9, "expected the end"),
        ("rmse > 3 %%", 10, "expected the end"),
        ("rmze > 3", 0, "there is no loss 'rmze'"),
        ("skill.rmze > 3", 6, "there is no loss 'rmze'"),
        ("abs(mse) > 3", 0, "the only function is abs(bias)"),
        ("__import__('os').getpid() > 3", 0, "the only function"),
        ("huber:delta=x > 3", 0, "expected a number, got 'x'"),
        ("mse > 3%", 7, "mse is no share but in y²"),
        ("mse > -3", 6, "all predictions would fail: mse is never below 0"),
        ("rmse >= 0", 8, "all predictions would fail: rmse is never below 0"),
        ("sse < 0", 6, "no predictions would fail: sse is never below 0"),
        ("zero_one > 5", 11, "no predictions would fail: zero_one is never above 1"),
        ("smape:variant=100 > 150", 20, "no predictions would fail: smape:variant=100 is never above 100"),
        ("skill.mse < 40", 12, "all predictions would fail: skill.mse is never above 1"),
        ("abs(bias) > -2%", 12, "all predictions would fail: abs(bias) is never below 0"),
        ("outliers > 300%", 11, "no predictions would fail: outliers is never above 100 %"),
    ],
)
def test_a_mistake_is_pointed_at(text, place, problem):
    with pytest.raises(UsageError) as caught:
        read_limit(text)
    message, shown, pointer = caught.value.message.split("\n")
    assert problem in message
    assert shown == f"  {text}"
    assert pointer == " " * (place + 2) + "^"


def test_a_percentage_without_its_sign_is_supposed():
    with pytest.raises(UsageError) as caught:
        read_limit("skill.mse < 40")
    assert caught.value.hint == "a percentage has its sign: 40%"


def test_a_limit_that_is_given_twice_counts_once():
    terms = terms_of(("mse > 3", "mae > 2", "mse  > 3"), None, None)
    assert [limit.name for limit in terms.limits] == ["mse", "mae"]


@given(st.text())
def test_any_text_is_a_limit_or_a_usage_error(text):
    with contextlib.suppress(UsageError):
        assert read_limit(text).operator in (">", ">=", "<", "<=")


@pytest.mark.parametrize(
    ("text", "upside_down"),
    [
        ("mse > 3", False),
        ("mse > 0", False),
        ("mse < 3", True),
        ("skill.mse > 40%", True),
        ("skill.mse < 40%", False),
        ("mbe < -1", False),
        ("mbe > -1", True),
        ("bias > -2%", True),
        ("bias < 2%", True),
        ("bias > 0", False),
        ("bias > 2%", False),
        ("abs(bias) < 1", True),
        ("outliers > 3", False),
    ],
)
def test_a_limit_that_fails_what_is_good_is_known(text, upside_down):
    assert read_limit(text).is_upside_down is upside_down


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("1%", {"mae": 0.01, "mse": 0.01}),
        ("mae=1%", {"mae": 0.01, "mse": None}),
        ("mae=1%,mse=3.5 %", {"mae": 0.01, "mse": 0.035}),
        ("0%, huber:delta=2=+3%", {"mae": 0.0, "huber": 0.0, "huber:delta=2": 0.03}),
    ],
)
def test_tolerances_are_read(text, changes):
    tolerances = read_tolerances(text)
    found = {name: tolerances.of(parse(name)) for name in changes}
    assert {name: tolerance and tolerance.change for name, tolerance in found.items()} == changes


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1", "expected a percentage from 0 % on, got '1'"),
        ("0.01", "expected a percentage"),
        ("-1%", "expected a percentage"),
        ("", "expected a percentage"),
        ("mae=", "expected a percentage"),
        ("1%,2%", "two tolerances for all losses"),
        ("mae=1%,MAE=2%", "mae has two tolerances"),
        ("mbe=1%", "mbe is best at 0"),
        ("rmze=1%", "there is no loss 'rmze'"),
    ],
)
def test_a_tolerance_that_is_none_is_an_error(text, problem):
    with pytest.raises(UsageError, match=problem):
        read_tolerances(text)
