"""Options that some commands share, as Annotated types; `ReadingWords` and `OutputWords` hold those of all."""

from __future__ import annotations

from typing import Annotated

import typer

Losses = Annotated[
    list[str] | None,
    typer.Option("--losses", "-l", metavar="A,B,...", help="Losses, with parameters as in huber:delta=2."),
]
Level = Annotated[str, typer.Option("--ci", metavar="LEVEL|off", help="Level of the intervals, from 0.5 to 1.")]
By = Annotated[
    list[str] | None,
    typer.Option("--by", metavar="COL,...", help="Columns whose cells name the group of a row; groups get a table."),
]
PerRow = Annotated[
    str | None,
    typer.Option(
        "--per-row", metavar="PATH", help="Write every row with its losses, error, z and flag: .csv or .parquet."
    ),
]
