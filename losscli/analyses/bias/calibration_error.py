"""How far the probabilities of a model are from the rates that come true, in one number over bins."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from losscli.analyses.bias.part_numbers import PartNumbers


def calibration_error(bins: Sequence[PartNumbers]) -> float:
    """Return the expected calibration error: the mean over bins, by weight, of the size of their bias."""
    return sum(part.weight * abs(part.bias.mbe) for part in bins)


def chance_calibration_error(bins: Sequence[PartNumbers]) -> float:
    """Return about what the expected calibration error is of probabilities that are right.

    A bin's observed rate is off its mean probability p by √(2p(1 − p)/(πn)) on average, by chance alone, where it is
    worth n independent rows.
    """
    spread = [math.sqrt(2 / math.pi * _variance(part.target + part.bias.mbe) / part.independent) for part in bins]
    return sum(part.weight * each for part, each in zip(bins, spread, strict=True))


def _variance(probability: float) -> float:
    return max(probability * (1 - probability), 0.0)
