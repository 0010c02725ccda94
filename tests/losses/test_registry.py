"""Names, spellings and what is said about the ones that do not exist."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from strategies import needed

from losscli import losses
from losscli.arrays import Form, Task
from losscli.errors import UsageError
from losscli.losses import LOSSES


def plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def test_the_catalogue_in_its_order():
    assert losses.names() == (
        *("mse", "rmse", "sse", "mae", "sae"),
        *("huber", "pseudo_huber", "log_cosh"),
        *("pinball", "expectile"),
        *("msle", "rmsle"),
        *("mape", "smape"),
        *("poisson_deviance", "gamma_deviance", "tweedie_deviance"),
        "mbe",
        *("bce", "bce_logits", "weighted_bce", "rww_bce", "focal", "brier"),
        *("hinge", "squared_hinge", "logistic_margin"),
        *("cce", "sparse_cce", "softmax_ce", "nll", "multiclass_brier", "rww_cce"),
        *("multilabel_bce", "multilabel_bce_logits", "hamming"),
        *("kl", "reverse_kl", "js", "soft_ce"),
        *("zero_one", "real_world_cost"),
    )


def test_families_stay_together():
    families = [loss.family for loss in LOSSES]
    changes = sum(before != after for before, after in pairwise(families))
    assert changes == len(set(families)) - 1


def test_no_name_means_two_things():
    spellings = Counter(plain(name) for loss in LOSSES for name in (loss.name, *loss.aliases))
    assert [name for name, count in spellings.items() if count > 1] == []


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_no_parameter_name_means_two_things(loss):
    spellings = Counter(name for param in loss.params for name in (param.name, *param.aliases))
    assert [name for name, count in spellings.items() if count > 1] == []


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_defaults_are_in_their_domain_and_change_nothing(loss):
    given = needed(loss)
    defaults = {param.name: param.default for param in loss.params if param.default is not None}
    assert loss.bind(given | defaults) == loss.bind(given)
    assert given or loss.bind().label == loss.name


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_every_spelling_finds_the_loss(loss):
    for name in (loss.name, *loss.aliases):
        for spelling in (name, name.upper(), name.replace("_", "-"), name.replace("_", ""), f" {name} "):
            assert losses.get(spelling) is loss


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("MSELoss", "mse"),
        ("L1Loss", "mae"),
        ("l1", "sae"),
        ("L2", "sse"),
        ("mean_squared_error", "mse"),
        ("MeanSquaredError", "mse"),
        ("RootMeanSquaredError", "rmse"),
        ("MeanSquaredLogarithmicError", "msle"),
        ("MeanSquaredLogError", "msle"),
        ("HuberLoss", "huber"),
        ("HuberT", "huber"),
        ("mphe", "pseudo_huber"),
        ("soft_l1", "pseudo_huber"),
        ("LogCoshError", "log_cosh"),
        ("logcosh", "log_cosh"),
        ("Quantile", "pinball"),
        ("mean_pinball_loss", "pinball"),
        ("MeanAbsolutePercentageError", "mape"),
        ("SymmetricMeanAbsolutePercentageError", "smape"),
        ("bias", "mbe"),
        ("log_loss", "bce"),
        ("BCELoss", "bce"),
        ("BinaryCrossentropy", "bce"),
        ("BCEWithLogitsLoss", "bce_logits"),
        ("sigmoid_binary_cross_entropy", "bce_logits"),
        ("weighted_cross_entropy_with_logits", "weighted_bce"),
        ("RWWCE", "rww_bce"),
        ("BinaryFocalCrossentropy", "focal"),
        ("brier_score_loss", "brier"),
        ("hinge_loss", "hinge"),
        ("SquaredHinge", "squared_hinge"),
        ("SoftMarginLoss", "logistic_margin"),
        ("zero_one_loss", "zero_one"),
        ("CategoricalCrossentropy", "cce"),
        ("SparseCategoricalCrossentropy", "sparse_cce"),
        ("CrossEntropyLoss", "softmax_ce"),
        ("softmax_cross_entropy_with_integer_labels", "softmax_ce"),
        ("NLLLoss", "nll"),
        ("MultiLabelSoftMarginLoss", "multilabel_bce_logits"),
        ("hamming_loss", "hamming"),
        ("KLDivLoss", "kl"),
        ("KLDivergence", "kl"),
        ("mean_tweedie_deviance", "tweedie_deviance"),
    ],
)
def test_names_of_other_libraries(spelling, name):
    assert losses.get(spelling).name == name


def kernels(*spelled: str) -> list[object]:
    return [losses.parse(text).kernel(Task.REGRESSION, Form.VALUE).key for text in spelled]


def test_losses_with_the_same_rows_share_their_kernel():
    assert len(set(kernels("mse", "rmse", "sse"))) == 1
    assert len(set(kernels("mae", "sae"))) == 1
    assert len(set(kernels("msle", "rmsle"))) == 1
    assert len(set(kernels("mse", "mae", "huber", "huber:delta=2"))) == 4


@pytest.mark.parametrize(
    ("text", "label", "signature"),
    [
        ("mse", "mse", "mse"),
        (" Huber:Delta = 2 ", "huber:delta=2", "huber:delta=2"),
        ("huber", "huber", "huber:delta=1"),
        ("huber:delta=1.0", "huber", "huber:delta=1"),
        ("HuberT:t=1.345", "huber:delta=1.345", "huber:delta=1.345"),
        ("huber:delta=0.30000000000000004", "huber:delta=0.30000000000000004", "huber:delta=0.30000000000000004"),
        ("huber:delta=1e20", "huber:delta=1e+20", "huber:delta=1e+20"),
        ("Quantile:alpha=0.9", "pinball:tau=0.9", "pinball:tau=0.9"),
        ("pinball:level=0.5", "pinball", "pinball:tau=0.5"),
        ("mape", "mape", "mape:zero=error:eps=1e-07"),
        ("mape:zero=SKIP", "mape:zero=skip", "mape:zero=skip:eps=1e-07"),
        ("smape:variant=100", "smape:variant=100", "smape:variant=100"),
        ("focal", "focal", "focal:gamma=2:alpha=none"),
        ("focal:alpha=None", "focal", "focal:gamma=2:alpha=none"),
        ("focal:alpha=0.25", "focal:alpha=0.25", "focal:gamma=2:alpha=0.25"),
        ("rww_bce:pos_weight=20:w_fp=1", "rww_bce:w_fn=20:w_fp=1", "rww_bce:w_fn=20:w_fp=1"),
    ],
)
def test_parse(text, label, signature):
    bound = losses.parse(text)
    assert (bound.label, bound.signature) == (label, signature)
    assert losses.parse(bound.signature) == bound


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("hubr", "there is no loss 'hubr'", "did you mean 'huber'? `losscli losses` lists them all"),
        ("rsme", "there is no loss 'rsme'", "did you mean 'rmse'? `losscli losses` lists them all"),
        (
            "mean_sqared_error",
            "there is no loss 'mean_sqared_error'",
            "did you mean 'mse'? `losscli losses` lists them all",
        ),
        ("R2_score", "there is no loss 'R2_score'", "R² is the skill of mse; in a limit it is skill.mse"),
        ("accuracy", "there is no loss 'accuracy'", "the accuracy is 1 − zero_one"),
        (
            "cross_entropy",
            "there is no loss 'cross_entropy'",
            "of two classes it is bce, of more cce; of logits bce_logits and softmax_ce",
        ),
        (
            "roc_auc",
            "there is no loss 'roc_auc'",
            "it is no loss of single rows; bce and brier judge probabilities, zero_one the labels made of them",
        ),
        ("xyz", "there is no loss 'xyz'", "`losscli losses` lists them all"),
        ("a\x1b[31mb", r"there is no loss 'a\x1b[31mb'", "`losscli losses` lists them all"),
        ("huber:2", "huber: expected param=value, got '2'", "for example huber:delta=1"),
        ("huber:delta=", "huber: expected param=value, got 'delta='", "for example huber:delta=1"),
        ("mse:", "mse: expected param=value, got ''", "mse takes no parameters"),
        ("huber:gamma=2", "huber has no parameter 'gamma'", "it has delta"),
        ("mse:delta=2", "mse has no parameter 'delta'", "mse takes no parameters"),
        ("huber:delta=0", "huber:delta: 0 is outside (0, ∞)", None),
        ("huber:delta=nan", "huber:delta: nan is outside (0, ∞)", None),
        ("huber:delta=inf", "huber:delta: inf is outside (0, ∞)", None),
        ("huber:delta=two", "huber:delta: expected a number, got 'two'", None),
        ("pinball:tau=1", "pinball:tau: 1 is outside (0, 1)", None),
        ("tweedie_deviance:power=0.5", "tweedie_deviance:power: 0.5 is outside [1, ∞)", None),
        ("rww_cce", "rww_cce needs costs", "write it as rww_cce:costs=…"),
        ("pinball:tau=0.1:alpha=0.2", "pinball: parameter tau is given twice", None),
        ("pinball:tau=0.1:tau=0.2", "pinball: parameter 'tau' is given twice", None),
        ("mape:zero=drop", "mape:zero: expected one of error, skip, inf, clip, got 'drop'", None),
        ("rww_bce", "rww_bce needs w_fn and w_fp", "write it as rww_bce:w_fn=…:w_fp=…"),
        ("rww_bce:w_fn=1", "rww_bce needs w_fp", "write it as rww_bce:w_fn=…:w_fp=…"),
        ("rww_bce:5", "rww_bce: expected param=value, got '5'", "for example rww_bce:w_fn=…:w_fp=…"),
        ("bce:clip=0.5", "bce:clip: 0.5 is outside [0, 0.5)", None),
        ("focal:alpha=some", "focal:alpha: expected a number or none, got 'some'", None),
        ("focal:alpha=2", "focal:alpha: 2 is outside [0, 1]", None),
        ("smape:variant=50", "smape:variant: expected one of 200, 100, got '50'", None),
    ],
)
def test_parse_says_what_is_wrong(text, message, hint):
    with pytest.raises(UsageError) as caught:
        losses.parse(text)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_parse_many_keeps_the_order():
    bound = losses.parse_many("mse, mae,huber:delta=2,huber,sse")
    assert [loss.label for loss in bound] == ["mse", "mae", "huber:delta=2", "huber", "sse"]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "empty name in the list of losses ''", "write names as in mse,mae,huber"),
        ("mse,,mae", "empty name in the list of losses 'mse,,mae'", "write names as in mse,mae,huber"),
        ("mse,mae,mse", "'mse' is listed twice", "remove one of them"),
        ("mse,MSELoss", "'mse' and 'MSELoss' are the same loss, mse", "remove one of them"),
        ("huber,huber:delta=1", "'huber' and 'huber:delta=1' are the same loss, huber", "remove one of them"),
    ],
)
def test_parse_many_says_what_is_wrong(text, message, hint):
    with pytest.raises(UsageError) as caught:
        losses.parse_many(text)
    assert (caught.value.message, caught.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("l1", "l1 is read as the sum of absolute errors (sae); the mean is mae"),
        ("L2", "l2 is read as the sum of squared errors (sse); the mean is mse"),
        ("L1Loss", "l1_loss is read as the mean of absolute errors (mae), as in PyTorch; the sum is sae"),
        ("sse", None),
        ("mae", None),
        ("huber:delta=2", None),
        ("unknown", None),
    ],
)
def test_spellings_that_libraries_read_differently_are_explained(text, said):
    assert losses.ambiguous_spelling(text) == said


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_what_is_usual_is_a_part_of_the_domain(loss):
    # one look at the extremes, whether they are usual, then tells that no row is outside
    for encoding in loss.encodings:
        intervals = [each for each in (encoding.usual, encoding.y_true, encoding.y_pred) if each is not None]
        ends = np.array([end for each in intervals for end in (each.low, each.high)])
        near = np.concatenate([np.nextafter(ends, -np.inf), ends, np.nextafter(ends, np.inf)])
        usual = near[intervals[0].contains(near)] if encoding.usual else near[:0]
        assert encoding.y_true.contains(usual).all()
        assert encoding.y_pred.contains(usual).all()
