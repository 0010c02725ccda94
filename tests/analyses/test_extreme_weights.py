"""Weights whose squares are no numbers are an error; those that a factor away would be right stay as they are."""

from __future__ import annotations

import pytest

import losscli
from losscli.errors import InputError

DATA = {"y_true": [1.0, 2.0, 4.0, 3.5], "y_pred": [1.5, 2.0, 3.0, 3.0], "g": ["a", "a", "b", "b"]}


@pytest.mark.parametrize("factor", [1e-200, 1e200])
@pytest.mark.parametrize("command", [losscli.evaluate, losscli.compare, losscli.bias, losscli.outliers])
def test_weights_without_squares_are_refused(command, factor):
    weighted = DATA | {"w": [factor, 2 * factor, factor, factor]}
    with pytest.raises(
        InputError, match="column 'w': the squares of weights so large or small are no numbers"
    ) as raised:
        command(weighted, weight="w")
    assert raised.value.hint == "multiply all weights by one number: only their proportions count"
    plain = losscli.evaluate(DATA | {"w": [1.0, 2.0, 1.0, 1.0]}, weight="w", losses="mae").payload["models"]
    near = losscli.evaluate(DATA | {"w": [2.0**90, 2.0**91, 2.0**90, 2.0**90]}, weight="w", losses="mae")
    assert near.payload["models"] == plain  # a power of 2 changes no digit
