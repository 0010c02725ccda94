"""The command eval: how large is the loss."""

from __future__ import annotations

from losscli.cli import options, output
from losscli.cli.reading import named, reading_of


def eval_command(
    *,
    files: options.Files = None,
    target: options.Target = None,
    pred: options.Predictions = None,
    losses: options.Losses = None,
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
    brief: options.Brief = False,
    format: options.Format = "table",  # noqa: A002  the option's name
    output_files: options.Outputs = None,
    per_row: options.PerRow = None,
    threads: options.Threads = None,
    memory: options.Memory = "512MB",
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
    debug: options.Debug = False,  # noqa: ARG001  main looks for the word itself
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
      losscli eval survey.csv --null-value n/a --missing drop
      losscli eval preds.csv --targets truth.parquet --on id --where "k > 1"
      losscli eval spam.csv --positive spam --losses bce,brier
    """  # noqa: D301  \b keeps the lines apart
    options.refuse_empty(losses=losses)
    reads = options.read_files(files, command="eval")
    level = options.read_level(ci)
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
        targets=targets,
        on=on,
        common=common,
        where=where,
        quiet=quiet,
    )
    destination = output.prepare(
        format,
        output_files,
        reads=options.read_paths(reads, targets),
        no_color=no_color,
        quiet=quiet,
    )

    rows_file = (
        None
        if per_row is None
        else output.check_rows_file(per_row, reads=options.read_paths(reads, targets), output=destination)
    )

    from losscli.analyses.evaluate import EvaluateSpec, evaluate

    result = evaluate(
        EvaluateSpec(
            data=named(reads),
            reading=reading,
            losses=options.read_losses(losses),
            level=level,
            brief=brief,
            per_row=rows_file,
        )
    )
    output.write(result, destination)
