"""What one pass over the rows leaves of one loss and model: enough for its mean and the interval of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Summary:
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
    """

    n: int
    weight: float
    mean: float
    psi2: float
    psi3: float
    infinite: int
    skipped: int
