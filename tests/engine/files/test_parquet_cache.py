"""Files of many columns are in the system's cache before Polars reads them, which then holds half as much memory."""

from __future__ import annotations

import os

import numpy as np
import polars as pl
import pytest

from losscli.engine.files.open_source import open_source
from losscli.engine.files.parquet import MANY_COLUMNS


def is_cached(path):
    file = os.open(path, os.O_RDONLY)
    try:
        return os.preadv(file, [bytearray(1)], path.stat().st_size // 2, os.RWF_NOWAIT) == 1
    except BlockingIOError:
        return False
    finally:
        os.close(file)


def evict(path):
    file = os.open(path, os.O_RDONLY)
    os.fsync(file)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(file)


@pytest.mark.skipif(not hasattr(os, "RWF_NOWAIT"), reason="asks the kernel what it has in its cache")
def test_a_file_of_many_columns_is_brought_into_the_cache(tmp_path):
    path = tmp_path / "classes.parquet"
    names = [f"p{number}" for number in range(MANY_COLUMNS)]
    pl.DataFrame({name: np.random.default_rng(4).random(1_000) for name in names}).write_parquet(path)
    (part,) = open_source(str(path)).parts
    evict(path)
    if is_cached(path):
        pytest.skip("this file system keeps all files in memory")
    for columns in (MANY_COLUMNS - 1, MANY_COLUMNS):
        evict(path)  # to ask whether it is there brings some of it in
        part._frame(names[:columns])
        assert is_cached(path) == (columns == MANY_COLUMNS)
