"""The exact sign-flip test of a mean of few differences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from losscli.arrays import FloatArray

# Both halves of so many signs make tables of at most 2^15 sums
MOST_FLIPPED = 30
# Sums that are equal but for rounding are ties
_ROUNDING = 1e-12


def sign_flip_p_value(differences: FloatArray, weight: FloatArray | None = None) -> float:
    """Return the two-sided p-value, in (0, 1], that the differences are symmetric about 0, by their (weighted) mean.

    It is the share of all 2ⁿ assignments of signs to the differences whose mean is at least as far from 0 as the
    observed one; equally far counts. It is exact: the sums of each half of the signs are tabulated, one table is
    sorted, and the pairs beyond the observed sum are counted in it, so that no random numbers are needed.

    Parameters
    ----------
    differences : array of shape (n,)
        Finite. Zeros have no sign to flip and change nothing.
    weight : array of shape (n,) or None
        Positive.

    Raises
    ------
    ValueError
        More than `MOST_FLIPPED` differences that are not 0.

    Source
    ------
    R. A. Fisher (1935), The Design of Experiments, section 21. E. Horowitz & S. Sahni (1974), Computing partitions
    with applications to the knapsack problem, J. ACM 21, 277–292, for the counting.
    """
    terms = differences if weight is None else weight * differences
    terms = np.abs(terms[terms != 0])
    if len(terms) > MOST_FLIPPED:
        raise ValueError(f"{len(terms)} differences are too many to flip, {MOST_FLIPPED} is the most")
    with np.errstate(all="ignore"):  # sums too large for a number tell nothing
        observed = abs(float(np.sum(differences if weight is None else weight * differences)))
        limit = observed - _ROUNDING * float(np.sum(terms))
        if not 0 < limit < math.inf:
            return 1.0
        half = len(terms) // 2
        first, second = _signed_sums(terms[:half]), np.sort(_signed_sums(terms[half:]))
        # The law is symmetric, so one side is counted
        beyond = len(second) * len(first) - int(np.sum(np.searchsorted(second, limit - first)))
    return 2 * beyond / (len(first) * len(second))


def _signed_sums(terms: FloatArray) -> FloatArray:
    """Return the sums of ± terms, of shape (k,), over all 2ᵏ assignments of signs."""
    sums = np.zeros(1)
    for term in terms:
        sums = np.concatenate([sums + term, sums - term])
    return sums
