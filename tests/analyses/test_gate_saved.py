"""How far a saved interval reaches at the level that several checks share."""

from __future__ import annotations

import numpy as np
import pytest

import losscli
from losscli.analyses.gate import GateSpec, Named, Reading, gate
from losscli.render import Style, render


@pytest.mark.parametrize("units", [{"weight": "w"}, {"weight": "w", "cluster": "site"}, {"time": "site"}])
def test_a_saved_interval_of_another_level_is_stretched_by_the_law_of_its_mean(tmp_path, units):
    # losses of 600 ± 2, 1 with large weights at both ends: no skewness, so that intervals are t times the error
    y_true, error = np.arange(8) + 0.5, 600 + np.repeat([2.0, 1.0, -1.0, -2.0], 2)
    more = {"y_true": y_true, "w": np.repeat([9.0, 1.0, 1.0, 9.0], 2), "site": np.arange(8) // 2}
    data, new = ({"y_pred": y_true + factor * error} | more for factor in (1, 1.01))
    intervals = []
    for level in (0.95, 0.7):
        path = tmp_path / "main.json"
        path.write_text(render(losscli.evaluate(data, losses="mae", level=level, **units), "json", Style()))
        spec = GateSpec(
            data=(Named(given=new),),
            baseline=Named(given=str(path)),
            max_regress="1%",
            losses="mae",
            reading=Reading(**units),
        )
        intervals.append(gate(spec).payload["checks"][0]["ci"])
    bent = 0.02 * (intervals[0][1] - intervals[0][0])  # the logarithm, over the width of the intervals
    assert intervals[0] == pytest.approx(intervals[1], abs=bent)
