"""What an analysis answers and a renderer shows: the only thing that the two share.

Numbers are raw here. A `Value` says of what kind its number is; how digits are written is the renderers' business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct, field

if TYPE_CHECKING:
    import pandas as pd

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
Scalar: TypeAlias = "bool | int | float | str | None"


class Kind(StrEnum):
    """How a value is to be written; the Python type of the raw value stands behind each."""

    TEXT = "text"  # str, possibly from data
    WORDS = "words"  # str of losscli's own making, whose symbols are spelled out in ASCII
    COUNT = "count"  # int
    PLACE = "place"  # int, the number of a line or row: a name, which digits in groups would spoil
    NUMBER = "number"  # float
    SIGNED = "signed"  # float, always with its sign
    FRACTION = "fraction"  # float, 0.12 is written as 12.0 %
    SIGNED_FRACTION = "signed_fraction"  # float, written in percent with its sign
    P_VALUE = "p_value"  # float in [0, 1]
    INTERVAL = "interval"  # (float, float), its two ends
    SIGNED_INTERVAL = "signed_interval"  # (float, float), both with their signs
    SIGNED_FRACTION_INTERVAL = "signed_fraction_interval"  # (float, float), both in percent with their signs
    FOREST = "forest"  # (float, float, float): lower end, estimate, upper end, drawn beside zero and one another
    CONSTANT = "constant"  # (float, float): the loss of the best constant, then the constant itself
    ANY = "any"  # Value, written as its own kind says: for columns whose rows differ in kind


class Value(Struct, frozen=True, kw_only=True):
    """A raw value with its kind; None means that it does not exist (written "n/a", or left out in a cell)."""

    kind: Kind
    raw: object


def text_value(text: str | None) -> Value:
    """Return a text, possibly from data, as a value."""
    return Value(kind=Kind.TEXT, raw=text)


def count_value(count: int | None) -> Value:
    """Return a number of rows or the like as a value."""
    return Value(kind=Kind.COUNT, raw=count)


class Sentence(Struct, frozen=True, kw_only=True):
    """A sentence with its figures apart.

    `text` names each of `values` in braces, once or more: "over-predicts by {size}, {level} interval {interval}".
    `label` is the short word that stands before it ("bias"), or empty. `columns` are the keys of the columns of the
    table above that it explains: where a terminal is too narrow for all of these, it is left out too.
    """

    text: str
    label: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    columns: tuple[str, ...] = ()


class Column(Struct, frozen=True, kw_only=True):
    """A column of a table.

    Those with the highest `rank` are left out first where the terminal is narrow, those of one rank together; 0 stays.
    """

    key: str
    header: str
    kind: Kind
    rank: int = 0


class Table(Struct, frozen=True, kw_only=True):
    """Rows of raw values, one for each column, None where a value does not exist."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[object, ...], ...]


def table_of(columns: Sequence[Column], rows: Iterable[Mapping[str, object]]) -> Table:
    """Return a table of cells that each row has by the keys of columns; those without a column are left out."""
    return Table(columns=tuple(columns), rows=tuple(tuple(row[column.key] for column in columns) for row in rows))


class Curve(Struct, frozen=True, kw_only=True):
    """A named line through points (x, y), by rising x, of finite numbers above 0."""

    name: str
    points: tuple[tuple[float, float], ...]


class Chart(Struct, frozen=True, kw_only=True):
    """Curves on two logarithmic axes; `x` and `y` say what these are, with their units."""

    x: Sentence
    y: Sentence
    curves: tuple[Curve, ...]


class Section(Struct, frozen=True, kw_only=True):
    """A part of an answer with a title of its own: a table, a chart, sentences under them, or several of these."""

    title: str = ""
    table: Table | None = None
    chart: Chart | None = None
    sentences: tuple[Sentence, ...] = ()


class Notice(Struct, frozen=True, kw_only=True):
    """Something that the reader should know before trusting a number.

    `code` is stable, for programs; `message` is for people; `hint` says what to do, or is None.
    """

    code: str
    message: Sentence
    hint: str | None = None


def notice(code: str, text: str, hint: str | None = None, /, **values: Value) -> Notice:
    """Return a notice whose text names `values` in braces."""
    return Notice(code=code, message=Sentence(text=text, values=values), hint=hint)


class Status(StrEnum):
    """What becomes of a check."""

    PASS = "pass"  # noqa: S105  no password
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


class Check(Struct, frozen=True, kw_only=True):
    """One condition that a gate holds an answer to.

    Attributes
    ----------
    name
        What is judged: "rmse", "new: mae against main".
    limit
        The values that fail, as they were written: "> 3".
    value, ci
        What was found, and its interval, each with its kind; None where it does not exist.
    status
        Whether that may pass.
    message
        The same in a sentence that stands by itself, with what can be done.
    """

    name: str
    limit: str
    value: Value | None
    ci: Value | None
    status: Status
    message: Sentence


class Result(Struct, frozen=True, kw_only=True):
    """The whole answer of one analysis.

    Attributes
    ----------
    schema : str
        Name and number of the JSON form, "losscli.eval/1".
    payload : mapping
        The JSON object without `schema`, `signature` and `notices`, which renderers add. Floats may be infinite;
        what does not exist is None.
    records : tuple of mappings
        The answer as tidy rows (one per model and loss), all with the same keys: CSV and `to_frame`.
    heading : Sentence
        First line: what was read and how it was understood.
    aside : str
        How to change that, said beside it where people read; or empty.
    sections : tuple of Section
        What a person reads, in order.
    notices : tuple of Notice
    signature : str
        One line that says what was computed, to be quoted beside a number.
    checks : tuple of Check
        What a gate held the answer to; empty for every other analysis.
    """

    schema: str
    payload: Mapping[str, Json]
    records: tuple[Mapping[str, Scalar], ...]
    heading: Sentence
    sections: tuple[Section, ...]
    notices: tuple[Notice, ...] = ()
    signature: str = ""
    aside: str = ""
    checks: tuple[Check, ...] = ()

    def __repr__(self) -> str:
        # in quotes, since columns that the data name stand in it
        described = f" {self.signature!r}" if self.signature else ""
        return f"<{self.schema}{described}, to_frame() has {len(self.records)} rows>"

    def to_frame(self) -> pd.DataFrame:
        """Return `records` as a pandas DataFrame, one row per model and loss."""
        import pandas as pd

        return pd.DataFrame.from_records([dict(record) for record in self.records])
