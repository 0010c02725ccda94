"""Types that every room shares: arrays and the field's standard terms."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    FloatArray: TypeAlias = NDArray[np.float64]
    IntArray: TypeAlias = NDArray[np.int64]
    BoolArray: TypeAlias = NDArray[np.bool_]


class Task(StrEnum):
    """What kind of target is predicted."""

    REGRESSION = "regression"


class Form(StrEnum):
    """The encoding of a prediction."""

    VALUE = "value"


class Functional(StrEnum):
    """The property of the target's distribution that minimises an expected loss (Gneiting 2011)."""

    MEAN = "mean"
    MEDIAN = "median"
    QUANTILE = "quantile"
    LOG_MEAN = "mean of log1p"
    HUBER = "Huber functional"
    M_LOCATION = "M-functional of location"
    WEIGHTED_MEDIAN = "median weighted by 1/|y|"
    NONE = "none"


class Direction(StrEnum):
    """Which values of a measure are better."""

    LOWER = "lower"
    HIGHER = "higher"
    ZERO = "zero"


class Reduction(StrEnum):
    """How the weighted mean of the per-row losses becomes the printed value."""

    MEAN = "mean"
    SUM = "sum"
    ROOT_MEAN = "root of mean"


class Unit(StrEnum):
    """The unit of a loss, in terms of the unit of the target."""

    Y = "y"
    Y_SQUARED = "y^2"
    PERCENT = "percent"
    ONE = "1"

    @property
    def symbol(self) -> str:
        """The unit as people write it: "y²", "%"."""
        return {"y^2": "y²", "percent": "%"}.get(self.value, self.value)
