"""What the rows with the largest loss hold of it, and the effective number of rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from losscli.analyses.outliers import Named, OutliersSpec, Reading, outliers
from losscli.arrays import Task

EXACT = 1e-12  # relative: sums of a few thousand terms in another order


def asked(data, *, weight=None, **options):
    reading = Reading(weight=weight, task=Task.REGRESSION)
    return outliers(OutliersSpec(data=(Named(given=data),), reading=reading, **options))


def by_loss(result):
    return {loss["label"]: loss for loss in result.payload["models"][0]["losses"]}


@pytest.fixture(scope="module")
def tailed():
    """Return rows of heavy tails."""
    rng = np.random.default_rng(12)
    y_pred = rng.uniform(5, 10, 3_000)
    return pd.DataFrame({"y_true": np.abs(y_pred + rng.standard_t(2, 3_000)) + 0.1, "y_pred": y_pred})


def test_shares_of_the_top_rows_and_the_effective_number(tailed):
    squares = np.sort((tailed["y_pred"] - tailed["y_true"]).to_numpy() ** 2)[::-1]
    mse = by_loss(asked(tailed, losses="mse"))["mse"]
    shares = [squares[:k].sum() / squares.sum() for k in (3, 30, 150)]
    assert [top["top"] for top in mse["top_shares"]] == [0.001, 0.01, 0.05]
    assert [top["share"] for top in mse["top_shares"]] == pytest.approx(shares, rel=EXACT)
    assert mse["effective_n"] == pytest.approx(squares.sum() ** 2 / (squares**2).sum(), rel=EXACT)


def test_rows_that_a_loss_leaves_out_do_not_count_among_the_top_rows():
    y = np.where(np.arange(400) % 2 == 0, 0.0, 10.0)
    e = np.where(np.arange(400) < 22, 5.0, 1.0)  # of the 200 rows that count 11 are as large, more than 5 %
    mape = by_loss(asked({"y_true": y, "y_pred": y + e}, losses="mape:zero=skip"))["mape:zero=skip"]
    assert [top["share"] for top in mape["top_shares"]] == [None, None, None]
    e = np.where(np.arange(400) < 20, 5.0, 1.0)
    mape = by_loss(asked({"y_true": y, "y_pred": y + e}, losses="mape:zero=skip"))["mape:zero=skip"]
    assert mape["top_shares"][2]["share"] == pytest.approx(10 * 50 / (10 * 50 + 190 * 10), rel=EXACT)


def test_top_rows_are_a_share_of_the_weight():
    e = np.arange(1.0, 101.0)
    data = {"y_true": np.zeros(100), "y_pred": e, "w": np.where(e > 99, 4.0, 1.0)}
    mae = by_loss(asked(data, weight="w", losses="mae"))["mae"]
    # the last row has 4 of 103, more than 1 %, and with one other 5 of 103, less than 5 %
    shares = [top["share"] for top in mae["top_shares"]]
    assert shares == [None, None, pytest.approx((4 * 100 + 99) / (5050 + 300), rel=EXACT)]


@pytest.mark.slow
def test_what_the_top_1_percent_hold_of_heavy_tails():
    """The figures of the documentation: medians over 200 samples, with four of their standard errors."""
    rng = np.random.default_rng(1)
    shares = []
    for _ in range(200):
        e = rng.standard_t(3, 1_000)
        found = by_loss(asked({"y_true": -e, "y_pred": np.zeros(1_000)}, losses="mse,mae"))
        shares.append([found[name]["top_shares"][1]["share"] for name in ("mse", "mae")])
    squared, absolute = np.median(shares, axis=0)
    assert (squared, absolute) == (pytest.approx(0.28, abs=0.02), pytest.approx(0.076, abs=0.002))


def test_no_share_is_told_of_less_than_a_row(tailed):
    mse = by_loss(asked(tailed.head(50), losses="mse"))["mse"]
    assert [top["share"] is None for top in mse["top_shares"]] == [True, True, False]


def test_losses_whose_squares_overflow_have_no_effective_number():
    mse = by_loss(asked({"y_true": np.zeros(6), "y_pred": np.arange(6) * 1e107}, losses="mse"))["mse"]
    assert mse["effective_n"] is None
    assert mse["value"] == pytest.approx(55 / 6 * 1e214)
