"""Predictions outside the range of their form are bad input of the data set, whatever the losses."""

from __future__ import annotations

import numpy as np
import pytest

import losscli
from losscli.errors import InputError

TRUTH = [1.0, 0.0, 1.0, 0.0]
NO_PROBABILITY = "percentages are to be divided by 100; logits go with --pred-form logit, and losses such as {}"


def refused(columns, **given):
    with pytest.raises(InputError) as caught:
        losscli.evaluate(columns, **given)
    return caught.value.message, caught.value.hint


@pytest.mark.parametrize("losses", [None, "bce", "brier", "zero_one"])
def test_a_probability_above_one_is_no_probability_for_any_loss(losses):
    message, hint = refused({"y_true": TRUTH, "y_prob": [0.9, 0.2, 1.8, -3.0]}, losses=losses)
    assert message == "row 3: column 'y_prob': expected a probability from 0 to 1, got '1.8' (and 1 more, row 4)"
    assert hint == NO_PROBABILITY.format("bce_logits")


def test_the_hint_is_a_way_out():
    result = losscli.evaluate({"y_true": TRUTH, "y_prob": [0.9, 0.2, 1.8, -3.0]}, pred_form="logit")
    assert result.payload["pred_form"] == "logit"
    assert result.payload["models"][0]["losses"][0]["loss"] == "bce_logits"


def test_probabilities_of_classes_are_held_to_the_range_before_their_sums():
    columns = {"label": ["a", "b"], "prob_a": [0.5, 2.5], "prob_b": [0.5, -1.5]}
    message, hint = refused(columns)
    assert message == "row 2: column 'prob_a': expected a probability from 0 to 1, got '2.5'"
    assert hint == NO_PROBABILITY.format("softmax_ce")
    assert losscli.evaluate(columns, pred_form="logit").payload["pred_form"] == "logit"


def test_log_probabilities_above_zero():
    message, hint = refused({"label": ["a", "b"], "logprob_a": [-0.1, -1.0], "logprob_b": [-2.4, 0.7]})
    assert message == "row 2: column 'logprob_b': expected a log-probability of at most 0, got '0.7'"
    assert hint == "logits go with --pred-form logit, probabilities with --pred-form probability"


def test_probabilities_of_labels():
    columns = {"true_a": [1, 0, 1], "true_b": [1, 1, 1], "prob_a": [0.9, 0.1, 1.5], "prob_b": [0.5, 0.5, 0.5]}
    message, hint = refused(columns)
    assert message == "row 3: column 'prob_a': expected a probability from 0 to 1, got '1.5'"
    assert hint == NO_PROBABILITY.format("multilabel_bce_logits")


COUNTS = {"true_a": [3, 4], "true_b": [7, 6], "prob_a": [2, 5], "prob_b": [8, 5]}


def test_counts_are_shares_once_they_are_divided_by_their_sums():
    message, hint = refused(COUNTS, task="distribution")
    assert message == "row 1: column 'prob_a': expected a probability from 0 to 1, got '2' (and 1 more, row 2)"
    assert hint == "shares lie in [0, 1]; --normalize divides counts by their sum"
    value = losscli.evaluate(COUNTS, task="distribution", losses="kl", normalize=True).payload["models"][0]
    y, p = np.array([[0.3, 0.7], [0.4, 0.6]]), np.array([[0.2, 0.8], [0.5, 0.5]])
    assert value["losses"][0]["value"] == pytest.approx(np.mean(np.sum(y * np.log(y / p), axis=1)), rel=1e-12)


def test_counts_below_zero_are_no_shares():
    message, _ = refused(COUNTS | {"prob_a": [-2, 5]}, task="distribution", normalize=True)
    assert message == "row 1: column 'prob_a': expected a share of 0 or more, got '-2'"


def test_missing_probabilities_are_missing_and_not_out_of_range():
    result = losscli.evaluate({"y_true": TRUTH, "y_prob": [0.9, np.nan, 0.8, 0.0]}, missing="drop")
    assert (result.payload["n"], result.payload["n_dropped"]) == (3, 1)
    message, _ = refused({"y_true": TRUTH, "y_prob": [0.9, np.nan, 0.8, 1.01]}, missing="drop")
    assert message == "row 4: column 'y_prob': expected a probability from 0 to 1, got '1.01'"


def test_logits_and_margins_may_be_any_number():
    for form, loss in (("logit", "bce_logits"), ("margin", "hinge")):
        columns = {"y_true": TRUTH, "p": [30.0, -np.inf, 1.0, -2.0]}
        assert (
            losscli.evaluate(columns, predictions="p", pred_form=form).payload["models"][0]["losses"][0]["loss"] == loss
        )
