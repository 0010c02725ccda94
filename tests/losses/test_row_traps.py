"""Conventions in which libraries differ on classes, labels, distributions and counts: one test for each."""

from __future__ import annotations

import numpy as np
import pytest
from strategies import COSTS

from losscli.arrays import Form, Reduction, Task, Truth
from losscli.errors import UsageError
from losscli.losses import get, parse
from losscli.losses.links import to_probability
from losscli.losses.param import CostMatrix

P, Z, L = Form.PROBABILITY, Form.LOGIT, Form.LOG_PROBABILITY
C, M, D = Task.MULTICLASS, Task.MULTILABEL, Task.DISTRIBUTION
LITTLE = 1e-15  # relative rounding


@pytest.fixture(autouse=True)
def _quiet():
    with np.errstate(all="ignore"):
        yield


def kernel(spelled, task, form, truth):
    found = parse(spelled).kernel(task, form, truth)
    assert found is not None
    return found


def value(spelled, task, form, y_true, y_pred):
    truth = Truth.CODE if np.ndim(y_true) == 0 else Truth.ROWS
    return kernel(spelled, task, form, truth).per_row(np.array([y_true]), np.array([y_pred])).item()


def test_20_kl_is_of_the_target_to_the_prediction():
    y, p = (0.5, 0.5), (0.9, 0.1)
    assert value("kl", D, P, y, p) == pytest.approx(0.5108256237659907, rel=LITTLE)
    assert value("kl", D, P, p, y) == pytest.approx(0.3680642071684971, rel=LITTLE)
    assert value("reverse_kl", D, P, y, p) == value("kl", D, P, p, y)
    assert "KL(target ‖ prediction)" in get("kl").title


def test_20_cross_entropy_is_divergence_and_entropy_and_not_symmetric():
    y, p = (0.5, 0.5), (0.9, 0.1)
    assert value("soft_ce", D, P, y, p) == pytest.approx(1.2039728043259361, rel=LITTLE)
    assert value("soft_ce", D, P, p, y) == pytest.approx(0.6931471805599453, rel=LITTLE)
    assert value("soft_ce", D, P, p, p) == pytest.approx(0.3250829733914482, rel=LITTLE)
    for shown in ("1.20397", "0.693147", "0.325083", "0.510826", "0.368064"):
        assert shown in get("soft_ce").doc.example
    for shown in ("1.20397", "0.693147", "0.510826"):
        assert shown in get("cce").doc.example
        assert shown in get("kl").doc.example


def test_21_kl_is_summed_over_classes():
    # PyTorch's reduction 'mean' divides by the three classes too
    assert value("kl", D, P, (1.0, 0.0, 0.0), (0.5, 0.25, 0.25)) == pytest.approx(0.6931471805599453, rel=LITTLE)
    assert get("kl").reduction is Reduction.MEAN


def test_22_kl_is_infinite_where_a_share_is_missed_and_js_is_no_root():
    assert value("kl", D, P, (0.5, 0.5), (1.0, 0.0)) == np.inf  # Keras: 7.3659
    assert value("js", D, P, (1.0, 0.0), (0.0, 1.0)) == 0.6931471805599453  # base 2: 1; the root: 0.8326
    for loss in ("kl", "reverse_kl", "js", "soft_ce"):
        encoding = kernel(loss, D, P, Truth.ROWS).encoding
        assert not encoding.y_pred.contains(np.array([-1e-9])).any()
        assert not encoding.y_true.contains(np.array([-1e-9])).any()


def test_23_rows_are_not_divided_by_their_sum():
    # −log 0.3; Keras renormalises to 0.5108. That the sum is off is for the engine to say
    assert value("cce", C, P, 1, (0.2, 0.3)) == pytest.approx(1.2039728043259361, rel=LITTLE)


def test_24_classes_keep_the_order_of_their_columns():
    assert value("cce", C, P, 0, (1.0, 0.0)) == 0.0  # scikit-learn with labels out of order: 36.04
    assert value("cce", C, P, 1, (1.0, 0.0)) == np.inf


