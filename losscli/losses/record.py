"""What a loss is: one frozen record of facts, from which lists, help, manual and tests are made."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from losscli.arrays import Direction, Form, Functional, Reduction, Task, Unit
from losscli.errors import UsageError
from losscli.text import quoted

if TYPE_CHECKING:
    from losscli.arrays import BoolArray, FloatArray

ParamValue: TypeAlias = float | str | bool
Kernel: TypeAlias = "Callable[..., FloatArray]"


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A range of numbers; ends are open unless closed."""

    low: float = -math.inf
    high: float = math.inf
    low_closed: bool = False
    high_closed: bool = False

    def contains(self, x: FloatArray) -> BoolArray:
        """Return for each element of `x`, of any shape, whether it lies inside. NaN does not."""
        above = x >= self.low if self.low_closed else x > self.low
        below = x <= self.high if self.high_closed else x < self.high
        inside: BoolArray = above & below
        return inside

    def clip(self, x: float) -> float:
        """Return the point of the closed interval that is nearest to `x`."""
        return min(max(x, self.low), self.high)

    def __str__(self) -> str:
        if self == REAL:
            return "any real number"
        left, right = "[" if self.low_closed else "(", "]" if self.high_closed else ")"
        low = "−∞" if self.low == -math.inf else f"{self.low:g}".replace("-", "−")
        high = "∞" if self.high == math.inf else f"{self.high:g}".replace("-", "−")
        return f"{left}{low}, {high}{right}"


REAL = Interval()
NON_NEGATIVE = Interval(low=0.0, low_closed=True)
POSITIVE = Interval(low=0.0)


@dataclass(frozen=True, kw_only=True)
class Param:
    """A parameter of a loss: its names, its default and what it may be (a range of numbers, or words)."""

    name: str
    default: ParamValue
    domain: Interval | tuple[str, ...]
    summary: str
    aliases: tuple[str, ...] = ()

    def read(self, loss: str, given: ParamValue) -> ParamValue:
        """Return `given` (text from a command line, or a value from Python) as this parameter's type.

        Raises
        ------
        UsageError
            Where it is no number, outside the domain, or none of the words.
        """
        where = f"{loss}:{self.name}"
        if isinstance(self.domain, tuple):
            word = str(given).lower().removesuffix(".0")
            if word not in self.domain:
                raise UsageError(f"{where}: expected one of {', '.join(self.domain)}, got {quoted(str(given))}")
            return word
        try:
            number = float(given)
        except ValueError:
            raise UsageError(f"{where}: expected a number, got {quoted(str(given))}") from None
        inside = (number >= self.domain.low if self.domain.low_closed else number > self.domain.low) and (
            number <= self.domain.high if self.domain.high_closed else number < self.domain.high
        )
        if not inside:
            raise UsageError(f"{where}: {number:g} is outside {self.domain}")
        return number


@dataclass(frozen=True, kw_only=True)
class JointDomain:
    """A condition on target and prediction together, in addition to their ranges."""

    holds: Callable[..., BoolArray]  # (y_true, y_pred, **params)
    broken: str  # what a row is that breaks it: "target is zero"
    hint: str | None = None


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """One encoding of target and prediction that a loss accepts, with its functions.

    All functions are pure and vectorised, take float64 arrays of equal shape and the loss's parameters by name, never
    reduce, validate, clip or write to their inputs. With `of_residual` they take e = y_pred − y_true alone, else
    y_true and y_pred. `per_row` may be inf, never NaN, but for a row that the loss is told to leave out
    (mape:zero=skip). `gradient` is the derivative in y_pred; where it does not exist, 0 if 0 is a subgradient.
    `curvature` is the second derivative in y_pred, needed where the best constant is a root (`RootOfGradient`).
    Targets and predictions outside `usual`, though the loss is defined there, are worth a notice.
    """

    task: Task
    form: Form
    per_row: Kernel
    gradient: Kernel
    curvature: Kernel | None = None
    of_residual: bool = False
    y_true: Interval = REAL
    y_pred: Interval = REAL
    joint: JointDomain | None = None
    usual: Interval | None = None


