"""The labels of classes as text: "3", 3 and 3.0 are one label, and so are true, TRUE and a boolean."""

from __future__ import annotations

import re

# an integral number in any of its spellings: +3, 3., 3.0, −0.0
_INTEGRAL = re.compile(r"(?:[+-]?(0)|\+?([0-9]+)|(-[0-9]+))(?:\.0*)?")
_TRUTH = frozenset({"true", "false"})
MOMENT = "%Y-%m-%d %H:%M:%S%.f"  # how a date with a time is written: no digit depends on the unit that holds it
MISSING_LABELS = frozenset({"", "nan", "NaN", "NAN"})


def label_text(text: str) -> str:
    """Return a label as labels are compared: no blanks around, integral numbers as integers, booleans in lower case.

    Examples
    --------
    >>> [label_text(text) for text in (" cat ", "3.0", "-0.0", "+1", "007", "0.50", "TRUE")]
    ['cat', '3', '0', '1', '007', '0.50', 'true']
    """
    stripped = text.strip()
    if stripped.lower() in _TRUTH:
        return stripped.lower()
    number = _INTEGRAL.fullmatch(stripped)
    return stripped if number is None else next(group for group in number.groups() if group is not None)
