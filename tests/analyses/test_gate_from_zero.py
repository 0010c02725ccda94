"""Losses that rise from none, or by the same on every row: only what is beyond chance fails."""

from __future__ import annotations

import numpy as np
import pytest

import losscli
from losscli.render import Style, render

OPEN, FAIL = "inconclusive", "fail"


def against(data, main, **options):
    """Return the gate of data against a baseline, with a tolerance of 1 %."""
    return losscli.gate(data, baseline=main, max_regress="1%", **options)


def check_of(result):
    """Return the only check."""
    (check,) = result.payload["checks"]
    return check


@pytest.mark.parametrize(("mistakes", "status", "told"), [(1, OPEN, "may be worse by chance"), (9, FAIL, "is worse")])
def test_a_loss_that_rises_from_none_fails_where_the_test_is_sure(mistakes, status, told):
    # of 100 rows one mistake has t = 1, and 9 have t = √(9 · 99/91) = 3.1
    y_true = np.array([0, 1] * 50)
    new = {"y_true": y_true, "y_pred": np.where(np.arange(100) < mistakes, 1 - y_true, y_true)}
    result = against(new, {"y_true": y_true, "y_pred": y_true}, losses="zero_one")
    check = check_of(result)
    assert (check["status"], check["value"]) == (status, None)
    assert "is 0, and nothing can be relative to it" in check["reason"]
    assert told in render(result, "table", Style())


@pytest.mark.parametrize(("rows", "status"), [(5, OPEN), (6, FAIL)])
def test_rows_that_all_differ_alike_decide_from_six_on(rows, status):
    y_true = np.arange(float(rows))  # 2⁻⁵ is the first p of the sign-flip test below 5 %
    new, main = ({"y_true": y_true, "y_pred": y_true + error} for error in (1.5, 1.0))
    assert check_of(against(new, main, losses="mae"))["status"] == status


@pytest.mark.parametrize(("mistakes", "status"), [(0, OPEN), (1, OPEN), (20, FAIL)])
def test_a_loss_above_a_saved_one_of_none_fails_where_the_intervals_are_sure(tmp_path, mistakes, status):
    # Wilson: 0 of 100 leave up to 3.7 %; of 20 the lower end is 13.3 %, 0.067 below, and √(0.067² + 0.037²) < 0.2
    y_true = np.array([0, 1] * 50)
    path = tmp_path / "main.json"
    answer = losscli.evaluate({"y_true": y_true, "y_pred": y_true}, losses="zero_one")
    path.write_text(render(answer, "json", Style()))
    new = {"y_true": y_true, "y_pred": np.where(np.arange(100) < mistakes, 1 - y_true, y_true)}
    assert check_of(against(new, str(path), losses="zero_one", allow_same=True))["status"] == status


def test_losses_that_are_too_small_for_a_number_leave_a_change_open():
    # squares of 1e-200 are 0; those of the candidate are 4 times as large
    y_true, error = np.zeros(40), np.sin(np.arange(40.0)) * 1e-200
    new, main = ({"y_true": y_true, "y_pred": scale * error} for scale in (2.0, 1.0))
    check = check_of(against(new, main, losses="mse"))
    assert (check["status"], check["reason"]) == (OPEN, "there is no interval to be sure by")