def test_25_classes_that_never_occur_are_fine():
    y_true, y_pred = np.array([1, 1]), np.array([[0.25, 0.5, 0.25]] * 2)
    assert kernel("cce", C, P, Truth.CODE).per_row(y_true, y_pred).tolist() == [0.6931471805599453] * 2
    # the best constant rules them out, as a probability and as a logit of −∞, and costs nothing
    for name, form in (("cce", P), ("softmax_ce", Z), ("nll", L)):
        best = get(name).optimum.inverse(np.array([0.0, 1.0, 0.0]), **dict(parse(name).params))
        assert kernel(name, C, form, Truth.CODE).per_row(np.array([1]), best[np.newaxis]).tolist() == [0.0]


def test_26_each_loss_takes_its_own_kind_of_prediction():
    for name, form in (("cce", P), ("sparse_cce", P), ("softmax_ce", Z), ("nll", L)):
        assert {encoding.form for encoding in get(name).encodings} == {form}
    looks = kernel("cce", C, P, Truth.CODE).encoding
    assert looks.y_pred.contains(np.array([-0.1, 0.0, 1.0, 1.1])).tolist() == [False, True, True, False]
    assert looks.hint == "these look like logits: use softmax_ce, or --pred-form logit"
    logs = kernel("nll", C, L, Truth.CODE).encoding
    assert logs.y_pred.contains(np.array([-np.inf, -3.0, 0.0, 0.1])).tolist() == [True, True, True, False]
    assert "--pred-form probability" in str(logs.hint)
    logits = kernel("softmax_ce", C, Z, Truth.CODE).encoding
    assert logits.y_pred.contains(np.array([-np.inf, -3.0, 3.0, np.inf])).tolist() == [True, True, True, False]
    assert logits.joint.holds(np.array([0, 0]), np.array([[-np.inf, 0.0], [-np.inf, -np.inf]])).tolist() == [
        True,
        False,
    ]


def test_27_label_smoothing_leaves_the_target_one_share_of_what_it_gives_away():
    # 1 − ε + ε/k on the true class, ε/k on the others: ε = 0.2 and k = 4 give 0.85 and 0.05
    expected = -(0.85 * np.log(0.4) + 3 * 0.05 * np.log(0.2))
    for y_true in (0, (1.0, 0.0, 0.0, 0.0)):
        given = value("cce:label_smoothing=0.2", C, P, y_true, (0.4, 0.2, 0.2, 0.2))
        assert given == pytest.approx(expected, rel=LITTLE)
    assert parse("cce").label == parse("cce:label_smoothing=0").label == "cce"
    best = get("cce").optimum.inverse(np.array([1.0, 0.0, 0.0, 0.0]), label_smoothing=0.2)
    assert best.tolist() == pytest.approx([0.85, 0.05, 0.05, 0.05], rel=LITTLE)


def test_29_the_brier_score_of_classes_runs_to_two():
    assert value("multiclass_brier", C, P, 1, (1.0, 0.0)) == 2.0
    assert value("multiclass_brier:half=true", C, P, 1, (1.0, 0.0)) == 1.0  # yardstick
    assert get("multiclass_brier").range.high == 2.0
    of_one = parse("brier").kernel(Task.BINARY, P).per_row(np.array([1.0]), np.array([0.3])).item()
    assert value("multiclass_brier:half=true", C, P, 1, (0.7, 0.3)) == pytest.approx(of_one, rel=LITTLE)


def test_31_labels_are_averaged():
    one = parse("bce").kernel(Task.BINARY, P).per_row(np.array([1.0, 0.0]), np.array([0.7, 0.4]))
    assert value("multilabel_bce", M, P, (1.0, 0.0), (0.7, 0.4)) == pytest.approx(one.mean(), rel=LITTLE)
    assert value("hamming", M, P, (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0)) == 0.25


