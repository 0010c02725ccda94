"""Murphy diagrams, recomputed from the rows with NumPy and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import losscli
from losscli.errors import InputError, UsageError
from losscli.render import Style, render

TWO_ROUTES = 1e-10  # relative; sums in another order


def screen(result):
    return render(result, "table", Style())


def elementary(x, y, threshold):
    """Return the score as Ehm et al. (2016) write it, without their factor ½."""
    return np.where((np.minimum(x, y) <= threshold) & (threshold < np.maximum(x, y)), np.abs(y - threshold), 0.0)


def three_models(n=300):
    rng = np.random.default_rng(2)
    y = rng.normal(10, 4, n)
    return y, {name: y + rng.normal(0, size, n) for name, size in (("a", 2), ("b", 1), ("c", 2.1))}


def compared(y, models, **options):
    return losscli.compare({"y_true": y, **{f"pred_{k}": v for k, v in models.items()}}, murphy=True, **options)


@pytest.mark.parametrize("weighted", [False, True])
def test_scores_and_differences_are_those_of_the_rows(weighted):
    y, models = three_models()
    w = np.random.default_rng(3).uniform(0.2, 3, len(y)) if weighted else np.ones(len(y))
    columns = {"y_true": y, **{f"pred_{name}": x for name, x in models.items()}, **({"w": w} if weighted else {})}
    result = losscli.compare(columns, losses="mse", baseline="b", murphy=True, weight="w" if weighted else None)
    found = result.payload["murphy"]
    thresholds = np.array(found["thresholds"])
    pooled = np.concatenate([y, *models.values()])
    assert set(thresholds) <= set(pooled)
    assert (np.diff(thresholds) > 0).all()
    # evenly spaced in the pooled values, but for what the quantiles of four samples differ
    assert np.searchsorted(np.sort(pooled), thresholds) / len(pooled) == pytest.approx(
        np.linspace(0.05, 0.95, len(thresholds)), abs=0.05
    )
    assert [each["model"] for each in found["models"]] == ["b", "a", "c"]
    scores = {name: np.array([elementary(x, y, threshold) for threshold in thresholds]) for name, x in models.items()}
    for each in found["models"]:
        expected = np.average(scores[each["model"]], axis=1, weights=w)
        assert each["scores"] == pytest.approx(expected, rel=TWO_ROUTES, abs=1e-15)
    for each in found["comparisons"]:
        d = scores[each["candidate"]] - scores["b"]
        assert each["differences"] == pytest.approx(np.average(d, axis=1, weights=w), rel=1e-9, abs=1e-15)
        if not weighted:
            ends = stats.ttest_rel(scores[each["candidate"]], scores["b"], axis=1).confidence_interval(0.95)
            assert [low for low, _ in each["ci"]] == pytest.approx(ends.low, rel=1e-9)
            p = stats.ttest_rel(scores[each["candidate"]], scores["b"], axis=1).pvalue
            order = np.argsort(p)
            holm = np.maximum.accumulate((len(p) - np.arange(len(p))) * p[order])
            assert np.array(each["beyond_chance"])[order].tolist() == (holm < 0.05).tolist()


def test_a_model_that_is_ahead_everywhere_is_said_to_be():
    y, models = three_models(2_000)
    text = screen(compared(y, {name: models[name] for name in "ab"}, losses="mse,mae"))
    assert "b is at or below a at all 39 thresholds (" in text
    assert "no loss that asks for the mean prefers a." in text
    back = screen(compared(y, {name: models[name] for name in "ba"}, losses="mse"))
    assert "b is at or below a at all 39 thresholds (" in back


def test_where_curves_cross_the_winner_depends_on_the_loss():
    rng = np.random.default_rng(4)
    y = rng.normal(0, 4, 4_000)
    noise = rng.normal(0, 1, (2, 4_000))
    a, b = (y + np.where((y < 0) == left, 3.0, 0.3) * each for left, each in zip((True, False), noise, strict=True))
    text = screen(compared(y, {"a": a, "b": b}, losses="mse"))
    assert "They cross once, between " in text
    assert "which is better depends on the loss, even among those that ask for the mean." in text


def test_probabilities_have_thresholds_between_0_and_1_and_their_brier_score_is_twice_the_integral():
    rng = np.random.default_rng(5)
    truth = rng.uniform(0, 1, 500)
    y = (rng.uniform(size=500) < truth).astype(float)
    models = {"a": truth, "b": np.clip(truth + 0.2, 0, 1)}
    found = compared(y, models, losses="brier").payload["murphy"]
    assert 0 < min(found["thresholds"]) < max(found["thresholds"]) < 1
    threshold, scores = found["thresholds"][10], [each["scores"][10] for each in found["models"]]
    assert scores == pytest.approx([elementary(x, y, threshold).mean() for x in models.values()], rel=TWO_ROUTES)


def test_logits_are_taken_to_probabilities():
    rng = np.random.default_rng(6)
    z = rng.normal(0, 2, (2, 200))
    y = (rng.uniform(size=200) < 1 / (1 + np.exp(-z[0]))).astype(float)
    options = {"losses": "brier", "task": "binary", "pred_form": "logit"}
    found = compared(y, {"a": z[0], "b": z[1]}, **options).payload["murphy"]
    p = 1 / (1 + np.exp(-z))
    expected = [elementary(each, y, found["thresholds"][5]).mean() for each in p]
    assert [each["scores"][5] for each in found["models"]] == pytest.approx(expected, abs=1.5 / 200)


def test_equal_models_have_equal_scores():
    y, models = three_models()
    text = screen(compared(y, {"a": models["a"], "b": models["a"]}, losses="mse"))
    assert "b and a have the same score at all " in text


def test_every_threshold_and_model_is_a_row_of_the_frame():
    y, models = three_models()
    result = compared(y, models, losses="mse")
    frame = result.to_frame()
    rows = frame[frame["loss"].str.startswith("elementary:threshold=")]
    assert len(rows) == 3 * len(result.payload["murphy"]["thresholds"])
    assert rows["value"].notna().all()


def test_what_has_no_mean_or_no_rival_has_no_diagram():
    with pytest.raises(InputError, match="--murphy needs a second model"):
        losscli.compare({"y_true": [1.0, 2.5], "y_pred": [1.0, 2.0]}, murphy=True)
    classes = {"y_true": ["x", "y", "z"] * 2, **{f"prob_{name}": [0.2, 0.3, 0.5] * 2 for name in "x"}}
    classes |= {"prob_y": [0.3] * 6, "prob_z": [0.5, 0.4, 0.2] * 2}
    with pytest.raises(UsageError, match="--murphy is for numbers and for probabilities of two classes"):
        losscli.compare(classes, murphy=True)


def test_without_interval_none_is_spoken_of():
    y, models = three_models()
    markdown = render(compared(y, models, losses="mse", level=None), "markdown", Style())
    assert "interval" not in markdown.partition("<sub>losscli")[0]
    assert "which is lower is adjusted for" in markdown
