"""Comparisons of losses and models, recomputed from the rows with NumPy and SciPy."""

from __future__ import annotations

import itertools
import math

import numpy as np
import polars as pl
import pytest
import shell
from scipy import stats
from streams import squared_error

import losscli
from losscli.errors import InputError
from losscli.render import Style, render

TWO_ROUTES = 1e-10  # relative; sums in another order
LOSSES = {
    "mse": lambda y, p: (p - y) ** 2,
    "mae": lambda y, p: np.abs(p - y),
    "huber": lambda y, p: np.where(np.abs(p - y) <= 1, (p - y) ** 2 / 2, np.abs(p - y) - 0.5),
}


def screen(result):
    return render(result, "table", Style())


def losses_of(result):
    return {loss["label"]: loss for loss in result.payload["losses"]}


def comparisons_of(result):
    """Return the comparisons by loss and candidate."""
    return {
        (loss["label"], each["candidate"]): each for loss in result.payload["losses"] for each in loss["comparisons"]
    }


def visits():
    table = pl.read_csv(shell.ROOT / "sample_data" / "doctor_visits.csv")
    return [table[name].to_numpy() for name in ("y_true", "pred_poisson", "pred_log")]


def three_models(n=400, seed=4):
    rng = np.random.default_rng(seed)
    y, shared = rng.normal(50, 20, size=(2, n))
    models = {
        f"pred_{name}": y + 0.05 * shared + rng.normal(0, size, n) for name, size in (("a", 6), ("b", 5), ("c", 9))
    }
    return {"y_true": y, **models}


def two_models(n=400):
    return {name: column for name, column in three_models(n).items() if name != "pred_c"}


def fieller(baseline, candidate, level=0.95):
    """Return the roots of the quadratic in ρ that Fieller (1954) gives."""
    n = len(baseline)
    t2 = stats.t.isf((1 - level) / 2, n - 1) ** 2 / n
    (vc, vcb), (_, vb) = np.cov(candidate, baseline)
    b, c = baseline.mean(), candidate.mean()
    return np.sort(np.roots([b * b - t2 * vb, -2 * (b * c - t2 * vcb), c * c - t2 * vc]))


def test_two_models_are_compared_row_by_row():
    y, poisson, log = visits()
    result = losscli.compare({"y_true": y, "pred_poisson": poisson, "pred_log": log}, losses="mse,mae,huber")
    assert result.payload["baseline"] == "poisson"
    raw = []
    for name, loss in LOSSES.items():
        baseline, candidate = loss(y, poisson), loss(y, log)
        found = comparisons_of(result)[name, "log"]
        scipys = stats.ttest_rel(candidate, baseline)
        ends = scipys.confidence_interval(0.95)
        raw.append(found["p_value"])
        assert found["test"] == "paired t"
        assert found["difference"] == pytest.approx(np.mean(candidate - baseline), rel=TWO_ROUTES)
        assert found["ci"] == pytest.approx([ends.low, ends.high], rel=TWO_ROUTES)
        assert found["p_value"] == pytest.approx(scipys.pvalue, rel=TWO_ROUTES)
        assert found["ratio"] == pytest.approx(candidate.mean() / baseline.mean(), rel=TWO_ROUTES)
        assert found["ratio_ci"] == pytest.approx(fieller(baseline, candidate), rel=TWO_ROUTES)
        assert found["rows_won"] == np.mean(candidate < baseline)
        assert found["verdict"] == ("worse" if name == "mse" else "better")
    adjusted = [comparisons_of(result)[name, "log"]["p_adjusted"] for name in LOSSES]
    assert adjusted == pytest.approx(stats.false_discovery_control(raw), rel=TWO_ROUTES)


def test_a_root_is_one_comparison_with_its_square():
    result = losscli.compare(three_models(), losses="mse,rmse,sse,mae")
    found = comparisons_of(result)
    assert result.payload["comparisons"] == 4  # two losses of two candidates
    for candidate in "bc":
        mse, rmse, sse = (found[name, candidate] for name in ("mse", "rmse", "sse"))
        assert (rmse["p_value"], rmse["p_adjusted"]) == (mse["p_value"], mse["p_adjusted"])
        assert rmse["ratio_ci"] == pytest.approx(np.sqrt(mse["ratio_ci"]), rel=TWO_ROUTES)
        assert sse["ratio_ci"] == mse["ratio_ci"]
    assert result.payload["agreement"] == [{"losses": ["mse", "mae"], "kendall_tau": pytest.approx(1.0)}]
    text = screen(result)
    assert text.count("mse, rmse and sse rank models alike: they are one comparison.") == 1
    assert text.count("b is better than a by mse (") == 1
    assert "rmse (" not in text


