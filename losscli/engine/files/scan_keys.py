"""Key columns of files, made comparable, and rows paired by them: the join is Polars'."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from losscli.engine.files.labels import MISSING_LABELS, MOMENT
from losscli.engine.files.scan import ROW, batches

if TYPE_CHECKING:
    import polars as pl

    from losscli.arrays import IntArray

_ROWS_AT_ONCE = 1 << 18
_INTEGER = r"^(0|-?[1-9][0-9]{0,17})$"  # as a label is written, and in 64 bits
# the rules of `labels.label_text`: 3 for +3, 3. and 3.0, 0 for −0
_ZERO, _POSITIVE, _NEGATIVE = r"^[+-]?0(\.0*)?$", r"^\+?([0-9]+)(\.0*)?$", r"^(-[0-9]+)\.0*$"
_WIDEST = 1e38  # what Int128 holds
_EXACT = 2**53  # up to here a float knows which integer it is


class NoKeyError(Exception):
    """A column holds what is no key; the message is its name in the frame."""


class Keys(Struct, frozen=True, kw_only=True):
    """Keys of the rows of a file, in their order: integers, dates or text, null where missing."""

    frame: pl.DataFrame

    def __len__(self) -> int:
        """Return the number of rows."""
        return self.frame.height

    def missing(self) -> IntArray:
        """Return the positions of rows without a key, or a part of it."""
        import polars as pl

        return self.frame.select(pl.any_horizontal(pl.all().is_null()).arg_true()).to_series().to_numpy()

    def repeated(self) -> list[IntArray]:
        """Return, for each key that stands more than once, the positions of its rows, in order of the first of them."""
        import polars as pl

        rows = self.frame.lazy().with_row_index(ROW).drop_nulls().group_by(pl.exclude(ROW)).agg(pl.col(ROW))
        several = rows.select(ROW).filter(pl.col(ROW).list.len() > 1).sort(pl.col(ROW).list.first()).collect()
        return [positions.to_numpy() for positions in several[ROW]]

    def contain(self, text: str) -> list[bool]:
        """Return for each key column whether a cell of it contains a text."""
        import polars as pl

        return [
            column.dtype == pl.String and bool(column.str.contains(text, literal=True).any()) for column in self.frame
        ]

    def texts(self, positions: Sequence[int]) -> list[tuple[str, ...]]:
        """Return the text of the keys of a few rows, a text for each key column."""
        return [tuple(str(cell) for cell in row) for row in self.frame[list(positions)].rows()]


def read_keys(frame: pl.LazyFrame, columns: Sequence[str], null_values: Sequence[str]) -> Keys:
    """Return the keys of all rows of a frame.

    Raises
    ------
    ScanError
        The file is damaged.
    NoKeyError
        A column holds what is no key.
    """
    missing = [*MISSING_LABELS, *null_values]
    read = [_of_batch(batch, missing) for batch in batches(frame.select(columns), _ROWS_AT_ONCE)]
    return joined(read or [_of_batch(frame.select(columns).head(0).collect(), missing)])


def joined(pieces: Sequence[Keys]) -> Keys:
    """Return the keys of all pieces in one."""
    import polars as pl

    return Keys(frame=pl.concat([piece.frame for piece in comparable(pieces)]))


def comparable(files: Sequence[Keys]) -> list[Keys]:
    """Return the keys with columns of the same types: as they are where these agree, else as text."""
    kinds = [{keys.frame.dtypes[position] for keys in files} for position in range(files[0].frame.width)]

    def alike(column: pl.Series, position: int) -> pl.Series:
        return _text(column) if len(kinds[position]) > 1 else column

    return [
        Keys(frame=keys.frame.select(alike(column, position) for position, column in enumerate(keys.frame)))
        for keys in files
    ]


def matched(first: Keys, other: Keys) -> IntArray | None:
    """Return for each row of `first` the position in `other` of the row with its key, −1 where there is none.

    None where a key that both have stands more than once in `other`.
    """
    import polars as pl

    numbered = other.frame.lazy().with_row_index(ROW)
    joined = first.frame.lazy().join(numbered, on=first.frame.columns, how="left", maintain_order="left")
    found = joined.select(pl.col(ROW).cast(pl.Int64).fill_null(-1)).collect()[ROW]
    return found.to_numpy() if len(found) == len(first) else None


def _of_batch(batch: pl.DataFrame, missing: Collection[str]) -> Keys:
    import polars as pl

    columns = enumerate(batch.get_columns())
    return Keys(frame=pl.DataFrame([_key(column, missing).alias(str(position)) for position, column in columns]))


def _key(cells: pl.Series, missing: Collection[str]) -> pl.Series:
    """Return a key column as integers where all of its cells are such, as dates or times, or else as labels.

    Raises
    ------
    NoKeyError
        It holds something else.
    """
    import polars as pl

    kind = cells.dtype
    if kind.is_temporal():
        return cells
    if kind.is_float():
        cells = cells.fill_nan(None)
        if ((cells == cells.round()) & (cells.abs() < _EXACT)).all():
            return cells.cast(pl.Int64)
        # Polars writes large numbers with an exponent
        whole = (cells == cells.round()) & (cells.abs() < _WIDEST)
        integers = cells.set(~whole, None).cast(pl.Int128).cast(pl.String)
        return integers.zip_with(whole.fill_null(value=True), cells.cast(pl.String))
    if kind.is_integer():
        integers = cells.cast(pl.Int64, strict=False)
        if integers.null_count() == cells.null_count():
            return integers
    if kind.is_nested() or kind in (pl.Object, pl.Binary):
        raise NoKeyError(cells.name)
    texts = cells.cast(pl.String).str.strip_chars()
    texts = texts.set(texts.is_in(list(missing)), None)
    if len(texts) > texts.null_count() and texts.str.contains(_INTEGER).all():
        return texts.cast(pl.Int64)
    lower = texts.str.to_lowercase()
    texts = texts.zip_with(~lower.is_in(["true", "false"]).fill_null(value=False), lower)
    texts = texts.str.replace(_ZERO, "0")
    return texts.str.replace(_POSITIVE, "${1}").str.replace(_NEGATIVE, "${1}")


def _text(column: pl.Series) -> pl.Series:
    import polars as pl

    if isinstance(column.dtype, pl.Datetime):
        return column.dt.to_string(MOMENT)
    return column.cast(pl.String)
