"""An answer of eval as a user meets it: one regression model, one notice, every kind of value."""

from __future__ import annotations

from losscli.result import Column, Kind, Notice, Result, Section, Sentence, Table, Value

COLUMNS = (
    Column(key="loss", header="loss", kind=Kind.TEXT),
    Column(key="value", header="value", kind=Kind.NUMBER),
    Column(key="ci", header="95 % interval", kind=Kind.INTERVAL),
    Column(key="best_constant", header="best constant", kind=Kind.CONSTANT, rank=2),
    Column(key="skill", header="skill", kind=Kind.FRACTION),
    Column(key="outlier_share", header="outliers hold", kind=Kind.FRACTION, rank=1),
)
ROWS = (
    ("mse", 2900.2213412, (2331.5122981, 3712.9376121), (5360.5067319, 149.9099099), 0.45897, 0.18234),
    ("rmse", 53.8536939, (48.2857369, 60.9338789), (73.2154816, 149.9099099), 0.26445, None),
    ("mae", 43.0779, (37.8123456, 49.2345678), (62.0180180, 141.0), 0.30540, 0.07891),
    ("huber", 42.5801234, (37.3123457, 48.7345679), (61.5182234, 141.2348123), 0.30784, 0.0797),
)  # fmt: skip

EVAL = Result(
    schema="losscli.eval/1",
    payload={
        "version": "0.1.0",
        "n": 111,
        "ci_level": 0.95,
        "models": [
            {
                "model": "ridge",
                "losses": [
                    {"loss": name, "value": value, "ci": ci, "skill": skill, "outlier_share": share, "reason": None}
                    for name, value, ci, _, skill, share in ROWS
                ],
            }
        ],
    },
    records=tuple(
        {"model": "ridge", "loss": name, "value": value, "ci_low": ci[0], "ci_high": ci[1], "outlier_share": share}
        for name, value, ci, _, _, share in ROWS
    ),
    heading=Sentence(
        text="{file} · {rows} rows · regression · {target} against {pred}",
        values={
            "file": Value(kind=Kind.TEXT, raw="diabetes.csv"),
            "rows": Value(kind=Kind.COUNT, raw=111),
            "target": Value(kind=Kind.TEXT, raw="y_true"),
            "pred": Value(kind=Kind.TEXT, raw="ridge"),
        },
    ),
    sections=(
        Section(
            title="ridge",
            table=Table(columns=COLUMNS, rows=ROWS),
            sentences=(
                Sentence(
                    label="bias",
                    text="over-predicts by {size} ({relative}), {level} interval {interval}:"
                    " no bias that the data can show",
                    values={
                        "size": Value(kind=Kind.NUMBER, raw=3.6484123),
                        "relative": Value(kind=Kind.SIGNED_FRACTION, raw=0.02434),
                        "level": Value(kind=Kind.TEXT, raw="95 %"),
                        "interval": Value(kind=Kind.SIGNED_INTERVAL, raw=(-6.4284, 13.7252)),
                    },
                ),
                Sentence(
                    label="outliers",
                    text="{n} rows of {rows} ({share}; a normal law expects {expected}):"
                    " {mse} of mse, {mae} of mae, see losscli outliers {file}",
                    values={
                        "n": Value(kind=Kind.COUNT, raw=3),
                        "rows": Value(kind=Kind.COUNT, raw=111),
                        "share": Value(kind=Kind.FRACTION, raw=3 / 111),
                        "expected": Value(kind=Kind.NUMBER, raw=0.0517),
                        "mse": Value(kind=Kind.FRACTION, raw=0.18234),
                        "mae": Value(kind=Kind.FRACTION, raw=0.07891),
                        "file": Value(kind=Kind.TEXT, raw="diabetes.csv"),
                    },
                ),
            ),
        ),
    ),
    notices=(
        Notice(
            code="huber-delta-small",
            message=Sentence(
                text="δ = {delta} is below {share} of the residuals, so that huber ≈ mae − ½",
                values={
                    "delta": Value(kind=Kind.NUMBER, raw=1.0),
                    "share": Value(kind=Kind.FRACTION, raw=0.982),
                },
            ),
            hint="huber:delta=57 would be 1.345 robust σ",
        ),
    ),
    signature="losscli 0.1.0 · mse,rmse,mae,huber:delta=1 · n 111 · hall 95 % · modified-z 3.5 · y_true/ridge",
)
