"""Losses of rows of k numbers worked by hand, and where the textbook formula loses its digits or overflows."""

from __future__ import annotations

import numpy as np
import pytest
from strategies import COSTS

from losscli.arrays import Form, Task, Truth
from losscli.losses import LOSSES, get, parse

ROUNDING = 1e-14  # relative; the literals carry 16 digits
ULP = 2.3e-16  # relative size of the last bit
INF = np.inf
P, Z, L, S, HARD = Form.PROBABILITY, Form.LOGIT, Form.LOG_PROBABILITY, Form.SCORE, Form.LABEL
CLASSES, LABELS, SHARES = Task.MULTICLASS, Task.MULTILABEL, Task.DISTRIBUTION
LOG_2, LOG_4 = 0.6931471805599453, 1.3862943611198906


@pytest.fixture(autouse=True)
def _quiet():
    with np.errstate(all="ignore"):
        yield


def kernel(spelled, task, form, y_true):
    bound = get(spelled).bind({"costs": COSTS}) if spelled == "rww_cce" else parse(spelled)
    found = bound.kernel(task, form, Truth.CODE if np.ndim(y_true) == 0 else Truth.ROWS)
    assert found is not None
    return found


def value(spelled, task, form, y_true, y_pred):
    return kernel(spelled, task, form, y_true).per_row(np.array([y_true]), np.array([y_pred])).item()


