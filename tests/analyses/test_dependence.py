"""Clusters and times through the analyses: against statsmodels, in the words, and where they are few or not named."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from streams import uneven

import losscli
from losscli.engine.folds.fixed_b import FixedB, bandwidth
from losscli.errors import InputError, UsageError
from losscli.render import Style, render

TWO_ROUTES = 1e-10
SHOPS, DAYS = 15, 60


def sales(seed=3):
    rng = np.random.default_rng(seed)
    shop, day = np.repeat(np.arange(SHOPS), DAYS), np.tile(np.arange(DAYS), SHOPS)
    y = rng.normal(50, 10, size=len(shop))
    shared = rng.normal(0, 3, size=SHOPS)[shop] + np.cumsum(rng.normal(0, 0.7, size=DAYS))[day]
    return {
        "shop": [f"s{each}" for each in shop],
        "day": day,
        "region": np.where(shop < 8, "north", "south"),
        "y_true": y,
        "pred_a": y + shared + rng.normal(0, 2, size=len(y)),
        "pred_b": y + 0.7 * shared + rng.normal(0, 2, size=len(y)) + 0.5,
        "w": rng.uniform(0.5, 2, size=len(y)),
    }


def fit(values, weight, **covariance):
    return sm.WLS(values, np.ones(len(values)), weights=weight).fit(use_t=True, **covariance)


def by_shop(data):
    return {"cov_type": "cluster", "cov_kwds": {"groups": np.unique(data["shop"], return_inverse=True)[1]}}


def by_day(data):
    lags = bandwidth(DAYS) - 1
    options = {"time": data["day"], "maxlags": lags, "use_correction": False, "df_correction": False}
    return {"cov_type": "hac-groupsum", "cov_kwds": options}


def codes(result):
    return [notice.code for notice in result.notices]


@pytest.mark.parametrize(("units", "weight"), [("cluster", None), ("cluster", "w"), ("time", None)])
def test_compare_tests_by_clusters_and_times(units, weight):
    data = sales()
    options = {"cluster": "shop"} if units == "cluster" else {"time": "day"}
    result = losscli.compare(data, losses="mae", weight=weight, predictions="pred_*", **options)
    (found,) = result.payload["losses"][0]["comparisons"]
    d = np.abs(data["pred_b"] - data["y_true"]) - np.abs(data["pred_a"] - data["y_true"])
    theirs = fit(d, data["w"] if weight else 1.0, **(by_shop(data) if units == "cluster" else by_day(data)))
    assert found["difference"] == pytest.approx(theirs.params[0], rel=TWO_ROUTES)
    if units == "cluster":
        factor, degrees = uneven(np.bincount(np.repeat(np.arange(SHOPS), DAYS), weights=data["w"] if weight else None))
        half = stats.t(degrees).isf(0.025) * theirs.bse[0] * math.sqrt(factor)
    else:
        half = FixedB(DAYS, bandwidth(DAYS)).critical(0.95) * theirs.bse[0]
    assert found["ci"] == pytest.approx([theirs.params[0] - half, theirs.params[0] + half], rel=TWO_ROUTES)
    assert found["test"] == ("paired t by clusters" if units == "cluster" else "paired fixed-b")
    columns = result.payload["columns"]
    assert (columns["cluster"], columns["time"]) == (("shop", None) if units == "cluster" else (None, "day"))
    assert codes(result) == []


def test_rows_of_one_cluster_each_change_nothing():
    data = sales() | {"row": np.random.default_rng(1).permutation(SHOPS * DAYS)}
    plain, single = (losscli.compare(data, losses="mse", predictions="pred_*", cluster=name) for name in (None, "row"))
    for one, other in zip(plain.records, single.records, strict=True):
        for key in ("value", "ci_low", "ci_high", "ratio", "ratio_ci_low", "ratio_ci_high", "p_value"):
            assert other[key] == one[key] or other[key] == pytest.approx(one[key], rel=1e-9)
    plain, single = (losscli.bias(data, predictions="pred_a", by="region", cluster=name) for name in (None, "row"))
    for one, other in zip(plain.records, single.records, strict=True):
        for key in ("bias", "ci_low", "ci_high", "p_value", "p_adjusted"):
            assert other[key] == one[key] or other[key] == pytest.approx(one[key], rel=1e-8)


def test_few_clusters_are_tested_by_their_sums_not_by_flipping_rows():
    data = {name: np.asarray(column)[: 4 * DAYS : 10] for name, column in sales().items()}
    assert len(data["y_true"]) < 30
    (found,) = losscli.compare(data, losses="mae", predictions="pred_*", cluster="shop").payload["losses"][0][
        "comparisons"
    ]
    assert found["test"] == "paired t by clusters"


def test_bias_of_groups_is_that_of_the_clusters_in_them():
    data = sales()
    result = losscli.bias(data, predictions="pred_a", by="region", cluster="shop", equivalent_within=3.0)
    model = result.payload["models"][0]
    error = data["pred_a"] - data["y_true"]
    north = data["region"] == "north"
    alone = losscli.bias(
        {name: np.asarray(column)[north] for name, column in data.items()}, predictions="pred_a", cluster="shop"
    )
    found = next(part for part in model["groups"] if part["group"] == {"region": "north"})
    assert found["bias"]["ci"] == pytest.approx(alone.payload["models"][0]["bias"]["ci"], rel=1e-8)
    assert found["bias"]["mbe"] == pytest.approx(error[north].mean(), rel=TWO_ROUTES)
    plain = losscli.bias(data, predictions="pred_a", equivalent_within=3.0).payload["models"][0]
    for key in ("bias", "equivalence"):
        assert np.ptp(model[key]["ci"]) > 2 * np.ptp(plain[key]["ci"])  # the shops differ by more than their rows
    assert "hall 95 % by 15 clusters of shop" in result.signature


def test_rates_have_wilsons_interval_of_the_rows_that_clusters_are_worth():
    rng = np.random.default_rng(5)
    site = np.repeat(np.arange(20), 30)
    truth = (rng.uniform(size=600) < rng.uniform(0.1, 0.9, size=20)[site]).astype(int)
    rows = {"y_true": truth, "y_pred": np.zeros(600, int), "y_prob": np.full(600, 0.5), "site": site}

    def mistakes(rows, **how):
        how |= {"predictions": "y_pred", "losses": "zero_one", "task": "binary"}
        return losscli.evaluate(rows, **how).payload["models"][0]["losses"][0]["ci"]

    def bin_of_all(**how):
        return losscli.bias(rows, predictions="y_prob", **how).payload["models"][0]["bins"][0]["bias"]["ci"]

    assert np.ptp(mistakes(rows, cluster="site")) > 2 * np.ptp(mistakes(rows))
    assert np.ptp(bin_of_all(cluster="site")) > 2 * np.ptp(bin_of_all())
    # no mistake at all: each site counts as one row
    right = {"y_true": [0, 1] * 30, "y_pred": [0, 1] * 30, "site": np.repeat(np.arange(12), 5)}
    low, high = mistakes(right, cluster="site")
    t = stats.t(11).isf(0.025)
    assert (low, high) == pytest.approx((0.0, t * t / (12 + t * t)), abs=TWO_ROUTES)


def test_what_is_not_said_is_noticed():
    data = sales()
    noticed = losscli.bias(data, predictions="pred_a")
    (notice,) = (each for each in noticed.notices if each.code == "dependent-rows")
    assert "--time COL" in notice.hint
    assert "--cluster COL" in notice.hint
    assert "errors are alike in neighbouring rows" in notice.message.text
    assert codes(losscli.bias(data, predictions="pred_a", cluster="shop")) == []
    two = losscli.bias(data, predictions=["pred_a", "pred_b"])
    assert [each.message.values["where"].raw for each in two.notices] == ["a: ", "b: "]
    shuffled = np.random.default_rng(2).permutation(SHOPS * DAYS)
    assert codes(losscli.bias({n: np.asarray(c)[shuffled] for n, c in data.items()}, predictions="pred_a")) == []


@pytest.mark.parametrize(
    ("options", "code"), [({"cluster": "region"}, "few-clusters"), ({"time": "month"}, "few-times")]
)
def test_few_units_are_noticed(options, code):
    data = sales()
    data["month"] = data["day"] // 10
    assert code in codes(losscli.evaluate(data, predictions="pred_a", **options))
    assert code not in codes(losscli.evaluate(data, predictions="pred_a", cluster="shop"))


@pytest.mark.parametrize("ask", ["evaluate", "compare", "bias", "gate"])
def test_few_units_of_a_group_are_noticed(ask):
    data = sales()
    data["region"] = np.where([name in ("s0", "s1") for name in data["shop"]], "south", "north")
    options = {"predictions": "pred_a", "cluster": "shop"}
    if ask == "gate":
        options |= {"fail_if": "mse > 1", "confident": True}
    run = getattr(losscli, ask)
    assert not [code for code in codes(run(data, **options)) if code.startswith("few-clusters")]
    (notice,) = (each for each in run(data, by="region", **options).notices if each.code.startswith("few-clusters"))
    assert notice.code == "few-clusters-in-groups"
    assert notice.message.text.startswith("{where}1 group has fewer than 10 clusters of {column}")
    assert notice.message.values["names"].raw == "region=south"
    data["pair"] = np.arange(len(data["day"])) % 2
    codes_of_all = codes(run(data, by="region", **(options | {"cluster": "pair"})))
    assert "few-clusters" in codes_of_all  # all rows have two: the groups need not be told of
    assert "few-clusters-in-groups" not in codes_of_all


def test_one_cluster_and_both_options_are_errors():
    data = sales() | {"all": ["x"] * (SHOPS * DAYS)}
    with pytest.raises(InputError, match="all rows are of one cluster"):
        losscli.compare(data, cluster="all")
    with pytest.raises(UsageError, match="--cluster and --time do not go together"):
        losscli.compare(data, cluster="shop", time="day")


def test_what_missing_cells_leave_of_one_cluster_has_no_interval():
    data = {"y_true": [1.0, 2.0, 4.0, None], "y_pred": [1.5, 2.0, 3.0, 1.0], "site": ["a", "a", "a", "b"]}
    result = losscli.evaluate(data, losses="mse", missing="drop", cluster="site")
    assert result.payload["models"][0]["losses"][0]["ci"] is None
    (notice,) = (each for each in result.notices if each.code == "no-interval")
    assert notice.message.values["units"].raw == "1 cluster of site"


def gated(baseline, **options):
    data = sales(8)
    rows = {"shop": data["shop"], "y_true": data["y_true"], "y_pred": data["pred_b"]}
    return losscli.gate(rows, baseline=baseline, max_regress="1%", losses="mae", **options)


def test_a_gate_holds_back_where_rows_depend():
    data = sales(8)
    baseline = {"y_true": data["y_true"], "y_pred": data["y_true"] + 2}
    plain, clustered = gated(baseline), gated(baseline, cluster="shop")
    (one,), (other,) = plain.payload["checks"], clustered.payload["checks"]
    assert other["value"] == one["value"]
    assert np.ptp(other["ci"]) > 1.5 * np.ptp(one["ci"])
    assert "paired t (Fieller) 95 % by 15 clusters of shop" in clustered.signature
    assert "paired fixed-b" in gated(baseline | {"day": data["day"]}, time="day").signature


def test_a_gate_notices_differences_that_are_alike():
    y = sales(8)["y_true"]
    assert codes(gated({"y_true": y, "y_pred": y + 1})) == ["dependent-rows"]
    assert codes(gated({"y_true": y, "y_pred": y + 1}, cluster="shop")) == []


def test_a_saved_baseline_has_the_same_clusters(tmp_path):
    data = sales(8)
    rows = {"shop": data["shop"], "y_true": data["y_true"], "y_pred": data["pred_a"]}
    for name, cluster in (("plain", None), ("shops", "shop")):
        answer = losscli.evaluate(rows, losses="mae", cluster=cluster)
        (tmp_path / f"{name}.json").write_text(render(answer, "json", Style()))
    with pytest.raises(InputError, match="differ in their --cluster: shop and none"):
        gated(str(tmp_path / "plain.json"), cluster="shop")
    (check,) = gated(str(tmp_path / "shops.json"), cluster="shop").payload["checks"]
    assert all(map(math.isfinite, check["ci"]))
