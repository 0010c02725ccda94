"""From the facts of the rows to the numbers that are shown."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.engine.statistics.inference import hall_interval, loss_interval, mean_p_value, standard_error
from losscli.losses.param import REAL
from losscli.losses.param import Interval as Domain

if TYPE_CHECKING:
    from losscli.engine.folds.summary import Summary
    from losscli.engine.statistics.inquiry import Asked, Constant, Facts, ModelFacts
    from losscli.losses.bound import BoundLoss

# A bias of more than so many mean targets (1 000 %) says that the mean target is near 0, and nothing of the bias.
MOST_RELATIVE = 10.0
Interval = tuple[float, float]

# A mean error below this part of the values that it comes from is what rounding left of 0.
ROUNDING = 8 * sys.float_info.epsilon
# What a probability minus what happened may be.
OF_PROBABILITIES = Domain(low=-1.0, high=1.0, low_closed=True, high_closed=True)


class LossNumbers(Struct, frozen=True, kw_only=True):
    """One loss of one model; what does not exist is None.

    Attributes
    ----------
    value, interval, std_error
        The loss, in its unit; infinite where the loss of a row is, and None of one that has a sign.
    finite_value, infinite
        The loss of the rows where it is finite, and how many rows are infinite.
    skipped
        Rows that the loss leaves out.
    constant, constant_value
        The best constant prediction, and the loss of it.
    skill
        1 − value / constant_value.
    outlier_share
        Share of Σwℓ that the flagged rows hold, in [0, 1].
    """

    bound: BoundLoss
    n: int
    value: float | None
    interval: Interval | None
    std_error: float | None
    finite_value: float | None
    infinite: int
    skipped: int
    constant: float | tuple[float, ...] | None
    constant_value: float | None
    skill: float | None
    outlier_share: float | None


class BiasNumbers(Struct, frozen=True, kw_only=True):
    """The mean error of one model, prediction minus target.

    `mbe` is NaN where it leaves the range of numbers. `relative` is mbe / |mean target|, None beyond `MOST_RELATIVE`.
    """

    mbe: float
    interval: Interval | None
    p_value: float | None
    relative: float | None

    @property
    def direction(self) -> str | None:
        """Which way predictions err: "over", "under" or "none", by the sign of the mean error; None for one of NaN."""
        if math.isnan(self.mbe):
            return None
        return "over" if self.mbe > 0 else "under" if self.mbe < 0 else "none"

    @property
    def significant(self) -> bool | None:
        """Whether the interval leaves zero out; None without an interval."""
        return None if self.interval is None else not self.interval[0] <= 0 <= self.interval[1]


def _loss_numbers(
    asked: Asked, summary: Summary | None, constant: Constant | None, held: float | None, interval: Interval | None
) -> LossNumbers:
    """Return the numbers of one loss.

    Parameters
    ----------
    summary : Summary or None
        Of the per-row losses; None where rows lie outside the domain.
    constant : Constant or None
        The best constant prediction with its mean loss.
    held : float or None
        Σwℓ over the flagged rows.
    interval : tuple of float, or None
        Of the value.
    """
    bound = asked.bound
    if summary is None or (summary.n == 0 and not summary.infinite):
        skipped = summary.skipped if summary else 0
        return LossNumbers(
            bound=bound, n=0, value=None, interval=None, std_error=None, finite_value=None, infinite=0, skipped=skipped,
            constant=None, constant_value=None, skill=None, outlier_share=None,
        )  # fmt: skip
    finite_value = bound.reduce(summary.mean, summary.weight) if summary.n else None
    value = finite_value if finite_value is not None and not summary.infinite else math.inf
    known = math.isfinite(value) or not bound.loss.is_signed  # an infinite mean of errors has no sign
    constant_value = _reduced(bound, constant, summary)
    return LossNumbers(
        bound=bound,
        n=summary.n,
        value=value if known else None,
        interval=interval,
        std_error=standard_error(bound, summary),
        finite_value=finite_value,
        infinite=summary.infinite,
        skipped=summary.skipped,
        constant=constant.constant if constant and constant_value is not None else None,
        constant_value=constant_value,
        skill=_skill(value, constant_value),
        outlier_share=None if held is None else share_held(held, shared_total(bound, summary)),
    )


def _reduced(bound: BoundLoss, constant: Constant | None, summary: Summary) -> float | None:
    if constant is None or math.isnan(constant.mean):
        return None
    return bound.reduce(constant.mean, summary.weight)


def _skill(value: float, reference: float | None) -> float | None:
    if reference is None or reference <= 0 or math.isinf(reference) or math.isinf(value):
        return None
    return 1 - value / reference


def shared_total(bound: BoundLoss, summary: Summary | None) -> float | None:
    """Return the Σwℓ that rows hold shares of; None for a signed loss, and where it is 0 or infinite."""
    if summary is None or bound.loss.is_signed or summary.infinite:
        return None
    total = summary.mean * summary.weight
    return total if 0 < total < math.inf else None


def share_held(held: float, total: float | None) -> float | None:
    """Return the share in [0, 1] of a `shared_total` that `held` is; None where there is none."""
    return None if total is None else min(held / total, 1.0)


def rows_rested_on(total: float, squares: float) -> float | None:
    """Return on how many rows of equal loss a `shared_total` would rest as much: (Σwℓ)²/Σ(wℓ)²."""
    return total / squares * total if 0 < squares < math.inf else None


def _relative(mbe: float, mean_target: float | None) -> float | None:
    """Return the mean error in parts of the mean target, None where that is too near 0 to measure anything by."""
    if not mean_target or math.isnan(mbe) or abs(mbe) > MOST_RELATIVE * abs(mean_target):
        return None
    return mbe / abs(mean_target)


def mean_error(error: Summary) -> float:
    """Return the mean of errors; NaN where one of them, or their sum, leaves the range of numbers."""
    return math.nan if error.infinite or math.isinf(error.mean) else error.mean


def bias_numbers(
    error: Summary | None, mean_target: float | None, level: float | None, within: Domain = REAL
) -> BiasNumbers | None:
    """Return the mean error with its sign, its interval and its size beside the mean target; None without errors.

    What rounding of the values may have left of 0 is 0. The interval is cut at what the error of a row may be, which is
    `within`.
    """
    if error is None:
        return None
    spread = math.sqrt(error.psi2 / error.n) if error.n and math.isfinite(error.psi2) else 0.0
    noise = ROUNDING * (abs(mean_target or 0.0) + spread)
    mbe = _rounded_off(mean_error(error), noise)
    interval = hall_interval(error, level) if level else None
    if interval is not None:
        low, high = (within.clip(_rounded_off(end, noise)) for end in interval)
        interval = low, high
    return BiasNumbers(
        mbe=mbe,
        interval=interval,
        p_value=mean_p_value(error) if level else None,
        relative=_relative(mbe, mean_target),
    )


def _rounded_off(number: float, noise: float) -> float:
    return 0.0 if abs(number) <= noise else number


def class_bias_numbers(
    errors: tuple[Summary, ...] | None, rates: tuple[float, ...] | None, level: float | None
) -> tuple[BiasNumbers, ...] | None:
    """Return for each class the mean predicted probability minus the observed rate; None without probabilities."""
    if errors is None or rates is None:
        return None
    each = (bias_numbers(error, rate, level, OF_PROBABILITIES) for error, rate in zip(errors, rates, strict=True))
    return tuple(bias for bias in each if bias is not None)


def model_numbers(
    losses: tuple[Asked, ...], facts: Facts, model: ModelFacts, level: float | None
) -> tuple[LossNumbers, ...]:
    """Return the numbers of each loss of one model."""
    numbers = []
    for position, (asked, found, constant) in enumerate(zip(losses, model.losses, facts.constants, strict=True)):
        held = model.outliers.totals[position] if model.outliers else None
        interval = None
        if level and found.summary is not None:
            interval = loss_interval(asked.bound, found.summary, level, facts.effective_n)
        numbers.append(_loss_numbers(asked, found.summary, constant, held, interval))
    return tuple(numbers)