TABLE = [
    # −log ¼; of soft targets ½·log 2 + ½·log 4; 1·(1 − ¼) + 3·¼/3 smoothed: 13/16 on ¼, 1/16 on ½, 2 · 1/16 on ⅛
    ("cce", CLASSES, P, 1, (0.5, 0.25, 0.25), LOG_4),
    ("cce", CLASSES, P, (0.5, 0.5, 0.0), (0.5, 0.25, 0.25), 1.5 * LOG_2),
    ("cce:label_smoothing=0.25", CLASSES, P, 1, (0.5, 0.25, 0.125, 0.125), (13 * 2 + 1 + 2 * 3) / 16 * LOG_2),
    ("sparse_cce", CLASSES, P, 1, (0.5, 0.25, 0.25), LOG_4),
    ("sparse_cce", CLASSES, P, (0.0, 1.0, 0.0), (0.5, 0.25, 0.25), LOG_4),
    # softmax of (log 2, 0, 0) is (½, ¼, ¼)
    ("softmax_ce", CLASSES, Z, 1, (LOG_2, 0.0, 0.0), LOG_4),
    (
        "softmax_ce",
        CLASSES,
        Z,
        (0.5, 0.5, 0.0),
        (LOG_2, 0.0, -INF),
        0.75203869838813673,
    ),  # log 3 − ½·log 2, of softmax (⅔, ⅓, 0)
    # ¾·(−log ⅔) + ¼·(−log ⅓)
    ("softmax_ce:label_smoothing=0.5", CLASSES, Z, 0, (LOG_2, 0.0), 0.5787519032481507),
    ("nll", CLASSES, L, 1, (-LOG_2, -LOG_4, -LOG_4), LOG_4),
    ("nll", CLASSES, L, (0.5, 0.5, 0.0), (-LOG_2, -LOG_2, -INF), LOG_2),
    # ½² + ¾² + ¼²
    ("multiclass_brier", CLASSES, P, 1, (0.5, 0.25, 0.25), 0.875),
    ("multiclass_brier:half=true", CLASSES, P, 1, (0.5, 0.25, 0.25), 0.4375),
    ("multiclass_brier", CLASSES, P, (0.5, 0.5, 0.0), (0.5, 0.25, 0.25), 0.125),
    ("multiclass_brier", CLASSES, Z, 1, (LOG_2, 0.0, 0.0), 0.875),
    ("multiclass_brier", CLASSES, Z, (0.5, 0.5, 0.0), (LOG_2, 0.0, 0.0), 0.125),
    ("multiclass_brier", CLASSES, L, 1, (-LOG_2, -LOG_4, -LOG_4), 0.875),
    ("zero_one", CLASSES, P, 1, (0.5, 0.25, 0.25), 1.0),
    ("zero_one", CLASSES, Z, 0, (0.5, 0.25, 0.25), 0.0),
    ("zero_one", CLASSES, L, 0, (-LOG_2, -LOG_4, -LOG_4), 0.0),
    ("zero_one", CLASSES, S, 2, (0.5, 0.25, 7.0), 0.0),
    ("zero_one", CLASSES, P, (0.3, 0.7, 0.0), (0.5, 0.25, 0.25), 0.7),
    ("zero_one", CLASSES, HARD, 2, 2.0, 0.0),
    ("zero_one", CLASSES, HARD, 2, 1.0, 1.0),
    # true 0: 1·log 2 + 2·(−log ¾) + 0; true 2: 3.5·log 4 + ¼·(−log ¾)
    ("rww_cce", CLASSES, P, 0, (0.5, 0.25, 0.25), LOG_2 + 2 * 0.28768207245178093),
    ("rww_cce", CLASSES, P, (0.0, 0.0, 1.0), (0.5, 0.25, 0.25), 3.5 * LOG_4 + 0.25 * 0.28768207245178093),
    # (log 2 + log 4)/2
    ("multilabel_bce", LABELS, P, (1.0, 0.0), (0.5, 0.75), 1.5 * LOG_2),
    ("multilabel_bce_logits", LABELS, Z, (1.0, 0.0), (0.0, -1.0986122886681098), (LOG_2 + 0.28768207245178093) / 2),
    ("hamming", LABELS, P, (1.0, 0.0, 1.0, 1.0), (0.5, 0.5, 0.75, 0.25), 0.5),
    ("hamming", LABELS, Z, (1.0, 0.0, 1.0, 1.0), (0.0, 0.0, 0.75, 0.25), 0.25),
    ("hamming", LABELS, HARD, (1.0, 0.0), (0.0, 0.0), 0.5),
    # ½·log 1 + ½·log 2; the other way ½·log 1 + ¼·log ½ + ∞
    ("kl", SHARES, P, (0.5, 0.5, 0.0), (0.5, 0.25, 0.25), 0.5 * LOG_2),
    ("reverse_kl", SHARES, P, (0.5, 0.25, 0.25), (0.5, 0.5, 0.0), 0.5 * LOG_2),
    ("reverse_kl", SHARES, P, (0.5, 0.5, 0.0), (0.5, 0.25, 0.25), INF),
    # m = (¾, ¼): ½·(1·log 4/3) + ½·(½·log ⅔ + ½·log 2)
    ("js", SHARES, P, (1.0, 0.0), (0.5, 0.5), 0.21576155433883565),
    ("js", SHARES, P, (1.0, 0.0), (0.0, 1.0), LOG_2),
    ("soft_ce", SHARES, P, (0.5, 0.5, 0.0), (0.5, 0.25, 0.25), 1.5 * LOG_2),
]


@pytest.mark.parametrize(("asked", "expected"), [(row[:5], row[5]) for row in TABLE])
def test_hand_worked(asked, expected):
    assert value(*asked) == pytest.approx(expected, rel=ROUNDING, abs=0.0)


def test_every_loss_of_rows_is_worked_by_hand():
    tasks = {CLASSES, LABELS, SHARES}
    worked = {(parse(row[0].replace("rww_cce", "rww_cce:costs=c")).loss.name, row[1], row[2]) for row in TABLE}
    assert worked == {
        (loss.name, encoding.task, encoding.form)
        for loss in LOSSES
        for encoding in loss.encodings
        if encoding.task in tasks
    }


