"""The command bias: does it over- or under-predict."""

from __future__ import annotations

from typing import Annotated

import typer

from losscli.cli import options, words
from losscli.cli.files import named, read_files, read_paths
from losscli.cli.groups import takes_groups
from losscli.cli.output import OutputWords, prepare
from losscli.cli.reading import ReadingWords, reading_of
from losscli.cli.writing import write

BinCount = Annotated[
    str | None, typer.Option("--bins", metavar="N", help="Also sort rows into so many bins of equal weight.")
]
Along = Annotated[
    str | None, typer.Option("--along", metavar="COL", help="Sort rows by this column of numbers, not the prediction.")
]
EquivalentWithin = Annotated[
    str | None,
    typer.Option(
        "--equivalent-within",
        metavar="SIZE|%",
        help="The largest bias that does not matter, as 0.5 or 2%; tests whether the bias is smaller.",
    ),
]


@takes_groups
def bias_command(
    reading: ReadingWords,
    out: OutputWords,
    *,
    losses: options.Losses = None,
    by: options.By = None,
    bins: BinCount = None,
    along: Along = None,
    equivalent_within: EquivalentWithin = None,
    ci: options.Level = "0.95",
) -> None:
    """Show whether predictions are too high or too low: by how much, how sure that is, and whether it matters.

    Bias is prediction minus target: above 0 is over-prediction. Beside the mean error stand its median and its mean
    without the largest errors, the rows on either side, and what bias adds to the mean squared error. --by, --bins and
    --along show where it sits; probabilities of two classes are held against observed rates in bins. Each loss is taken
    apart: miscalibration, which recalibration would win, discrimination and uncertainty. Predictions are held to be
    what all of --losses ask for: pinball:tau=0.9 asks for a quantile, whose bias is what it covers less 90 %.

    \b
    Examples:
      losscli bias preds.csv
      losscli bias preds.csv --equivalent-within 2%
      losscli bias preds.csv --by region,year
      losscli bias preds.csv --bins 20 --where 'year >= 2020'
      losscli bias preds.csv --along age -f json
      losscli bias preds.csv --pred q_90 --losses pinball:tau=0.9
      cat preds.csv | losscli bias --pred y_prob
    """  # noqa: D301  \b keeps the lines apart
    reads = read_files(reading.files, command="bias")
    level = words.read_level(ci)
    words.refuse_empty(losses=losses, along=along)
    how = reading_of(reading, quiet=out.quiet)
    destination = prepare(out, reads=read_paths(reads, reading.targets))

    from losscli.analyses.bias import BiasSpec, bias, margin_of

    spec = BiasSpec(
        data=named(reads),
        reading=how,
        losses=words.read_losses(losses),
        level=level,
        by=words.read_columns(by, "--by"),
        bins=None if bins is None else words.read_whole(bins, "--bins", least=2, such_as=10),
        along=along,
        margin=None if equivalent_within is None else margin_of(equivalent_within),
    )
    write(bias(spec), destination)
