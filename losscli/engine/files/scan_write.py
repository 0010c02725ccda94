"""Polars' writing: columns that come in batches, as a CSV or Parquet file of any length."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from losscli.errors import InputError
from losscli.text import printable

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    Cells: TypeAlias = "NDArray[np.float64] | NDArray[np.int64] | NDArray[np.bool_] | Sequence[str | None]"

CSV, PARQUET = ".csv", ".parquet"


def write_batches(batches: Iterator[Mapping[str, Cells]], types: Mapping[str, type], path: Path) -> None:
    """Write batches of columns to a file that is whole or not there, CSV or Parquet by its suffix.

    Parameters
    ----------
    batches : iterator of mapping of str to array or sequence of str
        The columns of `types`, all of one length; NaN is a missing number.
    types : mapping of str to type
        float, int, bool or str for each column.
    path : Path
        Devices and links are written to; all else is written under another name and renamed.

    Raises
    ------
    InputError
        The file cannot be written.
    """
    direct = path.is_symlink() or (path.exists() and not path.is_file())
    try:
        if direct:
            _sink(_lazy(batches, types), path, path.suffix)
            return
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        try:
            _sink(_lazy(batches, types), Path(temporary), path.suffix)
            umask = os.umask(0)
            os.umask(umask)
            Path(temporary).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~umask)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{printable(str(path))} cannot be written: {reason}") from error


def _lazy(batches: Iterator[Mapping[str, Cells]], types: Mapping[str, type]) -> pl.LazyFrame:
    import polars as pl
    from polars.io.plugins import register_io_source

    kinds = {float: pl.Float64(), int: pl.Int64(), bool: pl.Boolean(), str: pl.String()}
    schema = {name: kinds[kind] for name, kind in types.items()}

    def frames(
        columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        batch_size: int | None,  # noqa: ARG001  batches have the size that rows are read in
    ) -> Iterator[pl.DataFrame]:
        if columns is not None or predicate is not None or n_rows is not None:
            raise TypeError("all rows and columns are written")
        for batch in batches:
            series = [pl.Series(name, batch[name], dtype=kind, nan_to_null=True) for name, kind in schema.items()]
            yield pl.DataFrame(series)

    return register_io_source(frames, schema=schema)


def _sink(frame: pl.LazyFrame, path: Path, suffix: str) -> None:
    try:
        if suffix == PARQUET:
            frame.sink_parquet(path)
        else:
            frame.sink_csv(path)
    except KeyboardInterrupt:
        # Polars raises it, and Python once more at the next call: at this one, not at that which removes the file
        time.sleep(0)
        raise