GRADIENTS = [
    ("cce", CLASSES, P, 1, (0.5, 0.25, 0.25), (0.0, -4.0, 0.0)),
    ("cce", CLASSES, P, (0.5, 0.5, 0.0), (0.5, 0.25, 0.0), (-1.0, -2.0, 0.0)),
    ("softmax_ce", CLASSES, Z, 1, (LOG_2, 0.0, 0.0), (0.5, -0.75, 0.25)),
    ("nll", CLASSES, L, 1, (-LOG_2, -LOG_2), (0.0, -1.0)),
    ("multiclass_brier", CLASSES, P, 1, (0.5, 0.25, 0.25), (1.0, -1.5, 0.5)),
    # p·(g − Σp·g) with p = (½, ½), g = (−1, 1)
    ("multiclass_brier", CLASSES, Z, 0, (0.0, 0.0), (-0.5, 0.5)),
    ("multiclass_brier", CLASSES, L, 0, (-LOG_2, -LOG_2), (-0.5, 0.5)),
    # −1/½; 2/(1 − ¼); mistaking 0 for 2 costs nothing
    ("rww_cce", CLASSES, P, 0, (0.5, 0.25, 0.25), (-2.0, 2.6666666666666667, 0.0)),
    ("multilabel_bce", LABELS, P, (1.0, 0.0), (0.5, 0.75), (-1.0, 2.0)),
    ("multilabel_bce_logits", LABELS, Z, (1.0, 0.0), (0.0, 0.0), (-0.25, 0.25)),
    ("kl", SHARES, P, (0.5, 0.5), (0.25, 0.75), (-2.0, -2 / 3)),
    ("reverse_kl", SHARES, P, (0.25, 0.75), (0.5, 0.5), (1.0 + LOG_2, 1.0 - 0.40546510810816438)),
    ("js", SHARES, P, (0.0, 1.0), (0.5, 0.5), (0.5 * LOG_2, -0.20273255405408219)),
]


@pytest.mark.parametrize(("asked", "y_pred", "slopes"), [(row[:4], row[4], row[5]) for row in GRADIENTS])
def test_hand_worked_gradient(asked, y_pred, slopes):
    slope = kernel(*asked).gradient(np.array([asked[3]]), np.array([y_pred]))
    assert slope[0].tolist() == pytest.approx(list(slopes), rel=ROUNDING, abs=0.0)


