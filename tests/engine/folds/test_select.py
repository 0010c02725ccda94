"""Exact medians and quantiles, whatever the number of values that may be gathered at once."""

from __future__ import annotations

import math
from contextlib import contextmanager
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from streams import Reader, batches, bits

import losscli.engine.folds.batch
import losscli.engine.folds.select
import losscli.engine.folds.words
from losscli.engine.folds.quantity import Deviation, OfTarget, Target
from losscli.engine.folds.select import Spread, median, quantile, spread, tail
from losscli.engine.folds.window import Near
from losscli.engine.folds.words import Gather

law = settings(deadline=None, max_examples=15, derandomize=True)

# What is patched: rows that a batch gives to the sample, the margin of the window in it, the values that a window may
# gather (none: words find the rank), and those that a word may.
WAYS = {
    "all rows are in the sample": (4_096, 4.5, 1 << 20, 1 << 20),
    "window": (2, 4.5, 1 << 20, 1 << 20),
    "narrow window": (3, 0.3, 1 << 20, 1 << 20),
    "window that may be missed": (2, 0.0, 1 << 20, 2),
    "words": (2, 4.5, -1, 1 << 20),
    "words, few gathered": (2, 4.5, -1, 2),
    "words, none gathered": (2, 4.5, -1, 0),
}
every_way = pytest.mark.parametrize("way", WAYS)

DENSE = st.integers(-4, 4).map(lambda k: k / 4)
ANY = st.floats(allow_nan=False, allow_infinity=True)
VALUES = st.lists(st.one_of(DENSE, ANY, st.sampled_from([0.0, -0.0, 5e-324, -5e-324, 1e308, -1e308])), min_size=1)


def _after_one(steps):
    return float((np.float64(1.0).view(np.int64) + steps).view(np.float64))


@contextmanager
def searched(way):
    per_batch, margin, window, word = WAYS[way]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(losscli.engine.folds.batch, "ROWS_PER_BATCH", per_batch)
        patch.setattr(losscli.engine.folds.select, "MARGIN", margin)
        patch.setattr(losscli.engine.folds.select, "GATHER_VALUES", window)
        patch.setattr(losscli.engine.folds.words, "GATHER_VALUES", word)
        yield


def ask(question, values, weight=None, rows=7):
    return Reader(batches(values, weight=weight, rows=rows)).ask(question)


def exact_quantile(values, level):
    rank = math.ceil(Fraction(repr(level)) * len(values))
    return sorted(values)[rank - 1]


def median_interval(values):
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]


@every_way
@law
@given(values=VALUES, level=st.sampled_from([0.001, 0.1, 0.25, 0.3, 0.5, 0.7, 0.9, 0.999]))
def test_quantiles_are_values_of_the_data(way, values, level):
    with searched(way):
        assert ask(quantile(Target(), level), values) == exact_quantile(values, level)


@every_way
@law
@given(values=VALUES)
@example(values=[-1e308, 1e308])
@example(values=[1.7e308, 1.6e308])
@example(values=[-math.inf, 3.0])
@example(values=[5e-324, 1e-323])
@example(values=[-0.0, -0.0])
def test_the_median_is_the_middle_of_the_median_interval(way, values):
    with searched(way):
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


@every_way
@law
@given(values=st.lists(st.integers(0, 40).map(_after_one), min_size=1, max_size=60))
def test_values_that_differ_in_their_last_bits_are_told_apart(way, values):
    with searched(way):
        assert ask(quantile(Target(), 0.5), values) == exact_quantile(values, 0.5)


@every_way
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_thousands_of_values_agree_with_numpy(way, sign):
    values = sign * np.random.default_rng(9).lognormal(0.0, 2.0, size=5_001)
    with searched(way):
        reader = Reader(batches(values, rows=256))
        center = np.median(values)
        assert reader.ask(median(Target())) == center
        assert reader.ask(spread(Target())) == Spread(median=center, deviation=np.median(np.abs(values - center)))
        for level in (0.01, 0.25, 0.5, 0.75, 0.99):
            assert reader.ask(quantile(Target(), level)) == np.quantile(values, level, method="inverted_cdf")
    gathers = [
        len(answered[0])
        for wanted, answers in zip(reader.rounds, reader.answers, strict=True)
        for accumulator, answered in zip(wanted, answers, strict=True)
        if isinstance(accumulator, Gather)
    ]
    assert all(count <= WAYS[way][3] for count in gathers)
    if way in ("all rows are in the sample", "window"):
        assert not gathers
    if way == "words":
        assert gathers


@pytest.mark.parametrize(("n", "folds"), [(3_000, 1), (30_000, 2)])
def test_one_fold_samples_and_one_finds_median_and_deviation(n, folds):
    values = np.random.default_rng(2).normal(size=n)
    reader = Reader(batches(values))
    assert reader.ask(spread(Target())) == Spread(
        median=np.median(values), deviation=np.median(np.abs(values - np.median(values)))
    )
    assert len(reader.rounds) == folds


def test_few_of_many_values_are_gathered():
    reader = Reader(batches(np.random.default_rng(2).normal(size=400_000)))
    reader.ask(median(Target()))
    (near,) = reader.answers[-1]
    assert 0 < len(near.values) < 0.05 * 400_000


