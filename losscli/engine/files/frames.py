"""Frames and arrays of the caller as columns that can be scanned; pandas is recognised, never imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from numbers import Real
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np

from losscli.engine.files.block import ColumnInfo, ColumnType
from losscli.engine.files.content import unreadable
from losscli.engine.files.declared import columns_of
from losscli.engine.files.scan import ROW, NumericArray, frame_of, with_columns
from losscli.engine.files.table_part import TablePart
from losscli.errors import InputError
from losscli.text import quoted

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    from numpy.typing import ArrayLike, NDArray

FrameLike: TypeAlias = "pd.DataFrame | pl.DataFrame | pl.LazyFrame | Mapping[str, ArrayLike]"
_Column: TypeAlias = "pd.Series | NDArray[np.generic]"

# by NumPy's kind letters
_DATE = "M"
_DECLARED = {
    _DATE: (ColumnType.DATE, "dates"),
    "m": (ColumnType.OTHER, "times"),
    "c": (ColumnType.OTHER, "complex numbers"),
    "S": (ColumnType.OTHER, "bytes"),
    "V": (ColumnType.OTHER, "structs"),
}
_NUMBERS = frozenset("biuf")
_WIDEST = 8  # bytes; Polars has no longer floats
_LISTS = (list, tuple, np.ndarray)


def frame_part(given: FrameLike, *, label: str, null_values: Sequence[str]) -> TablePart:
    """Return a pandas or Polars frame, or a mapping of names to arrays of one length, as a part of a data set.

    Raises
    ------
    InputError
        An array has neither one dimension nor two, or arrays differ in length.
    """
    failure = partial(unreadable, label)
    if _is_of("polars", given):
        lazy = cast("pl.DataFrame | pl.LazyFrame", given).lazy()
        return TablePart(
            label=label,
            columns=columns_of(lazy),
            frame=partial(with_columns, lazy),
            failure=failure,
            null_values=null_values,
        )
    if _is_of("pandas", given):
        pandas = cast("pd.DataFrame", given)
        columns = [(str(name), cast("_Column", pandas.iloc[:, at])) for at, name in enumerate(pandas.columns)]
    else:
        arrays = cast("Mapping[str, ArrayLike]", given)
        columns = [(str(name), _array(values)) for name, values in arrays.items()]
        _check_shapes(columns, label)
    # a repeated name means its first column here; asking for it is an error before
    by_name = dict(reversed(columns))
    infos = tuple(_info(name, column) for name, column in columns)
    kinds = {info.name: info.type for info in reversed(infos)}
    return TablePart(
        label=label,
        columns=infos,
        failure=failure,
        frame=lambda names: with_columns(
            frame_of({name: _values(by_name[name], kinds[name]) for name in names if name != ROW}), names
        ),
        null_values=null_values,
    )


def _check_shapes(columns: Sequence[tuple[str, _Column]], label: str) -> None:
    for name, column in columns:
        if column.ndim not in (1, 2):
            raise InputError(f"{label}: column {quoted(name)} has {column.ndim} dimensions, not one or two")
        if len(column) != len(columns[0][1]):
            first_name, first = columns[0]
            raise InputError(
                f"{label}: column {quoted(name)} has {len(column)} rows where {quoted(first_name)} has {len(first)}"
            )


def _array(values: ArrayLike) -> NDArray[np.generic]:
    try:
        array = np.asarray(values)
    except ValueError:  # lists of different lengths
        return np.fromiter(cast("Sequence[object]", values), dtype=object)
    # shape (n, 1) is what Keras predicts, and scikit-learn for a target of that shape
    return array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array


def _info(name: str, column: _Column) -> ColumnInfo:
    kind = column.dtype.kind
    if kind in _DECLARED:
        declared, holds = _DECLARED[kind]
        return ColumnInfo(name=name, type=declared, holds=holds)
    if column.ndim == 2:
        return _info_of_lists(name, is_numeric=kind in _NUMBERS)
    if kind in _NUMBERS:
        return ColumnInfo(name=name, type=ColumnType.NUMBER, holds="numbers")
    if kind == "O":
        objects = _objects(column)
        if column.dtype == object and all(map(_is_numeric, objects)):
            return ColumnInfo(name=name, type=ColumnType.NUMBER, holds="numbers")
        lists = [value for value in objects if value is not None]
        if lists and all(isinstance(value, _LISTS) for value in lists):
            return _info_of_lists(name, is_numeric=all(map(_is_numeric_list, lists)))
    return ColumnInfo(name=name, type=ColumnType.TEXT, holds="text")


def _info_of_lists(name: str, *, is_numeric: bool) -> ColumnInfo:
    if is_numeric:
        return ColumnInfo(name=name, type=ColumnType.LIST, holds="lists")
    return ColumnInfo(name=name, type=ColumnType.OTHER, holds="lists of objects")


def _values(column: _Column, kind: ColumnType) -> NumericArray | list[object]:
    if column.dtype.kind in _NUMBERS and (isinstance(column, np.ndarray) or isinstance(column.dtype, np.dtype)):
        array = cast("NumericArray", np.asarray(column))
        return array if array.dtype.itemsize <= _WIDEST else array.astype(np.float64)
    if column.dtype.kind in "iuf":
        return np.asarray(cast("pd.Series", column).to_numpy(dtype=np.float64, na_value=np.nan))
    objects = _objects(column)
    if kind is ColumnType.NUMBER:
        if all(value is None or isinstance(value, bool | np.bool_) for value in objects):
            return [None if value is None else bool(value) for value in objects]
        return np.array([np.nan if value is None else float(cast("float", value)) for value in objects], np.float64)
    if kind is ColumnType.LIST:
        return _rows(objects)
    return [None if value is None else str(value) for value in objects]


def _rows(lists: Sequence[object]) -> NumericArray | list[object]:
    rows = [None if value is None else np.asarray(value, np.float64) for value in lists]
    present = [row for row in rows if row is not None]
    if len(present) == len(rows) and len({len(row) for row in present}) == 1:
        return np.stack(present)  # far quicker than lists
    return [None if row is None else row.tolist() for row in rows]


def _objects(column: _Column) -> list[object]:
    if isinstance(column, np.ndarray):
        # of nanoseconds NumPy makes integers, and of missing dates too
        return list((column.astype("datetime64[us]") if column.dtype.kind == _DATE else column).tolist())
    objects = column.astype(object)
    return list(objects.where(column.notna(), None).tolist())


def _is_numeric(value: object) -> bool:
    return value is None or isinstance(value, Real | Decimal | np.bool_)


def _is_numeric_list(value: object) -> bool:
    if isinstance(value, np.ndarray) and value.dtype != object:
        return value.ndim == 1 and value.dtype.kind in _NUMBERS
    return all(map(_is_numeric, cast("Sequence[object]", value)))


def _is_of(package: str, given: object) -> bool:
    return any(base.__module__.partition(".")[0] == package for base in type(given).__mro__)
