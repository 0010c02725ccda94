"""The command eval: how large is the loss."""

from __future__ import annotations

import sys

from losscli.cli import options, output
from losscli.errors import UsageError
from losscli.text import quoted

MISSING = ("error", "drop")


def eval_command(
    *,
    files: options.Files = None,
    target: options.Target = None,
    pred: options.Predictions = None,
    losses: options.Losses = None,
    weight: options.Weight = None,
    missing: options.MissingCells = "error",
    null_value: options.NullValues = None,
    ci: options.Level = "0.95",
    brief: options.Brief = False,
    format: options.Format = "table",  # noqa: A002  the option's name
    output_files: options.Outputs = None,
    threads: options.Threads = None,
    memory: options.Memory = "512MB",
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
    debug: options.Debug = False,  # noqa: ARG001  main looks for the word itself
) -> None:
    """Show how large the loss is: value, interval, skill, bias and what the outliers hold.

    Several FILEs, or several prediction columns, are several models with a table each. One quoted glob or one folder
    is one data set in parts.

    \b
    Examples:
      losscli eval preds.csv
      losscli eval preds.csv --target price --pred 'model_*'
      losscli eval preds.parquet --losses mse,mae,huber:delta=2,pinball:tau=0.9
      cat preds.csv | losscli eval --format json | jq '.models[0].losses[0].value'
      losscli eval 'parts/*.parquet' --weight n -o report.md -o json:losses.txt
      losscli eval survey.csv --null-value n/a --missing drop
    """  # noqa: D301  \b keeps the lines apart
    level = options.read_level(ci)
    destination = output.prepare(format, output_files, no_color=no_color, quiet=quiet)
    if missing not in MISSING:
        raise UsageError(f"--missing: expected error or drop, got {quoted(missing)}")
    options.use_threads(threads)
    kept = options.read_size(memory)
    given = options.read_files(files, piped=not sys.stdin.isatty(), command="eval")

    from losscli.analyses.evaluate import EvaluateSpec, Missing, Named, Reading, evaluate

    reading = Reading(
        target=target,
        predictions=options.read_columns(pred),
        weight=weight,
        missing=Missing(missing),
        null_values=tuple(null_value or ()),
        threads=threads,
        memory=kept,
    )
    data = tuple(Named(given=path, label=label) for path, label in given)
    result = evaluate(EvaluateSpec(data=data, reading=reading, losses=losses, level=level, brief=brief))
    output.write(result, destination)
