"""What outlying rows do to losses, against plain sums over the rows that are left and brute force."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.analyses.outliers import Named, OutliersSpec, Reading, outliers
from losscli.arrays import Task
from losscli.errors import InputError, UsageError
from losscli.render import Style, render

SAMPLES = Path(__file__).parent.parent.parent / "sample_data"
EXACT = 1e-12  # relative: sums of a few thousand terms in another order
SIGMA_PER_MAD = 1 / 0.6744897501960817
law = settings(deadline=None, max_examples=40, derandomize=True)


def asked(data, *, weight=None, **options):
    reading = Reading(weight=weight, task=Task.REGRESSION if "y_pred" in data else None)
    return outliers(OutliersSpec(data=(Named(given=data),), reading=reading, **options))


def by_loss(result, model=0):
    return {loss["label"]: loss for loss in result.payload["models"][model]["losses"]}


@pytest.fixture(scope="module")
def tailed():
    """Return rows of heavy tails: predictions, targets and weights."""
    rng = np.random.default_rng(12)
    y_pred = rng.uniform(5, 10, 3_000)
    return pd.DataFrame(
        {
            "y_true": np.abs(y_pred + rng.standard_t(2, 3_000)) + 0.1,
            "y_pred": y_pred,
            "w": rng.integers(1, 9, 3_000) / 4,
            "id": [f"r{at}" for at in range(3_000)],
        }
    )


def values_of(y, p, w):
    e = p - y
    y = np.where(y == 0, np.nan, y)  # mape has no value there
    mean = {name: np.average(values, weights=w) for name, values in {
        "mse": e**2, "mae": np.abs(e), "huber": np.where(np.abs(e) <= 1, e**2 / 2, np.abs(e) - 0.5),
        "msle": np.square(np.log1p(np.maximum(p, 0)) - np.log1p(np.maximum(y, 0))),
        "mape": 100 * np.abs(e / y), "mbe": e,
    }.items()}  # fmt: skip
    return {**mean, "rmse": math.sqrt(mean["mse"]), "sse": float(np.sum(w * e**2))}


def limits(e, w, rule):
    """Return the least and the largest error that a rule leaves alone."""
    if rule == "modified-z:3.5":
        m = weighted_median(e, w)
        reach = 3.5 * SIGMA_PER_MAD * weighted_median(np.abs(e - m), w)
        return m - reach, m + reach
    if rule == "error:4":
        return -4.0, 4.0
    order = np.argsort(e)
    reached = np.cumsum(w[order]) / w.sum()
    low, high = (e[order][np.searchsorted(reached, level - 1e-12)] for level in (0.25, 0.75))
    return low - 3 * (high - low), high + 3 * (high - low)


def weighted_median(values, w):
    order = np.argsort(values)
    reached = np.cumsum(w[order]) / w.sum()
    low, high = np.searchsorted(reached, 0.5 - 1e-12), np.searchsorted(reached, 0.5 + 1e-12, side="right")
    return (values[order][low] + values[order][high]) / 2


@pytest.mark.parametrize("rule", ["modified-z:3.5", "iqr:3", "error:4"])
@pytest.mark.parametrize("weight", [None, "w"])
def test_values_with_and_without_are_those_of_plain_sums_over_the_rows(tailed, rule, weight):
    y, p = tailed["y_true"].to_numpy(), tailed["y_pred"].to_numpy()
    w = np.ones(3_000) if weight is None else tailed["w"].to_numpy()
    e = p - y
    low, high = limits(e, w, rule)
    kept = (e >= low) & (e <= high)
    names = ["mse", "rmse", "mae", "huber", "msle", "mape", "sse", "mbe"]
    result = asked(tailed, weight=weight, rule=rule, losses=",".join(names))
    found = by_loss(result)
    assert result.payload["models"][0]["outliers"]["n"] == np.count_nonzero(~kept) > 50
    whole, left = values_of(y, p, w), values_of(y[kept], p[kept], w[kept])
    pulled = values_of(y, y + np.clip(e, low, high), w)
    for name in names:
        assert found[name]["value"] == pytest.approx(whole[name], rel=EXACT)
        assert found[name]["without"] == pytest.approx(left[name], rel=EXACT)
        assert found[name]["winsorised"] == pytest.approx(pulled[name], rel=EXACT)
    assert found["mse"]["change"] == pytest.approx(left["mse"] / whole["mse"] - 1, rel=EXACT)
    assert found["mbe"]["change"] is None


quarters = st.integers(-40, 40).map(lambda k: k / 4)


@law
@given(
    table=st.lists(st.tuples(quarters, quarters, st.integers(1, 9)), min_size=5, max_size=60),
    rule=st.sampled_from(["modified-z:2", "iqr:3", "error:4", "iqr:0.5"]),
    weighted=st.booleans(),
)
def test_without_the_flagged_each_loss_is_that_of_the_other_rows(table, rule, weighted):
    y, p, w = (np.array(column, dtype=float) for column in zip(*table, strict=True))
    w = w / 8 if weighted else np.ones(len(y))
    result = asked(
        {"y_true": y, "y_pred": p, "w": w},
        weight="w" if weighted else None,
        rule=rule,
        losses="mse,mae,huber,sse,rmse",
        top=60,
    )
    model = result.payload["models"][0]
    flagged = sorted(row["row"] - 1 for row in model["rows"] if row["flagged"])
    assert len(flagged) == model["outliers"]["n"]
    kept = np.delete(np.arange(len(y)), flagged)
    if model["outliers"]["rule"] is None:
        return
    found = by_loss(result)
    if not len(kept):
        assert all(loss["without"] is None for loss in found.values())
        return
    left = values_of(y[kept], p[kept], w[kept])
    for name, loss in found.items():
        assert loss["without"] == pytest.approx(left[name], rel=EXACT, abs=1e-300)


def test_losses_that_depend_most_on_the_outliers_come_first(tailed):
    found = asked(tailed, losses="mae,huber,mse,rmse,mbe").payload["models"][0]["losses"]
    assert (found[0]["label"], found[-1]["label"]) == ("mse", "mbe")
    changes = [abs(loss["change"]) for loss in found[:-1]]
    assert changes == sorted(changes, reverse=True)


rows = st.lists(
    st.tuples(st.integers(-40, 40).map(lambda k: k / 8), st.integers(-40, 40).map(lambda k: k / 8), st.integers(1, 9)),
    min_size=2,
    max_size=12,
)


@law
@given(table=rows, weighted=st.booleans(), name=st.sampled_from(["mse", "rmse", "mae", "sse", "huber"]))
def test_the_largest_influence_is_that_of_leaving_each_row_out(table, weighted, name):
    y, p, w = (np.array(column, dtype=float) for column in zip(*table, strict=True))
    weights = w if weighted else np.ones(len(y))
    found = by_loss(asked({"y_true": y, "y_pred": p, "w": w}, weight="w" if weighted else None, losses=name))[name]
    value = values_of(y, p, weights)[name]
    influence = found["largest_influence"]
    if value == 0:
        assert influence is None
        return
    left = [values_of(*(np.delete(column, at) for column in (y, p, weights)))[name] for at in range(len(y))]
    changes = np.array(left) / value - 1
    assert abs(influence["change"]) == pytest.approx(np.max(np.abs(changes)), rel=1e-9, abs=1e-12)
    at = int(influence["place"].removeprefix("row ")) - 1
    assert changes[at] == pytest.approx(influence["change"], rel=1e-9, abs=1e-12)


def test_the_rows_that_matter_most(tailed):
    found = asked(tailed, losses="mse,mae", top=4, keep=("id",)).payload["models"][0]
    e = (tailed["y_pred"] - tailed["y_true"]).to_numpy()
    m = np.median(e)
    z = (e - m) / (SIGMA_PER_MAD * np.median(np.abs(e - m)))
    order = np.argsort(-np.abs(z))[:4]
    assert [row["row"] for row in found["rows"]] == (order + 1).tolist()
    assert [row["kept"] for row in found["rows"]] == [{"id": f"r{at}"} for at in order]
    assert [row["z"] for row in found["rows"]] == pytest.approx(z[order], rel=EXACT)
    assert [row["error"] for row in found["rows"]] == pytest.approx(e[order], rel=EXACT)
    assert all(row["flagged"] for row in found["rows"])
    shares = e[order] ** 2 / np.sum(e**2)
    assert [row["shares"]["mse"] for row in found["rows"]] == pytest.approx(shares, rel=EXACT)
    assert [row["together"]["mse"] for row in found["rows"]] == pytest.approx(np.cumsum(shares), rel=EXACT)


def test_a_number_of_rows_takes_exactly_so_many_of_equal_errors():
    data = {"y_true": [0.0] * 8, "y_pred": [5.0, -5.0, 5.0, 1.0, 2.0, -5.0, 0.5, 0.0]}
    found = asked(data, rule="top:2", losses="mae", top=8)
    assert found.payload["models"][0]["outliers"]["n"] == 2
    assert found.payload["models"][0]["outliers"]["rule"] == "largest-2:error"
    assert [row["row"] for row in found.payload["models"][0]["rows"] if row["flagged"]] == [1, 2]
    # 5 + 1 + 2 + 5 + 0.5 + 0 over six rows; the two pulled to the largest that is left, 5
    assert by_loss(found)["mae"]["without"] == pytest.approx(13.5 / 6)
    assert by_loss(found)["mae"]["winsorised"] == by_loss(found)["mae"]["value"]


def test_a_percentage_takes_the_largest_errors(tailed):
    found = asked(tailed, rule="top:1%", losses="mse")
    e = np.abs(tailed["y_pred"] - tailed["y_true"]).to_numpy()
    assert found.payload["models"][0]["outliers"]["n"] == 30
    left = np.sort(e)[:-30]
    assert by_loss(found)["mse"]["without"] == pytest.approx(np.mean(left**2), rel=EXACT)
    capped = np.minimum(e, left[-1])
    assert by_loss(found)["mse"]["winsorised"] == pytest.approx(np.mean(capped**2), rel=EXACT)


def test_a_normal_law_is_told_beside_what_is_found(tailed):
    def expected(rule):
        return asked(tailed, rule=rule, losses="mae").payload["models"][0]["outliers"]["expected"]

    # a few more than beyond the known quartiles of a normal law (0.047 %, 0.70 % and 0.00023 %): these are estimated
    assert expected("modified-z:3.5") == pytest.approx(3_000 * 4.652581580710802e-4, rel=0.1)
    assert expected("iqr:1.5") == pytest.approx(3_000 * 0.006976603, rel=0.1)
    assert expected("iqr:3") == pytest.approx(3_000 * 2.3419e-6, rel=0.3)
    assert expected("top:5") is None
    assert expected("error:4") is None


def test_confident_and_wrong_rows_of_classes():
    found = asked(str(SAMPLES / "digits_logits.parquet"), top=2)
    model = found.payload["models"][0]
    assert model["outliers"]["rule"] == "largest-1%:softmax_ce"
    first = model["rows"][0]
    assert first["target"] != first["prediction"]
    assert 0 < first["probability"] < 1
    assert first["error"] is None
    assert "label errors to check" in render(found, "table", Style())


def test_of_labels_only_wrong_ones_are_shown():
    labels = {"y_true": ["cat", "dog", "owl", "cat"], "y_pred": ["cat", "dog", "cat", "dog"]}
    found = outliers(OutliersSpec(data=(Named(given=labels),))).payload["models"][0]
    assert found["outliers"] is None
    assert [(row["row"], row["target"], row["prediction"]) for row in found["rows"]] == [
        (3, "owl", "cat"),
        (4, "cat", "dog"),
    ]


def test_losses_of_classes_are_pulled_to_the_largest_that_is_left():
    rng = np.random.default_rng(3)
    p = rng.uniform(0.01, 0.99, 400)
    y = (rng.uniform(size=400) < p).astype(float)
    found = by_loss(asked({"y_true": y, "y_prob": p}, losses="bce,brier"))
    bce = np.where(y == 1, -np.log(p), -np.log1p(-p))
    flagged = bce > np.sort(bce)[-5]
    for name, losses in {"bce": bce, "brier": (p - y) ** 2}.items():
        cap = losses[~flagged].max()
        pulled = np.where(flagged, np.minimum(losses, cap), losses)
        assert found[name]["without"] == pytest.approx(losses[~flagged].mean(), rel=EXACT)
        assert found[name]["winsorised"] == pytest.approx(pulled.mean(), rel=EXACT)


def test_an_infinite_loss_is_finite_without_its_row():
    p, y = np.append(np.linspace(0.05, 0.95, 199), 0.0), np.append(np.tile([0.0, 1.0], 100)[:199], 1.0)
    bce = by_loss(asked({"y_true": y, "y_prob": p}, losses="bce"))["bce"]
    losses = np.where(y[:-1] == 1, -np.log(p[:-1]), -np.log1p(-p[:-1]))
    assert bce["value"] == math.inf
    assert bce["change"] is None
    assert bce["without"] < np.mean(losses) * 1.001
    assert math.isfinite(bce["winsorised"])


def codes(result):
    return [notice.code for notice in result.notices]


def test_a_rule_that_flags_every_row_leaves_nothing():
    found = asked({"y_true": [0.0] * 6, "y_pred": [5.0, 6.0, 7.0, 8.0, 9.0, -9.0]}, rule="error:1", losses="mae")
    assert by_loss(found)["mae"]["without"] is None
    assert by_loss(found)["mae"]["winsorised"] == 1.0
    assert "all-flagged" in codes(found)


def test_few_rows_are_told():
    assert "few-rows" in codes(asked({"y_true": [1.0, 2.0, 3.0, 4.0], "y_pred": [1.1, 2.2, 3.1, 9.0]}))
    assert "few-rows" in codes(asked({"y_true": [1.0], "y_pred": [1.1]}))


@pytest.mark.parametrize("rule", [None, "iqr", "top:2", "top:20%"])
def test_equal_errors_have_no_outliers(rule):
    found = asked({"y_true": [1.0, 2.0, 3.0, 4.0, 5.0], "y_pred": [2.0, 3.0, 4.0, 5.0, 6.0]}, rule=rule)
    assert found.payload["models"][0]["outliers"]["n"] == 0
    assert "none: all errors are equal" in render(found, "table", Style())


def test_equal_errors_may_all_be_too_large():
    found = asked({"y_true": [1.0] * 5, "y_pred": [9.0] * 5}, rule="error:4", losses="mae")
    assert found.payload["models"][0]["outliers"]["n"] == 5


def test_equal_quartiles_are_told():
    found = asked({"y_true": [0.0] * 9, "y_pred": [0.0] * 7 + [1.0, 2.0]}, rule="iqr")
    assert "iqr-zero" in codes(found)
    assert found.payload["models"][0]["outliers"]["n"] == 2


def test_a_mad_of_zero_is_told():
    found = asked({"y_true": [0.0] * 9, "y_pred": [0.0] * 8 + [8.0]})
    assert "mad-zero" in codes(found)
    assert found.payload["models"][0]["outliers"]["rule"] == "mean-absolute-deviation>3.5"


def test_what_cannot_be_asked_is_explained(tailed):
    with pytest.raises(UsageError, match="there is no rule 'modifed'"):
        asked(tailed, rule="modifed")
    with pytest.raises(InputError, match="--rule top:3000: there are 3000 rows"):
        asked(tailed, rule="top:3000")
    with pytest.raises(UsageError, match="judges errors of numbers"):
        asked({"y_true": [0.0, 1.0], "y_prob": [0.2, 0.9]}, rule="iqr")
    with pytest.raises(InputError, match="idd"):
        asked(tailed, keep=("idd",))
    with pytest.raises(UsageError, match="--top"):
        asked(tailed, top=0)


def test_more_rows_are_asked_for_than_there_are(tailed):
    assert len(asked(tailed.head(6), top=50).payload["models"][0]["rows"]) == 6


def test_every_format_says_the_same(tailed):
    result = asked(tailed, losses="mse")
    payload = json.loads(render(result, "json", Style()))
    assert payload["schema"] == "losscli.outliers/1"
    assert result.to_frame()["without"].tolist() == [payload["models"][0]["losses"][0]["without"]]
    for name in ("table", "markdown", "csv"):
        assert "mse" in render(result, name, Style())


PLACES = ("place", "line", "row", "largest_influence")


def without_places(found):
    """Return the same without the numbers of rows, which another file counts afresh."""
    if isinstance(found, dict):
        kept = {key: without_places(value) for key, value in found.items() if key not in (*PLACES, "group")}
        influence = found.get("largest_influence")
        return kept | ({"influence": influence["change"]} if influence else {})
    return [without_places(each) for each in found] if isinstance(found, list) else found


@pytest.mark.parametrize(("rule", "weight"), [(None, None), ("iqr:3", "w"), ("top:3", "w"), ("error:4", None)])
def test_a_group_is_judged_as_a_file_of_its_rows(tailed, rule, weight):
    data = tailed.assign(site=["north", "south", None] * 1_000, year=np.arange(3_000) // 1_500)
    options = {"rule": rule, "weight": weight, "losses": "mse,rmse,mae,mbe", "keep": ("id",), "top": 4}
    whole = asked(data, by=("site", "year"), **options).payload
    assert without_places(whole["models"][0]) == without_places(asked(data, **options).payload["models"][0])
    groups = whole["models"][1:]
    assert [each["group"] for each in groups] == [
        {"site": site, "year": str(year)} for site in ("north", "south", None) for year in (0, 1)
    ]
    for each in groups:
        site, year = each["group"].values()
        mine = data[(data["site"].isna() if site is None else data["site"] == site) & (data["year"] == int(year))]
        assert without_places(each) == without_places(asked(mine, **options).payload["models"][0])
        rows = [row["row"] - 1 for row in each["rows"]]
        assert [data["id"].iloc[row] for row in rows] == [row["kept"]["id"] for row in each["rows"]]


def test_the_most_affected_groups_stand_first_and_hidden_ones_are_counted(tailed):
    data = tailed.assign(g=[f"g{at % 25}" for at in range(3_000)])
    result = asked(data, by=("g",), losses="mae")
    (table,) = (section for section in result.sections if section.title == "by g")
    changes = [row[-1] for row in table.table.rows]
    everything = [by_loss(result, model)["mae"]["change"] for model in range(1, 26)]
    assert changes == sorted(everything)[:20]
    assert "5 more groups are changed less; --format csv or json lists them all" in render(result, "table", Style())
    assert [record["by_g"] for record in result.records] == [None, *(f"g{at}" for at in range(25))]


def test_a_rule_that_takes_every_row_of_a_group_names_the_group(tailed):
    data = tailed.assign(g=["few"] * 3 + ["many"] * 2_997)
    with pytest.raises(InputError, match=r"^g=few: --rule top:3: there are 3 rows\n"):
        asked(data, by=("g",), rule="top:3")
    (notice,) = (each for each in asked(data, by=("g",), losses="mae").notices if each.code == "small-groups")
    assert "1 group has fewer than 5 rows" in notice.message.text


def test_errors_that_differ_by_rounding_are_equal():
    y = np.random.default_rng(5).normal(size=60)
    errors = (y + 0.5) - y
    assert len(set(errors)) > 1
    result = asked({"y_true": y, "y_pred": y + 0.5})
    assert not any(row["flagged"] for row in result.payload["models"][0]["rows"])
    assert "none: all errors are equal" in render(result, "table", Style())
    far = np.where(np.arange(60) == 7, 3.0, 0.5)
    rows = asked({"y_true": y, "y_pred": y + far}).payload["models"][0]["rows"]
    assert sum(row["flagged"] for row in rows) == 1


def test_rows_without_a_loss_do_not_matter():
    y = np.arange(60.0)
    assert asked({"y_true": y, "y_pred": y}).payload["models"][0]["rows"] == []
    labels = (np.arange(60) % 3 == 0).astype(float)
    result = asked({"y_true": labels, "y_prob": labels})
    assert result.payload["models"][0]["rows"] == []
    assert "label errors to check" not in render(result, "table", Style())
