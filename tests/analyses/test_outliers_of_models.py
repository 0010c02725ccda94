"""Rows that are outlying for several models, and the fewest rows that change the winner, against all sets of rows."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import losscli.analyses.outliers.models
import losscli.engine.statistics.flip
from losscli.analyses.outliers import Named, OutliersSpec, Reading, outliers
from losscli.arrays import Task
from losscli.render import Style, render

law = settings(deadline=None, max_examples=25, derandomize=True)


def asked(data, weight=None, **options):
    reading = Reading(
        task=Task.REGRESSION, weight=weight, target=("y",), predictions=tuple(name for name in data if name[0] == "p")
    )
    return outliers(OutliersSpec(data=(Named(given=data),), reading=reading, **options))


def fewest(losses, w):
    """Return the smallest number of rows without which another model has the least mean loss; None where none do."""
    n = losses.shape[1]
    winner = np.argmin(losses @ w)
    for count in range(1, n):
        for left_out in combinations(range(n), count):
            kept = np.delete(np.arange(n), left_out)
            sums = losses[:, kept] @ w[kept]
            if min(np.delete(sums, winner)) < sums[winner]:
                return count
    return None


eighths = st.integers(-16, 16).map(lambda k: k / 8)


@law
@given(
    table=st.lists(st.tuples(eighths, eighths, eighths, eighths, st.integers(1, 4)), min_size=2, max_size=7),
    weighted=st.booleans(),
    name=st.sampled_from(["mse", "mae"]),
)
def test_no_fewer_rows_change_the_winner(table, weighted, name):
    y, *models, w = (np.array(column, dtype=float) for column in zip(*table, strict=True))
    data = {"y": y, **{f"p{at}": model for at, model in enumerate(models)}, "w": w}
    e = np.abs(np.stack(models) - y)
    losses = e**2 if name == "mse" else e
    weights = w if weighted else np.ones(len(y))
    flip = asked(data, weight="w" if weighted else None, losses=name).payload["flips"][0]
    sums = losses @ weights
    if np.count_nonzero(sums == sums.min()) > 1:
        assert flip["winner"] is None
        return
    assert flip["winner"] == f"p{np.argmin(sums)}"
    assert flip["rows_at_most"] == fewest(losses, weights)


@pytest.fixture(scope="module")
def contested():
    """Return rows of which 5 and 6 are bad for both models, 7 for the first and 8, 9, 10 for the second."""
    rng = np.random.default_rng(5)
    y = rng.normal(size=80)
    first, second = (y + rng.normal(scale=0.1, size=80) for _ in range(2))
    first[[4, 5, 6]] += 9.0
    second[[4, 5, 7, 8, 9]] -= 9.0
    return pd.DataFrame({"y": y, "p1": first, "p2": second})


def test_rows_are_told_by_the_models_that_they_are_outlying_for(contested):
    found = asked(contested, losses="mse,rmse,mae")
    assert found.payload["shared_rows"] == {"any": 6, "all": 2, "alone": {"p1": 1, "p2": 3}}
    said = render(found, "table", Style())
    assert "2 for all of them (look at the data), 1 for p1 alone, 3 for p2 alone" in said


def test_the_rows_that_decide_are_named(contested):
    flip = asked(contested, losses="mse").payload["flips"][0]
    # errors of about 9: three rows against one
    assert (flip["winner"], flip["rival"], flip["rows_at_most"]) == ("p1", "p2", 3)
    assert set(flip["places"]) == {"row 8", "row 9", "row 10"}


def test_losses_that_rank_no_models_have_no_winner(contested):
    flips = asked(contested, losses="mbe,mse").payload["flips"]
    assert [flip["winner"] for flip in flips] == [None, "p1"]


def test_a_winner_that_outlasts_all_rows_looked_through_is_firm(contested, monkeypatch):
    for where in (losscli.engine.statistics.flip, losscli.analyses.outliers.models):
        monkeypatch.setattr(where, "MOST_ROWS", 2)
    flip = asked(contested, losses="mse").payload["flips"][0]
    assert (flip["winner"], flip["rows_at_most"], flip["rival"]) == ("p1", None, None)
    assert "more than 2" in render(asked(contested, losses="mse"), "table", Style())


def test_a_winner_on_every_row_is_never_overtaken():
    y = np.arange(60.0)
    result = asked(pd.DataFrame({"y": y, "p1": y, "p2": np.where(y == 3, y + 9, y)}), losses="mse")
    assert result.payload["flips"][0]["rows_at_most"] is None
    text = render(result, "table", Style())
    assert "never" in text
    assert "more than" not in text  # there are 60 rows


def test_one_model_has_no_contest(contested):
    payload = asked(contested[["y", "p1"]]).payload
    assert (payload["shared_rows"], payload["flips"]) == (None, None)
