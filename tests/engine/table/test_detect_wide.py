"""What is detected of predictions of several numbers a row: wide columns and lists, each rule and error literally."""

from __future__ import annotations

import polars as pl
import pytest

import losscli
from losscli.errors import InputError, UsageError

CLASSES = {"label": ["b", "a", "c"], "prob_a": [0.2, 0.7, 0.1], "prob_b": [0.7, 0.2, 0.1], "prob_c": [0.1, 0.1, 0.8]}


def found(columns, **given):
    payload = losscli.evaluate(columns, brief=True, **given).payload
    names = [loss["label"] for loss in payload["models"][0]["losses"]]
    return (payload["task"], payload["pred_form"], payload["classes"]), names


def refused(columns, error=InputError, **given):
    with pytest.raises(error) as caught:
        losscli.evaluate(columns, brief=True, **given)
    return caught.value.message, caught.value.hint


def value(columns, **given):
    return losscli.evaluate(columns, **given).payload["models"][0]["losses"][0]["value"]


@pytest.mark.parametrize(
    ("prefix", "form", "numbers", "losses"),
    [
        ("prob", "probability", [0.25, 0.75], ["cce", "multiclass_brier", "zero_one"]),
        ("proba", "probability", [0.25, 0.75], ["cce", "multiclass_brier", "zero_one"]),
        ("logit", "logit", [-1.0, 3.0], ["softmax_ce", "multiclass_brier", "zero_one"]),
        (
            "logprob",
            "log-probability",
            [-1.3862943611198906, -0.2876820724517809],
            ["nll", "multiclass_brier", "zero_one"],
        ),
        ("score", "score", [10.0, 30.0], ["zero_one"]),
    ],
)
def test_a_column_for_each_class(prefix, form, numbers, losses):
    columns = {"label": ["a", "b"], f"{prefix}_a": numbers, f"{prefix}_b": numbers[::-1]}
    assert found(columns) == (("multiclass", form, ["a", "b"]), losses)


def test_the_target_is_matched_by_the_name_of_the_class_and_not_by_order():
    expected = -(0.35667494393873245 * 2 + 0.2231435513142097) / -3
    assert value(CLASSES) == pytest.approx(expected, rel=1e-12)
    turned = {name: CLASSES[name] for name in ("prob_c", "label", "prob_b", "prob_a")}
    assert value(turned) == value(CLASSES)
    assert losscli.evaluate(turned).payload["classes"] == ["c", "b", "a"]


def test_numbers_are_names_of_classes_too():
    columns = {"label": [3.0, 10.0], "prob_3": [0.5, 0.5], "prob_10": [0.5, 0.5]}
    assert found(columns)[0] == ("multiclass", "probability", ["3", "10"])


def test_classes_sets_the_order():
    assert found(CLASSES, classes=("c", "a", "b"))[0][2] == ["c", "a", "b"]
    assert refused(CLASSES, UsageError, classes=("c", "a")) == (
        "--classes names 'c', 'a', and the columns are for 'a', 'b', 'c'",
        "name the same classes",
    )


def test_a_label_that_is_no_column():
    assert refused(CLASSES | {"label": ["b", "d", "c"]}) == (
        "row 2: column 'label': label 'd' is none of the classes",
        "the classes are 'a', 'b', 'c'; --classes names them all",
    )


def test_a_column_that_is_no_label():
    result = losscli.evaluate(CLASSES | {"label": ["b", "b", "c"]})
    (notice,) = (notice for notice in result.notices if notice.code == "absent-classes")
    assert notice.message.text == "{where}1 of 3 classes never occurs in the target: {class}"
    assert notice.message.values["class"].raw == "a"


def test_one_class_only():
    result = losscli.evaluate(CLASSES | {"label": ["b", "b", "b"]})
    (notice,) = (notice for notice in result.notices if notice.code == "one-class")
    assert notice.message.values["class"].raw == "b"


ONE_HOT = {"true_a": [0, 1, 0], "true_b": [1, 0, 0], "true_c": [0, 0, 1]}
PROBABILITIES = {name: CLASSES[name] for name in ("prob_a", "prob_b", "prob_c")}


def test_one_hot_rows_are_classes():
    assert found(ONE_HOT | PROBABILITIES)[0] == ("multiclass", "probability", ["a", "b", "c"])
    assert value(ONE_HOT | PROBABILITIES) == pytest.approx(value(CLASSES), rel=1e-12)


def test_rows_of_zeros_and_ones_are_several_labels():
    columns = ONE_HOT | PROBABILITIES | {"true_a": [1, 1, 0]}
    assert found(columns) == (("multilabel", "probability", ["a", "b", "c"]), ["multilabel_bce", "hamming"])
    hard = {f"label_{name}": [1, 0, 1] for name in "abc"}
    assert found(ONE_HOT | hard | {"true_a": [1, 1, 0]})[0][:2] == ("multilabel", "label")


def test_columns_of_labels_are_several_labels_though_each_row_has_one():
    columns = {"true_a": [1, 0, 0], "true_b": [0, 1, 1], "label_a": [1, 1, 0], "label_b": [0, 0, 1]}
    assert found(columns) == (("multilabel", "label", ["a", "b"]), ["hamming"])


