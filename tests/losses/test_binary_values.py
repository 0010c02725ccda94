"""Losses of two classes worked by hand, and exact values where the textbook formula loses its digits or overflows."""

from __future__ import annotations

import math

import numpy as np
import pytest

from losscli.arrays import Form, Task
from losscli.losses import LOSSES, get, parse

ROUNDING = 1e-14  # relative; the literals carry 16 digits
ULP = 2.3e-16  # relative size of the last bit
INF = math.inf
P, Z, M, D = Form.PROBABILITY, Form.LOGIT, Form.MARGIN, Form.LABEL
LOG_2, LOG_4, LOG_10 = 0.6931471805599453, 1.3862943611198906, 2.302585092994046


def per_row(spelled, form, y_true, y_pred):
    with np.errstate(all="ignore"):
        return parse(spelled).kernel(Task.BINARY, form).per_row(np.array(y_true), np.array(y_pred)).tolist()


def gradient(spelled, form, y_true, y_pred):
    with np.errstate(all="ignore"):
        return parse(spelled).kernel(Task.BINARY, form).gradient(np.array(y_true), np.array(y_pred)).tolist()


#  loss                 form  y_true        y_pred           the loss of each row            the gradient of each row
TABLE = [
    # −log ½ and −log(1 − ¾); slopes −1/½ and 1/(1 − ¾)
    ("bce", P, (1.0, 0.0), (0.5, 0.75), (LOG_2, LOG_4), (-2.0, 4.0)),
    # −¼·log ½ − ¾·log ½; (½ − ¼)/(½·½)
    ("bce", P, (0.25,), (0.5,), (LOG_2,), (1.0,)),
    # the target 1 becomes ¾: −¾·log ¼ − ¼·log ¾ = 1.5·log 2 + 0.25·log(4/3); (¼ − ¾)/(¼·¾)
    ("bce:label_smoothing=0.5", P, (1.0,), (0.25,), (1.1116412889528633,), (-8 / 3,)),
    ("bce:clip=0.25", P, (1.0, 0.0), (0.0, 0.9), (LOG_4, LOG_4), (0.0, 0.0)),
    # log(1 + e^−log 3) = log(4/3) and log(1 + 3) = log 4; slopes −σ(−log 3) = −¼ and σ(log 3) = ¾
    ("bce_logits", Z, (1.0, 0.0), (1.0986122886681098,) * 2, (0.28768207245178096, LOG_4), (-0.25, 0.75)),
    ("bce_logits:pos_weight=3", Z, (1.0, 0.0), (0.0, 0.0), (3 * LOG_2, LOG_2), (-1.5, 0.5)),
    ("bce_logits:label_smoothing=0.5", Z, (1.0,), (-1000.0,), (750.0,), (-0.75,)),
    ("weighted_bce:w_pos=3:w_neg=2", P, (1.0, 0.0, 0.5), (0.5,) * 3, (3 * LOG_2, LOG_4, 2.5 * LOG_2), (-6, 4, -1)),
    ("weighted_bce:w_pos=3:w_neg=2", Z, (1.0, 0.0, 0.5), (0.0,) * 3, (3 * LOG_2, LOG_4, 2.5 * LOG_2), (-1.5, 1, -0.25)),
    # a false negative 2000 dear at 10 %: 2000·log 10; slope −2000/0.1
    ("rww_bce:w_fn=2000:w_fp=1", P, (1.0, 0.0), (0.1, 0.5), (2000 * LOG_10, LOG_2), (-20000.0, 2.0)),
    ("rww_bce:w_fn=2000:w_fp=1", Z, (1.0, 0.0), (0.0, 0.0), (2000 * LOG_2, LOG_2), (-1000.0, 0.5)),
    # ½²·log 2 and ¾²·log 4; slopes −(2·½·log 2 + ¼·2) and 2·¾·log 4 + ¾²·4
    ("focal", P, (1.0, 0.0), (0.5, 0.75), (LOG_2 / 4, 0.5625 * LOG_4), (-LOG_2 - 0.5, 1.5 * LOG_4 + 2.25)),
    # in z times ¼: ¼·(2·½·log 2 + ½)
    ("focal", Z, (1.0, 0.0), (0.0, 0.0), (LOG_2 / 4, LOG_2 / 4), (-LOG_2 / 4 - 0.125, LOG_2 / 4 + 0.125)),
    ("focal:gamma=0:alpha=0.25", P, (1.0, 0.0), (0.5, 0.5), (LOG_2 / 4, 0.75 * LOG_2), (-0.5, 1.5)),
    ("brier", P, (1.0, 0.0, 0.5), (0.5, 0.25, 0.5), (0.25, 0.0625, 0.0), (-1.0, 0.5, 0.0)),
    # σ(log 3) = ¾: squares of −¼ and ¾; 2·(−¼)·¾·¼
    ("brier", Z, (1.0, 0.0), (1.0986122886681098,) * 2, (0.0625, 0.5625), (-0.09375, 0.28125)),
    ("brier", Z, (0.5, 0.0), (1.0986122886681098,) * 2, (0.0625, 0.5625), (0.09375, 0.28125)),
    # margins 0.5, 3 and −2
    ("hinge", M, (1.0, 1.0, 0.0), (0.5, 3.0, 2.0), (0.5, 0.0, 3.0), (-1.0, 0.0, 1.0)),
    ("hinge:margin=4", M, (1.0, 1.0, 0.0), (0.5, 3.0, 2.0), (3.5, 1.0, 6.0), (-1.0, -1.0, 1.0)),
    ("squared_hinge", M, (1.0, 1.0, 0.0), (0.5, 3.0, 2.0), (0.25, 0.0, 9.0), (-1.0, 0.0, 6.0)),
    ("squared_hinge:margin=2", M, (1.0,), (0.5,), (2.25,), (-3.0,)),
    ("logistic_margin", M, (1.0, 0.0), (1.0986122886681098,) * 2, (0.28768207245178096, LOG_4), (-0.25, 0.75)),
    ("zero_one", P, (1.0, 1.0, 0.0, 0.0), (0.6, 0.5, 0.5, 0.6), (0, 1, 0, 1), (0, 0, 0, 0)),
    ("zero_one:threshold=0.7", P, (1.0, 0.0), (0.6, 0.6), (1, 0), (0, 0)),
    ("zero_one", Z, (1.0, 1.0, 0.0), (0.1, 0.0, 0.1), (0, 1, 1), (0, 0, 0)),
    # log(0.7/0.3) = 0.847
    ("zero_one:threshold=0.7", Z, (1.0, 1.0), (0.84, 0.85), (1, 0), (0, 0)),
    ("zero_one:threshold=0", Z, (0.0, 0.0), (-INF, -1e300), (0, 1), (0, 0)),
    ("zero_one:threshold=1", Z, (1.0,), (INF,), (1,), (0,)),
    ("zero_one:threshold=0.7", M, (1.0, 0.0), (0.1, -0.1), (0, 0), (0, 0)),
    ("zero_one", D, (1.0, 0.0, 1.0), (1.0, 1.0, 0.0), (0, 1, 1), (0, 0, 0)),
    ("real_world_cost:w_fn=2000:w_fp=1", P, (1.0, 1.0, 0.0, 0.0), (0.6, 0.5, 0.5, 0.6), (0, 2000, 0, 1), (0,) * 4),
    ("real_world_cost:w_fn=2000:w_fp=1", D, (1.0, 0.0, 1.0), (1.0, 1.0, 0.0), (0, 1, 2000), (0,) * 3),
]