EXACT = [
    ("softmax_ce", CLASSES, Z, 0, (40.0, 0.0), 4.248354255291589e-18, 2 * ULP),  # PyTorch, optax: 0
    ("softmax_ce", CLASSES, Z, (1.0, 0.0), (40.0, 0.0), 4.248354255291589e-18, 2 * ULP),
    ("softmax_ce", CLASSES, Z, 2, (1e4, 0.0, -1e4), 20000.0, 0.0),  # through p: inf
    ("softmax_ce", CLASSES, Z, (0.0, 0.0, 1.0), (1e4, 0.0, -1e4), 20000.0, 0.0),
    ("softmax_ce", CLASSES, Z, 0, (1e4, 0.0, -1e4), 0.0, 0.0),
    ("softmax_ce", CLASSES, Z, 0, (0.0, -INF, -INF), 0.0, 0.0),
    ("softmax_ce", CLASSES, Z, 1, (0.0, -INF, 3.0), INF, 0.0),
    ("softmax_ce", CLASSES, Z, (0.5, 0.5, 0.0), (0.0, 0.0, -INF), LOG_2, ULP),
    ("softmax_ce", CLASSES, Z, 0, (-1e308, 1e308), INF, 0.0),  # the difference overflows
    ("cce", CLASSES, P, 1, (1.0, 1e-300), 690.7755278982137, ULP),
    ("cce", CLASSES, P, 1, (1.0, 0.0), INF, 0.0),  # clipped: 36.04, 16.12
    ("cce", CLASSES, P, (1.0, 0.0), (1.0, 0.0), 0.0, 0.0),  # clipped: 2.2e-16, 1.19e-7
    ("nll", CLASSES, L, 1, (0.0, -INF), INF, 0.0),
    ("nll", CLASSES, L, 0, (0.0, -INF), 0.0, 0.0),
    # 2·(e^−40/(1 + e^−40))²; through 1 − p it would be half of that
    ("multiclass_brier", CLASSES, Z, 0, (40.0, 0.0), 3.609702775690831e-35, 4 * ULP),
    ("multiclass_brier", CLASSES, Z, (1.0, 0.0), (40.0, 0.0), 3.609702775690831e-35, 4 * ULP),
    ("multiclass_brier", CLASSES, L, 0, (-1e-20, -46.051701859880914), 2e-40, 1e-13),
    ("multiclass_brier", CLASSES, Z, 1, (1000.0, -1000.0), 2.0, 0.0),
    ("multilabel_bce_logits", LABELS, Z, (1.0, 0.0), (40.0, -1000.0), 4.248354255291589e-18 / 2, 2 * ULP),
    ("multilabel_bce_logits", LABELS, Z, (1.0, 0.0), (INF, -INF), 0.0, 0.0),  # PyTorch, optax: nan
    ("multilabel_bce_logits", LABELS, Z, (0.0, 0.0), (INF, -INF), INF, 0.0),
    ("multilabel_bce", LABELS, P, (1.0, 0.0), (1.0, 1e-20), 5e-21, 2 * ULP),
    ("kl", SHARES, P, (1.0, 0.0), (0.5, 0.5), LOG_2, ULP),  # textbook: nan
    ("kl", SHARES, P, (0.5, 0.5), (1.0, 0.0), INF, 0.0),  # Keras: 7.37
    ("kl", SHARES, P, (0.0, 1.0), (1.0, 5e-324), 744.4400719213812, ULP),  # the ratio overflows
    ("js", SHARES, P, (0.5, 0.5), (0.5 + 1e-9, 0.5 - 1e-9), 5e-19, 1e-6),  # p is rounded; textbook: −2.7e-17
    ("js", SHARES, P, (1e-300, 1.0), (2e-300, 1.0), 8.494951839769874e-302, 4 * ULP),
    ("soft_ce", SHARES, P, (1.0, 0.0), (1.0, 0.0), 0.0, 0.0),
]


@pytest.mark.parametrize(("asked", "exact", "allowed"), [(row[:5], *row[5:]) for row in EXACT])
def test_extreme_value(asked, exact, allowed):
    assert value(*asked) == pytest.approx(exact, rel=allowed, abs=0.0)


@pytest.mark.parametrize("lead", [30.0, -30.0])
@pytest.mark.parametrize(("of_logits", "of_probabilities"), [("softmax_ce", "cce"), ("multiclass_brier",) * 2])
def test_probabilities_and_logits_agree_at_30(lead, of_logits, of_probabilities):
    rest = np.exp(-abs(lead))
    p = np.array([1.0, rest, rest]) if lead > 0 else np.array([rest, 1.0, rest])
    logits = (lead, 0.0, 0.0) if lead > 0 else (0.0, -lead, 0.0)
    through_p = value(of_probabilities, CLASSES, P, 0, (p / p.sum()).tolist())
    # p carries the rest as a difference from 1, to 1e-16
    assert value(of_logits, CLASSES, Z, 0, logits) == pytest.approx(through_p, rel=1e-12, abs=2.3e-16)


@pytest.mark.parametrize("lead", [1000.0, -1000.0])
def test_probabilities_and_logits_agree_at_1000(lead):
    # e^−1000 is 0 as a probability: there the surprise is infinite, and 1000 by the logit
    right = lead > 0
    assert value("softmax_ce", CLASSES, Z, 0, (lead, 0.0)) == (0.0 if right else 1000.0)
    assert value("cce", CLASSES, P, 0, (1.0, 0.0) if right else (0.0, 1.0)) == (0.0 if right else INF)
    assert value("multiclass_brier", CLASSES, Z, 0, (lead, 0.0)) == (0.0 if right else 2.0)
