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
    BINARY = "binary"
    MULTICLASS = "multiclass"
    MULTILABEL = "multilabel"
    DISTRIBUTION = "distribution"


class Form(StrEnum):
    """The encoding of a prediction: one number a row, or k numbers a row for k classes."""

    VALUE = "value"
    PROBABILITY = "probability"
    LOGIT = "logit"
    LOG_PROBABILITY = "log-probability"
    MARGIN = "margin"  # one signed score of the positive class
    SCORE = "score"  # a score for each class
    LABEL = "label"  # a decision: 0 or 1, or the number of a class


class Truth(StrEnum):
    """The encoding of the target."""

    SCALAR = "scalar"  # one number a row, shape (n,); binary: 1 for the positive class, 0 else, or soft in between
    CODE = "code"  # the number of the row's class, shape (n,), int64
    ROWS = "rows"  # k numbers a row, shape (n, k): one-hot, soft, several labels, a distribution


class Functional(StrEnum):
    """The property of the target's distribution that minimises an expected loss (Gneiting 2011)."""

    MEAN = "mean"
    MEDIAN = "median"
    QUANTILE = "quantile"
    EXPECTILE = "expectile"
    LOG_MEAN = "mean of log1p"
    HUBER = "Huber functional"
    M_LOCATION = "M-functional of location"
    WEIGHTED_MEDIAN = "median weighted by 1/|y|"
    PROBABILITY = "event probability"
    SHIFTED_PROBABILITY = "shifted event probability"
    PROBABILITIES = "class probabilities"
    LABEL_PROBABILITIES = "label probabilities"
    DISTRIBUTION = "mean distribution"
    MODE = "most likely class"
    DECISION = "decision of least cost"
    NONE = "none"


class Direction(StrEnum):
    """Which values of a measure are better."""

    LOWER = "lower"
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
    NATS = "nats"
    COST = "cost"
    ONE = "1"

    @property
    def symbol(self) -> str:
        """The unit as people write it: "y²", "%"."""
        return {"y^2": "y²", "percent": "%"}.get(self.value, self.value)
