"""A baseline that is a saved answer of `losscli eval`: read, checked, and held beside the candidate without pairing."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from losscli.errors import InputError
from losscli.text import printable, quoted

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.analyses.gate.judgement import Interval

SCHEMA = "losscli.eval/1"
_AGAIN = "write it anew: losscli eval main.csv -f json > main.json"


class SavedLoss(Struct, frozen=True, kw_only=True):
    """A loss of a saved model: its value, its interval, and the rows that they come from."""

    value: float | None
    ci: Interval | None
    n: int


class Saved(Struct, frozen=True, kw_only=True):
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
    by, groups
        The columns that group rows, and the same of each group, by its names in them.
    """

    label: str
    name: str
    level: float
    n: int
    facts: Mapping[str, object]
    models: Mapping[str, Mapping[str, SavedLoss]]
    by: tuple[str, ...] = ()
    groups: Mapping[tuple[str | None, ...], Saved] = field(default_factory=dict)


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
    by = tuple(map(str, found["columns"]["by"]))
    of_all: dict[str, dict[str, SavedLoss]] = {}
    of_groups: dict[tuple[str | None, ...], dict[str, dict[str, SavedLoss]]] = {}
    for model in found["models"]:
        models = of_all
        if model["group"] is not None:
            models = of_groups.setdefault(tuple(model["group"][column] for column in by), {})
        losses = models.setdefault(str(model["model"]), {})
        for loss in model["losses"]:
            ci = None if loss["ci"] is None else (float(loss["ci"][0]), float(loss["ci"][1]))
            value = None if loss["value"] is None else float(loss["value"])
            if value is not None and (math.isnan(value) or (ci is not None and not ci[0] <= value <= ci[1])):
                raise ValueError(value)
            if ci is not None and not 0 < level < 1:
                raise ValueError(level)
            losses[loss_key(loss["loss"], loss["params"])] = SavedLoss(value=value, ci=ci, n=int(model["n"]))
    classes = found["classes"]
    whole = Saved(
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
        models=of_all,
        by=by,
    )
    return replace(whole, groups={names: replace(whole, models=models) for names, models in of_groups.items()})


def loss_key(name: str, params: Mapping[str, object]) -> str:
    """Return what a loss with parameters is found by among the saved ones."""
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
    by = tuple(key.column for key in roles.by)
    if by and by != saved.by:
        what = f"holds groups by {', '.join(map(quoted, saved.by))}" if saved.by else "holds no groups"
        raise InputError(
            f"{saved.label} {what}, and --by asks for {', '.join(map(quoted, by))}",
            f"write it anew: losscli eval main.csv --by {printable(','.join(by))} -f json > main.json",
        )


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "weights" if value else "none"
    if value is None:
        return "none"
    return printable(", ".join(map(str, value)) if isinstance(value, list) else str(value))
