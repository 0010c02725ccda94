"""What a batch remembers of its rows is of these rows and no others."""

from __future__ import annotations

from streams import batches

from losscli.engine.folds.batch import joined
from losscli.engine.table.dataset import open_dataset
from losscli.engine.table.reading import Named, Reading


def test_extremes_are_those_of_the_joined_rows():
    pieces = batches([1.0, 2.0, 9.0], [5.0, 6.0, 7.0], rows=2)
    assert pieces[0].target_range() == (1.0, 2.0)
    assert pieces[0].prediction_range(0) == (5.0, 6.0)
    whole = joined(pieces)
    assert (whole.target_range(), whole.prediction_range(0)) == ((1.0, 9.0), (5.0, 7.0))


def test_extremes_are_those_of_rows_divided_by_their_sums():
    columns = {"y_true": ["a", "b"], "prob_a": [3.0, 2.0], "prob_b": [1.0, 2.0]}
    (batch,) = open_dataset(Named(given=columns), Reading(threads=1, normalize=True)).rows
    assert batch.prediction_range(0) == (0.25, 0.75)
