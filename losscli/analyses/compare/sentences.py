"""The sentences under a comparison, made from its figures."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from losscli.analyses.compare.disagreement import about_winners
from losscli.analyses.compare.numbers import Correction, Verdict, count_of_comparisons
from losscli.analyses.evaluation.dependence import units_in_words
from losscli.result import Kind, Sentence, Value, count_value, text_value

if TYPE_CHECKING:
    from losscli.analyses.compare.compared import Compared
    from losscli.analyses.compare.numbers import Comparison

# Where a few rows hold this much of one loss, and so many times what they hold of another, the first depends on them.
NOTABLE_SHARE = 0.1
NOTABLE_FACTOR = 2.0
# Rows that hold more of a loss than all others rule it.
RULING_SHARE = 0.5
_FEW_CARRY = "so few rows carry it that a mean cannot be told from 0"
CORRECTIONS = {Correction.BENJAMINI_HOCHBERG: "Benjamini–Hochberg", Correction.HOLM: "Holm"}


def about_losses(compared: Compared) -> tuple[Sentence, ...]:
    """Return what the losses of one model see differently, if they do."""
    model = compared.evaluated.models[0]
    outliers = model.facts.outliers
    flagged = outliers.n if outliers else 0
    by_outliers = [(numbers.bound.label, numbers.outlier_share) for numbers in model.losses]
    by_top = [
        (numbers.bound.label, spread.top_share)
        for numbers, spread in zip(model.losses, compared.spreads[0], strict=True)
    ]
    shares = by_outliers if flagged else by_top
    told = sorted(((label, share) for label, share in shares if share is not None), key=lambda each: -each[1])
    if len(told) < 2:
        return ()
    (most, largest), (least, smallest) = told[0], told[-1]
    n = compared.evaluated.counts.n
    rows = "{flagged} rows of {n}" if flagged else "The 1 % of rows with the largest loss"
    if flagged == 1:
        rows = "1 row of {n}"
    verb = "holds" if flagged == 1 else "hold"
    values = {
        "flagged": count_value(flagged),
        "n": count_value(n),
        "largest": Value(kind=Kind.FRACTION, raw=largest),
        "smallest": Value(kind=Kind.FRACTION, raw=smallest),
        "most": text_value(most),
        "least": text_value(least),
    }
    rule = _rule(largest, smallest, one=flagged == 1)
    text = f"{rows} {verb} {{largest}} of {{most}} and {{smallest}} of {{least}}: {rule}."
    return (Sentence(text=text, values=values),)


def _rule(largest: float, smallest: float, *, one: bool) -> str:
    """Return what follows where a few rows hold these shares of the loss that they hold most and least of."""
    they, those, them, others = (
        ("it", "that row", "it", "other rows") if one else ("they", "those rows", "them", "others")
    )
    if smallest > RULING_SHARE:
        return f"{they} {'outweighs' if one else 'outweigh'} all other rows in every loss"
    if largest > RULING_SHARE:
        return f"{{most}} is mostly about {those}, {{least}} mostly about the {others}"
    if largest >= NOTABLE_SHARE and largest >= NOTABLE_FACTOR * smallest:
        return f"{{most}} depends on {those} more than {{least}} does"
    return f"no loss is ruled by {them}"


def about_models(compared: Compared, *, level: float | None) -> tuple[Sentence, ...]:
    """Return how p-values come about, which model is better by how much, and where losses disagree."""
    said: list[Sentence | None] = [*_tests(compared, level)]
    said += [_judgement(compared, candidate) for candidate in compared.order[1:]]
    said += [
        *about_winners(compared),
        *_alike(compared),
        _signed(compared),
        *(_open(compared) if level is not None else ()),
    ]
    return tuple(sentence for sentence in said if sentence is not None)


def _tests(compared: Compared, level: float | None) -> Iterator[Sentence]:
    """Yield which test the p-values come from, and how they and the intervals are adjusted."""
    count = count_of_comparisons(compared.evaluated, compared.comparisons)
    if count == 0:
        return
    units = compared.evaluated.dataset.roles.units
    text = "p of the sign-flip test" if compared.tests == {"sign-flip"} else "p of the paired t test"
    text += " on the differences row by row"
    if units is not None and units.in_time:
        text = "p of the test for time series (Bartlett, fixed-b) on the differences along {units}"
    elif units is not None:
        text = "p of the paired t test on the differences summed over each of {units}"
    if len(compared.tests) > 1:
        text += ", of the sign-flip test where they are all equal"
    if adjusted := count > 1 and compared.correction is not Correction.NONE:
        text += f", adjusted for {{count}} comparisons ({CORRECTIONS[compared.correction]})"
    values = {
        "count": count_value(count),
        "units": text_value(units_in_words(compared.evaluated)),
    }
    yield Sentence(text=text, values=values, columns=("p",))
    by_t = "sign-flip" in compared.tests
    if (by_t or adjusted) and level is not None and any(each.ratio_interval for each in compared.comparisons):
        text = (
            "intervals are by the t test"
            if by_t
            else "verdicts are adjusted for the number of comparisons, intervals are not"
        )
        if by_t and adjusted:
            text += ", and not adjusted for the number of comparisons, as verdicts are"
        yield Sentence(text=text, columns=("interval",))


def _alike(compared: Compared) -> Iterator[Sentence]:
    """Yield which losses rank models alike, so that they are told as one."""
    for group in compared.alike():
        if len(group) > 1:
            *others, last = (compared.evaluated.asked[loss].bound.label for loss in group)
            yield Sentence(text=f"{', '.join(others)} and {last} rank models alike: they are one comparison.")


def _signed(compared: Compared) -> Sentence | None:
    """Return which losses have a sign, so that less is not better."""
    bounds = [asked.bound for asked in compared.evaluated.asked]
    signed = [bound.label for bound in bounds if bound.loss.is_signed]
    if not signed:
        return None
    has = "has a sign" if len(signed) == 1 else "have a sign"
    return Sentence(text=f"{', '.join(signed)} {has}, so that less is not better: no model is ranked by it.")


def _open(compared: Compared) -> Iterator[Sentence]:
    """Yield by which losses the change has a limit on one side only, or no interval although the difference has."""
    found = [each for each in compared.comparisons if each.ratio is not None and each.interval is not None]
    none = [each for each in found if each.ratio_interval is None]
    half = [
        each
        for each in found
        if each.ratio_interval and (not each.ratio_interval[0] or math.isinf(each.ratio_interval[1]))
    ]
    if half:
        text = f"A change in {_losses_of(compared, half)} has a limit on one side only: {_FEW_CARRY}."
        yield Sentence(text=text, columns=("interval",))
    if none:
        text = f"No interval of a change in {_losses_of(compared, none)}: {_FEW_CARRY}."
        yield Sentence(text=text, columns=("interval",))


def _losses_of(compared: Compared, comparisons: list[Comparison]) -> str:
    return ", ".join(dict.fromkeys(compared.evaluated.asked[each.loss].bound.label for each in comparisons))


def _judgement(compared: Compared, candidate: int) -> Sentence | None:
    """Return in one sentence by which losses the candidate is better or worse than the baseline, and by how much."""
    told = {group[0] for group in compared.alike()}
    mine = [each for each in compared.comparisons if each.candidate == candidate and each.test and each.loss in told]
    if not mine:
        return None
    values: dict[str, Value] = {
        "candidate": text_value(compared.name(candidate)),
        "baseline": text_value(compared.baseline),
    }
    if all(each.verdict is Verdict.IDENTICAL for each in mine):
        return Sentence(text="{candidate} and {baseline} have the same loss on every row.", values=values)
    parts = []
    for word, verdict in (("better", Verdict.BETTER), ("worse", Verdict.WORSE)):
        sure = [each for each in mine if each.verdict is verdict]
        if sure:
            by = ", ".join(_by(compared, each, f"{word}{position}", values) for position, each in enumerate(sure))
            parts.append(f"{{candidate}} is {word} than {{baseline}} by {by}")
    unsure = _labels(compared, mine, Verdict.INDISTINGUISHABLE)
    untested = _labels(compared, mine, None)
    if unsure and parts:
        parts.append(f"by {unsure} they cannot be told apart")
    elif unsure and (untested or len(mine) == 1):
        parts.append(f"By {unsure} {{candidate}} and {{baseline}} cannot be told apart")
    elif unsure:
        parts.append("By none of the losses can {candidate} and {baseline} be told apart")
    if untested:
        are = "is" if untested.count(", ") == 0 else "are"
        parts.append(f"{untested} {are} infinite and cannot be tested")
    return Sentence(text="; ".join(parts) + ".", values=values)


def _labels(compared: Compared, comparisons: list[Comparison], verdict: Verdict | None) -> str:
    """Return the losses with that verdict, as they are listed in a sentence."""
    return ", ".join(compared.evaluated.asked[each.loss].bound.label for each in comparisons if each.verdict is verdict)


def _by(compared: Compared, comparison: Comparison, key: str, values: dict[str, Value]) -> str:
    """Return "mae (−2.2 %, 95 % interval …)" with its figures put into `values`."""
    label = compared.evaluated.asked[comparison.loss].bound.label
    if comparison.ratio is None:
        return label
    values[key] = Value(kind=Kind.SIGNED_FRACTION, raw=comparison.ratio - 1)
    return f"{label} ({{{key}}})"
