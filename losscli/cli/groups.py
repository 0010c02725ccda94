"""Groups of options that commands share: a record whose fields are options of every command that takes it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from inspect import Parameter, Signature, signature
from typing import get_type_hints

from msgspec import NODEFAULT, Struct


def takes_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Return a function whose parameters are those of `command`, with each record among them taken apart.

    Typer reads options from a function's parameters: here from the command's own, and then from the fields of its
    groups. The command is called with its groups filled.
    """
    hints = get_type_hints(command, include_extras=True)
    groups = {name: hint for name, hint in hints.items() if isinstance(hint, type) and issubclass(hint, Struct)}

    def taking(**words: object) -> None:
        filled = {
            name: group(**{field: words.pop(field) for field in group.__struct_fields__})
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
        last = zip(reversed(group.__struct_fields__), reversed(group.__struct_defaults__), strict=False)
        defaults = {field: default for field, default in last if default is not NODEFAULT}
        parameters += [
            Parameter(
                field,
                Parameter.KEYWORD_ONLY,
                default=defaults.get(field, Parameter.empty),
                annotation=types[field],
            )
            for field in group.__struct_fields__
        ]
    taking.__doc__ = command.__doc__
    taking.__signature__ = Signature(parameters)  # type: ignore[attr-defined]  # inspect looks there first
    taking.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return taking
