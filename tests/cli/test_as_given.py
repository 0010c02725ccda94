from __future__ import annotations

import inspect
from importlib import import_module
from typing import Annotated, get_args

import pytest
import typer
from typer.core import TyperCommand

from losscli.cli.as_given import as_given
from losscli.cli.commands import SUMMARIES


class Plain(TyperCommand):
    def get_params(self, ctx):
        return as_given(super().get_params(ctx))


def _loud(value: bool) -> str:  # noqa: FBT001  Typer calls it so
    return "loud" if value else "low"


def called(cls, words, *, settings=None):
    """Return what a command that is made by Typer with the class is called with."""
    app = typer.Typer(add_completion=False)
    seen = []

    @app.command(cls=cls, context_settings={"default_map": settings})
    def command(
        context: typer.Context,
        *,
        files: Annotated[list[str] | None, typer.Argument()] = None,
        name: Annotated[str | None, typer.Option("--name", envvar="A_NAME")] = None,
        level: Annotated[str, typer.Option("--level")] = "0.95",
        losses: Annotated[list[str] | None, typer.Option("--losses", "-l")] = None,
        words: Annotated[list[str], typer.Option("--words")] = ["a", "b"],  # noqa: B006  Typer copies it
        brief: Annotated[bool, typer.Option("--brief")] = False,
        loud: Annotated[bool, typer.Option("--loud", callback=_loud)] = False,
    ) -> None:
        seen.append((context.params, [files, name, level, losses, words, brief, loud]))

    app(words.split(), standalone_mode=False)
    return seen


@pytest.mark.parametrize("settings", [None, {"level": "0.9", "losses": ("mse", "mae"), "brief": True, "name": "n"}])
@pytest.mark.parametrize(
    "words",
    ["", "a.csv b.csv", "--name x --level y", "-l mse --losses mae", "--words c --brief", "--loud", "a --name="],
)
def test_values_are_those_that_typer_converts(words, settings, monkeypatch):
    assert called(Plain, words, settings=settings) == called(TyperCommand, words, settings=settings)
    monkeypatch.setenv("A_NAME", "of the environment")
    assert called(Plain, words, settings=settings) == called(TyperCommand, words, settings=settings)


def test_what_is_required_is_left_to_typer():
    app = typer.Typer()

    @app.command(cls=Plain)
    def command(name: str, *, number: Annotated[int, typer.Option()]) -> None:
        raise AssertionError((name, number))

    for words in ([], ["x"], ["x", "--number", "three"]):
        with pytest.raises(typer.TyperException):
            app(words, standalone_mode=False)


@pytest.mark.parametrize("name", SUMMARIES)
def test_all_parameters_are_texts_or_flags(name):
    function = getattr(import_module(f"losscli.cli.{name}"), f"{name}_command")
    annotations = {each.annotation for each in inspect.signature(function).parameters.values()}
    types = {get_args(annotation)[0] if get_args(annotation) else annotation for annotation in annotations}
    assert types <= {str, str | None, list[str] | None, bool, typer.Context}
