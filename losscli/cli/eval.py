"""The command eval: how large is the loss."""

from __future__ import annotations

from typing import Annotated

import typer

from losscli.cli import options, words
from losscli.cli.files import named, read_files, read_paths
from losscli.cli.groups import takes_groups
from losscli.cli.output import OutputWords, check_rows_file, prepare
from losscli.cli.reading import ReadingWords, reading_of
from losscli.cli.writing import write

Brief = Annotated[
    bool, typer.Option("--brief", help="Values and bias with its interval only, in one pass over the rows.")
]


@takes_groups
def eval_command(
    reading: ReadingWords,
    out: OutputWords,
    *,
    losses: options.Losses = None,
    ci: options.Level = "0.95",
    brief: Brief = False,
    by: options.By = None,
    per_row: options.PerRow = None,
) -> None:
    """Show how large the loss is: value, interval, skill, bias and what the outliers hold.

    FILE is a path, a URL, label=path, or - for standard input, which is read too where it is piped and no FILE is
    named. One quoted glob or one folder is one data set in parts. Several FILEs, or several prediction columns, are
    several models with a table each.

    \b
    Examples:
      losscli eval preds.csv
      losscli eval preds.csv --target price --pred 'model_*'
      losscli eval preds.parquet --losses mse,mae,huber:delta=2,pinball:tau=0.9
      cat preds.csv | losscli eval -f json | jq '.models[0].losses[0].value'
      losscli eval 'parts/*.parquet' --weight n -o report.md -o json:losses.txt
      losscli eval preds.csv --by region,year
      losscli eval survey.csv --null-value n/a --missing drop
      losscli eval preds.csv --targets truth.parquet --on id --where "k > 1"
      losscli eval spam.csv --positive spam --losses bce,brier
    """  # noqa: D301  \b keeps the lines apart
    words.refuse_empty(losses=losses)
    reads = read_files(reading.files, command="eval")
    level = words.read_level(ci)
    how = reading_of(reading, quiet=out.quiet)
    paths = read_paths(reads, reading.targets)
    destination = prepare(out, reads=paths)
    rows_file = check_rows_file(per_row, reads=paths, output=destination)

    from losscli.analyses.evaluate import EvaluateSpec, evaluate

    result = evaluate(
        EvaluateSpec(
            data=named(reads),
            reading=how,
            losses=words.read_losses(losses),
            level=level,
            brief=brief,
            per_row=rows_file,
            by=words.read_columns(by, "--by"),
        )
    )
    write(result, destination)
