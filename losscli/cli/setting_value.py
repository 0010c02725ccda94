"""The value of a setting, as its option takes it from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from losscli.errors import UsageError
from losscli.text import quoted

if TYPE_CHECKING:
    from typer.core import TyperOption

Word: TypeAlias = "bool | str | Sequence[str] | None"

_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


def from_text(text: str, option: TyperOption) -> object:
    """Return what a variable says, as a file would say it: several values stand on lines of their own."""
    if option.is_flag:
        return _TRUTHS.get(text.strip().lower(), text)
    return [line for line in text.splitlines() if line.strip()] or text if option.multiple else text


def word_of(value: object, option: TyperOption, place: str) -> Word:
    """Return a value that a file says as Typer takes it: a truth, a text, or texts where an option may be repeated.

    Raises
    ------
    UsageError
        It is not what the option takes; `place` says where it stands.
    """
    if option.is_flag:
        if not isinstance(value, bool):
            raise UsageError(f"{place}: expected true or false, got {_written(value)}")
        return value
    takes_several = option.multiple or "," in (option.metavar or "")
    values = value if isinstance(value, list) and takes_several else [value]
    if not values or not all(isinstance(each, str | int | float) and not isinstance(each, bool) for each in values):
        wanted = "a text or an array of texts" if takes_several else "a text or a number"
        raise UsageError(f"{place}: expected {wanted}, got {_written(value)}")
    words = [str(each).strip() for each in values]
    if not all(words):
        raise UsageError(f"{place}: got an empty text", "give it a value, or leave it out")
    return tuple(words) if option.multiple else ",".join(words)


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "an array" if value else "an empty array"
    return "a table" if isinstance(value, dict) else quoted(str(value))