@pytest.mark.parametrize(("spelled", "form", "y_true", "y_pred", "rows", "slopes"), TABLE)
def test_hand_worked(*, spelled, form, y_true, y_pred, rows, slopes):
    assert per_row(spelled, form, y_true, y_pred) == pytest.approx(list(rows), rel=ROUNDING, abs=0.0)
    assert gradient(spelled, form, y_true, y_pred) == pytest.approx(list(slopes), rel=ROUNDING, abs=0.0)


def test_every_binary_loss_is_worked_by_hand():
    assert {parse(row[0]).loss.name for row in TABLE} == {
        loss.name for loss in LOSSES if loss.encodings[0].task is Task.BINARY
    }


#  loss                    form  y_true  y_pred   value                    relative error allowed
EXACT = [
    ("bce_logits", Z, 0.0, 1000.0, 1000.0, 0.0),  # through p: inf
    ("bce_logits", Z, 1.0, -1000.0, 1000.0, 0.0),
    ("bce_logits", Z, 1.0, 1000.0, 0.0, 0.0),
    ("bce_logits", Z, 0.0, -1000.0, 0.0, 0.0),
    ("bce_logits", Z, 1.0, 40.0, 4.248354255291589e-18, 2 * ULP),  # softplus(z) − y·z: 0
    ("bce_logits", Z, 1.0, 700.0, 9.85967654375977e-305, 2 * ULP),
    ("bce_logits", Z, 0.3, 1000.0, 700.0, ULP),
    ("bce_logits", Z, 0.3, -1000.0, 300.0, ULP),
    ("bce_logits", Z, 0.3, INF, INF, 0.0),
    ("bce", P, 0.0, 0.0, 0.0, 0.0),
    ("bce", P, 1.0, 1.0, 0.0, 0.0),
    ("bce", P, 1.0, 0.0, INF, 0.0),
    ("bce", P, 0.0, 1.0, INF, 0.0),
    ("bce", P, 0.3, 1.0, INF, 0.0),
    ("bce", P, 0.0, 1e-20, 1e-20, ULP),  # log(1 − p): 0
    ("bce", P, 0.0, 1e-300, 1e-300, ULP),
    ("bce", P, 1.0, 1e-300, 690.7755278982137, ULP),
    ("bce", P, 0.0, 1e-16, 1.00000000000000005e-16, 2 * ULP),
    ("bce", P, 0.0, 1.1e-16, 1.1000000000000000605e-16, 2 * ULP),
    ("bce", P, 0.5, 1e-20, 23.025850929940457, 2 * ULP),
    ("weighted_bce:w_pos=2", Z, 1.0, -1000.0, 2000.0, 0.0),
    ("weighted_bce:w_pos=2", P, 0.0, 1e-20, 1e-20, ULP),
    ("weighted_bce:w_pos=0", P, 1.0, 0.0, 0.0, 0.0),
    ("weighted_bce:w_neg=0", Z, 0.0, INF, 0.0, 0.0),
    ("rww_bce:w_fn=3:w_fp=0", Z, 0.0, INF, 0.0, 0.0),
    ("focal", Z, 1.0, -800.0, 800.0, ULP),
    ("focal", Z, 1.0, 40.0, 7.667648073722e-53, 1e-12),  # 1 − σ(z): 0
    ("focal:gamma=0", Z, 1.0, 40.0, 4.248354255291589e-18, 2 * ULP),
    ("focal:alpha=0", P, 1.0, 0.0, 0.0, 0.0),
    ("focal", P, 1.0, 1.0, 0.0, 0.0),
    ("focal:gamma=0", P, 1.0, 1.0, 0.0, 0.0),
    ("brier", Z, 1.0, 30.0, 8.756510762694884e-27, 1e-14),  # e^−60/(1 + e^−30)²; σ(z) − y keeps 4 digits of it
    ("brier", Z, 1.0, -1000.0, 1.0, 0.0),
    ("logistic_margin", M, 0.0, 1000.0, 1000.0, 0.0),
    ("logistic_margin", M, 1.0, 40.0, 4.248354255291589e-18, 2 * ULP),
]


