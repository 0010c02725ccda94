"""What `losscli eval` answers, as a DuckDB user would ask it: `python peer_duckdb.py brief|full FILE` prints JSON."""

# ruff: noqa: S608 - the queries are made of the constants below and the path of a file of our own

from __future__ import annotations

import json
import sys

import duckdb

THRESHOLD = 3.5 / 0.6744897501960817  # of the modified z-score, in units of the MAD

PER_ROW = {
    "mse": "e * e",
    "mae": "abs(e)",
    "mbe": "e",
    "huber": "CASE WHEN abs(e) <= 1 THEN e * e / 2 ELSE abs(e) - 0.5 END",
    "msle": "(ln(1 + y_pred) - ln(1 + y_true)) * (ln(1 + y_pred) - ln(1 + y_true))",
    "log_cosh": "abs(e) + ln(1 + exp(-2 * abs(e))) - ln(2)",
}


def each(template: str) -> str:
    """Return the template filled in for each loss, as a list of SQL expressions."""
    return ", ".join(template.format(name=name, loss=loss) for name, loss in PER_ROW.items())


def rows(path: str) -> str:
    """Return the subquery of target, prediction and residual."""
    columns = "{'y_true': 'DOUBLE', 'y_pred': 'DOUBLE'}"
    reader = f"read_csv('{path}', header = true, columns = {columns})"
    table = f"read_parquet('{path}')" if path.endswith(".parquet") else reader
    return f"(SELECT y_true, y_pred, y_pred - y_true AS e FROM {table})"


def ask(connection: duckdb.DuckDBPyConnection, query: str) -> dict[str, float]:
    """Return the only row of an answer, by column."""
    answer = connection.execute(query)
    names = [column[0] for column in answer.description or ()]
    return dict(zip(names, answer.fetchall()[0], strict=True))


def brief(path: str) -> dict[str, object]:
    """Return the mean of each loss, in one query."""
    with duckdb.connect() as connection:
        means = ask(connection, f"SELECT count(*) AS n, {each('avg({loss}) AS {name}')} FROM {rows(path)}")
    return {"n": means.pop("n"), "values": means}


def full(path: str) -> dict[str, object]:
    """Return mean, deviation and skewness of each loss, the medians, and what the flagged rows hold."""
    moments = each("avg({loss}) AS mean_{name}, stddev_samp({loss}) AS std_{name}, skewness({loss}) AS skewness_{name}")
    with duckdb.connect() as connection:
        # To hold the rows and compute the losses twice takes less time and memory than to hold the losses.
        connection.execute(f"CREATE TEMP TABLE held AS SELECT * FROM {rows(path)}")
        first = ask(
            connection,
            f"SELECT count(*) AS n, median(y_true) AS median_y, median(e) AS median_e, {moments} FROM held",
        )
        distance = f"abs(e - {first['median_e']!r})"
        mad = ask(connection, f"SELECT median({distance}) AS mad FROM held")["mad"]
        held = ask(
            connection,
            f"SELECT count(*) AS n, {each('sum({loss}) AS {name}')} FROM held WHERE {distance} > {THRESHOLD * mad!r}",
        )
    return {
        "n": first["n"],
        "values": {name: first[f"mean_{name}"] for name in PER_ROW},
        "std": {name: first[f"std_{name}"] for name in PER_ROW},
        "skewness": {name: first[f"skewness_{name}"] for name in PER_ROW},
        "median_y": first["median_y"],
        "mad": mad,
        "flagged": held["n"],
        "shares": {name: held[name] / (first["n"] * first[f"mean_{name}"]) for name in PER_ROW},
    }


if __name__ == "__main__":
    print(json.dumps({"brief": brief, "full": full}[sys.argv[1]](sys.argv[2])))
