"""What is asked of the rows about a bias, beyond the mean error that every evaluation knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.engine.folds.question import Question, ask, both
from losscli.engine.folds.select import median
from losscli.engine.statistics.error_shape import Sides, Spreads, trimmed_mean
from losscli.engine.statistics.optimum import Extent

if TYPE_CHECKING:
    from losscli.engine.statistics.error_shape import Side, Spread
    from losscli.engine.statistics.subject import Subject

# The part of the weight that the trimmed mean leaves out at either end.
TRIMMED = 0.05


class ErrorFacts(Struct, frozen=True, kw_only=True):
    """How the errors of one subject lie around zero.

    Attributes
    ----------
    over, under
        Rows with errors above and below zero.
    median, trimmed
        Median error, and mean error without the `TRIMMED` share at either end.
    error, prediction, target
        Their means and variances.
    extent
        The least and the largest target of all rows.
    """

    over: Side
    under: Side
    median: float
    trimmed: float
    error: Spread
    prediction: Spread
    target: Spread
    extent: tuple[float, float]


def error_facts(subject: Subject) -> Question[ErrorFacts]:
    """Return how the errors of a subject lie around zero."""
    middle = both(median(subject.error), trimmed_mean(subject.error, TRIMMED))
    spreads = both(ask(Spreads(subject.error)), both(ask(Spreads(subject.prediction)), ask(Spreads(subject.target))))
    ((over, under), extent), ((center, trimmed), (error, (prediction, target))) = yield from both(
        both(ask(Sides(subject.error)), ask(Extent())), both(middle, spreads)
    )
    return ErrorFacts(
        over=over,
        under=under,
        median=center,
        trimmed=trimmed,
        error=error,
        prediction=prediction,
        target=target,
        extent=extent,
    )