def of_counts(spelled, y_true, y_pred):
    return parse(spelled).kernel(Task.REGRESSION, Form.VALUE).per_row(np.array([y_true]), np.array([y_pred])).item()


def test_33_a_rate_of_zero_is_right_for_a_count_of_zero():
    assert of_counts("poisson_deviance", 0.0, 0.0) == 0.0  # scikit-learn raises
    assert of_counts("poisson_deviance", 2.0, 0.0) == np.inf
    domain = parse("poisson_deviance").kernel(Task.REGRESSION, Form.VALUE).encoding
    assert domain.y_pred.contains(np.array([-1e-9, 0.0])).tolist() == [False, True]


def test_35_tweedie_is_a_deviance_and_its_power_shows():
    assert get("tweedie_deviance").params[0].default == 1.5  # scikit-learn: 0, which is mse
    assert parse("tweedie_deviance").signature == "tweedie_deviance:power=1.5"
    assert parse("tweedie_deviance:variance_power=1.2").label == "tweedie_deviance:power=1.2"
    assert of_counts("tweedie_deviance", 3.0, 3.0) == 0.0  # XGBoost's and LightGBM's tweedie: −6.93
    for power, name in ((1, "poisson_deviance"), (2, "gamma_deviance")):
        assert of_counts(f"tweedie_deviance:power={power}", 3.0, 5.0) == of_counts(name, 3.0, 5.0)
    with pytest.raises(UsageError):
        parse("tweedie_deviance:power=0.5")


@pytest.mark.parametrize(("power", "allowed"), [(1.0, True), (1.5, True), (2.0, False), (3.0, False)])
def test_35_the_domain_of_tweedie_depends_on_its_power(power, allowed):
    joint = parse("tweedie_deviance").kernel(Task.REGRESSION, Form.VALUE).encoding.joint
    zero, one = np.array([0.0, 1.0, 1.0]), np.array([1.0, 0.0, 1.0])
    assert joint.holds(zero, one, power=power).tolist() == [allowed, allowed, True]


@pytest.mark.parametrize("form", [P, Z, L, Form.SCORE])
def test_38_the_first_of_tied_classes_decides_and_ties_are_counted(form):
    y_pred = np.array([[-1.0, -1.0, -3.0], [-2.0, -1.0, -1.0], [-1.0, -2.0, -3.0]])
    y_pred = np.exp(y_pred) if form is P else y_pred
    found = kernel("zero_one", C, form, Truth.CODE)
    assert found.per_row(np.array([0, 1, 0]), y_pred).tolist() == [0.0, 0.0, 0.0]
    assert found.per_row(np.array([1, 2, 1]), y_pred).tolist() == [1.0, 1.0, 1.0]
    assert found.tied(np.array([0, 1, 0]), y_pred).tolist() == [1.0, 1.0, 0.0]


def test_38_a_label_at_the_threshold_is_absent_and_counted():
    y_true = np.array([[0.0, 1.0]])
    for form, at in ((P, 0.5), (Z, 0.0)):
        found = kernel("hamming", M, form, Truth.ROWS)
        assert found.per_row(y_true, np.array([[at, 0.75]])).tolist() == [0.0]
        assert found.per_row(1.0 - y_true, np.array([[at, 0.75]])).tolist() == [1.0]
        assert found.tied(y_true, np.array([[at, 0.75]])).tolist() == [1.0]
        assert found.tied(y_true, np.array([[0.25, 0.75]])).tolist() == [0.0]


def with_costs(missed, mistaken):
    costs = CostMatrix(path="costs.csv", missed=missed, mistaken=mistaken)
    return get("rww_cce").bind({"costs": costs}).kernel(C, P, Truth.CODE)


def test_43_costs_of_one_and_nothing_are_cross_entropy():
    y_true, y_pred = np.array([0, 1, 2]), np.array([[0.5, 0.25, 0.25], [0.0, 1.0, 0.0], [0.5, 0.5, 0.0]])
    plain = with_costs((1.0,) * 3, ((0.0,) * 3,) * 3)
    np.testing.assert_array_equal(
        plain.per_row(y_true, y_pred), kernel("cce", C, P, Truth.CODE).per_row(y_true, y_pred)
    )  # no division by k, no clip


