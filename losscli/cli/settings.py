"""Settings: the options of a command that a file or the environment gives, and where each of them stands."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct
from typer.core import TyperOption

from losscli.cli.configuration import Configuration, find_configuration
from losscli.cli.setting_value import Word, from_text, word_of
from losscli.cli.words import did_you_mean
from losscli.errors import UsageError
from losscli.text import printable

# The options of each command, by their long names without dashes
Commands: TypeAlias = Mapping[str, Mapping[str, TyperOption]]

_PREFIX = "LOSSCLI_"
_LONGEST_PLACE = 200  # characters


class Origin(StrEnum):
    """Who gives an option its value, the weakest first."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    FLAG = "flag"


class Place(Struct, frozen=True, kw_only=True):
    """Where a setting stands: a file with the key in it ("gate.max-regress"), or a variable."""

    source: str
    key: str | None = None

    def __str__(self) -> str:
        return printable(self.source if self.key is None else f"{self.source}: {self.key}", _LONGEST_PLACE)


class Setting(Struct, frozen=True, kw_only=True):
    """The value of an option as Typer takes it, and where it comes from; defaults and flags stand in no place."""

    value: Word
    origin: Origin
    place: Place | None = None


class _Entry(Struct, frozen=True, kw_only=True):
    """What a place says of an option: to one command, or to all that have the option where that is None."""

    command: str | None
    option: str
    value: object
    place: Place


def settings_of(command: str, commands_of: Callable[[], Commands]) -> dict[str, Setting]:
    """Return the settings of a command that a file or the environment gives, by the names of their options.

    The environment comes before the file, and in each what is said to the command alone before what is said to all.
    Commands are made only where there is a setting.

    Raises
    ------
    UsageError
        A key or a variable is not known, or its value is not what its option takes; be it for another command.
    """
    found = find_configuration()
    variables = {name: text for name, text in os.environ.items() if name.startswith(_PREFIX)}
    if found is None and not variables:
        return {}
    commands = commands_of()
    of_file = {} if found is None else _settled(_of_file(found, commands), Origin.FILE, command, commands)
    return of_file | _settled(_of_environment(variables, commands), Origin.ENVIRONMENT, command, commands)


def _settled(entries: Iterable[_Entry], origin: Origin, command: str, commands: Commands) -> dict[str, Setting]:
    to_all: dict[str, Setting] = {}
    to_it: dict[str, Setting] = {}
    for entry in entries:
        option = _option_of(entry, commands)
        value = from_text(str(entry.value), option) if origin is Origin.ENVIRONMENT else entry.value
        setting = Setting(value=word_of(value, option, str(entry.place)), origin=origin, place=entry.place)
        if entry.command == command:
            to_it[entry.option] = setting
        elif entry.command is None and entry.option in commands[command]:
            to_all[entry.option] = setting
    return to_all | to_it


def _of_file(found: Configuration, commands: Commands) -> Iterator[_Entry]:
    """Yield what the configuration file says: keys for all commands, and a table for each command."""
    options = {option for each in commands.values() for option in each}
    for key, value in found.table.items():
        place = Place(source=found.path, key=found.within + key)
        if isinstance(value, dict) and key in commands:
            for option, said in value.items():
                inner = Place(source=found.path, key=f"{place.key}.{option}")
                if option not in commands[key]:
                    raise _unknown(inner, option, commands[key], commands, to=key)
                yield _Entry(command=key, option=option, value=said, place=inner)
        elif key in options:
            yield _Entry(command=None, option=key, value=value, place=place)
        elif key in commands:
            raise UsageError(f"{place}: expected a table", f"write its settings below [{place.key}]")
        else:
            raise _unknown(place, key, options.union(commands), commands)


def _of_environment(variables: Mapping[str, str], commands: Commands) -> Iterator[_Entry]:
    """Yield what variables say: LOSSCLI_OPTION to all commands, LOSSCLI_COMMAND_OPTION to one."""
    named = {
        variable_of(option, to): (to, option)
        for command, options in commands.items()
        for option in options
        for to in (None, command)
    }
    for name, text in variables.items():
        if name not in named:
            bare = [known.removeprefix(_PREFIX) for known in named]
            raise _unknown(Place(source=name), name.removeprefix(_PREFIX), bare, commands, prefix=_PREFIX)
        command, option = named[name]
        yield _Entry(command=command, option=option, value=text, place=Place(source=name))


def variable_of(option: str, command: str | None = None) -> str:
    """Return the variable that an option has in all commands, or in one."""
    return _PREFIX + "_".join(filter(None, (command, option))).upper().replace("-", "_")


def _option_of(entry: _Entry, commands: Commands) -> TyperOption:
    """Return the option that an entry is for; what is said to all commands must mean the same to each."""
    if entry.command is not None:
        return commands[entry.command][entry.option]
    found = {command: options[entry.option] for command, options in commands.items() if entry.option in options}
    first = next(iter(found))
    if len({option.metavar for option in found.values()}) > 1:
        raise UsageError(
            f"{entry.place}: --{entry.option} is another thing to {' and '.join(found)}",
            f"set it for one of them, below [{first}] or as {variable_of(entry.option, first)}",
        )
    return found[first]


def _unknown(
    place: Place, name: str, known: Collection[str], commands: Commands, *, prefix: str = "", to: str = "gate"
) -> UsageError:
    owners = [command for command, options in commands.items() if name in options]
    only = f"only {' and '.join(owners)} can have it" if owners else None
    hint = only or did_you_mean(name, known, prefix=prefix) or f"losscli {to} --show-config lists the settings"
    return UsageError(f"{place}: there is no such setting", hint)
