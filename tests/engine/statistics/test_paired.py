"""Sums of pairs of models: the laws of accumulators, and agreement with all rows at once."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streams import REORDERED, batches, bits, close, kernel

from losscli.engine.folds.fold import fold
from losscli.engine.statistics.paired import PairedMoments

law = settings(deadline=None, max_examples=25, derandomize=True)

SKIPPING, INFINITE, SQUARED = kernel("mape:zero=skip"), kernel("mape:zero=inf"), kernel("mse")
MODELS = (0, 1, 2)
TABLE = {
    "squares": PairedMoments(SQUARED, MODELS),
    "baseline in the middle": PairedMoments(kernel("mae"), (1, 0, 2)),
    "one model": PairedMoments(SQUARED, (1,)),
    "skipped rows": PairedMoments(SKIPPING, MODELS),
    "infinite rows": PairedMoments(INFINITE, MODELS),
}
every_accumulator = pytest.mark.parametrize("accumulator", TABLE.values(), ids=TABLE)


@st.composite
def tables(draw):
    """Draw targets, the predictions of three models, and weights or None: multiples of 1/8, whose sums are exact."""
    eighths = st.integers(-40, 40).map(lambda k: k / 8)
    row = st.tuples(st.just(0.0) | eighths, st.just(0.0) | eighths, eighths, eighths, st.integers(1, 24))
    *columns, weight = zip(*draw(st.lists(row, min_size=1, max_size=40)), strict=True)
    return columns, np.array(weight) / 8 if draw(st.booleans()) else None


def states(accumulator, table, rows):
    columns, weight = table
    with np.errstate(all="ignore"):
        return [accumulator.observe(batch) for batch in batches(*columns, weight=weight, rows=rows)]


def merged(accumulator, seen):
    state = accumulator.empty()
    for one in seen:
        state = accumulator.merge(state, one)
    return state


def answer_of(accumulator, y_true, *y_pred, weight=None):
    return fold(batches(y_true, *y_pred, weight=weight), (accumulator,), 1)[0]


def pair_of(loss, y_true, baseline, candidate, weight=None):
    return answer_of(PairedMoments(kernel(loss), (0, 1)), y_true, baseline, candidate, weight=weight).pairs[0]


@every_accumulator
@law
@given(table=tables())
def test_laws_of_merge(accumulator, table):
    seen = states(accumulator, table, 3)
    from_the_left, from_the_right = merged(accumulator, seen), accumulator.empty()
    for state in reversed(seen):
        from_the_right = accumulator.merge(state, from_the_right)
    empty = accumulator.empty()
    assert bits(from_the_left) == bits(from_the_right)
    assert bits(accumulator.merge(empty, seen[0])) == bits(seen[0]) == bits(accumulator.merge(seen[0], empty))
    before = bits(from_the_left)
    answered = bits(accumulator.finalise(from_the_left))
    assert bits(from_the_left) == before
    assert bits(accumulator.finalise(pickle.loads(pickle.dumps(from_the_left)))) == answered  # noqa: S301


@every_accumulator
@law
@given(table=tables(), rows=st.integers(1, 40))
def test_any_split_answers_as_the_whole(accumulator, table, rows):
    split, whole = (merged(accumulator, states(accumulator, table, each)) for each in (rows, 40))
    assert close(accumulator.finalise(split), accumulator.finalise(whole))


@law
@given(table=tables(), data=st.data())
def test_the_order_of_batches_changes_no_bit(table, data):
    accumulator = TABLE["infinite rows"]
    seen = states(accumulator, table, 7)
    shuffled = data.draw(st.permutations(seen))
    assert bits(accumulator.finalise(merged(accumulator, shuffled))) == bits(
        accumulator.finalise(merged(accumulator, seen))
    )


@every_accumulator
def test_equal_recipes_are_equal_keys(accumulator):
    again = pickle.loads(pickle.dumps(accumulator))  # noqa: S301
    assert (again, hash(again)) == (accumulator, hash(accumulator))


def test_no_rows_have_an_answer():
    standings = TABLE["squares"].finalise(TABLE["squares"].empty())
    assert [summary.n for summary in standings.models] == [0, 0, 0]
    assert [(pair.difference.n, pair.won, pair.lost, pair.tied) for pair in standings.pairs] == [(0, 0, 0, 0)] * 2
    assert all(math.isnan(pair.share_won) and math.isnan(pair.share_lost) for pair in standings.pairs)


def psi_sums(values, weight):
    psi = weight * (values - np.sum(weight * values) / weight.sum()) * len(values) / weight.sum()
    return np.sum(weight * values) / weight.sum(), np.sum(psi**2), np.sum(psi**3)


@pytest.mark.parametrize("weighted", [False, True])
def test_a_pair_holds_the_sums_of_all_rows_at_once(weighted):
    rng = np.random.default_rng(3)
    y, a, b = rng.normal(size=(3, 101))
    w = rng.uniform(0.5, 4.0, size=101) if weighted else np.ones(101)
    pair = pair_of("mse", y, a, b, weight=w if weighted else None)
    first, second = (a - y) ** 2, (b - y) ** 2
    for summary, values in ((pair.baseline, first), (pair.candidate, second), (pair.difference, second - first)):
        mean, psi2, psi3 = psi_sums(values, w)
        assert summary.n == 101
        assert summary.weight == pytest.approx(w.sum(), rel=REORDERED)
        assert summary.mean == pytest.approx(mean, rel=1e-11)  # the mean difference is a few percent of the losses
        assert summary.psi2 == pytest.approx(psi2, rel=REORDERED)
        assert summary.psi3 == pytest.approx(psi3, rel=1e-10)
    assert (pair.won, pair.lost, pair.tied) == (np.sum(second < first), np.sum(second > first), 0)
    assert pair.share_won == pytest.approx(np.sum(w[second < first]) / w.sum(), rel=REORDERED)
    assert pair.share_lost == pytest.approx(np.sum(w[second > first]) / w.sum(), rel=REORDERED)


def test_rows_won_lost_and_tied_by_hand():
    # errors 1, 2, 3, 4 against 1, 1, 5, −2 with weights 4, 3, 2, 1: tied, won, lost, won
    pair = pair_of("mae", [0, 0, 0, 0], [1, 2, 3, 4], [1, 1, 5, -2], weight=[4, 3, 2, 1])
    assert (pair.won, pair.lost, pair.tied) == (2, 1, 1)
    assert (pair.share_won, pair.share_lost) == (0.4, 0.2)
    assert pair.difference.mean == pytest.approx((-3 + 4 - 2) / 10, rel=1e-15)
    assert not pair.identical


def test_identical_models_differ_by_exactly_nothing():
    y, a = np.random.default_rng(9).normal(size=(2, 33))
    pair = pair_of("huber", y, a, a.copy(), weight=np.linspace(0.1, 3, 33))
    assert pair.identical
    assert (pair.difference.mean, pair.difference.psi2, pair.won, pair.lost, pair.tied) == (0.0, 0.0, 0, 0, 33)


def test_infinite_and_left_out_rows_leave_the_pair_but_not_the_other_models():
    # mape is infinite where the target is 0 and the prediction is not
    y, a, b, c = [2, 0, 4, 0, 0, 1], [1, 0, 1, 5, 5, 3], [3, 5, 2, 0, 7, 1], [1, 0, 4, 0, 0, 2]
    standings = answer_of(PairedMoments(INFINITE, MODELS), y, a, b, c)
    assert [(m.n, m.infinite) for m in standings.models] == [(4, 2), (4, 2), (6, 0)]
    with_b, with_c = standings.pairs
    assert (with_b.difference.n, with_b.difference.infinite, with_b.difference.skipped) == (3, 3, 0)
    assert (with_b.baseline.n, with_b.candidate.n) == (3, 3)
    assert (with_b.won, with_b.lost, with_b.tied) == (2, 0, 1)  # 50, 75, 200 against 50, 50, 0
    assert (with_c.difference.n, with_c.difference.infinite) == (4, 2)
    assert with_c.baseline.mean == pytest.approx((50 + 0 + 75 + 200) / 4)

    skipped = answer_of(PairedMoments(SKIPPING, MODELS), y, a, b, c).pairs[0]
    assert (skipped.difference.n, skipped.difference.infinite, skipped.difference.skipped) == (3, 0, 3)
    assert skipped.difference.mean == pytest.approx((100 - 325) / 3)


@law
@given(table=tables())
def test_a_pair_is_what_is_left_of_each_model_alone(table):
    (y, *models), weight = table
    standings = answer_of(PairedMoments(SQUARED, MODELS), y, *models, weight=weight)
    for pair, own in zip(standings.pairs, standings.models[1:], strict=True):
        assert bits(pair.candidate) == bits(own)
        assert bits(pair.baseline) == bits(standings.models[0])
        two_losses = own.mean - standings.models[0].mean
        assert pair.difference.mean == pytest.approx(two_losses, abs=REORDERED * (1 + own.mean))


@law
@given(table=tables())
def test_squares_are_those_of_all_rows_at_once(table):
    (y, *models), weight = table
    standings = answer_of(PairedMoments(SQUARED, MODELS), y, *models, weight=weight)
    w = np.ones(len(y)) if weight is None else weight
    expected = [np.sum(np.square(w * np.square(np.subtract(model, y)))) for model in models]
    assert standings.squares == pytest.approx(expected, rel=REORDERED)


@law
@given(table=tables())
def test_swapping_the_models_turns_every_sign(table):
    (y, a, b, _), weight = table
    there, back = pair_of("mse", y, a, b, weight=weight), pair_of("mse", y, b, a, weight=weight)
    assert (there.difference.mean, there.difference.psi2) == (-back.difference.mean, back.difference.psi2)
    assert there.difference.psi3 == -back.difference.psi3
    assert (there.won, there.lost, there.weight_won) == (back.lost, back.won, back.weight_lost)
    assert bits(there.baseline) == bits(back.candidate)


@law
@given(table=tables(), data=st.data())
def test_weights_repeat_rows_for_point_values(table, data):
    columns, _ = table
    times = np.array([data.draw(st.integers(1, 4)) for _ in columns[0]])
    weighted = pair_of("mae", *columns[:3], weight=times)
    repeated = pair_of("mae", *(np.repeat(column, times) for column in columns[:3]))
    assert weighted.difference.mean == pytest.approx(repeated.difference.mean, abs=REORDERED)
    assert (weighted.share_won, weighted.share_lost) == (repeated.share_won, repeated.share_lost)
    assert weighted.baseline.mean == pytest.approx(repeated.baseline.mean, rel=REORDERED)
