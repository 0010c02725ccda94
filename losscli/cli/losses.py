"""The command losses: which losses there are, and what each of them is."""

from __future__ import annotations

from typing import Annotated

import typer

from losscli.cli import options, output


def losses_command(
    *,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", show_default=False, help="A loss, with parameters as in huber:delta=2."),
    ] = None,
    format: options.Format = "table",  # noqa: A002  the option's name
    output_files: options.Outputs = None,
    no_color: options.NoColor = False,
    debug: options.Debug = False,  # noqa: ARG001  main looks for the word itself
) -> None:
    """List all losses; with a NAME explain one: formula, gradient, what it rewards, outliers, when to use it.

    \b
    Examples:
      losscli losses
      losscli losses huber
      losscli losses huber:delta=2
      losscli losses --format csv
    """  # noqa: D301  \b keeps the lines apart
    destination = output.prepare(format, output_files, no_color=no_color, quiet=False)

    from losscli.analyses.catalogue import catalogue, explain

    output.write(explain(name) if name else catalogue(), destination)
