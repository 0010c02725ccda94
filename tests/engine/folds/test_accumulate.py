"""Laws that every accumulator obeys, and moments against sums of exact terms."""

from __future__ import annotations

import math
import pickle
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streams import batches, bits, close, kernel

from losscli.engine.folds.accumulate import Mean, Moments, Total, WeightSums, weighted_sum
from losscli.engine.folds.by_class import OnlyRow
from losscli.engine.folds.domain import DomainFaults, InfiniteRows
from losscli.engine.folds.moments import exact_sum, line_of_moments, lines_of_moments
from losscli.engine.folds.quantity import Deviation, LossValue, OfTarget, Residual, Target
from losscli.engine.folds.sample import Sampled
from losscli.engine.folds.tails import AboveLimits, Tails
from losscli.engine.folds.top_rows import Extremes, TopRows
from losscli.engine.folds.window import Window
from losscli.engine.folds.words import Gather, Ranked, WordCounts
from losscli.engine.statistics.effect import Unflagged
from losscli.engine.statistics.error_shape import Clipped, Sides, Spreads
from losscli.engine.statistics.flags import Flag, Flagged, FlaggedTotals
from losscli.engine.statistics.flip import FlaggedTogether
from losscli.engine.statistics.grouped import Binned, GroupMoments
from losscli.engine.statistics.optimum import Extent
from losscli.engine.statistics.paired import PairedMoments

law = settings(deadline=None, max_examples=10, derandomize=True)

SKIPPING, INFINITE = kernel("mape:zero=skip"), kernel("mape:zero=inf")
# the words of [1, 1.0625) and of [−1.0625, −1)
ONE, MINUS_ONE = 0x3FF0, 0xBFF0

TABLE = {
    "total of targets": Total(Target()),
    "sums of weights": WeightSums(),
    "total that skips": Total(LossValue(SKIPPING, 0)),
    "mean that skips": Mean(LossValue(SKIPPING, 0)),
    "mean with infinities": Mean(LossValue(INFINITE, 0)),
    "moments of errors": Moments(Residual(0)),
    "moments that skip": Moments(LossValue(SKIPPING, 0)),
    "moments with infinities": Moments(LossValue(INFINITE, 0)),
    "first words": WordCounts(Ranked(Residual(0))),
    "second words": WordCounts(Ranked(Target()), (ONE,)),
    "first words, further weight": WordCounts(Ranked(Target(), OfTarget(np.abs))),
    "gather": Gather(Ranked(Residual(0)), (MINUS_ONE,)),
    "gather, further weight": Gather(Ranked(Target(), OfTarget(np.abs)), (ONE, 0)),
    "extent": Extent(),
    "only row": OnlyRow(),
    "sample": Sampled(Residual(0)),
    "window": Window(Ranked(Residual(0)), -1.0, 2.0),
    "window, further weight": Window(Ranked(Target(), OfTarget(np.abs)), -1.0, 2.0),
    "ring": Window(Ranked(Deviation(Residual(0), 0.5)), 0.5, 2.0, Residual(0)),
    "pairs": PairedMoments(INFINITE, (0, 0)),
    "flagged": FlaggedTotals(
        (Flag(Deviation(Residual(0), 1.0), 3.0),), (LossValue(kernel("mse"), 0), LossValue(SKIPPING, 0))
    ),
    "above limits": AboveLimits(LossValue(SKIPPING, 0), (-1.0, 50.0)),
    "tails": Tails(LossValue(SKIPPING, 0), (Fraction(9, 10), Fraction(1, 2)), ((50.0, 90.0), (10.0, 60.0))),
    "unflagged": Unflagged(
        Flag(Deviation(Residual(0), 1.0), 3.0, 5), (LossValue(kernel("mse"), 0), LossValue(SKIPPING, 0))
    ),
    "top rows": TopRows(Deviation(Residual(0), 1.0), 3),
    "top rows that skip": TopRows(LossValue(SKIPPING, 0), 5),
    "flagged together": FlaggedTogether((Flag(Residual(0), 1.0), None, Flag(Target(), 0.0))),
    "extremes": Extremes(LossValue(SKIPPING, 0)),
    "faults": DomainFaults(kernel("msle"), 0),
    "faults of both": DomainFaults(kernel("mape"), 0),
    "infinite rows": InfiniteRows(INFINITE, 0),
    "sides of zero": Sides(Residual(0)),
    "spread": Spreads(Residual(0)),
    "groups": GroupMoments(Residual(0), Target(), Binned(Target(), (-1.0, 0.0, 2.5))),
    "clipped": Total(Clipped(Residual(0), -1.0, 2.0)),
}
UNORDERED = [
    "total of targets",
    "total that skips",
    "mean that skips",
    "moments of errors",
    "moments that skip",
    "first words",
    "flagged",
]
# Groups have one line each, not one for each batch, so that last bits depend on the order of merges.
ASSOCIATIVE = [name for name in TABLE if name != "groups"]
every_accumulator = pytest.mark.parametrize("accumulator", TABLE.values(), ids=TABLE)


