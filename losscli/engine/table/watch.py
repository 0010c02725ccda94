"""What the engine tells of long work while it goes on; who shows it is not its business."""

from __future__ import annotations

from typing import Protocol


class Watcher(Protocol):
    """Is told how far the reading has come, from the thread that reads."""

    def advance(self, rows: int, total: int | None, fold: int) -> None:
        """Hear that `rows` of `total` rows are read in fold number `fold`, from 1; None where it is not known yet."""

    def stop(self) -> None:
        """Hear that all folds of a question are done, or have failed."""
