"""One data set evaluated: what the payload, the words and the notices are made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.analyses.evaluation.numbers import BiasNumbers, LossNumbers, share_held, shared_total

if TYPE_CHECKING:
    from losscli.engine.statistics.inquiry import Asked, Facts, ModelFacts
    from losscli.engine.table.counts import Counts
    from losscli.engine.table.dataset import Dataset
    from losscli.engine.table.within import Group


class ModelNumbers(Struct, frozen=True, kw_only=True):
    """The numbers of one model, and the facts that they come from.

    `bias` is None for predictions without a level (margins) and of classes; those have `class_bias`, one for each.
    """

    name: str
    losses: tuple[LossNumbers, ...]
    bias: BiasNumbers | None
    class_bias: tuple[BiasNumbers, ...] | None
    facts: ModelFacts


class Evaluated(Struct, frozen=True, kw_only=True):
    """A data set, what was asked of it, and the answers.

    `held` are the losses told in the words on outliers; `name` is what it is called beside others, if not by its label;
    `groups` are the groups of its rows, each evaluated by itself, where it was asked for them.
    """

    dataset: Dataset
    asked: tuple[Asked, ...]
    held: tuple[Asked, ...]
    facts: Facts
    models: tuple[ModelNumbers, ...]
    name: str | None = None
    groups: tuple[tuple[Group, Evaluated], ...] = ()

    @property
    def counts(self) -> Counts:
        """What became of the rows."""
        counts = self.dataset.rows.counts
        if counts is None:
            raise RuntimeError("the rows were never read")
        return counts

    def holdings(self, model: ModelNumbers) -> tuple[tuple[str, float], ...]:
        """Return for each loss of `held` its name and the share of it that the flagged rows hold."""
        outliers = model.facts.outliers
        if outliers is None:
            return ()
        totals = outliers.totals[len(self.asked) :]
        shares = [
            (asked.bound.label, share_held(held, shared_total(asked.bound, summary)))
            for asked, held, summary in zip(self.held, totals, model.facts.held, strict=True)
        ]
        return tuple((label, share) for label, share in shares if share is not None)