@dataclass(frozen=True, kw_only=True)
class MeanOf:
    """The best constant is inverse(mean(transform(y_true))); both are the identity by default."""

    transform: Kernel | None = None
    inverse: Callable[[float], float] | None = None

    @property
    def spoken(self) -> str:
        """What the constant is, in words."""
        if self.transform is None:
            return "the mean of the target"
        return "the mean of the transformed target, transformed back"


@dataclass(frozen=True, kw_only=True)
class QuantileOf:
    """The best constant is a quantile of y_true: of the level, or of the level that a parameter names.

    `weight` gives each row a further weight (mape: 1/|y|). At level ½ the mid-point of the median interval is taken.
    """

    level: float | str
    weight: Kernel | None = None  # (y_true, **params)

    @property
    def spoken(self) -> str:
        """What the constant is, in words."""
        if isinstance(self.level, str):
            return f"the {self.level}-quantile of the target"
        return (
            "the median of the target, the mid-point where it is an interval"
            if self.weight is None
            else ("a weighted median of the target")
        )


@dataclass(frozen=True, kw_only=True)
class RootOfGradient:
    """The best constant is where the mean gradient is zero; the loss is convex, so a safeguarded Newton finds it."""

    spoken = "numeric: where the mean gradient is 0"


@dataclass(frozen=True, kw_only=True)
class NumericMinimum:
    """The loss is not convex in a constant prediction: a search from several starts finds the best constant."""

    spoken = "numeric: the best of a search from several starts"


Optimum: TypeAlias = MeanOf | QuantileOf | RootOfGradient | NumericMinimum


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """A parameter in the unit of the error that only means something beside the size of the errors.

    `efficient` times their robust standard deviation is its usual value; where nearly all errors are larger than the
    parameter, the loss is `beyond` and nothing else.
    """

    param: str
    efficient: float
    beyond: str


@dataclass(frozen=True, kw_only=True)
class Doc:
    """What a person should know of a loss; plain text, formulas in Unicode.

    `formula` and `gradient` are per row, with y = y_true, p = y_pred and r = p − y. `names` pairs a library with its
    name for the loss.
    """

    summary: str
    formula: str
    gradient: str
    kinks: str
    rewards: str
    outliers: str
    use: str
    pitfalls: tuple[str, ...]
    names: tuple[tuple[str, str], ...]
    source: str


@dataclass(frozen=True, kw_only=True)
class Loss:
    """Everything there is to know about one loss. `losses.LOSSES` is the table of all of them.

    Attributes
    ----------
    name, aliases, title, family
        The canonical name; other names that mean the same in some library; the name in words; its group in lists.
    encodings
        What it accepts; the first is the usual one.
    functional
        What of the target's distribution minimises its expectation.
    params
        Its parameters with their defaults.
    reduction, unit, direction
        From per-row losses to the printed value; its unit; which values are better.
    range
        The values that the loss of a single row can take.
    optimum
        How the best constant prediction is found; None where there is none.
    gradient_bound
        The largest absolute gradient that one row can have, as a function of the parameters; None where unbounded.
    may_skip
        Whether `per_row` may be NaN for rows that a parameter says to leave out.
    tuning
        The parameter that has to fit the size of the errors; None where there is none.
    """

    name: str
    title: str
    family: str
    encodings: tuple[Encoding, ...]
    functional: Functional
    unit: Unit
    doc: Doc
    aliases: tuple[str, ...] = ()
    params: tuple[Param, ...] = ()
    reduction: Reduction = Reduction.MEAN
    direction: Direction = Direction.LOWER
    range: Interval = NON_NEGATIVE
    optimum: Optimum | None = None
    gradient_bound: Callable[..., float] | None = None
    may_skip: bool = False
    tuning: Tuning | None = None

    def bind(self, given: Mapping[str, ParamValue] = MappingProxyType({})) -> BoundLoss:
        """Return the loss with its parameters fixed: those of `given` (by any of their names), else the defaults.

        Raises
        ------
        UsageError
            An unknown parameter, one given twice, or a value outside its domain.
        """
        values = {param.name: param.default for param in self.params}
        seen: set[str] = set()
        for key, raw in given.items():
            wanted = key.lower().replace("-", "_")
            param = next((p for p in self.params if wanted == p.name or wanted in p.aliases), None)
            if param is None:
                known = ", ".join(p.name for p in self.params)
                raise UsageError(
                    f"{self.name} has no parameter {quoted(key)}",
                    f"it has {known}" if known else f"{self.name} takes no parameters",
                )
            if param.name in seen:
                raise UsageError(f"{self.name}: parameter {param.name} is given twice")
            seen.add(param.name)
            values[param.name] = param.read(self.name, raw)
        return BoundLoss(loss=self, params=tuple(values.items()))


