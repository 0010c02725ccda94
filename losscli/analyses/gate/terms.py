"""What a gate is asked to hold: its limits, its tolerances, and the losses that they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from losscli import losses
from losscli.analyses.evaluation import named_losses
from losscli.analyses.gate.limits import Limit, Quantity, read_limit
from losscli.analyses.gate.tolerances import Tolerance, Tolerances, check_comparable, read_tolerances
from losscli.errors import UsageError
from losscli.losses.defaults import DEFAULTS

if TYPE_CHECKING:
    from losscli.engine.table.dataset import Dataset
    from losscli.losses.bound import BoundLoss


class Terms(Struct, frozen=True, kw_only=True):
    """What is asked for, read.

    Attributes
    ----------
    limits, tolerances
        As they are written; tolerances are None without a baseline.
    compared
        The losses that are held against the baseline; empty for the defaults of the task.
    """

    limits: tuple[Limit, ...]
    tolerances: Tolerances | None
    compared: tuple[BoundLoss, ...]

    @property
    def named(self) -> tuple[BoundLoss, ...]:
        """All losses that are named, each once."""
        return once(*self.compared, *(limit.loss for limit in self.limits if limit.loss is not None))

    @property
    def of_outliers(self) -> bool:
        """Whether a limit is set to outlying rows."""
        return any(limit.quantity is Quantity.OUTLIERS for limit in self.limits)

    def compared_on(self, dataset: Dataset) -> tuple[tuple[BoundLoss, ...], tuple[Tolerance, ...]]:
        """Return the losses that are held against the baseline, by default those of the task, with their tolerances.

        Raises
        ------
        UsageError
            A tolerance is about another loss.
        """
        tolerances = self.tolerances
        if tolerances is None:
            return (), ()
        compared = self.compared or losses.parse_many(DEFAULTS[dataset.roles.task, dataset.roles.form])
        signatures = {loss.signature for loss in compared}
        for loss, _ in tolerances.own:
            if loss.signature not in signatures:
                raise UsageError(
                    f"--max-regress has a tolerance for {loss.label}, which is not compared", "name it in --losses"
                )
        pairs = [(loss, tolerance) for loss in compared if (tolerance := tolerances.of(loss)) is not None]
        return tuple(loss for loss, _ in pairs), tuple(tolerance for _, tolerance in pairs)


def terms_of(fail_if: tuple[str, ...], max_regress: str | None, named: str | None) -> Terms:
    """Return what limits, tolerances and losses, spelled as on the command line, ask for.

    Raises
    ------
    UsageError
        One of them is wrong, or they do not go together.
    """
    limits = tuple(dict.fromkeys(read_limit(text) for text in fail_if))
    if max_regress is None:
        return Terms(limits=limits, tolerances=None, compared=())
    tolerances = read_tolerances(max_regress)
    compared = named_losses(named) or ()
    for loss in compared:
        check_comparable(loss)
        if tolerances.of(loss) is None:
            raise UsageError(
                f"--max-regress says nothing of {loss.label}", "add it, as in mae=1%, or one for all, as in 1%"
            )
    own = () if tolerances.others else tuple(loss for loss, _ in tolerances.own)
    return Terms(limits=limits, tolerances=tolerances, compared=compared or own)


def once(*named: BoundLoss) -> tuple[BoundLoss, ...]:
    """Return the losses, each once."""
    return tuple({loss.signature: loss for loss in named}.values())
