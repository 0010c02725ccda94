"""What eval asks of the rows: the facts of each model, in few folds, and no loss that is not a number unnoticed."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from streams import Reader, batches

from losscli.arrays import Form, Task
from losscli.engine.folds.accumulate import Moments
from losscli.engine.folds.quantity import Residual
from losscli.engine.folds.summary import Summary
from losscli.engine.statistics.evaluation import facts_of
from losscli.engine.statistics.inquiry import Asked, Inquiry
from losscli.engine.table.roles import Model, Roles
from losscli.losses import get, parse

rng = np.random.default_rng(41)
Y_TRUE = rng.lognormal(size=2_000)
GOOD, BAD = Y_TRUE + rng.normal(0.1, 0.2, size=2_000), Y_TRUE + rng.standard_t(2, size=2_000)


def asked(bound):
    return Asked(bound=bound, kernel=bound.kernel(Task.REGRESSION, Form.VALUE), by_name=True)


def refuse(asked_loss, model, faults):
    raise AssertionError((asked_loss, model, faults))


def inquiry(*losses, models=1, held=("mse",), brief=False, on_fault=refuse):
    return Inquiry(
        roles=Roles(
            target=("y",), models=tuple(Model(name=f"m{at}", columns=(f"m{at}",)) for at in range(models)), weight=None
        ),
        losses=tuple(asked(loss if not isinstance(loss, str) else parse(loss)) for loss in losses),
        held=tuple(asked(parse(text)) for text in held),
        brief=brief,
        on_fault=on_fault,
    )


def test_facts_of_two_models():
    facts = Reader(batches(Y_TRUE, GOOD, BAD, rows=600)).ask(facts_of(inquiry("mae", "rmse", models=2)))
    for found, y_pred in zip(facts.models, (GOOD, BAD), strict=True):
        e = y_pred - Y_TRUE
        assert found.losses[0].summary.mean == pytest.approx(np.mean(np.abs(e)), rel=1e-14)
        assert found.losses[1].summary.mean == pytest.approx(np.mean(e**2), rel=1e-14)
        assert found.held[0] == found.losses[1].summary
        assert found.error.mean == pytest.approx(np.mean(e), rel=1e-13)
    assert facts.constants[0].constant == np.median(Y_TRUE)
    assert facts.constants[1].constant == pytest.approx(np.mean(Y_TRUE), rel=1e-14)
    assert facts.constants[1].mean == pytest.approx(np.var(Y_TRUE), rel=1e-13)
    assert (facts.total_weight, facts.total_squared_weight) == (2_000.0, 2_000.0)
    assert facts.mean_target == pytest.approx(np.mean(Y_TRUE), rel=1e-14)
    assert facts.models[0].outliers.n < 20 < facts.models[1].outliers.n


def test_weights_are_summed_with_their_squares():
    facts = Reader(batches([1.5, 2.5, 4.0], [1.0, 1.0, 1.0], weight=[1.0, 2.0, 5.0])).ask(facts_of(inquiry("mse")))
    assert (facts.total_weight, facts.total_squared_weight) == (8.0, 30.0)
    assert facts.mean_target == 26.5 / 8


@pytest.mark.parametrize(("rows", "folds"), [(2_000, 2), (20_000, 4)])
@pytest.mark.parametrize("scale_varies", [False, True])
def test_all_questions_share_four_folds_two_of_few_rows_and_brief_ones_one(rows, folds, scale_varies):
    rng = np.random.default_rng(5)
    y_pred = rng.uniform(1.0, 9.0, size=rows)
    errors = rng.normal(size=rows) * (y_pred if scale_varies else 1.0)
    reader = Reader(batches(y_pred - errors, y_pred))
    facts = reader.ask(facts_of(inquiry("mse", "mae", "rmse", "huber")))
    assert (facts.models[0].outliers.flag.score.of == Residual(0)) is not scale_varies
    assert len(reader.rounds) == folds
    brief = Reader(batches(Y_TRUE, GOOD, rows=700))
    facts = brief.ask(facts_of(inquiry("mse", "huber", brief=True)))
    assert len(brief.rounds) == 1
    assert facts.constants == (None, None)
    assert facts.models[0].outliers is None


def test_losses_with_the_same_kernel_are_wanted_as_one():
    reader = Reader(batches(Y_TRUE, GOOD))
    reader.ask(facts_of(inquiry("mse", "rmse", "sse", held=("mse", "mae"))))
    of_losses = {each for each in reader.rounds[0] if isinstance(each, Moments) and hasattr(each.of, "kernel")}
    assert len(of_losses) == 2


def test_other_models_change_no_digit():
    alone = Reader(batches(Y_TRUE, GOOD)).ask(facts_of(inquiry("mse", "huber")))
    beside = Reader(batches(Y_TRUE, GOOD, BAD)).ask(facts_of(inquiry("mse", "huber", models=2)))
    assert alone.models[0] == beside.models[0]
    assert alone.constants == beside.constants


def _broken(e):
    return np.where(e > 2.0, np.nan, e * e)


def test_a_kernel_that_is_not_a_number_in_its_domain_is_a_bug():
    mse = get("mse")
    loss = replace(mse, name="broken", encodings=(replace(mse.encodings[0], per_row=_broken),))
    rows = batches([0.0, 0.0, 0.0], [1.0, 3.0, 4.0])
    with pytest.raises(FloatingPointError, match=r"^broken is not a number in 2 rows of its domain$"):
        Reader(rows).ask(facts_of(inquiry(loss.bind(), brief=True)))
    may_skip = replace(loss, may_skip=True).bind()
    facts = Reader(rows).ask(facts_of(inquiry(may_skip, held=())))
    assert (facts.models[0].losses[0].summary.n, facts.models[0].losses[0].summary.skipped) == (1, 2)


def test_a_loss_outside_its_domain_stops_no_other():
    told = []

    def tell(loss, model, faults):
        told.append((loss.bound.label, model, faults.count))

    rows = batches([0.0, 1.0, 2.0], [1.0, 1.0, 1.0], [-3.0, 2.0, 2.0])
    facts = Reader(rows).ask(facts_of(inquiry("mape", "msle", "mse", models=2, on_fault=tell)))
    assert told == [("mape", 0, 1), ("mape", 1, 1), ("msle", 1, 1)]
    assert [[each.summary is None for each in model.losses] for model in facts.models] == [
        [True, False, False],
        [True, True, False],
    ]
    assert facts.models[1].losses[2].summary.mean == 10 / 3


def test_rows_in_which_a_loss_is_infinite_are_counted():
    facts = Reader(batches([0.0, 0.0, 2.0], [1.0, 0.0, 1.0])).ask(facts_of(inquiry("mape:zero=inf")))
    found = facts.models[0].losses[0]
    assert found.summary == Summary(n=2, weight=2.0, mean=25.0, psi2=1250.0, psi3=0.0, infinite=1, skipped=0)
    assert found.infinite == (0,)


def test_where_no_row_has_a_loss_there_is_no_constant():
    facts = Reader(batches([0.0, 0.0], [1.0, 2.0])).ask(facts_of(inquiry("mape:zero=skip", held=())))
    assert np.isnan(facts.constants[0].constant)
    assert np.isnan(facts.constants[0].mean)
