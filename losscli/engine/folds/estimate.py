"""Estimates with their standard errors, and the laws that say how far from the truth they may be."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from losscli.engine.folds.student import two_sided_quantile, two_sided_tail


class Law(Protocol):
    """The law, symmetric about 0, of (estimate − truth)/se."""

    def tail(self, t: float, /) -> float:
        """Return the probability, in [0, 1], of more than t ≥ 0 on either side of 0."""
        ...

    def critical(self, level: float, /) -> float:
        """Return the t with tail(t) = 1 − level, for a level in (0, 1)."""
        ...


class Student(Struct, frozen=True):
    """Student's law; `degrees` are positive."""

    degrees: float

    def tail(self, t: float) -> float:
        """Return the probability of more than t on either side of 0."""
        return two_sided_tail(t, self.degrees)

    def critical(self, level: float) -> float:
        """Return the t with tail(t) = 1 − level."""
        return two_sided_quantile(1 - level, self.degrees)


class Estimate(Struct, frozen=True, kw_only=True):
    """A value, its positive standard error in the same unit, and the law of (value − truth)/se."""

    value: float
    se: float
    law: Law


def interval_of(estimate: Estimate, level: float) -> tuple[float, float]:
    """Return the ends of the interval with nominal coverage `level`, in (0, 1), in the unit of the value."""
    half = estimate.law.critical(level) * estimate.se
    return estimate.value - half, estimate.value + half


def p_value_of(estimate: Estimate, null: float = 0.0) -> float:
    """Return the two-sided p-value, in [0, 1], that the truth is `null`: the inverse of `interval_of`."""
    return estimate.law.tail(abs(estimate.value - null) / estimate.se)
