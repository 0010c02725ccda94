"""What a person reads of a gate: a line for each check, and what may be done about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from losscli.analyses.evaluation import heading
from losscli.analyses.evaluation.bias_words import level_in_words
from losscli.result import (
    Check,
    Column,
    Kind,
    Section,
    Sentence,
    Status,
    Table,
    Value,
    count_value,
    table_of,
    text_value,
)

if TYPE_CHECKING:
    from losscli.analyses.gate.gated import Gated
    from losscli.analyses.gate.judgement import Judged

_INTERVALS = {
    Kind.NUMBER: Kind.INTERVAL,
    Kind.SIGNED: Kind.SIGNED_INTERVAL,
    Kind.FRACTION: Kind.SIGNED_FRACTION_INTERVAL,
    Kind.SIGNED_FRACTION: Kind.SIGNED_FRACTION_INTERVAL,
}
# Checks of groups that pass are all shown up to so many; lines under the table.
MOST_PASSED = 20
MOST_SAID = 20


def signature_of(gated: Gated, *, level: float | None, version: str) -> str:
    """Return one line that says what was computed: to be quoted beside a number."""
    laws = " and ".join(gated.laws)
    line = heading.signature_of(gated.evaluated, level=level if laws else None, version=version, law=laws)
    baselines = dict.fromkeys(check.measured.baseline for check in gated.checks if check.measured.baseline)
    against = [f"against {', '.join(baselines)}"] if baselines else []
    return " · ".join([line, *against, *(["holm"] if gated.joint > 1 else [])])


def sections_of(gated: Gated) -> tuple[Section, ...]:
    """Return the table of checks, what would settle those that are open, and the verdict."""
    said = [
        Sentence(text=f"{{name}}: {more}", values=_named(check)) for check in gated.checks if (more := _more(check))
    ]
    if (unsaid := len(said) - MOST_SAID) > 0:
        text = "and {k} more, of which --format json tells"
        said[MOST_SAID:] = [Sentence(text=text, values={"k": count_value(unsaid)})]
    return (Section(table=_table(gated), sentences=(*said, *_hidden(gated), *_how(gated), _verdict(gated))),)


def _shown(gated: Gated) -> list[Judged]:
    """Return the checks that a person reads: all, but for those of groups that pass where they are many."""
    passed = [check for check in gated.checks if check.measured.group is not None and check.status is Status.PASS]
    if len(passed) <= MOST_PASSED:
        return list(gated.checks)
    return [check for check in gated.checks if check.measured.group is None or check.status is not Status.PASS]


def _hidden(gated: Gated) -> Iterator[Sentence]:
    hidden = len(gated.checks) - len(_shown(gated))
    if hidden:
        text = "{k} checks of groups pass and are not shown; --format csv or json lists them all"
        yield Sentence(text=text, values={"k": count_value(hidden)})


def _table(gated: Gated) -> Table:
    shown = _shown(gated)
    levels = {check.level for check in shown if check.level is not None}
    interval = f"{level_in_words(_rounded(next(iter(levels))))} interval" if len(levels) == 1 else "interval"
    columns = [
        Column(key="status", header="status", kind=Kind.WORDS),
        Column(key="check", header="check", kind=Kind.TEXT),
        Column(key="value", header="value", kind=Kind.ANY),
        *([Column(key="ci", header=interval, kind=Kind.ANY, rank=1)] if levels else []),
        *([Column(key="level", header="level", kind=Kind.FRACTION, rank=2)] if len(levels) > 1 else []),
        Column(key="limit", header="fails if", kind=Kind.TEXT),
    ]
    rows = [
        {
            "status": check.status.value,
            "check": check.measured.name,
            "value": _value(check),
            "ci": _interval(check),
            "level": check.level,
            "limit": check.measured.spelled,
        }
        for check in shown
    ]
    return table_of(columns, rows)


def checks_of(gated: Gated) -> tuple[Check, ...]:
    """Return the checks, each with a sentence that stands by itself."""
    return tuple(
        Check(
            name=check.measured.name,
            limit=check.measured.spelled,
            value=_value(check),
            ci=_interval(check),
            status=check.status,
            message=_message(check),
        )
        for check in gated.checks
    )


def _message(check: Judged) -> Sentence:
    measured = check.measured
    values = {
        **_named(check),
        "limit": text_value(measured.spelled),
        "value": Value(kind=measured.kind, raw=measured.value),
        "interval": _interval(check) or text_value(""),
    }
    if measured.lacking is not None:
        return Sentence(text=f"{{name}} {_more(check)}", values=values)
    interval = "" if check.level is None else f" ({level_in_words(_rounded(check.level))} interval {{interval}})"
    verb = "is" if measured.baseline is None else "changed by"
    more = _more(check)
    text = f"{{name}} {verb} {{value}}{interval}; it fails if {{limit}}" + (f"; {more}" if more else "")
    return Sentence(text=text, values=values)


def _named(check: Judged) -> dict[str, Value]:
    """Return the values of the places in `_more`, and the name of the check."""
    return {
        "name": text_value(check.measured.name),
        "rows": _rows(check),
        "reason": Value(kind=Kind.WORDS, raw=check.reason or ""),
    }


def _more(check: Judged) -> str:
    """Return what there is to say beyond the figures of a check."""
    if check.measured.is_worse is not None:
        return "may be worse by chance alone: {reason}" if check.undecided else "is worse beyond chance: {reason}"
    if check.measured.lacking is not None:
        return "cannot be judged, which fails: {reason}"
    if not check.undecided:
        return ""
    if check.ci is None:
        return "{reason}"
    if check.rows is None:
        return "no number of rows within reach would settle it"
    return "about {rows} rows would settle it, if the value stays"


def _how(gated: Gated) -> Iterator[Sentence]:
    if gated.joint > 1:
        by_interval = sum(check.measured.by_interval for check in gated.checks)
        alike = "" if by_interval == gated.joint else "; those about one mean, as mse and rmse, count once"
        text = f"intervals share one chance of a wrong decision among {{joint}} checks (Holm){alike}"
        yield Sentence(text=text, values={"joint": count_value(gated.joint)}, columns=("ci",))


def _verdict(gated: Gated) -> Sentence:
    total = len(gated.checks)
    failed, open_ = gated.count(Status.FAIL), gated.count(Status.INCONCLUSIVE)
    values = {
        "k": count_value(gated.count(Status.PASS)),
        "n": count_value(total),
        "failed": count_value(failed),
        "open": count_value(open_),
    }
    checks = "check" if total == 1 else "checks"
    inconclusive = ", {open} inconclusive" if open_ else ""
    if failed:
        return Sentence(text=f"failed: {{failed}} of {{n}} {checks}{inconclusive} (exit 1)", values=values)
    if not open_:
        return Sentence(text=f"passed: {'the check' if total == 1 else 'all {n} checks'} (exit 0)", values=values)
    if gated.fail_inconclusive:
        return Sentence(text=f"inconclusive: {{open}} of {{n}} {checks} (exit 4)", values=values)
    return Sentence(text=f"no check failed: {{k}} of {{n}} passed{inconclusive} (exit 0)", values=values)


def _value(check: Judged) -> Value | None:
    measured = check.measured
    return None if measured.value is None else Value(kind=measured.kind, raw=measured.value)


def _interval(check: Judged) -> Value | None:
    return None if check.ci is None else Value(kind=_INTERVALS[check.measured.kind], raw=check.ci)


def _rows(check: Judged) -> Value:
    """Return a number of rows as it is spoken of, with two digits."""
    return count_value(0 if check.rows is None else int(float(f"{check.rows:.2g}")))


def _rounded(level: float) -> float:
    """Return a level that Holm made with as many digits as are read."""
    return float(f"{level:.4g}")
