"""The bias of a model in words: its sign, its size, and whether it is more than noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.arrays import Task
from losscli.result import Kind, Sentence, Value, text_value

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import ModelNumbers
    from losscli.analyses.evaluation.numbers import BiasNumbers
    from losscli.engine.table.roles import Roles

# Classes that get a line each; of more only the most biased do.
MOST_CLASSES = 12
SHOWN_OF_MANY = 5
# What is said of a bias that noise explains, everywhere.
NO_BIAS = "no bias that the data can show"
# And of one that no float64 holds.
OUT_OF_RANGE = "the mean error leaves the range of numbers"


def level_in_words(level: float) -> str:
    """Return the level of an interval as it is spoken of: "95 %"."""
    return f"{100 * level:.10g} %"


def bias_sentences(roles: Roles, model: ModelNumbers, level: float | None) -> tuple[Sentence, ...]:
    """Return the bias of a model: one sentence, or one for each class, the most biased first where they are many."""
    if model.bias is not None:
        what = "" if roles.task is Task.REGRESSION else " the rate of {class}"
        return (_sentence(model.bias, level, what, roles.positive or ""),)
    if model.class_bias is None:
        return ()
    named = list(zip(roles.classes, model.class_bias, strict=True))
    if len(named) > MOST_CLASSES:
        named = sorted(named, key=lambda each: -abs(each[1].mbe))[:SHOWN_OF_MANY]
    return tuple(
        _sentence(bias, level, " {class}", name, label="bias" if position == 0 else " ")
        for position, (name, bias) in enumerate(named)
    )


def _sentence(bias: BiasNumbers, level: float | None, what: str, name: str = "", label: str = "bias") -> Sentence:
    values = {
        "class": text_value(name),
        "size": Value(kind=Kind.NUMBER, raw=abs(bias.mbe)),
        "relative": Value(kind=Kind.SIGNED_FRACTION, raw=bias.relative),
        "interval": Value(kind=Kind.SIGNED_INTERVAL, raw=bias.interval),
    }
    if bias.direction is None:
        text = OUT_OF_RANGE
    elif bias.direction == "none":
        text = f"none{' in' + what if what else ''}: the mean error is 0"
    else:
        relative = " ({relative})" if bias.relative is not None else ""
        text = f"{bias.direction}-predicts{what} by {{size}}{relative}"
    if bias.interval is not None and level is not None:
        text += f", {level_in_words(level)} interval {{interval}}"
        if not bias.significant and bias.direction != "none":
            text += f": {NO_BIAS}"
    return Sentence(label=label, text=text, values=values)
