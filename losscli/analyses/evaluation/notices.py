"""What a reader should know before trusting a number of an evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from losscli import losses
from losscli.analyses.evaluation.class_notices import class_notices
from losscli.analyses.evaluation.dependence import group_unit_notices, unit_notices
from losscli.analyses.evaluation.heading import model_name
from losscli.analyses.evaluation.left_out import left_out_notices, pairing_notices
from losscli.analyses.evaluation.no_number import interval_notices, skill_notices
from losscli.engine.files.cell_error import cell_error
from losscli.engine.folds.domain import Side
from losscli.engine.statistics.scale_along import LEAST_RATIO
from losscli.result import Kind, Notice, Value, count_value, notice, text_value
from losscli.text import quoted

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated, ModelNumbers
    from losscli.analyses.evaluation.numbers import LossNumbers
    from losscli.engine.folds.domain import Faults
    from losscli.engine.statistics.inquiry import Asked
    from losscli.engine.table.dataset import Dataset

# Below this many robust standard deviations a tuning constant leaves nearly all errors beyond it.
TINY_TUNING = 0.1
# More files than this are rather parts that a shell made of an unquoted glob than models.
_MOST_MODELS = 9


def fault_error(dataset: Dataset, asked: Asked, model: int, faults: Faults) -> None:
    """Raise the error for rows outside the domain of a loss that the user named; a default loss is shown as n/a.

    Raises
    ------
    InputError
        It names the first rows and what to do.
    """
    if not asked.by_name:
        return
    fault = faults.first[0]
    name, encoding = asked.bound.label, asked.kernel.encoding
    column: str | None = None
    hint: str | None = f"leave {name} out, or correct the rows"
    if fault.side is Side.BOTH and encoding.joint is not None:
        problem, hint = f"{name} is not defined: {encoding.joint.broken}", encoding.joint.hint or hint
    elif fault.side is Side.TARGET:
        column = dataset.roles.target[fault.column]
        problem = f"{name} needs targets in {encoding.y_true}, got {_written(fault.y_true)}"
        hint = encoding.target_hint or hint
    else:
        columns = dataset.roles.models[model].columns
        column = columns[fault.column if len(columns) > 1 else 0]
        problem = f"{name} needs predictions in {encoding.y_pred}, got {_written(fault.y_pred)}"
        hint = encoding.hint or hint
    places = [dataset.source.located([each.record])[0] for each in faults.first]
    raise cell_error(
        None if column is None else dataset.source.column_name(column), faults.count, places, problem, hint
    )


def _written(number: float) -> str:
    return quoted(repr(number).removesuffix(".0"))


def notices_of(evaluated: tuple[Evaluated, ...], *, spelled: str | None, level: float | None) -> tuple[Notice, ...]:
    """Return the notices of all data sets, those about the losses asked for first."""
    notices = [*_about_spelling(spelled)]
    several = len(evaluated) > 1
    if len(evaluated) > _MOST_MODELS:
        hint = "parts of one data set are named as their folder, or as a glob in quotes: 'parts/*.csv'"
        notices.append(
            notice("many-files", "each of {n} files is a model by itself", hint, n=count_value(len(evaluated)))
        )
    for each in evaluated:
        notices += _about_rows(each, several=several)
        notices += _about_tuning(each)
        notices += class_notices(each, several=several)
        for model in each.models:
            alone = not several and len(each.models) == 1
            where = "" if alone else f"{model_name(each, model, several=several)}: "
            notices += _about_model(model, where)
            for position, numbers in enumerate(model.losses):
                notices += _about_loss(each, model, position, numbers, where)
            notices += skill_notices(model, where)
            if level is not None and not each.facts.brief:
                notices += interval_notices(each, model, where)
    return tuple(notices)


def _about_spelling(spelled: str | None) -> Iterator[Notice]:
    for entry in (spelled or "").split(","):
        read = losses.ambiguous_spelling(entry)
        if read:
            yield notice("ambiguous-name", read)


def _about_rows(each: Evaluated, *, several: bool) -> Iterator[Notice]:
    counts, source = each.counts, each.dataset.source
    where = f"{source.label}: " if several else ""
    yield from left_out_notices(source)
    yield from pairing_notices(source, each.dataset.roles.columns, counts.n)
    yield from unit_notices(each, where)
    yield from group_unit_notices(each, {group.label: of.facts.units for group, of in each.groups}, where)
    if counts.n_dropped:
        values = {f"k{i}": count_value(k) for i, k in enumerate(counts.missing.values())}
        values |= {f"c{i}": text_value(column) for i, column in enumerate(counts.missing)}
        listed = ", ".join(f"{{k{i}}} in {{c{i}}}" for i in range(len(counts.missing)))
        rows = "1 row is left out of every model" if counts.n_dropped == 1 else "{n} rows are left out of every model"
        values |= {"n": count_value(counts.n_dropped), "where": text_value(where)}
        yield notice("dropped", f"{{where}}{rows}: missing cells ({listed})", **values)
    if counts.zero_weight:
        k = count_value(counts.zero_weight)
        many = counts.zero_weight > 1
        text = (
            "{where}{n} rows have weight 0 and do not count" if many else "{where}1 row has weight 0 and does not count"
        )
        yield notice("zero-weight", text, n=k, where=text_value(where))
    if source.blank_records:
        k = count_value(source.blank_records)
        text = "{where}{n} blank lines are skipped" if source.blank_records > 1 else "{where}1 blank line is skipped"
        yield notice("blank-lines", text, n=k, where=text_value(where))


def _about_model(model: ModelNumbers, where: str) -> Iterator[Notice]:
    outliers = model.facts.outliers
    if outliers is None:
        return
    if outliers.rule is not None and "mean-absolute" in outliers.rule:
        half = "half of the errors on a side of the median" if "double" in outliers.rule else "half of the errors"
        text = f"{{where}}at least {half} are equal (MAD 0): outliers are judged by the mean absolute deviation instead"
        yield notice("mad-zero", text, where=text_value(where))
    along = None if outliers.fences is None else outliers.fences.along
    if along is not None:
        text = (
            "{where}errors are larger where the prediction is {larger}: each is divided by their scale there "
            "(MAD {least} to {most}) before it is judged"
        )
        larger = _where_larger(along.scales)
        least, most = (Value(kind=Kind.NUMBER, raw=each) for each in (min(along.scales), max(along.scales)))
        yield notice("scale-varies", text, where=text_value(where), larger=text_value(larger), least=least, most=most)


def _where_larger(scales: tuple[float, ...]) -> str:
    """Return the predictions at which scales along them are larger."""
    low, high = scales[0], scales[-1]
    if min(low, high) >= LEAST_RATIO * min(scales):
        return "small or large"
    if max(low, high) <= max(scales) / LEAST_RATIO:
        return "neither small nor large"
    return "large" if high > low else "small"


def _about_tuning(each: Evaluated) -> Iterator[Notice]:
    """Yield a notice for each loss whose tuning constant is far below the errors of every model."""
    scales = [model.facts.error_scale for model in each.models]
    known = [scale for scale in scales if scale is not None]
    for asked in each.asked:
        tuning = asked.bound.loss.tuning
        if tuning is None or not known:
            continue
        set_to = asked.bound.number(tuning.param)
        fitting = tuning.efficient * min(known)
        if set_to >= TINY_TUNING * fitting:
            continue
        text = (
            f"{asked.bound.label}: nearly all errors are larger than {tuning.param} = {{set}}, so it is about "
            f"{tuning.beyond}; {asked.bound.loss.name}:{tuning.param}={{fitting}} is {tuning.efficient:g} robust σ"
        )
        fitted = Value(kind=Kind.NUMBER, raw=_two_digits(fitting))
        yield notice("tuning-below-errors", text, set=Value(kind=Kind.NUMBER, raw=set_to), fitting=fitted)


def _about_loss(
    each: Evaluated, model: ModelNumbers, position: int, numbers: LossNumbers, where: str
) -> Iterator[Notice]:
    label, faults = numbers.bound.label, model.facts.losses[position].faults
    n = count_value(each.counts.n)
    if faults.count:
        k = count_value(faults.count)
        lie, more = "lies" if faults.count == 1 else "lie", ", …" if faults.count > len(faults.first) else ""
        text = f"{{where}}{label} is n/a: {{k}} of {{n}} rows {lie} outside its domain ({{places}}{more})"
        places = ", ".join(each.dataset.places(faults.first))
        yield notice("outside-domain", text, where=text_value(where), k=k, n=n, places=text_value(places))
        return
    if faults.unusual:
        usual = each.asked[position].kernel.encoding.usual
        text = (
            f"{{where}}{label}: target or prediction lies outside {usual} in {{k}} of {{n}} rows, seldom what it is for"
        )
        yield notice("unusual-values", text, where=text_value(where), k=count_value(faults.unusual), n=n)
    if numbers.infinite:
        finite = Value(kind=Kind.NUMBER, raw=numbers.finite_value)
        rows = model.facts.losses[position].infinite
        places = ", ".join(each.dataset.source.place(rows))
        more = ", …" if numbers.infinite > len(rows) else ""
        text = f"{{where}}{label} is infinite in {{k}} of {{n}} rows ({{places}}{more})"
        if numbers.finite_value is not None:
            text += "; of the others it is {finite}"
        k = count_value(numbers.infinite)
        yield notice("infinite", text, where=text_value(where), k=k, n=n, finite=finite, places=text_value(places))
    ties = model.facts.losses[position].ties
    if ties:
        text = f"{{where}}{label}: {{k}} of {{n}} decisions are ties"
        yield notice("ties", text, where=text_value(where), k=count_value(ties), n=n)
    if numbers.skipped:
        text = f"{{where}}{label} leaves {{k}} of {{n}} rows out"
        yield notice("rows-left-out", text, where=text_value(where), k=count_value(numbers.skipped), n=n)


def _two_digits(number: float) -> float:
    return float(f"{number:.2g}")
