"""An answer as tidy rows with every digit, for programs and spreadsheets."""

from __future__ import annotations

import csv
import math
from io import StringIO
from typing import TYPE_CHECKING

from losscli.render.words import foreign

if TYPE_CHECKING:
    from losscli.render.style import Style
    from losscli.result import Result, Scalar

# A spreadsheet takes a text that begins with one of these for a formula
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_STANDARD_INPUT = "-"  # the path of what is piped, and no formula by itself


def render(result: Result, style: Style) -> str:
    """Return the records of `result` as CSV under a header; empty is what does not exist."""
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_text(key, style) for key in next(iter(result.records), {}))
    writer.writerows([_cell(value, style) for value in record.values()] for record in result.records)
    return buffer.getvalue()


def _cell(value: Scalar, style: Style) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, str):
        return _text(value, style)
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(float(value)) if isinstance(value, float) else str(value)


def _text(text: str, style: Style) -> str:
    """Return a text that no spreadsheet evaluates and no terminal obeys."""
    return ("'" if text.startswith(_FORMULA) and text != _STANDARD_INPUT else "") + foreign(text, style)
