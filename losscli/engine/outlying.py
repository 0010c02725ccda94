"""Which residuals are outlying: the modified z-score of Iglewicz & Hoaglin (1993), and its stand-in where MAD is 0.

A row is flagged where |e − median| / scale is above 3.5. The scale is MAD/Φ⁻¹(¾), which estimates the standard
deviation under a normal law. Iglewicz & Hoaglin print the constant as 0.6745, here it is exact (0.674489…): a row is
judged differently only where its score lies within 0.000054 below 3.5, under a normal law one row in ten million.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

THRESHOLD = 3.5  # Iglewicz & Hoaglin (1993), How to Detect and Handle Outliers
SIGMA_PER_MAD = 1 / 0.6744897501960817  # 1/Φ⁻¹(¾)
SIGMA_PER_MEAN_DEVIATION = math.sqrt(math.pi / 2)  # 1.2533…


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The yardstick of outlying rows: the residuals' robust standard deviation, and the name of the rule."""

    scale: float
    rule: str

    @property
    def limit(self) -> float:
        """The distance from the median above which a row is flagged."""
        return THRESHOLD * self.scale


def outlier_scale(mad: float, mean_absolute_deviation: float) -> Scale | None:
    """Return the scale of the residuals from their median and mean absolute deviation about the median.

    Parameters
    ----------
    mad, mean_absolute_deviation : float
        In the unit of the residuals, at least 0. The second is used only where the first is 0, that is where half of
        the residuals are equal.

    Returns
    -------
    Scale or None
        None where both are 0: all residuals are equal, and no row is outlying.
    """
    if mad > 0:
        return Scale(scale=SIGMA_PER_MAD * mad, rule=f"modified-z>{THRESHOLD:g}")
    if mean_absolute_deviation > 0:
        return Scale(
            scale=SIGMA_PER_MEAN_DEVIATION * mean_absolute_deviation, rule=f"mean-absolute-deviation>{THRESHOLD:g}"
        )
    return None


def expected_flagged(n: int, threshold: float = THRESHOLD) -> float:
    """Return how many of `n` rows a normal law puts above the threshold on either side: n · 2 (1 − Φ(threshold))."""
    return n * math.erfc(threshold / math.sqrt(2))
