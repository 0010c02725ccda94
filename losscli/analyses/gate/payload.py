"""The JSON object and the tidy rows of a gate; what they hold is a promise to programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from losscli.analyses.evaluation.data_payload import data_fields
from losscli.analyses.evaluation.groups import group_payload, group_record

if TYPE_CHECKING:
    from losscli.analyses.gate.gated import Gated
    from losscli.analyses.gate.judgement import Judged
    from losscli.result import Json, Scalar


def payload_of(gated: Gated) -> Mapping[str, Json]:
    """Return the keys of losscli.gate/1 that depend on the data."""
    return {
        "passed": gated.passed,
        **data_fields(gated.evaluated),
        "correction": "holm",
        "joint_checks": gated.joint,
        "checks": [_check(gated, check) for check in gated.checks],
    }


def _check(gated: Gated, check: Judged) -> Mapping[str, Json]:
    measured = check.measured
    return {
        "name": measured.name,
        "model": measured.model,
        "group": group_payload(measured.group),
        "loss": measured.loss,
        "baseline": measured.baseline,
        "fails_if": measured.spelled,
        "operator": measured.operator,
        "limit": measured.bound,
        "value": measured.value,
        "ci": None if check.ci is None else list(check.ci),
        "ci_level": check.level,
        "status": check.status.value,
        **_outcome(gated, check),
    }


def _outcome(gated: Gated, check: Judged) -> dict[str, Scalar]:
    """Return what a check was judged by and why, which stands last in both."""
    candidate, baseline = check.measured.values or (None, None)
    return {
        "judged_by": _judged_by(gated, check),
        "candidate_value": candidate,
        "baseline_value": baseline,
        "rows_to_settle": None if check.rows is None else round(check.rows),
        "reason": check.reason,
    }


def _judged_by(gated: Gated, check: Judged) -> str:
    if not check.measured.by_interval:
        return "value"
    if check.measured.baseline is None:
        return "interval"
    return "paired interval" if gated.saved is None else "unpaired interval"


def records_of(gated: Gated) -> tuple[Mapping[str, Scalar], ...]:
    """Return one tidy row for each check."""
    return tuple(_record(gated, check) for check in gated.checks)


def _record(gated: Gated, check: Judged) -> Mapping[str, Scalar]:
    measured = check.measured
    low, high = check.ci or (None, None)
    return {
        "status": check.status.value,
        "name": measured.name,
        "model": measured.model,
        **group_record(gated.evaluated[0].dataset.roles, measured.group),
        "loss": measured.loss,
        "baseline": measured.baseline,
        "operator": measured.operator,
        "limit": measured.bound,
        "value": measured.value,
        "ci_low": low,
        "ci_high": high,
        "ci_level": check.level,
        **_outcome(gated, check),
        "n": measured.n,
    }
