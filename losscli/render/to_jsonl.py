"""An answer as lines of JSON, one for each tidy row, with every digit: for logs and for programs that read streams."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from losscli.text import printable

if TYPE_CHECKING:
    from losscli.render.style import Style
    from losscli.result import Result, Scalar


def render(result: Result, style: Style) -> str:
    """Return the records of `result`, each an object on a line of its own that begins with the schema.

    Numbers are written as in the JSON format; an answer without records is a line with the schema alone.
    """
    first: dict[str, Scalar] = {"schema": result.schema}
    lines = [{**first, **record} for record in result.records] or [first]
    return "".join(f"{_line(line, style)}\n" for line in lines)


def _line(record: dict[str, Scalar], style: Style) -> str:
    plain = {key: _plain(value) for key, value in record.items()}
    text = json.dumps(plain, ensure_ascii=not style.unicode, allow_nan=False)
    return "".join(each if printable(each) == each else json.dumps(each)[1:-1] for each in text)


def _plain(value: Scalar) -> Scalar:
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else repr(float(value))
    return value
