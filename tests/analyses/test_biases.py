"""A bias against numbers worked by hand, another way of computing them, and its laws."""

from __future__ import annotations

import math
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from losscli.analyses.bias import BiasSpec, Margin, Named, Reading, bias
from losscli.analyses.evaluate import EvaluateSpec, evaluate
from losscli.arrays import Form, Task
from losscli.errors import InputError, UsageError
from losscli.render import Style, render

EXACT = 1e-12  # relative: sums of a few dozen terms in another order
law = settings(deadline=None, max_examples=25, derandomize=True)


def found(columns, *, level=0.95, margin=None, **reading):
    if "y_pred" in columns:  # few numbers may look like classes
        reading.setdefault("task", Task.REGRESSION)
    return bias(BiasSpec(data=(Named(given=columns),), reading=Reading(**reading), level=level, margin=margin))


def model_of(columns, **options):
    return found(columns, **options).payload["models"][0]


def same(one, other, rel):
    return one is other is None or one == pytest.approx(other, rel=rel, abs=rel)


def shown(result):
    return render(result, "table", Style())


# errors 1, 0, 3, 0, 2
HAND = {"y_true": [2.0, 4.0, 6.0, 8.0, 10.0], "y_pred": [3.0, 4.0, 9.0, 8.0, 12.0]}


def test_hand_worked():
    answer = model_of(HAND)
    assert answer["bias"]["mbe"] == pytest.approx(1.2, rel=EXACT)
    assert answer["bias"]["relative"] == pytest.approx(0.2, rel=EXACT)
    assert answer["mean_target"] == 6.0
    assert answer["mean_prediction"] == pytest.approx(7.2, rel=EXACT)
    assert answer["over"] == {"n": 3, "share": 0.6, "mean_error": 2.0}
    assert answer["under"] == {"n": 0, "share": 0.0, "mean_error": None}
    assert answer["median"] == 1.0
    # a quarter of the lowest and of the highest row are left out: (1.75·0 + 1 + 2 + 0.75·3)/4.5
    assert answer["trimmed_mean"] == pytest.approx(5.25 / 4.5, rel=EXACT)
    assert answer["standardised"] == pytest.approx(1.2 / math.sqrt(1.36), rel=EXACT)
    spread = (math.sqrt(10.96) - math.sqrt(8)) ** 2
    expected = {"value": 2.8, "bias_squared": 1.44, "spread": spread, "correlation": 1.36 - spread}
    assert answer["mse"] == pytest.approx(expected, rel=EXACT)


def test_the_bias_line_is_that_of_eval():
    columns = {"y_true": [3.0, 1.0, 2.0, 7.0], "y_pred": [2.5, 1.0, 2.0, 9.0]}
    evaluated = evaluate(EvaluateSpec(data=(Named(given=columns),)))
    (line,) = (line for line in shown(evaluated).splitlines() if line.startswith("  bias"))
    words = line.split(maxsplit=1)[1]
    assert words in shown(found(columns)).splitlines()[2]
    assert {key: value for key, value in model_of(columns)["bias"].items() if key != "p_adjusted"} == (
        evaluated.payload["models"][0]["bias"]
    )


def test_the_decomposition_sums_to_the_mean_squared_error():
    rng = np.random.default_rng(1)
    y, p, w = rng.normal(3, 2, 200), rng.normal(1, 3, 200), rng.integers(1, 9, 200).astype(float)
    parts = model_of({"y_true": y, "y_pred": p, "n": w}, weight="n")["mse"]
    mse = np.average((p - y) ** 2, weights=w)
    assert parts["value"] == pytest.approx(mse, rel=EXACT)
    assert parts["bias_squared"] + parts["spread"] + parts["correlation"] == pytest.approx(mse, rel=EXACT)
    r = np.cov(y, p, aweights=w, ddof=0)
    assert parts["correlation"] == pytest.approx(2 * (math.sqrt(r[0, 0] * r[1, 1]) - r[0, 1]), rel=1e-10)


