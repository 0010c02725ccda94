"""Many comparisons at once: adjusted p-values, and the agreement of rankings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from losscli.arrays import FloatArray


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return p-values, in [0, 1], that keep the chance of any false alarm among them at their level.

    None, a comparison that was not made, stays None and is not counted.

    Source
    ------
    S. Holm (1979), A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6, 65–70.
    """
    order = _smallest_first(p_values)
    adjusted, largest = list(p_values), 0.0
    for rank, (p, position) in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - rank) * p))
        adjusted[position] = largest
    return adjusted


def holm_of_all(p_values: FloatArray) -> FloatArray:
    """Return what `holm` says of p-values of shape (n,), of which NaN are those that were not made."""
    order = np.argsort(p_values)  # NaN last
    made = int(np.count_nonzero(~np.isnan(p_values)))
    adjusted = p_values.copy()
    times = np.arange(made, 0, -1)
    adjusted[order[:made]] = np.maximum.accumulate(np.minimum(1.0, times * p_values[order[:made]]))
    return adjusted


def benjamini_hochberg(p_values: Sequence[float | None]) -> list[float | None]:
    """Return p-values, in [0, 1], that keep the expected share of false alarms among the alarms at their level.

    None, a comparison that was not made, stays None and is not counted.

    Source
    ------
    Y. Benjamini & Y. Hochberg (1995), Controlling the false discovery rate, J. R. Statist. Soc. B 57, 289–300.
    """
    order = _smallest_first(p_values)
    adjusted, smallest = list(p_values), 1.0
    for rank, (p, position) in reversed(list(enumerate(order, start=1))):
        smallest = min(smallest, len(order) * p / rank)
        adjusted[position] = smallest
    return adjusted


def _smallest_first(p_values: Sequence[float | None]) -> list[tuple[float, int]]:
    return sorted((p, position) for position, p in enumerate(p_values) if p is not None)


def kendall_tau_b(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Return Kendall's rank correlation, corrected for ties, in [−1, 1], of a few values in pairs.

    Pairs with a NaN are left out. None where fewer than two are left, and where x or y is the same in all.

    Source
    ------
    M. G. Kendall (1945), The treatment of ties in ranking problems, Biometrika 33, 239–251.
    """
    pairs = [pair for pair in zip(x, y, strict=True) if not (math.isnan(pair[0]) or math.isnan(pair[1]))]
    # Compared, not subtracted: ∞ − ∞ is no number
    (order_x, order_y) = (
        np.greater.outer(c, c).astype(int) - np.less.outer(c, c) for c in np.array(pairs).reshape(-1, 2).T
    )
    untied = math.sqrt(float(np.sum(order_x**2)) * float(np.sum(order_y**2)))
    return float(np.sum(order_x * order_y)) / untied if untied else None
