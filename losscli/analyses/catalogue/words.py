"""A loss's record for people: its facts one by one, and its parameters."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from losscli.arrays import Form, Reduction, Truth
from losscli.result import Column, Kind, Sentence, Table, table_of

if TYPE_CHECKING:
    from losscli.losses.bound import BoundLoss
    from losscli.losses.param import Param
    from losscli.losses.record import Encoding, Loss

REQUIRED = "required"
_A_CLASS = "a class"
# What stands for itself in formulas, where no letter stands beside it.
_SYMBOLS = tuple(
    (f"(?<![A-Za-z_]){letter}(?![A-Za-z_])", meaning)
    for letter, meaning in (("y", "y is the target"), ("p", "p the prediction"), ("r", "r = prediction − target"))
)


def about(loss: Loss, bound: BoundLoss | None) -> tuple[Sentence, ...]:
    """Return the facts of a loss, with its parameters fixed where they are known."""
    doc, encoding = loss.doc, loss.encodings[0]
    facts = [
        ("", doc.summary),
        ("formula", doc.formula),
        ("where", ", ".join(meaning for symbol, meaning in _SYMBOLS if re.search(symbol, doc.formula))),
        ("reduction", _reduction(loss)),
        ("gradient", doc.gradient),
        ("kinks", doc.kinks),
        ("domain", _domain(encoding)),
        ("unit", loss.unit.symbol),
        ("better", {"lower": "lower", "zero": "nearer to 0"}[loss.direction.value]),
        ("asks for", loss.functional.value),
        ("best constant", "none" if loss.optimum is None else loss.optimum.spoken),
        ("one row", _bounds(loss, bound)),
        ("rewards", doc.rewards),
        ("outliers", doc.outliers),
        ("use", doc.use),
        *(("pitfall", pitfall) for pitfall in doc.pitfalls),
        ("example", doc.example),
        ("elsewhere", "; ".join(f"{library}: {name}" for library, name in doc.names)),
        ("also", ", ".join(loss.aliases)),
        ("source", doc.source),
    ]
    return tuple(Sentence(label=label, text=text) for label, text in facts if text)


def _reduction(loss: Loss) -> str:
    return {
        Reduction.MEAN: "weighted mean over rows, Σwℓ/Σw",
        Reduction.SUM: "weighted sum over rows, Σwℓ",
        Reduction.ROOT_MEAN: "square root of the weighted mean over rows, √(Σwℓ/Σw)",
    }[loss.reduction]


def _domain(encoding: Encoding) -> str:
    joint = "" if encoding.joint is None else f"; not defined where the {encoding.joint.broken}"
    return f"target: {may_be_target(encoding)}; prediction: {may_be_prediction(encoding)}{joint}"


def may_be_target(encoding: Encoding) -> str:
    """Return what a target may be, in words: class numbers stand for the classes' names."""
    return _A_CLASS if encoding.truth is Truth.CODE else str(encoding.y_true)


def may_be_prediction(encoding: Encoding) -> str:
    """Return what a prediction may be, in words."""
    return _A_CLASS if encoding.truth is Truth.CODE and encoding.form is Form.LABEL else str(encoding.y_pred)


def _bounds(loss: Loss, bound: BoundLoss | None) -> str:
    high = loss.range.high if bound is None else bound.range.high
    most = "its loss has no upper bound" if high == math.inf else f"its loss is at most {high:g}"
    if bound is None and loss.most is not None:
        most = "its loss has an upper bound"
    if loss.gradient_bound is None:
        return f"pulls without bound; {most}"
    gradient = None if bound is None else bound.gradient_bound()
    pull = "a bounded gradient" if gradient is None else f"a gradient of at most {gradient:g}"
    return f"pulls with {pull}; {most}"


def parameters(loss: Loss, bound: BoundLoss | None) -> Table:
    """Return the parameters of a loss, with the values that they have where it is fixed."""
    values = {} if bound is None else bound.plain_params
    columns = [
        Column(key="name", header="name", kind=Kind.TEXT),
        Column(key="value", header="value", kind=Kind.WORDS),
        Column(key="default", header="default", kind=Kind.WORDS),
        Column(key="domain", header="may be", kind=Kind.WORDS),
        Column(key="aliases", header="also", kind=Kind.TEXT, rank=2),
        Column(key="summary", header="what it does", kind=Kind.WORDS, rank=1),
    ]
    rows = [
        {
            "name": param.name,
            "value": short(values.get(param.name)),
            "default": REQUIRED if param.default is None else short(param.default),
            "domain": may_be(param),
            "aliases": ", ".join(param.aliases),
            "summary": param.summary,
        }
        for param in loss.params
    ]
    return table_of([column for column in columns if column.key != "value" or bound is not None], rows)


def short(value: object) -> str:
    """Return the value of a parameter as it is written on the command line."""
    return f"{value!r}".removesuffix(".0").strip("'")


def may_be(param: Param) -> str:
    """Return what a parameter may be, in words."""
    if param.domain == "file":
        return "a file"
    if isinstance(param.domain, tuple):
        return ", ".join(param.domain)
    return " or ".join((str(param.domain), *param.words))
