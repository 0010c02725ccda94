"""Which residuals are outlying: the modified z-score of Iglewicz & Hoaglin (1993), and its stand-in where MAD is 0.

A row is flagged where |e − median| / scale is above 3.5. The scale is MAD/Φ⁻¹(¾), which estimates the standard
deviation under a normal law. Iglewicz & Hoaglin print the constant as 0.6745, here it is exact (0.674489…): a row is
judged differently only where its score lies within 0.000054 below 3.5, under a normal law one row in ten million.
"""

from __future__ import annotations

import math

from msgspec import Struct

from losscli.engine.folds.student import two_sided_tail

THRESHOLD = 3.5  # Iglewicz & Hoaglin (1993), How to Detect and Handle Outliers
STAND_IN = "mean-absolute-deviation"  # where MAD is 0
SIGMA_PER_MAD = 1 / 0.6744897501960817  # 1/Φ⁻¹(¾)
SIGMA_PER_MEAN_DEVIATION = math.sqrt(math.pi / 2)  # 1.2533…
MAD_EFFICIENCY = 0.3675  # of n normal rows MAD is as sure as the standard deviation of so many of them
FEW_ROWS_EXTRA = 1.5  # fitted to simulations of 10 to 100 rows


class Scale(Struct, frozen=True, kw_only=True):
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
        return Scale(scale=SIGMA_PER_MEAN_DEVIATION * mean_absolute_deviation, rule=f"{STAND_IN}>{THRESHOLD:g}")
    return None


def expected_flagged(n: int, threshold: float = THRESHOLD) -> float:
    """Return about how many of `n` rows of a normal law are flagged.

    Of many rows that is the share 2 (1 − Φ(threshold)) of them. Of few it is more, for their MAD is uncertain: of
    normal rows it varies as the standard deviation of 0.37 n of them would, so that scores nearly follow Student's law.
    Simulated at 3.5 for 10, 20, 50, 100, 500 rows: 0.17, 0.13, 0.11, 0.12, 0.30; this gives 0.16, 0.14, 0.11, 0.12,
    0.29, where Φ alone would give 0.005, 0.01, 0.02, 0.05, 0.23.

    Source
    ------
    P. J. Rousseeuw & C. Croux (1993), Alternatives to the median absolute deviation, J. Amer. Statist. Assoc. 88,
    1273–1283, for the efficiency of MAD.
    """
    return n * two_sided_tail(threshold, MAD_EFFICIENCY * n + FEW_ROWS_EXTRA)
