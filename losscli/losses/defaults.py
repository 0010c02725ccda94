"""Which losses are taken where none are named: fixed, so that a pipeline can rely on them."""

from __future__ import annotations

from losscli.arrays import Form, Task

# What is evaluated, by task and encoding of the prediction.
DEFAULTS = {
    (Task.REGRESSION, Form.VALUE): "mse,rmse,mae,huber",
    (Task.BINARY, Form.PROBABILITY): "bce,brier,zero_one",
    (Task.BINARY, Form.LOGIT): "bce_logits,brier,zero_one",
    (Task.BINARY, Form.MARGIN): "hinge,squared_hinge,zero_one",
    (Task.BINARY, Form.LABEL): "zero_one",
    (Task.MULTICLASS, Form.PROBABILITY): "cce,multiclass_brier,zero_one",
    (Task.MULTICLASS, Form.LOGIT): "softmax_ce,multiclass_brier,zero_one",
    (Task.MULTICLASS, Form.LOG_PROBABILITY): "nll,multiclass_brier,zero_one",
    (Task.MULTICLASS, Form.SCORE): "zero_one",
    (Task.MULTICLASS, Form.LABEL): "zero_one",
    (Task.MULTILABEL, Form.PROBABILITY): "multilabel_bce,hamming",
    (Task.MULTILABEL, Form.LOGIT): "multilabel_bce_logits,hamming",
    (Task.MULTILABEL, Form.LABEL): "hamming",
    (Task.DISTRIBUTION, Form.PROBABILITY): "kl,js",
}

# Of these it is told in words what the outlying rows hold: one that they pull hard, and one that resists.
CONTRASTS = {
    (Task.REGRESSION, Form.VALUE): "mse,mae",
    (Task.BINARY, Form.PROBABILITY): "bce,brier",
    (Task.BINARY, Form.LOGIT): "bce_logits,brier",
    (Task.BINARY, Form.MARGIN): "squared_hinge,hinge",
    (Task.MULTICLASS, Form.PROBABILITY): "cce,multiclass_brier",
    (Task.MULTICLASS, Form.LOGIT): "softmax_ce,multiclass_brier",
    (Task.MULTICLASS, Form.LOG_PROBABILITY): "nll,multiclass_brier",
    (Task.MULTILABEL, Form.PROBABILITY): "multilabel_bce,hamming",
    (Task.MULTILABEL, Form.LOGIT): "multilabel_bce_logits,hamming",
    (Task.DISTRIBUTION, Form.PROBABILITY): "kl,js",
}
