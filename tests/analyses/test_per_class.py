"""Losses and biases by class, recomputed from the rows with NumPy."""

from __future__ import annotations

import numpy as np
import pytest

import losscli
from losscli.errors import UsageError
from losscli.render import Style, render

TWO_ROUTES = 1e-12  # relative; sums in another order


def of_two(n=200):
    rng = np.random.default_rng(1)
    y = (rng.uniform(size=n) < 0.3).astype(float)
    return {"y_true": y, "pred_a": rng.uniform(0.05, 0.9, n), "pred_b": rng.uniform(0.05, 0.9, n)}


def of_three(n=90):
    rng = np.random.default_rng(2)
    p = rng.dirichlet([1, 1, 1], n)
    names = np.array(["x", "y", "z"])
    return {"y_true": names[rng.integers(0, 3, n)].tolist(), **{f"prob_{c}": p[:, i] for i, c in enumerate("xyz")}}


@pytest.mark.parametrize("weighted", [False, True])
def test_each_loss_is_the_mean_over_the_rows_of_the_true_class(weighted):
    columns = of_two()
    y, w = columns["y_true"], np.random.default_rng(3).uniform(0.2, 3, 200) if weighted else np.ones(200)
    options = {"weight": "w"} if weighted else {}
    extra = {"w": w} if weighted else {}
    result = losscli.compare({**columns, **extra}, losses="brier,bce", baseline="b", per_class=True, **options)
    found = result.payload["per_class"]
    assert [(each["class"], each["n"]) for each in found] == [("0", np.sum(y == 0)), ("1", np.sum(y == 1))]
    for number, each in enumerate(found):
        rows = y == number
        brier, bce = each["losses"]
        assert [model["model"] for model in brier["models"]] == ["b", "a"]
        for place, name in enumerate("ba"):
            p = columns[f"pred_{name}"]
            squares, logs = (p - y) ** 2, -np.log(np.where(y == 1, p, 1 - p))
            assert brier["models"][place]["value"] == pytest.approx(np.average(squares[rows], weights=w[rows]))
            assert bce["models"][place]["value"] == pytest.approx(np.average(logs[rows], weights=w[rows]))
            bias = np.average(p - y, weights=w) * (1 if number else -1)
            assert each["bias"][place] == {"model": name, "mbe": pytest.approx(bias, rel=TWO_ROUTES)}


def test_the_classes_together_are_the_loss():
    result = losscli.compare(of_three(), losses="cce", per_class=True)
    (whole,) = (model["value"] for loss in result.payload["losses"] for model in loss["models"])
    found = result.payload["per_class"]
    parts = [each["n"] * each["losses"][0]["models"][0]["value"] for each in found]
    assert sum(parts) / 90 == pytest.approx(whole, rel=TWO_ROUTES)
    assert sum(each["bias"][0]["mbe"] for each in found) == pytest.approx(0, abs=1e-12)


def test_an_infinite_loss_is_that_of_its_class_and_a_class_without_rows_has_none():
    columns = {"y_true": ["x", "y", "y"], "prob_x": [0.0, 0.1, 0.5], "prob_y": [0.8, 0.6, 0.5], "prob_z": [0.2, 0.3, 0]}
    result = losscli.compare(columns, losses="cce", per_class=True)
    values = [each["losses"][0]["models"][0]["value"] for each in result.payload["per_class"]]
    assert values[0] == np.inf
    assert values[1] == pytest.approx(-(np.log(0.6) + np.log(0.5)) / 2)
    assert values[2] is None


def test_every_form_of_answer_tells_classes():
    result = losscli.compare(of_two(), losses="brier", per_class=True)
    text = render(result, "table", Style())
    assert "losses over the rows of each true class" in text
    assert "bias of the probability of each class" in text
    frame = result.to_frame()
    assert frame["class"].isna().sum() == 2
    assert sorted(frame["class"].dropna()) == ["0"] * 4 + ["1"] * 4
    assert "per_class" not in losscli.compare(of_two(), losses="brier").to_frame()


def test_of_many_classes_those_with_most_of_the_loss_are_shown():
    rng = np.random.default_rng(4)
    names = [f"c{number:02d}" for number in range(30)]
    p = rng.dirichlet(np.ones(30), 300)
    columns = {"y_true": [names[i] for i in np.repeat(np.arange(30), 10)]}
    columns |= {f"prob_{name}": p[:, i] for i, name in enumerate(names)}
    result = losscli.compare(columns, losses="cce", per_class=True)
    text = render(result, "table", Style())
    assert "the 12 of 30 that hold most of the first loss" in text
    held = {each["class"]: each["losses"][0]["models"][0]["value"] for each in result.payload["per_class"]}
    least, most = min(held, key=held.get), max(held, key=held.get)
    lines = [line.split()[0] for line in text.splitlines() if line.startswith("  c") and "cce" in line]
    assert most in lines
    assert least not in lines


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        ({"y_true": [1.0, 2.5, 3.0], "y_pred": [1.0, 2.0, 3.0]}, "regression"),
        ({"y_true": [0.2, 0.5, 1.0], "y_prob": [0.1, 0.2, 0.3]}, "soft targets"),
    ],
)
def test_rows_without_one_class_are_refused(columns, kind):
    losses = "mse" if kind == "regression" else "brier"
    with pytest.raises(UsageError, match=f"not for {kind}"):
        losscli.compare(columns, losses=losses, per_class=True)
