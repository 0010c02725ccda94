"""What one reading asks of the columns, and whether a file has them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches

from msgspec import Struct

from losscli.engine.files.block import ColumnInfo, ColumnType
from losscli.engine.files.content import to_utf8
from losscli.engine.files.scan import REPLACED
from losscli.errors import InputError
from losscli.text import listed, quoted

_NEAR = 0.75  # likeness from which a name is suggested: y_true is none for y_pred


class Wanted(Struct, frozen=True, kw_only=True):
    """What one reading gives.

    Attributes
    ----------
    columns : tuple of str
        Each one once; those that `labels` and `widths` do not hold are read as numbers.
    labels : mapping of str to sequence of str
        The known labels of each column of labels.
    widths : mapping of str to int
        How many numbers a row of each column of lists has, at least 1.
    block_rows : int
        Rows of a block; the last block of each part is shorter.
    limit : int or None
        Rows of each part after which the reading ends; None to read all.
    """

    columns: tuple[str, ...]
    labels: Mapping[str, Sequence[str]]
    widths: Mapping[str, int]
    block_rows: int
    limit: int | None = None

    @property
    def numbers(self) -> tuple[str, ...]:
        """Columns that are read as numbers."""
        return tuple(name for name in self.columns if name not in self.labels and name not in self.widths)


def require_columns(label: str, columns: Sequence[ColumnInfo], wanted: Sequence[str]) -> None:
    """Check that each of the columns `wanted` stands in a file, and stands there once.

    Raises
    ------
    InputError
        One does not; the message lists the columns there are.
    """
    names = [column.name for column in columns]
    for name in wanted:
        if name not in names:
            raise no_column(label, name, names)
        if names.count(name) > 1:
            positions = [str(position) for position, column in enumerate(names, start=1) if column == name]
            times = "twice" if len(positions) == 2 else f"{len(positions)} times"
            at = f"{', '.join(positions[:-1])} and {positions[-1]}"
            hint = f"their letters are not UTF-8: {to_utf8(label)}" if REPLACED in name else None
            raise InputError(f"{label}: column {quoted(name)} stands {times} (columns {at})", hint)


def no_column(label: str, name: str, names: Sequence[str], *, more: str = "") -> InputError:
    """Return the error that a file has no column of that name, with the one most like it and `more` to say of names."""
    if not name.isascii() and any(REPLACED in column for column in names):
        return InputError(
            f"{label}: there is no column {quoted(name)}, and the header line is not UTF-8", to_utf8(label)
        )
    by_lower = {column.lower(): column for column in names}
    near = get_close_matches(name.lower(), by_lower, n=1, cutoff=_NEAR)
    meant = f"did you mean {quoted(by_lower[near[0]])}? " if near else ""
    return InputError(f"{label}: there is no column {quoted(name)}", f"{meant}the columns are {listed(names)}{more}")


def require_numbers(label: str, columns: Sequence[ColumnInfo], wanted: Collection[str]) -> None:
    """Check that columns hold numbers, or text that may be numbers, by their declared types.

    Raises
    ------
    InputError
        One holds something else.
    """
    _require(label, columns, wanted, (ColumnType.NUMBER, ColumnType.TEXT), expected="numbers")


def require_labels(label: str, columns: Sequence[ColumnInfo], wanted: Collection[str]) -> None:
    """Check that columns hold what can be labels, by their declared types.

    Raises
    ------
    InputError
        One holds something else.
    """
    _require(label, columns, wanted, (ColumnType.NUMBER, ColumnType.TEXT, ColumnType.DATE), expected="labels")


def require_lists(label: str, columns: Sequence[ColumnInfo], wanted: Collection[str]) -> None:
    """Check that columns hold lists of numbers, by their declared types.

    Raises
    ------
    InputError
        One holds something else.
    """
    _require(label, columns, wanted, (ColumnType.LIST,), expected="lists of numbers")


def _require(
    label: str,
    columns: Sequence[ColumnInfo],
    wanted: Collection[str],
    types: Sequence[ColumnType],
    *,
    expected: str,
) -> None:
    for column in columns:
        if column.name in wanted and column.type not in types:
            raise InputError(f"{label}: column {quoted(column.name)} holds {column.holds}, not {expected}")
