"""The program: its commands, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

from losscli import __version__
from losscli.cli.commands import Program
from losscli.cli.writing import abandon_stdout
from losscli.errors import ExitCode, LosscliError
from losscli.text import nearest, printable

EXIT_CODES = """\b
Exit codes:
  0    done; a closed pipe is success too
  1    gate: a check failed
  2    usage: a command, an option, a loss or a parameter is wrong
  3    bad input: a file, a column or a cell is wrong,
       or an output cannot be written
  4    gate: inconclusive, with --fail-inconclusive
  70   a bug in losscli
  130  interrupted"""
LONGEST_MESSAGE = 400  # characters of a message that another library wrote

app = typer.Typer(
    name="losscli",
    cls=Program,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EXIT_CODES,
)


def _show_version(wanted: bool) -> None:  # noqa: FBT001  Typer calls it so
    if wanted:
        typer.echo(f"losscli {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def losscli(
    context: typer.Context,
    *,
    version: Annotated[  # noqa: ARG001  its callback has shown it
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Show how large the loss of a file of predictions is, and how sure that is.

    \b
    Examples:
      losscli eval preds.csv              losses, intervals, skill, bias, outliers
      losscli eval preds.csv -l mse,mae   these losses
      cat preds.csv | losscli eval        in a pipe
      losscli losses huber                what a loss is, and when to use it

    Options may also stand in losscli.toml, in [tool.losscli] of pyproject.toml and in LOSSCLI_* variables;
    --show-config of a command shows them.
    """  # noqa: D301  \b keeps the lines apart
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(ExitCode.USAGE)


def main(argv: Sequence[str]) -> int:
    """Return the exit code of the program run on `argv`, the words after its name."""
    try:
        return _run(argv)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  the one boundary: a bug is reported as one
        message, hint, code = _explained(error)
        _complain(message, hint, debug="--debug" in argv)
        return code


def _run(argv: Sequence[str]) -> int:
    """Return the exit code where there is no error, with what Typer makes of errors by itself undone."""
    try:
        code = int(app(args=list(argv), prog_name="losscli", standalone_mode=False) or ExitCode.OK)
    except SystemExit as stopped:
        # Typer ends the process after shell completion, and where nobody reads its help
        if not isinstance(stopped.__context__, BrokenPipeError):
            raise
        abandon_stdout()
        return ExitCode.OK
    if code == ExitCode.INTERRUPTED:
        raise KeyboardInterrupt  # which Typer has caught
    return code


def _explained(error: BaseException) -> tuple[str, str | None, ExitCode]:
    """Return what is wrong, the next step, and the exit code."""
    if isinstance(error, LosscliError):
        return error.message, error.hint, error.exit_code
    if isinstance(error, typer.TyperException):
        return *_usage(error), ExitCode.USAGE
    if isinstance(error, KeyboardInterrupt):
        return "interrupted", None, ExitCode.INTERRUPTED
    if isinstance(error, OSError):
        abandon_stdout()
        place = "" if error.filename is None else f"{printable(str(error.filename), LONGEST_MESSAGE)}: "
        return f"{place}{(error.strerror or str(error)).lower()}", None, ExitCode.BAD_INPUT
    name = printable(f"{type(error).__name__}: {error}", LONGEST_MESSAGE)
    hint = "this is a bug in losscli: please report it with the output of the same command and --debug"
    return name, hint, ExitCode.BUG


def _usage(error: typer.TyperException) -> tuple[str, str]:
    """Return the message of an error in the words of the command line, and the help that tells the right ones."""
    message = printable(error.format_message().rstrip("."), LONGEST_MESSAGE)
    context = getattr(error, "ctx", None)
    command = "losscli" if context is None else context.command_path
    option = getattr(error, "option_name", "")
    flag = option.removeprefix("--no-")
    if flag != option and f"--{flag}" in (getattr(error, "possibilities", None) or ()):
        from losscli.cli.settings import variable_of

        return f"no such option: {option}", f"{variable_of(flag)}=false switches off what a settings file sets"
    meant = nearest(option, getattr(error, "possibilities", None) or ())
    if meant is not None:
        return f"no such option: {option}", f"did you mean {meant}? {command} --help"
    message, asked, others = message.partition(". Did you mean ")
    return message[:1].lower() + message[1:], f"{f'did you mean {others} ' if asked else ''}{command} --help"


def _complain(message: str, hint: str | None, *, debug: bool) -> None:
    """Say what is wrong on standard error, where there is one."""
    if sys.stderr is None:
        return
    if debug:
        traceback.print_exc()
    lines = [*f"losscli: error: {message}".split("\n"), *(f"  hint: {line}" for line in (hint or "").splitlines())]
    encoding = sys.stderr.encoding or "utf-8"
    text = (
        "\n".join(printable(line, limit=None) for line in lines).encode(encoding, "backslashreplace").decode(encoding)
    )
    try:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    except BrokenPipeError:  # nobody reads it: the exit code tells
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
