"""How data sets are read, from the options that all commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Struct

from losscli.arrays import Form, Task
from losscli.cli import progress, words

if TYPE_CHECKING:
    from losscli.analyses.evaluate import Reading


class ReadingWords(Struct, frozen=True, kw_only=True):
    """What is read and how, as Typer gives it; each field is an option of every command that reads."""

    files: Annotated[
        list[str] | None,
        # hidden from the list of options, where Typer would show its Python type; the command's text explains it
        typer.Argument(metavar="FILE", show_default=False, hidden=True),
    ] = None
    target: Annotated[str | None, typer.Option("--target", "-t", metavar="COL", help="The target column.")] = None
    pred: Annotated[
        list[str] | None,
        typer.Option(
            "--pred", "-p", metavar="COL,...", help="Prediction columns or patterns ('pred_*'); each is a model."
        ),
    ] = None
    task: Annotated[
        str | None,
        typer.Option(
            "--task",
            metavar="TASK",
            help="regression, binary, multiclass, multilabel or distribution, when it is not to be found out.",
            autocompletion=lambda: [task.value for task in Task],
        ),
    ] = None
    pred_form: Annotated[
        str | None,
        typer.Option(
            "--pred-form",
            metavar="FORM",
            help="What predictions are: value, probability, logit, log-probability, margin, score or label.",
            autocompletion=lambda: [form.value for form in Form],
        ),
    ] = None
    positive: Annotated[
        str | None, typer.Option("--positive", metavar="LABEL", help="The positive label of a two-class target.")
    ] = None
    classes: Annotated[
        str | None, typer.Option("--classes", metavar="A,B,C", help="The classes, in the order of the predictions.")
    ] = None
    normalize: Annotated[bool, typer.Option("--normalize", help="Divide rows of probabilities by their sum.")] = False
    weight: Annotated[str | None, typer.Option("--weight", metavar="COL", help="Weights, for every statistic.")] = None
    missing: Annotated[
        str,
        typer.Option(
            "--missing",
            metavar="error|drop",
            help="What to do with rows in which a cell is missing.",
            autocompletion=lambda: list(words.MISSING),
        ),
    ] = "error"
    null_value: Annotated[
        list[str] | None,
        typer.Option("--null-value", metavar="TEXT", help="A cell that means missing, such as n/a; may be repeated."),
    ] = None
    targets: Annotated[
        str | None,
        typer.Option("--targets", metavar="FILE", help="A file that holds the targets, paired by --on or by position."),
    ] = None
    on: Annotated[
        str | None, typer.Option("--on", metavar="KEY,...", help="Key columns that pair the rows of several files.")
    ] = None
    common: Annotated[
        bool, typer.Option("--common", help="With --on: keep the keys that all files share, and count the others.")
    ] = False
    cluster: Annotated[
        str | None,
        typer.Option("--cluster", metavar="COL", help="Rows with the same cell here may depend on one another."),
    ] = None
    time: Annotated[
        str | None,
        typer.Option(
            "--time",
            metavar="COL",
            help="When each row was, as a number or date; rows near in time may depend on one another.",
        ),
    ] = None
    where: Annotated[
        str | None,
        typer.Option("--where", metavar="SQL", help="Read only rows that satisfy it: \"region = 'north'\"."),
    ] = None
    threads: Annotated[str | None, typer.Option("--threads", metavar="N", help="Threads; no digit depends on it.")] = (
        None
    )
    memory: Annotated[
        str,
        typer.Option("--memory", metavar="SIZE", help="Rows kept between passes, as 512MB; no digit depends on it."),
    ] = "512MB"


def reading_of(given: ReadingWords, *, quiet: bool) -> Reading:
    """Return what the words of the options mean. It shows its progress unless `quiet`.

    Raises
    ------
    UsageError
        One of them is empty, or no word that it may be.
    """
    words.refuse_empty(weight=given.weight, positive=given.positive, targets=given.targets)
    words.refuse_empty(where=given.where, cluster=given.cluster, time=given.time)
    words.refuse_bytes(where=given.where, null_value=given.null_value)
    wanted, form = words.read_task(given.task), words.read_form(given.pred_form)
    kept, workers = words.read_size(given.memory), words.read_threads(given.threads)
    dropping = words.read_missing(given.missing)

    from losscli.analyses.evaluate import Missing, Reading

    return Reading(
        target=words.read_columns(given.target, "--target"),
        predictions=words.read_columns(given.pred, "--pred"),
        weight=given.weight,
        positive=given.positive,
        classes=words.read_columns(given.classes, "--classes"),
        normalize=given.normalize,
        missing=Missing(dropping),
        null_values=tuple(given.null_value or ()),
        task=wanted,
        form=form,
        targets=given.targets,
        on=words.read_columns(given.on, "--on"),
        common=given.common,
        cluster=given.cluster,
        time=given.time,
        where=given.where,
        memory=kept,
        threads=workers,
        watcher=progress.watcher(quiet=quiet),
    )
