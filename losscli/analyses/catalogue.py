"""Which losses are there, and what is each of them: all from the records."""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from losscli import __version__, losses
from losscli.arrays import Form, Reduction, Task
from losscli.result import Column, Kind, Result, Section, Sentence, Table, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from losscli.losses.bound import BoundLoss
    from losscli.losses.param import Param
    from losscli.losses.record import Encoding, Loss
    from losscli.result import Json, Scalar

# Errors at which a loss is shown beside mse and mae, from small to wild, all about this target.
SHOWN_ERRORS = (0.1, 1.0, 10.0, 1000.0)
SHOWN_TARGET = 100.0
BESIDE = ("mse", "mae")


def catalogue() -> Result:
    """Return all losses by family."""
    return Result(
        schema="losscli.losses/1",
        payload={"version": __version__, "losses": [_payload(loss) for loss in losses.LOSSES]},
        records=tuple(_record(loss) for loss in losses.LOSSES),
        heading=Sentence(
            text="{n} losses, with r = prediction − target; `losscli losses NAME` explains one",
            values={"n": Value(kind=Kind.COUNT, raw=len(losses.LOSSES))},
        ),
        sections=tuple(
            Section(title=family, table=_listing(tuple(members)))
            for family, members in groupby(losses.LOSSES, key=lambda loss: loss.family)
        ),
    )


def explain(spelled: str) -> Result:
    """Return what one loss is, as the command line spells it: "huber", "huber:delta=2".

    Raises
    ------
    UsageError
        There is no such loss, or a parameter is wrong.
    """
    bound = losses.parse(spelled)
    loss = bound.loss
    sections = [Section(sentences=_about(bound))]
    if loss.params:
        sections.append(Section(title="parameters", table=_parameters(bound)))
    if bound.kernel(Task.REGRESSION, Form.VALUE) is not None:
        sections.append(_side_by_side(bound))
    return Result(
        schema="losscli.losses/1",
        payload={"version": __version__, "losses": [_payload(loss)]},
        records=(_record(loss),),
        heading=_plain("", f"{loss.name} · {loss.title}"),
        sections=tuple(sections),
    )


def _listing(members: tuple[Loss, ...]) -> Table:
    columns = (
        Column(key="loss", header="loss", kind=Kind.TEXT),
        Column(key="summary", header="what it is", kind=Kind.WORDS),
        Column(key="functional", header="asks for", kind=Kind.WORDS, rank=1),
    )
    return Table(columns=columns, rows=tuple((loss.name, loss.title, loss.functional.value) for loss in members))


def _plain(label: str, text: str) -> Sentence:
    return Sentence(label=label, text=text)


def _about(bound: BoundLoss) -> tuple[Sentence, ...]:
    loss, doc = bound.loss, bound.loss.doc
    encoding = loss.encodings[0]
    facts = [
        ("", doc.summary),
        ("formula", doc.formula),
        ("reduction", _reduction(loss)),
        ("gradient", doc.gradient),
        ("kinks", doc.kinks),
        ("domain", _domain(encoding)),
        ("unit", loss.unit.symbol),
        ("better", {"lower": "lower", "higher": "higher", "zero": "nearer to 0"}[loss.direction.value]),
        ("asks for", loss.functional.value),
        ("best constant", "none" if loss.optimum is None else loss.optimum.spoken),
        ("one row", _bounds(bound)),
        ("rewards", doc.rewards),
        ("outliers", doc.outliers),
        ("use", doc.use),
        *(("pitfall", pitfall) for pitfall in doc.pitfalls),
        ("example", doc.example),
        ("elsewhere", "; ".join(f"{library}: {name}" for library, name in doc.names)),
        ("also", ", ".join(loss.aliases)),
        ("source", doc.source),
    ]
    return tuple(_plain(label, text) for label, text in facts if text)


def _reduction(loss: Loss) -> str:
    return {
        Reduction.MEAN: "weighted mean over rows, Σwℓ/Σw",
        Reduction.SUM: "weighted sum over rows, Σwℓ",
        Reduction.ROOT_MEAN: "square root of the weighted mean over rows, √(Σwℓ/Σw)",
    }[loss.reduction]


def _domain(encoding: Encoding) -> str:
    joint = "" if encoding.joint is None else f"; not defined where the {encoding.joint.broken}"
    return f"target: {encoding.y_true}; prediction: {encoding.y_pred}{joint}"


