"""The same rows in one Parquet file and in many: commands answer the same, to the bit, and name the same rows."""

from __future__ import annotations

import io
import json
import re
from contextlib import chdir, redirect_stderr, redirect_stdout
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import losscli.engine.table.rows
from losscli.cli.app import main

COMMANDS = (
    "eval {} --pred y_pred --weight w --by g",
    "eval {} --pred y_pred --brief --where y_true>1",
    "compare {} --pred y_pred,other --losses mse,mae",
    "compare A={} B={} --pred y_pred --on id --losses mae",
    "outliers {} --pred y_pred --losses mse --top 5",
    "bias {} --pred other --by g",
    "gate {} --pred y_pred --fail-if rmse>1",
)
# How a file may be written whose numbers and texts are those of the others.
WRITTEN = {
    "alike": {},
    "single": {"w": pl.Float32},
    "integers": {"w": pl.Int8, "id": pl.UInt16},
    "text": {"y_pred": pl.String, "w": pl.String},
    "decimal": {"w": pl.Decimal(6, 2)},
    "categories": {"g": pl.Categorical},
    "empty": {"id": pl.Null, "note": pl.Null},
}
ROWS = 120
files = st.lists(
    st.tuples(st.integers(0, ROWS), st.sampled_from(["alike"] * 20 + sorted(WRITTEN))), min_size=20, max_size=40
)


def frame_of(seed):
    """Return predictions of two models, of which a few are far off."""
    rng = np.random.default_rng(seed)
    y = rng.gamma(2.0, 2.0, ROWS)
    return pl.DataFrame({
        "id": np.arange(ROWS), "y_true": y, "y_pred": y + rng.standard_t(2, ROWS), "other": 1.1 * y,
        "w": rng.integers(1, 5, ROWS) / 1.0, "g": rng.choice(["a", "b"], ROWS), "note": ["n"] * ROWS,
    })  # fmt: skip


def write(frame, folder, drawn):
    """Write rows as drawn into a new folder and return the number of the first row of each file."""
    folder.mkdir()
    edges = [0, *sorted(cut for cut, _ in drawn), len(frame)]
    starts = {}
    for number, (start, stop) in enumerate(pairwise(edges)):
        kind = drawn[number - 1][1] if number else "alike"
        part = frame[start:stop]
        casts = WRITTEN[kind] if kind != "empty" or not len(part) else {}
        path = folder / f"{number:02d}.parquet"
        part.with_columns(pl.col(name).cast(to) for name, to in casts.items()).write_parquet(path)
        starts[path.name] = start
    return starts


def told(command, folder, starts, *words):
    """Return exit code and JSON of a command, in which rows are counted through all files."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out), chdir(folder):
        code = main([*command.replace("{}", "*.parquet").split(), *words, "--format", "json", "--quiet"])
    return code, _counted(json.loads(out.getvalue()), starts)


def _counted(value, starts):
    if isinstance(value, list):
        return [_counted(each, starts) for each in value]
    if isinstance(value, dict):
        return {name: _counted(each, starts) for name, each in value.items() if name != "row"}  # its place tells it
    if isinstance(value, str) and (place := re.fullmatch(r"(\d+\.parquet): row (\d+)", value)):
        return starts[place[1]] + int(place[2])
    return value


@pytest.mark.parametrize("command", COMMANDS)
# to make 40 files fewer takes minutes of what has failed
@settings(max_examples=6, deadline=None, phases=[Phase.generate])
@given(
    seed=st.integers(0, 2**32 - 1),
    drawn=files,
    words=st.sampled_from([[], ["--threads", "1", "--memory", "0"], ["--threads", "5"]]),
)
def test_many_parquet_files_answer_as_one(command, seed, drawn, words):
    frame = frame_of(seed)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(losscli.engine.table.rows, "BLOCK_VALUES", 64)
        one, many = Path(folder, "one"), Path(folder, "many")
        alone = told(command, one, write(frame, one, []), *words)
        assert alone[0] in {0, 1}
        assert told(command, many, write(frame, many, drawn), *words) == alone