@pytest.mark.parametrize("command", [losscli.evaluate, losscli.bias, losscli.compare])
@pytest.mark.parametrize(
    ("columns", "given", "problem"),
    [
        ({"y_true": ["a", "b"], "label_a": [1, 0], "label_b": [1, 1]}, {}, "'label_a', 'label_b' would be"),
        (CLASSES, {"pred_form": "label"}, "'prob_a', 'prob_b', 'prob_c' would be"),
    ],
)
def test_columns_of_labels_need_a_target_each(command, columns, given, problem):
    with pytest.raises(InputError) as raised:
        command(columns, **given)
    assert raised.value.message == f"columns: {problem} a column for each label, beside one target"
    hint = "each label needs its target true_<label>; one column of labels is named with --pred"
    assert raised.value.hint == hint


def test_labels_do_not_go_with_shares():
    columns = {"true_a": [0.3, 0.4], "true_b": [0.7, 0.6], "label_a": [1, 0], "label_b": [0, 1]}
    assert refused(columns) == (
        "columns: the columns 'true_a', 'true_b' are not 0 and 1",
        "labels go with targets that are labels",
    )


def test_rows_that_sum_to_one_are_distributions():
    columns = {"true_a": [0.3, 0.4], "true_b": [0.7, 0.6], "pred_a": [0.5, 0.5], "pred_b": [0.5, 0.5]}
    assert found(columns) == (("distribution", "probability", ["a", "b"]), ["kl", "js"])


def test_rows_that_are_neither():
    columns = {"true_a": [0.3, 0.4], "true_b": [0.9, 0.6], "prob_a": [0.5, 0.5], "prob_b": [0.5, 0.5]}
    assert refused(columns) == (
        "columns: the columns 'true_a', 'true_b' are neither 0 and 1 nor do they sum to 1 in each row",
        "a row of targets is one-hot, several labels of 0 and 1, or a distribution",
    )


def test_each_class_needs_both_columns():
    columns = {name: values for name, values in (ONE_HOT | PROBABILITIES).items() if name != "true_c"}
    assert refused(columns) == (
        "columns: class 'c' has no prob_ column, or no true_ column",
        "each class needs both",
    )


def test_a_plain_prediction_wins_over_wide_forms():
    assert found(CLASSES | {"label": [1, 0, 1], "y_pred": [0.5, 0.25, 0.75]})[0][0] == "binary"


def test_two_wide_forms_are_one_too_many():
    columns = CLASSES | {f"logit_{name}": [0.0, 0.0, 0.0] for name in "abc"}
    assert refused(columns) == (
        "columns: the predictions could be any of prob_*, logit_*",
        "name one with --pred, such as --pred 'prob_*'",
    )
    assert found(columns, predictions="logit_*")[0][1] == "logit"


def test_one_list_column():
    frame = pl.DataFrame({"label": ["1", "0"], "probabilities": [[0.25, 0.75], [0.5, 0.5]]})
    assert found(frame)[0] == ("multiclass", "probability", ["0", "1"])
    assert found(frame.with_columns(label=pl.Series(["x", "y"])), classes=("y", "x"))[0][2] == ["y", "x"]
    assert refused(frame, UsageError, classes=("a", "b", "c"))[0] == (
        "--classes names 3 classes, and 'probabilities' holds 2 numbers a row"
    )


def test_sums_that_are_far_from_one():
    columns = CLASSES | {"prob_a": [0.2, 0.7, 0.3]}
    message, hint = refused(columns)
    assert message == "row 3: the probabilities sum to 1.2, not 1"
    assert hint == "--normalize divides each row by its sum; logits go with --pred-form logit"
    result = losscli.evaluate(columns, normalize=True)
    (notice,) = (notice for notice in result.notices if notice.code == "row-sums")
    assert "they were divided by their sums" in notice.message.text


def test_sums_that_are_off_by_rounding_are_noted():
    result = losscli.evaluate(CLASSES | {"prob_a": [0.2, 0.7, 0.1001]})
    assert [notice.code for notice in result.notices if notice.code == "row-sums"] == ["row-sums"]
    assert losscli.evaluate(CLASSES | {"prob_a": [0.2, 0.7, 0.1 + 1e-9]}).payload["n"] == 3


def test_a_row_that_is_off_in_several_models_is_one_row():
    columns = CLASSES | {"prob_a": [0.2, 0.7, 0.1001]}
    result = losscli.compare(columns, columns, labels=["one", "other"])
    (values,) = (notice.message.values for notice in result.notices if notice.code == "row-sums")
    assert values["k"].raw == 1
    assert values["most"].raw == pytest.approx(1e-4, rel=1e-9)


def test_losses_that_do_not_fit_the_columns():
    message, hint = refused(CLASSES, losses="softmax_ce")
    assert message == (
        "columns: 'prob_a', 'prob_b', 'prob_c' look like multiclass (probability), "
        "and the losses are for multiclass (logit)"
    )
    assert hint == "choose other losses with --losses, or other columns with --pred"


def test_sums_that_cannot_be_divided_by():
    columns = CLASSES | {"prob_a": [50.0, 0.0, 50.0], "prob_b": [50.0, 0.0, 50.0], "prob_c": [0.0, 0.0, 0.0]}
    message, hint = refused(columns, normalize=True)
    assert message == "row 2: the probabilities sum to 0, so --normalize cannot divide by it"
    assert hint == "mend the row, or leave it out with --where"
