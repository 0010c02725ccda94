"""Run losscli as a program: `python -m losscli`, or the entry point `losscli`."""

from __future__ import annotations

import sys


def run() -> None:
    """Run the program on the words of the command line and end the process with its exit code."""
    try:
        from losscli.cli.app import main
    except KeyboardInterrupt:
        from losscli.errors import ExitCode

        sys.exit(ExitCode.INTERRUPTED)
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