@pytest.mark.parametrize("correction", ["holm", "bh", "none"])
def test_p_values_are_adjusted_for_all_comparisons(correction):
    found = comparisons_of(losscli.compare(three_models(60), losses="mse,mae", correction=correction))
    raw = np.array([each["p_value"] for each in found.values()])
    order, m = np.argsort(raw), len(raw)
    expected = np.empty(m)
    if correction == "holm":
        expected[order] = np.minimum(1, np.maximum.accumulate((m - np.arange(m)) * raw[order]))
    else:
        expected = stats.false_discovery_control(raw) if correction == "bh" else raw
    assert [each["p_adjusted"] for each in found.values()] == pytest.approx(expected, rel=TWO_ROUTES)
    assert len(set(expected)) > 1


def test_models_are_ranked_below_each_loss_and_any_may_be_the_baseline():
    columns = three_models()
    result = losscli.compare(columns, losses="mse,mae", baseline="c")
    values = {name: np.mean((columns[f"pred_{name}"] - columns["y_true"]) ** 2) for name in "abc"}
    ranked = [(each["model"], each["value"]) for each in losses_of(result)["mse"]["models"]]
    assert ranked == [(name, pytest.approx(values[name])) for name in sorted(values, key=values.get)]
    assert [candidate for _, candidate in comparisons_of(result)] == ["a", "b", "a", "b"]
    lines = [line.split() for line in screen(result).splitlines()]
    assert [line[:2] for line in lines if line[:1] == ["mse"]] == [["mse", "b"]]
    assert next(line for line in lines if line[:1] == ["c"])[-1] == "baseline"


def test_few_rows_are_judged_by_all_flips_of_signs():
    rng = np.random.default_rng(8)
    y, errors = np.arange(11.0), rng.normal(size=(2, 11))
    result = losscli.compare({"y_true": y, "pred_a": y + errors[0], "pred_b": y + 1.5 * errors[1]}, losses="mae")
    d = np.abs(1.5 * errors[1]) - np.abs(errors[0])
    sums = [abs(np.dot(signs, d)) for signs in itertools.product((-1, 1), repeat=11)]
    (found,) = comparisons_of(result).values()
    assert found["test"] == "sign-flip"
    assert found["p_value"] == np.mean(np.array(sums) >= abs(d.sum()) * (1 - 1e-12))
    shown = screen(result)
    assert "p of the sign-flip test on the differences row by row\n  intervals are by the t test\n" in shown
    assert "sign-flip" in result.signature


@pytest.mark.parametrize(("n", "test"), [(29, "sign-flip"), (30, "paired t")])
def test_from_thirty_rows_on_differences_are_judged_by_the_t_test(n, test):
    (found,) = comparisons_of(losscli.compare(two_models(n), losses="mae")).values()
    assert found["test"] == test


def test_weights_enter_every_number():
    columns = three_models()
    w = np.random.default_rng(5).uniform(0.2, 4, 400)
    result = losscli.compare({**columns, "w": w}, losses="mae", weight="w")
    a, b = (np.abs(columns[f"pred_{name}"] - columns["y_true"]) for name in "ab")
    d = b - a
    mean = np.average(d, weights=w)
    square, degrees = squared_error(d, w)
    found = comparisons_of(result)["mae", "b"]
    assert found["difference"] == pytest.approx(mean, rel=TWO_ROUTES)
    assert found["p_value"] == pytest.approx(2 * stats.t.sf(abs(mean) / math.sqrt(square), degrees), rel=TWO_ROUTES)
    assert found["ratio"] == pytest.approx(np.average(b, weights=w) / np.average(a, weights=w), rel=TWO_ROUTES)
    assert found["rows_won"] == pytest.approx(w[d < 0].sum() / w.sum(), rel=TWO_ROUTES)
    spread = next(each for each in losses_of(result)["mae"]["models"] if each["model"] == "a")
    assert spread["effective_n"] == pytest.approx(np.sum(w * a) ** 2 / np.sum((w * a) ** 2), rel=TWO_ROUTES)


