"""Losses worked by hand: two rows each, the arithmetic beside the value."""

from __future__ import annotations

import numpy as np
import pytest

from losscli.arrays import Form, Task
from losscli.losses import LOSSES, parse

ROUNDING = 1e-14  # relative; the literals carry 16 digits
LOG_2 = 0.6931471805599453

#  loss                  y_true      y_pred      the loss of each row                               the printed value
TABLE = [
    # errors +1 and −2: squares 1 and 4
    ("mse", (3.0, 5.0), (4.0, 3.0), (1.0, 4.0), 2.5),
    ("sse", (3.0, 5.0), (4.0, 3.0), (1.0, 4.0), 5.0),
    ("rmse", (3.0, 5.0), (4.0, 3.0), (1.0, 4.0), 1.5811388300841898),  # √2.5
    ("mae", (3.0, 5.0), (4.0, 3.0), (1.0, 2.0), 1.5),
    ("sae", (3.0, 5.0), (4.0, 3.0), (1.0, 2.0), 3.0),
    ("mbe", (3.0, 5.0), (4.0, 3.0), (1.0, -2.0), -0.5),
    # ½·0.5² = 0.125; 1·(3 − ½) = 2.5
    ("huber", (0.0, 0.0), (0.5, -3.0), (0.125, 2.5), 1.3125),
    # ½·2² = 2, on the edge; 2·(3 − 1) = 4
    ("huber:delta=2", (0.0, 0.0), (2.0, -3.0), (2.0, 4.0), 3.0),
    # √(1 + 0.75²) = 1.25; √(1 + (4/3)²) = 5/3
    ("pseudo_huber", (0.0, 0.0), (0.75, -4 / 3), (0.25, 2 / 3), 11 / 24),
    # δ = 4: 16·(√(1 + (3/4)²) − 1) = 16·0.25 = 4
    ("pseudo_huber:delta=4", (0.0, 0.0), (3.0, 0.0), (4.0, 0.0), 2.0),
    # cosh(log 2) = (2 + ½)/2 = 5/4; cosh(log 4) = (4 + ¼)/2 = 17/8
    ("log_cosh", (0.0, 0.0), (LOG_2, -2 * LOG_2), (0.22314355131420976, 0.7537718023763802), 0.48845767684529497),
    # half of 1 and of 2
    ("pinball", (3.0, 5.0), (4.0, 3.0), (0.5, 1.0), 0.75),
    # τ = 0.75: too high by 1 costs 0.25·1, too low by 2 costs 0.75·2
    ("pinball:tau=0.75", (3.0, 5.0), (4.0, 3.0), (0.25, 1.5), 0.875),
    # half of 1 and of 4
    ("expectile", (3.0, 5.0), (4.0, 3.0), (0.5, 2.0), 1.25),
    # τ = 0.75: too high by 1 costs 0.25·1², too low by 2 costs 0.75·2²
    ("expectile:tau=0.75", (3.0, 5.0), (4.0, 3.0), (0.25, 3.0), 1.625),
    # log 2 − log 4 = −log 2, log 8 − log 1 = 3 log 2: squares 1 and 9 times log² 2 = 0.4804530139182014
    ("msle", (3.0, 0.0), (1.0, 7.0), (0.4804530139182014, 4.324077125263813), 2.402265069591007),
    ("rmsle", (3.0, 0.0), (1.0, 7.0), (0.4804530139182014, 4.324077125263813), 1.5499242141443585),  # √5·log 2
    # 1 of 4 is 25 %; 3 of 2 is 150 %
    ("mape", (4.0, -2.0), (5.0, 1.0), (25.0, 150.0), 87.5),
    # a target of 0 divided by eps = 0.5: 1 of 0.5 is 200 %
    ("mape:zero=clip:eps=0.5", (4.0, 0.0), (5.0, 1.0), (25.0, 200.0), 112.5),
    ("mape:zero=inf", (4.0, 0.0), (5.0, 0.0), (25.0, 0.0), 12.5),
    # 200·2/(3 + 1) = 100; opposite signs: 200·3/3 = 200
    ("smape", (3.0, -2.0), (1.0, 1.0), (100.0, 200.0), 150.0),
    ("smape:variant=100", (3.0, 0.0), (1.0, 0.0), (50.0, 0.0), 25.0),
    # 2·(4·log 2 − 4 + 2); 2·1
    ("poisson_deviance", (4.0, 0.0), (2.0, 1.0), (1.5451774444795625, 2.0), 1.7725887222397813),
    # 2·(−log 2 + 2 − 1); 2·(log 2 + ½ − 1)
    ("gamma_deviance", (4.0, 2.0), (2.0, 4.0), (0.6137056388801094, 0.3862943611198906), 0.5),
    # 4·(√y − √p)²/√p at power 1.5: (2 − 1)² and (0 − 2)²/2
    ("tweedie_deviance", (4.0, 0.0), (1.0, 4.0), (4.0, 8.0), 6.0),
    # (y − p)²/(y·p²): 4/(4·4) and 1/(1·4)
    ("tweedie_deviance:power=3", (4.0, 1.0), (2.0, 2.0), (0.25, 0.25), 0.25),
]


