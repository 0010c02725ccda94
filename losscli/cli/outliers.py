"""The command outliers: which rows carry the loss, and what each loss would be without them."""

from __future__ import annotations

from typing import Annotated

import typer

from losscli.cli import options, words
from losscli.cli.files import named, read_files, read_paths
from losscli.cli.groups import takes_groups
from losscli.cli.output import OutputWords, check_rows_file, prepare
from losscli.cli.reading import ReadingWords, reading_of
from losscli.cli.writing import write

RuleText = Annotated[
    str | None,
    typer.Option(
        "--rule",
        metavar="RULE",
        help=(
            "What flags a row: modified-z:3.5 (numbers), top:1% (classes), iqr:1.5, iqr:3, top:20, error:100; "
            "for skewed errors double-mad:3.5, adjusted-boxplot:1.5."
        ),
    ),
]
TopRows = Annotated[str, typer.Option("--top", metavar="K", help="How many of the rows that matter most are shown.")]
Stress = Annotated[
    bool,
    typer.Option(
        "--stress", help="Also tell, in a table and a chart, how losses would grow if predictions were spoilt."
    ),
]
Seed = Annotated[str, typer.Option("--seed", metavar="N", help="Seed of the draw of rows that --stress spoils.")]
Keep = Annotated[
    list[str] | None, typer.Option("--keep", metavar="COL,...", help="Columns that are shown beside each row.")
]


@takes_groups
def outliers_command(
    reading: ReadingWords,
    out: OutputWords,
    *,
    losses: options.Losses = None,
    rule: RuleText = None,
    top: TopRows = "10",
    keep: Keep = None,
    by: options.By = None,
    stress: Stress = False,
    seed: Seed = "0",
    per_row: options.PerRow = None,
) -> None:
    """Show which rows carry the loss, and what each loss would be without them; nothing is ever left out of it.

    Rows are flagged by a rule. For each loss: its value with all rows, without the flagged ones and with their errors
    pulled in to the limit, what the flagged rows and the top 0.1, 1 and 5 % hold, on how many rows the value rests, and
    how much a single row changes it. Then the rows that matter most. With --by each group is judged by its own rows.

    \b
    Examples:
      losscli outliers preds.csv
      losscli outliers preds.csv --rule iqr:3 --losses mse,mae,huber
      losscli outliers preds.csv --top 20 --keep id,city
      losscli outliers preds.csv --by region,year
      losscli outliers spam.csv --positive spam
      losscli outliers preds.csv --stress --losses mse,mae,huber:delta=2
      cat preds.csv | losscli outliers -f json | jq '.models[0].losses[0].change'
    """  # noqa: D301  \b keeps the lines apart
    words.refuse_empty(losses=losses, rule=rule)
    reads = read_files(reading.files, command="outliers")
    count = words.read_whole(top, "--top", least=1, such_as=10)
    how = reading_of(reading, quiet=out.quiet)
    paths = read_paths(reads, reading.targets)
    destination = prepare(out, reads=paths)
    rows_file = check_rows_file(per_row, reads=paths, output=destination)

    from losscli.analyses.outliers import OutliersSpec, outliers

    result = outliers(
        OutliersSpec(
            data=named(reads),
            reading=how,
            losses=words.read_losses(losses),
            rule=rule,
            top=count,
            keep=words.read_columns(keep, "--keep"),
            per_row=rows_file,
            stress=stress,
            seed=words.read_whole(seed, "--seed", least=0, such_as=1),
            by=words.read_columns(by, "--by"),
        )
    )
    write(result, destination)
