"""What a loss is: one frozen record of facts, from which lists, help, manual and tests are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from losscli.arrays import Direction, Form, Functional, Reduction, Task, Truth, Unit
from losscli.errors import UsageError
from losscli.losses.bound import BoundLoss
from losscli.losses.param import NON_NEGATIVE, REAL, Interval, Param, ParamValue
from losscli.text import quoted

if TYPE_CHECKING:
    from losscli.arrays import BoolArray, FloatArray


Kernel: TypeAlias = "Callable[..., FloatArray]"


class JointDomain(Struct, frozen=True, kw_only=True):
    """A condition on target and prediction together, in addition to their ranges."""

    holds: Callable[..., BoolArray]  # (y_true, y_pred, **params)
    broken: str  # what a row is that breaks it: "target is zero"
    hint: str | None = None


class Encoding(Struct, frozen=True, kw_only=True):
    """One encoding of target and prediction that a loss accepts, with its functions.

    All functions are pure and vectorised, take arrays and the loss's parameters by name, never reduce over rows,
    validate, clip or write to their inputs. With `of_residual` they take e = y_pred − y_true alone, and with
    `is_residual` the loss is e; else they take y_true and y_pred. One number a row: float64 arrays of equal shape. k
    numbers a row: y_pred is (n, k), one class after another in memory (Fortran order), y_true as `truth` says;
    `per_row` then returns (n,) and `gradient` (n, k).

    Attributes
    ----------
    per_row
        The loss of each row: maybe inf, never NaN but for a row that a parameter says to leave out (mape:zero=skip).
    gradient
        Its derivative in y_pred; where that does not exist, 0 if 0 is a subgradient.
    y_true, y_pred, joint
        What target and prediction may be, each for itself and together.
    usual, hint, target_hint
        Values outside `usual`, a part of what they may be, are worth a notice, though the loss is defined there.
        `hint` says what predictions outside `y_pred` probably are, `target_hint` what to do about targets outside
        `y_true`.
    tied
        Returns 1.0 for rows whose decision is a tie, else 0.0.
    optimum
        Stands in for that of the loss where the best constant depends on the encoding.
    unused
        Names of parameters of the loss that mean nothing here; the functions take them all the same.
    """

    task: Task
    form: Form
    per_row: Kernel
    gradient: Kernel
    of_residual: bool = False
    is_residual: bool = False
    y_true: Interval = REAL
    y_pred: Interval = REAL
    joint: JointDomain | None = None
    usual: Interval | None = None
    truth: Truth = Truth.SCALAR
    hint: str | None = None
    target_hint: str | None = None
    tied: Kernel | None = None
    optimum: Optimum | None = None
    unused: tuple[str, ...] = ()

    @property
    def takes_all(self) -> bool:
        """Whether it is defined, and meant, for all real targets and predictions."""
        return self.y_true == self.y_pred == REAL and self.joint is None and self.usual is None


class MeanOf(Struct, frozen=True, kw_only=True):
    """The best constant is inverse(mean(transform(y_true)), **params); both are the identity by default.

    `words` say what it is where the functions do not.
    """

    transform: Kernel | None = None
    inverse: Callable[..., float] | None = None
    words: str | None = None

    @property
    def spoken(self) -> str:
        """What the constant is, in words."""
        if self.words is not None:
            return self.words
        if self.transform is None:
            return "the mean of the target"
        return "the mean of the transformed target, transformed back"


class MeanRowOf(Struct, frozen=True, kw_only=True):
    """The best constant row is inverse(mean over rows of transform(target rows), **params); shape (k,).

    The target rows are (n, k); a class number counts as the row with 1 at it and 0 elsewhere. `words` say what it is.
    """

    words: str
    transform: Kernel | None = None
    inverse: Callable[..., FloatArray] | None = None

    @property
    def spoken(self) -> str:
        """What the constant is, in words."""
        return self.words


class QuantileOf(Struct, frozen=True, kw_only=True):
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


class RootOfGradient(Struct, frozen=True, kw_only=True):
    """The best constant is where the mean gradient is zero; the loss is convex, so secants in a bracket find it."""

    spoken = "numeric: where the mean gradient is 0"


class NumericMinimum(Struct, frozen=True, kw_only=True):
    """The loss is not convex in a constant prediction: a search from several starts finds the best constant."""

    spoken = "numeric: the best of a search from several starts"


Optimum: TypeAlias = "MeanOf | MeanRowOf | QuantileOf | RootOfGradient | NumericMinimum"


class Tuning(Struct, frozen=True, kw_only=True):
    """A parameter in the unit of the error that only means something beside the size of the errors.

    `efficient` times their robust standard deviation is its usual value; where nearly all errors are larger than the
    parameter, the loss is `beyond` and nothing else.
    """

    param: str
    efficient: float
    beyond: str


class Doc(Struct, frozen=True, kw_only=True):
    """What a person should know of a loss; plain text, formulas in Unicode.

    `formula` and `gradient` are per row, with y = y_true, p = y_pred and r = p − y. `names` pairs a library with its
    name for the loss. `example` is worked in numbers, where numbers show what words do not.
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
    example: str = ""


class Loss(Struct, frozen=True, kw_only=True):
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
    range, most
        The values that the loss of a single row can take, whatever the parameters; the largest as a function of them,
        where they decide it.
    optimum
        How the best constant prediction is found; None where there is none.
    gradient_bound
        The largest absolute gradient that one row can have, as a function of the parameters; None where unbounded.
    may_skip
        Whether `per_row` may be NaN for rows that a parameter says to leave out.
    is_rate
        Whether each row is 0 or 1, so that their mean is a rate.
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
    most: Callable[..., float] | None = None
    optimum: Optimum | None = None
    gradient_bound: Callable[..., float] | None = None
    may_skip: bool = False
    is_rate: bool = False
    tuning: Tuning | None = None

    @property
    def is_signed(self) -> bool:
        """Whether it is best at 0, so that less is not better: models are not ranked by it."""
        return self.direction is not Direction.LOWER

    @property
    def template(self) -> str | None:
        """How it is written where parameters have to be given: "rww_bce:w_fn=…:w_fp=…"; None where none has."""
        needed = [f"{param.name}=…" for param in self.params if param.default is None]
        return ":".join([self.name, *needed]) if needed else None

    def bind(self, given: Mapping[str, ParamValue] = MappingProxyType({})) -> BoundLoss:
        """Return the loss with its parameters fixed: those of `given` (by any of their names), else the defaults.

        Raises
        ------
        UsageError
            An unknown parameter, one given twice, or a value outside its domain.
        """
        values: dict[str, ParamValue | None] = {param.name: param.default for param in self.params}
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
        lacking = [name for name, value in values.items() if value is None]
        if lacking:
            raise UsageError(f"{self.name} needs {' and '.join(lacking)}", f"write it as {self.template}")
        return BoundLoss(loss=self, params=tuple((key, value) for key, value in values.items() if value is not None))
