"""Run losscli as a program: `python -m losscli`, or the entry point `losscli`."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

CSV_PIECE = str(1 << 22)  # bytes


def run() -> None:
    """Run the program on the words of the command line and end the process with its exit code."""
    # The collector of cycles takes a tenth of a short run, and finds nothing in a long one.
    gc.disable()
    # NumPy's BLAS is never called, but would start a thread for each core that waits for work in a busy loop.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Polars parses text in pieces of which it holds some dozens: those of 16 MiB take 80 MB more than these.
    os.environ.setdefault("POLARS_CSV_CHUNK_SIZE", CSV_PIECE)
    try:
        from losscli.cli.app import main
    except KeyboardInterrupt:
        from losscli.errors import ExitCode

        sys.exit(ExitCode.INTERRUPTED)
    _end(main(sys.argv[1:]))


def _end(code: int) -> NoReturn:
    """End the process at once: to take down all that libraries have set up takes a tenth of a short run."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
