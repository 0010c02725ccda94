"""The command compare: which loss says what, and which model is better."""

from __future__ import annotations

from losscli.cli import options, output
from losscli.cli.reading import named, reading_of


def compare_command(
    *,
    files: options.Files = None,
    baseline: options.Baseline = None,
    correction: options.CorrectionName = "bh",
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
    format: options.Format = "table",  # noqa: A002  the option's name
    output_files: options.Outputs = None,
    threads: options.Threads = None,
    memory: options.Memory = "512MB",
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
    debug: options.Debug = False,  # noqa: ARG001  main looks for the word itself
) -> None:
    """Compare losses of one model, or several models on the same rows: which is better, and how sure that is.

    One model: what each loss says, how hard one row can pull it, and what the outlying rows hold of it. Several models
    (prediction columns, or FILEs with the same targets): each loss of each model against the baseline's, tested row by
    row; "~" where noise explains the difference.

    \b
    Examples:
      losscli compare preds.csv --losses mse,mae,huber
      cat preds.csv | losscli compare --losses mse,mae,huber
      losscli compare preds.csv --pred 'pred_*' --baseline ridge
      losscli compare main.parquet new.parquet
      losscli compare main.parquet new.parquet --on id --common
      losscli compare old=main.csv new=branch.csv -f markdown
    """  # noqa: D301  \b keeps the lines apart
    options.refuse_empty(losses=losses, baseline=baseline)
    reads = options.read_files(files, command="compare")
    level = options.read_level(ci)
    adjusting = options.read_correction(correction)
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

    from losscli.analyses.compare import CompareSpec, Correction, compare

    result = compare(
        CompareSpec(
            data=named(reads),
            reading=reading,
            losses=options.read_losses(losses),
            level=level,
            baseline=baseline,
            correction=Correction(adjusting),
        )
    )
    output.write(result, destination)
