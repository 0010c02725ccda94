"""The command bias: does it over- or under-predict."""

from __future__ import annotations

from losscli.cli import options, output
from losscli.cli.reading import named, reading_of


def bias_command(
    *,
    files: options.Files = None,
    by: options.By = None,
    bins: options.BinCount = None,
    along: options.Along = None,
    equivalent_within: options.EquivalentWithin = None,
    target: options.Target = None,
    pred: options.Predictions = None,
    task: options.TaskName = None,
    pred_form: options.PredForm = None,
    positive: options.Positive = None,
    classes: options.Classes = None,
    normalize: options.Normalize = False,
    weight: options.Weight = None,
    missing: options.MissingCells = "error",
    null_value: options.NullValues = None,
    targets: options.Targets = None,
    on: options.On = None,
    common: options.Common = False,
    where: options.Where = None,
    ci: options.Level = "0.95",
    format: options.Format = "table",  # noqa: A002  the option's name
    output_files: options.Outputs = None,
    threads: options.Threads = None,
    memory: options.Memory = "512MB",
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
    debug: options.Debug = False,  # noqa: ARG001  main looks for the word itself
) -> None:
    """Show whether predictions are too high or too low: by how much, how sure that is, and whether it matters.

    Bias is prediction minus target: above 0 is over-prediction. Beside the mean error stand its median and its mean
    without the largest errors, the rows on either side, and what bias adds to the mean squared error. --by, --bins and
    --along show where it sits; probabilities of two classes are held against observed rates in bins.

    \b
    Examples:
      losscli bias preds.csv
      losscli bias preds.csv --equivalent-within 2%
      losscli bias preds.csv --by region,year
      losscli bias preds.csv --bins 20 --where 'year >= 2020'
      losscli bias preds.csv --along age -f json
      cat preds.csv | losscli bias --pred y_prob
    """  # noqa: D301  \b keeps the lines apart
    reads = options.read_files(files, command="bias")
    level = options.read_level(ci)
    options.refuse_empty(by=by, along=along)
    reading = reading_of(
        target=target,
        pred=pred,
        weight=weight,
        task=task,
        pred_form=pred_form,
        positive=positive,
        classes=classes,
        normalize=normalize,
        missing=missing,
        null_value=null_value,
        threads=threads,
        memory=memory,
        quiet=quiet,
        targets=targets,
        on=on,
        common=common,
        where=where,
    )
    destination = output.prepare(
        format, output_files, reads=options.read_paths(reads, targets), no_color=no_color, quiet=quiet
    )

    from losscli.analyses.bias import BiasSpec, bias, margin_of

    spec = BiasSpec(
        data=named(reads),
        reading=reading,
        level=level,
        by=options.read_columns(by),
        bins=options.read_bins(bins),
        along=along,
        margin=None if equivalent_within is None else margin_of(equivalent_within),
    )
    output.write(bias(spec), destination)
