"""Biases of quantiles and expectiles: what is covered against what is promised."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

import losscli
from losscli.render import Style, render

HAND = {"y_true": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.5, 8.0, 9.0, 10.0], "y_pred": [7.0] * 10}  # 6 of 10 are covered


def found(losses, data=None, **options):
    return losscli.bias(HAND if data is None else data, losses=losses, task="regression", **options)


def shown(result):
    return render(result, "table", Style())


@pytest.mark.parametrize(
    ("tau", "words", "direction"),
    [
        (0.9, "covers 60.0 % of the targets where 90.0 % is promised", "under"),
        (0.2, "covers 60.0 % of the targets where 20.0 % is promised", "over"),
        (0.6, "covers 60.0 % of the targets where 60.0 % is promised", "none"),
    ],
)
def test_worked_by_hand(tau, words, direction):
    result = found(f"pinball:tau={tau}")
    (model,) = result.payload["models"]
    assert words in shown(result)
    assert model["bias"]["direction"] == direction
    assert model["bias"]["mbe"] == pytest.approx(0.6 - tau, abs=1e-12)
    low, high = proportion_confint(6, 10, 0.05, method="wilson")
    assert model["bias"]["ci"] == pytest.approx([low - tau, high - tau])
    assert (model["bias"]["p_value"] < 0.05) is model["bias"]["significant"] is (tau != 0.6)
    assert model["mean_prediction"] is model["median"] is model["mse"] is None


def test_words_say_on_which_side_it_is():
    assert "too low" in shown(found("pinball:tau=0.9"))
    assert "too high" in shown(found("pinball:tau=0.2"))
    assert "no bias that the data can show" in shown(found("pinball:tau=0.6"))


def test_an_expectile_worked_by_hand():
    # errors −1 and +3 at level 0.8: 2·0.8·(−1) = −1.6 and 2·0.2·3 = 1.2
    result = found("expectile:tau=0.8", {"y_true": [2.0, 1.0], "y_pred": [1.0, 4.0]})
    assert result.payload["models"][0]["bias"]["mbe"] == pytest.approx(-0.2)
    assert "mean error −0.2" in shown(result)


def test_losses_that_ask_for_different_things_leave_the_mean():
    result = found("pinball:tau=0.9,mse")
    assert result.payload["functional"] == "mean"
    assert [each["label"] for each in result.payload["models"][0]["decomposition"]] == ["pinball:tau=0.9", "mse"]


def test_a_loss_that_cannot_be_taken_apart_is_named():
    result = found("rmse,huber,mse")
    assert [each["label"] for each in result.payload["models"][0]["decomposition"]] == ["mse"]
    assert "rmse, huber cannot be taken apart" in shown(result)


def test_a_margin_of_coverage_is_a_share():
    rng = np.random.default_rng(1)
    y = rng.normal(size=4000)
    data = {"y_true": y, "y_pred": np.full(4000, np.quantile(y, 0.9))}
    for margin in ("3%", "0.03"):
        (model,) = found("pinball:tau=0.9", data, equivalent_within=margin).payload["models"]
        assert (model["equivalence"]["margin"], model["equivalence"]["verdict"]) == (0.03, "unbiased")


def test_groups_and_bins_have_what_they_cover():
    data = {key: np.tile(value, 2) for key, value in HAND.items()} | {"site": ["a"] * 10 + ["b"] * 10}
    text = shown(found("pinball:tau=0.9", data, by="site", bins=2))
    assert text.count("60.0 %   −30.0 %") == 3  # two groups, and one bin, for all predictions are equal
