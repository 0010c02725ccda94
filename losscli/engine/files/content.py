"""What a file is, judged by its bytes and not by its name; and its bytes as a stream, decompressed."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from losscli.engine.files.scan import ScanError, scan_lines
from losscli.errors import InputError
from losscli.text import printable

PACKED = (".gz", ".zst")
_SHOWN_BYTES = 4
_CHUNK_BYTES = 1 << 20
_AGAIN = "copy or download it again"
_FOREIGN = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"ARROW1", "an Arrow file"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"SQLite format 3", "an SQLite database"),
    (b"%PDF", "a PDF"),
    (b"PARE", "an encrypted Parquet file"),
    (b"Obj\x01", "an Avro file"),
    (b"\x80\x04\x95", "a Python pickle"),
    (b"\x80\x05\x95", "a Python pickle"),
    (b"<!DOCTYPE", "an HTML page"),
    (b"<!doctype", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<?xml", "XML"),
)
_UNPACKERS = ((b"BZh", "a bzip2 file", "bzip2"), (b"\xfd7zXZ", "an xz file", "xz"))
_LFS_POINTER = b"version https://git-lfs"
_OF_A_STORE = "object-store error: "
_NO_RANGES = "Range request not supported"
_STATUS = r"non-2xx status code: (\d{3} [A-Z][A-Za-z ]*)"
_NUMBER = r"^\d+: "  # before each cause in Polars' list of them
# UTF-32 first: its little-endian mark begins with that of UTF-16
_WIDE_MARKS = ((b"\xff\xfe\0\0", 32), (b"\0\0\xfe\xff", 32), (b"\xff\xfe", 16), (b"\xfe\xff", 16))


_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))


class Content(StrEnum):
    """What the first bytes of a file say that it is."""

    PARQUET = "parquet"
    TEXT = "text"
    GZIP = "gzip"
    ZSTD = "zstd"
    REMOTE = "remote"


def content_of(head: bytes, label: str) -> Content:
    """Return what a file is by its first bytes; all that is not known to be something else may be text.

    Raises
    ------
    InputError
        It is known to be neither CSV nor Parquet.
    """
    if head.startswith(b"PAR1"):
        return Content.PARQUET
    if head.startswith(b"\x1f\x8b"):
        return Content.GZIP
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return Content.ZSTD
    if head.startswith(_LFS_POINTER):
        raise InputError(f"{label} is the pointer that Git LFS keeps in place of the file", "git lfs pull fetches it")
    for mark, name, unpack in _UNPACKERS:
        if head.startswith(mark):
            raise InputError(
                f"{label} looks like {name}", f"unpack it first: {unpack} -dc {typed(label)} > unpacked.csv"
            )
    for mark, name in _FOREIGN:
        if head.startswith(mark):
            raise InputError(
                f"{label} looks like {name}", hint="losscli reads CSV and Parquet: export it as one of them"
            )
    return Content.TEXT


def check_named_parquet(head: bytes, label: str) -> None:
    """Judge whether a file that is called Parquet, and does not begin as such, can be text all the same.

    Raises
    ------
    InputError
        It is binary.
    """
    if head.translate(None, _CONTROLS) != head:
        raise InputError(
            f"{label} is no Parquet file: it is binary, and begins with {head[:_SHOWN_BYTES].hex(' ')} instead of PAR1",
            f"{_AGAIN}, or export it anew",
        )


def check_text(sample: bytes, label: str) -> None:
    """Judge whether the head of a file can be CSV at all.

    Raises
    ------
    InputError
        It is UTF-16 or UTF-32, JSON, binary, or has lines that end in a lone carriage return.
    """
    wide = next((bits for mark, bits in _WIDE_MARKS if sample.startswith(mark)), None)
    zeros = sample.count(0)
    if wide is None and zeros > len(sample) / 4 and max(sample[::2].count(0), sample[1::2].count(0)) >= 0.9 * zeros:
        wide = 16  # Latin letters in UTF-16: every other byte is zero
    if wide is not None:
        raise InputError(f"{label} looks like UTF-{wide} text, not UTF-8", to_utf8(label, f"utf-{wide}"))
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if zeros or controls > len(sample) // 20 or content_of(sample, label) is not Content.TEXT:
        raise InputError(
            f"{label} does not look like CSV or Parquet", "losscli reads these two: export it as one of them"
        )
    if sample.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        raise InputError(f"{label} looks like JSON", hint="losscli reads CSV and Parquet: convert it to one of them")
    if b"\r" in sample and b"\n" not in sample:
        raise InputError(
            f"{label} has lines that end in a carriage return alone",
            hint=rf"convert it first: tr '\r' '\n' < {typed(label, text=True)} > lines.csv",
        )


def to_utf8(label: str, encoding: str = "windows-1252") -> str:
    """Return the hint how a file of another encoding is made UTF-8."""
    return f"save it as UTF-8, or convert its text: iconv -f {encoding} -t utf-8 {typed(label, text=True)} > utf8.csv"


def typed(label: str, *, text: bool = False) -> str:
    """Return the word for a file in a shown command: FILE where it is none, or its text is wanted and packed."""
    import shlex

    is_other = " " in label or "://" in label or (text and Path(label).suffix in PACKED)
    return "FILE" if is_other else shlex.quote(label)


def text_chunks(path: str, content: Content, label: str) -> Iterator[bytes]:
    """Yield the bytes of a text file in order, decompressed.

    Raises
    ------
    InputError
        The file cannot be opened, or is damaged or cut off.
    """
    try:
        if content is Content.TEXT:
            with Path(path).open("rb") as file:
                while chunk := file.read(_CHUNK_BYTES):
                    yield chunk
        elif content is Content.GZIP:
            with gzip.open(path) as unpacked:
                while chunk := unpacked.read(_CHUNK_BYTES):
                    yield chunk
        else:
            yield from scan_lines(path)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise damaged(label, content) from error
    except OSError as error:
        raise unreadable(label, error) from error
    except ScanError as error:
        raise (damaged(label, content) if content is Content.ZSTD else unreadable(label, error)) from error


def sample_of(path: str, content: Content, label: str, size: int) -> tuple[bytes, bool]:
    """Return the first `size` bytes of a text file, decompressed, and whether they are all of it."""
    sample = b""
    for chunk in text_chunks(path, content, label):
        sample += chunk
        if len(sample) > size:
            return sample[:size], False
    return sample, True


def damaged(label: str, content: Content) -> InputError:
    """Return the error for a file that cannot be unpacked to its end."""
    if content is Content.PARQUET:
        return InputError(f"{label} is damaged or cut off: it is not a complete Parquet file", _AGAIN)
    return InputError(f"{label} is damaged or cut off: its {content} data cannot be unpacked to the end", _AGAIN)


def changed(label: str) -> InputError:
    """Return the error for a file that is another one by now than the one that was read."""
    return InputError(f"{label} has changed since it was opened", "run the command again")


def unreadable(label: str, error: OSError | ScanError) -> InputError:
    """Return the error for a file that the system or a remote store does not give, with the reason it names."""
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    if reason.startswith(_OF_A_STORE):
        return _not_given(label, reason)
    return _unread(label, reason.splitlines()[0])


def _not_given(label: str, reason: str) -> InputError:
    """Return the error for a URL, of Polars' long reason what people know."""
    import re
    import shlex

    if _NO_RANGES in reason:
        hint = f"fetch it first: curl -fLO {shlex.quote(label)}"
        return InputError(f"{label} cannot be read: its server gives whole files only, no ranges of bytes", hint)
    if status := re.search(_STATUS, reason):
        return InputError(f"{label} cannot be read: its server says {printable(status[1])}")
    return _unread(label, re.sub(_NUMBER, "", reason.splitlines()[-1].strip()).removeprefix(_OF_A_STORE))


def _unread(label: str, reason: str) -> InputError:
    return InputError(f"{label} cannot be read: {printable(reason[:1].lower() + reason[1:], 200)}")
