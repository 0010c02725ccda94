"""Several files of predictions as one data set with all of their models."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from losscli.arrays import Form, Task
from losscli.engine.table.aligned import AlignedSource, Member
from losscli.engine.table.check import Missing
from losscli.engine.table.dataset import Dataset, dataset_of, open_dataset
from losscli.engine.table.grouping import with_groups
from losscli.engine.table.naming import file_names
from losscli.engine.table.opening import beside_truth, members_of, roles_of, sources_of
from losscli.engine.table.roles import Coding, Model, Roles
from losscli.errors import InputError
from losscli.text import listed

if TYPE_CHECKING:
    from losscli.engine.files.source import Source
    from losscli.engine.table.reading import Named, Reading
    from losscli.losses.bound import BoundLoss


class _File(Struct, frozen=True, kw_only=True):
    """A file of predictions: its name among the others, its rows in the whole, and the roles of its columns."""

    name: str
    member: Member
    roles: Roles

    @property
    def label(self) -> str:
        """What people call it."""
        return self.member.source.label


def open_aligned(
    data: Sequence[Named], reading: Reading, losses: tuple[BoundLoss, ...] = (), by: Sequence[str] = ()
) -> Dataset:
    """Return the rows that several files share, as one data set whose models are those of all files.

    A model is called as its file where that has no other, else "file: model". Rows are in the order of the first
    file, and so are classes.

    Parameters
    ----------
    data : sequence of Named
        The files, at least one.
    losses : tuple of BoundLoss
        The losses that the user names, which narrow the task.
    by : sequence of str
        Columns that name the group of a row, all together; of the first file that has them.

    Raises
    ------
    InputError
        There is nothing to read, columns or task are not found, or files differ in task, classes or length. Rows
        are compared when they are read: targets and groups that differ are an error then.
    UsageError
        A column is given two roles, or the losses do not go together.
    """
    if len(data) == 1:
        return with_groups(open_dataset(data[0], reading, losses), by)
    sources, truth = sources_of(data, reading)
    members = members_of(sources if truth is None else [*sources, truth], reading)
    names = file_names(sources, [named.label for named in data])
    files: list[_File] = []
    of_truth: dict[str, str] = {}
    for name, member in zip(names, members, strict=False):
        asked = _with_own_weight(reading, member.source, truth) if files else reading
        if truth is None:
            roles = roles_of(member.source, asked, losses)
        else:
            roles, found = beside_truth(member, members[-1], asked, losses)[1:]
            of_truth = of_truth or found
        files.append(_File(name=name, member=member, roles=roles))
    files = _one_coding(_one_set_of_labels(files))
    first, *others = files
    for other in others:
        _check_alike(first, other)
    whole = [_member(first, each, of_truth) for each in files]
    if truth is not None:
        whole.insert(1, replace(members[-1], names=of_truth))
    shared = [*by, *(column for column in (reading.cluster, reading.time) if column is not None)]
    for column in shared:
        whole = _with_group(whole, column)
    roles = replace(first.roles, models=tuple(model for each in files for model in _models(first, each)))
    source = AlignedSource(
        whole,
        label=" and ".join(each.label for each in files),
        path=first.member.source.path,
        keyed=bool(reading.on),
        weight=roles.weight,
        by=shared,
        drops=reading.missing is Missing.DROP,
    )
    return with_groups(dataset_of(source, roles, reading), by)


def _with_own_weight(reading: Reading, source: Source, truth: Source | None) -> Reading:
    """Return the reading without a weight where a file has none: that of the first file is the weight of the row."""
    there = {column.name.lower() for each in (source, truth) if each is not None for column in each.columns}
    return reading if reading.weight is None or reading.weight.lower() in there else replace(reading, weight=None)


def _one_set_of_labels(files: list[_File]) -> list[_File]:
    """Return the files with all labels of all files as classes, where predictions are labels of several classes."""
    if not all(each.roles.task is Task.MULTICLASS and each.roles.form is Form.LABEL for each in files):
        return files
    first = files[0].roles.classes
    others = sorted({name for each in files for name in each.roles.classes} - set(first))
    classes = tuple(sorted((*first, *others))) if first == tuple(sorted(first)) else (*first, *others)
    return [replace(each, roles=replace(each.roles, classes=classes)) for each in files]


def _one_coding(files: list[_File]) -> list[_File]:
    """Return the files with soft labels for all where one has them: the first rows of the others may be hard."""
    codings = {each.roles.coding for each in files}
    if codings != {Coding.ZERO_ONE, Coding.SOFT}:
        return files
    return [replace(each, roles=replace(each.roles, coding=Coding.SOFT)) for each in files]


def _check_alike(first: _File, other: _File) -> None:
    ours, theirs = first.roles, other.roles
    labels = f"{first.label} and {other.label}"
    if (ours.task, ours.form) != (theirs.task, theirs.form):
        raise InputError(
            f"{labels} are of different kind: {ours.task} ({ours.form}) and {theirs.task} ({theirs.form})",
            "say what they are with --task and --pred-form, or compare files of one kind",
        )
    if (ours.truth, len(ours.target)) != (theirs.truth, len(theirs.target)):
        raise InputError(
            f"{labels} hold different targets: {listed(ours.target, 3)} and {listed(theirs.target, 3)}",
            "write the targets alike, as one column of labels or as a column for each class",
        )
    is_listed = any(model.listed for model in (*ours.models, *theirs.models))
    alike = ours.classes == theirs.classes if is_listed else sorted(ours.classes) == sorted(theirs.classes)
    if not alike:
        raise InputError(
            f"{labels} have different classes: {listed(ours.classes, 6)} and {listed(theirs.classes, 6)}",
            "the order may differ, the names may not" if not is_listed else "name them with --classes, or by columns",
        )


def _member(first: _File, each: _File, of_truth: Collection[str]) -> Member:
    """Return a file as a member of the whole: its prediction columns, and the facts that the first one has too."""
    predictions = {_exposed(each, column): column for column in each.roles.predictions}
    facts = dict(zip(first.roles.target, _by_class(first, each, each.roles.target), strict=True))
    if first.roles.weight is not None and each.roles.weight is not None:
        facts[first.roles.weight] = each.roles.weight
    facts = {name: own for name, own in facts.items() if name not in of_truth}
    if each is first:
        return replace(each.member, names=facts | predictions)
    return replace(each.member, names=predictions, facts=facts)


def _with_group(whole: Sequence[Member], column: str) -> list[Member]:
    """Return the members with a column of groups, clusters or times: the first one's that has it, a fact of the others.

    Raises
    ------
    InputError
        None has it.
    """
    if any(column in member.names for member in whole):
        return list(whole)
    having = [member for member in whole if any(each.name == column for each in member.source.columns)]
    owner = having[0] if having else whole[0]
    owner.source.require([column])
    return [
        replace(member, names={**member.names, column: column})
        if member is owner
        else replace(member, facts={**member.facts, column: column})
        if member in having
        else member
        for member in whole
    ]


def _models(first: _File, each: _File) -> tuple[Model, ...]:
    alone = len(each.roles.models) == 1
    return tuple(
        Model(
            name=each.name if alone else f"{each.name}: {model.name}",
            columns=tuple(_exposed(each, column) for column in _by_class(first, each, model.columns)),
            listed=model.listed,
        )
        for model in each.roles.models
    )


def _exposed(each: _File, column: str) -> str:
    return f"{each.name}: {column}"


def _by_class(first: _File, each: _File, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return a column for each class in the order of the first file's classes; a single column as it is."""
    if len(columns) == 1:
        return columns
    by_class = dict(zip(each.roles.classes, columns, strict=True))
    return tuple(by_class[name] for name in first.roles.classes)