@dataclass(frozen=True, kw_only=True)
class BoundKernel:
    """The functions of one encoding with the parameters filled in.

    Two losses with the same `key` have the same per-row values (mse, rmse, sse), which are then computed once.
    """

    encoding: Encoding
    params: tuple[tuple[str, ParamValue], ...]

    @cached_property
    def key(self) -> tuple[Kernel, tuple[tuple[str, ParamValue], ...]]:
        """Identity of the per-row function with its parameters; hashable."""
        return self.encoding.per_row, self.params

    def per_row(self, y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
        """Return the loss of each row; shapes broadcast."""
        return self._apply(self.encoding.per_row, y_true, y_pred)

    def gradient(self, y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
        """Return the derivative of each row's loss in its prediction."""
        return self._apply(self.encoding.gradient, y_true, y_pred)

    def curvature(self, y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
        """Return the second derivative of each row's loss in its prediction."""
        if self.encoding.curvature is None:
            raise TypeError("this loss declares no curvature")
        return self._apply(self.encoding.curvature, y_true, y_pred)

    def of_residual(self, e: FloatArray) -> FloatArray:
        """Return the loss of each row from its residual e = y_pred − y_true; only for encodings of residuals."""
        return self.encoding.per_row(e, **dict(self.params))

    def _apply(self, function: Kernel, y_true: FloatArray, y_pred: FloatArray) -> FloatArray:
        if self.encoding.of_residual:
            return function(y_pred - y_true, **dict(self.params))
        return function(y_true, y_pred, **dict(self.params))


@dataclass(frozen=True, kw_only=True)
class BoundLoss:
    """A loss with its parameters fixed: all that other rooms see of a loss."""

    loss: Loss
    params: tuple[tuple[str, ParamValue], ...]

    @property
    def label(self) -> str:
        """The name with the parameters that differ from their defaults: "huber", "huber:delta=2"."""
        changed = [(p.name, v) for p, (_, v) in zip(self.loss.params, self.params, strict=True) if v != p.default]
        return _spell(self.loss.name, changed)

    @property
    def signature(self) -> str:
        """The name with all parameters: "huber:delta=1"."""
        return _spell(self.loss.name, list(self.params))

    def kernel(self, task: Task, form: Form) -> BoundKernel | None:
        """Return the functions for this encoding, or None where the loss does not accept it."""
        for encoding in self.loss.encodings:
            if (encoding.task, encoding.form) == (task, form):
                return BoundKernel(encoding=encoding, params=self.params)
        return None

    def gradient_bound(self) -> float | None:
        """Return the largest absolute gradient of one row, or None where there is no bound."""
        bound = self.loss.gradient_bound
        return None if bound is None else bound(**dict(self.params))

    def reduce(self, mean: float, total_weight: float) -> float:
        """Return the printed value, monotone in `mean`, from the weighted mean of the rows and the sum of weights."""
        match self.loss.reduction:
            case Reduction.MEAN:
                return mean
            case Reduction.SUM:
                return mean * total_weight
            case Reduction.ROOT_MEAN:
                return math.sqrt(mean)


def _spell(name: str, params: list[tuple[str, ParamValue]]) -> str:
    # repr, so that the text read back gives the same number
    values = (
        f"{key}={value!r}".removesuffix(".0") if isinstance(value, float) else f"{key}={value}" for key, value in params
    )
    return ":".join([name, *values])
