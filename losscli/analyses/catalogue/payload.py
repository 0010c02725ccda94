"""A loss's record for programs: the JSON object and the tidy row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.analyses.catalogue.words import may_be, may_be_prediction, may_be_target, short

if TYPE_CHECKING:
    from collections.abc import Mapping

    from losscli.losses.record import Loss
    from losscli.result import Json, Scalar


def payload_of(loss: Loss) -> Mapping[str, Json]:
    """Return one loss as programs read it."""
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
                "y_true": may_be_target(encoding),
                "y_pred": may_be_prediction(encoding),
            }
            for encoding in loss.encodings
        ],
        "params": [
            {
                "name": param.name,
                "aliases": list(param.aliases),
                "default": None if param.default is None else short(param.default),
                "domain": may_be(param),
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


def record_of(loss: Loss) -> Mapping[str, Scalar]:
    """Return one loss as a tidy row."""
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
