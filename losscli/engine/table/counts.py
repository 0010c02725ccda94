"""What became of the rows that were read: those that count, and how many were left out, for which reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from losscli.engine.folds.batch import Batch


class Counts(Struct, frozen=True, kw_only=True):
    """What became of the rows that were read.

    Attributes
    ----------
    n
        Rows that count.
    n_dropped
        Rows left out because a cell is missing.
    missing
        Missing cells by column.
    zero_weight
        Rows left out because their weight is 0.
    off_sums
        Rows whose probabilities do not sum to 1 to 1e-6, and by how much at most.
    """

    n: int
    n_dropped: int
    missing: dict[str, int]
    zero_weight: int
    off_sums: tuple[int, float]

    def and_then(self, later: Counts) -> Counts:
        """Return the counts of these rows and of later ones."""
        missing = {column: self.missing.get(column, 0) + count for column, count in later.missing.items()}
        return Counts(
            n=self.n + later.n,
            n_dropped=self.n_dropped + later.n_dropped,
            missing=self.missing | missing,
            zero_weight=self.zero_weight + later.zero_weight,
            off_sums=(self.off_sums[0] + later.off_sums[0], max(self.off_sums[1], later.off_sums[1])),
        )


NO_ROWS = Counts(n=0, n_dropped=0, missing={}, zero_weight=0, off_sums=(0, 0.0))


class Checked(Struct, frozen=True, kw_only=True):
    """The rows of a block that count, and what became of all of them."""

    batch: Batch
    counts: Counts
