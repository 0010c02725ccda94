"""From what is given to sources with roles: files opened, columns found, the task detected."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from losscli.engine.files.block import ColumnType
from losscli.engine.files.names import TRUE_PREFIX, with_prefix
from losscli.engine.files.open_source import open_source
from losscli.engine.table.aligned import AlignedSource, Member
from losscli.engine.table.check import Missing
from losscli.engine.table.columns import Finder
from losscli.engine.table.detect import detect
from losscli.engine.table.pairing import pair_by_key, pair_by_position
from losscli.engine.table.rows import Rows
from losscli.engine.table.unit_column import check_units
from losscli.engine.table.where import restrict
from losscli.engine.table.wishes import Wishes
from losscli.errors import UsageError

if TYPE_CHECKING:
    from losscli.engine.files.row_source import RowSource
    from losscli.engine.files.source import Source
    from losscli.engine.table.reading import Named, Reading
    from losscli.engine.table.roles import Roles
    from losscli.losses.bound import BoundLoss


def sources_of(data: Sequence[Named], reading: Reading) -> tuple[list[Source], Source | None]:
    """Return the files of predictions, and that of the targets if there is one, opened and restricted.

    Raises
    ------
    InputError
        One cannot be read.
    UsageError
        The condition is none, keys are asked for where there is nothing to pair, or clusters and times are named.
    """
    files = [open_source(named.given, label=named.label, null_values=reading.null_values) for named in data]
    truth = None if reading.targets is None else open_source(reading.targets, null_values=reading.null_values)
    every = files if truth is None else [*files, truth]
    if len(every) == 1 and reading.on:
        raise UsageError("--on pairs the rows of two files", "name the file of the targets with --targets")
    if reading.common and not reading.on:
        raise UsageError("--common keeps the keys that files share", "name the key column with --on")
    check_units(reading)
    if reading.where is not None:
        restrict(every, reading.where)
    return files, truth


def members_of(sources: Sequence[Source], reading: Reading) -> list[Member]:
    """Return several files as members of a whole, whose columns have no names in it yet."""
    if reading.on:
        drops = reading.missing is Missing.DROP
        pairing = pair_by_key(sources, reading.on, common=reading.common, drops=drops)
    else:
        pairing = pair_by_position(sources)
    return [
        Member(source=source, names={}, order=order, unpaired=unpaired)
        for source, order, unpaired in zip(sources, pairing.orders, pairing.unpaired, strict=True)
    ]


def _finder_of(source: Source, also: Sequence[str] = ()) -> Finder:
    """Return what finds the columns of a source, and `also` others beside them."""
    lists = frozenset(column.name for column in source.columns if column.type is ColumnType.LIST)
    return Finder(label=source.label, names=(*(column.name for column in source.columns), *also), lists=lists)


def roles_of(source: Source, reading: Reading, losses: tuple[BoundLoss, ...]) -> Roles:
    """Return the roles of the columns of one file, by what the user says, by names and by values."""
    finder = _finder_of(source)
    columns = finder.find(target=reading.target, predictions=reading.predictions, weight=reading.weight)
    source.require(columns.all)
    return detect(source, columns, _wishes(reading, losses))


def beside_truth(
    file: Member, truth: Member, reading: Reading, losses: tuple[BoundLoss, ...]
) -> tuple[AlignedSource, Roles, dict[str, str]]:
    """Return a file of predictions beside its targets as one source, and the roles of its columns.

    The third is a mapping of those columns that are of the file of targets, by their names in the whole.

    Parameters
    ----------
    file, truth : Member
        The sources and the orders of their rows; columns that both have are those of `file`, and the others' names
        are told apart by their file.
    """
    finder, truths = _finder_of(file.source), _finder_of(truth.source)
    lacking = tuple(name for name in truths.names if name not in finder.names)
    exposed = {name: name if name in lacking else f"{truth.source.label}: {name}" for name in truths.names}
    own_weight = None
    if reading.weight is not None and reading.weight not in truths.names:
        own_weight = finder.named(reading.weight)
    # pred_<class> is a form of classes beside true_<class> only
    beside = _finder_of(file.source, with_prefix(lacking, TRUE_PREFIX))
    found = beside.predictions(reading.predictions, {own_weight, *reading.on})
    # a name that the predictions have too says nothing of this file
    targets = truths.target(reading.target, replace(found, scalars=()), {reading.weight, *reading.on})
    of_truth = {exposed[name]: name for name in (*targets, *truths.names) if name in (*targets, reading.weight)}
    weight = own_weight or (None if reading.weight is None else exposed[reading.weight])
    file.source.require(found.predictions)
    truth.source.require(list(of_truth.values()))
    columns = replace(found, target=tuple(exposed[name] for name in targets), weight=weight)
    source = AlignedSource(
        [
            replace(file, names={name: name for name in finder.names}),
            replace(truth, names={shown: name for name, shown in exposed.items()}),
        ],
        label=file.source.label,
        path=file.source.path,
        keyed=bool(reading.on),
        weight=weight,
        drops=reading.missing is Missing.DROP,
    )
    return source, detect(source, columns, _wishes(reading, losses)), of_truth


def rows_of(source: RowSource, roles: Roles, reading: Reading) -> Rows:
    """Return the rows of a source with the roles of its columns."""
    return Rows(
        source,
        roles,
        missing=reading.missing,
        normalize=reading.normalize,
        memory=reading.memory,
        threads=reading.threads or os.cpu_count() or 1,
        watcher=reading.watcher,
    )


def _wishes(reading: Reading, losses: tuple[BoundLoss, ...]) -> Wishes:
    return Wishes(
        task=reading.task,
        form=reading.form,
        positive=reading.positive,
        classes=reading.classes,
        normalize=reading.normalize,
        losses=losses,
    )
