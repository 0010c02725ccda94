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
