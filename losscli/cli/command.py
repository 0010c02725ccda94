"""A command whose options come from flags, each given once, then from the environment, then from a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from typer import TyperException
from typer.core import TyperCommand, TyperGroup, TyperOption

from losscli.cli.as_given import as_given
from losscli.cli.output import OutputWords, prepare
from losscli.cli.settings import Origin, Setting, settings_of
from losscli.cli.shown_settings import add_origin, listing
from losscli.cli.writing import write
from losscli.errors import LosscliError, UsageError

if TYPE_CHECKING:
    from typer import Context

    from losscli.cli.setting_value import Word

# Options of a single run
_NO_SETTINGS = {"show_config", "debug"}


class SettledCommand(TyperCommand):
    """A command that takes each of its options once, and from the settings those that are not given."""

    def get_params(self, ctx: Context) -> list[Any]:  # type: ignore[override]  # it is its context
        """Return its parameters and that of help."""
        return as_given(super().get_params(ctx))

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:  # type: ignore[override]  # it is its context
        """Read the words after the command's name; `ctx.obj` becomes the settings, by the long names of options.

        Raises
        ------
        UsageError
            An option that holds one value has two, or a setting is wrong.
        """
        if ctx.resilient_parsing:
            return super().parse_args(ctx, args)
        given = self._given(ctx, args)
        _refuse_twice(given)
        if any(param.is_eager for param in given):
            return super().parse_args(ctx, args)  # a wrong setting must not stand in the way of help
        options = _settable(self)
        settings = settings_of(str(self.name), lambda: _all_settable(ctx))
        ctx.default_map = {options[name].name: setting.value for name, setting in settings.items()}
        rest = super().parse_args(ctx, args)
        ctx.obj = {
            name: settings[name]
            if name in settings and option not in given
            else _unsettled(ctx.params[option.name], flag=option in given)
            for name, option in options.items()
        }
        return rest

    def _given(self, ctx: Context, args: Sequence[str]) -> Sequence[Any]:
        """Return the parameters that stand among `args`; an error knows that it is of this command."""
        try:
            return self.make_parser(ctx).parse_args(args=list(args))[2]
        except TyperException as error:
            if getattr(error, "ctx", None) is None:
                error.ctx = ctx  # type: ignore[attr-defined]  # as errors of usage have one
            raise

    def invoke(self, ctx: Context) -> Any:  # type: ignore[override]  # likewise
        """Run the command, or show its settings."""
        if ctx.params["show_config"]:
            _show(ctx, ctx.obj)
            return None
        try:
            return super().invoke(ctx)
        except LosscliError as error:
            add_origin(error, ctx.obj)
            raise


def _refuse_twice(given: Sequence[object]) -> None:
    for param, times in Counter(given).items():
        if times > 1 and isinstance(param, TyperOption) and not (param.multiple or param.is_flag):
            name = max(param.opts, key=len)
            raise UsageError(f"{name} is given {'twice' if times == 2 else f'{times} times'}", "leave one of them")


def _unsettled(value: Word | list[str], *, flag: bool) -> Setting:
    """Return what is as a flag says, or as it always is."""
    words = (tuple(value) or None) if isinstance(value, list) else value
    return Setting(value=words, origin=Origin.FLAG if flag else Origin.DEFAULT)


def _settable(command: object) -> dict[str, TyperOption]:
    """Return the options of a command that are settings, by their long names without dashes."""
    return {
        max(param.opts, key=len).removeprefix("--"): param
        for param in getattr(command, "params", ())
        if isinstance(param, TyperOption) and not param.is_eager and param.name not in _NO_SETTINGS
    }


def _all_settable(ctx: Context) -> dict[str, dict[str, TyperOption]]:
    group = ctx.parent.command if ctx.parent else None
    commands = group.commands if isinstance(group, TyperGroup) else {}
    return {name: _settable(command) for name, command in commands.items()}


def _show(ctx: Context, settings: Mapping[str, Setting]) -> None:
    """Write all settings, in the format and to the files that flags name: those of the settings are for answers."""
    flagged = {name.replace("-", "_") for name, setting in settings.items() if setting.origin is Origin.FLAG}
    flags = {field: ctx.params[field] for field in OutputWords.__struct_fields__ if field in flagged}
    output = prepare(OutputWords(context=ctx, **flags))
    write(listing(str(ctx.info_name), settings), replace(output, notices=()))
