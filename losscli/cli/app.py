"""The program: its commands, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

from losscli import __version__
from losscli.cli.eval import eval_command
from losscli.cli.losses import losses_command
from losscli.errors import ExitCode, LosscliError
from losscli.text import printable

EXIT_CODES = """\b
Exit codes:
  0    done (a closed pipe is success too)
  2    usage: an option, a loss or a parameter is wrong
  3    bad input: a file, a column or a cell is wrong, or an output cannot be written
  70   a bug in losscli
  130  interrupted"""

app = typer.Typer(
    name="losscli",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EXIT_CODES,
)


def _show_version(wanted: bool) -> None:  # noqa: FBT001  Typer calls it so
    if wanted:
        typer.echo(f"losscli {__version__}")
        raise typer.Exit


@app.callback()
def losscli(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Show how large the loss of a file of predictions is, and how sure that is.

    \b
    losscli eval preds.csv                          losses, intervals, skill, bias, outliers
    losscli eval preds.parquet -l mse,mae,huber     these losses
    cat preds.csv | losscli eval                    in a pipe
    losscli losses huber                            what a loss is, and when to use it
    """  # noqa: D301  \b keeps the lines apart


app.command("eval")(eval_command)
app.command("losses")(losses_command)


def main(argv: Sequence[str]) -> int:
    """Return the exit code of the program run on `argv`, the words after its name."""
    debug = "--debug" in argv
    try:
        code = app(args=list(argv), prog_name="losscli", standalone_mode=False)
        return int(code or ExitCode.OK)
    except LosscliError as error:
        return _complain(error.message, error.hint, error.exit_code, debug=debug)
    except typer.TyperException as error:
        return _complain(error.format_message().rstrip("."), "losscli --help", ExitCode.USAGE, debug=debug)
    except KeyboardInterrupt:
        return _complain("interrupted", None, ExitCode.INTERRUPTED, debug=debug)
    except Exception as error:  # noqa: BLE001  the last resort: a bug is reported as one, with its exit code
        name = f"{type(error).__name__}: {error}"
        hint = "this is a bug in losscli: please report it with the output of the same command and --debug"
        return _complain(printable(name, limit=400), hint, ExitCode.BUG, debug=debug)


def _complain(message: str, hint: str | None, code: ExitCode, *, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    lines = [f"losscli: error: {message}", *([f"  hint: {hint}"] if hint else [])]
    encoding = sys.stderr.encoding or "utf-8"
    text = "\n".join(lines).encode(encoding, "backslashreplace").decode(encoding)
    print(text, file=sys.stderr)  # noqa: T201
    return code
