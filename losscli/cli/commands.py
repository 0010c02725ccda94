"""The commands of the program. Each is imported when it is asked for: a run needs one of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from losscli.cli.as_given import as_given
from losscli.cli.command import SettledCommand
from losscli.errors import UsageError
from losscli.text import quoted

if TYPE_CHECKING:
    from typer import Context

SUMMARIES = {
    "eval": "Show how large the loss is, and how sure that is.",
    "compare": "Show which model is better, by which loss, and how sure that is.",
    "bias": "Show whether it over- or under-predicts, and where.",
    "gate": "Check limits and baselines; the exit code tells.",
    "outliers": "Show which rows carry the loss, and what it is without them.",
    "losses": "List all losses, or explain one.",
}


class Program(TyperGroup):
    """The commands, and the options of the program itself."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = Commands()  # type: ignore[assignment]  # Typer only reads it

    def get_params(self, ctx: Context) -> list[Any]:  # type: ignore[override]  # it is its context
        """Return the parameters: all are flags."""
        return as_given(super().get_params(ctx))

    def resolve_command(self, ctx: Context, args: list[str]) -> Any:  # type: ignore[override]  # likewise
        """Return the command that the first word names, and the words after it; a file is told from a misspelt command.

        Raises
        ------
        UsageError
            The first word is a file or folder.
        """
        # Path("") would be a folder, and too long a word an error
        if args[0] not in self.commands and os.path.exists(args[0]):  # noqa: PTH110
            import shlex

            what = "folder" if Path(args[0]).is_dir() else "file"
            raise UsageError(f"{quoted(args[0])} is a {what}, and no command", f"losscli eval {shlex.quote(args[0])}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Context, formatter: Any) -> None:  # type: ignore[override]  # noqa: ARG002  likewise
        """Write the commands with what each does, without making them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))


class Commands(Mapping[str, Any]):
    """The commands by their names, each made when it is looked up first."""

    def __init__(self) -> None:
        self._made: dict[str, object] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = _make(name, SUMMARIES[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(SUMMARIES)

    def __len__(self) -> int:
        return len(SUMMARIES)


def _make(name: str, summary: str) -> object:
    """Return the command that the module of its name holds."""
    function = getattr(import_module(f"losscli.cli.{name}"), f"{name}_command")
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(name, cls=SettledCommand, short_help=summary)(function)
    return typer.main.get_command(alone)
