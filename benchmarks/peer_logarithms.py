"""What log loss needs at least: `python peer_logarithms.py FILE` reads probabilities and takes their logarithms."""

from __future__ import annotations

import sys

import numpy as np
import polars as pl

if __name__ == "__main__":
    path = sys.argv[1]
    columns = [name for name in pl.read_parquet_schema(path) if name.startswith("prob_")]
    for column in pl.read_parquet(path, columns=columns).get_columns():
        np.log(column.to_numpy())
