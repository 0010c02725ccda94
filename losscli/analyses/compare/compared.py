"""A comparison, made: what its payload and its words are written from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from losscli.analyses.compare.murphy import Murphy
    from losscli.analyses.compare.numbers import Comparison, Correction, Spread
    from losscli.analyses.compare.per_class import ClassLosses
    from losscli.analyses.compare.reasons import Reasons
    from losscli.analyses.compare.winners import Winner
    from losscli.analyses.evaluation.evaluated import Evaluated
    from losscli.engine.table.within import Group


class Compared(Struct, frozen=True, kw_only=True):
    """Models of one data set side by side.

    Attributes
    ----------
    evaluated
        The data set and the numbers of each model.
    order
        Positions of the models, the baseline's first.
    spreads
        How each loss is spread over the rows, by model and loss.
    comparisons
        Every candidate against the baseline by every loss; empty for one model.
    correction
        How their p-values are adjusted.
    winners, agreement
        The winner of each loss that ranks models, and Kendall's τ of their rankings by pairs of losses.
    reasons
        What becomes of the winners without what may have made them differ; None where they do not.
    murphy
        The Murphy diagram; None where it was not asked for.
    classes
        Losses and biases by class; None where they were not asked for.
    groups
        The same of each group of the rows, whose p-values are adjusted together; empty without groups.
    """

    evaluated: Evaluated
    order: tuple[int, ...]
    spreads: tuple[tuple[Spread, ...], ...]
    comparisons: tuple[Comparison, ...]
    correction: Correction
    winners: tuple[Winner, ...]
    agreement: tuple[tuple[int, int, float], ...]
    reasons: Reasons | None
    murphy: Murphy | None = None
    classes: tuple[ClassLosses, ...] | None = None
    groups: tuple[tuple[Group, Compared], ...] = ()

    @property
    def alone(self) -> bool:
        """Whether there is one model only, so that losses are compared."""
        return len(self.order) == 1

    def name(self, model: int) -> str:
        """Return the name of a model."""
        return self.evaluated.models[model].name

    @property
    def baseline(self) -> str:
        """The name of the baseline."""
        return self.name(self.order[0])

    @property
    def tests(self) -> frozenset[str]:
        """The tests that p-values come from."""
        return frozenset(each.test for each in self.comparisons if each.p_value is not None)

    @property
    def has_intervals(self) -> bool:
        """Whether a candidate, of all rows or of a group, has an interval beside the baseline."""
        return any(each.interval for each in self.comparisons) or any(of.has_intervals for _, of in self.groups)

    def alike(self) -> tuple[tuple[int, ...], ...]:
        """Return the losses that rank models, in groups of those that rank them alike: mse with rmse and sse."""
        groups: dict[object, list[int]] = {}
        for position, asked in enumerate(self.evaluated.asked):
            if not asked.bound.loss.is_signed:
                groups.setdefault(asked.kernel.key, []).append(position)
        return tuple(map(tuple, groups.values()))

    def value(self, loss: int, model: int) -> float | None:
        """Return the value of a loss of a model; None where its data do not allow it."""
        return self.evaluated.models[model].losses[loss].value

    def comparison(self, loss: int, candidate: int) -> Comparison:
        """Return the comparison of a candidate with the baseline by a loss."""
        return next(each for each in self.comparisons if (each.loss, each.candidate) == (loss, candidate))

    def ranked(self, loss: int) -> list[int]:
        """Return the models by their value of a loss, the least first; in their order where it has a sign."""
        if self.evaluated.asked[loss].bound.loss.is_signed:
            return list(self.order)
        values = [self.value(loss, model) for model in range(len(self.order))]
        return sorted(self.order, key=lambda model: (values[model] is None, values[model] or 0.0))