@pytest.mark.parametrize("word", [0, 3])
def test_a_huge_number_of_equal_values_is_never_gathered(word):
    values = np.repeat([1.0, 2.0, 3.0], [100, 1_000, 50])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(losscli.engine.folds.batch, "ROWS_PER_BATCH", 10)
        patch.setattr(losscli.engine.folds.select, "GATHER_VALUES", -1)
        patch.setattr(losscli.engine.folds.words, "GATHER_VALUES", word)
        reader = Reader(batches(values))
        assert reader.ask(median(Target())) == 2.0
        assert reader.ask(quantile(Target(), 0.99)) == 3.0
    assert len(reader.rounds) == 10  # twice a sample and four words
    assert not any(isinstance(each, Gather) for wanted in reader.rounds for each in wanted)


def test_values_that_many_rows_share_are_counted_not_gathered():
    values = np.repeat([0.0, 1.0, 2.0, 5.0], [40_000, 30_000, 20_000, 10_000])
    reader = Reader(batches(np.random.default_rng(3).permutation(values)))
    assert reader.ask(median(Target())) == 1.0
    assert reader.ask(spread(Target())) == Spread(median=1.0, deviation=1.0)
    assert reader.ask(quantile(Target(), 0.25)) == 0.0
    windows = [near for answers in reader.answers for near in answers if isinstance(near, Near)]
    assert windows
    assert all(len(near.values) == 0 for near in windows)


@every_way
@law
@given(values=st.lists(st.one_of(DENSE, st.floats(-1e9, 1e9)), min_size=1, max_size=60), weighted=st.booleans())
def test_median_and_deviation_are_those_that_are_found_one_after_the_other(way, values, weighted):
    weight = [1.0 + number % 3 / 8 for number in range(len(values))] if weighted else None
    with searched(way):
        found = ask(spread(Target()), values, weight)
        assert bits(found.median) == bits(ask(median(Target()), values, weight))
        assert bits(found.deviation) == bits(ask(median(Deviation(Target(), found.median)), values, weight))


@every_way
@law
@given(rows=st.lists(st.tuples(st.one_of(DENSE, ANY), st.integers(1, 5)), min_size=1, max_size=20))
def test_a_weight_equals_repetition(way, rows):
    values, weight = zip(*rows, strict=True)
    repeated = np.repeat(values, weight)
    with searched(way):
        for question in (lambda: median(Target()), lambda: quantile(Target(), 0.3)):
            assert bits(ask(question(), values, weight)) == bits(ask(question(), repeated))


@every_way
def test_rounding_of_fractional_weights_does_not_shift_the_median(way):
    # 0.1 + 0.2 is 4e-17 above half of 0.6 in floating point, and exactly half on paper
    with searched(way):
        _rounding_does_not_shift_the_median()


def _rounding_does_not_shift_the_median():
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


@every_way
@law
@given(
    values=st.lists(st.integers(-30, 30).filter(bool).map(float), min_size=1, max_size=30),
    weighted=st.booleans(),
)
def test_a_further_weight_multiplies_the_weight(way, values, weighted):
    weight = [1.0 + (number % 3) for number in range(len(values))] if weighted else None
    with searched(way):
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


@pytest.mark.parametrize("reach", [2.0, 5.0])
@pytest.mark.parametrize("weighted", [False, True])
def test_all_rows_far_away_are_among_those_handed_over_and_few_others(reach, weighted):
    rng = np.random.default_rng(8)
    values = rng.standard_t(3, size=100_000)
    weight = rng.uniform(1.0, 2.0, size=100_000) if weighted else None
    found = Reader(batches(values, weight=weight)).ask(spread(Target(), reach=reach))
    handed = np.concatenate([batch.records(np.arange(len(batch))) for batch in found.beyond])
    far = np.flatnonzero(np.abs(values - found.median) > reach * found.deviation)
    assert np.isin(far, handed).all()
    assert len(far) < len(handed) < 1.5 * len(far)
    assert np.array_equal(np.concatenate([batch.y_true for batch in found.beyond]), values[handed])


def test_rows_far_away_that_are_too_many_are_not_handed_over(monkeypatch):
    monkeypatch.setattr(losscli.engine.folds.select, "MOST_BEYOND", 1_000)
    values = np.random.default_rng(8).normal(size=100_000)
    assert Reader(batches(values)).ask(spread(Target(), reach=1.0)).beyond is None


@pytest.mark.parametrize(("most", "is_told"), [(10_000, True), (500, False)])
def test_the_tail_is_among_the_rows_handed_over_where_they_are_few(most, is_told):
    values = np.random.default_rng(8).lognormal(size=100_000)
    limit, rows = Reader(batches(values)).ask(tail(Target(), 0.99, most))
    assert limit == np.quantile(values, 0.99, method="inverted_cdf")
    assert (rows is not None) is is_told
    if rows is not None:
        handed = np.concatenate([batch.y_true for batch in rows])
        assert np.isin(values[values > limit], handed).all()
        assert 1_000 < len(handed) < 2_500
