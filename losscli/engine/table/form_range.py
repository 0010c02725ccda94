"""Predictions that cannot be what they are said to be: probabilities above 1, logarithms of them above 0."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from losscli.arrays import Form, Task
from losscli.losses.defaults import DEFAULTS
from losscli.losses.param import NON_NEGATIVE, UNIT, Interval

if TYPE_CHECKING:
    from losscli.arrays import BoolArray, FloatArray
    from losscli.engine.table.roles import Roles

_LOGARITHMS = Interval(high=0.0, low_closed=True, high_closed=True)


class FormRange(Struct, frozen=True, kw_only=True):
    """What predictions of a form may be: the range, how it is called, and what other predictions probably are."""

    domain: Interval
    spoken: str
    hint: str

    @property
    def is_bad(self) -> Callable[[FloatArray], BoolArray]:
        """Which of an array's values lie outside; those that are missing do not."""

        def outside(values: FloatArray) -> BoolArray:
            bad: BoolArray = ~self.domain.contains(values) & ~np.isnan(values)
            return bad

        return outside


def form_range(roles: Roles, *, normalize: bool) -> FormRange | None:
    """Return what predictions of these roles may be; None where they may be any number, or are labels.

    Parameters
    ----------
    normalize : bool
        Whether rows are going to be divided by their sum, so that counts are probabilities too.
    """
    if roles.form is Form.LOG_PROBABILITY:
        hint = "logits go with --pred-form logit, probabilities with --pred-form probability"
        return FormRange(domain=_LOGARITHMS, spoken="a log-probability of at most 0", hint=hint)
    if roles.form is not Form.PROBABILITY:
        return None
    if roles.task is Task.DISTRIBUTION:
        hint = "shares lie in [0, 1]; --normalize divides counts by their sum"
    else:
        logits = DEFAULTS[roles.task, Form.LOGIT].partition(",")[0]
        hint = f"percentages are to be divided by 100; logits go with --pred-form logit, and losses such as {logits}"
    if normalize and roles.width > 1:
        return FormRange(domain=NON_NEGATIVE, spoken="a share of 0 or more", hint=hint)
    return FormRange(domain=UNIT, spoken="a probability from 0 to 1", hint=hint)
