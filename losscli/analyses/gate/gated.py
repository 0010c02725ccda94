"""A gate, judged: what its payload and its words are written from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.result import Status

if TYPE_CHECKING:
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.analyses.gate.judgement import Judged
    from losscli.analyses.gate.limits import Limit
    from losscli.analyses.gate.saved import Saved
    from losscli.result import Notice


class Gated(Struct, frozen=True, kw_only=True):
    """Candidates with everything that they were held to.

    Attributes
    ----------
    evaluated
        The data sets; with a baseline one, in which it is the last of the models.
    checks
        In the order in which they are shown: changes first.
    limits
        As they were asked for.
    saved
        The baseline, where it is a saved answer.
    same
        The candidates whose predictions are the baseline's.
    dependent
        That rows plainly depend on one another, where that is so and nothing was said of it.
    fail_inconclusive
        Whether an inconclusive check keeps the gate from passing.
    """

    evaluated: tuple[Evaluated, ...]
    checks: tuple[Judged, ...]
    limits: tuple[Limit, ...]
    saved: Saved | None
    same: tuple[str, ...]
    fail_inconclusive: bool
    dependent: tuple[Notice, ...] = ()

    def count(self, status: Status) -> int:
        """Return how many checks have this outcome."""
        return sum(check.status is status for check in self.checks)

    @property
    def passed(self) -> bool:
        """Whether the gate opens."""
        return not self.count(Status.FAIL) and not (self.fail_inconclusive and self.count(Status.INCONCLUSIVE))

    @property
    def joint(self) -> int:
        """How many intervals share one chance of a wrong decision; checks about one thing have the same."""
        return len({check.measured.about for check in self.checks if check.measured.by_interval})

    @property
    def laws(self) -> tuple[str, ...]:
        """What the intervals come from, each once."""
        return tuple(dict.fromkeys(check.measured.law for check in self.checks if check.ci is not None))
