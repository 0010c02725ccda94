"""The search for quotation marks in a CSV text, in a thread of its own: Polars may begin to read meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from losscli.engine.files.csv_text import CsvText

QUOTE = b'"'


def below_header(head: bytes, header_lines: int) -> bytes:
    """Return what stands in the head of a text below its header; nothing where it ends before."""
    return b"".join(head.split(b"\n", header_lines)[header_lines:])


@contextmanager
def quotes_sought(text: CsvText, header_lines: int) -> Iterator[Callable[[], bool]]:
    """Give what waits for whether a quotation mark stands below the header; the search ends with the context.

    What was found is kept in `text.has_quotes`. What waits raises the `InputError` of a text that cannot be read.
    """
    if (known := text.has_quotes) is not None:
        yield lambda: known
        return
    from concurrent.futures import ThreadPoolExecutor

    ended = Event()
    with ThreadPoolExecutor(1) as pool:
        search = pool.submit(_search, text, header_lines, ended)
        try:
            yield search.result
        finally:
            ended.set()


def _search(text: CsvText, header_lines: int, ended: Event) -> bool:
    chunks = text.chunks()
    for chunk in chain([below_header(next(chunks, b""), header_lines)], chunks):
        if QUOTE in chunk:
            text.has_quotes = True
            return True
        if ended.is_set():
            return False
    text.has_quotes = False
    return False