@pytest.mark.parametrize(("spelled", "form", "y_true", "y_pred", "exact", "allowed"), EXACT)
def test_extreme_value(*, spelled, form, y_true, y_pred, exact, allowed):
    assert per_row(spelled, form, [y_true], [y_pred]) == pytest.approx([exact], rel=allowed, abs=0.0)


def sigmoid(z: float) -> float:
    return math.exp(min(z, 0.0)) / (1.0 + math.exp(-abs(z)))


both_forms = pytest.mark.parametrize(
    ("of_probability", "of_logit"),
    [
        ("bce", "bce_logits"),
        ("weighted_bce:w_pos=3:w_neg=0.5", "weighted_bce:w_pos=3:w_neg=0.5"),
        ("rww_bce:w_fn=3:w_fp=0.5", "rww_bce:w_fn=3:w_fp=0.5"),
        ("focal", "focal"),
        ("focal:gamma=0.5:alpha=0.25", "focal:gamma=0.5:alpha=0.25"),
        ("brier", "brier"),
    ],
)
# a probability holds a small p but not a small 1 − p: σ(30) keeps three digits of 1 − σ(30) = 9.4e-14
NEAR_ONE = {"rel": 1e-4, "abs": 1e-12}


@both_forms
@pytest.mark.parametrize("y_true", [0.0, 1.0])
@pytest.mark.parametrize("z", [-700.0, -30.0, -1.0, 0.0, 1.0, 30.0])
def test_probabilities_and_logits_agree_as_far_as_a_probability_can(of_probability, of_logit, y_true, z):
    expected = per_row(of_logit, Z, [y_true], [z])
    allowed = NEAR_ONE if z == 30.0 else {"rel": 1e-13, "abs": 0.0}
    assert per_row(of_probability, P, [y_true], [sigmoid(z)]) == pytest.approx(expected, **allowed)


@both_forms
def test_at_1000_a_probability_is_0_or_1_and_only_the_logit_tells_how_wrong(of_probability, of_logit):
    assert (sigmoid(-1000.0), sigmoid(1000.0)) == (0.0, 1.0)
    assert per_row(of_probability, P, [0.0, 1.0], [0.0, 1.0]) == [0.0, 0.0]
    assert per_row(of_logit, Z, [0.0, 1.0], [-1000.0, 1000.0]) == [0.0, 0.0]
    wrong = per_row(of_probability, P, [1.0, 0.0], [0.0, 1.0])
    told = per_row(of_logit, Z, [1.0, 0.0], [-1000.0, 1000.0])
    if of_logit == "brier":
        assert wrong == told == [1.0, 1.0]
    else:
        assert wrong == [INF, INF]
        w_pos, w_neg = {"bce_logits": (1, 1), "focal": (1, 1), "focal:gamma=0.5:alpha=0.25": (0.25, 0.75)}.get(
            of_logit, (3, 0.5)
        )
        assert told == pytest.approx([1000.0 * w_pos, 1000.0 * w_neg], rel=ROUNDING)


