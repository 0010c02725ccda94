"""What is read, and how: the options that all analyses share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from losscli.engine.table.check import Missing

if TYPE_CHECKING:
    from losscli.arrays import Form, Task
    from losscli.engine.files.frames import FrameLike
    from losscli.engine.table.watch import Watcher

DataLike: TypeAlias = "str | os.PathLike[str] | FrameLike"
# Kept blocks may take this many bytes before a data set is read again for each fold.
MEMORY = 512 * 10**6


class Named(Struct, frozen=True, kw_only=True):
    """Something to read, and what it is to be called, where that is not its path."""

    given: DataLike
    label: str | None = None


class Reading(Struct, frozen=True, kw_only=True):
    """How data sets are read: the options that all analyses share.

    Attributes
    ----------
    target, predictions, weight
        Columns that the user names; all but the weight may be patterns. What is empty is found by its name.
    task, form, positive, classes
        What the user says of the task, as in `Wishes`.
    normalize
        Whether rows of probabilities are divided by their sum.
    missing, null_values
        What is done with rows in which a cell is missing, and which words mean that it is.
    targets
        A file or frame that holds the targets, and the weights if they are named there; None where they stand beside
        the predictions.
    on
        Key columns that pair the rows of several files; empty to pair them by position.
    common
        Whether keys that are not in all files are left out; else they are an error.
    cluster, time
        The column of what rows belong together by, or of when they were: rows of one cluster, or rows that are near in
        time, may depend on one another. One of them at most; None where each row is drawn by itself.
    where
        A condition in SQL; rows that do not satisfy it are left out before anything else.
    threads
        Workers; None for as many as the machine has.
    memory
        Bytes that kept rows may take.
    watcher
        Who is told how far the reading has come, or None.
    """

    target: tuple[str, ...] = ()
    predictions: tuple[str, ...] = ()
    weight: str | None = None
    task: Task | None = None
    form: Form | None = None
    positive: str | None = None
    classes: tuple[str, ...] = ()
    normalize: bool = False
    missing: Missing = Missing.ERROR
    null_values: tuple[str, ...] = ()
    targets: DataLike | None = None
    on: tuple[str, ...] = ()
    common: bool = False
    cluster: str | None = None
    time: str | None = None
    where: str | None = None
    threads: int | None = None
    memory: int = MEMORY
    watcher: Watcher | None = None
