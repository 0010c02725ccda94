"""Every answer names all files that it was read from, that of the targets too."""

from __future__ import annotations

import pytest

import losscli


@pytest.mark.parametrize("ask", [losscli.evaluate, losscli.bias, losscli.outliers])
def test_the_file_of_the_targets_is_an_input(tmp_path, ask):
    truth, preds = tmp_path / "truth.csv", tmp_path / "preds.csv"
    truth.write_text("id,y_true\n" + "".join(f"{row},{row * row}\n" for row in range(9)))
    preds.write_text("id,y_pred\n" + "".join(f"{row},{row * row + row % 3 - 0.5}\n" for row in range(9)))
    inputs = ask(preds, targets=truth, on=["id"]).payload["inputs"]
    assert [(each["path"], each["rows"]) for each in inputs] == [(str(preds), 9), (str(truth), 9)]
