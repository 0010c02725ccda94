"""What passes, what fails, and what is left open."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

import losscli
from losscli.analyses.gate import GateSpec, Named, Reading, gate
from losscli.analyses.gate.judgement import Measured, judge
from losscli.arrays import Form
from losscli.engine.statistics.multiple import holm
from losscli.errors import InputError, UsageError
from losscli.render import Style, render
from losscli.result import Kind, Status

PASS, FAIL, OPEN = Status.PASS, Status.FAIL, Status.INCONCLUSIVE
EXACT = 1e-12  # relative: the same sums in another order


def columns(n=400, noise=1.0, seed=1, **more):
    """Targets, and predictions whose errors are normal with this scale."""
    rng = np.random.default_rng(seed)
    y_true = rng.normal(10, 3, n)
    return {"y_true": y_true, "y_pred": y_true + noise * rng.normal(size=n)} | more


def run(data, **options):
    return gate(GateSpec(data=(Named(given=data),), **options))


def statuses(result):
    return [check.status for check in result.checks]


def against(candidate, baseline, max_regress="1%", **options):
    return run(candidate, baseline=Named(given=baseline, label="main"), max_regress=max_regress, **options)


def test_limits_judge_the_values():
    data = {"y_true": [1.0, 2.0, 3.0, 4.0, 5.0], "y_pred": [2.0, 3.0, 4.0, 5.0, 9.0]}  # errors 1, 1, 1, 1, 4
    limits = {
        "mae > 1.6": PASS,
        "mae >= 1.6": FAIL,
        "mse > 3.9": FAIL,
        "rmse > 2": PASS,
        "rmse >= 2": FAIL,
        "mbe < 1.7": FAIL,
        "bias > 50%": FAIL,
        "bias > 54%": PASS,
        "bias < 1": PASS,
        "abs(bias) > 53%": FAIL,
        "skill.mae < -33%": FAIL,
        "skill.mae < -34%": PASS,
        "outliers > 20%": PASS,
        "outliers >= 1": FAIL,
    }
    result = run(data, fail_if=tuple(limits))
    assert dict(zip(limits, statuses(result), strict=True)) == limits
    assert result.payload["passed"] is False
    assert result.payload["joint_checks"] == 0
    assert [check["fails_if"] for check in result.payload["checks"]][:2] == ["> 1.6", ">= 1.6"]


def test_a_bias_that_rounding_left_is_none():
    data = {"y_true": [0.1, 0.7], "y_pred": [0.3, 0.5]}  # 0.2 and −0.2, whose floats do not add up to 0
    result = run(data, fail_if=("bias > 0", "bias < 0", "abs(bias) > 0", "bias > 0%"))
    assert statuses(result) == [PASS] * 4
    assert [check["value"] for check in result.payload["checks"]] == [0.0] * 4


@pytest.mark.parametrize(
    ("data", "limit", "reason"),
    [
        ({"y_true": [0, 1, 1], "y_pred": [0.1, 0.0, 0.9]}, "bce > 1e9", "it is infinite in 1 row"),
        ({"y_true": [0, 1, 1], "y_pred": [0.1, 0.0, 0.9]}, "bce < 1", "it is infinite in 1 row"),
        ({"y_true": [2.0, 2.0, 2.0], "y_pred": [1.0, 2.0, 2.0]}, "skill.mse < -9", "no loss to compare with"),
        ({"y_true": [-3.0, 0.0, 3.0], "y_pred": [-2.0, 2.0, 3.5]}, "abs(bias) > 2%", "the mean target is 0"),
        ({"y_true": [1e308, -1e308, 3.0], "y_pred": [-1e308, 1e308, 4.0]}, "abs(bias) > 2", "the range of numbers"),
        ({"y_true": [0.0, 0.0], "y_pred": [1.0, 2.0]}, "mape:zero=skip > 1e9", "every row is left out"),
        ({"y_true": [-1, 1, 1], "y_pred": [-2.0, 0.5, 3.0]}, "bias > 1e9", "no level, and so no bias"),
    ],
)
@pytest.mark.parametrize("confident", [False, True])
def test_what_is_infinite_or_undefined_fails(data, limit, reason, confident):
    reading = Reading(form=Form.MARGIN if set(data["y_true"]) == {-1, 1} else None)
    result = run(
        {name: np.array(column) for name, column in data.items()},
        fail_if=(limit,),
        confident=confident,
        reading=reading,
    )
    (check,) = result.payload["checks"]
    assert check["status"] == "fail"
    assert reason in check["reason"]


def test_confident_limits_fail_only_where_the_whole_interval_does():
    data = columns()
    low, high = losscli.evaluate(data, losses="mse").payload["models"][0]["losses"][0]["ci"]
    value = losscli.evaluate(data, losses="mse").payload["models"][0]["losses"][0]["value"]
    for bound, status in [
        (low - 1e-9, FAIL),
        (low + 1e-9, OPEN),
        (value, OPEN),
        (high - 1e-9, OPEN),
        (high + 1e-9, PASS),
    ]:
        assert statuses(run(data, fail_if=(f"mse > {bound!r}",), confident=True)) == [status]
    assert statuses(run(data, fail_if=(f"mse > {value!r}",), confident=True, non_inferior=True)) == [FAIL]


def test_skill_has_an_interval_that_holds_the_skill():
    result = run(columns(), fail_if=("skill.mse < 1%", "skill.mse < 99.9%"), confident=True)
    assert statuses(result) == [PASS, FAIL]
    for check in result.payload["checks"]:
        assert check["ci"][0] < check["value"] < check["ci"][1] < 1


def test_the_bias_of_each_class_is_a_check():
    data = {
        "label": np.array(["a", "b", "c", "a"]),
        **{f"prob_{name}": np.array([0.5, 0.25, 0.25, 0.5]) for name in "a"},
    }
    data |= {"prob_b": np.array([0.25, 0.5, 0.25, 0.25]), "prob_c": np.array([0.25, 0.25, 0.5, 0.25])}
    result = run(data, fail_if=("abs(bias) > 20%",))
    assert [check.name for check in result.checks] == ["abs(bias) of a", "abs(bias) of b", "abs(bias) of c"]
    assert statuses(result) == [FAIL, FAIL, FAIL]
    with pytest.raises(UsageError, match="outliers of classes are the 1 %"):
        run(data, fail_if=("outliers > 3%",))


def test_a_worse_candidate_fails_a_better_one_passes_and_noise_is_left_open():
    main = columns()
    y_true, error = main["y_true"], main["y_pred"] - main["y_true"]
    worse = {"y_true": y_true, "y_pred": y_true + 1.3 * error + 0.01 * np.sin(np.arange(400))}
    better = {"y_true": y_true, "y_pred": y_true + 0.8 * error + 0.01 * np.sin(np.arange(400))}
    other = columns(seed=1) | {"y_pred": y_true + np.random.default_rng(5).permutation(error)}
    assert statuses(against(worse, main, losses="mse,mae")) == [FAIL, FAIL]
    assert statuses(against(better, main, losses="mse,mae")) == [PASS, PASS]
    undecided = against(other, main, losses="mse,mae")
    assert statuses(undecided) == [OPEN, OPEN]
    assert undecided.payload["passed"] is True
    assert [notice.code for notice in undecided.notices] == ["inconclusive"]
    assert statuses(against(other, main, losses="mse", non_inferior=True)) == [FAIL]
    strict = against(other, main, losses="mse", fail_inconclusive=True)
    assert (statuses(strict), strict.payload["passed"]) == ([OPEN], False)


def test_changes_are_those_of_the_values():
    main, new = columns(), columns(noise=1.1)
    result = against(new, main, "mae=1%,mse=300%")
    for check in result.payload["checks"]:
        values = [
            losscli.evaluate(data, losses=check["loss"]).payload["models"][0]["losses"][0]["value"]
            for data in (new, main)
        ]
        assert check["candidate_value"] == pytest.approx(values[0], rel=EXACT)
        assert check["value"] == pytest.approx(values[0] / values[1] - 1, rel=1e-9)
        assert check["baseline"] == "main"
    assert [check["limit"] for check in result.payload["checks"]] == [0.01, 3.0]


def test_rows_to_settle_would_bring_the_end_of_the_interval_to_the_limit():
    def measured(n):
        return Measured(
            name="x", model="m", loss=None, baseline=None, value=1.0, lacking=None, kind=Kind.NUMBER,
            interval=lambda _: (1 - 5 / math.sqrt(n), 1 + 5 / math.sqrt(n)), operator=">", bound=1.05, spelled="> 1.05",
            by_interval=True, n=n, about="x", law="",
        )  # fmt: skip

    (judged,) = judge([measured(100)], 0.95, non_inferior=False)
    assert judged.rows == pytest.approx(10_000)
    (before,) = judge([measured(9_999)], 0.95, non_inferior=False)
    (after,) = judge([measured(10_001)], 0.95, non_inferior=False)
    assert (before.status, after.status) == (OPEN, PASS)


def test_intervals_and_statuses_agree_with_holm_on_p_values():
    from scipy import stats

    rng = np.random.default_rng(3)
    for _ in range(200):
        values = rng.normal(0, 2, rng.integers(1, 7))
        checks = [
            Measured(
                name="x", model="m", loss=None, baseline=None, value=value, lacking=None, kind=Kind.NUMBER,
                interval=lambda level, value=value: tuple(value + np.array([-1, 1]) * stats.norm.isf((1 - level) / 2)),
                operator=">", bound=0.0, spelled="> 0", by_interval=True, n=100, about=at, law="",
            )
            for at, value in enumerate(values.tolist())
        ]  # fmt: skip
        adjusted = holm([2 * stats.norm.sf(abs(value)) for value in values.tolist()])
        for judged, p in zip(judge(checks, 0.95, non_inferior=False), adjusted, strict=True):
            assert (judged.status is not OPEN) == (p <= 0.05)
            assert (judged.ci[0] <= 0 <= judged.ci[1]) == (judged.status is OPEN)


def test_a_baseline_that_is_the_candidate_is_refused(tmp_path):
    data = columns()
    with pytest.raises(InputError, match="predictions are those that are checked"):
        against(data, dict(data))
    result = against(data, dict(data), allow_same=True)
    assert set(statuses(result)) == {PASS}
    assert [notice.code for notice in result.notices] == ["same-predictions"]
    path = tmp_path / "new.csv"
    path.write_text("y_true,y_pred\n1,2\n2,2\n3,5\n")
    with pytest.raises(InputError, match="the baseline is the file that is checked"):
        against(str(path), str(path))


def test_a_candidate_without_loss_passes_where_the_test_is_sure():
    y_true = np.array([0.0, 1.0] * 100)
    main = {"y_true": y_true, "y_pred": np.where(np.arange(200) < 30, 1 - y_true, y_true)}
    perfect = {"y_true": y_true, "y_pred": y_true}
    assert statuses(against(perfect, main, losses="zero_one")) == [PASS]
    assert statuses(against(main, perfect, losses="zero_one")) == [FAIL]
    few = {name: column[28:32] for name, column in main.items()}
    assert statuses(against({name: column[28:32] for name, column in perfect.items()}, few, losses="zero_one")) == [
        OPEN
    ]


def test_an_infinite_loss_fails_on_either_side():
    fine = {"y_true": np.array([0, 1, 1, 0]), "y_pred": np.array([0.2, 0.7, 0.9, 0.1])}
    broken = fine | {"y_pred": np.array([0.2, 0.0, 0.9, 0.1])}
    assert statuses(against(broken, fine, losses="bce")) == [FAIL]
    result = against(fine, broken, losses="bce")
    assert statuses(result) == [FAIL]
    assert result.payload["checks"][0]["reason"] == "of main it is infinite in 1 row"


def test_several_models_meet_their_own_baseline():
    main = columns() | {}
    main = {"y_true": main["y_true"], "pred_a": main["y_pred"], "pred_b": main["y_true"] + 2}
    new = main | {"pred_a": main["pred_a"] + np.sin(np.arange(400)), "pred_b": main["pred_b"] + np.cos(np.arange(400))}
    result = run(
        new, baseline=Named(given=main, label="main"), max_regress="mae=1%", reading=Reading(predictions=("pred_*",))
    )
    found = [(check["model"], check["baseline"]) for check in result.payload["checks"]]
    assert [(model.rpartition(" ")[2], baseline) for model, baseline in found] == [("a", "main: a"), ("b", "main: b")]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({}, "there is nothing to check"),
        ({"losses": "mae", "fail_if": ("mae > 3",)}, "--losses names what is held against a --baseline"),
        ({"max_regress": "1%"}, "--max-regress needs something to compare with"),
        ({"baseline": Named(given="x.csv")}, "--baseline alone does not say"),
        ({"baseline": Named(given="x.csv"), "max_regress": "1%", "level": None}, "--ci off leaves nothing"),
        ({"fail_if": ("mae > 3",), "confident": True, "level": None}, "--ci off leaves nothing"),
        (
            {"baseline": Named(given=columns(seed=2)), "max_regress": "mae=1%", "losses": "mae,mse"},
            "says nothing of mse",
        ),
        (
            {"baseline": Named(given=columns(seed=2)), "max_regress": "1%,log_cosh=1%"},
            "for log_cosh, which is not compared",
        ),
    ],
)
def test_options_that_do_not_go_together_are_errors(options, problem):
    with pytest.raises(UsageError, match=problem):
        run(columns(), **options)


def test_outlying_rows_are_looked_for_only_where_a_limit_is_set_to_them():
    y = np.arange(40.0)
    data = {"y_true": y, "y_pred": y + np.where(y < 30, 0.5, 3.0)}  # most errors are equal, so that the MAD is 0
    needed = run(data, fail_if=("mae > 9", "outliers > 9"))
    assert "mean absolute deviation > 3.5" in needed.signature
    assert [each.code for each in needed.notices] == ["mad-zero"]
    spared = run(data, fail_if=("mae > 9",))
    assert "> 3.5" not in spared.signature
    assert spared.notices == ()


def test_a_limit_upside_down_is_told():
    result = run(columns(), fail_if=("rmse < 3",))
    assert [notice.code for notice in result.notices] == ["upside-down"]


def saved(tmp_path, data, **options):
    path = tmp_path / "main.json"
    path.write_text(render(losscli.evaluate(data, **options), "json", Style()))
    return str(path)


def test_a_saved_baseline_is_held_beside_and_said_to_be_weaker(tmp_path):
    main = columns()
    baseline = saved(tmp_path, main, losses="mae,mse")
    y_true, error = main["y_true"], main["y_pred"] - main["y_true"]
    slightly = {"y_true": y_true, "y_pred": y_true + 1.1 * error + 0.001 * np.sin(np.arange(400))}
    paired = against(slightly, main, "mae=1%")
    unpaired = against(slightly, baseline, "mae=1%")
    assert statuses(paired) == [FAIL]
    assert statuses(unpaired) == [OPEN]
    assert "unpaired" in [notice.code for notice in unpaired.notices]
    values = [result.payload["checks"][0]["value"] for result in (paired, unpaired)]
    assert values[0] == pytest.approx(values[1], rel=1e-9)
    assert unpaired.payload["checks"][0]["judged_by"] == "unpaired interval"
    assert statuses(against(columns(noise=2), baseline, "mae=1%")) == [FAIL]
    assert statuses(against(columns(noise=0.5), baseline, "mae=1%")) == [PASS]
    with pytest.raises(InputError, match="holds the very values"):
        against(main, baseline, "mae=1%")
    assert statuses(against(main, baseline, "mae=1%", allow_same=True)) == [OPEN]


def test_the_unpaired_interval_is_that_of_two_independent_samples(tmp_path):
    """Beside Welch's delta method on the log scale, which it is near where losses are hardly skewed."""
    main, new = columns(n=20_000, seed=1), columns(n=10_000, seed=2, noise=1.02)
    check = against(new, saved(tmp_path, main, losses="mae"), "mae=1%").payload["checks"][0]
    losses = [np.abs(data["y_pred"] - data["y_true"]) for data in (new, main)]
    se = math.sqrt(sum(loss.var(ddof=1) / len(loss) / loss.mean() ** 2 for loss in losses))
    change = math.log(losses[0].mean() / losses[1].mean())
    expected = [math.expm1(change - 1.96 * se), math.expm1(change + 1.96 * se)]
    assert check["ci"] == pytest.approx(expected, abs=0.02 * (expected[1] - expected[0]))


