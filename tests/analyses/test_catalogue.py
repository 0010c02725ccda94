"""What the catalogue says of a loss, and in which numbers it shows it."""

from __future__ import annotations

import math

import pytest

from losscli.analyses.catalogue import explain
from losscli.errors import UsageError
from losscli.losses import LOSSES

EXACT = 1e-12  # relative: one operation more or less


def shown(spelled):
    """Return the columns of the table that shows a loss in numbers, by their keys, and what is said below."""
    section = explain(spelled).sections[-1]
    keys = [column.key for column in section.table.columns]
    return dict(zip(keys, zip(*section.table.rows, strict=True), strict=True)), [
        each.text for each in section.sentences
    ]


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_every_loss_explains_itself_by_its_bare_name(loss):
    result = explain(loss.name)
    assert result.heading.text == f"{loss.name} · {loss.title}"
    assert any(sentence.text == loss.doc.use for sentence in result.sections[0].sentences)


@pytest.mark.parametrize("name", ["rww_bce", "real_world_cost"])
def test_a_loss_that_needs_costs_is_shown_with_example_costs(name):
    result = explain(name)
    parameters = result.sections[1].table
    assert [column.key for column in parameters.columns] == ["name", "default", "domain", "aliases", "summary"]
    assert [row[:2] for row in parameters.rows[:2]] == [("w_fn", "required"), ("w_fp", "required")]
    columns, said = shown(name)
    assert list(columns)[:2] == ["number", f"{name}:w_fn=5:w_fp=1"]
    assert said == ["with w_fn = 5 and w_fp = 1 as an example"]


def test_costs_that_are_given_are_those_shown():
    columns, said = shown("rww_bce:w_fn=2:w_fp=1")
    assert columns["rww_bce:w_fn=2:w_fp=1"] == pytest.approx(
        [-2 * math.log(p) for p in (0.99, 0.9, 0.5, 0.1, 0.001)], rel=EXACT
    )
    assert said == []


def test_some_of_the_costs_are_not_enough():
    with pytest.raises(UsageError, match="rww_bce needs w_fp"):
        explain("rww_bce:w_fn=2")


def test_costs_from_a_file_are_told_without_numbers():
    result = explain("rww_cce")
    assert [section.title for section in result.sections] == ["", "parameters"]
    assert result.sections[1].table.rows[0][:3] == ("costs", "required", "a file")


def test_bce_beside_brier_and_zero_one():
    columns, _ = shown("bce")
    assert list(columns) == [
        "number", "bce", "bce_gradient", "brier", "brier_gradient", "zero_one", "zero_one_gradient",
    ]  # fmt: skip
    assert columns["number"] == (0.99, 0.9, 0.5, 0.1, 0.001)
    assert columns["bce"] == pytest.approx([0.01005033585, 0.105360516, 0.693147181, 2.302585093, 6.907755279])
    assert columns["bce_gradient"] == pytest.approx([-1 / 0.99, -1 / 0.9, -2, -10, -1000], rel=EXACT)
    assert columns["brier"] == pytest.approx([0.0001, 0.01, 0.25, 0.81, 0.998001], rel=1e-10)
    assert columns["zero_one"] == (0, 0, 1, 1, 1)


def test_hinge_at_margins_from_two_to_minus_two():
    columns, _ = shown("hinge")
    assert columns["number"] == (2, 1, 0.5, 0, -1, -2)
    assert columns["hinge"] == (0, 0, 0.5, 1, 2, 3)
    assert columns["hinge_gradient"] == (0, 0, -1, -1, -1, -1)
    assert columns["squared_hinge"] == (0, 0, 0.25, 1, 4, 9)


def test_cce_of_three_classes():
    columns, said = shown("cce")
    assert columns["cce"][1:4] == pytest.approx([0.105360516, 0.693147181, 2.302585093])
    assert columns["cce_gradient"][2] == -2
    # at p = ½ the others have ⅓ and ⅙: ¼ + 1/9 + 1/36
    assert columns["multiclass_brier"][2] == pytest.approx(14 / 36, rel=EXACT)
    assert columns["zero_one"] == (0, 0, 0, 1, 1)
    assert said == [
        "the other two classes get 2/3 and 1/3 of the rest; the gradient is that in the probability of the true class"
    ]


def test_cross_entropy_and_divergence_are_shown_not_to_be_symmetric():
    examples = {name: explain(name).sections[0].sentences for name in ("cce", "bce", "soft_ce", "kl")}
    said = {name: next(each.text for each in all_ if each.label == "example") for name, all_ in examples.items()}
    assert "1.20397" in said["cce"]
    assert "0.693147" in said["cce"]
    assert "KL(y ‖ p) = 0.510826 but KL(p ‖ y) = 0.368064" in said["kl"]
    assert "H(0.5, 0.9) = 1.20397 but H(0.9, 0.5) = 0.693147" in said["bce"]


def test_divergence_of_two_shares():
    columns, _ = shown("kl")
    assert columns["number"] == (0.5, 0.6, 0.9, 0.99, 0.999)
    assert columns["kl"][2] == pytest.approx(0.5108256237659907, rel=EXACT)
    assert columns["js"][2] == pytest.approx(0.10174922507919676, rel=1e-9)


def test_no_loss_is_shown_beside_its_own_rows():
    assert list(shown("rmse")[0]) == [
        "number",
        "rmse",
        "rmse_gradient",
        "mae",
        "mae_gradient",
        "huber",
        "huber_gradient",
    ]


def facts_of(spelled):
    """Return what is said of a loss, by its label."""
    return {each.label: each.text for each in explain(spelled).sections[0].sentences}


def test_a_loss_whose_bound_costs_decide_has_one():
    assert facts_of("real_world_cost")["one row"] == "pulls with a bounded gradient; its loss has an upper bound"
    assert facts_of("real_world_cost:w_fn=2:w_fp=5")["one row"].endswith("its loss is at most 5")


def test_targets_that_are_classes_are_called_so():
    assert facts_of("cce")["domain"] == "target: a class; prediction: [0, 1]"
    encodings = {
        each["pred_form"]: each
        for each in explain("zero_one").payload["losses"][0]["encodings"]
        if each["task"] == "multiclass" and each["y_true"] == "a class"
    }
    assert encodings["label"]["y_pred"] == "a class"
    assert encodings["probability"]["y_pred"] == "[0, 1]"
