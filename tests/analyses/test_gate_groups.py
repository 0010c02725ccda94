"""A gate by group: each group is judged as by itself, all share one chance of a wrong decision, none passes unseen."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import losscli
from losscli.analyses.gate import GateSpec, Named, Reading, gate
from losscli.analyses.gate.judgement import Measured, judge
from losscli.engine.table.check import Missing
from losscli.errors import InputError
from losscli.render import Style, render
from losscli.result import Kind, Status

PASS, FAIL, OPEN = Status.PASS, Status.FAIL, Status.INCONCLUSIVE


@pytest.fixture(scope="module")
def frames():
    """Return candidate and baseline: better in the north, worse in the south, a few rows in no region."""
    rng = np.random.default_rng(4)
    n = 900
    region = rng.choice(["north", "south", None], n, p=[0.5, 0.4, 0.1])
    y_true, noise = rng.normal(10, 3, n), rng.normal(size=n)
    factor = np.where(region == "south", 1.3, 0.7)
    base = pd.DataFrame({"id": range(n), "region": region, "y_true": y_true, "y_pred": y_true + noise})
    return base.assign(y_pred=y_true + factor * noise + 0.1 * rng.normal(size=n)), base


def against(candidate, baseline, *, reading=None, by=("region",), **options):
    options = {"max_regress": "5%", "losses": "mse,rmse,mae", **options}
    data = (Named(given=candidate, label="new"),)
    held = baseline if isinstance(baseline, Named) else Named(given=baseline, label="main")
    return gate(GateSpec(data=data, baseline=held, reading=reading or Reading(), by=by, **options))


def found(result):
    return {check["name"]: check for check in result.payload["checks"]}


def of_group(checks, group):
    return [check for check in checks if check["group"] == group]


GROUPS = {"north": PASS, "south": FAIL, None: PASS}


def test_each_group_is_judged_as_a_file_of_its_rows(frames):
    candidate, baseline = frames
    result = against(candidate, baseline, fail_if=("mae > 0.9", "skill.mse < 50%"), confident=True)
    checks = result.payload["checks"]
    assert len(of_group(checks, None)) == 5
    for region, status in GROUPS.items():
        mine = [each["region"].isna() if region is None else each["region"] == region for each in frames]
        alone = against(
            candidate[mine[0]], baseline[mine[1]], by=(), fail_if=("mae > 0.9", "skill.mse < 50%"), confident=True
        )
        groups = of_group(checks, {"region": region})
        label = f"region={'(missing)' if region is None else region}"
        assert [each["name"] for each in groups] == [f"{label}: {each['name']}" for each in alone.payload["checks"]]
        keys = ("value", "candidate_value", "baseline_value", "limit", "loss")
        for mine_only, grouped in zip(alone.payload["checks"], groups, strict=True):
            assert [grouped[key] for key in keys] == [mine_only[key] for key in keys]
        assert {each["status"] for each in groups[:3]} == {status}
    assert result.payload["passed"] is False
    frame = result.to_frame()
    assert frame["part"].tolist() == ["all"] * 5 + ["group"] * 15
    assert frame["by_region"].value_counts().to_dict() == {"north": 5, "south": 5}


def test_losses_of_one_mean_share_one_interval_and_count_once(frames):
    whole = against(*frames, by=(), max_regress="90%")
    assert whole.payload["joint_checks"] == 2
    assert against(*frames).payload["joint_checks"] == 2 * 4
    mse, rmse, _ = whole.payload["checks"]
    assert [check["ci_level"] for check in whole.payload["checks"]] == [0.975] * 3  # of two, not of three
    for end, root in zip(mse["ci"], rmse["ci"], strict=True):
        assert 1 + root == pytest.approx(np.sqrt(1 + end), rel=1e-12)
    text = render(against(*frames), "table", Style())
    assert "among 8 checks (Holm); those about one mean, as mse and rmse, count once" in text


def measured(value, about):
    return Measured(
        name="x", model="m", loss=None, baseline=None, value=value, lacking=None, kind=Kind.NUMBER,
        interval=lambda level: (value - 100 * (1 - level), value + 100 * (1 - level)), operator=">", bound=0.0,
        spelled="> 0", by_interval=True, n=100, about=about, law="",
    )  # fmt: skip


def test_the_level_is_shared_by_what_is_estimated():
    open_checks = [measured(0.5, "a"), measured(0.6, "a"), measured(0.7, "b")]
    assert [each.level for each in judge(open_checks, 0.95, non_inferior=False)] == [0.975] * 3
    # "b" is decided first, and then both of "a" have all of the chance
    judged = judge([measured(0.5, "a"), measured(0.6, "a"), measured(9.0, "b")], 0.95, non_inferior=False)
    assert [(each.status, each.level) for each in judged] == [(OPEN, 0.95), (OPEN, 0.95), (FAIL, 0.975)]


def test_a_group_of_one_row_never_passes_in_silence():
    data = {
        "y_true": [1.0, 2.0, 3.0, 4.0, 50.0],
        "y_pred": [1.5, 2.0, 3.5, 4.5, 50.0],
        "g": ["a", "a", "b", "b", "lone"],
    }

    def run(**options):
        spec = GateSpec(
            data=(Named(given=data),), fail_if=("mae > 1",), by=("g",), reading=Reading(weight=None), **options
        )
        return found(gate(spec))

    checks = run()
    assert {name: check["status"] for name, check in checks.items()} == {
        "mae": PASS, "g=a: mae": PASS, "g=b: mae": PASS, "g=lone: mae": OPEN,
    }  # fmt: skip
    assert checks["g=lone: mae"]["reason"] == "1 row is too few to be sure by"
    assert run(non_inferior=True)["g=lone: mae"]["status"] == FAIL
    assert run(confident=True)["g=lone: mae"]["status"] == OPEN
    data["y_pred"][-1] = 52.5
    assert run()["g=lone: mae"]["status"] == FAIL


def test_a_group_of_one_row_leaves_its_change_open(frames):
    candidate, baseline = (each.assign(region=np.where(each["id"] == 7, "lone", each["region"])) for each in frames)
    (check,) = of_group(against(candidate, baseline, losses="mae").payload["checks"], {"region": "lone"})
    assert (check["status"], check["ci"], check["reason"]) == (OPEN, None, "1 row is too few to be sure by")


LOST = "no row of it is left"


@pytest.mark.parametrize("lacking", ["candidate", "baseline"])
def test_a_group_that_one_file_lacks_fails(frames, lacking):
    kept = [
        each[each["region"] != "north"] if name == lacking else each
        for name, each in zip(("candidate", "baseline"), frames, strict=True)
    ]
    reading = Reading(on=("id",), common=True, target=("y_true",), predictions=("y_pred",))
    result = against(*kept, reading=reading, losses="mae", max_regress="50%")
    checks = found(result)
    lost = checks["region=north: mae against main"]
    assert (lost["status"], lost["value"]) == (FAIL, None)
    assert lost["reason"].startswith(LOST)
    assert [check["status"] for name, check in checks.items() if "north" not in name] == [PASS] * 3
    assert result.payload["passed"] is False
    junit, github = (render(result, name, Style()) for name in ("junit", "github"))
    assert 'failures="1"' in junit
    assert "region=north: mae against main" in junit
    assert "::error title=region=north%3A mae against main::" in github


def test_a_group_whose_cells_are_all_missing_fails(frames):
    candidate, baseline = frames
    candidate = candidate.assign(y_pred=candidate["y_pred"].where(candidate["region"] != "south"))
    result = against(candidate, baseline, reading=Reading(missing=Missing.DROP), losses="mae")
    assert found(result)["region=south: mae against main"]["reason"].startswith(LOST)


def test_rows_left_out_by_a_condition_are_of_no_group(frames, tmp_path):
    for name, each in zip(("new", "main"), frames, strict=True):
        each.to_csv(tmp_path / f"{name}.csv", index=False)
    data, baseline = (str(tmp_path / f"{name}.csv") for name in ("new", "main"))
    result = against(data, Named(given=baseline), reading=Reading(where="region = 'north'"), losses="mae")
    assert list(found(result)) == ["mae against main", "region=north: mae against main"]


def saved(frame, tmp_path, by=("region",)):
    path = tmp_path / "main.json"
    path.write_text(render(losscli.evaluate(frame, losses=["mse", "mae"], by=by), "json", Style()))
    return Named(given=str(path))


def test_a_saved_baseline_is_held_beside_group_by_group(frames, tmp_path):
    candidate, baseline = frames
    result = against(candidate, saved(baseline, tmp_path), losses="mae")
    for region in GROUPS:
        mine = [each[each["region"].isna() if region is None else each["region"] == region] for each in frames]
        alone = against(mine[0], saved(mine[1], tmp_path, by=()), by=(), losses="mae").payload["checks"]
        groups = of_group(result.payload["checks"], {"region": region})
        keys = ("value", "candidate_value", "baseline_value")
        assert [[each[key] for key in keys] for each in groups] == [[each[key] for key in keys] for each in alone]
    assert "unpaired (MOVER) 95 %" in result.signature
    # and the values of all rows are those of all rows, though groups stand behind them
    whole = against(candidate, saved(baseline, tmp_path), by=(), losses="mae").payload["checks"]
    assert [each["value"] for each in whole] == [result.payload["checks"][0]["value"]]


def test_groups_that_only_one_side_of_a_saved_baseline_has_fail(frames, tmp_path):
    candidate, baseline = frames
    renamed = candidate.assign(region=candidate["region"].replace("north", "nord"))
    checks = found(against(renamed, saved(baseline, tmp_path), losses="mae", max_regress="90%"))
    assert checks["region=nord: mae against main"]["reason"].endswith("main.json holds no such group")
    assert checks["region=north: mae against main"]["reason"].endswith("main.json holds it, and there is no row of it")
    failed = [name.partition(":")[0] for name, check in checks.items() if check["status"] == FAIL]
    assert failed == ["region=nord", "region=north"]


def test_a_saved_baseline_without_groups_is_an_error(frames, tmp_path):
    with pytest.raises(InputError, match=r"main\.json holds no groups, and --by asks for 'region'"):
        against(frames[0], saved(frames[1], tmp_path, by=()), losses="mae")


def test_checks_of_many_groups_that_pass_are_counted():
    rng = np.random.default_rng(1)
    data = {"y_true": rng.normal(size=300), "y_pred": np.zeros(300), "g": [f"g{at % 30}" for at in range(300)]}
    data["y_pred"][3::30] += 9.0
    result = losscli.gate(data, fail_if="mae > 2", by="g", predictions="y_pred")
    text = render(result, "table", Style())
    assert text.count("\n  pass ") == 1
    assert text.count("\n  fail ") == 1
    assert "29 checks of groups pass and are not shown; --format csv or json lists them all" in text
    assert len(json.loads(render(result, "json", Style()))["checks"]) == 31


def test_the_last_line_names_what_intervals_come_from(frames):
    candidate, baseline = frames
    assert "· paired t (Fieller) 95 % ·" in against(candidate, baseline, by=()).signature
    both = against(candidate, baseline, by=(), fail_if=("mae > 3",), confident=True)
    assert "· paired t (Fieller) and hall 95 % ·" in both.signature
    assert "· hall 95 % ·" in losscli.gate(candidate, fail_if="mae > 3").signature
    assert "· no interval ·" in losscli.gate(candidate, fail_if="mae > 3", level=None).signature


def test_several_data_sets_have_groups_of_their_own(frames):
    first, second = frames
    result = losscli.gate(first, second[second["region"] == "north"], labels=["a", "b"], fail_if="mae > 9", by="region")
    assert list(found(result)) == [
        "a: mae", "b: mae", *(f"region={name}: a: mae" for name in dict.fromkeys(first["region"].dropna())),
        "region=(missing): a: mae", "region=north: b: mae",
    ]  # fmt: skip
    assert result.payload["passed"] is True