def rewritten(tmp_path, data, change):
    path = saved(tmp_path, data, losses="mae")
    found = json.loads(Path(path).read_text())
    change(found)
    Path(path).write_text(json.dumps(found))
    return path


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda found: found.update(schema="losscli.eval/0"), "is 'losscli.eval/0', not 'losscli.eval/1'"),
        (lambda found: found.update(schema="losscli.compare/1"), "is 'losscli.compare/1'"),
        (lambda found: found.pop("schema"), "has no schema"),
        (lambda found: found.pop("models"), "is damaged"),
        (lambda found: found.update(models=[]), "has no intervals"),
        (lambda found: found.update(models=None), "is damaged"),
        (lambda found: found["models"][0]["losses"][0].update(value="many"), "is damaged"),
        (lambda found: found["models"][0]["losses"][0].update(value="nan"), "is damaged"),
        (lambda found: found["models"][0]["losses"][0].update(value=1e9), "is damaged"),
        (lambda found: found["models"][0]["losses"][0].update(ci=[1]), "is damaged"),
        (lambda found: found.update(ci_level=None), "is damaged"),
        (lambda found: found["models"][0]["losses"][0].update(ci=None), "has no intervals"),
        (lambda found: found.update(task="binary"), "differ in their task: regression and binary"),
        (lambda found: found["columns"].update(weight="w"), "differ in their use of weights"),
        (lambda found: found["models"][0]["losses"][0].update(loss="mse"), "holds no mae"),
    ],
)
def test_a_saved_baseline_that_does_not_fit_is_an_error(tmp_path, change, problem):
    with pytest.raises(InputError, match=problem):
        against(columns(noise=2), rewritten(tmp_path, columns(), change), "mae=1%")


