"""Biases, found: what their payload and their words are written from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.arrays import Task
from losscli.engine.statistics.identification import MEAN

if TYPE_CHECKING:
    from losscli.analyses.bias.numbers import EquivalenceNumbers, ErrorNumbers
    from losscli.analyses.bias.part_numbers import PartNumbers
    from losscli.analyses.evaluation.evaluated import Evaluated, ModelNumbers
    from losscli.analyses.evaluation.numbers import BiasNumbers
    from losscli.engine.statistics.calibration import ScoreParts
    from losscli.engine.statistics.identification import Property
    from losscli.engine.statistics.subject import Subject
    from losscli.losses.bound import BoundLoss


class SubjectNumbers(Struct, frozen=True, kw_only=True):
    """The bias of one model, or of one class of it.

    Attributes
    ----------
    subject, model, bias
        What it is of, and its mean error; of a quantile what is covered less its level.
    p_adjusted
        Its p-value, adjusted (Holm) for the number of classes; None without one.
    observed
        The mean target.
    error
        How it looks beyond its mean; None for one class of several.
    equivalence
        Whether it matters; None where no margin was given.
    groups, bins
        Where it sits; None where that was not asked for.
    neighbours
        How each error is correlated with that of the next row; None where it was not asked for.
    calibration
        The parts of each loss of `Biased.decomposed`.
    """

    subject: Subject
    model: ModelNumbers
    bias: BiasNumbers
    p_adjusted: float | None
    observed: float
    error: ErrorNumbers | None
    equivalence: EquivalenceNumbers | None
    groups: tuple[PartNumbers, ...] | None
    bins: tuple[PartNumbers, ...] | None
    neighbours: float | None
    calibration: tuple[ScoreParts, ...]


class Biased(Struct, frozen=True, kw_only=True):
    """A data set with the biases of its models, those of one model side by side.

    Attributes
    ----------
    evaluated, subjects
        The data set, and each bias of it.
    wanted
        What predictions of numbers are held to be.
    along, asked_bins
        The column that rows were sorted by into bins, None for the prediction; how many bins there should be.
    decomposed, whole
        The losses that are taken apart, and those that were asked for and cannot be.
    """

    evaluated: Evaluated
    subjects: tuple[SubjectNumbers, ...]
    wanted: Property
    along: str | None
    asked_bins: int | None
    decomposed: tuple[BoundLoss, ...]
    whole: tuple[BoundLoss, ...]

    def of(self, model: ModelNumbers) -> tuple[SubjectNumbers, ...]:
        """Return the biases of one model: one, or one for each class."""
        return tuple(each for each in self.subjects if each.model is model)

    def class_name(self, numbers: SubjectNumbers) -> str | None:
        """Return the class that a bias is of; None where it is of all predictions of a model."""
        number = numbers.subject.number
        return None if number is None else self.evaluated.dataset.roles.classes[number]

    def mean_prediction(self, numbers: SubjectNumbers) -> float | None:
        """Return the mean prediction; None where the bias is no difference of means."""
        return numbers.observed + numbers.bias.mbe if self.wanted == MEAN else None

    @property
    def by(self) -> tuple[str, ...]:
        """The columns that group rows."""
        return tuple(key.column for key in self.evaluated.dataset.roles.by)

    @property
    def is_calibration(self) -> bool:
        """Whether bins are of predicted probabilities, so that their biases are those of a reliability table."""
        return self.along is None and self.evaluated.dataset.roles.task is not Task.REGRESSION
