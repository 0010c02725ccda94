"""Why losses name different winners: reasons that are found in the rows, recomputed with NumPy."""

from __future__ import annotations

import math

import numpy as np
import pytest

import losscli
from losscli.render import Style, render

TWO_ROUTES = 1e-10  # relative; sums in another order
LOSSES = {"mse": np.square, "mae": np.abs}


def screen(result):
    return render(result, "table", Style())


def losses_of(result):
    return {loss["label"]: loss for loss in result.payload["losses"]}


def test_a_flip_that_goes_away_without_outliers_is_laid_on_them():
    rng = np.random.default_rng(21)
    y = rng.normal(0, 10, 1_000)
    a, b = y + rng.normal(0, 2.3, 1_000), y + rng.normal(0, 1, 1_000)
    b[:20] += 25.0
    result = losscli.compare({"y_true": y, "pred_a": a, "pred_b": b}, losses="mse,mae,rmse")
    flagged = np.zeros(1_000, dtype=bool)
    for e in (a - y, b - y):
        distance = np.abs(e - np.median(e))
        flagged |= 0.6744897501960817 * distance / np.median(distance) > 3.5
    found = losses_of(result)
    assert [found[name]["models"][0]["model"] for name in ("mse", "rmse", "mae")] == ["a", "a", "b"]
    assert {loss["winner_without_outliers"] for loss in found.values()} == {"b"}
    assert result.payload["outlying_rows"] == flagged.sum()
    text = screen(result)
    assert "The winner depends on the loss: a has the least mse; b has the least mae." in text
    k = flagged.sum()
    assert f"without the {k} rows of 1000 ({k / 10:.1f} %) that are outlying for a or b, b has the least" in text


@pytest.mark.parametrize(("spoilt", "size", "asks"), [(20, 15.0, False), (49, 12.0, False), (80, 10.0, True)])
def test_more_than_a_few_outlying_rows_do_not_hide_what_the_losses_ask_for(spoilt, size, asks):
    rng = np.random.default_rng(5)
    y = np.arange(1_000.0)
    a, b = y + rng.uniform(-4, 4, 1_000), y + rng.uniform(-2, 2, 1_000)  # none is outlying
    b[rng.permutation(1_000)[:spoilt]] += np.where(np.arange(spoilt) % 2, size, -size)
    result = losscli.compare({"y_true": y, "pred_a": a, "pred_b": b}, losses="mse,mae")
    assert result.payload["outlying_rows"] == spoilt
    text = screen(result)
    assert "It turns on outliers" in text
    assert ("The losses ask for different things: mse asks for the mean; mae asks for the median." in text) == asks


def test_a_tail_that_mean_and_median_weigh_differently_is_told_beside_the_bias_that_it_brings():
    rng = np.random.default_rng(5)
    center = rng.gamma(2, 2, 4_000)
    y = rng.poisson(rng.gamma(0.5, center / 0.5)).astype(float)
    # b is nearer to the median of the skewed law, and so below its mean
    text = screen(losscli.compare({"y_true": y, "pred_a": center, "pred_b": 0.45 * center}, losses="mse,mae"))
    assert "It turns on outliers" in text
    assert "It turns on bias" in text
    assert "The losses ask for different things: mse asks for the mean; mae asks for the median." in text


def skewed(n=4_000):
    """Return targets of a skewed law about a known mean: its mean and its median lie apart."""
    rng = np.random.default_rng(11)
    center = rng.normal(0, 3, n)
    return center, center + rng.gamma(1.0, 1.0, n) - 1.0, rng


def test_a_flip_that_goes_away_without_bias_is_laid_on_it():
    center, y, _ = skewed()
    # of the exponential law the mean is 1 and the median log 2: one predicts the one, one the other
    mean, median = center, center + math.log(2) - 1
    result = losscli.compare({"y_true": y, "pred_mean": mean, "pred_median": median}, losses="mse,mae")
    found = losses_of(result)
    assert [found[name]["models"][0]["model"] for name in ("mse", "mae")] == ["mean", "median"]
    assert "It turns on bias: with mean errors taken off (" in screen(result)
    assert "), their losses are the same." in screen(result)
    assert {loss["winner_without_bias"] for loss in found.values()} == {None}


def test_without_bias_the_better_model_is_named_with_the_bias_of_each():
    center, y, rng = skewed()
    better, shifted = center + rng.normal(0, 0.25, len(y)), center + math.log(2) - 1
    models = {"a": better, "b": shifted}
    result = losscli.compare({"y_true": y, "pred_a": better, "pred_b": shifted}, losses="mae,mse")
    biases = {name: np.mean(p - y) for name, p in models.items()}
    unbiased = {
        loss: {name: LOSSES[loss](p - biases[name] - y).mean() for name, p in models.items()} for loss in ("mae", "mse")
    }
    found = losses_of(result)
    assert [found[name]["models"][0]["model"] for name in ("mae", "mse")] == ["b", "a"]
    assert {min(each, key=each.get) for each in unbiased.values()} == {"b"}
    assert [found[name]["winner_without_bias"] for name in ("mae", "mse")] == ["b", "b"]
    values = {
        name: value.raw
        for section in result.sections
        for sentence in section.sentences
        if sentence.text.startswith("It turns on bias")
        for name, value in sentence.values.items()
    }
    assert (values["name0"], values["name1"], values["model"]) == ("a", "b", "b")
    assert [values["bias0"], values["bias1"]] == pytest.approx([biases["a"], biases["b"]], rel=TWO_ROUTES)
    assert "The losses ask for different things" not in screen(result)


def test_a_flip_that_neither_outliers_nor_bias_explain_is_laid_on_what_losses_ask_for():
    rng = np.random.default_rng(3)
    side = rng.choice([-1.0, 1.0], 4_000)
    y = side * rng.uniform(size=4_000) ** 2  # of mean ± 1/3 and median ± 1/4, without a tail
    result = losscli.compare({"y_true": y, "pred_mean": side / 3, "pred_median": side / 4}, losses="mse,mae")
    text = screen(result)
    assert "The winner depends on the loss: mean has the least mse; median has the least mae." in text
    assert "It turns on" not in text
    assert "It stays so without the bias of each model." in text
    assert "The losses ask for different things: mse asks for the mean; mae asks for the median." in text


def test_only_rows_that_are_outlying_for_a_contender_are_left_out():
    rng = np.random.default_rng(21)
    y = rng.normal(0, 10, 1_000)
    models = {f"pred_{name}": y + rng.normal(0, size, 1_000) for name, size in (("a", 2.3), ("b", 1), ("c", 9))}
    models["pred_b"][:20] += 25.0
    models["pred_c"][-30:] += 500.0
    two = losscli.compare({"y_true": y, **{k: v for k, v in models.items() if k != "pred_c"}}, losses="mse,mae")
    three = losscli.compare({"y_true": y, **models}, losses="mse,mae")
    assert three.payload["outlying_rows"] == two.payload["outlying_rows"]
    assert {loss["winner_without_outliers"] for loss in losses_of(three).values()} == {"b"}


def test_outliers_are_not_looked_for_where_all_losses_agree():
    y = np.arange(60.0)
    result = losscli.compare({"y_true": y, "pred_a": y + np.sin(y), "pred_b": y + 2 * np.cos(y)}, losses="mse,mae")
    assert result.payload["outlying_rows"] is None
    assert {loss["winner_without_outliers"] for loss in result.payload["losses"]} == {None}
    assert "modified z" not in result.signature
