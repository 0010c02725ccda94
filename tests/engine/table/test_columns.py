"""Columns are found by the names that say what they are, and every error names the next step."""

from __future__ import annotations

import pytest

from losscli.engine.files.names import PREDICTION_NAMES, TARGET_NAMES
from losscli.engine.table.columns import Finder
from losscli.errors import InputError, UsageError
from losscli.text import listed


def find(names, *, target=(), predictions=(), weight=None, lists=()):
    finder = Finder(label="p.csv", names=tuple(names.split()), lists=frozenset(lists))
    return finder.find(target=target, predictions=predictions, weight=weight)


def scalars(names, **given):
    found = find(names, **given)
    assert found.wide is None
    assert found.listed is None
    return found.target, found.scalars


@pytest.mark.parametrize("name", TARGET_NAMES)
def test_every_name_of_a_target_is_known_in_any_case(name):
    assert scalars(f"id {name} y_pred") == ((name,), ("y_pred",))
    assert scalars(f"y_pred {name.upper()}") == ((name.upper(),), ("y_pred",))


@pytest.mark.parametrize("name", PREDICTION_NAMES)
def test_every_name_of_a_prediction_is_known_in_any_case(name):
    assert scalars(f"id y_true {name}") == (("y_true",), (name,))
    assert scalars(f"{name.upper()} y_true") == (("y_true",), (name.upper(),))


def test_columns_with_the_prefix_are_models_in_the_order_of_the_file():
    assert scalars("y pred_b PRED_a other") == (("y",), ("pred_b", "PRED_a"))


def test_a_plain_prediction_wins_over_prefixed_ones():
    assert scalars("y pred_a yhat pred_b") == (("y",), ("yhat",))


def test_the_prefix_alone_names_no_model():
    with pytest.raises(InputError, match="no column has a name that says prediction"):
        find("y pred_")


@pytest.mark.parametrize("name", ["y_true y_pred", "# made by np.savetxt", "#"])
def test_a_first_line_that_is_no_header_is_taken_for_what_it_is(name):
    finder = Finder(label="p.csv", names=(name,))
    with pytest.raises(InputError, match="no column has a name that says prediction") as raised:
        finder.find(target=(), predictions=(), weight=None)
    assert raised.value.hint == (
        f"its only column is '{name}'; in CSV names stand on the first line, between them , ; | or tabs"
    )


def test_a_file_without_columns_has_none_to_name():
    with pytest.raises(InputError, match=r"^p\.csv has no columns$"):
        Finder(label="p.csv", names=()).find(target=(), predictions=(), weight=None)


def test_named_columns_win_over_names_that_say_something():
    assert scalars("y_true y_pred cost guess", target=("cost",), predictions=("guess",)) == (("cost",), ("guess",))


def test_a_named_column_is_found_in_any_case_where_one_fits():
    assert scalars("COST Guess", target=("cost",), predictions=("guess",)) == (("COST",), ("Guess",))
    assert scalars("cost Cost y_pred", target=("cost",)) == (("cost",), ("y_pred",))


def test_patterns_take_predictions_in_the_order_of_the_file_and_once():
    found = scalars("y_true m_2 m_1 n_1", predictions=("m_*", "m_1", "n_[0-9]"))
    assert found == (("y_true",), ("m_2", "m_1", "n_1"))


def test_a_column_whose_name_looks_like_a_pattern_is_itself():
    assert scalars("y p[1] p1", predictions=("p[1]",)) == (("y",), ("p[1]",))


def test_a_weight_is_only_what_is_named_and_plays_no_other_role():
    assert find("y y_pred weight").weight is None
    found = find("y y_pred w", weight="W")
    assert (found.weight, found.all) == ("w", ("y", "y_pred", "w"))
    assert scalars("y target y_pred", weight="target") == (("y",), ("y_pred",))


def test_a_pattern_leaves_out_target_and_weight():
    assert scalars("x_t x_w x_a", target=("x_t",), predictions=("x_*",), weight="x_w") == (("x_t",), ("x_a",))


@pytest.mark.parametrize(
    ("names", "given", "kind", "message", "hint"),
    [
        (
            "id cost", {}, InputError, "p.csv: no column has a name that says prediction",
            "name it with --pred COLUMN; the columns are 'id', 'cost'",
        ),
        (
            "id y_pred", {}, InputError, "p.csv: no column has a name that says target",
            "name it with --target COLUMN; the columns are 'id', 'y_pred'",
        ),
        (
            "y_true actual y_pred", {}, InputError, "p.csv: the target could be any of 'y_true', 'actual'",
            "name one with --target, such as --target 'y_true'",
        ),
        (
            "y yhat score", {}, InputError, "p.csv: the prediction could be any of 'yhat', 'score'",
            "name one with --pred, such as --pred 'yhat'",
        ),
        (
            "y y_pred", {"target": ("y_tru",)}, InputError, "p.csv: there is no column 'y_tru'",
            "the columns are 'y', 'y_pred'",
        ),
        (
            "y_true y_pred", {"target": ("y_tru",)}, InputError, "p.csv: there is no column 'y_tru'",
            "did you mean 'y_true'? the columns are 'y_true', 'y_pred'",
        ),
        (
            "y y_pred wt", {"weight": "wgt"}, InputError, "p.csv: there is no column 'wgt'",
            "did you mean 'wt'? the columns are 'y', 'y_pred', 'wt'",
        ),
        (
            "y y_pred", {"predictions": ("m_*",)}, InputError, "p.csv: no column matches 'm_*'",
            "the columns are 'y', 'y_pred'",
        ),
        (
            "y y_pred", {"target": ("y",), "predictions": ("y",)}, UsageError,
            "column 'y' is both target and prediction", "name two columns with --target and --pred",
        ),
        (
            "y y_pred", {"predictions": ("y_pred",), "weight": "y_pred"}, UsageError,
            "column 'y_pred' is the weight and something else too", "name another with --weight",
        ),
        (
            "y y_pred", {"target": ("y",), "weight": "y"}, UsageError,
            "column 'y' is the weight and something else too", "name another with --weight",
        ),
    ],
)  # fmt: skip
def test_errors_say_what_is_wrong_and_what_to_do(names, given, kind, message, hint):
    with pytest.raises(kind) as failure:
        find(names, **given)
    assert (failure.value.message, failure.value.hint) == (message, hint)


def test_names_cannot_steer_a_terminal():
    with pytest.raises(InputError) as failure:
        find("\x1b[31m y_pred")
    assert failure.value.hint == r"name it with --target COLUMN; the columns are '\x1b[31m', 'y_pred'"


def test_many_names_are_counted():
    assert listed([f"c{number}" for number in range(14)], most=2) == "'c0', 'c1' and 12 more"
    assert listed(["a", "b"], most=2) == "'a', 'b'"


def test_a_column_for_each_class_is_one_model():
    found = find("target prob_cat prob_dog")
    assert (found.target, found.wide.columns, found.wide.classes) == (
        ("target",),
        ("prob_cat", "prob_dog"),
        ("cat", "dog"),
    )
    with pytest.raises(InputError) as failure:
        find("y prob_a prob_b logit_a logit_b")
    assert failure.value.message == "p.csv: the predictions could be any of prob_*, logit_*"
    assert failure.value.hint == "name one with --pred, such as --pred 'prob_*'"


def test_a_list_column_is_one_model():
    assert find("y probabilities", lists=["probabilities"]).listed == "probabilities"
    assert find("y p", predictions=("p",), lists=["p"]).listed == "p"
