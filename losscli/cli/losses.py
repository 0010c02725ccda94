"""The command losses: which losses there are, and what each of them is."""

from __future__ import annotations

from typing import Annotated

import typer

from losscli.cli.groups import takes_groups
from losscli.cli.output import OutputWords, prepare
from losscli.cli.writing import write


def _names(incomplete: str) -> list[str]:
    """Return the losses whose names begin so, for the shell to complete."""
    from losscli.analyses.catalogue import catalogue

    names = (str(record["loss"]) for record in catalogue().records)
    return [name for name in names if name.startswith(incomplete)]


@takes_groups
def losses_command(
    out: OutputWords,
    *,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", show_default=False, hidden=True, autocompletion=_names)
    ] = None,
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
    destination = prepare(out)

    from losscli.analyses.catalogue import catalogue, explain

    write(catalogue() if name is None else explain(name), destination)
