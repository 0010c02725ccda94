"""Frames and arrays of the caller as columns that can be scanned; pandas is recognised, never imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from numbers import Real
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np

from losscli.engine.block import ColumnInfo, ColumnType
from losscli.engine.content import unreadable
from losscli.engine.declared import columns_of
from losscli.engine.scan import frame_of
from losscli.engine.table_part import TablePart
from losscli.errors import InputError
from losscli.text import quoted

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    from numpy.typing import ArrayLike, NDArray

    from losscli.arrays import FloatArray

FrameLike: TypeAlias = "pd.DataFrame | pl.DataFrame | pl.LazyFrame | Mapping[str, ArrayLike]"
_Column: TypeAlias = "pd.Series | NDArray[np.generic]"

_OTHER = {"M": "dates", "m": "times", "c": "complex numbers", "S": "bytes", "V": "structs"}  # by NumPy's kind letters


def frame_part(given: FrameLike, *, label: str, null_values: Sequence[str]) -> TablePart:
    """Return a pandas or Polars frame, or a mapping of names to arrays of one length, as a part of a data set.

    Raises
    ------
    InputError
        An array has not one dimension, or arrays differ in length.
    """
    failure = partial(unreadable, label)
    if _is_of("polars", given):
        lazy = cast("pl.DataFrame | pl.LazyFrame", given).lazy()
        return TablePart(
            label=label,
            file="",
            number=0,
            columns=columns_of(lazy),
            frame=lazy.select,
            failure=failure,
            null_values=null_values,
        )
    if _is_of("pandas", given):
        pandas = cast("pd.DataFrame", given)
        columns = [(str(name), cast("_Column", pandas.iloc[:, at])) for at, name in enumerate(pandas.columns)]
    else:
        arrays = cast("Mapping[str, ArrayLike]", given)
        columns = [(str(name), cast("_Column", np.asarray(values))) for name, values in arrays.items()]
        _check_shapes(columns, label)
    # a repeated name means its first column here; asking for it is an error before
    by_name = dict(reversed(columns))
    return TablePart(
        label=label,
        file="",
        number=0,
        columns=tuple(_info(name, column) for name, column in columns),
        failure=failure,
        frame=lambda names: frame_of({name: _values(by_name[name]) for name in names}),
        null_values=null_values,
    )


def _check_shapes(columns: Sequence[tuple[str, _Column]], label: str) -> None:
    for name, column in columns:
        if column.ndim != 1:
            raise InputError(f"{label}: column {quoted(name)} has {column.ndim} dimensions, not one")
        if len(column) != len(columns[0][1]):
            first_name, first = columns[0]
            raise InputError(
                f"{label}: column {quoted(name)} has {len(column)} rows where {quoted(first_name)} has {len(first)}"
            )


def _info(name: str, column: _Column) -> ColumnInfo:
    kind = column.dtype.kind
    if kind in _OTHER:
        return ColumnInfo(name=name, type=ColumnType.OTHER, holds=_OTHER[kind])
    if kind in "biuf" or (column.dtype == object and all(map(_is_numeric, _objects(column)))):
        return ColumnInfo(name=name, type=ColumnType.NUMBER, holds="numbers")
    return ColumnInfo(name=name, type=ColumnType.TEXT, holds="text")


def _values(column: _Column) -> FloatArray | list[str | None]:
    if column.dtype.kind in "biuf":
        if isinstance(column, np.ndarray) or isinstance(column.dtype, np.dtype):
            return np.asarray(column, dtype=np.float64)
        return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))
    objects = _objects(column)
    if column.dtype == object and all(map(_is_numeric, objects)):
        return np.array([np.nan if value is None else float(cast("float", value)) for value in objects], np.float64)
    return [None if value is None else str(value) for value in objects]


def _objects(column: _Column) -> list[object]:
    if isinstance(column, np.ndarray):
        return list(column.tolist())
    objects = column.astype(object)
    return list(objects.where(column.notna(), None).tolist())


def _is_numeric(value: object) -> bool:
    return value is None or isinstance(value, Real | Decimal | np.bool_)


def _is_of(package: str, given: object) -> bool:
    return any(base.__module__.partition(".")[0] == package for base in type(given).__mro__)
