"""Intervals and p-values of many groups at once are those of each by itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from losscli.engine.folds.moments import line_of_moments, summary_of
from losscli.engine.statistics.group_inference import (
    MOST_WITHOUT_SCIPY,
    Means,
    hall_intervals,
    mean_p_values,
    rate_intervals,
    rate_p_values,
)
from losscli.engine.statistics.inference import hall_interval, mean_p_value
from losscli.engine.statistics.rate import rate_interval, rate_p_value

AGREED = 1e-11  # relative: the tail of Student's law is ours for a few, SciPy's for many
ROUNDED = 1e-12  # relative: some functions of NumPy's round otherwise
law = settings(deadline=None, max_examples=60, derandomize=True)
groups = st.lists(st.lists(st.integers(-50, 50).map(lambda k: k / 8), min_size=1, max_size=12), min_size=1, max_size=6)


def absent(pair):
    return (math.nan, math.nan) if pair is None else pair


@law
@given(values=groups, level=st.sampled_from([0.5, 0.9, 0.95]), weighted=st.booleans())
def test_means(values, level, weighted):
    weights = [np.arange(1.0, len(group) + 1) if weighted else None for group in values]
    each = [
        summary_of(line_of_moments(np.array(group), weight)[np.newaxis])
        for group, weight in zip(values, weights, strict=True)
    ]
    means = Means(
        n=np.array([one.n for one in each]),
        weight=np.array([one.weight for one in each]),
        mean=np.array([one.mean for one in each]),
        psi2=np.array([one.psi2 for one in each]),
        psi3=np.array([one.psi3 for one in each]),
        inflation=np.array([one.inflation for one in each]),
        degrees=np.array([one.n - 1 if one.degrees is None else one.degrees for one in each]),
    )
    together = list(zip(*(ends.tolist() for ends in hall_intervals(means, level)), strict=True))
    for found, summary in zip(together, each, strict=True):
        assert found == pytest.approx(absent(hall_interval(summary, level)), rel=AGREED, abs=AGREED, nan_ok=True)
    p_values = [math.nan if p is None else p for p in map(mean_p_value, each)]
    assert mean_p_values(means).tolist() == pytest.approx(p_values, nan_ok=True, rel=ROUNDED)
    many = means.of(np.arange(MOST_WITHOUT_SCIPY + 1) % len(values))
    many = replace(many, degrees=many.degrees + 1e-14 * np.arange(MOST_WITHOUT_SCIPY + 1))  # so that no two are equal
    ends = [each[: len(values)].tolist() for each in hall_intervals(many, level)]
    for found, summary in zip(zip(*ends, strict=True), each, strict=True):
        assert found == pytest.approx(absent(hall_interval(summary, level)), rel=AGREED, abs=AGREED, nan_ok=True)
    assert mean_p_values(many)[: len(values)].tolist() == pytest.approx(p_values, rel=AGREED, nan_ok=True)


@law
@given(counts=st.lists(st.tuples(st.integers(0, 20), st.integers(20, 40), st.integers(0, 10)), min_size=1, max_size=6))
def test_rates(counts):
    rate = np.array([k / n for k, n, _ in counts])
    n = np.array([float(n) for _, n, _ in counts])
    null = np.array([k / 10 for *_, k in counts])
    together = list(zip(*(ends.tolist() for ends in rate_intervals(rate, n, 0.9)), strict=True))
    for found, one, rows in zip(together, rate.tolist(), n.tolist(), strict=True):
        assert found == pytest.approx(rate_interval(one, rows, 0.9), rel=AGREED, abs=AGREED)
    each = [rate_p_value(*given) for given in zip(rate.tolist(), n.tolist(), null.tolist(), strict=True)]
    assert rate_p_values(rate, n, null).tolist() == pytest.approx(each, rel=AGREED, abs=1e-300)
