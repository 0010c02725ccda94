"""Sentences with their figures put in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from losscli.render.numbers import interval_decimals, write
from losscli.render.words import own

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from losscli.render.style import Style
    from losscli.result import Notice, Sentence

_NAME = re.compile(r"\{(\w+)\}")


def fill(sentence: Sentence, style: Style) -> str:
    """Return the text of `sentence` with each value written in its place.

    Only plain names in braces are places; other braces, in the text or in data, are text. Numbers beside an interval
    take no more decimals than it.
    """
    values = sentence.values
    shared = [decimals for value in values.values() if (decimals := interval_decimals(value)) is not None]
    most = min(shared, default=None)

    def written(match: re.Match[str]) -> str:
        value = values.get(match[1])
        return match[0] if value is None else write(value, style, most)

    return _NAME.sub(written, own(sentence.text, style))


def hints_once(notices: Sequence[Notice]) -> Iterator[tuple[Notice, str | None]]:
    """Yield notices, each with its hint; one that several share stands with the last of them only."""
    last = {notice.hint: notice for notice in notices}
    for notice in notices:
        yield notice, notice.hint if last[notice.hint] is notice else None
