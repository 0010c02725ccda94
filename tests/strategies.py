"""What the law tests run over: every loss under several settings of its parameters, and data from declared domains."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st

from losscli.losses import LOSSES

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.losses.bound import BoundKernel, BoundLoss
    from losscli.losses.param import Interval, Param, ParamValue
    from losscli.losses.record import Loss

LATTICE = 1 / 8  # coarse next to the steps of difference quotients, and rich in ties, zeros and exact kinks
LATTICE_REACH = 100.0


@dataclass(frozen=True, kw_only=True)
class Case:
    """A loss with parameters under one of its encodings."""

    bound: BoundLoss
    kernel: BoundKernel

    def __str__(self) -> str:
        return f"{self.bound.signature}/{self.kernel.encoding.form}"

    @property
    def loss(self) -> Loss:
        return self.bound.loss

    def holds(self, y_true: FloatArray, y_pred: FloatArray) -> bool:
        """Return whether all rows lie in the declared domain."""
        encoding = self.kernel.encoding
        inside = encoding.y_true.contains(y_true) & encoding.y_pred.contains(y_pred)
        if encoding.joint is not None:
            inside = inside & encoding.joint.holds(y_true, y_pred, **dict(self.bound.params))
        return bool(np.all(inside))


def _settings(param: Param) -> tuple[ParamValue, ...]:
    if isinstance(param.domain, tuple):
        return param.domain
    low, high = param.domain.low, param.domain.high
    if math.isfinite(low) and math.isfinite(high):
        return tuple(low + share * (high - low) for share in (0.1, 0.9))
    return (0.1 * float(param.default), 30.0 * float(param.default))


def _cases() -> Iterator[Case]:
    for loss in LOSSES:
        settings = [{}, *({param.name: value} for param in loss.params for value in _settings(param))]
        by_signature = {bound.signature: bound for bound in (loss.bind(given) for given in settings)}
        for bound in by_signature.values():
            for encoding in loss.encodings:
                kernel = bound.kernel(encoding.task, encoding.form)
                assert kernel is not None
                yield Case(bound=bound, kernel=kernel)


CASES = tuple(_cases())


def lattice(interval: Interval) -> st.SearchStrategy[float]:
    """Draw multiples of 1/8 of moderate size from the inside of `interval`."""
    low = max(interval.low, -LATTICE_REACH) / LATTICE
    high = min(interval.high, LATTICE_REACH) / LATTICE
    return st.integers(math.floor(low) + 1, math.ceil(high) - 1).map(lambda k: k * LATTICE)


def anything(interval: Interval) -> st.SearchStrategy[float]:
    """Draw any finite double of `interval`: the largest, subnormal ones, the neighbours of its ends."""
    return st.floats(
        None if interval.low == -math.inf else interval.low,
        None if interval.high == math.inf else interval.high,
        exclude_min=interval.low > -math.inf and not interval.low_closed,
        exclude_max=interval.high < math.inf and not interval.high_closed,
        allow_nan=False,
        allow_infinity=False,
    )


@st.composite
def rows(draw: st.DrawFn, case: Case, *, extreme: bool = False, size: int = 6) -> tuple[FloatArray, FloatArray]:
    """Draw y_true and y_pred, each of shape (1 … size,) and read-only, from the domain of `case`."""
    one = anything if extreme else lattice
    encoding = case.kernel.encoding
    pair = st.tuples(one(encoding.y_true), one(encoding.y_pred))
    if encoding.joint is not None:
        pair = pair.filter(lambda row: case.holds(np.array(row[:1]), np.array(row[1:])))
    y_true, y_pred = (np.array(column) for column in zip(*draw(st.lists(pair, min_size=1, max_size=size)), strict=True))
    y_true.flags.writeable = y_pred.flags.writeable = False
    return y_true, y_pred
