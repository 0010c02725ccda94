"""Elementary scores: worked by hand, and the identities of Ehm et al. (2016)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streams import batches

from losscli.engine.folds.quantity import Target
from losscli.engine.statistics.elementary import ElementaryScore
from losscli.engine.statistics.subject import Prediction

STEPS = 2_000  # of the midpoint rule over [−6, 6], whose error is below (range of the score) × step
law = settings(deadline=None, max_examples=50, derandomize=True)


def scores(y_true, y_pred, threshold):
    (batch,) = batches(y_true, y_pred)
    return ElementaryScore(Prediction(0), Target(), threshold)(batch)


@pytest.mark.parametrize(
    ("y", "x", "threshold", "expected"),
    [
        (1.0, 4.0, 3.0, 2.0),  # predicted above, observed below by 2
        (4.0, 1.0, 3.0, 1.0),  # predicted below, observed above by 1
        (1.0, 4.0, 0.5, 0.0),  # both above
        (1.0, 4.0, 5.0, 0.0),  # both below
        (1.0, 4.0, 4.0, 0.0),  # θ < max(x, y)
        (4.0, 1.0, 1.0, 3.0),  # min(x, y) ≤ θ
        (2.0, 2.0, 2.0, 0.0),
        (0.0, 0.3, 0.2, 0.2),  # a probability: the cost of acting at θ is θ for an event that is none
        (1.0, 0.1, 0.2, 0.8),  # and 1 − θ for one that is missed
    ],
)
def test_the_score_is_how_far_the_target_lies_on_the_other_side(y, x, threshold, expected):
    assert scores([y], [x], threshold) == pytest.approx([expected], abs=1e-15)


@law
@given(y=st.floats(-5, 5), x=st.floats(-5, 5))
def test_their_integral_is_half_the_squared_error(y, x):
    step = 12 / STEPS
    thresholds = -6 + step * (np.arange(STEPS) + 0.5)
    found = sum(float(scores([y], [x], threshold)[0]) for threshold in thresholds)
    assert found * step == pytest.approx((x - y) ** 2 / 2, abs=12 * step)


@law
@given(
    rows=st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=1, max_size=30),
    threshold=st.floats(-5, 5),
)
def test_of_constant_predictions_none_is_better_than_the_mean(rows, threshold):
    y = np.array([target for target, _ in rows])
    best = scores(y, np.full(len(y), y.mean()), threshold).mean()
    for constant in {other for _, other in rows}:
        assert best <= scores(y, np.full(len(y), constant), threshold).mean() + 1e-12
