"""What the words of options mean: sizes, levels, columns, and words of a list. All else is a UsageError."""

from __future__ import annotations

import os
import re
from collections.abc import Collection

from losscli.arrays import Form, Task
from losscli.errors import UsageError
from losscli.text import is_utf8, nearest, quoted

MISSING = ("error", "drop")
CORRECTIONS = ("bh", "holm", "none")

_SIZE = re.compile(r"(\d{1,18}(?:\.\d+)?)\s*([kmgt]?)(i?)b?", re.IGNORECASE)
_WHOLE = re.compile("[0-9]{1,18}")
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def read_size(text: str) -> int:
    """Return a number of bytes from text such as 512MB, 2GiB or 100000."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"--memory: expected a size, got {quoted(text)}", "write it as 512MB or 2GB")
    number, prefix, binary = match.groups()
    return int(float(number) * (1024 if binary else 1000) ** _POWERS[prefix.lower()])


def read_level(text: str) -> float | None:
    """Return the level of an interval, or None for "off"."""
    if text.strip().lower() == "off":
        return None
    try:
        level = float(f"{text[:-1]}e-2" if text.endswith("%") else text)
    except ValueError:
        level = float("nan")
    if not 0.5 <= level < 1:
        raise UsageError(
            f"--ci: expected a level from 0.5 to below 1, got {quoted(text)}", "write --ci 0.95, --ci 95% or --ci off"
        )
    return level


def read_whole(text: str, option: str, *, least: int, such_as: int) -> int:
    """Return the whole number that is the value of an option, `least` or more; a hint names one `such_as` it."""
    number = int(text) if _WHOLE.fullmatch(text) else -1
    if number < least:
        raise UsageError(
            f"{option}: expected a whole number from {least} on, got {quoted(text)}", f"write {option} {such_as}"
        )
    return number


def read_missing(text: str) -> str:
    """Return the word for what becomes of rows with missing cells: error or drop."""
    return _word(text, "--missing", MISSING)


def read_columns(values: str | list[str] | None, option: str) -> tuple[str, ...]:
    """Return the names that an option holds, with commas between them; none where it is not given.

    Raises
    ------
    UsageError
        A value holds none, as an unset variable of a shell script.
    """
    given = [values] if isinstance(values, str) else values or ()
    named = [[name.strip() for name in value.split(",") if name.strip()] for value in given]
    if not all(named):
        raise _empty(option)
    return tuple(name for names in named for name in names)


def read_losses(values: list[str] | None) -> str | None:
    """Return the losses of all --losses as one list with commas, None for none."""
    return None if values is None else ",".join(values)


def refuse_empty(**values: str | list[str] | None) -> None:
    """Check that no option was given the empty text, as an unset variable of a shell script gives it.

    Raises
    ------
    UsageError
        One was; it is named by its keyword.
    """
    for option, value in values.items():
        if value is not None and not all(map(str.strip, [value] if isinstance(value, str) else value)):
            raise _empty(f"--{option}")


def refuse_bytes(**values: str | list[str] | None) -> None:
    """Check that options hold text, and not bytes that are no UTF-8, which Polars has no way to take.

    Raises
    ------
    UsageError
        One does not; it is named by its keyword.
    """
    for name, value in values.items():
        for each in [value] if isinstance(value, str) else value or ():
            if not is_utf8(each):
                option = f"--{name.replace('_', '-')}"
                raise UsageError(f"{option}: bytes of {quoted(each)} are not UTF-8", "write it in UTF-8")


def _empty(option: str) -> UsageError:
    return UsageError(f"{option}: got an empty text", f"name something after {option}, or leave it out")


def read_correction(text: str) -> str:
    """Return the name of a correction of p-values."""
    return _word(text, "--correction", CORRECTIONS)


def read_task(text: str | None) -> Task | None:
    """Return the task of that name, None for none."""
    return None if text is None else Task(_word(text, "--task", tuple(task.value for task in Task)))


def read_form(text: str | None) -> Form | None:
    """Return the encoding of predictions of that name, None for none."""
    return None if text is None else Form(_word(text, "--pred-form", tuple(form.value for form in Form)))


def read_threads(text: str | None) -> int | None:
    """Return the number of threads, None for as many as fit; Polars reads its own when it is imported, and is told."""
    if text is None:
        return None
    threads = read_whole(text, "--threads", least=1, such_as=2)
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    return threads


def _word(text: str, option: str, words: tuple[str, ...]) -> str:
    wanted = text.lower().replace("_", "-")
    if wanted in words:
        return wanted
    expected = f"{option}: expected {', '.join(words[:-1])} or {words[-1]}"
    raise UsageError(f"{expected}, got {quoted(text)}", did_you_mean(wanted, words))


def did_you_mean(word: str, words: Collection[str], *, prefix: str = "") -> str | None:
    """Return the question for the word, with its prefix, that is nearest to one that does not exist; None for none."""
    near = nearest(word, words)
    return f"did you mean {prefix}{near}?" if near else None
