"""Which rows of several files belong together: by position, or by keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from losscli.engine.files.scan_keys import Keys, comparable, joined, matched
from losscli.engine.table.disagree import BY_KEY, uneven
from losscli.engine.table.key_errors import missing_keys, no_shared_key, repeated_keys, unpaired_keys
from losscli.errors import InputError

if TYPE_CHECKING:
    from losscli.arrays import BoolArray, IntArray
    from losscli.engine.files.source import Source


class Pairing(Struct, frozen=True, kw_only=True):
    """Which rows of each file are shared.

    Attributes
    ----------
    orders
        For each file the positions of the shared rows among those that it gives, in the order of the first file; None
        where all are shared, as they come.
    unpaired
        How many rows of each file are not shared.
    """

    orders: tuple[IntArray | None, ...]
    unpaired: tuple[int, ...]


def pair_by_position(sources: Sequence[Source]) -> Pairing:
    """Return the pairing of rows by their position in whole files.

    A condition leaves rows out of the files that have its columns; the same rows are left out of the others.

    Raises
    ------
    InputError
        There is a condition, and it keeps other rows of one file than of another, or files differ in length. Without a
        condition that is found when they are read.
    """
    nothing = Pairing(orders=(None,) * len(sources), unpaired=(0,) * len(sources))
    restricted = [source for source in sources if source.condition is not None]
    if not restricted:
        return nothing
    heights = [sum(part.height() for part in source.parts) for source in sources]
    for source, height in zip(sources, heights, strict=True):
        if height != heights[0]:
            raise uneven(sources[0], source)
    kept = _kept(restricted[0])
    for source in restricted[1:]:
        others = _kept(source)
        if not np.array_equal(kept, others):
            at = int(np.setxor1d(kept, others)[0])
            raise InputError(
                f"--where keeps {len(kept)} rows of {restricted[0].label} and {len(others)} of {source.label}: "
                f"they differ first in row {at + 1}",
                BY_KEY,
            )
    orders = tuple(kept if source.condition is None else None for source in sources)
    unpaired = tuple(heights[0] - len(kept) if source.condition is None else 0 for source in sources)
    return Pairing(orders=orders, unpaired=unpaired)


def pair_by_key(sources: Sequence[Source], on: Sequence[str], *, common: bool, drops: bool) -> Pairing:
    """Return the pairing of rows by key columns, in the order of the first file.

    Parameters
    ----------
    common : bool
        Whether keys that are not in all files are left out; else they are an error. Where a condition leaves rows out
        of one file, and another does not have its columns, the rows of the other are left out in any case.
    drops : bool
        Whether rows without a key are left out; else they are an error.

    Raises
    ------
    InputError
        A key column is not there, a key is missing or stands more than once, or files do not have the same keys.
    """
    first, *others = sources
    keys = comparable([_keys_of(source, on) for source in sources])
    present = [_present(source, on, each, drops=drops) for source, each in zip(sources, keys, strict=True)]
    shared = present[0].copy()
    found = []
    for source, each, there in zip(others, keys[1:], present[1:], strict=True):
        positions = matched(keys[0], each)
        if positions is None:
            raise repeated_keys(source, on, each)
        hit = positions >= 0
        used = np.zeros(len(each), np.bool_)
        used[positions[hit]] = True
        if np.count_nonzero(used) != np.count_nonzero(hit):
            raise repeated_keys(first, on, keys[0])
        lacking, extra = np.flatnonzero(present[0] & ~hit), np.flatnonzero(there & ~used)
        lacks = len(lacking) and not (common or _is_only_restricted(source, first))
        exceeds = len(extra) and not (common or _is_only_restricted(first, source))
        if lacks or exceeds:
            for owner, its_keys in ((first, keys[0]), (source, each)):
                if its_keys.repeated():
                    raise repeated_keys(owner, on, its_keys)
            sides = [(first, source, keys[0], lacking)] if lacks else []
            sides += [(source, first, each, extra)] if exceeds else []
            raise unpaired_keys(sides)
        shared &= hit
        found.append(positions)
    if not shared.any():
        raise no_shared_key(sources, on)
    rows = np.flatnonzero(shared)
    orders = [rows, *(positions[rows] for positions in found)]
    n = len(rows)
    return Pairing(
        orders=tuple(_unless_all(order, len(each)) for order, each in zip(orders, keys, strict=True)),
        unpaired=tuple(len(each) - n for each in keys),
    )


def _keys_of(source: Source, on: Sequence[str]) -> Keys:
    parts = source.parts  # where these are looked at only now, there are more of them to have the columns
    source.require(on)
    return joined([part.keys(on) for part in parts])


def _present(source: Source, on: Sequence[str], keys: Keys, *, drops: bool) -> BoolArray:
    missing = keys.missing()
    if len(missing) and not drops:
        raise missing_keys(source, on, keys, missing)
    present = np.ones(len(keys), np.bool_)
    present[missing] = False
    return present


def _is_only_restricted(one: Source, other: Source) -> bool:
    return one.condition is not None and other.condition is None


def _kept(source: Source) -> IntArray:
    starts = np.cumsum([0, *(part.height() for part in source.parts)])
    return np.concatenate([part.kept() + start for part, start in zip(source.parts, starts[:-1], strict=True)])


def _unless_all(order: IntArray, height: int) -> IntArray | None:
    return None if len(order) == height and np.array_equal(order, np.arange(height)) else order
