"""Sums of groups against those of each group by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint
from streams import Reader, batches

from losscli.engine.folds.estimate import Student
from losscli.engine.folds.fixed_b import FixedB
from losscli.engine.folds.moments import line_of_moments, summary_of
from losscli.engine.folds.quantity import Residual, Target
from losscli.engine.folds.question import ask
from losscli.engine.folds.summary import Sampling, Summary
from losscli.engine.statistics import grouped
from losscli.engine.statistics.grouped import Binned, GroupMoments
from losscli.engine.statistics.rate import independent_share, rate_interval, rate_p_value, worth_of_row
from losscli.engine.table.roles import Key, Model, Roles

CLOSE = 1e-9  # relative: central sums of a few dozen terms, joined along another path
law = settings(deadline=None, max_examples=25, derandomize=True)

eighths = st.integers(-80, 80).map(lambda k: k / 8)
rows = st.lists(st.tuples(st.integers(0, 6), eighths, st.integers(1, 9)), min_size=1, max_size=60)


@law
@given(rows=rows, weighted=st.booleans(), cut=st.integers(1, 20), few=st.booleans())
def test_each_group_has_the_summary_of_its_rows(rows, weighted, cut, few):
    keys, error, weight = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    w = weight if weighted else None
    reader = Reader(batches(keys, keys + error, weight=w, rows=cut))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grouped, "FEW_GROUPS", 100 if few else 0)
        patch.setattr(grouped, "WAITING_ROWS", 7)
        table = reader.ask(ask(GroupMoments(Residual(0), Target(), Binned(Target(), tuple(np.arange(6.0))))))
    assert table.number.tolist() == sorted(set(keys.astype(int)))
    for position, number in enumerate(table.number):
        mine = keys == number
        expected = summary_of(line_of_moments(error[mine], None if w is None else w[mine])[np.newaxis])
        found = table.summary(position)
        assert (found.n, found.weight) == (expected.n, expected.weight)
        assert found.mean == pytest.approx(expected.mean, rel=CLOSE, abs=CLOSE)
        assert found.psi2 == pytest.approx(expected.psi2, rel=CLOSE, abs=1e-7)
        assert found.psi3 == pytest.approx(expected.psi3, rel=CLOSE, abs=1e-5)
        assert table.beside[position] == pytest.approx(number)
    assert table.summary(*range(len(table.number))).mean == pytest.approx(np.average(error, weights=w), abs=CLOSE)


def test_a_value_at_an_edge_lies_below_it():
    (batch,) = batches([1.0, 2.0, 2.5, 3.0])
    assert Binned(Target(), (1.0, 2.5))(batch).tolist() == [0, 1, 1, 2]


def test_numbers_of_groups_are_read_back_as_names():
    by = (Key(column="a", labels=("x", "y")), Key(column="b", labels=("1", "2", "3")))
    roles = Roles(target=("t",), models=(Model(name="p", columns=("p",)),), weight=None, by=by)
    assert roles.groups == 12
    names = roles.names_of_groups(np.arange(12))
    assert names[:5] == [("x", "1"), ("x", "2"), ("x", "3"), ("x", None), ("y", "1")]
    assert names[11] == (None, None)
    assert len(set(names)) == 12


@pytest.mark.parametrize(("events", "n"), [(0, 14), (3, 10), (10, 10), (17, 400)])
def test_the_interval_of_a_rate_is_wilsons(events, n):
    low, high = proportion_confint(events, n, 0.1, method="wilson")
    assert rate_interval(events / n, n, 0.9) == pytest.approx((low, high), rel=1e-9, abs=1e-12)
    assert rate_p_value(events / n, n, high) == pytest.approx(0.1 if high < 1 else 1.0, rel=1e-6)


def test_a_certain_rate_is_hit_or_not():
    assert rate_p_value(1.0, 5, 1.0) == 1.0
    assert rate_p_value(0.9, 10, 1.0) == 0.0


@pytest.mark.parametrize("dependence", [Student(4), FixedB(60, 11)])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.999])
def test_the_p_value_of_a_rate_of_dependent_rows_is_the_inverse_of_its_interval_at_every_level(dependence, level):
    dependent = Sampling(n=5, variance=0.004, skewness=0.0, law=dependence)
    summary = Summary(
        n=200, weight=200.0, mean=0.3, psi2=42.0, psi3=16.8, infinite=0, skipped=0, dependent=dependent
    )  # 60 events: ψ² is 200 · 0.3 · 0.7
    share = 42 / 199 / 200 / 0.004
    assert independent_share(summary) == pytest.approx(share)
    for end in rate_interval(0.3, 200 * worth_of_row(summary, level), level):
        assert rate_p_value(0.3, 200 * share, end, dependence) == pytest.approx(1 - level, rel=1e-8)
