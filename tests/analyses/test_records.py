"""The tidy rows of an evaluation, and the names of losses in them."""

from __future__ import annotations

import pytest

import losscli
from losscli.errors import UsageError

BINARY = {"y_true": [1, 0, 1, 0], "y_prob": [0.9, 0.2, 0.6, 0.4]}
CLASSES = {"label": ["a", "b", "c"], "prob_a": [0.5, 0.25, 0], "prob_b": [0.5, 0.5, 0], "prob_c": [0, 0.25, 1]}


def column(result, key):
    return [record[key] for record in result.records]


def test_losses_are_named_by_what_was_changed_and_signed_in_full():
    result = losscli.evaluate(BINARY, losses="bce,bce:clip=1e-7,zero_one")
    assert column(result, "loss") == ["bce", "bce:clip=1e-07", "zero_one", "bias"]
    assert column(result, "signature") == [
        "bce:clip=0:label_smoothing=0", "bce:clip=1e-07:label_smoothing=0", "zero_one:threshold=0.5", None,
    ]  # fmt: skip


def test_the_bias_of_each_class_has_a_row():
    result = losscli.evaluate(CLASSES)
    assert column(result, "loss") == ["cce", "multiclass_brier", "zero_one", "bias", "bias", "bias"]
    assert column(result, "class") == [None, None, None, "a", "b", "c"]
    assert column(result, "value")[3:] == pytest.approx([-1 / 12, 0, 1 / 12], rel=1e-12, abs=1e-15)
    assert column(result, "path") == ["columns"] * 6


def test_the_threshold_is_named_only_where_something_is_cut():
    of_classes = losscli.evaluate(CLASSES, losses="zero_one").payload["models"][0]["losses"][0]
    assert (of_classes["label"], of_classes["params"]) == ("zero_one", {})
    assert "threshold" not in losscli.evaluate(CLASSES).signature
    labels = losscli.evaluate({"y_true": [1, 0, 1], "y_pred": [1, 1, 1]}, task="binary")
    assert labels.payload["models"][0]["losses"][0]["params"] == {}
    assert "zero_one:threshold=0.5" in losscli.evaluate(BINARY).signature


def test_a_parameter_that_means_nothing_is_refused():
    with pytest.raises(UsageError) as caught:
        losscli.evaluate(CLASSES, losses="zero_one:threshold=0.4")
    assert caught.value.message == "zero_one:threshold=0.4: threshold means nothing for multiclass (probability)"
    costs = "real_world_cost:w_fn=5:w_fp=1:threshold=0.2"
    with pytest.raises(UsageError, match=r"threshold means nothing for binary \(margin\)"):
        losscli.evaluate({"y_true": [1, 0], "m": [0.5, -1.5]}, predictions="m", pred_form="margin", losses=costs)
    losscli.evaluate(BINARY, losses=costs)
