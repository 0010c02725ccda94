"""The sentences on one bias, made from its figures."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from losscli.analyses.bias.facts import TRIMMED
from losscli.analyses.bias.numbers import Equivalence
from losscli.analyses.evaluation.bias_words import NO_BIAS, OUT_OF_RANGE, bias_sentences, level_in_words
from losscli.arrays import Functional
from losscli.result import Kind, Sentence, Value, count_value

if TYPE_CHECKING:
    from losscli.analyses.bias.biased import Biased, SubjectNumbers
    from losscli.analyses.bias.numbers import EquivalenceNumbers, ErrorNumbers, SideNumbers
    from losscli.analyses.evaluation.numbers import BiasNumbers


# So many standard errors more rows on one side than on the other happen by chance in 5 % of samples.
SURE_OF_SIDES = 1.96


def about(each: Biased, numbers: SubjectNumbers, level: float | None) -> Iterator[Sentence]:
    """Yield what is to be said of the bias of a model, the line of eval first."""
    match each.wanted.functional, each.wanted.level:
        case Functional.QUANTILE, float(promised):
            yield _coverage(numbers.bias, promised, level)
        case Functional.EXPECTILE, float(promised):
            yield _expectile(numbers.bias, promised, level)
        case _:
            yield from bias_sentences(each.evaluated.dataset.roles, numbers.model, level)
    if numbers.error is not None:
        yield from _size(numbers.error, numbers.bias.p_value)
        yield _middle(numbers.error, numbers.bias, _rows_worth(each))
        yield _sides(numbers.error)
        yield from _squares(numbers.error)
    if numbers.equivalence is not None and level is not None:
        yield _equivalence(numbers.equivalence, level)


def _coverage(bias: BiasNumbers, promised: float, level: float | None) -> Sentence:
    """Return what a quantile covers, beside what it promises."""
    values = {
        "covered": Value(kind=Kind.FRACTION, raw=promised + bias.mbe),
        "promised": Value(kind=Kind.FRACTION, raw=promised),
    }
    text = "covers {covered} of the targets where {promised} is promised"
    if bias.interval is not None and level is not None:
        low, high = bias.interval
        values["low"] = Value(kind=Kind.FRACTION, raw=promised + low)
        values["high"] = Value(kind=Kind.FRACTION, raw=promised + high)
        values["p"] = Value(kind=Kind.P_VALUE, raw=bias.p_value)
        text += f", {level_in_words(level)} interval {{low}} to {{high}}, p {{p}}"
    return Sentence(label="bias", text=f"{text}: {_judged(bias)}", values=values)


def _expectile(bias: BiasNumbers, promised: float, level: float | None) -> Sentence:
    """Return the error of an expectile, weighted by its side."""
    if bias.direction is None:
        return Sentence(label="bias", text=OUT_OF_RANGE)
    values = {
        "level": Value(kind=Kind.NUMBER, raw=promised),
        "size": _signed(bias.mbe),
        "interval": Value(kind=Kind.SIGNED_INTERVAL, raw=bias.interval),
        "p": Value(kind=Kind.P_VALUE, raw=bias.p_value),
    }
    text = "mean error {size}, weighted for the {level} expectile"
    if bias.interval is not None and level is not None:
        text += f", {level_in_words(level)} interval {{interval}}, p {{p}}"
    return Sentence(label="bias", text=f"{text}: {_judged(bias)}", values=values)


def _judged(bias: BiasNumbers) -> str:
    if bias.significant is False:
        return NO_BIAS
    return "too high" if bias.mbe > 0 else "too low" if bias.mbe < 0 else "neither too high nor too low"


def _size(error: ErrorNumbers, p_value: float | None) -> Iterator[Sentence]:
    if error.standardised is None:
        exact = error.over.n == error.under.n == 0
        if exact or 0 < error.decomposition.mse < math.inf:  # else their squares leave the range of numbers
            yield Sentence(label="size", text="all errors are equal")
        return
    text = "{size} standard deviations of the error" + ("" if p_value is None else ", p {p}")
    values = {"size": _signed(error.standardised), "p": Value(kind=Kind.P_VALUE, raw=p_value)}
    yield Sentence(label="size", text=text, values=values)


def _rows_worth(each: Biased) -> float:
    """Return how many rows of equal weight the rows are worth; 0 where they depend on one another."""
    return each.evaluated.facts.effective_n if each.evaluated.dataset.roles.units is None else 0.0


def _middle(error: ErrorNumbers, bias: BiasNumbers, rows: float) -> Sentence:
    """Return the median and the trimmed mean error, and what it means where their signs differ from the mean's.

    Of errors about 0 signs differ by chance: it means something where the mean or the median is beyond chance.
    """
    mbe = bias.mbe
    values = {"median": _signed(error.median), "trimmed": _signed(error.trimmed)}
    text = f"median error {{median}}, mean error without {100 * TRIMMED:g} % of the rows at either end {{trimmed}}"
    against = [name for name, value in (("trimmed mean", error.trimmed), ("median", error.median)) if value * mbe < 0]
    if against and (bias.significant or _leans(error, rows)):
        mean, others = ("over", "under") if mbe > 0 else ("under", "over")
        why = "a few rows drive the mean" if error.trimmed * mbe < 0 else "the errors are skewed"
        text += f"; the mean says {mean}, the {' and the '.join(against)} {others}: {why}"
    return Sentence(label="middle", text=text, values=values)


def _leans(error: ErrorNumbers, rows: float) -> bool:
    """Return whether more of so many rows are on one side of 0 than chance explains (sign test, nearly)."""
    over, under = error.over.share, error.under.share
    return abs(over - under) * math.sqrt(rows) > SURE_OF_SIDES * math.sqrt(over + under)


def _sides(error: ErrorNumbers) -> Sentence:
    parts, values = [], {}
    for word, side in (("over", error.over), ("under", error.under)):
        values[f"{word}_share"] = Value(kind=Kind.FRACTION, raw=side.share)
        part = f"{{{word}_share}} {word}"
        if side.mean is not None:
            values[f"{word}_mean"] = Value(kind=Kind.NUMBER, raw=abs(side.mean))
            part += f" by {{{word}_mean}} on average"
        parts.append(part)
    exact = 1 - error.over.share - error.under.share
    if _is_some(error.over, error.under):
        values["exact"] = Value(kind=Kind.FRACTION, raw=exact)
        parts.append("{exact} exact")
    return Sentence(label="rows", text=", ".join(parts), values=values)


def _is_some(over: SideNumbers, under: SideNumbers) -> bool:
    """Whether some rows are on neither side; their share is a difference, and may be rounding."""
    return 1 - over.share - under.share > 1e-12


def _squares(error: ErrorNumbers) -> Iterator[Sentence]:
    parts = error.decomposition
    if not 0 < parts.mse < math.inf:
        return
    values = {
        "mse": Value(kind=Kind.NUMBER, raw=parts.mse),
        "bias": Value(kind=Kind.FRACTION, raw=parts.bias_squared / parts.mse),
        "spread": Value(kind=Kind.FRACTION, raw=parts.spread / parts.mse),
        "correlation": Value(kind=Kind.FRACTION, raw=parts.correlation / parts.mse),
    }
    text = "{mse}: {bias} bias², {spread} difference of spread, {correlation} lack of correlation"
    yield Sentence(label="mse", text=text, values=values)


def _equivalence(equivalence: EquivalenceNumbers, level: float) -> Sentence:
    values = {
        "margin": Value(kind=Kind.NUMBER, raw=equivalence.margin),
        "interval": Value(kind=Kind.SIGNED_INTERVAL, raw=equivalence.interval),
        "p": Value(
            kind=Kind.P_VALUE,
            raw=equivalence.p_within if equivalence.verdict is Equivalence.BIASED else equivalence.p_value,
        ),
        "rows": count_value(equivalence.rows),
    }
    tested = f"{level_in_words(2 * level - 1)} interval {{interval}}, p {{p}}"
    match equivalence.verdict:
        case Equivalence.UNBIASED:
            text = f"unbiased within ±{{margin}}: {tested} (two one-sided tests)"
        case Equivalence.BIASED:
            text = f"biased by more than {{margin}}: {tested} (two one-sided tests)"
        case Equivalence.UNKNOWN if equivalence.interval is None:
            text = "cannot tell whether the bias is within ±{margin}: there is no interval"
        case Equivalence.UNKNOWN:
            settle = "" if equivalence.rows is None else "; about {rows} rows would settle it"
            text = f"cannot tell whether the bias is within ±{{margin}}: {tested}{settle}"
    return Sentence(label="matters", text=text, values=values)


def _signed(number: float) -> Value:
    return Value(kind=Kind.SIGNED, raw=number)
