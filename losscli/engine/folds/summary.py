"""What one pass over the rows leaves of one loss and model: enough for its mean and the interval of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.engine.folds.estimate import Student

if TYPE_CHECKING:
    from losscli.engine.folds.estimate import Law


class Sampling(Struct, frozen=True, kw_only=True):
    """How a mean varies from sample to sample where rows depend on one another.

    Attributes
    ----------
    n
        Clusters or periods that have rows.
    variance
        Squared standard error of the mean; 0 where n is below 2.
    skewness
        Of the mean over samples, as the clusters show it; 0 along time.
    law
        Of (mean − truth)/standard error, but for its skewness.
    """

    n: int
    variance: float
    skewness: float
    law: Law


class Summary(Struct, frozen=True, kw_only=True):
    """Counts, the weighted mean and central sums of the finite per-row values v with weights w.

    The sums are those of ψ = w (v − mean) · n/Σw, the rows' pulls on the weighted mean: it is mean + Σψ/n to first
    order, whatever the weights. Without weights ψ = v − mean.

    Attributes
    ----------
    n
        Rows with a positive weight and a finite value.
    weight
        Σw over these rows.
    mean
        Σwv / Σw; NaN where n is 0.
    psi2, psi3
        Σψ² and Σψ³; NaN where the mean alone was wanted.
    infinite, skipped
        Rows with an infinite value, and rows that the loss leaves out (NaN).
    inflation, degrees
        What weights that differ do to the spread of the mean: the factor of the squared standard error that psi2 and n
        tell, and the degrees of freedom of it, None for n − 1.
    dependent
        How the mean varies where rows are of clusters or along time; None where each is drawn by itself.
    """

    n: int
    weight: float
    mean: float
    psi2: float
    psi3: float
    infinite: int
    skipped: int
    inflation: float = 1.0
    degrees: float | None = None
    dependent: Sampling | None = None

    @property
    def skewness(self) -> float | None:
        """(Σψ³/n) / (Σψ²/n)^1.5, the rows' own; None where all values are equal, or sums leave the range of numbers."""
        if not 0 < self.psi2 < math.inf or not math.isfinite(self.psi3):
            return None
        variance = self.psi2 / self.n
        return self.psi3 / self.n / variance / math.sqrt(variance)

    @property
    def law(self) -> Law:
        """The law of (mean − truth)/standard error, but for its skewness, of two rows or more."""
        if self.dependent is not None:
            return self.dependent.law
        return Student(self.n - 1 if self.degrees is None else self.degrees)
