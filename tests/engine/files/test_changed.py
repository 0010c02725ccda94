"""Files that lose rows, or go, between their reading and the question where a row stands."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from losscli.engine.files.open_source import open_source
from losscli.errors import InputError


@pytest.fixture(autouse=True)
def _in_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("suffix", "column"), [("parquet", "id"), ("csv", "id"), ("csv", None)])
def test_a_file_that_has_lost_rows_since_they_were_read_is_said_to_have_changed(suffix, column):
    def write_rows(name, height):
        frame = pl.DataFrame({"y": np.arange(height) + 0.5, "id": [f'k "{at}"' for at in range(height)]})
        getattr(frame, f"write_{suffix}")(f"{name}.{suffix}")

    write_rows("one", 40)
    alone = open_source(f"one.{suffix}")
    assert len(list(alone.blocks(["y"]))) == 1
    write_rows("one", 3)
    with pytest.raises(InputError) as raised:
        alone.cells(column, [1, 30])
    assert raised.value.message == f"one.{suffix} has changed since it was opened"
    assert raised.value.hint == "run the command again"
    Path(f"one.{suffix}").unlink()
    with pytest.raises(InputError, match=rf"^one\.{suffix} (cannot be read|is damaged)"):
        alone.cells("id", [1])


def test_which_of_many_files_has_lost_rows_is_left_open():
    for name in "abc":
        pl.DataFrame({"y": np.arange(4) + 0.5}).write_parquet(f"{name}.parquet")
    together = open_source("*.parquet")
    assert len(list(together.blocks(["y"]))) == 1
    pl.DataFrame({"y": [0.5]}).write_parquet("b.parquet")
    for column in ("y", None):
        with pytest.raises(InputError) as raised:
            together.cells(column, [11])
        assert raised.value.message == "a.parquet, or one of 2 files read with it, has changed since it was opened"
