"""A baseline that is a saved answer of `losscli eval`: read, checked, and held beside the candidate without pairing."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from losscli.analyses.gate.changes import why_no_value
from losscli.analyses.gate.judgement import Interval, Measured
from losscli.analyses.gate.measures import interval_of_loss
from losscli.engine.student import two_sided_quantile
from losscli.errors import InputError
from losscli.result import Kind
from losscli.text import printable, quoted

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated, ModelNumbers
    from losscli.analyses.gate.tolerances import Tolerance

SCHEMA = "losscli.eval/1"
_AGAIN = "write it anew: losscli eval main.csv -f json > main.json"


@dataclass(frozen=True, kw_only=True)
class SavedLoss:
    """A loss of a saved model: its value, its interval, and the rows that they come from."""

    value: float | None
    ci: Interval | None
    n: int


@dataclass(frozen=True, kw_only=True)
class Saved:
    """A saved answer.

    Attributes
    ----------
    label, name
        Its path, and what it is called.
    level
        Level of its intervals.
    facts
        Task, form of the predictions, classes (sorted), positive label, whether there are weights, and the columns of
        clusters and of times.
    models
        For each model its losses, by name and parameters.
    """

    label: str
    name: str
    level: float
    n: int
    facts: Mapping[str, object]
    models: Mapping[str, Mapping[str, SavedLoss]]


def is_saved(path: str) -> bool:
    """Whether a file is an answer in JSON, by its suffix or its first character."""
    if path.lower().endswith(".json"):
        return True
    if not Path(path).is_file():
        return False
    with Path(path).open("rb") as file:
        return file.read(64).lstrip().startswith(b"{")


def read_saved(path: str, label: str | None) -> Saved:
    """Return the answer that a file holds.

    Raises
    ------
    InputError
        The file cannot be read, is no whole answer of this version of `losscli eval`, or has no intervals.
    """
    shown = printable(path, 200)
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{shown}: {(error.strerror or str(error)).lower()}", None) from error
    except ValueError as error:
        raise InputError(f"{shown} is no JSON: it is cut off or damaged", _AGAIN) from error
    schema = found.get("schema") if isinstance(found, dict) else None
    if schema != SCHEMA:
        what = "has no schema" if schema is None else f"is {quoted(str(schema))}"
        raise InputError(
            f"{shown} {what}, not {quoted(SCHEMA)}: no answer of losscli eval that can be a baseline", _AGAIN
        )
    try:
        saved = _saved(found, shown, label or Path(path).stem)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise InputError(f"{shown} lacks what losscli eval writes: it is damaged", _AGAIN) from error
    if all(loss.ci is None for losses in saved.models.values() for loss in losses.values()):
        raise InputError(
            f"{shown} has no intervals, without which no change is sure", "write it without --ci off and --brief"
        )
    return saved


def _saved(found: Any, shown: str, name: str) -> Saved:
    level = math.nan if found["ci_level"] is None else float(found["ci_level"])
    models: dict[str, dict[str, SavedLoss]] = {}
    for model in found["models"]:
        losses = models.setdefault(str(model["model"]), {})
        for loss in model["losses"]:
            ci = None if loss["ci"] is None else (float(loss["ci"][0]), float(loss["ci"][1]))
            value = None if loss["value"] is None else float(loss["value"])
            if value is not None and (math.isnan(value) or (ci is not None and not ci[0] <= value <= ci[1])):
                raise ValueError(value)
            if ci is not None and not 0 < level < 1:
                raise ValueError(level)
            losses[_key(loss["loss"], loss["params"])] = SavedLoss(value=value, ci=ci, n=int(model["n"]))
    classes = found["classes"]
    return Saved(
        label=shown,
        name=name,
        level=level,
        n=int(found["n"]),
        facts={
            "task": str(found["task"]),
            "form of predictions": str(found["pred_form"]),
            "classes": None if classes is None else sorted(map(str, classes)),
            "positive label": found["positive"],
            "use of weights": found["columns"]["weight"] is not None,
            # answers of before these options lack them
            "--cluster": found["columns"].get("cluster"),
            "--time": found["columns"].get("time"),
        },
        models=models,
    )


def _key(name: str, params: Mapping[str, object]) -> str:
    return json.dumps([name, dict(params)], sort_keys=True)


def check_alike(saved: Saved, evaluated: Evaluated) -> None:
    """Check that a saved answer is of the same kind as the candidate.

    Raises
    ------
    InputError
        Task, encoding, classes or weights differ.
    """
    roles = evaluated.dataset.roles
    own: dict[str, object] = {
        "task": roles.task.value,
        "form of predictions": roles.form.value,
        "classes": sorted(roles.classes) or None,
        "positive label": roles.positive,
        "use of weights": roles.weight is not None,
        "--cluster": None if roles.units is None or roles.units.in_time else roles.units.column,
        "--time": roles.units.column if roles.units is not None and roles.units.in_time else None,
    }
    for what, value in own.items():
        if saved.facts[what] != value:
            label = evaluated.dataset.source.label
            raise InputError(
                f"{label} and {saved.label} differ in their {what}: {_shown(value)} and {_shown(saved.facts[what])}",
                "compare what was evaluated in the same way",
            )


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "weights" if value else "none"
    if value is None:
        return "none"
    return printable(", ".join(map(str, value)) if isinstance(value, list) else str(value))


def saved_changes(
    saved: Saved,
    evaluated: Evaluated,
    losses: tuple[int, ...],
    tolerances: tuple[Tolerance, ...],
) -> tuple[tuple[Measured, ...], bool]:
    """Return the change of each loss of each model against the saved one, and whether none has changed at all.

    Raises
    ------
    InputError
        The saved answer holds no such model or loss, or no interval of it.
    """
    measured = []
    same = saved.n == evaluated.counts.n
    for model in evaluated.models:
        held = _model(saved, model.name)
        for position, tolerance in zip(losses, tolerances, strict=True):
            numbers = model.losses[position]
            baseline = held.get(_key(numbers.bound.loss.name, numbers.bound.plain_params))
            if baseline is None:
                wanted = ",".join(evaluated.asked[each].bound.label for each in losses)
                raise InputError(
                    f"{saved.label} holds no {numbers.bound.label}", f"write it anew with --losses {wanted}"
                )
            same = same and baseline.value == numbers.value
            measured.append(_measured((saved, baseline), evaluated, model, position, tolerance))
    return tuple(measured), same


def _model(saved: Saved, name: str) -> Mapping[str, SavedLoss]:
    if len(saved.models) == 1:
        return next(iter(saved.models.values()))
    if name not in saved.models:
        listed = ", ".join(map(quoted, saved.models))
        raise InputError(f"{saved.label} holds no model {quoted(name)}", f"its models are {listed}; --pred chooses")
    return saved.models[name]


def _measured(
    held: tuple[Saved, SavedLoss], evaluated: Evaluated, model: ModelNumbers, position: int, tolerance: Tolerance
) -> Measured:
    saved, baseline = held
    numbers, summary = model.losses[position], model.facts.losses[position].summary
    several = len(evaluated.models) > 1
    # the saved rows have as many clusters or times, as far as can be known
    counted = replace(baseline, n=evaluated.facts.units or baseline.n)
    interval = partial(interval_of_loss, evaluated, numbers.bound, summary)
    label, value, lacking = numbers.bound.label, None, why_no_value(numbers)
    if lacking is not None:
        lacking = f"of {model.name} {lacking}"
    elif baseline.value is None or not math.isfinite(baseline.value):
        lacking = f"{saved.label} holds no finite value"
    elif baseline.value <= 0:
        lacking = f"the loss of {saved.name} is 0, and nothing can be relative to it"
    elif numbers.value is not None:
        value = numbers.value / baseline.value - 1
    return Measured(
        name=f"{model.name}: {label} against {saved.name}" if several else f"{label} against {saved.name}",
        model=model.name,
        loss=label,
        baseline=saved.name,
        value=value,
        lacking=lacking,
        kind=Kind.SIGNED_FRACTION,
        interval=partial(_unpaired_interval, saved.level, counted, numbers.value, interval),
        operator=">",
        bound=tolerance.change,
        spelled=f"> {tolerance.spelled}",
        by_interval=True,
        n=numbers.n,
        values=(numbers.value, baseline.value),
    )


def _unpaired_interval(
    saved_level: float,
    baseline: SavedLoss,
    value: float | None,
    interval: Callable[[float], Interval | None],
    level: float,
) -> Interval | None:
    """Return the interval of the relative change from the intervals of both, or None where one is lacking.

    On the log scale each end adds the squares of the distances of the two values from their ends (MOVER); the saved
    distances are brought to `level` by the ratio of Student's quantiles.

    Source
    ------
    G. Y. Zou & A. Donner (2008), Construction of confidence limits about effect measures, Statist. Med. 27, 1693–1702.
    """
    ends = interval(level)
    if ends is None or baseline.ci is None or baseline.n < 2:
        return None
    if not value or not baseline.value:
        return None  # of what is 0 there is no ratio and no logarithm
    df = baseline.n - 1
    stretch = two_sided_quantile(1 - level, df) / two_sided_quantile(1 - saved_level, df)
    change = _log(value) - _log(baseline.value)
    below = math.hypot(_log(value) - _log(ends[0]), stretch * (_log(baseline.ci[1]) - _log(baseline.value)))
    above = math.hypot(_log(ends[1]) - _log(value), stretch * (_log(baseline.value) - _log(baseline.ci[0])))
    low, high = math.expm1(change - below), math.inf if above > _HUGE else math.expm1(change + above)
    return low, high


_HUGE = 500.0  # logarithm of a change that is infinite for all purposes


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf
