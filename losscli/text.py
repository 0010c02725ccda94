"""Text that comes from data, made safe to show: nothing in it can steer a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

# Cc control characters, Cf format characters (bidi overrides, zero-width), Cs lone surrogates, Zl/Zp line separators
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def printable(text: str, limit: int | None = 80) -> str:
    r"""Return `text` with control, format and separator characters written as escapes, cut to `limit` characters.

    Parameters
    ----------
    text : str
        Any text from a file: a column name, a cell, a path.
    limit : int or None
        Longest result in characters; a longer one ends in an ellipsis. None for the whole of it.

    Examples
    --------
    >>> printable("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    shown = text if limit is None else text[: limit + 1]
    if not shown.isprintable():  # of what is, none is unsafe: spares a look at each character of thousands of names
        shown = "".join(
            character.encode("unicode_escape", "surrogatepass").decode("ascii")
            if unicodedata.category(character) in _UNSAFE
            else character
            for character in shown
        )
    return shown if limit is None or len(shown) <= limit else shown[: limit - 1] + "…"


def quoted(text: str) -> str:
    """Return `text` made printable and set in single quotes, as error messages show names and cells."""
    return f"'{printable(text)}'"


def listed(names: Sequence[str], most: int = 12) -> str:
    """Return the names quoted and joined by commas, the last ones counted where there are many."""
    shown = ", ".join(quoted(name) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def is_utf8(text: str) -> bool:
    """Return whether `text` can be written as UTF-8: the shell's words and the names of files may hold other bytes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Return which of `words` was meant by one that is none: the first that it begins, else the one spelled most alike.

    None where none is near.

    Examples
    --------
    >>> nearest("prob", ["margin", "probability"]), nearest("magrin", ["margin", "probability"])
    ('probability', 'margin')
    """
    from difflib import get_close_matches

    known = list(words)
    near = [each for each in known if word and each.startswith(word)] or get_close_matches(word, known, n=1)
    return near[0] if near else None
