"""The command compare: which loss says what, and which model is better."""

from __future__ import annotations

from typing import Annotated

import typer

from losscli.cli import options, words
from losscli.cli.files import named, read_files, read_paths
from losscli.cli.groups import takes_groups
from losscli.cli.output import OutputWords, prepare
from losscli.cli.reading import ReadingWords, reading_of
from losscli.cli.writing import write

Baseline = Annotated[
    str | None,
    typer.Option("--baseline", metavar="MODEL", help="The model that others are held against; else the first."),
]
CorrectionName = Annotated[
    str,
    typer.Option(
        "--correction",
        metavar="|".join(words.CORRECTIONS),
        help="How p-values are adjusted for the number of comparisons.",
    ),
]

Murphy = Annotated[
    bool, typer.Option("--murphy", help="Also tell whether one model wins by every loss that asks for the mean.")
]

PerClass = Annotated[
    bool, typer.Option("--per-class", help="Also tell the losses over the rows of each true class, and biases.")
]


@takes_groups
def compare_command(
    reading: ReadingWords,
    out: OutputWords,
    *,
    losses: options.Losses = None,
    baseline: Baseline = None,
    correction: CorrectionName = "bh",
    murphy: Murphy = False,
    per_class: PerClass = False,
    by: options.By = None,
    ci: options.Level = "0.95",
) -> None:
    """Compare losses of one model, or several models on the same rows: which is better, and how sure that is.

    One model: what each loss says, how hard one row can pull it, and what the outlying rows hold of it. Several models
    (prediction columns, or FILEs with the same targets): each loss of each model against the baseline's, tested row by
    row; "~" where noise explains the difference. With --by each group of rows is compared too, and it is told in which
    of them another model wins.

    \b
    Examples:
      losscli compare preds.csv --losses mse,mae,huber
      cat preds.csv | losscli compare --losses mse,mae,huber
      losscli compare preds.csv --pred 'pred_*' --baseline ridge
      losscli compare preds.csv --pred 'pred_*' --murphy
      losscli compare main.parquet new.parquet
      losscli compare main.parquet new.parquet --on id --common
      losscli compare main.parquet new.parquet --by region
      losscli compare old=main.csv new=branch.csv -f markdown
    """  # noqa: D301  \b keeps the lines apart
    words.refuse_empty(losses=losses, baseline=baseline)
    reads = read_files(reading.files, command="compare")
    level = words.read_level(ci)
    adjusting = words.read_correction(correction)
    how = reading_of(reading, quiet=out.quiet)
    destination = prepare(out, reads=read_paths(reads, reading.targets))

    from losscli.analyses.compare import CompareSpec, Correction, compare

    result = compare(
        CompareSpec(
            data=named(reads),
            reading=how,
            losses=words.read_losses(losses),
            level=level,
            baseline=baseline,
            correction=Correction(adjusting),
            murphy=murphy,
            per_class=per_class,
            by=words.read_columns(by, "--by"),
        )
    )
    write(result, destination)
