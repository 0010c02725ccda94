"""What is asked of a data set, and what its rows say: the records that evaluation and comparison share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from losscli.engine.folds.domain import Faults
from losscli.engine.statistics.inference import kish

if TYPE_CHECKING:
    from losscli.engine.folds.by_class import Range
    from losscli.engine.folds.summary import Summary
    from losscli.engine.statistics.flags import Outliers
    from losscli.engine.statistics.rule import Rule
    from losscli.engine.table.roles import Roles
    from losscli.losses.bound import BoundKernel, BoundLoss


class Asked(Struct, frozen=True, kw_only=True):
    """A loss to be evaluated, with its functions for the encoding at hand.

    `by_name` tells that the user named it: rows outside its domain are then an error, not a cell without a number.
    """

    bound: BoundLoss
    kernel: BoundKernel
    by_name: bool = False


def first_ranking(losses: Sequence[Asked]) -> int | None:
    """Return the position of the first loss that ranks models; None where all have a sign."""
    return next((position for position, asked in enumerate(losses) if not asked.bound.loss.is_signed), None)


OnFault: TypeAlias = Callable[[Asked, int, Faults], None]


class Constant(Struct, frozen=True, kw_only=True):
    """The best constant prediction of a loss, a number or one for each class, and its mean loss; NaN if undefined."""

    constant: float | tuple[float, ...]
    mean: float


class LossFacts(Struct, frozen=True, kw_only=True):
    """What the rows say of one loss of one model.

    Attributes
    ----------
    summary
        Of the per-row losses; None where rows lie outside the domain.
    faults
        The rows outside the domain.
    infinite
        The first rows in which it is infinite, as numbers of their records.
    ties
        Rows whose decision is a tie.
    """

    summary: Summary | None
    faults: Faults
    infinite: tuple[int, ...]
    ties: int


class ModelFacts(Struct, frozen=True, kw_only=True):
    """What the rows say of one model.

    Attributes
    ----------
    losses
        One for each loss asked for.
    error, class_errors
        Summary of prediction minus target, in probabilities where there are any, or one for each class; None where
        predictions have no level (margins).
    outliers
        The flagged rows, with what they hold of the losses asked for and then of those `held`; None where brief and
        where they are not looked for.
    error_scale
        The errors' robust standard deviation; None where brief, where half of them are equal, and of classes.
    held
        Summaries of the losses of which it is told in words what the flagged rows hold.
    range
        The least and the largest prediction; None for regression.
    """

    losses: tuple[LossFacts, ...]
    error: Summary | None
    class_errors: tuple[Summary, ...] | None
    outliers: Outliers | None
    error_scale: float | None
    held: tuple[Summary, ...]
    range: Range | None


class Facts(Struct, frozen=True, kw_only=True):
    """What the rows of a data set say.

    Attributes
    ----------
    models
        One for each model.
    constants
        For each loss asked for its best constant; None where it has none or was not asked for.
    mean_target, mean_row
        Σwy/Σw, or its row for targets of classes.
    units
        How many clusters or periods have rows; None where each row is drawn by itself.
    total_weight, total_squared_weight
        Σw and Σw².
    brief
        Whether values and bias alone were asked for.
    """

    models: tuple[ModelFacts, ...]
    constants: tuple[Constant | None, ...]
    mean_target: float | None
    mean_row: tuple[float, ...] | None
    total_weight: float
    total_squared_weight: float
    brief: bool
    units: int | None = None

    @property
    def effective_n(self) -> float:
        """Kish's effective number of rows."""
        return kish(self.total_weight, self.total_squared_weight)


class Inquiry(Struct, frozen=True, kw_only=True, dict=True):
    """What is asked of a data set.

    Attributes
    ----------
    roles
        What its columns are.
    losses
        The losses asked for.
    held
        Losses of which it is told in words what the flagged rows hold; the first judges rows of classes.
    brief
        Values and bias only: one fold, no intervals of losses, no constants and no outliers.
    on_fault
        Told (loss, model, faults) of rows outside a domain as soon as they are known; may raise.
    rule
        By what rows count as outlying; None for the usual rule of the task.
    order
        The models as they are held against each other, the baseline first; empty where each stands for itself.
    judged
        Whether outlying rows are looked for.
    """

    roles: Roles
    losses: tuple[Asked, ...]
    held: tuple[Asked, ...]
    brief: bool
    on_fault: OnFault
    rule: Rule | None = None
    order: tuple[int, ...] = ()
    judged: bool = True

    @cached_property
    def paired(self) -> frozenset[BoundKernel]:
        """The losses by which models are held against each other: those of which less is better."""
        if len(self.order) < 2:
            return frozenset()
        return frozenset(asked.kernel for asked in self.losses if not asked.bound.loss.is_signed)