@st.composite
def tables(draw: st.DrawFn):
    """Draw targets, predictions and weights or None: multiples of 1/8, whose sums are exact."""
    eighths = st.integers(-40, 40).map(lambda k: k / 8)
    row = st.tuples(st.one_of(st.sampled_from([0.0, 1.0, -2.0]), eighths), eighths, st.integers(1, 24))
    y_true, y_pred, weight = zip(*draw(st.lists(row, min_size=1, max_size=40)), strict=True)
    return y_true, y_pred, np.array(weight) / 8 if draw(st.booleans()) else None


def observed(accumulator, rows):
    with np.errstate(all="ignore"):
        return [accumulator.observe(batch) for batch in rows]


def merged(accumulator, states):
    state = accumulator.empty()
    for seen in states:
        state = accumulator.merge(state, seen)
    return state


@every_accumulator
@law
@given(table=tables())
def test_the_empty_state_is_the_identity_of_merge(accumulator, table):
    (state,) = observed(accumulator, batches(*table[:2], weight=table[2]))
    empty = accumulator.empty()
    assert bits(accumulator.merge(empty, state)) == bits(state)
    assert bits(accumulator.merge(state, empty)) == bits(state)
    assert bits(accumulator.merge(empty, empty)) == bits(empty)


@every_accumulator
@law
@given(table=tables(), data=st.data())
def test_any_split_answers_as_the_whole(accumulator, table, data):
    y_true, y_pred, weight = table
    cuts = sorted(data.draw(st.sets(st.integers(1, len(y_true)), max_size=5)) - {len(y_true)})
    split = merged(accumulator, observed(accumulator, batches(y_true, y_pred, weight=weight, rows=cuts)))
    whole = merged(accumulator, observed(accumulator, batches(y_true, y_pred, weight=weight)))
    assert close(accumulator.finalise(split), accumulator.finalise(whole))


@pytest.mark.parametrize("name", UNORDERED)
@law
@given(table=tables(), data=st.data())
def test_the_order_of_batches_changes_no_bit(name, table, data):
    accumulator, (y_true, y_pred, weight) = TABLE[name], table
    states = observed(accumulator, batches(np.array(y_true) / 3, y_pred, weight=weight, rows=7))
    shuffled = data.draw(st.permutations(states))
    assert bits(accumulator.finalise(merged(accumulator, shuffled))) == bits(
        accumulator.finalise(merged(accumulator, states))
    )


@pytest.mark.parametrize("name", ASSOCIATIVE)
@law
@given(table=tables())
def test_merge_is_associative(name, table):
    accumulator = TABLE[name]
    y_true, y_pred, weight = table
    states = observed(accumulator, batches(y_true, y_pred, weight=weight, rows=3))
    from_the_left, from_the_right = merged(accumulator, states), accumulator.empty()
    for state in reversed(states):
        from_the_right = accumulator.merge(state, from_the_right)
    assert bits(accumulator.finalise(from_the_left)) == bits(accumulator.finalise(from_the_right))


