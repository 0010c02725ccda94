from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Annotated

import typer

from losscli.cli.groups import takes_groups


@dataclass(frozen=True, kw_only=True)
class Doubling:
    times: Annotated[str, typer.Option("--times")] = "2"
    loud: Annotated[bool, typer.Option("--loud")] = False


@dataclass(frozen=True, kw_only=True)
class Naming:
    name: Annotated[str | None, typer.Option("--name")] = None


called = []


@takes_groups
def command(first: Doubling, last: Naming, *, own: Annotated[str, typer.Option("--own")] = "x") -> None:
    """Say what it does."""
    called.append((first, last, own))


def test_fields_of_groups_follow_the_options_of_the_command():
    parameters = inspect.signature(command).parameters
    assert {name: parameter.default for name, parameter in parameters.items()} == {
        "own": "x",
        "times": "2",
        "loud": False,
        "name": None,
    }
    assert list(parameters) == ["own", "times", "loud", "name"]
    assert command.__doc__ == "Say what it does."


def test_a_command_is_called_with_its_groups_filled():
    called.clear()
    app = typer.Typer()
    app.command()(command)
    app(["--times", "3", "--own", "y", "--name", "n"], standalone_mode=False)
    app([], standalone_mode=False)
    assert called == [
        (Doubling(times="3"), Naming(name="n"), "y"),
        (Doubling(times="2", loud=False), Naming(name=None), "x"),
    ]