def test_the_trimmed_mean_is_that_of_scipy_where_whole_rows_are_cut():
    p = np.random.default_rng(2).standard_t(2, 400)
    answer = model_of({"y_true": np.zeros(400), "y_pred": p})
    assert answer["trimmed_mean"] == pytest.approx(stats.trim_mean(p, 0.05), rel=EXACT)


def test_signs_that_differ_are_told():
    p = [-1.0] * 60 + [0.5] * 38 + [500.0] * 2
    text = shown(found({"y_true": [0.0] * 100, "y_pred": p}))
    assert "the mean says over, the trimmed mean and the median under: a few rows drive the mean" in text
    text = shown(found({"y_true": [0.0] * 100, "y_pred": [-1.0] * 60 + [3.0] * 40}))
    assert "the mean says over, the median under: the errors are skewed" in text
    assert "says" not in shown(found(HAND))


def test_errors_whose_squares_leave_the_range_of_numbers_have_no_standard_deviation():
    result = found({"y_true": [0.0] * 4, "y_pred": [3e200, -1e200, 2e200, -2e200]})
    assert result.payload["models"][0]["standardised"] is None
    assert "standard deviations" not in shown(result)


def test_signs_that_differ_by_chance_tell_nothing_of_the_errors():
    # of symmetric errors about 0 the mean and the median have different signs in 1 of 6 samples
    rng = np.random.default_rng(17)
    said = [shown(found({"y_true": np.zeros(200), "y_pred": rng.normal(size=200)})) for _ in range(40)]
    assert not any("the errors are skewed" in text or "drive the mean" in text for text in said)
    assert sum("no bias that the data can show" in text for text in said) > 30


