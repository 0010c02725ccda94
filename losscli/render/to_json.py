"""An answer for programs: one JSON object with every digit."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from losscli.render.sentences import fill
from losscli.render.style import Style

if TYPE_CHECKING:
    from losscli.result import Json, Notice, Result

_MESSAGE = Style()

# Characters that json.dumps leaves raw but that steer a terminal or are no valid UTF-8: C1 controls and DEL,
# format characters of the Basic Multilingual Plane, line separators, lone surrogates. Tags are beyond it.
_RAW = re.compile(
    "[\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
)


def render(result: Result, style: Style) -> str:
    """Return `result` as one JSON object; infinite numbers are "inf" and "-inf", what does not exist is null."""
    answer: dict[str, Json] = {
        "schema": result.schema,
        **result.payload,
        "signature": result.signature,
        "notices": [_notice(notice) for notice in result.notices],
    }
    text = json.dumps(_plain(answer), indent=2, ensure_ascii=not style.unicode, allow_nan=False)
    return _RAW.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


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
