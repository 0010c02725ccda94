"""What the law tests run over: every loss under several settings of its parameters, and data from declared domains."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st

from losscli.arrays import Form, Task, Truth
from losscli.losses import LOSSES
from losscli.losses.param import ANY_SCORE, CostMatrix

if TYPE_CHECKING:
    from losscli.arrays import FloatArray
    from losscli.losses.bound import BoundKernel, BoundLoss
    from losscli.losses.param import Interval, Param, ParamValue
    from losscli.losses.record import Loss, Optimum

COSTS = CostMatrix(
    path="costs.csv", missed=(1.0, 0.0, 3.5), mistaken=((0.0, 2.0, 0.0), (1.0, 0.0, 0.5), (0.0, 0.25, 0.0))
)
NEEDED = {"w_fn": 5.0, "w_fp": 0.5, "costs": COSTS}  # values of parameters that have to be given
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

    @property
    def optimum(self) -> Optimum | None:
        return self.kernel.encoding.optimum or self.loss.optimum

    def holds(self, y_true: FloatArray, y_pred: FloatArray) -> bool:
        """Return whether all rows lie in the declared domain."""
        encoding = self.kernel.encoding
        inside = encoding.y_true.contains(y_true) & encoding.y_pred.contains(y_pred)
        if encoding.joint is not None:
            inside = inside & encoding.joint.holds(y_true, y_pred, **dict(self.bound.params))
        return bool(np.all(inside))


def needed(loss: Loss) -> dict[str, ParamValue]:
    """Return a value for each parameter of `loss` that has to be given."""
    return {param.name: NEEDED[param.name] for param in loss.params if param.default is None}


def _settings(param: Param) -> tuple[ParamValue, ...]:
    if isinstance(param.domain, tuple):
        return param.domain
    if param.domain == "file":
        return ()
    if param.default is None:
        return (0.0, 20.0)
    low, high = param.domain.low, param.domain.high
    if math.isfinite(low) and math.isfinite(high):
        return tuple(low + share * (high - low) for share in (0.1, 0.9))
    return (max(0.1 * float(param.default), low), 30.0 * float(param.default))


def _alternating(values: dict[str, tuple[ParamValue, ...]]) -> Iterator[dict[str, ParamValue]]:
    # each value once or more, low ones of one parameter beside high ones of the next
    for turn in range(max(map(len, values.values()), default=0)):
        yield {name: each[(turn + place) % len(each)] for place, (name, each) in enumerate(values.items())}


def _cases() -> Iterator[Case]:
    for loss in LOSSES:
        values = {param.name: _settings(param) for param in loss.params}
        settings = [{}, *_alternating(values)]
        by_signature = {bound.signature: bound for bound in (loss.bind(needed(loss) | given) for given in settings)}
        for bound in by_signature.values():
            for encoding in loss.encodings:
                if encoding.truth is not Truth.SCALAR:
                    continue
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
    """Draw any double of `interval`: the largest, subnormal ones, the neighbours of its ends, infinity if inside."""
    return st.floats(
        None if interval.low == -math.inf else interval.low,
        None if interval.high == math.inf else interval.high,
        exclude_min=interval.low > -math.inf and not interval.low_closed,
        exclude_max=interval.high < math.inf and not interval.high_closed,
        allow_nan=False,
        allow_infinity=interval == ANY_SCORE,
    )


CERTAIN = st.sampled_from([0.0, 1.0])


def perfect(case: Case, y_true: FloatArray) -> FloatArray:
    """Return the prediction that cannot be better for these targets, in the form that `case` takes."""
    form = case.kernel.encoding.form
    return np.copysign(np.inf, y_true - 0.5) if form in {Form.LOGIT, Form.MARGIN} else y_true


@st.composite
def rows(draw: st.DrawFn, case: Case, *, extreme: bool = False, size: int = 6) -> tuple[FloatArray, FloatArray]:
    """Draw y_true and y_pred, each of shape (1 … size,) and read-only, from the domain of `case`."""
    one = anything if extreme else lattice
    encoding = case.kernel.encoding
    y_true, y_pred = one(encoding.y_true), one(encoding.y_pred)
    if encoding.task is Task.BINARY:
        y_true = CERTAIN | y_true if encoding.joint is None else CERTAIN
        y_pred = CERTAIN if encoding.form is Form.LABEL else y_pred
    pair = st.tuples(y_true, y_pred)
    if encoding.joint is not None:
        pair = pair.filter(lambda row: case.holds(np.array(row[:1]), np.array(row[1:])))
    drawn = draw(st.lists(pair, min_size=1, max_size=size))
    first, second = (np.array(column) for column in zip(*drawn, strict=True))
    first.flags.writeable = second.flags.writeable = False
    return first, second