def test_dependent_rows_do_not_make_signs_sure():
    data = {"y_true": [0.0] * 100, "y_pred": [-1.0] * 60 + [3.0] * 40, "c": [row // 20 for row in range(100)]}
    assert "the errors are skewed" not in shown(found(data, cluster="c"))


eighths = st.integers(-800, 800).map(lambda k: k / 8)
rows = st.lists(st.tuples(eighths, eighths, st.integers(1, 4)), min_size=2, max_size=40)


@law
@given(rows=rows)
def test_swapping_target_and_prediction_flips_the_sign(rows):
    y, p, w = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    there = model_of({"y_true": y, "y_pred": p, "w": w}, weight="w")
    back = model_of({"y_true": p, "y_pred": y, "w": w}, weight="w")
    assert back["bias"]["mbe"] == pytest.approx(-there["bias"]["mbe"], rel=EXACT, abs=1e-12)
    assert back["median"] == -there["median"]
    assert back["trimmed_mean"] == pytest.approx(-there["trimmed_mean"], rel=1e-9, abs=1e-9)
    assert back["over"]["n"] == there["under"]["n"]
    assert same(back["bias"]["p_value"], there["bias"]["p_value"], 1e-9)
    assert back["mse"] == pytest.approx(there["mse"], rel=1e-9, abs=1e-9)


@law
@given(rows=rows, c=eighths)
def test_adding_a_constant_to_the_prediction_adds_it_to_the_bias(rows, c):
    y, p, w = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    before = model_of({"y_true": y, "y_pred": p, "w": w}, weight="w")
    after = model_of({"y_true": y, "y_pred": p + c, "w": w}, weight="w")
    assert after["bias"]["mbe"] == pytest.approx(before["bias"]["mbe"] + c, rel=EXACT, abs=1e-10)
    assert after["median"] == before["median"] + c
    assert after["trimmed_mean"] == pytest.approx(before["trimmed_mean"] + c, rel=1e-9, abs=1e-9)
    assert after["mse"]["spread"] == pytest.approx(before["mse"]["spread"], rel=1e-7, abs=1e-7)


@law
@given(rows=rows)
def test_a_weight_equals_repetition(rows):
    y, p, w = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    times = w.astype(int)
    weighted = model_of({"y_true": y, "y_pred": p, "w": w}, weight="w", level=None)
    repeated = model_of({"y_true": np.repeat(y, times), "y_pred": np.repeat(p, times)}, level=None)
    for side in ("over", "under"):
        assert weighted[side]["share"] == pytest.approx(repeated[side]["share"], rel=EXACT)
        assert same(weighted[side]["mean_error"], repeated[side]["mean_error"], EXACT)
    assert weighted["median"] == repeated["median"]
    assert weighted["trimmed_mean"] == pytest.approx(repeated["trimmed_mean"], rel=1e-9, abs=1e-9)
    assert weighted["mse"] == pytest.approx(repeated["mse"], rel=1e-9, abs=1e-9)
    assert same(weighted["standardised"], repeated["standardised"], 1e-9)


def test_the_trimmed_mean_in_exact_fractions():
    values, weights = [Fraction(k) for k in (-7, -1, 0, 2, 2, 9)], [Fraction(k) for k in (1, 2, 1, 3, 1, 2)]
    whole = sum(weights)
    cut, taken, total = whole / 20, Fraction(0), Fraction(0)
    for value, weight in zip(values, weights, strict=True):
        low, high = taken, taken + weight
        total += value * max(min(high, whole - cut) - max(low, cut), 0)
        taken = high
    columns = {"y_true": [0.0] * 6, "y_pred": [float(v) for v in values], "w": [float(w) for w in weights]}
    answer = model_of(columns, weight="w")
    assert answer["trimmed_mean"] == pytest.approx(float(total / (whole - 2 * cut)), rel=EXACT)


NOISE = np.random.default_rng(3).normal(0.1, 1, 400)  # mean 0.13, standard error 0.05


@pytest.mark.parametrize(
    ("size", "verdict", "words"),
    [
        (0.5, "unbiased", "unbiased within ±0.5"),
        (0.01, "biased", "biased by more than 0.01"),
        (0.15, "cannot tell", "rows would settle it"),
    ],
)
def test_a_margin_says_whether_the_bias_matters(size, verdict, words):
    columns = {"y_true": np.full(400, 2.0), "y_pred": 2.0 + NOISE}
    for margin in (Margin(size=size, relative=False), Margin(size=size / 2, relative=True)):
        result = found(columns, margin=margin)
        equivalence = result.payload["models"][0]["equivalence"]
        assert equivalence["margin"] == size
        assert equivalence["verdict"] == verdict
        assert words in shown(result)
        low, high = equivalence["ci"]
        assert (max(abs(low), abs(high)) < size) is (verdict == "unbiased")
        assert (equivalence["p_value"] <= 0.05) is (verdict == "unbiased")
        told = re.search(r"p <?([0-9.]+) \(two one-sided tests\)", shown(result))
        assert (told is not None and float(told[1]) <= 0.05) is (verdict != "cannot tell")
        assert (equivalence["rows_to_settle"] is not None) is (verdict == "cannot tell")


def test_two_one_sided_tests_are_those_of_student_for_symmetric_errors():
    p = np.concatenate([NOISE, 0.2 - NOISE])  # symmetric about 0.1, so that nothing is corrected
    answer = model_of({"y_true": np.zeros(800), "y_pred": p}, margin=Margin(size=0.2, relative=False))
    one_sided = stats.ttest_1samp(p, 0.2, alternative="less").pvalue
    assert answer["equivalence"]["p_value"] == pytest.approx(one_sided, rel=1e-9)


def test_so_many_rows_settle_it():
    columns = {"y_true": np.zeros(400), "y_pred": NOISE}
    margin = Margin(size=0.18, relative=False)
    rows = model_of(columns, margin=margin)["equivalence"]["rows_to_settle"]
    times = round(1.2 * rows / 400)
    more = {"y_true": np.zeros(400 * times), "y_pred": np.tile(NOISE, times)}
    assert model_of(more, margin=margin)["equivalence"]["verdict"] == "unbiased"


@pytest.mark.parametrize("size", [0.0, -1.0, math.nan])
def test_a_margin_is_above_zero(size):
    with pytest.raises(UsageError, match="expected a margin above 0"):
        found(HAND, margin=Margin(size=size, relative=False))


def test_a_margin_needs_a_level_and_a_mean_target():
    with pytest.raises(UsageError, match="needs a level"):
        found(HAND, margin=Margin(size=1.0, relative=False), level=None)
    with pytest.raises(InputError, match="mean target is 0"):
        found({"y_true": [-1.0, 1.0], "y_pred": [0.0, 2.0]}, margin=Margin(size=0.1, relative=True))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"y_true": [1.0, 2.0, 3.0], "y_pred": [1.0, 2.0, 3.0]}, "all errors are equal"),
        ({"y_true": [1.0, 2.0, 3.0], "y_pred": [1.1, 2.1, 3.1]}, "all errors are equal"),
        ({"y_true": [1.0], "y_pred": [2.0]}, "over-predicts by 1 (+100 %)"),
        ({"y_true": [5.0, 5.0, 5.0], "y_pred": [4.0, 6.0, 8.0]}, "over-predicts by 1.0 (+20.0 %)"),
    ],
)
def test_few_and_constant_rows(columns, words):
    assert words in shown(found(columns, margin=Margin(size=0.1, relative=False)))