@every_accumulator
@law
@given(table=tables())
def test_states_pickle_and_finalise_leaves_them_as_they_are(accumulator, table):
    y_true, y_pred, weight = table
    state = merged(accumulator, observed(accumulator, batches(y_true, y_pred, weight=weight, rows=9)))
    before = bits(state)
    answered = bits(accumulator.finalise(state))
    assert bits(state) == before
    assert bits(accumulator.finalise(pickle.loads(pickle.dumps(state)))) == answered  # noqa: S301


@every_accumulator
def test_equal_recipes_are_equal_keys(accumulator):
    again = pickle.loads(pickle.dumps(accumulator))  # noqa: S301
    assert again == accumulator
    assert hash(again) == hash(accumulator)


def test_no_rows_have_an_answer():
    def nothing(name):
        return TABLE[name].finalise(TABLE[name].empty())

    assert nothing("total of targets") == (0.0, 0.0)
    assert nothing("flagged") == Flagged(n=0, weight=0.0, totals=(0.0, 0.0))
    assert nothing("faults").count == 0
    assert (nothing("moments of errors").n, nothing("moments of errors").psi2) == (0, 0.0)
    assert math.isnan(nothing("moments of errors").mean)
    assert [len(column) for column in nothing("gather")] == [0, 0]
    assert [column.sum() for column in nothing("first words")] == [0, 0]


# Moments


def direct(values, weight):
    """Return n, mean, Σψ² and Σψ³ of finite values, every sum correctly rounded."""
    w = np.ones(len(values)) if weight is None else weight
    n, total = len(values), math.fsum(w)
    mean = math.fsum(w * values) / total
    psi = w * (values - mean) * n / total
    return n, mean, math.fsum(psi**2), math.fsum(psi**3), math.fsum(np.abs(psi) ** 3)


@pytest.mark.parametrize("scale", [1.0, 1e-50, 1e90, 3.7])
@pytest.mark.parametrize("shift", [0.0, 1e3])
@pytest.mark.parametrize("weighted", [False, True])
def test_moments_are_those_of_all_rows_at_once(weighted, shift, scale):
    rng = np.random.default_rng(4)
    values = scale * (rng.gamma(0.7, size=1_001) + shift)
    weight = rng.uniform(0.1, 9.0, size=1_001) if weighted else None
    (state,) = observed(Moments(Target()), batches(values, weight=weight))
    found = Moments(Target()).finalise(state)
    n, mean, psi2, psi3, size3 = direct(values, weight)
    assert found.n == n
    assert found.mean == pytest.approx(mean, rel=5e-16)
    # values of size 1 + shift lose that many digits when they are centred
    assert found.psi2 == pytest.approx(psi2, rel=1e-13 * (1 + shift))
    assert found.psi3 == pytest.approx(psi3, rel=0, abs=1e-13 * (1 + shift) * size3)
    assert (found.infinite, found.skipped) == (0, 0)


@pytest.mark.parametrize("weighted", [False, True])
def test_infinite_and_skipped_values_are_counted_apart(weighted):
    values = np.array([1.0, np.inf, 4.0, np.nan, -np.inf, 7.0, np.nan, np.inf, 2.5])
    weight = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]) if weighted else None
    (state,) = observed(Moments(Target()), batches(values, weight=weight))
    found = Moments(Target()).finalise(state)
    kept = np.isfinite(values)
    n, mean, psi2, psi3, _ = direct(values[kept], None if weight is None else weight[kept])
    assert (found.n, found.infinite, found.skipped) == (4, 3, 2) == (n, 3, 2)
    assert found.weight == (19.0 if weighted else 4.0)
    assert (found.mean, found.psi2, found.psi3) == pytest.approx((mean, psi2, psi3), rel=1e-14)


