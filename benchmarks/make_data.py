"""Data to measure on: a skewed positive target, a prediction with multiplicative noise, one row in 200 further off.

`python make_data.py ROWS csv|parquet` makes a file where it is not there, and prints its path. Parquet of
several models of the same target is asked for as `models`, and as `contested` where the winner depends on the loss;
of a label and probabilities as `10-classes`, and as `1000-classes` in single precision; of the plain rows in 50 regions
and 100 000 shops as `groups`; `csv-parts` and `parquet-parts` are folders of 2 000 files.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

DATA = Path(__file__).parent / "data"
CHUNK = 1_000_000  # rows, and so a Parquet row group, as pandas writes it by default
SEED = 7
MODELS = 5
SINGLE = 100
PARTS = 2_000
GROUPS = {"region": 50, "shop": 100_000}


def data_file(rows: int, suffix: str) -> Path:
    """Return a file of `rows` rows of y_true and y_pred, made where it is not there; `suffix` is "csv" or "parquet"."""
    path = DATA / f"{rows}.{suffix}"
    if not path.exists():
        DATA.mkdir(exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        first = _chunk(0, min(rows, CHUNK))
        make = pa.csv.CSVWriter if suffix == "csv" else pa.parquet.ParquetWriter
        with make(unfinished, first.schema) as writer:
            writer.write_table(first)
            for start in range(CHUNK, rows, CHUNK):
                writer.write_table(_chunk(start, min(rows - start, CHUNK)))
        unfinished.rename(path)
    return path


def models_file(rows: int, kind: str) -> Path:
    """Return a Parquet file of `rows` rows of y_true and pred_0 to pred_4, made where it is not there.

    Each model is a little worse than the one before; of kind "contested" the first is far off in one row in 10 000.
    """
    path = DATA / f"{rows}-{kind}.parquet"
    if not path.exists():
        DATA.mkdir(exist_ok=True)
        rng = np.random.default_rng(SEED)
        y_true = np.round(rng.lognormal(3.0, 0.8, rows), 3)
        shared = rng.standard_normal(rows)  # what is hard for one model is mostly hard for the others
        columns = {"y_true": y_true}
        for model in range(MODELS):
            spread = np.where(rng.random(rows) < 1 / 200, 0.7, 0.2) * (1 + 0.02 * model)
            y_pred = y_true * np.exp(spread * (0.8 * shared + 0.6 * rng.standard_normal(rows))) + 0.1
            if kind == "contested" and model == 0:
                y_pred[::10_000] += 500
            columns[f"pred_{model}"] = y_pred
        pl.DataFrame(columns).write_parquet(path, compression="snappy", row_group_size=CHUNK)
    return path


def classes_file(rows: int, kind: str) -> Path:
    """Return a Parquet file of `rows` rows of label and prob_0, prob_1, …, made where it is not there.

    Labels are drawn by their probabilities; of more than `SINGLE` classes these are in single precision.
    """
    path = DATA / f"{rows}-{kind}.parquet"
    if not path.exists():
        DATA.mkdir(exist_ok=True)
        classes = int(kind.removesuffix("-classes"))
        rng = np.random.default_rng(SEED)
        shares = rng.exponential(size=(rows, classes))
        drawn = rng.random((rows, 1)) * shares.sum(axis=1, keepdims=True)
        labels = (np.cumsum(shares, axis=1) > drawn).argmax(axis=1)
        shares /= shares.sum(axis=1, keepdims=True)
        stored = shares.astype(np.float32 if classes > SINGLE else np.float64)
        columns = {f"prob_{number}": stored[:, number] for number in range(classes)}
        frame = pl.DataFrame({"label": labels.astype(str), **columns})
        frame.write_parquet(path, compression="snappy", row_group_size=CHUNK)
    return path


def parts_folder(rows: int, kind: str) -> Path:
    """Return a folder with the rows of `data_file` in `PARTS` files, made where it is not there."""
    folder = DATA / f"{rows}-{kind}"
    if not folder.exists():
        suffix = kind.removesuffix("-parts")
        folder.mkdir(parents=True)
        whole = pl.read_parquet(data_file(rows, "parquet"))
        for number, part in enumerate(whole.iter_slices(-(-rows // PARTS))):
            path = folder / f"{number:04d}.{suffix}"
            if suffix == "csv":
                part.write_csv(path)
            else:  # as that of `data_file`: another codec would be another work
                pa.parquet.write_table(part.to_arrow(), path)
    return folder


def groups_file(rows: int) -> Path:
    """Return a Parquet file of `rows` rows of y_true, y_pred, region and shop, made where it is not there."""
    path = DATA / f"{rows}-groups.parquet"
    if not path.exists():
        rng = np.random.default_rng(SEED)
        plain = pl.read_parquet(data_file(rows, "parquet"))
        numbers = {name: pl.Series(rng.integers(0, most, rows, dtype=np.int32)) for name, most in GROUPS.items()}
        plain.with_columns(**numbers).write_parquet(path, compression="snappy", row_group_size=CHUNK)
    return path


def _chunk(start: int, rows: int) -> pa.Table:
    rng = np.random.default_rng([SEED, start])
    y_true = np.round(rng.lognormal(3.0, 0.8, rows), 3)
    spread = np.where(rng.random(rows) < 1 / 200, 0.7, 0.2)
    y_pred = y_true * np.exp(spread * rng.standard_normal(rows)) + 0.1
    return pl.DataFrame({"y_true": y_true, "y_pred": y_pred}).to_arrow()


if __name__ == "__main__":
    rows, kind = int(sys.argv[1]), sys.argv[2]
    if kind in ("csv", "parquet"):
        print(data_file(rows, kind))
    elif kind.endswith("-parts"):
        print(parts_folder(rows, kind))
    elif kind == "groups":
        print(groups_file(rows))
    else:
        print(classes_file(rows, kind) if kind.endswith("-classes") else models_file(rows, kind))
