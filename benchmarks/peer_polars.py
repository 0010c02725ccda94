"""What `losscli eval` answers, as a Polars user would ask it: `python peer_polars.py brief|full FILE` prints JSON."""

from __future__ import annotations

import json
import math
import sys

import polars as pl

THRESHOLD = 3.5 / 0.6744897501960817  # of the modified z-score, in units of the MAD


def per_row(y_pred: str) -> dict[str, pl.Expr]:
    """Return the losses of a row, by name, of the predictions in a column."""
    e = pl.col(y_pred) - pl.col("y_true")
    return {
        "mse": e.pow(2),
        "mae": e.abs(),
        "mbe": e,
        "huber": pl.when(e.abs() <= 1).then(e.pow(2) / 2).otherwise(e.abs() - 0.5),
        "msle": (pl.col(y_pred).log1p() - pl.col("y_true").log1p()).pow(2),
        "log_cosh": e.abs() + (-2 * e.abs()).exp().log1p() - math.log(2),
    }


e = pl.col("y_pred") - pl.col("y_true")
PER_ROW = per_row("y_pred")


def scan(path: str) -> pl.LazyFrame:
    """Return the two columns of a CSV or Parquet file."""
    if path.endswith(".parquet"):
        return pl.scan_parquet(path).select("y_true", "y_pred")
    return pl.scan_csv(path, schema={"y_true": pl.Float64, "y_pred": pl.Float64})


def brief(path: str) -> dict[str, object]:
    """Return the mean of each loss, in one streaming query."""
    query = scan(path).select(pl.len().alias("n"), *(loss.mean().alias(name) for name, loss in PER_ROW.items()))
    means = query.collect(engine="streaming").row(0, named=True)
    return {"n": means.pop("n"), "values": means}


def full(path: str) -> dict[str, object]:
    """Return mean, deviation and skewness of each loss, the medians, and what the flagged rows hold."""
    rows = scan(path).select("y_true", e.alias("e"), *(loss.alias(name) for name, loss in PER_ROW.items())).collect()
    first = rows.select(
        pl.median("y_true", "e").name.prefix("median_"),
        pl.mean(*PER_ROW).name.prefix("mean_"),
        pl.col(*PER_ROW).std().name.prefix("std_"),
        pl.col(*PER_ROW).skew().name.prefix("skewness_"),
    ).row(0, named=True)
    distance = (pl.col("e") - first["median_e"]).abs()
    mad = rows.select(distance.median()).item()
    flagged = rows.lazy().filter(distance > THRESHOLD * mad).select(pl.len(), pl.sum(*PER_ROW)).collect()
    held = flagged.row(0, named=True)
    n = rows.height
    return {
        "n": n,
        "values": {name: first[f"mean_{name}"] for name in PER_ROW},
        "std": {name: first[f"std_{name}"] for name in PER_ROW},
        "skewness": {name: first[f"skewness_{name}"] for name in PER_ROW},
        "median_y": first["median_y_true"],
        "mad": mad,
        "flagged": held["len"],
        "shares": {name: held[name] / (n * first[f"mean_{name}"]) for name in PER_ROW},
    }


if __name__ == "__main__":
    print(json.dumps({"brief": brief, "full": full}[sys.argv[1]](sys.argv[2])))
