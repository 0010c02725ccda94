"""The mean of each loss of each model, as a Polars user would ask for it: `python peer_compare.py FILE` prints JSON."""

from __future__ import annotations

import json
import math
import sys

import polars as pl
from peer_polars import per_row

MODELS = 5


def means(path: str) -> dict[str, dict[str, float]]:
    """Return the mean of each loss by model, in one streaming query; rmse is a mean of its own until its root."""
    losses = {f"pred_{model}": per_row(f"pred_{model}") for model in range(MODELS)}
    query = pl.scan_parquet(path).select(
        loss.mean().alias(f"{name} {model}")
        for model, found in losses.items()
        for name, loss in {**found, "rmse": found["mse"]}.items()
    )
    row = query.collect(engine="streaming").row(0, named=True)
    return {
        model: {name: row[f"{name} {model}"] for name in found} | {"rmse": math.sqrt(row[f"rmse {model}"])}
        for model, found in losses.items()
    }


if __name__ == "__main__":
    print(json.dumps(means(sys.argv[1])))
