"""Notices about rows that are left out before they are read: by a condition, or because another file lacks them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from losscli.result import Notice, count_value, notice, text_value

if TYPE_CHECKING:
    from losscli.engine.files.row_source import RowSource


def left_out_notices(source: RowSource) -> Iterator[Notice]:
    """Yield a notice for each file of which rows were left out; `source` has been read to its end."""
    for left in source.left_out():
        if left.unsatisfied:
            yield _notice("where", "--where leaves {rows} of {file} out", left.unsatisfied, left.label)
        if left.unpaired:
            has = "has" if left.unpaired == 1 else "have"
            text = f"{{rows}} of {{file}} {has} no partner and {'is' if left.unpaired == 1 else 'are'} left out"
            yield _notice("unpaired", text, left.unpaired, left.label)


def _notice(code: str, text: str, n: int, label: str) -> Notice:
    rows = "1 row" if n == 1 else "{n} rows"
    return notice(code, text.replace("{rows}", rows), n=count_value(n), file=text_value(label))
