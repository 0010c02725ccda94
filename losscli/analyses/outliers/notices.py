"""What a reader should know before trusting what is said of outliers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from losscli.result import Notice, notice, text_value

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.analyses.outliers.numbers import ModelOutliers

# Fewer rows have no bulk that a row could lie outside of.
FEW_ROWS = 5


def outlier_notices(evaluated: Evaluated, models: tuple[ModelOutliers, ...]) -> Iterator[Notice]:
    """Yield the notices about rules that judge badly on these rows."""
    n = evaluated.counts.n
    if n < FEW_ROWS:
        rows = "1 row is" if n == 1 else f"{n} rows are"
        yield notice("few-rows", f"{rows} too few to tell an outlier from the others")
    for each in models:
        where = "" if len(models) == 1 else f"{each.model.name}: "
        outliers = each.outliers
        if outliers is None or outliers.rule is None:
            continue
        if outliers.n == n:
            yield notice(
                "all-flagged",
                "{where}the rule flags every row, so that nothing is left without them",
                where=text_value(where),
            )
        fences = outliers.fences
        if outliers.rule.startswith(("iqr", "adjusted-boxplot")) and fences is not None and fences.low == fences.high:
            text = "{where}the middle half of the errors are equal (IQR 0): every other error lies outside"
            yield notice("iqr-zero", text, where=text_value(where))
