"""Same rows, same digits: whatever the file's format and packing, the threads and the memory."""

from __future__ import annotations

import gzip
import json
import math
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import losscli.engine.table.rows
from losscli.analyses.evaluate import EvaluateSpec, Named, Reading, evaluate

# Sums of blocks that begin elsewhere are rounded elsewhere.
SHARDS = 1e-12
LOSSES = "mse,mae,mbe,msle,pinball:tau=0.9,mape"
ROWS = 300
frames = st.builds(
    lambda seed, n, weighted: _frame(seed, n, weighted=weighted),
    seed=st.integers(0, 2**32 - 1), n=st.integers(1, ROWS), weighted=st.booleans(),
)  # fmt: skip


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Let a few hundred rows make many blocks."""
    monkeypatch.setattr(losscli.engine.table.rows, "BLOCK_VALUES", 64)


def _frame(seed, n, *, weighted):
    rng = np.random.default_rng(seed)
    y_true = rng.lognormal(3.0, 1.0, n)
    columns = {"y_true": y_true, "y_pred": y_true * rng.lognormal(0.0, 0.3, n) + 0.1}
    return pl.DataFrame(columns | ({"w": rng.integers(1, 9, n) / 4} if weighted else {}))


def numbers(path, frame, **reading):
    """Return all that is told of a data set but for where it lies."""
    weight = "w" if "w" in frame.columns else None
    spec = EvaluateSpec(
        data=(Named(given=str(path)),), reading=Reading(weight=weight, **{"threads": 1, **reading}), losses=LOSSES
    )
    (model,) = evaluate(spec).payload["models"]
    return {key: value for key, value in model.items() if key not in {"file", "model", "name"}}


def flat(value, name=""):
    """Return the numbers of nested tables by the way to them."""
    if isinstance(value, dict):
        return {key: leaf for field, inner in value.items() for key, leaf in flat(inner, f"{name}.{field}").items()}
    if isinstance(value, list):
        return {key: leaf for at, inner in enumerate(value) for key, leaf in flat(inner, f"{name}.{at}").items()}
    return {name: value}


@settings(max_examples=10, deadline=None)
@given(frame=frames, group=st.integers(1, ROWS), threads=st.sampled_from([2, 5]))
def test_format_packing_threads_and_memory_change_no_bit(frame, group, threads):
    with TemporaryDirectory() as folder:
        csv, packed, zstd, parquet, groups = (
            Path(folder) / name for name in ("p.csv", "p.csv.gz", "p.csv.zst", "p.parquet", "groups.parquet")
        )
        frame.write_csv(csv)
        packed.write_bytes(gzip.compress(csv.read_bytes()))
        frame.write_csv(zstd, compression="zstd")
        frame.write_parquet(parquet)
        frame.write_parquet(groups, row_group_size=group)
        told = json.dumps(numbers(csv, frame))
        for path in (packed, zstd, parquet, groups):
            assert json.dumps(numbers(path, frame)) == told, path.name
        for path in (csv, groups):
            assert json.dumps(numbers(path, frame, threads=threads, memory=0)) == told
            assert json.dumps(numbers(path, frame, threads=threads)) == told


@settings(max_examples=10, deadline=None)
@given(frame=frames, cuts=st.lists(st.integers(1, ROWS), max_size=4))
def test_files_that_rows_are_split_into_change_no_bit(frame, cuts):
    with TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.parquet"
        frame.write_parquet(whole)
        edges = sorted({0, len(frame), *(cut for cut in cuts if cut < len(frame))})
        for number, (start, stop) in enumerate(pairwise(edges)):
            frame[start:stop].write_parquet(Path(folder) / f"part-{number}.parquet")
            frame[start:stop].write_csv(Path(folder) / f"part-{number}.csv")
        told = json.dumps(numbers(whole, frame))
        for glob in ("part-*.parquet", "part-*.csv"):
            assert json.dumps(numbers(Path(folder) / glob, frame)) == told


@settings(max_examples=10, deadline=None)
@given(frame=frames, block=st.integers(16, 63))
def test_shards_agree_with_the_whole(frame, block):
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "whole.parquet"
        frame.write_parquet(path)
        alone = flat(numbers(path, frame))
        patch.setattr(losscli.engine.table.rows, "BLOCK_VALUES", block)
        shards = flat(numbers(path, frame))
        assert shards.keys() == alone.keys()
        for name, value in alone.items():
            if isinstance(value, float):
                # differences of near numbers (skill, bias) are as exact as what they are made of
                assert math.isclose(shards[name], value, rel_tol=SHARDS, abs_tol=SHARDS * 100), name
            else:
                assert shards[name] == value, name
