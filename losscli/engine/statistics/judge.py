"""Which rows of a model are outlying by a rule."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from losscli.engine.folds.accumulate import Total
from losscli.engine.folds.batch import joined
from losscli.engine.folds.fold import fold
from losscli.engine.folds.quantity import Deviation, LossValue, Residual, Target, loss_value
from losscli.engine.folds.question import Question, ask, both, together
from losscli.engine.folds.sample import Sampled
from losscli.engine.folds.select import MOST_BEYOND, median, quantile, spread, tail
from losscli.engine.folds.top_rows import TopRows
from losscli.engine.statistics.flags import Flag, FlaggedTotals, Outliers
from losscli.engine.statistics.outlying import SIGMA_PER_MAD, STAND_IN, Scale, outlier_scale
from losscli.engine.statistics.pulled import Beyond, Fences, Standardised
from losscli.engine.statistics.rule import USUAL, USUAL_OF_CLASSES, Measure, Rule
from losscli.engine.statistics.scale_along import ScaledResidual, scale_along
from losscli.engine.statistics.skewed import Skewness, TwoSided, medcouple, two_scales
from losscli.engine.statistics.subject import Prediction
from losscli.errors import InputError

if TYPE_CHECKING:
    from losscli.engine.folds.batch import Batch
    from losscli.engine.folds.quantity import Quantity
    from losscli.engine.folds.select import Spread
    from losscli.engine.folds.top_rows import Leading
    from losscli.engine.statistics.scale_along import ScaleAlong
    from losscli.losses.bound import BoundKernel

# Errors that differ by less than this part of targets and predictions differ by the rounding of a subtraction.
ROUNDING = 16 * sys.float_info.epsilon
# What rows are ranked by where there are errors.
SIZE_OF_ERROR = "error"


class _Errors(Struct, frozen=True, kw_only=True):
    """The errors of a model, divided by their scale along the prediction where that varies, and their yardstick.

    `raw` is the robust standard deviation of the undivided errors. Rows far away are all among `beyond`, if it is told.
    """

    of: Quantity
    center: float
    scale: Scale
    raw: float
    along: ScaleAlong | None
    beyond: tuple[Batch, ...] | None

    @property
    def z(self) -> Standardised:
        """The robust z-score of a row."""
        return Standardised(self.of, self.center, self.scale.scale)


def outlying_errors(model: int, kernels: tuple[BoundKernel, ...], rule: Rule = USUAL) -> Question[Outliers]:
    """Return which of a model's errors are outlying by a rule, and what they hold of the losses of `kernels`.

    Raises
    ------
    InputError
        The rule takes as many rows as there are, or more.
    """
    reach = rule.limit * SIGMA_PER_MAD if rule.measure is Measure.MODIFIED_Z else math.inf
    errors = yield from _errors(model, reach)
    if rule.measure is Measure.ERROR:
        flag = Flag(Deviation(Residual(model), 0.0), rule.limit)
        judged = _Judged(flag=flag, fences=Fences(-rule.limit, rule.limit), rule=f"error>{rule.limit:g}")
    elif errors is None:
        return Outliers(n=0, rule=None, scale=None, totals=(0.0,) * len(kernels))
    else:
        judged = yield from _judged(model, errors, rule)
    found = yield from _outliers(model, judged.flag, kernels, judged.rule, judged.among)
    found = replace(found, fences=judged.fences, skewness=judged.skewness)
    return found if errors is None else replace(found, scale=errors.raw, z=judged.z or errors.z)


class _Judged(Struct, frozen=True, kw_only=True):
    """What flags the errors of a model, where they are pulled to, and the rule; `z` where it has a score of its own.

    All flagged rows are among those of `among`, at least one batch, if it is told.
    """

    flag: Flag
    fences: Fences
    rule: str
    among: tuple[Batch, ...] | None = None
    z: Quantity | None = None
    skewness: Skewness | None = None


def _judged(model: int, errors: _Errors, rule: Rule) -> Question[_Judged]:
    residual = Residual(model)
    match rule.measure:
        case Measure.MODIFIED_Z:
            reach = rule.limit * errors.scale.scale
            fences = Fences(errors.center - reach, errors.center + reach, errors.along)
            flag = Flag(Deviation(errors.of, errors.center), reach)
            name = f"{errors.scale.rule.partition('>')[0]}>{rule.limit:g}"
            return _Judged(flag=flag, fences=fences, rule=name, among=errors.beyond)
        case Measure.DOUBLE_MAD:
            return (yield from _on_each_side(errors, rule))
        case Measure.IQR:
            low, high = yield from _quartiles(residual)
            fences = Fences(low - rule.limit * (high - low), high + rule.limit * (high - low))
            return _beyond(residual, fences, rule)
        case Measure.ADJUSTED_BOXPLOT:
            (low, high), (center, sample) = yield from both(
                _quartiles(residual), both(median(residual), ask(Sampled(residual)))
            )
            skewness = Skewness(medcouple=medcouple(sample.values, sample.weights, center), rows=len(sample.values))
            fences = Fences(*skewness.fences(low, high, rule.limit))
            return replace(_beyond(residual, fences, rule), skewness=skewness)
        case _:
            flag, least = yield from _largest(Deviation(residual, 0.0), rule)
            return _Judged(flag=flag, fences=Fences(-least, least), rule=_ranked(rule, SIZE_OF_ERROR))


def _quartiles(residual: Residual) -> Question[tuple[float, float]]:
    return both(quantile(residual, 0.25), quantile(residual, 0.75))


def _beyond(residual: Residual, fences: Fences, rule: Rule) -> _Judged:
    flag = Flag(Beyond(residual, fences.low, fences.high), 0.0)
    return _Judged(flag=flag, fences=fences, rule=f"{rule.measure}>{rule.limit:g}")


def _on_each_side(errors: _Errors, rule: Rule) -> Question[_Judged]:
    """Return the judgement by the scale of errors on each side of their median."""
    scales = yield from two_scales(errors.of, errors.center)
    below, above = scales or (errors.scale, errors.scale)
    z = TwoSided(errors.of, errors.center, below.scale, above.scale)
    fences = Fences(errors.center - rule.limit * below.scale, errors.center + rule.limit * above.scale, errors.along)
    scaled = "" if errors.along is None else "scaled-"
    measure = "mean-absolute-deviation" if STAND_IN in below.rule + above.rule else "mad"
    return _Judged(
        flag=Flag(Deviation(z, 0.0), rule.limit), fences=fences, rule=f"{scaled}double-{measure}>{rule.limit:g}", z=z
    )


def largest_losses(
    model: int,
    judge: BoundKernel,
    name: str,
    kernels: tuple[BoundKernel, ...],
    rule: Rule = USUAL_OF_CLASSES,
    *,
    width: int = 1,
) -> Question[Outliers]:
    """Return the rows with the largest loss by `judge`, by default at most 1 %, and what they hold of all losses.

    Where many rows share the largest loss a share takes fewer of them, perhaps none; a number takes the first. Rows are
    of `width` numbers each.

    Raises
    ------
    InputError
        The rule takes as many rows as there are, or more.
    """
    score = LossValue(judge, model)
    among = None
    if rule.measure is Measure.TOP_SHARE:
        limit, among = yield from tail(score, _level(rule), MOST_BEYOND // width)
        flag = Flag(score, limit)
    else:
        flag, _ = yield from _largest(score, rule)
    return (yield from _outliers(model, flag, kernels, _ranked(rule, name), among))


def _largest(score: Quantity, rule: Rule) -> Question[tuple[Flag, float]]:
    """Return what flags the rows with the largest scores, and the largest score that is not flagged."""
    if rule.measure is Measure.TOP_SHARE:
        limit = yield from quantile(score, _level(rule))
        return Flag(score, limit), limit
    count = int(rule.limit)
    rows: Leading | None = yield from ask(TopRows(score, count + 1))
    if rows is None or len(rows) <= count:
        n = 0 if rows is None else len(rows)
        raise InputError(f"--rule top:{count}: there are {n} rows", "name fewer rows than there are")
    last = int(rows.record[count - 1])
    return Flag(score, float(rows.score[count - 1]), last), float(rows.score[count])


def _level(rule: Rule) -> float:
    return round(1 - rule.limit, 12)  # 0.99, not 0.9899999999999999


def _ranked(rule: Rule, name: str) -> str:
    taken = f"{int(rule.limit)}" if rule.measure is Measure.TOP else f"{100 * rule.limit:g}%"
    return f"largest-{taken}:{name}"


def _outliers(
    model: int, flag: Flag, kernels: tuple[BoundKernel, ...], rule: str, among: tuple[Batch, ...] | None = None
) -> Question[Outliers]:
    distinct = tuple(dict.fromkeys(loss_value(kernel, model) for kernel in kernels))
    totals_of = FlaggedTotals((flag,), distinct)
    flagged = (yield from ask(totals_of)) if among is None else fold([joined(among)], (totals_of,), threads=1)[0]
    by_loss = dict(zip(distinct, flagged.totals, strict=True))
    totals = tuple(by_loss[loss_value(kernel, model)] for kernel in kernels)
    return Outliers(n=flagged.n, rule=rule, scale=None, totals=totals, flag=flag)


def _errors(model: int, reach: float) -> Question[_Errors | None]:
    """Return the errors as they are judged, and the rows more than `reach` MADs away; None where all are equal."""
    residual = Residual(model)
    errors, y_pred, y_true = yield from together([ask(Sampled(of)) for of in (residual, Prediction(model), Target())])
    if not errors.n:
        return None
    sizes = np.maximum(np.abs(y_pred.values), np.abs(y_true.values))
    noise = ROUNDING * float(np.median(sizes))
    along = scale_along(y_pred.values, y_true.values, errors.weights)
    if along is None or max(along.scales) <= ROUNDING * float(np.max(sizes)):
        found = yield from spread(residual, errors, reach)
        scale = yield from _scale(residual, found, noise)
        if scale is None:
            return None
        return _Errors(of=residual, center=found.median, scale=scale, raw=scale.scale, along=None, beyond=found.beyond)
    scaled = ScaledResidual(model, along)
    seen = replace(errors, values=errors.values / along.at(y_pred.values))
    plain, found = yield from together([spread(residual, errors), spread(scaled, seen, reach)])
    raw, scale = yield from together([_scale(residual, plain, noise), _scale(scaled, found, 0.0)])
    if raw is None or scale is None:
        return None
    named = replace(scale, rule=f"scaled-{scale.rule}")
    return _Errors(of=scaled, center=found.median, scale=named, raw=raw.scale, along=along, beyond=found.beyond)


def _scale(of: Quantity, found: Spread, noise: float) -> Question[Scale | None]:
    """Return the scale of errors from their MAD, or what stands in where that is 0 but for the `noise` of rounding."""
    if found.deviation > noise or math.isnan(found.deviation):
        return outlier_scale(found.deviation, math.nan)
    weight, total = yield from ask(Total(Deviation(of, found.median)))
    mean = total / weight
    return outlier_scale(0.0, 0.0 if mean <= noise else mean)
