"""The one form of errors that name cells: place, column, what is wrong, and where else."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from losscli.engine.files.content import typed
from losscli.errors import InputError
from losscli.text import printable, quoted

if TYPE_CHECKING:
    from losscli.engine.files.block import CellPlace

_BLANK = "[ \u00a0\u2009\u202f]"
_DECIMAL_COMMA = "a decimal comma"
# patterns as text: to compile them takes 1 ms, and they are for errors
_FORMS = (
    (rf"[+-]?\d{{1,3}}(({_BLANK}|['’_])\d{{3}})+([.,]\d+)?", "thousands separators"),
    (r"[+-]?\d{1,3}(,\d{3})+\.\d+|[+-]?\d{1,3}(,\d{3}){2,}", "thousands separators"),
    (r"[+-]?[1-9]\d{0,2},\d{3}", "a thousands separator or a decimal comma"),
    (r"[+-]?(\d*,\d+|\d{1,3}(\.\d{3})+,\d+)([eE][+-]?\d+)?", _DECIMAL_COMMA),
    (rf"[+-]?[\d.,]+{_BLANK}?%", "a percent sign"),
    (rf"[+-]?[$€£¥]{_BLANK}?[+-]?[\d.,]+|[+-]?[\d.,]+{_BLANK}?[$€£¥]", "a currency sign"),
)
_TRUTH = frozenset({"true", "false", "t", "f", "yes", "no"})


def cell_error(
    column: str | None, count: int, cells: Sequence[CellPlace], problem: str, hint: str | None = None
) -> InputError:
    """Return the error that names the first of `count` offending cells, and where the next ones are.

    Parameters
    ----------
    column : str or None
        Name of the column; None where the problem is not that of one column.
    count : int
        How many cells offend, at least 1.
    cells : sequence of CellPlace
        The first of them, at least one.
    problem : str
        What is wrong with the first: "expected a number, got 'n/a'".
    """
    first, *others = cells
    named = "" if column is None else f"column {quoted(column)}: "
    message = f"{first.where}: {named}{problem}"
    if count > 1:
        same = [cell for cell in others if cell.file == first.file]
        numbers = ", ".join(str(cell.number) for cell in same) + (", …" if count - 1 > len(same) else "")
        unit = first.unit if count == 2 else f"{first.unit}s"
        message += f" (and {count - 1} more, {unit} {numbers})" if same else f" (and {count - 1} more)"
    return InputError(message, hint)


def number_form(text: str) -> str | None:
    """Return what keeps a number, as people write it, from being read ("a decimal comma"); None for other text."""
    return next((name for pattern, name in _FORMS if re.fullmatch(pattern, text)), None)


def word_error(column: str, count: int, cells: Sequence[CellPlace], *, n: int) -> InputError:
    """Return the error for cells that are no numbers, with what they look like and what to do about it.

    Parameters
    ----------
    n : int
        Number of rows in which such cells were looked for.
    """
    text = cells[0].text.strip()
    problem = f"expected a number, got {quoted(cells[0].text)}"
    form = number_form(text)
    if form is not None:
        hint = "write numbers with a decimal point and nothing else, as 1234.5"
        if form == _DECIMAL_COMMA and "." not in text and cells[0].unit == "line":
            hint += f"; where no comma parts cells: tr , . < {typed(cells[0].file, text=True)} > points.csv"
        return cell_error(column, count, cells, f"{problem}, which has {form}", hint)
    if text.lower() in _TRUTH:
        return cell_error(column, count, cells, problem, "write truth values as 1 and 0")
    if 2 * count > n > 1:
        return cell_error(
            column, count, cells, problem, "most cells of this column are no numbers: choose another column"
        )
    word = shlex.quote(printable(text))
    hint = f"--null-value {word} reads such cells as missing; --missing drop then leaves their rows out"
    return cell_error(column, count, cells, problem, hint)