@pytest.mark.parametrize(("spelled", "y_true", "y_pred", "rows", "printed"), TABLE, ids=[row[0] for row in TABLE])
def test_hand_worked(spelled, y_true, y_pred, rows, printed):
    bound = parse(spelled)
    with np.errstate(divide="ignore", invalid="ignore"):  # 0/0 on the way to mape:zero=inf, log 0 to deviances
        loss = bound.kernel(Task.REGRESSION, Form.VALUE).per_row(np.array(y_true), np.array(y_pred))
    assert loss.tolist() == pytest.approx(list(rows), rel=ROUNDING, abs=0.0)
    assert bound.reduce(float(loss.mean()), 2.0) == pytest.approx(printed, rel=ROUNDING, abs=0.0)


def test_every_loss_is_worked_by_hand():
    numeric = {loss.name for loss in LOSSES if loss.encodings[0].task is Task.REGRESSION}
    assert {parse(row[0]).loss.name for row in TABLE} == numeric


#  loss               y_true  y_pred  gradient
GRADIENTS = [
    ("mse", 3.0, 5.0, 4.0),  # 2·2
    ("mae", 3.0, 1.0, -1.0),
    ("mbe", 3.0, 1.0, 1.0),
    ("huber", 0.0, 0.5, 0.5),
    ("huber:delta=2", 0.0, -3.0, -2.0),
    ("pseudo_huber", 0.0, 0.75, 0.6),  # 0.75/1.25
    ("pseudo_huber:delta=4", 0.0, -3.0, -2.4),  # −3/1.25
    ("log_cosh", 0.0, LOG_2, 0.6),  # tanh(log 2) = (2 − ½)/(2 + ½)
    ("pinball:tau=0.75", 3.0, 4.0, 0.25),
    ("pinball:tau=0.75", 5.0, 3.0, -0.75),
    ("expectile:tau=0.75", 3.0, 4.0, 0.5),  # 2·0.25·1
    ("expectile:tau=0.75", 5.0, 3.0, -3.0),  # 2·0.75·(−2)
    ("msle", 3.0, 1.0, -LOG_2),  # 2·(log 2 − log 4)/2
    ("mape", 4.0, 5.0, 25.0),  # 100/4
    ("mape", -2.0, 1.0, 50.0),  # 100/|−2|
    ("smape", 3.0, 1.0, -75.0),  # −2·200·3/(3 + 1)²
    ("smape", -2.0, 1.0, 0.0),  # opposite signs: the ceiling
    ("poisson_deviance", 4.0, 2.0, -2.0),  # 2·(1 − 2)
    ("gamma_deviance", 4.0, 2.0, -1.0),  # 2·(−2)/4
    ("tweedie_deviance", 1.0, 4.0, 0.75),  # 2·3/8
]


@pytest.mark.parametrize(("spelled", "y_true", "y_pred", "slope"), GRADIENTS)
def test_hand_worked_gradient(spelled, y_true, y_pred, slope):
    kernel = parse(spelled).kernel(Task.REGRESSION, Form.VALUE)
    assert kernel.gradient(np.array([y_true]), np.array([y_pred])).tolist() == pytest.approx(
        [slope], rel=ROUNDING, abs=0.0
    )
