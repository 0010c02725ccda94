"""Rules by which rows count as outlying, as they are written on the command line."""

from __future__ import annotations

import math
from enum import StrEnum

from msgspec import Struct

from losscli.engine.statistics.outlying import THRESHOLD
from losscli.errors import UsageError
from losscli.text import nearest, quoted

FENCE = 1.5  # interquartile ranges beyond the quartiles: Tukey (1977), Exploratory Data Analysis; 3 is his outer fence
_WRITTEN = "modified-z:3.5, double-mad:3.5, iqr:1.5, iqr:3, adjusted-boxplot:1.5, top:20, top:1% or error:100"


class Measure(StrEnum):
    """What a rule goes by."""

    MODIFIED_Z = "modified-z"  # distance from the median in robust standard deviations
    DOUBLE_MAD = "double-mad"  # the same, in those of the side of the median that the error lies on
    IQR = "iqr"  # distance beyond the quartiles in interquartile ranges
    ADJUSTED_BOXPLOT = "adjusted-boxplot"  # the same, in ranges that the skewness of the errors stretches
    ERROR = "error"  # size of the error
    TOP = "top"  # number of rows, those with the largest errors or losses
    TOP_SHARE = "top-share"  # share of the rows, those with the largest errors or losses


class Rule(Struct, frozen=True, kw_only=True):
    """A rule: what it goes by, and how far is too far.

    `limit` is in robust standard deviations, in interquartile ranges, in the unit of the errors, in rows, or a share
    in (0, 1).
    """

    measure: Measure
    limit: float

    @property
    def ranks(self) -> bool:
        """Whether it takes the rows with the largest errors, or losses, whatever their size."""
        return self.measure in (Measure.TOP, Measure.TOP_SHARE)


USUAL = Rule(measure=Measure.MODIFIED_Z, limit=THRESHOLD)
# Of predictions of classes, which have no errors to be judged: confident and wrong.
USUAL_OF_CLASSES = Rule(measure=Measure.TOP_SHARE, limit=0.01)
_LIMITS = {
    Measure.MODIFIED_Z: THRESHOLD,
    Measure.DOUBLE_MAD: THRESHOLD,
    Measure.IQR: FENCE,
    Measure.ADJUSTED_BOXPLOT: FENCE,
}


def read_rule(text: str) -> Rule:
    """Return the rule that is written as "modified-z:3.5", "iqr:3", "top:20", "top:1%" or "error:100".

    Raises
    ------
    UsageError
        There is no such rule, or its limit is none.
    """
    name, colon, limit = text.strip().lower().replace("_", "-").partition(":")
    names = [measure.value for measure in Measure if measure is not Measure.TOP_SHARE]
    if name not in names:
        near = nearest(name, names)
        meant = f"did you mean {near}? " if near else ""
        raise UsageError(f"--rule: there is no rule {quoted(text)}", f"{meant}rules are written {_WRITTEN}")
    measure = Measure(name)
    if not colon:
        if measure not in _LIMITS:
            raise UsageError(f"--rule: {name} needs a limit", f"rules are written {_WRITTEN}")
        return Rule(measure=measure, limit=_LIMITS[measure])
    if measure is Measure.TOP:
        return _top(text, limit)
    number = _number(limit)
    if not 0 < number < math.inf:
        raise _no_limit(text, "a number above 0")
    return Rule(measure=measure, limit=number)


def _top(text: str, limit: str) -> Rule:
    if limit.endswith("%"):
        share = _number(f"{limit[:-1].strip()}e-2")
        if not 0 < share < 1:
            raise _no_limit(text, "a percentage between 0 and 100")
        return Rule(measure=Measure.TOP_SHARE, limit=share)
    if not limit.isascii() or not limit.isdigit() or int(limit) == 0:
        raise _no_limit(text, "a whole number of rows from 1 on, or a percentage")
    return Rule(measure=Measure.TOP, limit=int(limit))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _no_limit(text: str, expected: str) -> UsageError:
    return UsageError(f"--rule: expected {expected}, got {quoted(text)}", f"rules are written {_WRITTEN}")
