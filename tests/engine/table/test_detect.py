"""What is detected of targets and predictions of one number or label a row: each rule, and each error, literally."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import losscli
from losscli.errors import InputError, UsageError


def found(columns, **given):
    """Return (task, form, classes, positive) as they were decided, and the names of the losses."""
    payload = losscli.evaluate(columns, brief=True, **given).payload
    names = [loss["label"] for loss in payload["models"][0]["losses"]]
    return (payload["task"], payload["pred_form"], payload["classes"], payload["positive"]), names


def refused(columns, error=InputError, **given):
    with pytest.raises(error) as caught:
        losscli.evaluate(columns, brief=True, **given)
    return caught.value.message, caught.value.hint


P = [0.9, 0.2, 0.6, 0.4]


@pytest.mark.parametrize(
    ("target", "classes"),
    [
        ([1, 0, 1, 0], ["0", "1"]),
        ([1.0, 0.0, 1.0, 1.0], ["0", "1"]),
        ([1, 1, 1, 1], ["0", "1"]),
        ([0, 0, 0, 0], ["0", "1"]),
        ([1, -1, 1, -1], ["-1", "1"]),
        (np.array([True, False, True, False]), ["0", "1"]),
        (["true", "FALSE", "True", "false"], ["false", "true"]),
    ],
)
def test_two_classes_in_their_codings(target, classes):
    decided, names = found({"y_true": target, "y_pred": P})
    assert decided == ("binary", "probability", classes, classes[1])
    assert names == ["bce", "brier", "zero_one"]


def test_the_codings_of_a_target_give_one_loss():
    values = set()
    for target, given in (
        ([1, 0, 1, 0], {}),
        ([1, -1, 1, -1], {}),
        (["true", "false", "true", "false"], {}),
        (["spam", "ham", "spam", "ham"], {"positive": "spam"}),
        ([2, 1, 2, 1], {"positive": "2"}),
    ):
        payload = losscli.evaluate({"y_true": target, "y_pred": P}, losses="bce", **given).payload
        values.add(payload["models"][0]["losses"][0]["value"])
    assert len(values) == 1


def test_two_named_labels_need_to_know_which_is_meant():
    columns = {"y_true": ["spam", "ham", "spam", "ham"], "y_pred": P}
    assert refused(columns) == (
        "columns: column 'y_true' holds the labels 'spam', 'ham'",
        "say which one is meant: --positive 'spam'",
    )
    assert found(columns, positive="ham")[0] == ("binary", "probability", ["spam", "ham"], "ham")
    assert refused(columns, positive="egg") == (
        "columns: column 'y_true' has no label 'egg'",
        "its labels are 'spam', 'ham'",
    )


def test_more_than_two_labels_do_not_go_with_one_number_a_row():
    message, hint = refused({"y_true": ["a", "b", "c", "a"], "y_pred": P})
    assert message == "columns: column 'y_true' has 3 labels ('a', 'b', 'c'), and predictions are one number a row"
    assert hint == "for more than two classes there is a column prob_<class> for each, or a list column"


@pytest.mark.parametrize(
    ("target", "predicted"), [([1, 0, 1, 0], [1, 1, 0, 0]), ([1, -1, 1, -1], [1, 1, -1, -1])], ids=["0 1", "-1 1"]
)
def test_hard_predictions_are_labels(target, predicted):
    decided, names = found({"y_true": target, "y_pred": predicted})
    assert decided[:2] == ("binary", "label")
    assert names == ["zero_one"]


@pytest.mark.parametrize("name", ["y_prob", "Proba", "probability", "p_hat", "prob_spam"])
def test_a_name_that_says_probability_is_believed(name):
    assert found({"y_true": [1, 0, 1, 0], name: [1, 1, 0, 0]})[0][:2] == ("binary", "probability")


def test_a_name_that_says_logit_is_believed():
    decided, names = found({"y_true": [1, 0, 1, 0], "logit": P})
    assert decided[:2] == ("binary", "logit")
    assert names == ["bce_logits", "brier", "zero_one"]


def test_a_target_of_one_value_is_not_said_to_have_two_classes():
    message, hint = refused({"y_true": [1], "y_pred": [2]})
    assert message == (
        "columns: the first targets are all 1, which may be a class, but 'y_pred' leaves [0, 1] (2): "
        "values cannot tell logits from margins"
    )
    assert "--task regression" in hint


def test_values_cannot_tell_logits_from_margins():
    columns = {"y_true": [1, 0, 1, 0], "y_pred": [2.5, -1.5, 0.5, -3.0]}
    message, hint = refused(columns)
    assert message == (
        "columns: the target has two classes, but 'y_pred' leaves [0, 1] (-3, -1.5, 2.5): "
        "values cannot tell logits from margins"
    )
    assert hint == "say --pred-form logit or --pred-form margin, or --task regression"
    assert found(columns, pred_form="margin") == (
        ("binary", "margin", ["0", "1"], "1"),
        ["hinge", "squared_hinge", "zero_one"],
    )
    assert found(columns, pred_form="logit")[0][:2] == ("binary", "logit")
    assert found(columns, task="regression")[0] == ("regression", "value", None, None)


def test_losses_that_are_named_decide():
    columns = {"y_true": [1, 0, 1, 0], "y_pred": P}
    assert found(columns, losses="mse,mae")[0][0] == "regression"
    assert found(columns, losses="bce_logits")[0][:2] == ("binary", "logit")
    assert found(columns, losses="hinge")[0][:2] == ("binary", "margin")
    assert found(columns, losses="brier,zero_one")[0][:2] == ("binary", "probability")


def test_losses_that_clash_are_named():
    assert refused({"y_true": [1, 0], "y_pred": [1.0, 0.5]}, UsageError, losses="mse,hinge") == (
        "mse and hinge need different predictions",
        "mse for regression (value); hinge for binary (margin): ask for them one at a time",
    )


def test_losses_and_task_that_clash_are_named():
    message, hint = refused({"y_true": [1, 0], "y_pred": [1.0, 0.5]}, UsageError, losses="bce", pred_form="logit")
    assert message == "bce does not go with --pred-form logit"
    assert hint == "it goes with binary (probability)"


def test_soft_labels_are_asked_for():
    columns = {"y_true": [0.9, 0.1, 0.5, 0.3], "y_pred": P}
    assert found(columns)[0][0] == "regression"
    assert found(columns, task="binary", losses="bce")[0][:2] == ("binary", "probability")
    message, _ = refused(columns, task="binary", losses="zero_one")
    assert message == "row 1: zero_one is not defined: target is neither 0 nor 1 (and 3 more, rows 2, 3, …)"


def test_numbers_are_regression():
    assert found({"y_true": [3.0, 1.0, 2.5], "y_pred": [2.0, 1.0, 2.0]})[0] == ("regression", "value", None, None)


def test_words_on_both_sides_are_labels_of_classes():
    decided, names = found({"y_true": ["cat", "dog", "cat"], "y_pred": ["cat", "cat", "emu"]})
    assert decided == ("multiclass", "label", ["cat", "dog", "emu"], None)
    assert names == ["zero_one"]


@pytest.mark.parametrize(
    ("rows", "line", "cell", "hint"),
    [
        (["1,2", "2,x"], 3, "x", "--null-value x reads such cells as missing"),
        (["1,x"], 2, "x", "--null-value x"),
        (["1,yes", "0,no"], 2, "yes", "write truth values as 1 and 0"),
        (["1,cat", "2,dog", "1,cat"], 2, "cat", "most cells of this column are no numbers"),
    ],
)
def test_words_beside_a_target_of_numbers_are_wrong_cells(tmp_path, rows, line, cell, hint):
    path = tmp_path / "short.csv"
    path.write_text("\n".join(["y_true,y_pred", *rows]))
    message, said = refused(path)
    assert message == f"{path}:{line}: column 'y_pred': expected a number, got '{cell}'" + (
        " (and 1 more, line 3)" if cell == "yes" else " (and 2 more, lines 3, 4)" if cell == "cat" else ""
    )
    assert said.startswith(hint)


AS_LABELS = "; --task multiclass reads cells as labels of classes"


@pytest.mark.parametrize(
    ("rows", "labels"),
    [
        (["1,1", "2,X", "1,2"], True),
        (["1,1", "X,2", "1,2"], True),
        (["1,1", "2,X", "1.5,2"], False),  # a number that is not whole is no label
        (["1,1", '2,"2,5"', "1,2"], False),  # nor is one with a decimal comma
        (["1,1", "2,n/a", "1,2"], False),
        (["1,3", "2,X", "1,3"], False),  # no prediction is a target
        ([f"{i},{i}" for i in range(30)] + ["1,X"], False),  # too many
    ],
)
def test_a_wrong_cell_among_a_few_whole_numbers_may_be_a_label(tmp_path, rows, labels):
    path = tmp_path / "few.csv"
    path.write_text("\n".join(["y_true,y_pred", *rows]))
    _, hint = refused(path)
    assert hint.endswith(AS_LABELS) == labels
    assert not refused(path, task="regression")[1].endswith(AS_LABELS)
    assert not refused(path, losses="mae")[1].endswith(AS_LABELS)
    decided, _ = found(path, task="multiclass")
    assert decided[:2] == ("multiclass", "label")


def test_so_they_are_where_one_model_of_several_has_them(tmp_path):
    (tmp_path / "short.csv").write_text("y_true,pred_a,pred_b\n1,2,1\n2,x,3\n")
    message, _ = refused(tmp_path / "short.csv")
    assert message.endswith("short.csv:3: column 'pred_a': expected a number, got 'x'")


@pytest.mark.parametrize("rows", [["1,1", "2,2", "1,1", "X,X"], ["1,X", "2,2", "1,X", "X,1"]])
def test_words_among_numbers_on_both_sides_are_labels(tmp_path, rows):
    path = tmp_path / "pools.csv"
    path.write_text("\n".join(["y_true,y_pred", *rows]))
    if rows[0] == "1,X":
        assert found(path)[0] == ("multiclass", "label", ["1", "2", "X"], None)
    assert found(path, task="multiclass")[0] == ("multiclass", "label", ["1", "2", "X"], None)


def test_words_do_not_go_with_losses_of_numbers():
    columns = {"y_true": ["cat", "dog"], "y_pred": ["cat", "cat"]}
    assert refused(columns, losses="bce") == (
        "columns: column 'y_pred' holds words such as 'cat', and bce needs numbers",
        "name columns of numbers with --pred; labels go with --losses zero_one",
    )


def test_whole_numbers_are_labels_for_a_loss_of_labels(tmp_path):
    path = tmp_path / "classes.csv"
    path.write_text("y_true,y_pred\n0,0.0\n1,1.0\n2,1.0\n")
    result = losscli.evaluate(path, losses="zero_one")
    assert (result.payload["task"], result.payload["classes"]) == ("multiclass", ["0", "1", "2"])
    assert result.payload["models"][0]["losses"][0]["value"] == pytest.approx(1 / 3, rel=1e-15)


def test_one_number_a_row_is_no_probability_of_each_class():
    wanted = "and multiclass (probability) is wanted"
    columns = "name a column for each class prob_<class> or logit_<class>"
    assert refused({"y_true": [0, 1, 1], "y_pred": [0.2, 0.7, 0.6]}, losses="cce") == (
        f"columns: 'y_pred' holds one number a row, {wanted}",
        f"{columns}, or for two classes a loss such as bce",
    )
    models = {"y_true": [0, 1, 2], "pred_a": [0.2, 0.7, 0.6], "pred_b": [0.2, 0.7, 0.6]}
    assert refused(models, losses="cce") == (f"columns: 'pred_a', 'pred_b' hold one number a row, {wanted}", columns)


def test_text_that_is_numbers_is_numbers_in_frames_too():
    frame = pd.DataFrame({"y_true": ["1.5", "2", "3"], "y_pred": ["1", " 2.5", "3e0"]})
    result = losscli.evaluate(frame)
    assert result.payload["task"] == "regression"
    assert result.payload["models"][0]["losses"][0]["value"] == pytest.approx(0.5 / 3, rel=1e-12)


def notices(columns, **given):
    return {notice.code: notice for notice in losscli.evaluate(columns, **given).notices}


def test_a_few_whole_numbers_look_like_labels():
    columns = {"y_true": [1, 2, 3, 1, 2, 3], "y_pred": [2, 2, 1, 1, 3, 3]}
    notice = notices(columns)["looks-like-labels"]
    assert notice.message.text == ("{where}target and predictions are a few whole numbers: they look like class labels")
    assert notice.hint == "--task multiclass reads them as labels, --task regression as numbers"
    assert found(columns, task="multiclass")[0] == ("multiclass", "label", ["1", "2", "3"], None)


@pytest.mark.parametrize(
    ("columns", "given"),
    [
        ({"y_true": [1, 2, 3, 1, 2, 3], "y_pred": [2, 2, 1, 1, 3, 3]}, {"task": "regression"}),
        ({"y_true": [1, 2, 3, 1, 2, 3], "y_pred": [2, 2, 1, 1, 3, 3]}, {"losses": "mse"}),
        ({"y_true": [1, 2, 3, 1, 2, 3], "y_pred": [2, 2, 1, 1, 3, 3.5]}, {}),
        ({"y_true": list(range(21)) * 3, "y_pred": list(range(21)) * 3}, {}),
        ({"y_true": [1, 2, 3], "y_pred": [3, 4, 5]}, {}),
    ],
    ids=["said", "losses", "not whole", "too many", "too few rows"],
)
def test_numbers_that_do_not_look_like_labels(columns, given):
    assert "looks-like-labels" not in notices(columns, **given)


def test_the_target_cannot_be_predicted_by_itself():
    message, hint = refused({"y_true": [1, 2], "y_pred": [1, 3]}, UsageError, predictions="y_true")
    assert message == "column 'y_true' is both target and prediction"
    assert hint == "name two columns with --target and --pred"


def test_what_the_first_rows_promise_is_held_in_all_rows(tmp_path):
    path = tmp_path / "late.csv"
    rows = ["y_true,y_prob", *["1,0.5"] * 70_000, "2,0.5"]
    path.write_text("\n".join(rows))
    message, hint = refused(path)
    assert message == f"{path}:70002: column 'y_true': expected 0 or 1 as in the first rows, got '2'"
    assert hint == "--task binary reads soft labels, --task regression any numbers"


@pytest.mark.parametrize("gap", ["n/a", "NA", "-"])
def test_what_stands_for_a_missing_number_makes_no_labels_of_few_numbers(tmp_path, gap):
    path = tmp_path / "short.csv"
    path.write_text(f"y_true,y_pred\n1.5,{gap}\n2.5,2\n")
    message, hint = refused(path)
    assert message == f"{path}:2: column 'y_pred': expected a number, got '{gap}'"
    assert hint.startswith(f"--null-value {gap} reads such cells as missing")
