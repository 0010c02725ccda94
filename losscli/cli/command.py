"""A command that takes each of its options once, but for those that may be repeated."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from typer.core import TyperCommand, TyperOption

from losscli.errors import UsageError

if TYPE_CHECKING:
    from typer import Context


class OnceCommand(TyperCommand):
    """A command that refuses an option given twice, of which one would quietly win."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:  # type: ignore[override]  # it is its context
        """Read the words after the command's name.

        Raises
        ------
        UsageError
            An option that holds one value has two.
        """
        given = [] if ctx.resilient_parsing else self.make_parser(ctx).parse_args(args=list(args))[2]
        for param, times in Counter(given).items():
            if times > 1 and isinstance(param, TyperOption) and not (param.multiple or param.is_flag):
                name = max(param.opts, key=len)
                raise UsageError(f"{name} is given {'twice' if times == 2 else f'{times} times'}", "leave one of them")
        return super().parse_args(ctx, args)