@pytest.mark.parametrize(("y_true", "codes"), [([0.1, 0.1, 0.1], ["constant-target"]), ([5.0, 5.0, 6.0], [])])
def test_equal_targets_are_told(y_true, codes):
    result = found({"y_true": y_true, "y_pred": [4.0, 6.0, 8.0]})
    assert [notice.code for notice in result.notices] == codes


def test_margins_have_no_bias():
    with pytest.raises(InputError, match="bias of margins is not defined"):
        found({"y_true": [0, 1, 1, 0], "y_pred": [-2.0, 3.0, 0.5, 0.1]}, form=Form.MARGIN, task=Task.BINARY)


def test_probabilities_are_held_against_the_rate():
    answer = model_of({"y_true": [0, 1, 1, 0], "y_prob": [0.2, 0.9, 0.8, 0.5]})
    assert answer["mean_prediction"] == pytest.approx(0.6, rel=EXACT)
    assert answer["mean_target"] == 0.5
    assert answer["bias"]["mbe"] == pytest.approx(0.1, rel=EXACT)


def test_classes_one_against_the_rest():
    columns = {
        "label": ["a", "b", "c", "a", "b", "c"] * 3,
        "prob_a": [0.5, 0.2, 0.1] * 6,
        "prob_b": [0.3, 0.5, 0.1] * 6,
        "prob_c": [0.2, 0.3, 0.8] * 6,
    }
    result = found(columns)
    biases = {each["class"]: each["bias"]["mbe"] for each in result.payload["models"]}
    assert biases == pytest.approx({"a": 0.8 / 3 - 1 / 3, "b": 0.9 / 3 - 1 / 3, "c": 1.3 / 3 - 1 / 3}, rel=1e-9)
    assert [record["class"] for record in result.records if record["part"] == "all"] == ["a", "b", "c"]
    assert "p (Holm)" in shown(result)
    assert shown(result).count("calibration of each class against the rest") == 1
    brier = [each["decomposition"][1] for each in result.payload["models"]]
    assert [each["label"] for each in brier] == ["brier"] * 3
    # of a: 0.5 where it is, 0.2 and 0.1 where it is not
    assert brier[0]["value"] == pytest.approx((0.25 + 0.04 + 0.01) / 3, rel=1e-9)
    assert brier[0]["uncertainty"] == brier[0]["discrimination"] == pytest.approx(2 / 9, rel=1e-9)


@pytest.mark.parametrize("format_", ["table", "json", "csv", "markdown"])
def test_every_format(format_):
    assert render(found(HAND, margin=Margin(size=1.0, relative=False)), format_, Style(unicode=False)).isascii()
