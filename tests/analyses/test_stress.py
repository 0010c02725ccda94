"""Spoilt predictions: factors against plain recomputation, and losses that keep the bounds of their records."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from streams import batches

from losscli import losses
from losscli.analyses.outliers import Named, OutliersSpec, Reading, outliers
from losscli.arrays import Form, Task
from losscli.engine.statistics.stress import ONE_ROW_STEPS, SHARES, Lot
from losscli.errors import UsageError
from losscli.render import Style, render

EXACT = 1e-12  # relative: sums of a few thousand terms in another order
N = 4_000
NAMES = "mse,rmse,mae,huber:delta=2,pseudo_huber,log_cosh,smape,pinball:tau=0.9,sse,mbe"


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(8)
    y_pred = rng.uniform(5, 10, N)
    return pd.DataFrame({"y_true": y_pred + rng.normal(size=N), "y_pred": y_pred, "w": rng.integers(1, 5, N) / 2})


def stressed(data, *, seed=0, weight=None, **options):
    spec = OutliersSpec(data=(Named(given=data),), reading=Reading(weight=weight), stress=True, seed=seed, **options)
    return outliers(spec)


def kernel(name):
    return losses.parse(name).kernel(Task.REGRESSION, Form.VALUE)


@pytest.mark.parametrize("weight", [None, "w"])
def test_factors_are_those_of_plain_recomputation(rows, weight):
    y, p = rows["y_true"].to_numpy(), rows["y_pred"].to_numpy()
    w = np.ones(N) if weight is None else rows["w"].to_numpy()
    found = stressed(rows, seed=5, weight=weight, losses="mse,rmse,mae,sse").payload
    scale = found["models"][0]["outliers"]["scale"]
    lots = np.concatenate([Lot(5)(batch) for batch in batches(y, p)])
    whole = {name: np.average(kernel(name).per_row(y, p), weights=w) for name in ("mse", "mae")}
    for case in found["stress"]["y_pred"]:
        hit = lots == lots.max() if case["spoil"] == "error" else lots > 1 - case["size"]
        spoilt = {"error": y + case["size"] * scale, "unit": 1_000 * p, "sign": -p, "shift": p + 10 * scale}
        after = np.where(hit, spoilt[case["spoil"]], p)
        assert case["rows"] == np.count_nonzero(hit)
        for name in ("mse", "mae"):
            factor = np.average(kernel(name).per_row(y, after), weights=w) / whole[name]
            assert case["factors"][name] == pytest.approx(factor, rel=EXACT)
        assert case["factors"]["rmse"] == pytest.approx(np.sqrt(case["factors"]["mse"]), rel=EXACT)
        assert case["factors"]["sse"] == pytest.approx(case["factors"]["mse"], rel=EXACT)


@pytest.mark.parametrize("name", NAMES.split(","))
def test_one_growing_error_grows_a_loss_no_faster_than_its_record_says(rows, name):
    found = stressed(rows, losses=NAMES).payload
    bound = losses.parse(name)
    value = next(loss["value"] for loss in found["models"][0]["losses"] if loss["label"] == bound.label)
    cases = [case for case in found["stress"]["y_pred"] if case["spoil"] == "error"]
    assert [case["size"] for case in cases] == list(ONE_ROW_STEPS)
    if name == "mbe":
        assert all(case["factors"]["mbe"] is None for case in cases)
        return
    scale = found["models"][0]["outliers"]["scale"]
    last, first = cases[-1]["factors"][bound.label], cases[0]["factors"][bound.label]
    growth, distance = (last - first) * value, (ONE_ROW_STEPS[-1] - ONE_ROW_STEPS[0]) * scale
    gradient, largest = bound.gradient_bound(), bound.loss.range.high
    if np.isfinite(largest):
        assert growth <= largest / N  # flat: no row can hold more
    elif gradient is not None:
        assert growth <= gradient * distance / N * (1 + 1e-9)  # linear
        assert growth >= 0.1 * gradient * distance / N
    else:
        assert last > 10  # an error of 1000 σ has the square of a million rows; rmse has its root


def test_the_curve_goes_through_the_factors_of_one_growing_error(rows):
    result = stressed(rows, losses="mse,smape,mbe")
    cases = [case for case in result.payload["stress"]["y_pred"] if case["spoil"] == "error"]
    (chart,) = [section.chart for section in result.sections if section.chart is not None]
    assert [curve.name for curve in chart.curves] == ["mse", "smape"]
    for curve in chart.curves:
        assert list(curve.points) == [(case["size"], case["factors"][curve.name]) for case in cases]
    scale = result.payload["models"][0]["outliers"]["scale"]
    assert f"robust σ ({scale:.4g} in the target's unit)" in render(result, "table", Style())
    for name in ("csv", "json"):
        assert "times as large" not in render(result, name, Style())


def test_the_table_has_the_steps_by_tens(rows):
    said = render(stressed(rows, losses="mse"), "table", Style())
    assert [line.split()[3] for line in said.split("\n") if "one error of" in line] == ["1", "10", "100", "1000"]


def test_errors_without_a_scale_are_not_spoilt():
    said = stressed({"y_true": [1.0, 2.5, 3.0], "y_pred": [2.0, 3.5, 4.0]}, losses="mse")
    assert said.payload["stress"] == {"y_pred": []}
    assert "all errors are equal, so that there is no σ" in render(said, "table", Style())


def test_signed_losses_alone_have_no_factors(rows):
    assert "no other loss was asked for" in render(stressed(rows, losses="mbe"), "table", Style())


def test_rows_are_drawn_alike_however_they_are_read(rows):
    y, p = rows["y_true"], rows["y_pred"]
    whole = np.concatenate([Lot(3)(batch) for batch in batches(y, p)])
    split = np.concatenate([Lot(3)(batch) for batch in batches(y, p, rows=77)])
    assert whole.tolist() == split.tolist()
    for share in SHARES:
        hit = np.mean(whole > 1 - share)
        assert abs(hit - share) < 4 * np.sqrt(share / N)
    assert np.mean(whole) == pytest.approx(0.5, abs=4 / np.sqrt(12 * N))


def test_another_seed_draws_other_rows(rows):
    one, same, other = (stressed(rows, seed=seed, losses="mse").payload["stress"] for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_a_prediction_outside_the_domain_has_no_factor(rows):
    cases = stressed(rows.abs(), losses="poisson_deviance").payload["stress"]["y_pred"]
    assert all(
        case["factors"]["poisson_deviance"] is None for case in cases if case["spoil"] == "sign" and case["rows"]
    )
    assert "n/a" in render(stressed(rows.abs(), losses="poisson_deviance"), "table", Style())


def test_without_the_option_nothing_is_spoilt(rows):
    assert outliers(OutliersSpec(data=(Named(given=rows),))).payload["stress"] is None


def test_classes_are_not_spoilt():
    with pytest.raises(UsageError, match="--stress"):
        stressed({"y_true": [0.0, 1.0, 1.0], "y_prob": [0.1, 0.9, 0.4]})
