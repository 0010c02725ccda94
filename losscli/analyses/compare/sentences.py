"""The sentences under a comparison, made from its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.analyses.compare.numbers import Correction, Verdict, count_of_comparisons
from losscli.result import Kind, Sentence, Value

if TYPE_CHECKING:
    from losscli.analyses.compare.compared import Compared
    from losscli.analyses.compare.numbers import Comparison, Winner

# Where the outlying rows hold this much of one loss, and so many times what they hold of another, the two disagree.
NOTABLE_SHARE = 0.1
NOTABLE_FACTOR = 2.0
_CORRECTIONS = {Correction.BENJAMINI_HOCHBERG: "Benjamini–Hochberg", Correction.HOLM: "Holm"}


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
        "flagged": Value(kind=Kind.COUNT, raw=flagged),
        "n": Value(kind=Kind.COUNT, raw=n),
        "largest": Value(kind=Kind.FRACTION, raw=largest),
        "smallest": Value(kind=Kind.FRACTION, raw=smallest),
        "most": Value(kind=Kind.TEXT, raw=most),
        "least": Value(kind=Kind.TEXT, raw=least),
    }
    told_apart = f"{rows} {verb} {{largest}} of {{most}} and {{smallest}} of {{least}}"
    if largest >= NOTABLE_SHARE and largest >= NOTABLE_FACTOR * smallest:
        return (Sentence(text=f"{told_apart}: {{most}} judges those rows, {{least}} the rest.", values=values),)
    return (Sentence(text=f"{told_apart}: no loss is ruled by them.", values=values),)


def about_models(compared: Compared) -> tuple[Sentence, ...]:
    """Return how p-values are adjusted, which model is better by how much, and where losses disagree."""
    said = [_adjustment(compared)]
    said += [_judgement(compared, candidate) for candidate in compared.order[1:]]
    said += _disagreement(compared)
    return tuple(sentence for sentence in said if sentence is not None)


def _adjustment(compared: Compared) -> Sentence | None:
    count = count_of_comparisons(compared.evaluated, compared.comparisons)
    if count == 0:
        return None
    flips = any(each.test == "sign-flip" for each in compared.comparisons)
    test = "sign-flip test" if flips else "paired t test"
    if count == 1 or compared.correction is Correction.NONE:
        return Sentence(text=f"p of the {test} on the differences row by row")
    values = {"count": Value(kind=Kind.COUNT, raw=count)}
    adjusted = f"adjusted for {{count}} comparisons ({_CORRECTIONS[compared.correction]})"
    return Sentence(text=f"p of the {test} on the differences row by row, {adjusted}", values=values)


def _judgement(compared: Compared, candidate: int) -> Sentence | None:
    """Return in one sentence by which losses the candidate is better or worse than the baseline, and by how much."""
    mine = [each for each in compared.comparisons if each.candidate == candidate and each.verdict is not None]
    if not mine:
        return None
    values: dict[str, Value] = {
        "candidate": Value(kind=Kind.TEXT, raw=compared.name(candidate)),
        "baseline": Value(kind=Kind.TEXT, raw=compared.baseline),
    }
    if all(each.verdict is Verdict.IDENTICAL for each in mine):
        return Sentence(text="{candidate} and {baseline} have the same loss on every row.", values=values)
    parts = []
    for word, verdict in (("better", Verdict.BETTER), ("worse", Verdict.WORSE)):
        sure = [each for each in mine if each.verdict is verdict]
        if sure:
            by = ", ".join(_by(compared, each, f"{word}{position}", values) for position, each in enumerate(sure))
            parts.append(f"{{candidate}} is {word} than {{baseline}} by {by}")
    unsure = [each for each in mine if each.verdict is Verdict.INDISTINGUISHABLE]
    if unsure:
        named = ", ".join(compared.evaluated.asked[each.loss].bound.label for each in unsure)
        parts.append(
            f"by {named} they cannot be told apart"
            if parts
            else "By none of the losses can {candidate} and {baseline} be told apart"
        )
    return Sentence(text="; ".join(parts) + ".", values=values)


def _by(compared: Compared, comparison: Comparison, key: str, values: dict[str, Value]) -> str:
    """Return "mae (−2.2 %, 95 % interval …)" with its figures put into `values`."""
    label = compared.evaluated.asked[comparison.loss].bound.label
    if comparison.ratio is None:
        return label
    values[key] = Value(kind=Kind.SIGNED_FRACTION, raw=comparison.ratio - 1)
    return f"{label} ({{{key}}})"


def _disagreement(compared: Compared) -> list[Sentence]:
    winners = compared.winners
    if len({winner.model for winner in winners}) < 2:
        return []
    by_model: dict[int, list[Winner]] = {}
    for winner in winners:
        by_model.setdefault(winner.model, []).append(winner)

    def labels(won: list[Winner]) -> str:
        return ", ".join(compared.evaluated.asked[winner.loss].bound.label for winner in won)

    listed = "; ".join(f"{compared.name(model)} has the least {labels(won)}" for model, won in by_model.items())
    values = {"listed": Value(kind=Kind.WORDS, raw=listed)}
    return [Sentence(text="The winner depends on the loss: {listed}.", values=values), _reason(compared)]


def _reason(compared: Compared) -> Sentence:
    """Return why the winner flips, as far as the data show it."""
    left = {winner.without_outliers for winner in compared.winners}
    if len(left) == 1 and (model := next(iter(left))) is not None:
        values = {
            "k": Value(kind=Kind.COUNT, raw=compared.outlying),
            "model": Value(kind=Kind.TEXT, raw=compared.name(model)),
        }
        rows = "the 1 row that is" if compared.outlying == 1 else "the {k} rows that are"
        return Sentence(
            text=f"Outliers decide: without {rows} outlying for a model, all agree on {{model}}.", values=values
        )
    functionals = {
        compared.evaluated.asked[winner.loss].bound.loss.functional.value: winner.model for winner in compared.winners
    }
    asks = "; ".join(
        f"{asked.bound.label} asks for the {asked.bound.loss.functional.value}"
        for asked in (compared.evaluated.asked[winner.loss] for winner in compared.winners)
    )
    if len(set(functionals.values())) > 1:
        return Sentence(text=f"They ask for different things: {asks}.")
    return Sentence(text="It stays so without the outlying rows.")
