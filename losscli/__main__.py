"""Run losscli as a program: `python -m losscli`, or the entry point `losscli`."""

from __future__ import annotations

import sys


def run() -> None:
    """Run the program on the words of the command line and end the process with its exit code."""
    from losscli.cli.app import main

    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
