"""Which rows are outlying, and how much of each loss they hold, against NumPy on all rows."""

from __future__ import annotations

import numpy as np
import pytest
from streams import Reader, batches, kernel

from losscli.engine.folds.moments import exact_sum
from losscli.engine.folds.quantity import Deviation, LossValue, Residual
from losscli.engine.statistics.flags import Flag, Flagged, FlaggedTotals, Outliers
from losscli.engine.statistics.judge import outlying_errors
from losscli.engine.statistics.outlying import outlier_scale

REORDERED = 1e-13  # relative: sums of positive terms in another order
KERNELS = tuple(kernel(text) for text in ("mse", "mae", "rmse", "huber"))


def outliers_of(rows, kernels=KERNELS, model=0):
    return Reader(rows).ask(outlying_errors(model, kernels))


def told(found: Outliers) -> tuple[object, ...]:
    """Return what is said of outliers, without the functions that find them again."""
    return found.n, found.rule, found.scale, found.totals


def weighted_median(values, weight):
    order = np.argsort(values)
    reached = np.cumsum(weight[order]) / weight.sum()
    low, high = np.searchsorted(reached, 0.5), np.searchsorted(reached, 0.5, side="right")
    return (values[order][low] + values[order][high]) / 2


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("rows", [700, 20_000])
def test_flagged_rows_and_what_they_hold(weighted, rows):
    rng = np.random.default_rng(22)
    y_pred = rng.normal(size=20_000)
    y_true = y_pred - 0.3 - rng.standard_t(2, size=20_000)
    weight = rng.integers(1, 64, size=20_000) / 16 if weighted else None
    w = np.ones(20_000) if weight is None else weight
    found = outliers_of(batches(y_true, y_pred, weight=weight, rows=rows))
    e = y_pred - y_true
    distance = np.abs(e - weighted_median(e, w))
    scale = outlier_scale(weighted_median(distance, w), np.nan)
    flagged = distance > scale.limit
    assert (found.n, found.rule) == (np.count_nonzero(flagged), "modified-z>3.5")
    assert found.scale == scale.scale
    assert 500 < found.n < 5_000
    totals = [np.sum(w[flagged] * each.per_row(y_true, y_pred)[flagged]) for each in KERNELS]
    assert found.totals == pytest.approx(totals, rel=REORDERED)
    assert found.totals[0] == found.totals[2]


def test_hand_worked():
    # median 0, absolute deviations 0 1 1 2 2 100, MAD 1.5
    y_pred = [0.0, 1.0, -1.0, 2.0, -2.0, 100.0, 0.0]
    found = outliers_of(batches(np.zeros(7), y_pred, weight=np.full(7, 2.0)), (kernel("mae"), kernel("mse")))
    assert told(found) == (1, "modified-z>3.5", pytest.approx(1 / 0.6744897501960817), (200.0, 20_000.0))


def test_where_half_of_the_errors_are_equal_the_mean_deviation_stands_in():
    y_pred = np.repeat([0.0, 8.0], [9, 1])
    found = outliers_of(batches(np.zeros(10), y_pred), (kernel("mae"),))
    assert told(found) == (1, "mean-absolute-deviation>3.5", pytest.approx(0.8 * np.sqrt(np.pi / 2)), (8.0,))


def test_where_all_errors_are_equal_nothing_is_outlying():
    found = outliers_of(batches([1.0, 2.0, 3.0], [1.5, 2.5, 3.5]))
    assert found == Outliers(n=0, rule=None, scale=None, totals=(0.0,) * 4)


def test_a_row_that_a_loss_leaves_out_is_flagged_and_holds_nothing_of_it():
    y_true = np.append(np.ones(20), 0.0)
    y_pred = np.append(np.linspace(0, 2, 20), 90.0)
    found = outliers_of(batches(y_true, y_pred), (kernel("mape:zero=skip"), kernel("mae")))
    assert (found.n, found.totals) == (1, (0.0, 90.0))


def test_the_models_are_judged_apart():
    rng = np.random.default_rng(3)
    y_true, calm = rng.normal(size=(2, 400))
    wild = calm + np.where(np.arange(400) == 17, 1e3, 0.0)
    rows = batches(y_true, calm, wild)
    alone = outliers_of(batches(y_true, wild))
    assert told(outliers_of(rows, model=1)) == told(alone)
    assert outliers_of(rows, model=0).n == alone.n - 1


def losses(*names):
    return tuple(LossValue(kernel(name), 0) for name in names)


def test_a_row_on_the_limit_is_not_flagged():
    rows = batches(np.zeros(3), [1.0, 2.0, 3.0])
    flagged = FlaggedTotals((Flag(Deviation(Residual(0), 0.0), 2.0),), losses("mae"))
    assert flagged.finalise(flagged.observe(rows[0])) == Flagged(n=1, weight=1.0, totals=(3.0,))


def test_endless_losses_of_both_signs_have_no_sum():
    rows = batches([1e308, -1e308, 0.0], [-1e308, 1e308, 0.0], rows=1)
    flagged = FlaggedTotals((Flag(Deviation(Residual(0), 0.0), 1.0),), losses("mbe", "mae"))
    with np.errstate(all="ignore"):
        found = flagged.finalise(sum((flagged.observe(batch) for batch in rows), ()))
    signed, size = found.totals
    assert (found.n, size) == (2, np.inf)
    assert np.isnan(signed)


def test_every_loss_of_the_flagged_rows_comes_from_their_own_kernel():
    rows = batches([1.0, 2.0, 4.0], [9.0, 2.0, 4.5])
    flagged = FlaggedTotals((Flag(Deviation(Residual(0), 0.0), 1.0),), tuple(LossValue(each, 0) for each in KERNELS))
    totals = flagged.finalise(flagged.observe(rows[0])).totals
    assert totals == tuple(exact_sum(LossValue(each, 0)(rows[0])[:1]) for each in KERNELS)


def test_a_row_flagged_twice_counts_once():
    rows = batches([0.0, 0.0, 0.0], [5.0, 1.0, -7.0])
    flags = Flag(Deviation(Residual(0), 0.0), 4.0), Flag(Residual(0), 2.0)
    flagged = FlaggedTotals(flags, losses("mae"))
    assert flagged.finalise(flagged.observe(rows[0])) == Flagged(n=2, weight=2.0, totals=(12.0,))