@pytest.mark.parametrize("text", ["", "{", '{"schema": "losscli.eval/1"', "[]", "null", "3"])
def test_a_damaged_saved_baseline_is_an_error(tmp_path, text):
    path = tmp_path / "main.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"main\.json"):
        against(columns(), str(path), "mae=1%")


def test_classes_are_matched_by_name_whatever_their_order():
    rng = np.random.default_rng(4)
    label = rng.choice(["cat", "dog", "owl"], 60)

    def predictions(order, seed):
        rows = np.random.default_rng(seed).dirichlet([1, 1, 1], 60)
        by_name = dict(zip(["cat", "dog", "owl"], rows.T, strict=True))
        return {"label": label} | {f"prob_{name}": by_name[name] for name in order}

    usual = against(predictions(["cat", "dog", "owl"], 1), predictions(["cat", "dog", "owl"], 2), losses="cce")
    other = against(predictions(["owl", "cat", "dog"], 1), predictions(["cat", "dog", "owl"], 2), losses="cce")
    assert other.payload["checks"][0]["value"] == pytest.approx(usual.payload["checks"][0]["value"], rel=1e-9)
    with pytest.raises(InputError, match="predictions are those that are checked"):
        against(predictions(["owl", "dog", "cat"], 1), predictions(["cat", "dog", "owl"], 1), losses="cce")
    renamed = {name.replace("owl", "emu"): column for name, column in predictions(["cat", "dog", "owl"], 2).items()}
    renamed["label"] = np.where(label == "owl", "emu", label)
    with pytest.raises(InputError, match="different classes"):
        against(predictions(["cat", "dog", "owl"], 1), renamed, losses="cce")


def test_several_candidates_meet_one_baseline():
    main, one, other = columns(), columns(noise=2), columns(noise=0.5)
    spec = GateSpec(
        data=(Named(given=one, label="one"), Named(given=other, label="other")),
        baseline=Named(given=main, label="main"),
        max_regress="mae=1%",
        fail_if=("mae > 1",),
    )
    result = gate(spec)
    assert [(check.name, check.status) for check in result.checks] == [
        ("one: mae against main", FAIL),
        ("other: mae against main", PASS),
        ("one: mae", FAIL),
        ("other: mae", PASS),
    ]
