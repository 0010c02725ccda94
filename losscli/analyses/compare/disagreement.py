"""Where losses name different winners: whether the data show it, and why, in sentences made from the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.analyses.compare.numbers import Verdict
from losscli.result import Kind, Sentence, Value, count_value, text_value

if TYPE_CHECKING:
    from losscli.analyses.compare.compared import Compared
    from losscli.analyses.compare.reasons import Reasons
    from losscli.analyses.compare.winners import Winner

# Outlying rows up to this share are exceptions, as a trimmed mean takes them; more are the tail of a law, which mean
# and median weigh differently.
MOST_EXCEPTIONS = 0.05


def about_winners(compared: Compared) -> list[Sentence]:
    """Return that the least loss is not of one model, whether the data show it, and why."""
    winners = [winner for winner in compared.winners if winner.model is not None]
    reasons = compared.reasons
    if reasons is None:
        return []
    by_model: dict[int, list[str]] = {}
    for winner in winners:
        if winner.model is not None:
            by_model.setdefault(winner.model, []).append(compared.evaluated.asked[winner.loss].bound.label)
    listed = "; ".join(f"{compared.name(model)} has the least {', '.join(won)}" for model, won in by_model.items())
    values = {"listed": text_value(listed)}
    if not _flips(compared, winners):
        text = "On these rows the least value depends on the loss, which may be chance: {listed}."
        return [Sentence(text=text, values=values), *_turns(compared, reasons)]
    said = [Sentence(text="The winner depends on the loss: {listed}.", values=values), *_turns(compared, reasons)]
    few = reasons.outlying <= MOST_EXCEPTIONS * compared.evaluated.counts.n
    explained = few if reasons.outliers_explain else reasons.bias_explains
    return said if explained else [*said, *_functionals(compared, winners)]


def _flips(compared: Compared, winners: list[Winner]) -> bool:
    """Return whether some candidate is better than the baseline by one loss and worse by another, beyond chance."""
    verdicts = {(each.loss, each.candidate): each.verdict for each in compared.comparisons}
    return any(
        verdicts.get((winner.loss, winner.model)) is Verdict.BETTER
        and verdicts.get((other.loss, winner.model)) is Verdict.WORSE
        for winner in winners
        if winner.model is not None
        for other in winners
        if other.model == compared.order[0]
    )


def _turns(compared: Compared, reasons: Reasons) -> list[Sentence]:
    """Return without what all losses agree on one model, and without what nothing changes."""
    said = [_outliers_turn(compared, reasons)] if reasons.outliers_explain else []
    said += [_bias_turns(compared, reasons)] if reasons.bias_explains else []
    stays = ["the outlying rows"] if reasons.outliers_change_nothing else []
    stays += ["the bias of each model"] if reasons.bias_changes_nothing else []
    if stays:
        said.append(Sentence(text=f"It stays so without {' and without '.join(stays)}."))
    return said


def _outliers_turn(compared: Compared, reasons: Reasons) -> Sentence:
    model, n = reasons.without_outliers[0], compared.evaluated.counts.n
    values = {
        "k": count_value(reasons.outlying),
        "n": count_value(n),
        "share": Value(kind=Kind.FRACTION, raw=reasons.outlying / n),
        "model": text_value(None if model is None else compared.name(model)),
        "contenders": text_value(" or ".join(map(compared.name, reasons.contenders))),
    }
    rows = "1 row of {n} that is" if reasons.outlying == 1 else "{k} rows of {n} ({share}) that are"
    text = (
        f"It turns on outliers: without the {rows} outlying for {{contenders}}, "
        "{model} has the least of all these losses."
    )
    return Sentence(text=text, values=values)


def _bias_turns(compared: Compared, reasons: Reasons) -> Sentence:
    """Return that with mean errors taken off all losses agree; the mean errors stand beside the models."""
    values: dict[str, Value] = {}
    told = []
    for at, (contender, bias) in enumerate(zip(reasons.contenders, reasons.biases, strict=True)):
        values[f"name{at}"] = text_value(compared.name(contender))
        values[f"bias{at}"] = Value(kind=Kind.SIGNED, raw=bias)
        told.append(f"{{name{at}}} {{bias{at}}}")
    model = reasons.without_bias[0]
    then = "their losses are the same" if model is None else "{model} has the least of all these losses"
    values["model"] = text_value(None if model is None else compared.name(model))
    return Sentence(text=f"It turns on bias: with mean errors taken off ({', '.join(told)}), {then}.", values=values)


def _functionals(compared: Compared, winners: list[Winner]) -> list[Sentence]:
    """Return what the losses ask for, where those that ask for the same agree on the winner and others do not."""
    asked = [(compared.evaluated.asked[winner.loss].bound, winner.model) for winner in winners]
    models: dict[str, set[int | None]] = {}
    for bound, model in asked:
        models.setdefault(bound.loss.functional.value, set()).add(model)
    if any(len(each) > 1 for each in models.values()):
        return []
    asks = "; ".join(f"{bound.label} asks for the {bound.loss.functional.value}" for bound, _ in asked)
    return [Sentence(text=f"The losses ask for different things: {asks}.")]
