"""Compare by group: each group is compared as a file of its rows, corrected over all, and told where another wins."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from losscli.analyses.compare import CompareSpec, Correction, Named, Reading, compare
from losscli.render import Style, render

SAMPLES = Path(__file__).parent.parent.parent / "sample_data"
CORRECTED = ("p_adjusted", "verdict")


@pytest.fixture(scope="module")
def rows():
    """Return rows of two models: b is better in the north, worse in the south, and nearly the same in the east."""
    rng = np.random.default_rng(8)
    n = 1_200
    region = rng.choice(["north", "south", "east", None], n, p=[0.5, 0.3, 0.15, 0.05])
    factor = np.select([region == "north", region == "south"], [0.7, 1.4], 1.0)
    y_true, noise = rng.normal(10, 3, n), rng.normal(size=n)
    return pd.DataFrame(
        {
            "region": region,
            "y_true": y_true,
            "pred_a": y_true + noise,
            "pred_b": y_true + factor * noise + 0.3 * rng.normal(size=n),
        }
    )


def asked(data, *, by=("region",), reading=None, **options):
    options = {"losses": "mse,rmse,mae", **options}
    return compare(CompareSpec(data=(Named(given=data),), reading=reading or Reading(), by=by, **options))


def part(data, region):
    return data[data["region"].isna() if region is None else data["region"] == region]


def uncorrected(losses):
    return [
        loss | {"comparisons": [{k: v for k, v in each.items() if k not in CORRECTED} for each in loss["comparisons"]]}
        for loss in losses
    ]


def without_reasons(losses):
    return [{k: v for k, v in loss.items() if not k.startswith("winner_without")} for loss in losses]


@pytest.mark.parametrize("options", [{}, {"level": None}, {"baseline": "b", "correction": Correction.HOLM}])
def test_a_group_is_compared_as_a_file_of_its_rows(rows, options):
    result = asked(rows, **options)
    whole = asked(rows, by=(), **options).payload
    assert {key: result.payload[key] for key in whole if key not in {"columns", "groups", "group_comparisons"}} == {
        key: whole[key] for key in whole if key not in {"columns", "groups", "group_comparisons"}
    }
    names = [group["group"]["region"] for group in result.payload["groups"]]
    assert names == [*dict.fromkeys(rows["region"].dropna()), None]
    for name, group in zip(names, result.payload["groups"], strict=True):
        alone = asked(part(rows, name), by=(), **options).payload
        assert group["n"] == alone["n"]
        assert without_reasons(uncorrected(group["losses"])) == without_reasons(uncorrected(alone["losses"]))
    frame = result.to_frame()
    assert (frame["part"] == "group").sum() == 4 * 3 * 2
    assert frame["by_region"].isna().sum() == 6 + 6  # of all rows, and of the rows without a region


@pytest.mark.parametrize(("correction", "method"), [("bh", "fdr_bh"), ("holm", "holm")])
def test_p_values_are_corrected_over_all_groups_and_distinct_losses(rows, correction, method):
    result = asked(rows, correction=Correction(correction))
    found = {}
    for group in result.payload["groups"]:
        for loss in group["losses"]:
            (each,) = loss["comparisons"]
            found[group["group"]["region"], loss["label"]] = each["p_value"], each["p_adjusted"]
    assert all(found[region, "mse"] == found[region, "rmse"] for region, _ in found)
    once = {key: pair for key, pair in found.items() if key[1] != "rmse"}
    p_values, adjusted = zip(*once.values(), strict=True)
    assert result.payload["group_comparisons"] == len(once) == 8
    assert adjusted == pytest.approx(multipletests(p_values, method=method)[1], rel=1e-12)
    assert "adjusted for 8 comparisons in the groups" in render(result, "table", Style())


def test_groups_in_which_another_model_wins_are_told(rows):
    result = asked(rows)
    turns = {group["group"]["region"]: group["turns"] for group in result.payload["groups"]}
    winner = {loss["label"]: loss["models"][0]["model"] for loss in result.payload["losses"]}
    assert winner["mse"] == "a"
    assert turns["north"] == [{"loss": label, "winner": "b", "beyond_chance": True} for label in ("mse", "mae")]
    assert turns["south"] == []
    text = render(result, "table", Style())
    assert "In region=north (b has the least mse, mae), another model wins than over all rows, beyond chance." in text
    alike = render(asked(part(rows, "south").assign(region=np.arange(len(part(rows, "south"))) % 2)), "table", Style())
    assert "In every group the same models have the least losses as over all rows." in alike


def test_a_model_that_wins_a_few_rows_may_do_so_by_chance(rows):
    few = rows.assign(region=np.where(np.arange(len(rows)) < 12, "few", "most"))
    result = asked(few, losses="mae")
    (group,) = (each for each in result.payload["groups"] if each["group"]["region"] == "few")
    (loss,) = group["losses"]
    assert loss["comparisons"][0]["test"] == "sign-flip"
    text = render(result, "table", Style())
    assert "in small groups it is of the sign-flip test" in text
    turned = group["turns"] != []
    assert turned == ("In region=few (" in text and "has the least value, which may be chance" in text)


def test_losses_of_one_model_are_told_by_group(rows):
    result = asked(rows, reading=Reading(predictions=("pred_b",)))
    assert [group["turns"] for group in result.payload["groups"]] == [[]] * 4
    table = result.sections[1].table
    firsts = [row[0] for row in table.rows if row[0]]
    sizes = {
        g["group"]["region"] or "(missing)": g["losses"][0]["models"][0]["value"] for g in result.payload["groups"]
    }
    assert firsts == sorted(sizes, key=sizes.__getitem__, reverse=True)
    assert result.payload["group_comparisons"] == 0


def test_two_files_are_compared_by_the_groups_of_the_first(rows, tmp_path):
    rows[["region", "y_true", "pred_a"]].to_csv(tmp_path / "a.csv", index=False)
    rows[["y_true", "pred_b"]].to_csv(tmp_path / "b.csv", index=False)
    data = tuple(Named(given=str(tmp_path / f"{name}.csv")) for name in "ab")
    answers = [
        compare(CompareSpec(data=data, reading=Reading(threads=threads, memory=memory), by=("region",), losses="mae"))
        for threads, memory in ((1, 0), (2, 1 << 29))
    ]
    own = asked(rows, losses="mae").payload["groups"]
    for answer in answers:
        assert [each["losses"][0]["comparisons"][0]["p_value"] for each in answer.payload["groups"]] == [
            each["losses"][0]["comparisons"][0]["p_value"] for each in own
        ]


def nearly(found, expected):
    """Whether both are the same but for the order of sums, to 1e-12."""
    if isinstance(found, dict):
        return found.keys() == expected.keys() and all(nearly(found[key], expected[key]) for key in found)
    if isinstance(found, list):
        return len(found) == len(expected) and all(map(nearly, found, expected))
    return found == pytest.approx(expected, rel=1e-12) if isinstance(found, float) else found == expected


@pytest.mark.parametrize("units", [{"cluster": "unit"}, {"time": "unit"}])
def test_dependent_rows_stay_dependent_within_a_group(rows, units):
    unit = np.random.default_rng(2).integers(0, 40, len(rows)) if "cluster" in units else np.arange(len(rows))
    data, reading = rows.assign(unit=unit), Reading(predictions=("pred_*",), **units)
    groups = asked(data, reading=reading).payload["groups"]
    for group in groups[:3]:
        alone = asked(part(data, group["group"]["region"]), by=(), reading=reading).payload["losses"]
        assert nearly(without_reasons(uncorrected(group["losses"])), without_reasons(uncorrected(alone)))
    assert {each["test"] for loss in groups[0]["losses"] for each in loss["comparisons"]} != {"paired t"}
