"""The command losses: which losses there are, and what each of them is."""

from __future__ import annotations

from typing import Annotated

import typer

from losscli.cli import options, output


def _names(incomplete: str) -> list[str]:
    """Return the losses whose names begin so, for the shell to complete."""
    from losscli.analyses.catalogue import catalogue

    names = (str(record["loss"]) for record in catalogue().records)
    return [name for name in names if name.startswith(incomplete)]


def losses_command(
    *,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", show_default=False, hidden=True, autocompletion=_names)
    ] = None,
    format: options.Format = "table",  # noqa: A002  the option's name
    output_files: options.Outputs = None,
    no_color: options.NoColor = False,
    debug: options.Debug = False,  # noqa: ARG001  main looks for the word itself
) -> None:
    """List all losses, or explain one: formula, gradient, what it rewards, outliers, when to use it.

    NAME is a loss by any of its names, with parameters as in huber:delta=2.

    \b
    Examples:
      losscli losses
      losscli losses huber
      losscli losses huber:delta=2
      losscli losses --format csv
    """  # noqa: D301  \b keeps the lines apart
    destination = output.prepare(format, output_files, no_color=no_color)

    from losscli.analyses.catalogue import catalogue, explain

    output.write(catalogue() if name is None else explain(name), destination)
