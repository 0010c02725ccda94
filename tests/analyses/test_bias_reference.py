"""Biases against those of the package model-diagnostics."""

from __future__ import annotations

import numpy as np
import pytest

import losscli

AGREED = 1e-10  # absolute, for biases near 1

diagnostics = pytest.importorskip("model_diagnostics.calibration", exc_type=ImportError)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the package's own
@pytest.mark.parametrize("weight", [None, "w"])
def test_groups_and_all_rows_are_those_of_compute_bias(weight):
    rng = np.random.default_rng(8)
    y = rng.gamma(2, 3, 2000)
    columns = {
        "y_true": y,
        "y_pred": 0.9 * y + rng.normal(1, 1, 2000),
        "w": rng.integers(1, 5, 2000).astype(float),
        "site": rng.choice(list("abcdef"), 2000),
    }
    weights = None if weight is None else columns[weight]
    (answer,) = losscli.bias(columns, by="site", weight=weight).payload["models"]
    given = {"y_obs": y, "y_pred": columns["y_pred"], "weights": weights}
    whole = diagnostics.compute_bias(**given)
    assert answer["bias"]["mbe"] == pytest.approx(whole["bias_mean"][0], abs=AGREED)
    of_groups = diagnostics.compute_bias(**given, feature=columns["site"])
    expected = dict(zip(of_groups[of_groups.columns[0]], of_groups["bias_mean"], strict=True))
    found = {group["group"]["site"]: group["bias"]["mbe"] for group in answer["groups"]}
    assert found == pytest.approx(expected, abs=AGREED)


RNG = np.random.default_rng(9)
TRUE = np.round(RNG.gamma(2, 3, 2000), 1)
PREDICTED = np.round(1.3 * TRUE + RNG.normal(1, 1, 2000), 1)  # with equal targets and predictions
COLUMNS = {
    "y_true": TRUE,
    "y_pred": PREDICTED,
    "w": RNG.integers(1, 5, 2000).astype(float),
    "site": RNG.choice(list("abc"), 2000),
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the package's own
@pytest.mark.parametrize("weight", [None, "w"])
@pytest.mark.parametrize(
    ("losses", "functional", "level"),
    [
        ("mae", "median", 0.5),
        ("pinball:tau=0.9", "quantile", 0.9),
        ("pinball:tau=0.25", "quantile", 0.25),
        ("expectile:tau=0.8", "expectile", 0.8),
        ("expectile:tau=0.5", "expectile", 0.5),
    ],
)
def test_quantiles_and_expectiles_are_those_of_compute_bias(losses, functional, level, weight):
    answer = losscli.bias(COLUMNS, losses=losses, by="site", bins=4, weight=weight).payload
    (model,) = answer["models"]
    weights = None if weight is None else COLUMNS[weight]
    given = {"y_obs": TRUE, "y_pred": PREDICTED, "weights": weights, "functional": functional, "level": level}
    assert model["bias"]["mbe"] == pytest.approx(diagnostics.compute_bias(**given)["bias_mean"][0], abs=AGREED)
    of_groups = diagnostics.compute_bias(**given, feature=COLUMNS["site"])
    expected = dict(zip(of_groups[of_groups.columns[0]], of_groups["bias_mean"], strict=True))
    assert {part["group"]["site"]: part["bias"]["mbe"] for part in model["groups"]} == pytest.approx(
        expected, abs=AGREED
    )
    assert sum(part["adds"] for part in model["bins"]) == pytest.approx(model["bias"]["mbe"], abs=AGREED)
    assert (answer["functional"], answer["level"]) == (functional.replace("median", "quantile"), level)


def test_an_expectile_of_a_half_is_the_mean():
    half, mean = (losscli.bias(COLUMNS, losses=losses).payload["models"][0]["bias"] for losses in ("expectile", "mse"))
    assert half == mean