def test_43_two_classes_are_the_binary_loss():
    # missing the positive class costs 5, taking a negative for one 0.5; the other two costs are of class 0
    classes = with_costs((0.0, 5.0), ((0.0, 0.5), (0.0, 0.0)))
    binary = parse("rww_bce:w_fn=5:w_fp=0.5").kernel(Task.BINARY, P)
    y_true, p = np.array([1, 0, 1, 0]), np.array([0.3, 0.2, 1.0, 0.0])
    expected = binary.per_row(y_true.astype(np.float64), p)
    np.testing.assert_allclose(classes.per_row(y_true, np.stack([1.0 - p, p], axis=1)), expected, rtol=1e-14)


def test_43_rows_of_the_matrix_are_true_classes():
    costly = with_costs((0.0,) * 2, ((0.0, 8.0), (1.0, 0.0)))
    y_pred = np.array([[0.5, 0.5]])
    assert costly.per_row(np.array([0]), y_pred).item() == pytest.approx(8 * 0.6931471805599453, rel=LITTLE)
    assert costly.per_row(np.array([1]), y_pred).item() == pytest.approx(0.6931471805599453, rel=LITTLE)


def test_43_the_best_row_of_costs_that_are_nothing():
    nothing = CostMatrix(path="costs.csv", missed=(0.0,) * 3, mistaken=((0.0,) * 3,) * 3)
    best = get("rww_cce").optimum.inverse(np.array([0.5, 0.5, 0.0]), costs=nothing)
    assert best.sum() == pytest.approx(1.0, rel=LITTLE)
    # a class that neither occurs nor costs anything takes all where every other costs something
    free = CostMatrix(path="costs.csv", missed=(0.0,) * 3, mistaken=((0.0, 1.0, 0.0), (1.0, 0.0, 0.0), (1.0, 1.0, 0.0)))
    best = get("rww_cce").optimum.inverse(np.array([0.5, 0.5, 0.0]), costs=free)
    assert best.tolist() == pytest.approx([0.0, 0.0, 1.0], abs=1e-12)


def test_43_costs_are_written_as_their_file():
    assert get("rww_cce").bind({"costs": COSTS}).label == "rww_cce:costs=costs.csv"


def test_47_infinite_logits_of_labels_cost_nothing_where_they_are_right():
    assert value("multilabel_bce_logits", M, Z, (1.0, 0.0), (np.inf, -np.inf)) == 0.0
    assert value("multilabel_bce_logits", M, Z, (1.0, 0.0), (-np.inf, -np.inf)) == np.inf


LINKED = [
    (Task.BINARY, Form.LABEL, [0.0, 1.0], [0.0, 1.0]),
    (Task.BINARY, Z, [0.0, -np.inf], [0.5, 0.0]),
    (M, Z, [[0.0, np.inf]], [[0.5, 1.0]]),
    (C, P, [[0.25, 0.75]], [[0.25, 0.75]]),
    (C, Z, [[0.0, 0.0], [1e4, 0.0], [-np.inf, 3.0]], [[0.5, 0.5], [1.0, 0.0], [0.0, 1.0]]),
    (C, L, [[0.0, -np.inf]], [[1.0, 0.0]]),
]


@pytest.mark.parametrize(("task", "form", "said", "probability"), LINKED)
def test_links_to_probabilities(task, form, said, probability):
    y_pred = np.array(said)
    y_pred.flags.writeable = False
    assert to_probability(task, form)(y_pred).tolist() == probability


@pytest.mark.parametrize(
    ("task", "form"),
    [(Task.REGRESSION, Form.VALUE), (Task.BINARY, Form.MARGIN), (C, Form.SCORE), (C, Form.LABEL)],
)
def test_there_is_no_probability_of(task, form):
    assert to_probability(task, form) is None
