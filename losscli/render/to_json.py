"""An answer for programs: one JSON object with every digit."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from losscli.render.sentences import fill
from losscli.render.style import Style
from losscli.text import printable

if TYPE_CHECKING:
    from losscli.result import Json, Notice, Result

_MESSAGE = Style()

_UNUSUAL = re.compile(r"[^\n -~]")  # json.dumps has escaped the rest of what could steer a terminal


def render(result: Result, style: Style) -> str:
    """Return `result` as one JSON object; infinite numbers are "inf" and "-inf", what does not exist is null."""
    answer: dict[str, Json] = {
        "schema": result.schema,
        **result.payload,
        "signature": result.signature,
        "notices": [_notice(notice) for notice in result.notices],
    }
    text = json.dumps(_plain(answer), indent=2, ensure_ascii=not style.unicode, allow_nan=False)
    return _UNUSUAL.sub(_safe, text) + "\n"


def _safe(match: re.Match[str]) -> str:
    """Return a character as JSON's escape where it is a control or format character or a lone surrogate."""
    character = match[0]
    return character if printable(character) == character else json.dumps(character)[1:-1]


def _notice(notice: Notice) -> Json:
    return {"code": notice.code, "message": fill(notice.message, _MESSAGE), "hint": notice.hint}


def _plain(value: Json) -> Json:
    """Return `value` with nothing that JSON has no word for."""
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else repr(float(value))
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value
