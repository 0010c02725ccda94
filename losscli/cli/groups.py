"""Groups of options that commands share: a dataclass whose fields are options of every command that takes it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from inspect import Parameter, Signature, signature
from typing import get_type_hints


def takes_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Return a function whose parameters are those of `command`, with each dataclass among them taken apart.

    Typer reads options from a function's parameters: here from the command's own, and then from the fields of its
    groups. The command is called with its groups filled.
    """
    hints = get_type_hints(command, include_extras=True)
    groups = {name: hint for name, hint in hints.items() if isinstance(hint, type) and is_dataclass(hint)}

    def taking(**words: object) -> None:
        filled = {
            name: group(**{field.name: words.pop(field.name) for field in fields(group)})
            for name, group in groups.items()
        }
        command(**filled, **words)

    parameters = [
        parameter.replace(annotation=hints[name])
        for name, parameter in signature(command).parameters.items()
        if name not in groups
    ]
    for group in groups.values():
        # in the names of its module: without them a lambda within an annotation sees only those of the class
        types = get_type_hints(group, vars(sys.modules[group.__module__]), include_extras=True)
        parameters += [
            Parameter(
                field.name,
                Parameter.KEYWORD_ONLY,
                default=Parameter.empty if field.default is MISSING else field.default,
                annotation=types[field.name],
            )
            for field in fields(group)
        ]
    taking.__doc__ = command.__doc__
    taking.__signature__ = Signature(parameters)  # type: ignore[attr-defined]  # inspect looks there first
    taking.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return taking
