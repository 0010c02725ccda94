"""Files of many columns are in the system's cache before Polars reads them, which then holds half as much memory."""

from __future__ import annotations

import os

import numpy as np
import polars as pl
import pytest

import losscli.engine.files.parquet
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


NAMES = [f"p{number}" for number in range(MANY_COLUMNS)]


def write(path):
    pl.DataFrame({name: np.random.default_rng(4).random(1_000) for name in NAMES}).write_parquet(path)
    evict(path)
    if is_cached(path):
        pytest.skip("this file system keeps all files in memory")
    evict(path)  # to ask whether it is there brings some of it in


asks_the_kernel = pytest.mark.skipif(not hasattr(os, "RWF_NOWAIT"), reason="asks the kernel what it has in its cache")


@asks_the_kernel
def test_a_file_of_many_columns_is_brought_into_the_cache(tmp_path):
    path = tmp_path / "classes.parquet"
    write(path)
    (part,) = open_source(str(path)).parts
    for columns in (MANY_COLUMNS - 1, MANY_COLUMNS):
        evict(path)
        part._frame(NAMES[:columns])
        assert is_cached(path) == (columns == MANY_COLUMNS)


@asks_the_kernel
@pytest.mark.parametrize("room", [False, True])
def test_files_of_many_columns_are_brought_in_where_all_of_them_fit(tmp_path, monkeypatch, room):
    paths = [tmp_path / f"{number}.parquet" for number in range(2)]
    for path in paths:
        write(path)
    monkeypatch.setattr(losscli.engine.files.parquet, "_MOST_CACHED", 2 * paths[0].stat().st_size - (not room))
    (part,) = open_source(tmp_path).parts
    for path in paths:
        evict(path)
    part._frame(NAMES)
    assert [is_cached(path) for path in paths] == [room, room]


def test_many_columns_are_read_from_a_url(tmp_path):
    path = tmp_path / "classes.parquet"
    pl.DataFrame({name: [0.5, 1.5] for name in NAMES}).write_parquet(path)
    (block,) = open_source(path.as_uri()).blocks(NAMES)
    assert {tuple(values.tolist()) for values in block.columns.values()} == {(0.5, 1.5)}
