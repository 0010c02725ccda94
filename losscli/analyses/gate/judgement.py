"""From values, limits and intervals to pass, fail or inconclusive."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from losscli.analyses.gate.limits import BEYOND
from losscli.result import Status

if TYPE_CHECKING:
    from losscli.engine.table.within import Group
    from losscli.result import Kind

Interval = tuple[float, float]

# Fewer rows tell nothing of how a loss varies
LEAST_ROWS = 2
# So many rows are as good as none: nobody has them
_BEYOND_REACH = 1e12


class Measured(Struct, frozen=True, kw_only=True):
    """A value with the limit that is set to it.

    Attributes
    ----------
    name, model, loss
        What is judged; the model that it is of; the loss, where it is about one.
    baseline
        What the value is a change against; None for a limit.
    value
        None where it does not exist, and infinite where it is.
    lacking
        Why the value does not exist or is infinite.
    kind
        How it is written.
    interval
        The ends of its interval at a level in (0, 1); None where there is none.
    operator, bound, spelled
        Values beyond the bound fail; the limit as it was written.
    by_interval
        Whether the interval decides, or the value alone.
    n, units
        Rows that the value comes from, and the clusters or times of all; None where rows have none.
    values
        The values of the loss of candidate and baseline, for a change.
    about
        What is estimated: checks about the same thing are decided by one interval.
    law
        What the interval comes from, as the last line names it; empty where there is none.
    group
        The group of rows that is judged; None for all.
    is_worse
        Whether a change that has no size, as from a loss of 0, is surely for the worse at a level; None for others.
    """

    name: str
    model: str
    loss: str | None
    baseline: str | None
    value: float | None
    lacking: str | None
    kind: Kind
    interval: Callable[[float], Interval | None]
    operator: str
    bound: float
    spelled: str
    by_interval: bool
    n: int
    about: Hashable
    law: str
    values: tuple[float | None, float | None] | None = None
    group: Group | None = None
    units: int | None = None
    is_worse: Callable[[float], bool] | None = None

    def is_beyond(self, value: float) -> bool:
        """Whether a value fails."""
        return BEYOND[self.operator](value, self.bound)


def no_interval(_: float) -> None:
    """Return None at every level, for a value whose uncertainty is not known."""
    return


class Judged(Struct, frozen=True, kw_only=True):
    """A check with its outcome.

    Attributes
    ----------
    ci, level
        The interval, and the level that it has after Holm's correction; None where there is none.
    status
        What becomes of it; `undecided` tells that the data leave it open, though it may count as a failure.
    rows
        About how many rows would decide it if the value stayed what it is; None where none would or it is decided.
    """

    measured: Measured
    ci: Interval | None
    level: float | None
    status: Status
    undecided: bool
    rows: float | None

    @property
    def reason(self) -> str | None:
        """Why there is no finite value, or no interval to be sure by; None where neither is lacking."""
        if self.measured.lacking is not None or not self.undecided or self.ci is not None:
            return self.measured.lacking
        return "1 row is too few to be sure by" if self.measured.n == 1 else "there is no interval to be sure by"


def judge(measured: Sequence[Measured], level: float | None, *, non_inferior: bool) -> tuple[Judged, ...]:
    """Return the outcome of each check.

    Those that their intervals decide share the chance 1 − level of a wrong decision by Holm's method, done with
    intervals: where open checks are about k things, their intervals get the level 1 − (1 − level)/k; those that leave
    the bound out decide their checks, and the others are tried again at the level for what is left. So an interval
    holds the bound exactly where its check is inconclusive. Two checks about one thing, as mse and rmse, are wrong
    together, where its interval is: they count once.

    A group of one row, which has no interval, never passes by its value alone.

    Parameters
    ----------
    level : float or None
        Joint level of the intervals, in (0, 1); None only where the values decide.
    non_inferior : bool
        Whether an inconclusive check is a failure.

    Source
    ------
    S. Holm (1979), A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6, 65–70.
    """
    judged: dict[int, Judged] = {}
    waiting: list[int] = []
    for position, each in enumerate(measured):
        if each.is_worse is not None:
            waiting.append(position)
        elif each.value is None or not math.isfinite(each.value):
            judged[position] = _judged(each, Status.FAIL, None, None)
        elif not each.by_interval:
            judged[position] = _by_value(each, each.value, level, non_inferior=non_inferior)
        else:
            waiting.append(position)
    while waiting and level is not None:
        stage = 1 - (1 - level) / len({measured[position].about for position in waiting})
        found = {position: _by_interval(measured[position], stage, non_inferior=non_inferior) for position in waiting}
        sure = [position for position in waiting if not found[position].undecided]
        judged |= found if not sure else {position: found[position] for position in sure}
        waiting = [position for position in waiting if position not in judged]
    return tuple(judged[position] for position in range(len(measured)))


def _by_value(measured: Measured, value: float, level: float | None, *, non_inferior: bool) -> Judged:
    beyond = measured.is_beyond(value)
    if not beyond and measured.group is not None and measured.n < LEAST_ROWS:
        return _undecided(measured, None, None, non_inferior=non_inferior)
    ci = None if level is None else measured.interval(level)
    return _judged(measured, Status.FAIL if beyond else Status.PASS, ci, level)


def _by_interval(measured: Measured, level: float, *, non_inferior: bool) -> Judged:
    if measured.is_worse is not None and measured.is_worse(level):
        return _judged(measured, Status.FAIL, None, level)
    value, ci = measured.value, measured.interval(level)
    beyond = {measured.is_beyond(end) for end in ci} if ci is not None else {True, False}
    if len(beyond) == 1:
        return _judged(measured, Status.FAIL if beyond.pop() else Status.PASS, ci, level)
    rows = None if ci is None or value is None else _rows_to_settle(measured, value, ci)
    return replace(_undecided(measured, ci, level, non_inferior=non_inferior), rows=rows)


def _undecided(measured: Measured, ci: Interval | None, level: float | None, *, non_inferior: bool) -> Judged:
    return Judged(
        measured=measured,
        ci=ci,
        level=None if ci is None else level,
        status=Status.FAIL if non_inferior else Status.INCONCLUSIVE,
        undecided=True,
        rows=None,
    )


def _judged(measured: Measured, status: Status, ci: Interval | None, level: float | None) -> Judged:
    level = None if ci is None else level
    return Judged(measured=measured, ci=ci, level=level, status=status, undecided=False, rows=None)


def _rows_to_settle(measured: Measured, value: float, ci: Interval) -> float | None:
    """Return how many rows bring the nearer end of the interval to the bound, its width going with 1/√n."""
    end = ci[1] if measured.bound >= value else ci[0]
    distance = abs(measured.bound - value)
    if distance == 0 or not math.isfinite(end):
        return None
    rows = measured.n * (abs(end - value) / distance) ** 2
    return rows if rows < _BEYOND_REACH else None
