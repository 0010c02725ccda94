"""The checks of an answer as annotations of GitHub Actions: workflow commands, one on each line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from losscli.render.sentences import fill
from losscli.render.words import foreign
from losscli.result import Status

if TYPE_CHECKING:
    from losscli.render.style import Style
    from losscli.result import Check, Result

# GitHub shows so many of each kind in a step, and drops the others without a word
MOST_OF_A_KIND = 10


def render(result: Result, style: Style) -> str:
    """Return an error for each failed check, a warning for each inconclusive one, and a line that counts them."""
    failed, open_, passed = (
        [check for check in result.checks if check.status is status]
        for status in (Status.FAIL, Status.INCONCLUSIVE, Status.PASS)
    )
    counted = f"{len(failed)} failed, {len(open_)} inconclusive, {len(passed)} passed; {fill(result.heading, style)}"
    lines = [
        *_annotations("error", failed, style),
        *_annotations("warning", open_, style),
        _annotation("notice", "losscli", counted),
    ]
    return "".join(f"{line}\n" for line in lines)


def _annotations(kind: str, checks: Sequence[Check], style: Style) -> list[str]:
    shown = checks if len(checks) <= MOST_OF_A_KIND else checks[: MOST_OF_A_KIND - 1]
    lines = [_annotation(kind, foreign(check.name, style), fill(check.message, style)) for check in shown]
    if len(shown) < len(checks):
        lines.append(_annotation(kind, "losscli", f"and {len(checks) - len(shown)} more"))
    return lines


def _annotation(kind: str, title: str, message: str) -> str:
    return f"::{kind} title={_property(title)}::{_data(message)}".rstrip()


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
