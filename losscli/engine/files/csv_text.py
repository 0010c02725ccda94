"""The text of a CSV part: one file of any packing, or many small files of one header read as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from msgspec import Struct

from losscli.engine.files.content import Content, changed, sample_of, text_chunks, unreadable
from losscli.engine.files.csv_shape import lines_at, outside_quotes, records_of
from losscli.engine.files.scan import holds_utf8

if TYPE_CHECKING:
    from losscli.arrays import IntArray
    from losscli.engine.files.csv_look import CsvLayout
    from losscli.engine.files.spool import Spool

# To open a scan takes as long as to parse some hundred kilobytes, so files much larger gain nothing by being joined.
SMALL_BYTES = 1 << 22
_FIRST_LINE = 2  # of the records below a header of one line
JOINED_BYTES = 1 << 25  # of files that are joined; they are in memory while they are scanned


class CsvText(Protocol):
    """Text with one header and records below it, that can be read again and again.

    Attributes
    ----------
    label : str
        What messages call it, or its first file.
    has_quotes : bool or None
        Whether there is a quotation mark below the header; None where nobody has looked.
    """

    label: str
    has_quotes: bool | None

    def sample(self, size: int) -> tuple[bytes, bool]:
        """Return the first `size` bytes, and whether they are all."""

    def size(self) -> int | None:
        """Return the number of bytes, None where it is not known without reading them."""

    def chunks(self) -> Iterator[bytes]:
        """Yield all bytes in order, decompressed."""

    def hides_bytes(self) -> bool:
        """Return whether `chunks` gives another character for bytes that are not UTF-8, and there are some."""

    def scanned(self) -> str | bytes:
        """Return what Polars scans: a path or the text itself."""

    def lines(self, rows: Sequence[int], layout: CsvLayout) -> list[int]:
        """Return the lines of the text on which a few records start, given in ascending order."""

    def at(self, line: int) -> tuple[str, int]:
        """Return the file in which a line of the text stands, and its number there, both counted from 1."""

    def files(self, rows: IntArray) -> tuple[list[str], IntArray]:
        """Return the file of each record, and its number in that file, counted from 0; `rows` ascend."""


class FileText:
    """One file, plain, compressed or remote; `spool` is the temporary file behind `path`, which lives as long."""

    def __init__(self, path: str, *, label: str, content: Content, spool: Spool | None) -> None:
        self.label = label
        self.has_quotes: bool | None = None
        self._path = path
        self._content = content
        self._spool = spool

    def sample(self, size: int) -> tuple[bytes, bool]:
        """Return the first `size` bytes, and whether they are all."""
        return sample_of(self._path, self._content, self.label, size)

    def size(self) -> int | None:
        """Return the number of bytes, None where the file is packed or remote."""
        return Path(self._path).stat().st_size if self._content is Content.TEXT else None

    def chunks(self) -> Iterator[bytes]:
        """Yield all bytes in order, decompressed."""
        return text_chunks(self._path, self._content, self.label)

    def hides_bytes(self) -> bool:
        """Return whether Polars unpacks the file and there are bytes in it that are not UTF-8."""
        return self._content in (Content.ZSTD, Content.REMOTE) and not holds_utf8(self._path)

    def scanned(self) -> str:
        """Return the path."""
        return self._path

    def lines(self, rows: Sequence[int], layout: CsvLayout) -> list[int]:
        """Return the physical lines on which a few records start, given in ascending order."""
        if self.has_quotes is False:
            return [layout.header_lines + 1 + row for row in rows]
        return lines_at(records_of(self.chunks(), layout), rows)

    def at(self, line: int) -> tuple[str, int]:
        """Return the file and the line."""
        return self.label, line

    def files(self, rows: IntArray) -> tuple[list[str], IntArray]:
        """Return the file for each record, and the numbers."""
        return [self.label] * len(rows), rows


class SmallFile(Struct, frozen=True, kw_only=True):
    """A small CSV file in which each line is a record.

    Attributes
    ----------
    path, label : str
    header : bytes
        Its first line, with the newline.
    size : int
        Bytes of the file.
    has_quotes : bool
        Whether one of them has a quotation mark.
    """

    path: str
    label: str
    header: bytes
    size: int
    has_quotes: bool


def small_file(path: str, label: str, data: bytes) -> SmallFile | None:
    """Return what a file that holds `data` is as one of many; None where it is to be read on its own."""
    end = data.find(b"\n") + 1
    header = data[:end]
    if not header.strip() or header.count(b'"') % 2 or b"\0" in data:
        return None
    has_quotes = b'"' in data[end:]
    if has_quotes and not _is_line_by_line(data):
        return None
    return SmallFile(path=path, label=label, header=header, size=len(data), has_quotes=has_quotes)


class JoinedText:
    """Small files of one header as one text, in which it stands once."""

    def __init__(self, members: Sequence[SmallFile]) -> None:
        self.label = members[0].label
        self.has_quotes: bool | None = any(member.has_quotes for member in members)
        self._members = tuple(members)

    def sample(self, size: int) -> tuple[bytes, bool]:
        """Return the first `size` bytes, and whether they are all."""
        sample = b""
        for chunk in self.chunks():
            sample += chunk
            if len(sample) > size:
                return sample[:size], False
        return sample, True

    def size(self) -> int:
        """Return the number of bytes, a few for headers included."""
        return sum(member.size for member in self._members)

    def chunks(self) -> Iterator[bytes]:
        """Yield the header, and then what stands below it in each file."""
        yield self._members[0].header
        for member in self._members:
            yield self._body(member)

    def hides_bytes(self) -> bool:
        """Return False: the files are read as they are."""
        return False

    def scanned(self) -> bytes:
        """Return the text."""
        return b"".join(self.chunks())

    def lines(self, rows: Sequence[int], layout: CsvLayout) -> list[int]:  # noqa: ARG002 - each line is a record
        """Return the lines of the text on which a few records start."""
        return [row + _FIRST_LINE for row in rows]

    def at(self, line: int) -> tuple[str, int]:
        """Return the file in which a line of the text stands, and its number there."""
        files, rows = self.files(np.array([line - _FIRST_LINE]))
        return files[0], int(rows[0]) + _FIRST_LINE

    def files(self, rows: IntArray) -> tuple[list[str], IntArray]:
        """Return the file of each record, and its number in that file, counted from 0."""
        at = np.searchsorted(self._starts, rows, side="right") - 1
        return [self._members[number].label for number in at.tolist()], rows - self._starts[at]

    @cached_property
    def _starts(self) -> IntArray:
        """The number of the first record of each file, which only places of cells ask for."""
        starts: IntArray = np.cumsum([0, *(self._body(member).count(b"\n") for member in self._members)])
        return starts

    def _body(self, member: SmallFile) -> bytes:
        try:
            data = Path(member.path).read_bytes()
        except OSError as error:
            raise unreadable(member.label, error) from error
        if len(data) != member.size:
            raise changed(member.label)
        return data[len(member.header) :] + (b"" if data.endswith(b"\n") else b"\n")


def _is_line_by_line(data: bytes) -> bool:
    content = np.frombuffer(data, np.uint8)
    newline, quote = (np.flatnonzero(content == ord(sign)) for sign in '\n"')
    return len(quote) % 2 == 0 and len(outside_quotes(newline, quote)) == len(newline)
