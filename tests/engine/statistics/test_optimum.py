"""No constant on a fine grid beats the one that is found, for every loss that declares how to find it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from streams import Reader, batches, kernel

from losscli.arrays import Form, Task, Truth
from losscli.engine.folds.batch import Batch
from losscli.engine.statistics.optimum import best_constant, mean_loss_of
from losscli.losses import LOSSES, parse
from losscli.losses.record import NumericMinimum

# Relative excess of the mean loss: a last step of 1e-4 of the margin leaves 1e-9, at a kink as much as 1e-7.
CONVEX = 1e-6
SEARCHED = 1e-4

BY_KERNEL = {
    each.per_row: loss.name
    for loss in reversed(LOSSES)
    for each in loss.encodings
    if loss.optimum is not None and each.task is Task.REGRESSION
}
SPELLINGS = [*BY_KERNEL.values()]
PARAMETERS = [
    "huber:delta=1e-9", "huber:delta=1e6", "pseudo_huber:delta=0.01", "pinball:tau=0.01", "pinball:tau=0.975",
    "mape:zero=clip", "mape:zero=skip",
]  # fmt: skip
every_loss = pytest.mark.parametrize("text", SPELLINGS + PARAMETERS)

rng = np.random.default_rng(77)
LARGE = 70_000  # more than one batch, so that the sample is thinned
TARGETS = {
    "few": rng.lognormal(size=37),
    "in pairs": np.repeat(rng.lognormal(size=20), 2),
    "many": rng.lognormal(size=LARGE),
    "sorted": np.sort(rng.lognormal(size=LARGE)),
    "rounded": np.round(rng.lognormal(size=LARGE) * 200_000, -3) + 1_000,
    "heavy tails": rng.lognormal(0.0, 3.0, size=LARGE),
    "one wild": np.append(rng.lognormal(size=LARGE), 1e12),
}
WEIGHTS = {
    name: np.random.default_rng(5).integers(1, 9, size=len(TARGETS[name])) / 4
    for name in ("few", "rounded", "one wild")
}


def found(text, y_true, weight=None):
    bound = parse(text)
    return Reader(batches(y_true, weight=weight)).ask(best_constant(kernel(text), bound.loss.optimum, 1))


def losses_of(text, y_true, weight=None):
    each, w = kernel(text), np.ones(len(y_true)) if weight is None else weight

    def mean_loss(constant):
        with np.errstate(all="ignore"):
            values = each.per_row(y_true, np.full_like(y_true, constant))
        kept = ~np.isnan(values)
        return float(np.sum(values[kept] * w[kept]) / np.sum(w[kept]))

    return mean_loss


def least_on_a_grid(text, y_true, weight):
    """Return the least mean loss over quantiles of the targets and, where it is lower, a minimum near the best."""
    mean_loss = losses_of(text, y_true, weight)
    grid = np.unique(np.quantile(y_true, np.linspace(0, 1, 41), method="inverted_cdf"))
    on_grid = [mean_loss(constant) for constant in grid]
    best = int(np.argmin(on_grid))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    if low == high:
        return on_grid[best]
    near = minimize_scalar(mean_loss, bounds=(low, high), method="bounded", options={"maxiter": 12})
    return min(on_grid[best], near.fun)


@pytest.mark.parametrize(
    ("name", "weight"),
    [*((name, None) for name in TARGETS), *WEIGHTS.items()],
    ids=[*TARGETS, *map("{}, weighted".format, WEIGHTS)],
)
@every_loss
def test_no_constant_is_better(text, name, weight):
    y_true = TARGETS[name]
    allowed = SEARCHED if parse(text).loss.optimum == NumericMinimum() else CONVEX
    least = least_on_a_grid(text, y_true, weight)
    assert losses_of(text, y_true, weight)(found(text, y_true, weight)) <= least * (1 + allowed) + 1e-300


@every_loss
@pytest.mark.parametrize("n", [1, LARGE])
def test_a_constant_target_is_its_own_best_constant(text, n):
    constant = found(text, np.full(n, 2.5))
    assert constant == pytest.approx(2.5, rel=1e-15)  # through log and exp
    if "msle" not in text:
        assert constant == 2.5


@pytest.mark.parametrize(
    ("text", "constant"),
    [
        ("mse", 4.0), ("mae", 1.5), ("pinball:tau=0.75", 2.0), ("pinball:tau=0.76", 13.0),
        # 0 and 13 pull with 1, which cancels, and the middle of the others is left
        ("huber", 1.5), ("huber:delta=100", 4.0), ("mape", 1.0), ("msle", math.expm1(math.log(1 * 2 * 3 * 14) / 4)),
    ],
)  # fmt: skip
def test_hand_worked(text, constant):
    y_true = np.array([1.0, 2.0, 0.0, 13.0]) if text != "mape" else np.array([1.0, 2.0, 13.0])
    assert found(text, y_true) == pytest.approx(constant, rel=1e-14)


def test_a_plateau_of_the_gradient_gives_its_middle():
    assert found("huber", np.array([0.0, 10.0])) == pytest.approx(5.0)
    assert found("huber", np.array([-1e308, 1e308])) == pytest.approx(0.0, abs=1.0)


def test_symmetric_targets_have_their_centre():
    half = np.random.default_rng(6).normal(size=40_000)
    for text in ("huber", "log_cosh", "pseudo_huber"):
        assert found(text, np.concatenate([half, -half])) == pytest.approx(0.0, abs=1e-6)  # 2e-4 standard errors


def test_a_smape_that_jumps_at_zero_finds_it():
    y_true = np.random.default_rng(1).poisson(0.7, size=LARGE) * np.random.default_rng(2).lognormal(size=LARGE)
    assert found("smape", y_true) == 0.0
    assert found("smape", y_true[:500]) == 0.0


def test_a_weight_equals_repetition():
    y_true, weight = np.random.default_rng(7).lognormal(size=200), np.random.default_rng(8).integers(1, 5, size=200)
    for text in SPELLINGS:
        repeated = np.repeat(y_true, weight)
        assert losses_of(text, repeated)(found(text, y_true, weight)) == pytest.approx(
            losses_of(text, repeated)(found(text, repeated)), rel=SEARCHED if text == "smape" else 1e-12
        )


def test_few_folds_are_enough():
    for text in ("huber", "log_cosh", "pseudo_huber"):
        reader = Reader(batches(TARGETS["many"]))
        reader.ask(best_constant(kernel(text), parse(text).loss.optimum, 1))
        assert len(reader.rounds) <= 4


def test_where_every_target_is_left_out_there_is_no_constant():
    assert math.isnan(found("mape:zero=skip", np.zeros(3)))


def test_where_a_zero_costs_everything_zero_is_best():
    assert found("mape:zero=inf", np.array([0.0, 1.0, 2.0, 3.0])) == 0.0


def test_no_rows_have_no_constant():
    assert math.isnan(found("mse", np.empty(0)))
    assert math.isnan(found("mae", np.empty(0)))
    assert math.isnan(Reader([]).ask(mean_loss_of(kernel("mse"), 1.0)))


def test_the_mean_loss_of_a_constant():
    rows = batches([1.0, 3.0], weight=[3.0, 1.0])
    assert Reader(rows).ask(mean_loss_of(kernel("mse"), 2.0)) == 1.0
    assert Reader(rows).ask(mean_loss_of(kernel("mae"), 3.0)) == 1.5


@pytest.mark.parametrize("text", ["mse", "msle", "rmsle", "poisson_deviance", "gamma_deviance", "tweedie_deviance"])
@pytest.mark.parametrize("weight", [None, [0.1, 0.2, 0.3]])
def test_the_best_constant_of_equal_targets_is_their_value(text, weight):
    # 0.1 + 0.1 + 0.1 is 0.30000000000000004, a third of which is not 0.1
    y_true = np.full(3, 0.1)
    constant = found(text, y_true, weight)
    assert constant == 0.1
    assert Reader(batches(y_true, weight=weight)).ask(mean_loss_of(kernel(text), constant)) == 0.0


def test_a_mean_beyond_all_numbers_is_not_taken_for_the_largest_target():
    assert found("mse", np.full(9, 1.5e308)) == math.inf


def found_of_rows(text, batches_of_rows):
    """Return the best constant of a loss of distributions, and the mean loss of it."""
    bound = parse(text)
    each = bound.kernel(Task.DISTRIBUTION, Form.PROBABILITY, Truth.ROWS)
    reader = Reader(batches_of_rows)
    constant = reader.ask(best_constant(each, bound.loss.optimum, batches_of_rows[0].y_true.shape[1]))
    return constant, reader.ask(mean_loss_of(each, constant))


@pytest.mark.parametrize("text", ["kl", "reverse_kl"])
@pytest.mark.parametrize("rows", [340, 252, 7])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_best_constant_of_equal_distributions_is_theirs(text, rows, weighted):
    # the mean of so many equal shares is not always the share, and logarithms taken back are not the number
    row = np.random.default_rng(rows).dirichlet(np.ones(4))
    y_true = np.asfortranarray(np.tile(row, (rows, 1)))
    weight = np.random.default_rng(2).uniform(size=rows) if weighted else None
    parts = [
        Batch(y_true=y_true[cut], y_pred=(), weight=None if weight is None else weight[cut], first_row=cut.start)
        for cut in (slice(0, 5), slice(5, rows))
    ]
    assert found_of_rows(text, parts) == (tuple(row.tolist()), 0.0)


def test_distributions_that_differ_anywhere_are_not_taken_for_one():
    rows = np.asfortranarray([[0.5, 0.5], [0.25, 0.75], [0.5, 0.5]])
    constant, _ = found_of_rows("kl", [Batch(y_true=rows, y_pred=(), weight=None, first_row=0)])
    assert constant == (1.25 / 3, 1.75 / 3)