def test_how_a_loss_is_spread_over_the_rows():
    y, poisson, _ = visits()
    result = losscli.compare({"y_true": y, "y_pred": poisson}, losses="mse,mae")
    for name, loss in losses_of(result).items():
        rows = np.sort(LOSSES[name](y, poisson))
        (found,) = loss["models"]
        k = len(rows) // 100
        assert found["top_share"] == pytest.approx(rows[-k:].sum() / rows.sum(), rel=TWO_ROUTES)
        assert found["effective_n"] == pytest.approx(rows.sum() ** 2 / np.sum(rows**2), rel=TWO_ROUTES)
        e = poisson - y
        deviation = np.abs(e - np.median(e))
        assert found["value"] == pytest.approx(rows.mean(), rel=TWO_ROUTES)
        assert loss["comparisons"] == []
        assert deviation.max() > 0
    assert result.payload["baseline"] is None


def test_rows_that_a_loss_leaves_out_are_not_among_those_with_the_largest():
    y, poisson, _ = visits()
    loss = losses_of(losscli.compare({"y_true": y, "y_pred": poisson}, losses="mape:zero=skip"))["mape:zero=skip"]
    kept = y != 0
    rows = np.sort(100 * np.abs(poisson - y)[kept] / y[kept])
    expected = rows[-(len(rows) // 100) :].sum() / rows.sum()
    assert loss["models"][0]["top_share"] == pytest.approx(expected, rel=TWO_ROUTES)


def test_losses_of_classes_are_compared_alike():
    rng = np.random.default_rng(3)
    good = 1 / (1 + np.exp(-rng.normal(0, 2, 900)))
    y = (rng.uniform(size=900) < good).astype(float)
    wild = np.clip(good + rng.normal(0, 0.15, 900), 0.001, 0.999)
    result = losscli.compare({"y_true": y, "pred_good": good, "pred_wild": wild}, losses="bce,brier")
    expected = {
        "bce": [-np.log(np.where(y == 1, p, 1 - p)) for p in (good, wild)],
        "brier": [(p - y) ** 2 for p in (good, wild)],
    }
    for name, (baseline, candidate) in expected.items():
        found = comparisons_of(result)[name, "wild"]
        assert found["p_value"] == pytest.approx(stats.ttest_rel(candidate, baseline).pvalue, rel=1e-8)
        assert found["ratio_ci"] == pytest.approx(fieller(baseline, candidate), rel=1e-8)
        assert found["verdict"] == "worse"


def test_how_even_each_loss_of_several_models_is_over_the_rows():
    columns, w = three_models(), np.random.default_rng(5).uniform(0.2, 4, 400)
    found = losses_of(losscli.compare({**columns, "w": w}, losses="mae", weight="w"))["mae"]["models"]
    for each in found:
        terms = w * np.abs(columns[f"pred_{each['model']}"] - columns["y_true"])
        assert each["effective_n"] == pytest.approx(terms.sum() ** 2 / np.square(terms).sum(), rel=TWO_ROUTES)
        assert (each["outlier_share"], each["top_share"]) == (None, None)


def test_rows_on_which_both_models_are_equally_good_are_counted_apart():
    y = np.arange(40.0)
    a, b = y + 1, y + 1
    b[:12], b[12:20] = y[:12], y[12:20] + 3  # better in 12 rows, worse in 8, equal in 20
    w = np.where(np.arange(40) < 12, 2.0, 1.0)
    (found,) = comparisons_of(losscli.compare({"y_true": y, "pred_a": a, "pred_b": b}, losses="mae")).values()
    assert (found["rows_won"], found["rows_tied"]) == (0.3, pytest.approx(0.5))
    weighted = losscli.compare({"y_true": y, "pred_a": a, "pred_b": b, "w": w}, losses="mae", weight="w")
    (found,) = comparisons_of(weighted).values()
    assert (found["rows_won"], found["rows_tied"]) == (pytest.approx(24 / 52), pytest.approx(20 / 52))
    assert "rows won     tied" in screen(weighted)
    assert "tied" not in screen(losscli.compare(two_models(), losses="mae"))


def test_a_change_with_a_limit_on_one_side_says_so():
    y = np.zeros(40)
    a, b = np.ones(40), np.full(40, 0.1)
    a[::2], b[7] = 2.0, 9.0  # one row carries the second loss
    result = losscli.compare({"y_true": y, "pred_a": a, "pred_b": b}, losses="mse", baseline="b")
    (found,) = comparisons_of(result).values()
    assert found["ratio_ci"][1] == math.inf
    assert found["ratio_ci"][0] > 0
    assert "A change in mse has a limit on one side only: so few rows carry it" in screen(result)
    (found,) = comparisons_of(losscli.compare({"y_true": y, "pred_a": a, "pred_b": b}, losses="mse")).values()
    assert found["ratio_ci"][0] == 0


def test_identical_models_are_called_identical():
    columns = two_models()
    result = losscli.compare(columns | {"pred_b": columns["pred_a"]}, losses="mse,mae")
    for found in comparisons_of(result).values():
        assert (found["difference"], found["ratio"], found["p_value"]) == (0.0, 1.0, None)
        assert (found["rows_won"], found["verdict"]) == (0.0, "identical")
    assert "b and a have the same loss on every row." in screen(result)


def test_rows_that_plainly_depend_on_one_another_are_pointed_out():
    rng = np.random.default_rng(6)
    y, steps = np.zeros(500), rng.normal(size=500)
    drift = np.array([sum(0.8**k * steps[i - k] for k in range(min(i + 1, 40))) for i in range(500)])
    ordered = {"y_true": y, "pred_a": rng.normal(size=500), "pred_b": 2 * drift}
    shuffled = {name: column[rng.permutation(500)] if name == "pred_b" else column for name, column in ordered.items()}
    (notice,) = (each for each in losscli.compare(ordered, losses="mbe,mae").notices if each.code == "dependent-rows")
    d = np.abs(ordered["pred_b"]) - np.abs(ordered["pred_a"])
    centred = d - d.mean()
    r = np.sum(centred[1:] * centred[:-1]) / np.sum(centred**2)
    assert notice.message.values["loss"].raw == "mae"
    assert notice.message.values["r"].raw == pytest.approx(r, abs=0.005)
    assert "dependent-rows" not in {each.code for each in losscli.compare(shuffled, losses="mae").notices}


def test_losses_with_a_sign_rank_no_model():
    result = losscli.compare(three_models(), losses="mbe")
    assert [each["model"] for each in losses_of(result)["mbe"]["models"]] == ["a", "b", "c"]
    assert {each["verdict"] for each in comparisons_of(result).values()} == {None}
    text = screen(result)
    assert "mbe has a sign, so that less is not better: no model is ranked by it." in text
    assert "p of the" not in text


def test_one_loss_alone_is_not_called_none_of_the_losses():
    y = np.arange(40.0)
    up, down = y + np.resize([1.0, 2.0], 40), y - np.resize([2.0, 1.0], 40)
    text = screen(losscli.compare({"y_true": y, "pred_a": up, "pred_b": down}, losses="mae"))
    assert "By mae b and a cannot be told apart." in text


def test_two_long_names_stand_below_each_other():
    columns = three_models()
    long = "gradient_boosting_with_a_long_name"
    renamed = {"y_true": columns["y_true"], "pred_a": columns["pred_a"], f"pred_{long}": columns["pred_b"]}
    lines = screen(losscli.compare(renamed, losses="mse")).splitlines()
    assert [line.split()[-1] for line in lines if "baseline" in line or line.split()[1:2] == [long]][:2] == [
        "better",
        "baseline",
    ]


def test_without_interval_level_none_is_shown_and_none_spoken_of():
    text = screen(losscli.compare(three_models(), losses="mse,mae", level=None))
    assert "interval" not in text.partition("losscli 0")[0]


@pytest.mark.parametrize(
    ("columns", "baseline", "message", "hint"),
    [
        (three_models(), "d", "there is no model 'd'", "the models are 'a', 'b', 'c'"),
        (three_models(), "pred_aa", "there is no model 'pred_aa'", None),
        (
            {"y_true": [1.0, 2.0], "pred_ridge": [1.0, 3.0], "pred_forest": [1.0, 2.0]},
            "fo",
            "there is no model 'fo'",
            "did you mean --baseline 'forest'? the models are 'ridge', 'forest'",
        ),
        ({"y_true": [1.0, 2.0], "y_pred": [1.0, 3.0]}, "x", "--baseline needs a second model to compare with", None),
    ],
)
def test_a_baseline_that_cannot_be(columns, baseline, message, hint):
    with pytest.raises(InputError) as caught:
        losscli.compare(columns, baseline=baseline)
    assert str(caught.value).startswith(message)
    if hint is not None:
        assert hint in caught.value.hint


def test_inputs_are_all_files_and_their_rows_all_that_were_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pl.DataFrame({"y": [1.0, 2.0, 3.0], "y_pred": [1.5, None, 3.0]}).write_csv("old.csv")
    pl.DataFrame({"y": [1.0, 2.0, 3.0], "y_pred": [1.0, 2.5, 4.0]}).write_csv("new.csv")
    payload = losscli.compare("old.csv", "new.csv", missing="drop").payload
    assert [(each["path"], each["rows"]) for each in payload["inputs"]] == [("old.csv", 3), ("new.csv", 3)]
    assert (payload["n"], payload["n_dropped"]) == (2, 1)
