"""Notices about rows that a condition leaves out, that another file lacks, or that are paired with wrong ones."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from losscli.result import Notice, count_value, notice, text_value
from losscli.text import quoted

if TYPE_CHECKING:
    from losscli.engine.files.row_source import RowSource


def pairing_notices(source: RowSource, taken: Collection[str], n: int) -> Iterator[Notice]:
    """Yield a notice where rows are paired by position though a column of both files says otherwise."""
    found = source.mispaired(taken, n)
    if found is not None:
        import shlex

        yield notice(
            "mispaired",
            "rows are paired in their order, and {column} differs: {ours} has {our_cell}, {theirs} has {their_cell}",
            f"--on {shlex.quote(found.column) if found.column else 'KEY'} pairs them by it",
            column=text_value(quoted(found.column)),
            ours=text_value(found.ours.where),
            our_cell=text_value(quoted(found.ours.text)),
            theirs=text_value(found.theirs.where),
            their_cell=text_value(quoted(found.theirs.text)),
        )


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