@pytest.mark.parametrize("share", [1e-6, 0.01, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("gamma", [0.0, 0.3, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("alpha", ["none", 0.25])
def test_the_best_constant_of_focal_has_no_slope(share, gamma, alpha):
    bound = get("focal").bind({"gamma": gamma, "alpha": alpha})
    params = dict(bound.params)
    c = bound.loss.optimum.inverse(share, **params)
    kernel = bound.kernel(Task.BINARY, P)

    def slope(p):
        at_one, at_zero = kernel.gradient(np.array([1.0, 0.0]), np.array([p, p]))
        return share * at_one + (1.0 - share) * at_zero

    assert slope(c * (1.0 - 1e-12)) < 0.0 < slope(c * (1.0 + 1e-12))
    z = bound.kernel(Task.BINARY, Z).encoding.optimum.inverse(share, **params)
    assert sigmoid(z) == pytest.approx(c, rel=1e-13)
    if gamma == 0.0 and alpha == "none":
        assert c == pytest.approx(share, rel=1e-12)


def constant(spelled, form, share):
    bound = parse(spelled)
    optimum = bound.kernel(Task.BINARY, form).encoding.optimum or bound.loss.optimum
    return share if optimum.inverse is None else optimum.inverse(share, **dict(bound.params))


#  loss                               form  share of positives   best constant
CONSTANTS = [
    ("bce", P, 0.3, 0.3),
    ("bce:clip=0.1", P, 0.3, 0.3),
    ("bce:label_smoothing=0.2", P, 0.3, 0.34),  # 0.3·0.8 + 0.1
    ("bce_logits", Z, 0.75, 1.0986122886681098),  # log 3
    ("bce_logits", Z, 0.0, -INF),
    ("bce_logits", Z, 1.0, INF),
    ("bce_logits:pos_weight=3", Z, 0.5, 1.0986122886681098),
    ("bce_logits:label_smoothing=0.5", Z, 1.0, 1.0986122886681098),
    ("weighted_bce:w_pos=3", P, 0.5, 0.75),
    ("weighted_bce:w_pos=3", Z, 0.5, 1.0986122886681098),
    ("weighted_bce:w_pos=0:w_neg=0", P, 0.3, 0.3),
    ("rww_bce:w_fn=3:w_fp=1", P, 0.5, 0.75),
    ("rww_bce:w_fn=3:w_fp=1", Z, 0.0, -INF),
    ("focal", P, 0.5, 0.5),
    ("focal", P, 0.0, 0.0),
    ("focal", P, 1.0, 1.0),
    ("focal", Z, 1.0, INF),
    ("brier", P, 0.3, 0.3),
    ("brier", Z, 0.75, 1.0986122886681098),
    ("hinge", M, 0.6, 1.0),
    ("hinge:margin=2", M, 0.4, -2.0),
    ("hinge", M, 0.5, 0.0),
    ("squared_hinge", M, 0.75, 0.5),
    ("squared_hinge:margin=2", M, 0.75, 1.0),
    ("logistic_margin", M, 0.75, 1.0986122886681098),
    ("zero_one", P, 0.5, 0.0),
    ("zero_one", P, 0.6, 1.0),
    ("zero_one", D, 0.6, 1.0),
    ("zero_one", M, 0.4, -1.0),
    ("zero_one", Z, 0.6, INF),
    ("real_world_cost:w_fn=20:w_fp=1", P, 0.06, 1.0),  # 20·0.06 > 0.94
    ("real_world_cost:w_fn=20:w_fp=1", P, 0.04, 0.0),
]


@pytest.mark.parametrize(("spelled", "form", "share", "best"), CONSTANTS)
def test_best_constant(spelled, form, share, best):
    assert constant(spelled, form, share) == pytest.approx(best, rel=ROUNDING, abs=0.0)


def test_the_example_of_bce_is_right():
    def h(y, p):
        return per_row("bce", P, [y], [p])[0]

    example = get("bce").doc.example
    assert f"H(0.5, 0.9) = {h(0.5, 0.9):.6g} " in example
    assert f"H(0.9, 0.5) = {h(0.9, 0.5):.6g}:" in example
    assert f"H(0.5, 0.5) = {h(0.5, 0.5):.6g} " in example
    assert f"KL(0.5 ‖ 0.9) = {h(0.5, 0.9) - h(0.5, 0.5):.6g}." in example
