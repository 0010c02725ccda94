"""Losses taken apart: against model-diagnostics, and what holds for every loss."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_diagnostics.scoring import (
    GammaDeviance,
    HomogeneousExpectileScore,
    LogLoss,
    PinballLoss,
    PoissonDeviance,
    SquaredError,
    decompose,
)
from strategies import needed

from losscli.arrays import Form, Task
from losscli.engine.folds.quantity import Target
from losscli.engine.statistics import calibration
from losscli.engine.statistics.calibration import EvenRows, is_decomposed, score_parts
from losscli.engine.statistics.subject import Prediction
from losscli.losses import LOSSES, parse

AGREED = 1e-10  # absolute, of numbers near 1
ROUNDING = 1e-9  # relative to the loss: differences of means
RNG = np.random.default_rng(12)
N = 400
Y = np.round(RNG.gamma(2, 3, N), 1) + 0.1
P = np.round(Y * RNG.lognormal(0.1, 0.4, N), 1) + 0.1  # with equal predictions
W = RNG.integers(1, 5, N).astype(float)
RATE = np.round(RNG.beta(2, 3, N), 2) * 0.98 + 0.01
EVENT = (RNG.random(N) < RATE**1.3).astype(float)
PROBABILITY = (Task.BINARY, Form.PROBABILITY)
NAMES = ("miscalibration", "discrimination", "uncertainty", "score")


def parts_of(spelled, p, y, w=None, encoded=(Task.REGRESSION, Form.VALUE)):
    loss = parse(spelled)
    (found,) = score_parts(p, y, w, [(loss, loss.kernel(*encoded))])
    return found


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    ("spelled", "score", "factor", "weights"),
    [
        ("mse", SquaredError(), 1.0, True),
        ("mae", PinballLoss(level=0.5), 2.0, False),  # weighted quantiles are not theirs: repeated below
        ("pinball:tau=0.9", PinballLoss(level=0.9), 1.0, False),
        ("pinball:tau=0.2", PinballLoss(level=0.2), 1.0, False),
        ("expectile:tau=0.8", HomogeneousExpectileScore(degree=2, level=0.8), 0.5, True),
        ("poisson_deviance", PoissonDeviance(), 1.0, True),
        ("gamma_deviance", GammaDeviance(), 1.0, True),
    ],
)
def test_the_parts_are_those_of_model_diagnostics(spelled, score, factor, weights, weighted):
    found = parts_of(spelled, P, Y, W if weighted else None)
    y, p, w = Y, P, W if weighted else None
    if weighted and not weights:
        y, p, w = np.repeat(Y, W.astype(int)), np.repeat(P, W.astype(int)), None
    theirs = decompose(y, p, w, scoring_function=score)
    expected = [factor * theirs[name][0] for name in NAMES]
    ours = [found.miscalibration, found.discrimination, found.uncertainty, found.value]
    assert ours == pytest.approx(expected, abs=AGREED)


@pytest.mark.parametrize(("spelled", "score"), [("brier", SquaredError()), ("bce", LogLoss())])
@pytest.mark.parametrize("w", [None, W], ids=["plain", "weighted"])
def test_probabilities_are_those_of_model_diagnostics(spelled, score, w):
    found = parts_of(spelled, RATE, EVENT, w, PROBABILITY)
    theirs = decompose(EVENT, RATE, w, scoring_function=score, functional="mean")
    ours = [found.miscalibration, found.discrimination, found.uncertainty, found.value]
    assert ours == pytest.approx([theirs[name][0] for name in NAMES], abs=AGREED)


def test_logits_are_taken_apart_as_their_probabilities_are():
    of_logits = parts_of("bce_logits", np.log(RATE / (1 - RATE)), EVENT, encoded=(Task.BINARY, Form.LOGIT))
    of_rates = parts_of("bce", RATE, EVENT, encoded=PROBABILITY)
    for name in ("value", "miscalibration", "discrimination", "uncertainty"):
        assert getattr(of_logits, name) == pytest.approx(getattr(of_rates, name), rel=ROUNDING)


CASES = [
    (loss, encoding)
    for loss in LOSSES
    if is_decomposed(loss.bind(needed(loss)))
    for encoding in loss.encodings
    if encoding.form in (Form.VALUE, Form.PROBABILITY, Form.LOGIT)
]


@pytest.mark.parametrize(("loss", "encoding"), CASES, ids=lambda each: getattr(each, "name", getattr(each, "form", "")))
@settings(deadline=None, max_examples=20, derandomize=True)
@given(rows=st.lists(st.tuples(st.integers(0, 8), st.integers(1, 9), st.integers(1, 3)), min_size=1, max_size=20))
def test_parts_are_never_negative_and_add_up(loss, encoding, rows):
    y, p, w = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    if encoding.task is Task.BINARY:
        y, p = (y > 4).astype(float), p / 10 if encoding.form is Form.PROBABILITY else p - 5
    else:
        y += 0.5
    bound = loss.bind(needed(loss))
    with np.errstate(all="ignore"):
        (found,) = score_parts(p, y, w, [(bound, bound.kernel(encoding.task, encoding.form))])
    least = -ROUNDING * max(1.0, found.value)
    assert found.miscalibration >= least
    assert found.discrimination >= least
    added = found.miscalibration - found.discrimination + found.uncertainty
    assert added == pytest.approx(found.value, rel=ROUNDING, abs=ROUNDING)


def test_a_constant_has_no_discrimination_and_a_perfect_prediction_no_miscalibration():
    constant, perfect = parts_of("mse", np.full(N, 3.0), Y), parts_of("mae", Y, Y)
    assert constant.discrimination == pytest.approx(0.0, abs=AGREED)
    assert (perfect.value, perfect.miscalibration) == (0.0, 0.0)
    assert perfect.discrimination == perfect.uncertainty


def test_a_sure_and_wrong_probability_is_infinitely_miscalibrated():
    with np.errstate(divide="ignore"):
        found = parts_of("bce", np.array([0.0, 0.4, 0.8]), np.array([1.0, 0.0, 1.0]), encoded=PROBABILITY)
    assert found.value == found.miscalibration == math.inf
    assert found.uncertainty == pytest.approx(-(2 * math.log(2 / 3) + math.log(1 / 3)) / 3)


def test_every_so_many_th_row_is_taken_wherever_batches_are_cut(monkeypatch):
    import losscli

    monkeypatch.setattr(calibration, "MOST_ROWS", 200)
    monkeypatch.setattr(calibration, "SAMPLE_ROWS", 100)
    columns = {"y_true": Y, "y_pred": P}
    (model,) = losscli.bias(columns, task="regression").payload["models"]
    mse = model["decomposition"][0]
    every = math.ceil(N / 100)
    theirs = decompose(Y[::every], P[::every], scoring_function=SquaredError())
    assert mse["n"] == 100
    assert mse["miscalibration"] == pytest.approx(theirs["miscalibration"][0], abs=AGREED)


def test_rows_are_numbered_through_batches():
    from losscli.engine.folds.batch import Batch

    batch = Batch(y_true=np.arange(10.0), y_pred=(np.arange(10.0),), weight=np.arange(1.0, 11.0), first_row=0)
    rows = EvenRows(Prediction(0), Target(), 3)
    state = rows.merge(rows.observe(batch.slice(0, 4)), rows.observe(batch.slice(4, 10)))
    for column, expected in zip(rows.finalise(state), ([0, 3, 6, 9], [0, 3, 6, 9], [1, 4, 7, 10]), strict=True):
        assert column.tolist() == expected


@pytest.mark.parametrize("spelled", ["mse", "msle", "gamma_deviance", "expectile:tau=0.5"])
def test_equal_targets_have_no_uncertainty(spelled):
    found = parts_of(spelled, np.array([0.5, 0.6, 0.9]), np.full(3, 0.1), np.array([0.1, 0.2, 0.3]))
    assert found.uncertainty == found.discrimination == 0.0
    assert found.miscalibration == found.value