def _bounds(bound: BoundLoss) -> str:
    gradient = bound.gradient_bound()
    pull = "pulls without bound" if gradient is None else f"pulls with a gradient of at most {gradient:g}"
    high = bound.loss.range.high
    return pull + ("; its loss has no upper bound" if high == math.inf else f"; its loss is at most {high:g}")


def _parameters(bound: BoundLoss) -> Table:
    columns = (
        Column(key="name", header="name", kind=Kind.TEXT),
        Column(key="value", header="value", kind=Kind.WORDS),
        Column(key="default", header="default", kind=Kind.WORDS),
        Column(key="domain", header="may be", kind=Kind.WORDS),
        Column(key="aliases", header="also", kind=Kind.TEXT, rank=2),
        Column(key="summary", header="what it does", kind=Kind.WORDS, rank=1),
    )
    rows = tuple(
        (param.name, _short(value), _short(param.default), _may_be(param), ", ".join(param.aliases), param.summary)
        for param, (_, value) in zip(bound.loss.params, bound.params, strict=True)
    )
    return Table(columns=columns, rows=rows)


def _short(value: object) -> str:
    return f"{value!r}".removesuffix(".0").strip("'")


def _may_be(param: Param) -> str:
    if isinstance(param.domain, tuple):
        return ", ".join(param.domain)
    return " or ".join((str(param.domain), *param.words))


def _side_by_side(bound: BoundLoss) -> Section:
    """Return loss and gradient at a few errors beside mse and mae: why they disagree."""
    others = [losses.parse(name) for name in BESIDE if name != bound.loss.name]
    shown = [bound, *others]
    y_true = np.full(len(SHOWN_ERRORS), SHOWN_TARGET)
    y_pred = y_true + np.array(SHOWN_ERRORS)
    columns = [Column(key="error", header="error", kind=Kind.NUMBER)]
    cells: list[list[float]] = [list(SHOWN_ERRORS)]
    for each in shown:
        kernel = each.kernel(Task.REGRESSION, Form.VALUE)
        if kernel is None:
            continue
        columns += [
            Column(key=each.label, header=each.label, kind=Kind.NUMBER),
            Column(key=f"{each.label}_gradient", header="gradient", kind=Kind.NUMBER),
        ]
        cells += [kernel.per_row(y_true, y_pred).tolist(), kernel.gradient(y_true, y_pred).tolist()]
    table = Table(columns=tuple(columns), rows=tuple(zip(*cells, strict=True)))
    return Section(title=f"one row, as its error grows (target {SHOWN_TARGET:g}, predicted too high)", table=table)


def _payload(loss: Loss) -> Mapping[str, Json]:
    doc = loss.doc
    return {
        "loss": loss.name,
        "title": loss.title,
        "family": loss.family,
        "aliases": list(loss.aliases),
        "encodings": [
            {
                "task": encoding.task.value,
                "pred_form": encoding.form.value,
                "y_true": str(encoding.y_true),
                "y_pred": str(encoding.y_pred),
            }
            for encoding in loss.encodings
        ],
        "params": [
            {
                "name": param.name,
                "aliases": list(param.aliases),
                "default": None if param.default is None else _short(param.default),
                "domain": _may_be(param),
                "summary": param.summary,
            }
            for param in loss.params
        ],
        "reduction": loss.reduction.value,
        "unit": loss.unit.value,
        "direction": loss.direction.value,
        "functional": loss.functional.value,
        "best_constant": None if loss.optimum is None else loss.optimum.spoken,
        "doc": {
            "summary": doc.summary,
            "formula": doc.formula,
            "gradient": doc.gradient,
            "kinks": doc.kinks,
            "rewards": doc.rewards,
            "outliers": doc.outliers,
            "use": doc.use,
            "pitfalls": list(doc.pitfalls),
            "names": [[library, name] for library, name in doc.names],
            "source": doc.source,
            "example": doc.example,
        },
    }


def _record(loss: Loss) -> Mapping[str, Scalar]:
    return {
        "loss": loss.name,
        "title": loss.title,
        "family": loss.family,
        "task": loss.encodings[0].task.value,
        "functional": loss.functional.value,
        "unit": loss.unit.value,
        "direction": loss.direction.value,
        "summary": loss.doc.summary,
    }
