"""Rows outside the domain of a named loss: place, column, value and a way out, as in all errors that name cells."""

from __future__ import annotations

import pytest

import losscli
from losscli.errors import InputError


def refused(tmp_path, text, losses):
    path = tmp_path / "preds.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        losscli.evaluate(path, losses=losses)
    return caught.value.message.replace(str(path), "preds.csv"), caught.value.hint


def test_targets_outside_the_domain(tmp_path):
    assert refused(tmp_path, "y_true,y_pred\n0,1\n-3,2\n4,5\n-1,1\n", "msle") == (
        "preds.csv:3: column 'y_true': msle needs targets in (−1, ∞), got '-3' (and 1 more, line 5)",
        "leave msle out, or correct the rows",
    )


def test_predictions_outside_the_domain(tmp_path):
    rows = "".join(f"1,{value}\n" for value in (2, -1.5, -2, -1e300, -7, 3))
    message, _ = refused(tmp_path, f"y_true,y_pred\n{rows}", "rmsle")
    assert message == (
        "preds.csv:3: column 'y_pred': rmsle needs predictions in (−1, ∞), got '-1.5' (and 3 more, lines 4, 5, …)"
    )


def test_gamma_deviance_points_to_deviances_that_take_zeros(tmp_path):
    assert refused(tmp_path, "y_true,y_pred\n1,1\n0,2\n", "gamma_deviance") == (
        "preds.csv:3: column 'y_true': gamma_deviance needs targets in (0, ∞), got '0'",
        "poisson_deviance and tweedie_deviance:power=1.5 take targets of 0 too",
    )


def test_what_is_wrong_with_target_and_prediction_together_is_that_of_no_column(tmp_path):
    message, hint = refused(tmp_path, "y_true,y_pred\n1,1\n0,2\n0,0\n", "mape")
    assert message == "preds.csv:3: mape is not defined: target is zero (and 1 more, line 4)"
    assert "mape:zero=skip" in hint
