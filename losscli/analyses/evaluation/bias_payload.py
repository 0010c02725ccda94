"""The bias of one model or class as programs read it, the same in every analysis that tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from losscli.analyses.evaluation.numbers import BiasNumbers
    from losscli.result import Json


def bias_fields(bias: BiasNumbers) -> dict[str, Json]:
    """Return the keys of a bias in the JSON object of an answer."""
    return {
        "mbe": bias.mbe,
        "direction": bias.direction,
        "significant": bias.significant,
        "ci": None if bias.interval is None else list(bias.interval),
        "p_value": bias.p_value,
        "relative": bias.relative,
    }