def test_nothing_finite_has_no_mean():
    (state,) = observed(Moments(Target()), batches([np.inf, np.nan]))
    found = Moments(Target()).finalise(state)
    assert (found.n, found.weight, found.infinite, found.skipped) == (0, 0.0, 1, 1)
    assert math.isnan(found.mean)


def test_moments_do_not_depend_on_the_scale_of_the_weights():
    rng = np.random.default_rng(8)
    values, weight = rng.normal(size=50), rng.uniform(1, 2, size=50)
    found = [
        Moments(Target()).finalise(*observed(Moments(Target()), batches(values, weight=weight * factor)))
        for factor in (1.0, 2.0**40, 2.0**-40)
    ]
    for one, other in pairwise(found):
        assert (one.n, one.mean, one.psi2, one.psi3) == (other.n, other.mean, other.psi2, other.psi3)


def test_other_models_change_no_digit():
    rng = np.random.default_rng(15)
    y_true, *models = rng.normal(size=(4, 100))
    for accumulator in (
        Moments(LossValue(kernel("huber"), 0)),
        Moments(Residual(0)),
        Total(LossValue(kernel("mae"), 0)),
    ):
        (alone,) = observed(accumulator, batches(y_true, models[0]))
        (beside,) = observed(accumulator, batches(y_true, *models))
        assert bits(alone) == bits(beside)


def test_a_mean_alone_is_that_of_the_moments():
    values = np.append(np.random.default_rng(3).gamma(0.7, size=999), [np.inf, np.nan])
    for weight in (None, np.random.default_rng(4).uniform(1, 2, size=1_001)):
        rows = batches(values, weight=weight)
        alone, whole = (a.finalise(*observed(a, rows)) for a in (Mean(Target()), Moments(Target())))
        assert (alone.n, alone.infinite, alone.skipped) == (whole.n, whole.infinite, whole.skipped) == (999, 1, 1)
        assert (alone.mean, alone.weight) == (whole.mean, whole.weight)
        assert math.isnan(alone.psi2)


# Sums


def test_total_leaves_out_skipped_rows_with_their_weight():
    rows = batches([0.0, 2.0, 4.0], [1.0, 1.0, 1.0], weight=[8.0, 2.0, 4.0])
    skipping = Total(LossValue(SKIPPING, 0))
    assert skipping.finalise(*observed(skipping, rows)) == (6.0, 2 * 50.0 + 4 * 75.0)


def test_a_weighted_sum_keeps_infinities_and_leaves_out_nan():
    assert weighted_sum(np.array([1.0, np.nan, np.inf]), None) == (2.0, np.inf)
    assert weighted_sum(np.array([1.0, np.nan, 3.0]), np.array([2.0, 5.0, 4.0])) == (6.0, 14.0)


@pytest.mark.parametrize(
    ("terms", "total"),
    [
        ([], 0.0),
        ([0.1] * 10, 1.0),
        ([1e308, 1e308, -1e308], 1e308),
        ([1e308, -1e308, 1e308], 1e308),
        ([1e308, 1e308], math.inf),
        ([-1e308, -1e308, 5.0], -math.inf),
        ([math.inf, 1e308, 1e308], math.inf),
        ([1e308, 1e308, -math.inf], -math.inf),
    ],
)
def test_exact_sums(terms, total):
    assert exact_sum(np.array(terms)) == total


@pytest.mark.parametrize("terms", [[math.inf, -math.inf], [math.nan, 1.0], [1e308, 1e308, math.inf, -math.inf]])
def test_a_sum_that_has_no_value_is_not_a_number(terms):
    assert math.isnan(exact_sum(np.array(terms)))


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e100])
def test_a_row_alone_has_the_sums_that_it_has_among_others(scale):
    rows = scale * np.random.default_rng(8).lognormal(size=(3, 1_001))
    alone = np.array([line_of_moments(row, None) for row in rows])
    assert bits(alone) == bits(lines_of_moments(rows, None))
