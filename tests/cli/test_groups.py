from __future__ import annotations

import inspect
from typing import Annotated

import typer
from msgspec import Struct

from losscli.cli.groups import takes_groups


class Doubling(Struct, frozen=True, kw_only=True):
    times: Annotated[str, typer.Option("--times")] = "2"
    loud: Annotated[bool, typer.Option("--loud")] = False
    sort: Annotated[str, typer.Option("--sort")]


class Naming(Struct, frozen=True, kw_only=True):
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
        "sort": inspect.Parameter.empty,
        "name": None,
    }
    assert list(parameters) == ["own", "times", "loud", "sort", "name"]
    assert command.__doc__ == "Say what it does."


def test_a_command_is_called_with_its_groups_filled():
    called.clear()
    app = typer.Typer()
    app.command()(command)
    app(["--times", "3", "--own", "y", "--name", "n", "--sort", "up"], standalone_mode=False)
    app(["--sort", "up"], standalone_mode=False)
    assert called == [
        (Doubling(times="3", sort="up"), Naming(name="n"), "y"),
        (Doubling(times="2", loud=False, sort="up"), Naming(name=None), "x"),
    ]
