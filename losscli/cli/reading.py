"""How data sets are read, from the options that all commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from losscli.cli import options, progress

if TYPE_CHECKING:
    from losscli.analyses.evaluate import Named, Reading


def reading_of(
    *,
    target: str | None,
    pred: list[str] | None,
    weight: str | None,
    task: str | None,
    pred_form: str | None,
    positive: str | None,
    classes: str | None,
    normalize: bool,
    missing: str,
    null_value: list[str] | None,
    threads: str | None,
    memory: str,
    targets: str | None = None,
    on: str | None = None,
    common: bool = False,
    where: str | None = None,
    quiet: bool = False,
) -> Reading:
    """Return what the words of the options mean; each is as Typer gives it. It shows its progress unless `quiet`.

    Raises
    ------
    UsageError
        One of them is empty, or no word that it may be.
    """
    options.refuse_empty(target=target, pred=pred, weight=weight, positive=positive, classes=classes)
    options.refuse_empty(targets=targets, on=on, where=where)
    wanted, form = options.read_task(task), options.read_form(pred_form)
    kept, workers = options.read_size(memory), options.read_threads(threads)
    dropping = options.read_missing(missing)

    from losscli.analyses.evaluate import Missing, Reading

    return Reading(
        target=options.read_columns([target] if target else None),
        predictions=options.read_columns(pred),
        weight=weight,
        positive=positive,
        classes=options.read_columns([classes] if classes else None),
        normalize=normalize,
        missing=Missing(dropping),
        null_values=tuple(null_value or ()),
        task=wanted,
        form=form,
        targets=targets,
        on=options.read_columns([on] if on else None),
        common=common,
        where=where,
        memory=kept,
        threads=workers,
        watcher=progress.watcher(quiet=quiet),
    )


def named(reads: list[tuple[str, str | None]]) -> tuple[Named, ...]:
    """Return what is to be read, as analyses take it."""
    from losscli.analyses.evaluate import Named

    return tuple(Named(given=path, label=label) for path, label in reads)
