"""Exact medians and quantiles, whatever the number of values that may be gathered at once."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from streams import Reader, batches, bits

import losscli.engine.select
from losscli.engine.quantity import OfTarget, Target
from losscli.engine.select import Gather, median, quantile

law = settings(deadline=None, max_examples=15, derandomize=True)
every_memory = pytest.mark.parametrize("gathered", [0, 1, 2, 5, 1 << 20])

DENSE = st.integers(-4, 4).map(lambda k: k / 4)
ANY = st.floats(allow_nan=False, allow_infinity=True)
VALUES = st.lists(st.one_of(DENSE, ANY, st.sampled_from([0.0, -0.0, 5e-324, -5e-324, 1e308, -1e308])), min_size=1)


def _after_one(steps):
    return float((np.float64(1.0).view(np.int64) + steps).view(np.float64))


@pytest.fixture
def memory(monkeypatch, gathered):
    monkeypatch.setattr(losscli.engine.select, "GATHER_VALUES", gathered)
    return gathered


def ask(question, values, weight=None, rows=7):
    return Reader(batches(values, weight=weight, rows=rows)).ask(question)


def exact_quantile(values, level):
    rank = math.ceil(Fraction(repr(level)) * len(values))
    return sorted(values)[rank - 1]


def median_interval(values):
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]


@every_memory
@law
@given(values=VALUES, level=st.sampled_from([0.001, 0.1, 0.25, 0.3, 0.5, 0.7, 0.9, 0.999]))
def test_quantiles_are_values_of_the_data(gathered, values, level):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(losscli.engine.select, "GATHER_VALUES", gathered)
        assert ask(quantile(Target(), level), values) == exact_quantile(values, level)


@every_memory
@law
@given(values=VALUES)
@example(values=[-1e308, 1e308])
@example(values=[1.7e308, 1.6e308])
@example(values=[-math.inf, 3.0])
@example(values=[5e-324, 1e-323])
@example(values=[-0.0, -0.0])
def test_the_median_is_the_middle_of_the_median_interval(gathered, values):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(losscli.engine.select, "GATHER_VALUES", gathered)
        found = ask(median(Target()), values)
    low, high = median_interval(values)
    if math.isinf(low) and low == -high:
        assert math.isnan(found)
    elif math.isinf(low) or math.isinf(high):
        assert found == (low if math.isinf(low) else high)
    else:
        # half a subnormal is rounded, so that the middle may be off by one of them
        assert (
            abs(Fraction(found) - (Fraction(low) + Fraction(high)) / 2)
            <= Fraction(5e-324) + abs(Fraction(found)) / 2**53
        )
        assert low <= found <= high


@every_memory
@law
@given(values=st.lists(st.integers(0, 40).map(_after_one), min_size=1, max_size=60))
def test_values_that_differ_in_their_last_bits_are_told_apart(gathered, values):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(losscli.engine.select, "GATHER_VALUES", gathered)
        assert ask(quantile(Target(), 0.5), values) == exact_quantile(values, 0.5)


@pytest.mark.parametrize("gathered", [0, 100, 1 << 20])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_thousands_of_values_agree_with_numpy(memory, sign):
    values = sign * np.random.default_rng(9).lognormal(0.0, 2.0, size=5_001)
    reader = Reader(batches(values, rows=1_024))
    assert reader.ask(median(Target())) == np.median(values)
    for level in (0.01, 0.25, 0.5, 0.75, 0.99):
        assert reader.ask(quantile(Target(), level)) == np.quantile(values, level, method="inverted_cdf")
    gathers = [
        len(answered[0])
        for wanted, answers in zip(reader.rounds, reader.answers, strict=True)
        for accumulator, answered in zip(wanted, answers, strict=True)
        if isinstance(accumulator, Gather)
    ]
    assert all(count <= memory for count in gathers)
    assert bool(gathers) is (memory > 0)


def test_two_folds_find_the_median_of_what_can_be_gathered():
    reader = Reader(batches(np.random.default_rng(2).normal(size=3_000), rows=1_000))
    reader.ask(median(Target()))
    assert len(reader.rounds) == 2


@pytest.mark.parametrize("gathered", [0, 3])
def test_a_huge_number_of_equal_values_is_never_gathered(memory):  # noqa: ARG001
    values = np.repeat([1.0, 2.0, 3.0], [100, 1_000, 50])
    reader = Reader(batches(values))
    assert reader.ask(median(Target())) == 2.0
    assert reader.ask(quantile(Target(), 0.99)) == 3.0
    assert len(reader.rounds) == 8  # four words each
    assert not any(isinstance(each, Gather) for wanted in reader.rounds for each in wanted)


@every_memory
@law
@given(rows=st.lists(st.tuples(st.one_of(DENSE, ANY), st.integers(1, 5)), min_size=1, max_size=20))
def test_a_weight_equals_repetition(gathered, rows):
    values, weight = zip(*rows, strict=True)
    repeated = np.repeat(values, weight)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(losscli.engine.select, "GATHER_VALUES", gathered)
        for question in (lambda: median(Target()), lambda: quantile(Target(), 0.3)):
            assert bits(ask(question(), values, weight)) == bits(ask(question(), repeated))


@pytest.mark.parametrize("gathered", [0, 1, 1 << 20])
def test_rounding_of_fractional_weights_does_not_shift_the_median(memory):  # noqa: ARG001
    # 0.1 + 0.2 is 4e-17 above half of 0.6 in floating point, and exactly half on paper
    assert ask(median(Target()), [1.0, 2.0, 5.0], [0.1, 0.2, 0.3]) == 3.5
    assert ask(quantile(Target(), 0.5), [1.0, 2.0, 5.0], [0.1, 0.2, 0.3]) == 2.0
    assert ask(median(Target()), [5.0, 2.0, 1.0], [0.1, 0.2, 0.3]) == 1.5
    assert ask(median(Target()), [1.0] * 3 + [2.0] * 3, [0.1, 0.7, 0.1, 0.2, 0.3, 0.4]) == 1.5


@pytest.mark.parametrize(
    ("level", "n", "rank"), [(0.1, 30, 3), (0.3, 10, 3), (0.7, 10, 7), (0.9, 10, 9), (0.55, 100, 55), (1e-5, 7, 1)]
)
def test_a_level_is_the_decimal_that_it_is_written_as(level, n, rank):
    assert ask(quantile(Target(), level), np.arange(1.0, n + 1)) == rank


def _inverse_size(y_true):
    return 1.0 / np.abs(y_true)


@every_memory
@law
@given(
    values=st.lists(st.integers(-30, 30).filter(bool).map(float), min_size=1, max_size=30),
    weighted=st.booleans(),
)
def test_a_further_weight_multiplies_the_weight(gathered, values, weighted):
    weight = [1.0 + (number % 3) for number in range(len(values))] if weighted else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(losscli.engine.select, "GATHER_VALUES", gathered)
        found = ask(median(Target(), OfTarget(_inverse_size)), values, weight)
    each = [Fraction(int(w)) / abs(Fraction(int(v))) for v, w in zip(values, weight or [1] * len(values), strict=True)]
    half = sum(each) / 2
    ordered = sorted(zip(values, each, strict=True))
    reached = Fraction(0)
    low = high = None
    for value, w in ordered:
        reached += w
        low = value if low is None and reached >= half else low
        high = value if high is None and reached > half else high
    assert found == (low + high) / 2


@pytest.mark.parametrize("value", [0.0, -3.5, 1e300, 5e-324, -math.inf])
def test_one_row_is_its_own_median_and_quantile(value):
    assert ask(median(Target()), [value]) == value
    assert ask(quantile(Target(), 0.9), [value]) == value


def test_negative_zero_comes_out_as_zero():
    assert math.copysign(1.0, ask(median(Target()), [-0.0, -0.0])) == 1.0
    assert math.copysign(1.0, ask(quantile(Target(), 0.5), [-0.0])) == 1.0


def test_no_rows_no_weight_and_endless_weight_have_no_median():
    assert math.isnan(ask(median(Target()), []))
    assert math.isnan(ask(quantile(Target(), 0.3), []))
    assert math.isnan(ask(median(Target(), OfTarget(np.zeros_like)), [1.0, 2.0]))
    assert math.isnan(ask(median(Target(), OfTarget(_inverse_size)), [1e-310, 2.0]))


def test_rows_of_no_further_weight_never_count():
    def above_zero(y_true):
        return (y_true > 0).astype(np.float64)

    assert ask(median(Target(), OfTarget(above_zero)), [-5.0, -4.0, -3.0, 7.0, 9.0]) == 8.0
