"""From what is given to a source: a path, glob, folder, URL, standard input, a frame or arrays."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from losscli.engine.files.files import STANDARD_INPUT, STANDARD_INPUT_LABEL, opened_files
from losscli.engine.files.frames import FrameLike, frame_part
from losscli.engine.files.row_source import BLOCK_ROWS
from losscli.engine.files.source import Source
from losscli.text import printable


def open_source(
    given: str | os.PathLike[str] | FrameLike,
    *,
    label: str | None = None,
    null_values: Sequence[str] = (),
    block_rows: int = BLOCK_ROWS,
) -> Source:
    """Return what was given as a data set that can be read again and again; its columns are known, no row is read yet.

    Parameters
    ----------
    given : str, path, frame or mapping of str to array
        A path, a glob or a folder (one data set in parts, sorted by name; a path that exists is literal), a URL,
        "-" for standard input, a pandas or Polars frame, or arrays of one length by name.
    label : str or None
        What people are to call it, if not by its path.
    null_values : sequence of str
        Cells that are read as missing, besides empty ones and NaN.
    block_rows : int
        Rows of a block.

    Raises
    ------
    InputError
        There is nothing to read, or it is neither CSV nor Parquet.
    """
    if not isinstance(given, str | os.PathLike):
        name = label or ("columns" if isinstance(given, Mapping) else type(given).__name__)
        frame = frame_part(given, label=name, null_values=null_values)
        return Source(label=name, path=name, parts=[frame], block_rows=block_rows)
    path = os.fspath(given)
    name = STANDARD_INPUT_LABEL if path == STANDARD_INPUT else printable(path, 200)
    files = opened_files(path, label=name, null_values=null_values)
    return Source(label=label or name, path=path, parts=files.parts, looked_at=files.looked_at, block_rows=block_rows)
