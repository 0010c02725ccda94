"""Errors that users see, and the exit codes that pipelines rely on."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit status of the program; the numbers are a promise to pipelines."""

    OK = 0
    GATE_FAILED = 1
    USAGE = 2
    BAD_INPUT = 3
    INCONCLUSIVE = 4
    BUG = 70
    INTERRUPTED = 130


class LosscliError(Exception):
    """An error that is explained to the user: what is wrong, where, and the next step to take.

    Parameters
    ----------
    message : str
        One sentence without a full stop; text from data in it has gone through `text.quoted`.
    hint : str or None
        The next step, printed on a line of its own.
    """

    exit_code = ExitCode.BUG

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if hint is not None:  # for those who meet it in Python
            self.add_note(f"hint: {hint}")


class UsageError(LosscliError):
    """The command line, a parameter or an option is wrong (exit code 2)."""

    exit_code = ExitCode.USAGE


class InputError(LosscliError):
    """The data are wrong: a file, a column, a cell (exit code 3)."""

    exit_code = ExitCode.BAD_INPUT
