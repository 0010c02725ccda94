"""Progress of long work on standard error, for people at a terminal."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

_PATIENCE = 1.0  # seconds of work that nobody needs to be told of


def watcher(*, quiet: bool) -> Bar | None:
    """Return what shows the progress of work that takes longer than a second; None where nobody would see it."""
    return None if quiet or sys.stderr is None or not sys.stderr.isatty() else Bar()


class Bar:
    """A line with rows, rows a second and the time left of the pass over the data; it leaves nothing behind."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._fold = 0
        self._fold_start = self._start
        self._shown: Progress | None = None

    def advance(self, rows: int, total: int | None, fold: int) -> None:
        """Show that `rows` of `total` rows, None where that is not known, are read in pass number `fold`."""
        now = time.monotonic()
        if fold != self._fold:
            self._fold, self._fold_start = fold, now
        if now - self._start < _PATIENCE:
            return
        if self._shown is None:
            self._shown = _progress()
            self._shown.start()
        seconds = max(now - self._fold_start, 1e-3)
        left = "" if total is None else f" · {(total - rows) / max(rows, 1) * seconds:.0f} s left of this pass"
        self._shown.update(
            self._shown.task_ids[0],
            total=total,
            completed=rows,
            description=f"pass {fold} · {rows:,} rows · {rows / seconds / 1e6:.1f} M rows/s{left}",
        )

    def stop(self) -> None:
        """Take the line away."""
        if self._shown is not None:
            self._shown.stop()
            self._shown = None


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    shown = Progress(
        BarColumn(bar_width=20), TextColumn("{task.description}"), console=Console(stderr=True), transient=True
    )
    shown.add_task("")
    return shown
