"""What is asked of the rows about all biases of a data set, in as few folds as there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.analyses.bias.facts import error_facts
from losscli.analyses.bias.parts import part_facts
from losscli.arrays import Form, Task
from losscli.engine.folds.accumulate import Moments
from losscli.engine.folds.question import Question, ask, both, in_turn, known, together
from losscli.engine.statistics.calibration import calibration
from losscli.engine.statistics.identification import MEAN
from losscli.engine.statistics.neighbours import NeighbourCorrelation
from losscli.engine.statistics.subject import Prediction
from losscli.engine.table.grouping import Along

if TYPE_CHECKING:
    from losscli.analyses.bias.facts import ErrorFacts
    from losscli.analyses.bias.parts import PartFacts
    from losscli.engine.folds.summary import Summary
    from losscli.engine.statistics.calibration import ScoreParts
    from losscli.engine.statistics.identification import Property
    from losscli.engine.statistics.subject import Subject
    from losscli.engine.table.roles import Roles
    from losscli.losses.bound import BoundKernel, BoundLoss


class SubjectFacts(Struct, frozen=True, kw_only=True):
    """What the rows say of one subject.

    Attributes
    ----------
    summary
        Of its errors.
    shape
        How they lie around zero; None for one class of several, and where predictions are no means.
    parts
        Its groups and bins.
    calibration
        The parts of each loss that is taken apart.
    neighbours
        How each error is correlated with that of the next row; None for one class of several, and where rows are of
        clusters or along time anyway.
    """

    summary: Summary
    shape: ErrorFacts | None
    parts: PartFacts
    calibration: tuple[ScoreParts, ...]
    neighbours: float | None


def subject_facts(
    subjects: tuple[Subject, ...], roles: Roles, wanted: Property, losses: tuple[BoundLoss, ...], bins: int | None
) -> Question[list[SubjectFacts]]:
    """Return what the rows say of each subject.

    Parameters
    ----------
    wanted : Property
        What predictions of numbers are meant to be.
    losses : tuple of BoundLoss
        Those to be taken apart.
    bins : int or None
        How many bins there should be; None for none.
    """
    about_errors = together([_errors(subject, roles, wanted, bins) for subject in subjects])
    about_rows = together([_neighbours(subject, roles) for subject in subjects])
    (errors, alike), calibrations = yield from both(
        both(about_errors, about_rows), _calibrations(subjects, roles, losses)
    )
    return [
        SubjectFacts(summary=summary, shape=shape, parts=parts, calibration=found, neighbours=neighbours)
        for (summary, (shape, parts)), found, neighbours in zip(errors, calibrations, alike, strict=True)
    ]


def _neighbours(subject: Subject, roles: Roles) -> Question[float | None]:
    if subject.number is not None or roles.units is not None:
        return None
    return (yield from ask(NeighbourCorrelation(subject.error)))


def _errors(
    subject: Subject, roles: Roles, wanted: Property, bins: int | None
) -> Question[tuple[Summary, tuple[ErrorFacts | None, PartFacts]]]:
    along = None if bins is None else subject.prediction if roles.along is None else Along()
    shape = error_facts(subject) if subject.number is None and wanted == MEAN else known(None)
    return (yield from both(ask(Moments(subject.error)), both(shape, part_facts(subject, roles, along, bins or 0))))


def _calibrations(
    subjects: tuple[Subject, ...], roles: Roles, losses: tuple[BoundLoss, ...]
) -> Question[list[tuple[ScoreParts, ...]]]:
    if not losses:
        return [()] * len(subjects)
    rows = (yield from ask(Moments(subjects[0].error))).n
    return (yield from in_turn([_calibration(subject, roles, losses, rows) for subject in subjects]))


def _calibration(
    subject: Subject, roles: Roles, losses: tuple[BoundLoss, ...], rows: int
) -> Question[tuple[ScoreParts, ...]]:
    # one class against the rest is a prediction of two classes; else the prediction stays as it was given
    of_class = subject.number is not None
    task, form = (Task.BINARY, Form.PROBABILITY) if of_class else (roles.task, roles.form)
    prediction = subject.prediction if of_class else Prediction(subject.model)
    kernels = [(loss, _kernel(loss, task, form)) for loss in losses]
    return (yield from calibration(prediction, subject.target, kernels, rows))


def _kernel(loss: BoundLoss, task: Task, form: Form) -> BoundKernel:
    kernel = loss.kernel(task, form)
    if kernel is None:
        raise RuntimeError(f"{loss.label} is not for {task} ({form})")
    return kernel
