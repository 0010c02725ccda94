"""Write stored.json: what PyTorch, Keras and optax say for small fixed inputs.

Run by hand, in an environment of its own: pip install torch==2.13.0 keras==3.15.1 optax==0.2.8, then
python tests/losses/reference/make_reference.py. Tests read the file and need none of the three.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"

import jax
import keras
import optax
import torch

jax.config.update("jax_enable_x64", True)  # noqa: FBT003
keras.config.set_floatx("float64")
torch.set_default_dtype(torch.float64)

INPUTS = {
    "binary": [1.0, 0.0, 1.0, 0.0, 1.0, 0.0],
    "soft": [0.9, 0.1, 0.5, 0.25, 1.0, 0.0],
    "sign": [1.0, -1.0, 1.0, -1.0, 1.0, -1.0],
    "probability": [0.9, 0.2, 0.35, 0.75, 0.999, 0.5],
    "logit": [2.0, -1.5, -0.5, 40.0, 800.0, 0.0],
    "real": [1.0, -2.0, 0.5, 10.0, 3.0, 0.0],
    "predicted": [1.5, 1.0, 0.5, 7.0, 4.0, -0.25],
    "count": [0.0, 1.0, 2.0, 7.0, 3.0, 0.0],
    "rate": [0.5, 1.0, 3.5, 4.0, 3.0, 0.001],
    "code": [0, 2, 1, 3],
    "class_probability": [[0.7, 0.1, 0.1, 0.1], [0.2, 0.2, 0.5, 0.1], [0.4, 0.3, 0.2, 0.1], [0.05, 0.05, 0.1, 0.8]],
    "class_logit": [[2.0, 0.5, -1.0, 0.0], [10.0, -10.0, 9.0, 0.0], [0.0, 0.0, 0.0, 0.0], [-800.0, 0.0, 1.0, 800.0]],
    "class_soft": [[0.9, 0.05, 0.05, 0.0], [0.1, 0.2, 0.6, 0.1], [0.25, 0.25, 0.25, 0.25], [0.0, 0.0, 0.0, 1.0]],
    "class_weight": [1.0, 2.0, 0.5, 3.0],
    "label": [[1.0, 0.0, 1.0], [0.0, 0.0, 1.0], [1.0, 1.0, 0.0]],
    "label_probability": [[0.8, 0.3, 0.4], [0.1, 0.25, 0.9], [0.6, 0.5, 0.05]],
    "label_logit": [[1.5, -0.5, 0.25], [-2.0, 30.0, 3.0], [0.5, 0.0, -4.0]],
}
T = {name: torch.tensor(values) for name, values in INPUTS.items()}
A = {name: jax.numpy.asarray(values) for name, values in INPUTS.items()}


def rows_of_torch() -> dict[str, torch.Tensor]:
    """Return the unreduced values of PyTorch."""
    nn = torch.nn
    log_probability = T["class_probability"].log()
    return {
        "BCELoss": nn.BCELoss(reduction="none")(T["probability"], T["binary"]),
        "BCELoss(soft)": nn.BCELoss(reduction="none")(T["probability"], T["soft"]),
        "BCEWithLogitsLoss": nn.BCEWithLogitsLoss(reduction="none")(T["logit"], T["binary"]),
        "BCEWithLogitsLoss(soft)": nn.BCEWithLogitsLoss(reduction="none")(T["logit"], T["soft"]),
        "BCEWithLogitsLoss(pos_weight=3)": nn.BCEWithLogitsLoss(reduction="none", pos_weight=torch.tensor(3.0))(
            T["logit"], T["binary"]
        ),
        "SoftMarginLoss": nn.SoftMarginLoss(reduction="none")(T["real"], T["sign"]),
        "MSELoss": nn.MSELoss(reduction="none")(T["predicted"], T["real"]),
        "L1Loss": nn.L1Loss(reduction="none")(T["predicted"], T["real"]),
        "HuberLoss(delta=1)": nn.HuberLoss(reduction="none")(T["predicted"], T["real"]),
        "HuberLoss(delta=2)": nn.HuberLoss(reduction="none", delta=2.0)(T["predicted"], T["real"]),
        "SmoothL1Loss(beta=2)": nn.SmoothL1Loss(reduction="none", beta=2.0)(T["predicted"], T["real"]),
        "PoissonNLLLoss(rate)": nn.PoissonNLLLoss(log_input=False, eps=0.0, reduction="none")(T["rate"], T["count"]),
        "KLDivLoss": nn.KLDivLoss(reduction="none")(log_probability, T["class_soft"]).sum(dim=1),
        "CrossEntropyLoss": nn.CrossEntropyLoss(reduction="none")(T["class_logit"], T["code"]),
        "CrossEntropyLoss(soft)": nn.CrossEntropyLoss(reduction="none")(T["class_logit"][:3], T["class_soft"][:3]),
        "CrossEntropyLoss(label_smoothing=0.1)": nn.CrossEntropyLoss(reduction="none", label_smoothing=0.1)(
            T["class_logit"], T["code"]
        ),
        "CrossEntropyLoss(weight)": nn.CrossEntropyLoss(reduction="none", weight=T["class_weight"])(
            T["class_logit"], T["code"]
        ),
        "NLLLoss": nn.NLLLoss(reduction="none")(log_probability, T["code"]),
        "MultiMarginLoss": nn.MultiMarginLoss(reduction="none")(T["class_logit"], T["code"]),
        "MultiLabelBCELoss": nn.BCELoss(reduction="none")(T["label_probability"], T["label"]).mean(dim=1),
        "MultiLabelSoftMarginLoss": nn.MultiLabelSoftMarginLoss(reduction="none")(T["label_logit"], T["label"]),
    }


def rows_of_optax() -> dict[str, jax.Array]:
    """Return the values of optax, which reduces nothing over rows."""
    log_probability = jax.numpy.log(A["class_probability"])
    return {
        "sigmoid_binary_cross_entropy": optax.sigmoid_binary_cross_entropy(A["logit"], A["binary"]),
        "sigmoid_focal_loss": optax.sigmoid_focal_loss(A["logit"], A["binary"], gamma=2.0),
        "sigmoid_focal_loss(alpha=0.25)": optax.sigmoid_focal_loss(A["logit"], A["binary"], alpha=0.25, gamma=2.0),
        "hinge_loss": optax.hinge_loss(A["real"], A["sign"]),
        "huber_loss(delta=2)": optax.huber_loss(A["predicted"], A["real"], delta=2.0),
        "log_cosh": optax.log_cosh(A["predicted"], A["real"]),
        "softmax_cross_entropy": optax.softmax_cross_entropy(A["class_logit"][:3], A["class_soft"][:3]),
        "softmax_cross_entropy_with_integer_labels": optax.softmax_cross_entropy_with_integer_labels(
            A["class_logit"], A["code"]
        ),
        "kl_divergence": optax.kl_divergence(log_probability, A["class_soft"]),
    }


def rows_of_keras() -> dict[str, torch.Tensor]:
    """Return the values of Keras, which clips probabilities at 1e-7; these inputs lie inside."""
    losses = keras.losses
    one = (len(INPUTS["binary"]), 1)
    binary, probability, logit = T["binary"].reshape(one), T["probability"].reshape(one), T["logit"].reshape(one)
    real, predicted, sign = T["real"].reshape(one), T["predicted"].reshape(one), T["sign"].reshape(one)
    return {
        "BinaryCrossentropy": losses.binary_crossentropy(binary, probability),
        "BinaryCrossentropy(label_smoothing=0.2)": losses.binary_crossentropy(binary, probability, label_smoothing=0.2),
        "BinaryCrossentropy(from_logits)": losses.binary_crossentropy(binary, logit, from_logits=True),
        "BinaryFocalCrossentropy": losses.binary_focal_crossentropy(binary, probability, gamma=2.0),
        "BinaryFocalCrossentropy(alpha=0.25)": losses.binary_focal_crossentropy(
            binary, probability, gamma=2.0, alpha=0.25, apply_class_balancing=True
        ),
        "Hinge": losses.hinge(sign, predicted),
        "SquaredHinge": losses.squared_hinge(sign, predicted),
        "LogCosh": losses.log_cosh(real, predicted),
        "CategoricalCrossentropy": losses.categorical_crossentropy(T["class_soft"], T["class_probability"]),
        "SparseCategoricalCrossentropy": losses.sparse_categorical_crossentropy(T["code"], T["class_probability"]),
        "Poisson": losses.poisson(T["count"].reshape(one), T["rate"].reshape(one)),
    }


def main() -> None:
    """Write the file beside this script."""
    stored = {
        "versions": {"torch": torch.__version__.split("+")[0], "keras": keras.__version__, "optax": optax.__version__},
        "inputs": INPUTS,
        "torch": {name: values.tolist() for name, values in rows_of_torch().items()},
        "optax": {name: values.tolist() for name, values in rows_of_optax().items()},
        "keras": {name: values.tolist() for name, values in rows_of_keras().items()},
    }
    text = json.dumps(stored, indent=1, allow_nan=False)
    Path(__file__).with_name("stored.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
