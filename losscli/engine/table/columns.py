"""Which columns are target, predictions and weights, by what the user names and by their names; nothing is guessed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase

from msgspec import Struct
from msgspec.structs import replace

from losscli.engine.files.names import (
    LIST_NAMES,
    MODEL_PREFIX,
    PREDICTION_NAMES,
    TARGET_NAMES,
    TRUE_PREFIX,
    Wide,
    wide_forms,
    with_prefix,
)
from losscli.engine.files.wanted import no_column
from losscli.errors import InputError, UsageError
from losscli.text import listed, quoted

_NAMES_AND_FLAGS = {"target": (TARGET_NAMES, "--target"), "prediction": (PREDICTION_NAMES, "--pred")}


class Columns(Struct, frozen=True, kw_only=True):
    """Columns by their role; of `scalars`, `wide` and `listed` one is given.

    Attributes
    ----------
    target
        One column; or several, one for each class of `wide` or `listed`.
    scalars
        Prediction columns of one number or label a row: a model each.
    wide
        One model with a column for each class.
    listed
        One model with a list of numbers a row.
    weight
        The weights, or None.
    """

    target: tuple[str, ...]
    scalars: tuple[str, ...] = ()
    wide: Wide | None = None
    listed: str | None = None
    weight: str | None = None

    @property
    def predictions(self) -> tuple[str, ...]:
        """All prediction columns."""
        return (
            self.scalars or (self.wide.columns if self.wide else ()) or (() if self.listed is None else (self.listed,))
        )

    @property
    def all(self) -> tuple[str, ...]:
        """All columns that play a role, each once."""
        weight = () if self.weight is None else (self.weight,)
        return tuple(dict.fromkeys((*self.target, *self.predictions, *weight)))


class Finder(Struct, frozen=True, kw_only=True):
    """Looks for columns of one file; errors name it and list what it has."""

    label: str
    names: tuple[str, ...]
    lists: frozenset[str] = frozenset()

    def find(self, *, target: Sequence[str], predictions: Sequence[str], weight: str | None) -> Columns:
        """Return which columns play which role.

        Parameters
        ----------
        target, predictions, weight
            What the user names; target and predictions may be patterns ("pred_*"). What is not named is found by its
            name, in any case.

        Raises
        ------
        InputError
            A named column is not there; no column, or more than one, has a name that says what it is.
        UsageError
            One column is given two roles.
        """
        weighs = None if weight is None else self.named(weight)
        found = self.predictions(predictions, {weighs, *target})
        columns = replace(found, target=self.target(target, found, {weighs}), weight=weighs)
        self._check(columns)
        return columns

    def predictions(self, wanted: Sequence[str], taken: Collection[str | None]) -> Columns:
        """Return the prediction columns alone; those `taken` are none unless they are wanted by name."""
        if wanted:
            found = [name for pattern in wanted for name in self._matching(pattern, taken)]
            return self._as_named(tuple(dict.fromkeys(found)))
        free = tuple(name for name in self.names if name not in taken)
        listed_names = [name for name in free if name in self.lists and name.lower() in LIST_NAMES]
        if len(listed_names) == 1:
            return Columns(target=(), listed=listed_names[0])
        return self._by_name(free)

    def target(self, wanted: Sequence[str], found: Columns, taken: Collection[str | None]) -> tuple[str, ...]:
        """Return the target column, or one for each class of the predictions `found`."""
        if wanted:
            return tuple(name for pattern in wanted for name in self._matching(pattern, taken))
        free = tuple(name for name in self.names if name not in taken and name not in found.predictions)
        plain = [name for name in free if name.lower() in TARGET_NAMES]
        truths = with_prefix(free, TRUE_PREFIX)
        if not plain and len(truths) > 1 and (found.wide or found.listed):
            return truths
        same = next((name for name in found.predictions if name.lower() in TARGET_NAMES), None)
        if same is not None and not plain:
            raise _two_roles(same)
        return (self._only(free, "target"),)

    def named(self, name: str) -> str:
        """Return the column of that name, in any case where that is one only.

        Raises
        ------
        InputError
            There is none.
        """
        if name in self.names:
            return name
        alike = [column for column in self.names if column.lower() == name.lower()]
        if len(alike) == 1:
            return alike[0]
        raise no_column(self.label, name, self.names)

    def _as_named(self, names: tuple[str, ...]) -> Columns:
        wide = next((form for form in wide_forms(names) if form.columns == names), None)
        if wide is not None and (wide.prefix != MODEL_PREFIX or self._truths(wide)):
            return Columns(target=(), wide=wide)
        if len(names) == 1 and names[0] in self.lists:
            return Columns(target=(), listed=names[0])
        return Columns(target=(), scalars=names)

    def _by_name(self, free: tuple[str, ...]) -> Columns:
        if not any(name.lower() in PREDICTION_NAMES for name in free):
            forms = wide_forms(free)
            if len(forms) > 1:
                prefixes = ", ".join(f"{form.prefix}*" for form in forms)
                hint = f"name one with --pred, such as --pred '{forms[0].prefix}*'"
                raise InputError(f"{self.label}: the predictions could be any of {prefixes}", hint)
            if forms:
                return Columns(target=(), wide=forms[0])
            # A single column of a class is the probability of that class
            models = with_prefix(free, MODEL_PREFIX) or with_prefix(free, "prob_")
            if models:
                return Columns(target=(), scalars=models)
        return Columns(target=(), scalars=(self._only(free, "prediction"),))

    def _truths(self, wide: Wide) -> tuple[str, ...]:
        return tuple(name for name in with_prefix(self.names, TRUE_PREFIX) if name[len(TRUE_PREFIX) :] in wide.classes)

    def _matching(self, pattern: str, taken: Collection[str | None]) -> list[str]:
        if pattern in self.names or not any(sign in pattern for sign in "*?["):
            return [self.named(pattern)]
        found = [name for name in self.names if fnmatchcase(name, pattern) and name not in taken]
        if not found:
            raise InputError(
                f"{self.label}: no column matches {quoted(pattern)}", f"the columns are {listed(self.names)}"
            )
        return found

    def _only(self, free: Sequence[str], role: str) -> str:
        names, flag = _NAMES_AND_FLAGS[role]
        # a name that stands twice is found once here: reading it is the error, which tells the positions
        found = list(dict.fromkeys(name for name in free if name.lower() in names))
        if len(found) == 1:
            return found[0]
        if not found:
            if not self.names:
                raise InputError(f"{self.label} has no columns")
            hint = f"name it with {flag} COLUMN; the columns are {listed(self.names)}"
            if len(self.names) == 1 and (" " in self.names[0] or self.names[0].startswith("#")):
                one = listed(self.names)
                hint = f"its only column is {one}; in CSV names stand on the first line, between them , ; | or tabs"
            raise InputError(f"{self.label}: no column has a name that says {role}", hint)
        hint = f"name one with {flag}, such as {flag} {quoted(found[0])}"
        raise InputError(f"{self.label}: the {role} could be any of {listed(found)}", hint)

    def _check(self, columns: Columns) -> None:
        both = next((name for name in columns.target if name in columns.predictions), None)
        if both is not None:
            raise _two_roles(both)
        if columns.weight is not None and columns.weight in (*columns.target, *columns.predictions):
            hint = "name another with --weight"
            raise UsageError(f"column {quoted(columns.weight)} is the weight and something else too", hint)


def _two_roles(column: str) -> UsageError:
    return UsageError(
        f"column {quoted(column)} is both target and prediction", "name two columns with --target and --pred"
    )
