"""The same rows come in the same blocks, to the bit, in whatever form they are given."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from losscli.engine.files.block import Block, records_of_block
from losscli.engine.files.open_source import open_source
from losscli.errors import InputError

ROWS = 150_000  # three blocks
READ_AT_ONCE = 524_288  # rows of two columns


@pytest.fixture(scope="module")
def long_folder(tmp_path_factory):
    """The same rows in every form; reprs of floats, so that CSV holds exactly what Parquet does."""
    folder = tmp_path_factory.mktemp("long")
    generator = np.random.default_rng(20)
    y = generator.standard_normal(ROWS) * 10.0 ** generator.integers(-300, 300, ROWS)
    frame = pl.DataFrame({"y": y, "x": generator.standard_normal(ROWS), "n": np.arange(ROWS)})
    frame.write_parquet(folder / "small.parquet", row_group_size=1_000)
    frame.write_parquet(folder / "large.parquet", row_group_size=10_000_000)
    lines = ["y,x,n", *(f"{a!r},{b!r},{c}" for a, b, c in frame.rows())]
    (folder / "plain.csv").write_text("\n".join(lines))
    (folder / "gzip.csv").write_bytes(gzip.compress("\n".join(lines).encode(), 1))
    frame.with_columns(y=pl.Series([repr(value) for value in y.tolist()])).lazy().sink_csv(
        folder / "zstd.csv", compression="zstd", check_extension=False
    )
    lines[-1] = lines[-1].replace(",", " ,")
    (folder / "trimmed.csv").write_text("\n".join(lines))
    lines[100:100] = [""]
    lines[70_000:70_000] = ["", ""]
    (folder / "blank.csv").write_bytes("\r\n".join(lines).encode())
    return folder


def same_bits(one: Block, other: Block):
    return (
        (one.first_row, len(one.columns["y"])) == (other.first_row, len(other.columns["y"]))
        and one.columns["y"].tobytes() == other.columns["y"].tobytes()
        and one.columns["n"].tobytes() == other.columns["n"].tobytes()
    )


@pytest.mark.parametrize("name", ["large.parquet", "plain.csv", "gzip.csv", "zstd.csv", "trimmed.csv"])
def test_the_same_rows_come_in_the_same_blocks(long_folder, name):
    expected = list(open_source(long_folder / "small.parquet").blocks(["y", "n"]))
    assert [len(block.columns["n"]) for block in expected] == [65_536, 65_536, ROWS - 2 * 65_536]
    found = list(open_source(long_folder / name).blocks(["y", "n"]))
    assert all(same_bits(*pair) for pair in zip(expected, found, strict=True))


def test_frames_come_in_the_same_blocks(long_folder):
    expected = list(open_source(long_folder / "small.parquet").blocks(["y", "n"]))
    frame = pl.read_parquet(long_folder / "small.parquet")
    columns = {name: frame[name].to_numpy() for name in ("y", "n")}
    for given in (frame, frame.lazy(), columns, pd.DataFrame(columns)):
        found = list(open_source(given).blocks(["y", "n"]))
        assert all(same_bits(*pair) for pair in zip(expected, found, strict=True))


def test_blank_lines_do_not_change_the_blocks_but_the_rows(long_folder):
    source = open_source(long_folder / "blank.csv")
    found = list(source.blocks(["y", "n"]))
    expected = list(open_source(long_folder / "small.parquet").blocks(["y", "n"]))
    for one, other in zip(expected, found, strict=True):
        assert one.columns["y"].tobytes() == other.columns["y"].tobytes()
        assert one.columns["n"].tobytes() == other.columns["n"].tobytes()
    records = np.concatenate([records_of_block(block) for block in found])
    assert np.setdiff1d(np.arange(ROWS + 3), records).tolist() == [99, 69_999, 70_000]
    assert source.blank_records == 3


def test_blocks_go_on_across_files(long_folder, tmp_path):
    for name in ("a.csv", "b.csv"):
        Path(tmp_path / name).symlink_to(long_folder / "plain.csv")
    source = open_source(tmp_path)
    found = list(source.blocks(["n"]))
    assert [(block.first_row, len(block.columns["n"])) for block in found] == [
        *((start, 65_536) for start in range(0, 2 * ROWS - 65_536, 65_536)),
        (262_144, 2 * ROWS - 262_144),
    ]
    once = np.concatenate([block.columns["n"] for block in open_source(long_folder / "plain.csv").blocks(["n"])])
    assert np.concatenate([block.columns["n"] for block in found]).tobytes() == np.tile(once, 2).tobytes()
    assert source.place([ROWS - 1, ROWS]) == [f"{tmp_path}/a.csv:{ROWS + 1}", f"{tmp_path}/b.csv:2"]


@pytest.mark.parametrize("end", ["3,4,5", "3"])
def test_blocks_before_a_ragged_row_come_before_its_error(tmp_path, end):
    path = tmp_path / "ragged.csv"
    path.write_text("y,x\n" + "1,2\n" * READ_AT_ONCE + end)
    blocks = open_source(path).blocks(["y", "x"])
    assert sum(len(next(blocks).columns["y"]) for _ in range(READ_AT_ONCE // 65_536)) == READ_AT_ONCE
    with pytest.raises(InputError, match=f"ragged.csv:{READ_AT_ONCE + 2}: ") as raised:
        next(blocks)
    assert raised.value.message.endswith("where the header has 2")


@pytest.mark.parametrize("wanted", [["y", "x"], ["x", "y"], ["x"]])
def test_a_delimiter_at_the_end_of_rows_does_no_harm(tmp_path, wanted):
    path = tmp_path / "ends.csv"
    path.write_text("y,x\n" + "1,2\n" * 70_000 + "3,4,\n5,6\n")
    blocks = list(open_source(path).blocks(wanted))
    found = {name: np.concatenate([block.columns[name] for block in blocks])[-3:].tolist() for name in wanted}
    assert found == {name: {"y": [1, 3, 5], "x": [2, 4, 6]}[name] for name in wanted}
