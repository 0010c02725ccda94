"""Tables of the biases of groups and of bins, each with a drawing beside its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.analyses.bias.calibration_error import calibration_error, chance_calibration_error
from losscli.analyses.bias.part_numbers import SMALL_GROUP
from losscli.analyses.evaluation.bias_words import level_in_words
from losscli.analyses.evaluation.groups import SHOWN_GROUPS, by_in_words, group_columns, hidden_groups
from losscli.arrays import Functional, Task
from losscli.engine.statistics.identification import MEAN
from losscli.engine.table.within import MISSING
from losscli.result import Column, Kind, Section, Sentence, Value, count_value, table_of

if TYPE_CHECKING:
    from losscli.analyses.bias.biased import Biased
    from losscli.analyses.bias.part_numbers import PartNumbers
    from losscli.analyses.evaluation.numbers import BiasNumbers


def groups_section(each: Biased, parts: tuple[PartNumbers, ...], title: str, level: float | None) -> Section:
    """Return the table of groups, those first that add most to the bias, and what is to be said of it."""
    roles = each.evaluated.dataset.roles
    shown = parts[:SHOWN_GROUPS]
    columns = [
        *group_columns(roles),
        Column(key="n", header="n", kind=Kind.COUNT, rank=1),
        *_covered(each),
        *bias_columns(level, share=_is_share(each)),
        Column(key="adds", header="adds", kind=Kind.SIGNED_FRACTION if _is_share(each) else Kind.SIGNED, rank=3),
    ]
    rows = []
    for part in shown:
        cells = _cells(each, part, level) | {"n": part.n, "adds": part.adds}
        names = part.names or (f"({part.pooled} small groups)", *[""] * (len(roles.by) - 1))
        cells |= {f"group{position}": MISSING if name is None else name for position, name in enumerate(names)}
        rows.append(cells)
    return Section(
        title=_titled(title, by_in_words(roles)), table=table_of(columns, rows), sentences=tuple(_on_groups(parts))
    )


def _on_groups(parts: tuple[PartNumbers, ...]) -> list[Sentence]:
    said = [
        Sentence(text="those that add most to the bias of all rows stand first"),
        Sentence(text="adds: what the group adds to the bias of all rows", columns=("adds",)),
    ]
    pooled = parts[-1].pooled
    if pooled:
        values = {"k": count_value(pooled)}
        said.append(Sentence(text=f"{{k}} groups of fewer than {SMALL_GROUP} rows are taken together", values=values))
    return [*said, *hidden_groups(len(parts), "adds less", "add less")]


def bins_section(each: Biased, parts: tuple[PartNumbers, ...], title: str, level: float | None) -> Section:
    """Return the table of bins in rising order, and what is to be said of it."""
    regression = each.evaluated.dataset.roles.task is Task.REGRESSION
    along = each.along or ("prediction" if regression else "probability")
    means = [
        Column(
            key="prediction", header="mean prediction" if regression else "mean probability", kind=Kind.NUMBER, rank=4
        ),
        Column(key="target", header="mean target" if regression else "observed rate", kind=Kind.NUMBER, rank=5),
    ]
    columns = [
        Column(key="top", header=f"{along} up to", kind=Kind.NUMBER),
        Column(key="n", header="n", kind=Kind.COUNT, rank=3),
        *(means if each.wanted == MEAN else _covered(each)),
        *bias_columns(level, share=_is_share(each)),
    ]
    rows = [
        _cells(each, part, level) | {"top": part.top, "n": part.n, "prediction": part.prediction, "target": part.target}
        for part in parts
    ]
    return Section(
        title=_titled(title, f"along {along}"), table=table_of(columns, rows), sentences=tuple(_on_bins(each, parts))
    )


def _on_bins(each: Biased, parts: tuple[PartNumbers, ...]) -> list[Sentence]:
    said = []
    if each.asked_bins is not None and len(parts) < each.asked_bins:
        values = {"k": count_value(len(parts)), "asked": count_value(each.asked_bins)}
        bins = "bin" if len(parts) == 1 else "bins"
        said.append(Sentence(text=f"{{k}} {bins} instead of {{asked}}: equal values stay together", values=values))
    if each.is_calibration:
        values = {
            "error": Value(kind=Kind.NUMBER, raw=calibration_error(parts)),
            "chance": Value(kind=Kind.NUMBER, raw=chance_calibration_error(parts)),
        }
        text = "{error} expected calibration error; it depends on the bins, and chance alone gives about {chance}"
        said.append(Sentence(label="ECE", text=text, values=values))
    return said


def _is_share(each: Biased) -> bool:
    """Whether the bias is a difference of shares: of what a quantile covers and what it promises."""
    return each.wanted.functional is Functional.QUANTILE


def _covered(each: Biased) -> list[Column]:
    return [Column(key="covered", header="covered", kind=Kind.FRACTION, rank=4)] if _is_share(each) else []


def _cells(each: Biased, part: PartNumbers, level: float | None) -> dict[str, object]:
    """Return the cells of `bias_columns`, and what is covered."""
    return bias_cells(part.bias, part.p_adjusted, level) | {"covered": (each.wanted.level or 0.0) + part.bias.mbe}


def bias_columns(level: float | None, *, share: bool = False) -> list[Column]:
    """Return the columns of a bias: its size, its drawing, its interval, whether it is real; in percent of a share."""
    bias = Column(key="bias", header="bias", kind=Kind.SIGNED_FRACTION if share else Kind.SIGNED)
    of_interval = Kind.SIGNED_FRACTION_INTERVAL if share else Kind.SIGNED_INTERVAL
    if level is None:
        return [bias]
    return [
        bias,
        Column(key="forest", header="", kind=Kind.FOREST, rank=6),
        Column(key="interval", header=f"{level_in_words(level)} interval", kind=of_interval, rank=2),
        Column(key="p", header="p (Holm)", kind=Kind.P_VALUE, rank=1),
        Column(key="verdict", header="verdict", kind=Kind.WORDS),
    ]


def bias_cells(bias: BiasNumbers, p_adjusted: float | None, level: float | None) -> dict[str, object]:
    """Return the cells of `bias_columns`."""
    return {
        "bias": bias.mbe,
        "forest": None if bias.interval is None else (bias.interval[0], bias.mbe, bias.interval[1]),
        "interval": bias.interval,
        "p": p_adjusted,
        "verdict": _verdict(bias, p_adjusted, level),
    }


def _verdict(bias: BiasNumbers, p_adjusted: float | None, level: float | None) -> str:
    """Return "over" or "under" where the adjusted p-value tells the bias from noise, else "~"; empty without one."""
    if p_adjusted is None or level is None or bias.direction is None:
        return ""
    return bias.direction if p_adjusted < 1 - level else "~"


def _titled(title: str, what: str) -> str:
    return f"{title}, {what}" if title else what
