"""The command gate: whether this may pass."""

from __future__ import annotations

from typing import Annotated

import typer

from losscli.cli import github, options, words
from losscli.cli.files import named, read_files, read_paths
from losscli.cli.groups import takes_groups
from losscli.cli.output import OutputWords, prepare
from losscli.cli.reading import ReadingWords, reading_of
from losscli.cli.writing import write
from losscli.errors import ExitCode, UsageError
from losscli.result import Status

FailIf = Annotated[
    list[str] | None,
    typer.Option("--fail-if", metavar="LIMIT", help="What must not be: 'rmse > 3', 'abs(bias) > 2%'; may be repeated."),
]
Confident = Annotated[
    bool, typer.Option("--confident", help="Let a limit fail only where the whole interval is beyond it.")
]
Baseline = Annotated[
    str | None,
    typer.Option("--baseline", metavar="FILE", help="Predictions for the same rows, or a saved eval in JSON."),
]
MaxRegress = Annotated[
    str | None,
    typer.Option("--max-regress", metavar="P%|LOSS=P%,...", help="How much worse than the baseline a loss may be."),
]
NonInferior = Annotated[
    bool, typer.Option("--non-inferior", help="Fail unless it is sure that nothing is beyond its limit.")
]
FailInconclusive = Annotated[
    bool, typer.Option("--fail-inconclusive", help="End with exit code 4 where a check is inconclusive.")
]
NoGithub = Annotated[
    bool, typer.Option("--no-github", help="Within GitHub Actions: no annotations and no summary by itself.")
]
AllowSame = Annotated[bool, typer.Option("--allow-same", help="Let the candidate be its own baseline.")]


@takes_groups
def gate_command(
    reading: ReadingWords,
    out: OutputWords,
    *,
    fail_if: FailIf = None,
    confident: Confident = False,
    baseline: Baseline = None,
    max_regress: MaxRegress = None,
    non_inferior: NonInferior = False,
    fail_inconclusive: FailInconclusive = False,
    allow_same: AllowSame = False,
    by: options.By = None,
    no_github: NoGithub = False,
    losses: options.Losses = None,
    ci: options.Level = "0.95",
) -> None:
    """Check that losses keep their limits, or are no worse than a baseline's, and tell by the exit code.

    A limit is a loss, skill.LOSS, bias, abs(bias) or outliers, then > >= < or <=, then a number or a percentage (of the
    mean target for bias, of the rows for outliers). Against a baseline the rows are paired: a check fails where its
    whole interval is above the tolerance, passes where it is below, and is inconclusive else. With --by each group of
    rows has to pass every check too; a group without rows fails.

    \b
    Exit codes: 0 passed, 1 a check failed, 2 usage, 3 bad input,
    4 inconclusive (with --fail-inconclusive).

    \b
    Examples:
      losscli gate preds.csv --fail-if 'rmse > 3' --fail-if 'abs(bias) > 2%'
      losscli gate preds.csv --fail-if 'skill.mse < 40%' --confident
      losscli gate new.parquet --baseline main.parquet --max-regress 1%
      losscli gate new.csv --baseline main.csv --on id --max-regress mae=1%,mse=3%
      losscli gate new.csv --baseline main.csv --max-regress 2% --by region
      losscli gate new.csv --fail-if 'mae > 2' -o junit:gate.xml -o github:-
      losscli gate new.csv --baseline main.json --losses mae --max-regress 5%
    """  # noqa: D301  \b keeps the lines apart
    words.refuse_empty(losses=losses, baseline=baseline)
    if baseline is None and out.context.obj["losses"].place is not None:
        losses = None  # a configuration names them for the runs that have a baseline
    reads = read_files(reading.files, command="gate")
    held = read_files([baseline], command="gate") if baseline else []
    if ("-", None) in held:
        raise UsageError("--baseline is read twice, and standard input only once", "name a file of its own")
    level = words.read_level(ci)
    how = reading_of(reading, quiet=out.quiet)
    destination = prepare(out, reads=read_paths([*reads, *held], reading.targets), checks=True)

    from losscli.analyses.gate import GateSpec, gate

    result = gate(
        GateSpec(
            data=named(reads),
            reading=how,
            fail_if=tuple(fail_if or ()),
            confident=confident,
            baseline=next(iter(named(held)), None),
            max_regress=max_regress,
            losses=words.read_losses(losses),
            level=level,
            non_inferior=non_inferior,
            fail_inconclusive=fail_inconclusive,
            allow_same=allow_same,
            by=words.read_columns(by, "--by"),
        )
    )
    result = write(result, destination)
    asked = "github" in [destination.format, *(file.format for file in destination.files)]
    if asked or (github.is_running() and not no_github):
        github.summarise(result)
        if not asked:
            github.annotate(result)
    statuses = {check.status for check in result.checks}
    if Status.FAIL in statuses:
        raise typer.Exit(ExitCode.GATE_FAILED)
    if fail_inconclusive and Status.INCONCLUSIVE in statuses:
        raise typer.Exit(ExitCode.INCONCLUSIVE)
