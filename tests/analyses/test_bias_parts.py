"""Groups and bins of a bias against pandas, brute force and other libraries."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.analyses.bias import BiasSpec, Named, Reading, bias
from losscli.arrays import Task
from losscli.errors import InputError, UsageError
from losscli.render import Style, render

EXACT = 1e-12  # relative: sums of a few hundred terms in another order
RNG = np.random.default_rng(11)
N = 600
TABLE = pd.DataFrame(
    {
        "y_true": RNG.normal(10, 3, N),
        "y_pred": RNG.normal(10.5, 3, N),
        "region": RNG.choice(["north", "south", "east"], N),
        "year": RNG.choice([2023, 2024], N),
        "size": RNG.integers(0, 100, N).astype(float),
        "n": RNG.integers(1, 5, N).astype(float),
    }
)


def found(data, *, by=(), bins=None, along=None, level=0.95, **reading):
    reading.setdefault("task", Task.REGRESSION)
    spec = BiasSpec(data=(Named(given=data),), reading=Reading(**reading), by=by, bins=bins, along=along, level=level)
    return bias(spec)


def first(data, **options):
    return found(data, **options).payload["models"][0]


def shown(result):
    return render(result, "table", Style())


@pytest.mark.parametrize("weight", [None, "n"])
@pytest.mark.parametrize("by", [("region",), ("region", "year")])
def test_groups_are_those_of_pandas(by, weight):
    table = TABLE.assign(error=TABLE["y_pred"] - TABLE["y_true"], w=1.0 if weight is None else TABLE["n"])
    answer = first(TABLE, by=by, weight=weight)
    total = table["w"].sum()
    expected = {
        tuple(map(str, names)): rows for names, rows in table.groupby(list(by))[["error", "w", "y_true", "y_pred"]]
    }
    assert {tuple(group["group"].values()) for group in answer["groups"]} == set(expected)
    for group in answer["groups"]:
        rows = expected[tuple(group["group"].values())]
        assert group["n"] == len(rows)
        assert group["share"] == pytest.approx(rows["w"].sum() / total, rel=EXACT)
        mean = np.average(rows["error"], weights=rows["w"])
        assert group["bias"]["mbe"] == pytest.approx(mean, rel=1e-10)
        assert group["adds"] == pytest.approx(mean * rows["w"].sum() / total, rel=1e-10)
        assert group["mean_target"] == pytest.approx(np.average(rows["y_true"], weights=rows["w"]), rel=EXACT)
        assert group["mean_prediction"] == pytest.approx(np.average(rows["y_pred"], weights=rows["w"]), rel=EXACT)
    assert sum(group["adds"] for group in answer["groups"]) == pytest.approx(answer["bias"]["mbe"], rel=1e-9)
    assert [abs(group["adds"]) for group in answer["groups"]] == sorted(
        (abs(group["adds"]) for group in answer["groups"]), reverse=True
    )


def test_a_group_has_the_interval_that_its_rows_have_by_themselves():
    alone = first(TABLE[TABLE["region"] == "south"])
    (group,) = (g for g in first(TABLE, by=("region",))["groups"] if g["group"] == {"region": "south"})
    assert group["bias"]["ci"] == pytest.approx(alone["bias"]["ci"], rel=1e-9)
    assert group["bias"]["p_value"] == pytest.approx(alone["bias"]["p_value"], rel=1e-9)


def test_p_values_are_adjusted_by_holm():
    groups = first(TABLE, by=("region",))["groups"]
    raw = sorted(group["bias"]["p_value"] for group in groups)
    adjusted = sorted(group["bias"]["p_adjusted"] for group in groups)
    steps = [min(1.0, (3 - rank) * p) for rank, p in enumerate(raw)]
    assert adjusted == pytest.approx(np.maximum.accumulate(steps), rel=EXACT)


def test_csv_parquet_and_a_frame_give_the_same_groups(tmp_path):
    table = TABLE.assign(year=TABLE["year"].astype(float)).mask(RNG.random(TABLE.shape) < 0.05)
    table[["y_true", "y_pred"]] = TABLE[["y_true", "y_pred"]]
    table.to_csv(tmp_path / "t.csv", index=False)
    table.to_parquet(tmp_path / "t.parquet")
    answers = [
        first(data, by=("region", "year"))["groups"]
        for data in (table, str(tmp_path / "t.csv"), str(tmp_path / "t.parquet"))
    ]
    assert answers[0] == answers[2]
    assert [group["group"] for group in answers[0]] == [group["group"] for group in answers[1]]
    assert {"region": None, "year": "2024"} in [group["group"] for group in answers[0]]


def test_a_missing_key_is_a_group_of_its_own_and_no_missing_cell():
    table = TABLE.assign(region=TABLE["region"].where(TABLE["region"] != "east"))
    result = found(table, by=("region",))
    assert result.payload["n"] == N
    names = [group["group"]["region"] for group in result.payload["models"][0]["groups"]]
    assert sorted(names, key=str) == [None, "north", "south"]
    assert "(missing)" in shown(result)


def test_whole_numbers_that_mean_missing_are_a_group_of_their_own(tmp_path):
    table = TABLE.assign(year=TABLE["year"].where(RNG.random(N) < 0.9).astype("Int64"))
    table.to_parquet(tmp_path / "t.parquet")
    names = [
        [group["group"]["year"] for group in first(str(tmp_path / "t.parquet"), by=("year",), **more)["groups"]]
        for more in ({}, {"null_values": ("2023",)})
    ]
    assert [sorted(each, key=str) for each in names] == [["2023", "2024", None], ["2024", None]]


def test_small_groups_are_pooled_and_that_is_said():
    table = TABLE.assign(region=[f"rare {row // 2}" if row < 6 else "common" for row in range(N)])
    result = found(table, by=("region",))
    common, pooled = result.payload["models"][0]["groups"]
    assert (common["n"], common["pooled_groups"]) == (N - 6, 0)
    assert (pooled["n"], pooled["pooled_groups"], pooled["group"]) == (6, 3, None)
    error = (table["y_pred"] - table["y_true"])[:6]
    assert pooled["bias"]["mbe"] == pytest.approx(error.mean(), rel=1e-10)
    assert "(3 small groups)" in shown(result)
    assert "3 groups of fewer than 5 rows are taken together" in shown(result)
    assert [record["part"] for record in result.records] == ["all", "group", "pooled", "loss", "loss"]


def test_many_groups_are_cut_for_people_and_whole_for_programs():
    result = found(TABLE.assign(region=[f"r{row % 50}" for row in range(N)]), by=("region",))
    assert sum(record["part"] == "group" for record in result.records) == 50
    assert "30 more groups add less" in shown(result)


def test_a_column_that_is_different_in_every_row_is_refused():
    with pytest.raises(InputError, match="every row is a group of its own"):
        found(TABLE.assign(id=range(N)), by=("id",))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"by": ("regoin",)}, InputError, "no column 'regoin'"),
        ({"along": "sise"}, InputError, "no column 'sise'"),
        ({"along": "region"}, InputError, "expected a number"),
        ({"by": ("region", "region")}, UsageError, "twice"),
        ({"by": ("y_pred",)}, UsageError, "is the target, a prediction or the weight"),
        ({"bins": 1}, UsageError, "expected 2 to 1000"),
    ],
)
def test_bad_words(options, error, message):
    with pytest.raises(error, match=message):
        found(TABLE, **options)


@pytest.mark.parametrize(("along", "by"), [(None, "y_pred"), ("size", "size"), ("y_true", "y_true")])
def test_bins_are_cut_at_exact_quantiles(along, by):
    answer = first(TABLE, bins=7, along=along)
    values, error = TABLE[by].to_numpy(), (TABLE["y_pred"] - TABLE["y_true"]).to_numpy()
    tops = np.quantile(values, [k / 7 for k in range(1, 7)], method="inverted_cdf")
    edges = [-np.inf, *tops, np.inf]
    assert [part["top"] for part in answer["bins"]] == [*tops, values.max()]
    for (low, high), part in zip(pairwise(edges), answer["bins"], strict=True):
        mine = (values > low) & (values <= high)
        assert part["n"] == mine.sum()
        assert part["bias"]["mbe"] == pytest.approx(error[mine].mean(), rel=1e-9)
    assert sum(part["adds"] for part in answer["bins"]) == pytest.approx(answer["bias"]["mbe"], rel=1e-9)


def test_equal_values_stay_in_one_bin():
    result = found(TABLE.assign(size=np.repeat([1.0, 2.0, 3.0], N // 3)), along="size")
    assert [part["top"] for part in result.payload["models"][0]["bins"]] == [1.0, 2.0, 3.0]
    assert "3 bins instead of 10" in shown(result)


eighths = st.integers(-80, 80).map(lambda k: k / 8)


@settings(deadline=None, max_examples=15, derandomize=True)
@given(rows=st.lists(st.tuples(eighths, eighths, st.sampled_from("ab"), st.integers(1, 4)), min_size=3, max_size=30))
def test_a_weight_equals_repetition(rows):
    table = pd.DataFrame(rows, columns=["y_true", "y_pred", "g", "w"]).astype({"w": float})
    repeated = table.loc[table.index.repeat(table["w"].astype(int))].drop(columns="w").reset_index(drop=True)
    weighted = first(table, by=("g",), bins=3, weight="w", level=None)
    plain = first(repeated, by=("g",), bins=3, level=None)
    for key in ("groups", "bins"):
        ordered = [
            sorted(answer[key], key=lambda part: (str(part["group"]), part.get("top") or 0))
            for answer in (weighted, plain)
        ]
        for one, other in zip(*ordered, strict=True):
            assert one["adds"] == pytest.approx(other["adds"], rel=1e-9, abs=1e-9)
            assert one["share"] == pytest.approx(other["share"], rel=EXACT)


P = np.round(RNG.beta(2, 3, 500), 3)
CLASSES = pd.DataFrame(
    {"y_true": (RNG.random(500) < P**1.3).astype(int), "y_prob": P, "site": RNG.choice(list("ab"), 500)}
)


def test_probabilities_get_a_reliability_table():
    answer = first(CLASSES, task=None)
    tops = [part["top"] for part in answer["bins"]]
    assert len(tops) == 10
    edges = [-np.inf, *tops]
    for (low, high), part in zip(pairwise(edges), answer["bins"], strict=True):
        mine = (low < P) & (high >= P)
        assert part["mean_prediction"] == pytest.approx(P[mine].mean(), rel=1e-9)
        assert part["mean_target"] == pytest.approx(CLASSES["y_true"][mine].mean(), rel=1e-9)
    expected = sum(part["n"] / 500 * abs(part["mean_prediction"] - part["mean_target"]) for part in answer["bins"])
    assert answer["calibration_error"] == pytest.approx(expected, rel=1e-9)


def calibration_errors(data, **reading):
    """Return the expected calibration error, and that of chance alone, as they are printed."""
    text = shown(found(data, task=None, **reading))
    line = next(line for line in text.splitlines() if "expected calibration error" in line)
    return float(line.split()[1]), float(line.split()[-1])


def test_the_calibration_error_of_right_probabilities_is_about_that_of_chance():
    p = np.random.default_rng(4).random(20_000)
    y = (np.random.default_rng(5).random(20_000) < p).astype(int)
    error, chance = calibration_errors(pd.DataFrame({"y_true": y, "y_prob": p}))
    assert 0.4 * chance < error < 1.8 * chance  # ten bins: half of such runs lie within 0.8 and 1.2


def test_chance_makes_more_calibration_error_where_rows_are_worth_less():
    of_rows, chance = calibration_errors(CLASSES)
    twice = pd.concat([CLASSES.assign(row=range(500))] * 2)
    again, of_clusters = calibration_errors(twice, cluster="row")
    assert again == of_rows
    assert of_clusters == pytest.approx(chance, rel=0.01)  # n/(n − 1) of bins of 50 rows
    weight = np.tile([1.0, 3.0], 250)
    _, weighted = calibration_errors(CLASSES.assign(w=weight), weight="w")
    assert weighted == pytest.approx(chance / np.sqrt(0.8), rel=0.03)  # Kish: 4²/(2 · 10); bins differ a little


def test_a_bin_without_events_has_an_interval_all_the_same():
    table = pd.DataFrame(
        {"y_true": [0] * 20 + [1, 0] * 10, "y_prob": [*np.linspace(0.001, 0.1, 20), *np.linspace(0.2, 0.9, 20)]}
    )
    empty = first(table, task=None, bins=2)["bins"][0]
    assert empty["mean_target"] == 0
    assert empty["bias"]["ci"][0] < 0 < empty["bias"]["ci"][1]


def test_classes_have_groups_of_their_own():
    table = pd.DataFrame(
        {
            "label": ["a", "b", "c", "a"] * 10,
            "prob_a": 0.5,
            "prob_b": 0.25,
            "prob_c": 0.25,
            "site": ["x"] * 20 + ["y"] * 20,
        }
    )
    result = found(table, task=None, by=("site",))
    for model, expected in zip(result.payload["models"], (0.0, 0.0, 0.0), strict=True):
        assert [group["bias"]["mbe"] for group in model["groups"]] == pytest.approx([expected] * 2, abs=1e-12)
    assert "class a, by site" in shown(result)


@pytest.mark.parametrize("format_", ["table", "json", "csv", "markdown"])
def test_every_format(format_):
    result = found(TABLE, by=("region",), bins=4)
    assert render(result, format_, Style(unicode=False)).isascii()


def test_one_bin_is_one():
    assert "1 bin instead of 10" in shown(found(CLASSES.assign(y_prob=0.4), task=None))


def skewed_groups(rows, *, seed=1, shift=0.0):
    """Return 20 groups of lognormal errors without bias, of which those of 30 rows and seed 1 raise a false alarm."""
    rng = np.random.default_rng(seed)
    errors = rng.lognormal(0, 1, 20 * rows) - np.exp(0.5) + shift
    y_true = rng.normal(50, 10, 20 * rows)
    return {"y_true": y_true, "y_pred": y_true + errors, "g": np.repeat(np.arange(20), rows)}


def few_skewed(result):
    return [notice for notice in result.notices if notice.code == "few-skewed-rows"]


def test_groups_of_few_skewed_rows_that_are_called_biased_may_be_so_by_chance():
    result = found(skewed_groups(30), by=("g",))
    assert sum(group["bias"]["p_adjusted"] < 0.05 for group in result.payload["models"][0]["groups"]) == 1
    assert len(few_skewed(result)) == 1
    # the skewness of all errors is 4.851: (2 · 4.851)² = 94.1
    assert "means of fewer than about 95 of them stray further" in shown(result)
    assert "1 group of so few rows may be called biased by chance" in shown(result)


@pytest.mark.parametrize(
    "data",
    [
        skewed_groups(30, seed=2),  # no group is called biased
        skewed_groups(400, shift=1.0),  # all are, by rows enough
        {"y_true": np.zeros(600), "y_pred": np.random.default_rng(3).normal(1, 1, 600), "g": np.arange(600) // 30},
    ],
)
def test_it_is_not_said_without_an_alarm_nor_of_many_rows_nor_of_symmetric_errors(data):
    assert not few_skewed(found(data, by=("g",)))
    assert not few_skewed(found(data, by=("g",), level=None))


def test_what_rounding_leaves_of_no_bias_is_none():
    # 18 of 60 are positive, and 0.3 is predicted for each
    data = {"y_true": (np.arange(60) < 18).astype(float), "y_prob": np.full(60, 18 / 60)}
    (part,) = found(data, task=Task.BINARY).payload["models"][0]["bins"]
    assert part["bias"]["mbe"] == 0.0
    assert "0 expected calibration error" in shown(found(data, task=Task.BINARY))


def test_a_constant_prediction_tells_nothing_apart():
    y = np.random.default_rng(5).normal(size=60)
    parts = first({"y_true": y, "y_pred": np.full(60, 0.3)})["decomposition"]
    assert [part["discrimination"] for part in parts] == [0.0, 0.0]
