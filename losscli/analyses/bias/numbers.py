"""From the facts of the rows to the numbers of a bias."""

from __future__ import annotations

import math
import sys
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.engine.statistics.inference import below_p_value, hall_interval
from losscli.errors import UsageError
from losscli.text import quoted

if TYPE_CHECKING:
    from losscli.analyses.bias.facts import ErrorFacts
    from losscli.engine.folds.summary import Summary
    from losscli.engine.statistics.error_shape import Side

# Errors that differ by less than this part of predictions and targets differ by the rounding of a subtraction.
_ROUNDING = 16 * sys.float_info.epsilon


class Margin(Struct, frozen=True, kw_only=True):
    """The largest bias that does not matter: positive, in the unit of the target or as a part of the mean target."""

    size: float
    relative: bool


def margin_of(given: float | str) -> Margin:
    """Return a margin from a number, or from text such as "0.5" or "2%".

    Raises
    ------
    UsageError
        It is no size above 0.
    """
    number, percent, rest = str(given).strip().partition("%")
    try:
        size = float(f"{number.strip()}e-2" if percent else number)
    except ValueError:
        size = math.nan
    if rest or not 0 < size < math.inf:
        raise UsageError(
            f"--equivalent-within: expected a size above 0, got {quoted(str(given))}",
            "write 0.5 in the target's unit, or 2%",
        )
    return Margin(size=size, relative=bool(percent))


class Equivalence(StrEnum):
    """Whether a bias matters, as far as the data can tell."""

    BIASED = "biased"
    UNBIASED = "unbiased"
    UNKNOWN = "cannot tell"


class EquivalenceNumbers(Struct, frozen=True, kw_only=True):
    """Two one-sided tests against a margin.

    Attributes
    ----------
    margin
        In the unit of the error.
    interval
        With coverage 1 − 2α: inside ± margin says unbiased, outside it biased.
    p_value
        Of the hypothesis that the bias is beyond the margin: the larger of the two tests'.
    p_within
        Of the hypothesis that it is within the margin.
    rows
        About how many rows would settle it, were bias and spread those of these rows; None where it is settled.
    """

    margin: float
    interval: tuple[float, float] | None
    p_value: float | None
    p_within: float | None
    verdict: Equivalence
    rows: int | None


class SideNumbers(Struct, frozen=True, kw_only=True):
    """Rows on one side of zero: how many, their share of the weight, and their mean error (None for no rows)."""

    n: int
    share: float
    mean: float | None


class Decomposition(Struct, frozen=True, kw_only=True):
    """The mean squared error as a sum: bias², (σ of predictions − σ of targets)², and 2σσ(1 − correlation)."""

    mse: float
    bias_squared: float
    spread: float
    correlation: float


class ErrorNumbers(Struct, frozen=True, kw_only=True):
    """How a bias looks beyond its mean.

    Attributes
    ----------
    standardised
        Bias in standard deviations of the error; None where all are equal, or squares leave the range of numbers.
    over, under
        The rows on either side of zero.
    median, trimmed
        Median error and mean error without 5 % at either end.
    decomposition
        Of the mean squared error.
    constant_target
        Whether all targets are equal.
    """

    standardised: float | None
    over: SideNumbers
    under: SideNumbers
    median: float
    trimmed: float
    decomposition: Decomposition
    constant_target: bool


def error_numbers(facts: ErrorFacts, mbe: float, weight: float) -> ErrorNumbers:
    """Return how a bias looks beyond its mean.

    Parameters
    ----------
    mbe : float
        The mean error.
    weight : float
        Σw, the number of rows where there are no weights.

    Source
    ------
    H. Theil (1966), Applied Economic Forecasting, section 2.4.
    """
    deviation = math.sqrt(facts.error.variance)
    largest = max(abs(facts.target.mean), abs(facts.prediction.mean), math.sqrt(facts.target.variance))
    apart = (math.sqrt(facts.prediction.variance) - math.sqrt(facts.target.variance)) ** 2
    return ErrorNumbers(
        standardised=mbe / deviation if _ROUNDING * largest < deviation < math.inf else None,
        over=_side(facts.over, weight),
        under=_side(facts.under, weight),
        median=facts.median,
        trimmed=facts.trimmed,
        decomposition=Decomposition(
            mse=mbe * mbe + facts.error.variance,
            bias_squared=mbe * mbe,
            spread=min(apart, facts.error.variance),
            # a variance of differences is at least (σ − σ)²; only rounding takes it below
            correlation=max(facts.error.variance - apart, 0.0),
        ),
        constant_target=facts.extent[0] == facts.extent[1],
    )


def _side(side: Side, weight: float) -> SideNumbers:
    return SideNumbers(n=side.n, share=side.weight / weight, mean=side.total / side.weight if side.n else None)


def equivalence_numbers(summary: Summary, margin: float, level: float) -> EquivalenceNumbers:
    """Return whether the mean of errors lies within ± margin, by two one-sided tests at 1 − level.

    Source
    ------
    D. J. Schuirmann (1987), A comparison of the two one-sided tests procedure and the power approach for assessing the
    equivalence of average bioavailability, J. Pharmacokinet. Biopharm. 15, 657–680.
    """
    alpha = 1 - level
    interval = hall_interval(summary, 1 - 2 * alpha)
    above, below = below_p_value(summary, margin), below_p_value(summary, -margin)
    if interval is None or above is None or below is None:
        return EquivalenceNumbers(
            margin=margin, interval=None, p_value=None, p_within=None, verdict=Equivalence.UNKNOWN, rows=None
        )
    p_value, p_within = max(above, 1 - below), min(1 - above, below)
    verdict = Equivalence.UNKNOWN
    if p_value <= alpha:
        verdict = Equivalence.UNBIASED
    elif p_within <= alpha:
        verdict = Equivalence.BIASED
    rows = None
    distance = abs(margin - abs(summary.mean))
    if verdict is Equivalence.UNKNOWN and distance > 0:
        # the half width shrinks with the root of the number of rows
        needed = summary.n * ((interval[1] - interval[0]) / 2 / distance) ** 2
        rows = max(int(float(f"{needed:.2g}")), summary.n + 1) if math.isfinite(needed) else None
    return EquivalenceNumbers(
        margin=margin, interval=interval, p_value=p_value, p_within=p_within, verdict=verdict, rows=rows
    )
