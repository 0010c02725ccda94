"""Parameters whose texts and flags are taken as they are given.

Typer converts each value by Pydantic, even text to text, and to load that takes a sixth of a short run. All parameters
of losscli are texts, which its own code reads, or flags.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from typer.core import TyperArgument, TyperOption

if TYPE_CHECKING:
    from typer import Context

Params = TypeVar("Params", bound=Sequence[object])


class OptionAsGiven(TyperOption):
    """An option whose value is not converted."""

    def process_value(self, ctx: Context, value: Any) -> Any:  # type: ignore[override]  # it is its context
        """Return the value, or what a callback makes of it."""
        taken = _taken(value, several=self.multiple)
        return taken if self.callback is None else self.callback(ctx, self, taken)


class ArgumentAsGiven(TyperArgument):
    """An argument whose value is not converted."""

    def process_value(self, ctx: Context, value: Any) -> Any:  # type: ignore[override]  # it is its context
        """Return the value, or what a callback makes of it."""
        taken = _taken(value, several=self.nargs != 1)
        return taken if self.callback is None else self.callback(ctx, self, taken)


def as_given(params: Params) -> Params:
    """Return the parameters of a command, of text and flags, made such that their values are not converted."""
    # Typer makes the parameters itself, of classes that nobody can choose; those that are required it also misses
    for param in params:
        if isinstance(param, TyperOption) and not param.required:
            param.__class__ = OptionAsGiven
        elif isinstance(param, TyperArgument) and not param.required:
            param.__class__ = ArgumentAsGiven
    return params


def _taken(value: Any, *, several: bool) -> Any:
    """Return a value as Typer gives it after its conversion."""
    if not several:
        return value
    return () if value is None else list(value)
