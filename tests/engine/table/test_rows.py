"""Rows are checked once, counted, and the same however often and from wherever they are read."""

from __future__ import annotations

import concurrent.futures
import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from streams import bits, kernel

from losscli.engine.files.row_source import bad_cells
from losscli.engine.files.source import Source
from losscli.engine.folds.accumulate import Moments, Total
from losscli.engine.folds.batch import Batch, joined
from losscli.engine.folds.quantity import LossValue, Target
from losscli.engine.folds.question import ask, both
from losscli.engine.folds.select import median
from losscli.engine.statistics.judge import outlying_errors
from losscli.engine.table.check import Missing
from losscli.engine.table.dataset import open_dataset
from losscli.engine.table.reading import Named, Reading
from losscli.engine.table.rows import BLOCK_VALUES
from losscli.errors import InputError

NAN, INF = np.nan, np.inf


def rows_of(columns, **reading):
    names = columns.columns if isinstance(columns, pl.DataFrame) else columns
    weight = "w" if "w" in names else None
    return open_dataset(Named(given=columns), Reading(weight=weight, threads=1, **reading)).rows


def targets(rows):
    return [batch.y_true.tolist() for batch in rows]


def failure(columns, **reading):
    with pytest.raises(InputError) as caught:
        list(rows_of(columns, **reading))
    return caught.value.message, caught.value.hint


def test_rows_come_in_order_with_their_roles():
    rows = rows_of({"y_true": [1.5, 2.5], "pred_a": [3, 4], "pred_b": [5, 6], "w": [7, 8]})
    (batch,) = rows
    assert batch.y_true.tolist() == [1.5, 2.5]
    assert [each.tolist() for each in batch.y_pred] == [[3, 4], [5, 6]]
    assert batch.weight.tolist() == [7, 8]
    assert batch.first_row == 0
    assert (rows.counts.n, rows.counts.n_dropped, rows.counts.missing, rows.counts.zero_weight) == (2, 0, {}, 0)


def test_a_missing_cell_is_an_error_that_counts_them():
    columns = {"y_true": [1.5, NAN, 3.0, NAN], "y_pred": [1.0, 2.0, NAN, 4.0]}
    assert failure(columns) == (
        "row 2: column 'y_true': missing value (and 1 more, row 4)",
        "--missing drop leaves such rows out of every model and counts them",
    )


def test_rows_with_a_missing_cell_are_dropped_for_all_models_and_counted():
    rows = rows_of(
        {"y_true": [1.5, NAN, 3.5, 4.5, 5.5], "pred_a": [1, 2, 3, NAN, 5], "pred_b": [NAN, NAN, 3, 4, 5]},
        missing=Missing.DROP,
    )
    (batch,) = rows
    assert batch.y_true.tolist() == [3.5, 5.5]
    assert [each.tolist() for each in batch.y_pred] == [[3, 5], [3, 5]]
    assert batch.records(np.array([0, 1])).tolist() == [2, 4]
    assert (rows.counts.n, rows.counts.n_dropped) == (2, 3)
    assert rows.counts.missing == {"y_true": 1, "pred_a": 1, "pred_b": 2}


@pytest.mark.parametrize("column", ["y_true", "y_pred", "w"])
def test_infinite_cells_are_errors_even_where_missing_ones_are_dropped(column):
    columns = {"y_true": [1.5, 2.5, 3.5], "y_pred": [1.0, 2.0, 3.0], "w": [1.0, 1.0, 1.0]}
    columns[column] = [1.0, -INF, NAN]
    message, hint = failure(columns, missing=Missing.DROP)
    assert message == f"row 2: column '{column}': infinite value '-inf'"
    assert hint == "predict and observe finite numbers"


def test_infinities_that_cancel_are_found():
    message, _ = failure({"y_true": [INF, 0.5, -INF], "y_pred": [0.0, 0.0, 0.0]})
    assert message == "row 1: column 'y_true': infinite value 'inf' (and 1 more, row 3)"


def test_numbers_whose_sum_overflows_are_no_infinities():
    assert targets(rows_of({"y_true": [1e308, 1e308], "y_pred": [0.0, 0.0]})) == [[1e308, 1e308]]


def test_negative_weights_are_errors():
    columns = {"y_true": [1.5, 2.5, 3.5], "y_pred": [1, 2, 3], "w": [1.0, -0.5, -2.0]}
    assert failure(columns) == (
        "row 2: column 'w': negative weight '-0.5' (and 1 more, row 3)",
        "a weight says how often its row counts: 0 or more",
    )


def test_rows_of_weight_zero_are_left_out_and_counted():
    rows = rows_of({"y_true": [1.5, 2.5, 3.5, 4.5], "y_pred": [1, 2, 3, 4], "w": [0.0, 2.0, -0.0, 1.0]})
    assert targets(rows) == [[2.5, 4.5]]
    assert (rows.counts.n, rows.counts.zero_weight, rows.counts.n_dropped) == (2, 2, 0)


def test_a_row_without_weight_that_lacks_a_cell_counts_as_dropped():
    rows = rows_of({"y_true": [1.5, NAN, 3.5], "y_pred": [1, 2, 3], "w": [1.0, 0.0, 0.0]}, missing=Missing.DROP)
    assert targets(rows) == [[1.5]]
    assert (rows.counts.n, rows.counts.n_dropped, rows.counts.zero_weight) == (1, 1, 1)


def test_nothing_left_is_an_error():
    everything = "columns: every row has a missing cell or no weight, so nothing is left"
    assert failure({"y_true": [1.5, 2.5], "y_pred": [NAN, NAN]}, missing=Missing.DROP) == (
        everything,
        "name other columns with --target and --pred",
    )
    assert failure({"y_true": [1.5, 2.5], "y_pred": [1.0, NAN], "w": [0.0, 1.0]}, missing=Missing.DROP)[0] == everything
    assert failure({"y_true": [1.5, 2.5], "y_pred": [1.0, 1.0], "w": [0.0, 0.0]}) == (
        "columns: all weights are zero",
        "name another column with --weight, or none",
    )


@pytest.mark.parametrize("threads", [1, 3])
def test_of_several_wrong_blocks_the_first_is_told_of(threads):
    y_true, y_pred = np.ones((2, 5 * BLOCK_VALUES))
    y_pred[2 * BLOCK_VALUES + 7] = NAN
    y_true[3 * BLOCK_VALUES + 1] = INF
    rows = open_dataset(Named(given={"y_true": y_true, "y_pred": y_pred}), Reading(threads=threads)).rows
    with pytest.raises(InputError) as caught:
        rows.answer(ask(Total(Target())))
    assert caught.value.message == f"row {2 * BLOCK_VALUES + 8}: column 'y_pred': missing value"


def test_a_source_is_read_by_one_thread_at_a_time(monkeypatch):
    started = []

    class Noted(ThreadPoolExecutor):
        def submit(self, task):
            started.append(super().submit(task))
            return started[-1]

    def first_cells(self, column, is_bad, **known):
        assert threading.current_thread() is threading.main_thread()
        assert all(task.done() for task in started)
        return bad_cells(self.blocks([column], **known), column, is_bad, 3, self.cells)

    monkeypatch.setattr(concurrent.futures, "ThreadPoolExecutor", Noted)
    monkeypatch.setattr(Source, "first_cells", first_cells)
    y_true, y_pred = np.ones((2, 5 * BLOCK_VALUES))
    y_pred[BLOCK_VALUES + 7] = NAN
    rows = open_dataset(Named(given={"y_true": y_true, "y_pred": y_pred}), Reading(threads=2)).rows
    with pytest.raises(InputError, match="missing value"):
        rows.answer(ask(Total(Target())))
    assert started


@pytest.mark.parametrize("threads", [1, 2])
def test_what_is_computed_of_a_batch_goes_when_it_was_observed(threads):
    @dataclass(frozen=True)
    class Residuals:
        def empty(self):
            return ()

        def observe(self, batch):
            return (weakref.ref(batch.residual(0)),)

        def merge(self, earlier, later):
            return (*earlier, *(array() is None for array in later))

        def finalise(self, state):
            return state

    y_true, y_pred = np.ones((2, 3 * BLOCK_VALUES))
    rows = open_dataset(Named(given={"y_true": y_true, "y_pred": y_pred}), Reading(threads=threads)).rows
    for _ in ("of the source", "kept"):
        assert rows.answer(ask(Residuals())) == (True, True, True)


@pytest.mark.parametrize("threads", [1, 3])
def test_rows_are_counted_through_all_blocks(threads):
    y_true, y_pred, weight = np.ones((3, 5 * BLOCK_VALUES))
    y_pred[[7, 2 * BLOCK_VALUES + 7]] = NAN
    y_true[BLOCK_VALUES : 2 * BLOCK_VALUES] = NAN
    weight[-10:] = 0.0
    columns = {"y_true": y_true, "y_pred": y_pred, "w": weight}
    rows = open_dataset(Named(given=columns), Reading(weight="w", threads=threads, missing=Missing.DROP)).rows
    n = 4 * BLOCK_VALUES - 12
    for _ in range(2):
        assert rows.answer(ask(Total(Target()))) == (n, n)
        assert rows.counts.missing == {"y_true": BLOCK_VALUES, "y_pred": 2}
        assert (rows.counts.n, rows.counts.n_dropped, rows.counts.zero_weight) == (n, BLOCK_VALUES + 2, 10)


@pytest.mark.parametrize("threads", [1, 3])
def test_memory_changes_no_digit(threads):
    rng = np.random.default_rng(12)
    y_true = rng.normal(size=150_000)
    y_pred = y_true + rng.standard_t(3, size=150_000)
    y_pred[rng.integers(0, 150_000, size=500)] = NAN
    weight = rng.integers(0, 5, size=150_000) / 3

    def facts(memory):
        reading = Reading(weight="w", threads=threads, memory=memory, missing=Missing.DROP)
        rows = open_dataset(Named(given={"y": y_true, "y_pred": y_pred, "w": weight}), reading).rows
        mse = kernel("mse")
        question = both(outlying_errors(0, (mse,)), both(median(Target()), ask(Moments(LossValue(mse, 0)))))
        return bits(rows.answer(question)), rows.counts, rows._kept

    none, some, all_kept = facts(0), facts(2_000_000), facts(10**9)
    assert none[:2] == some[:2] == all_kept[:2]
    assert [kept is None for _, _, kept in (none, some, all_kept)] == [True, True, False]


def test_kept_rows_are_not_read_again():
    rows = rows_of({"y_true": [1.5, 2.5], "y_pred": [1, 2]})
    first = targets(rows)
    rows.source = None
    assert targets(rows) == first == [[1.5, 2.5]]


def test_what_is_computed_of_a_batch_is_not_kept_from_fold_to_fold():
    rows = rows_of({"y_true": [1.5, 2.5], "y_pred": [1, 2]})
    for _ in range(3):
        for batch in rows:
            assert ("residual", 0) not in batch.memo
            batch.residual(0)


def test_extremes_are_those_of_rows_divided_by_their_sums():
    (batch,) = rows_of({"y_true": ["a", "b"], "prob_a": [3.0, 0.0], "prob_b": [1.0, 2.0]}, normalize=True)
    assert batch.y_pred[0].tolist() == [[0.75, 0.25], [0.0, 1.0]]
    assert batch.prediction_range(0) == (0.0, 1.0)


def test_extremes_of_joined_rows_are_those_of_all_pieces():
    one, other = (Batch(y_true=np.array([y]), y_pred=(np.array([-y]),), weight=None, first_row=0) for y in (1.0, 2.0))
    assert (one.target_range(), one.prediction_range(0)) == ((1.0, 1.0), (-1.0, -1.0))
    together = joined([one, other])
    assert (together.target_range(), together.prediction_range(0)) == ((1.0, 2.0), (-2.0, -1.0))


class Heard:
    def __init__(self):
        self.told = []

    def advance(self, rows, total, fold):
        self.told.append((rows, total, fold))

    def stop(self):
        self.told.append("stop")


def _twice():
    _, once = yield from ask(Total(Target()))
    _, again = yield from ask(Total(Target()))
    return once, again


def test_a_watcher_hears_of_every_batch_of_every_fold_and_of_the_end(monkeypatch):
    monkeypatch.setattr("losscli.engine.table.rows.BLOCK_VALUES", 2)
    heard = Heard()
    rows = rows_of({"y_true": [1.0, 2.0, 4.0, 8.0, 16.0], "y_pred": [1.0, 2.0, 3.0, 4.0, 5.0]}, watcher=heard)
    assert rows.answer(_twice()) == (31.0, 31.0)
    first = [(2, None, 1), (4, None, 1), (5, None, 1)]
    assert heard.told == [*first, (2, 5, 2), (4, 5, 2), (5, 5, 2), "stop"]


def test_a_watcher_hears_of_the_end_where_it_is_an_error():
    heard = Heard()
    with pytest.raises(InputError):
        rows_of({"y_true": [1.5, NAN], "y_pred": [1.0, 2.0]}, watcher=heard).answer(median(Target()))
    assert heard.told == ["stop"]


@pytest.mark.parametrize(("memory", "kept"), [(10**6, True), (15 * 16 - 1, False)])
def test_rows_of_parquet_that_do_not_fit_are_not_begun_to_be_kept(tmp_path, memory, kept):
    path = tmp_path / "preds.parquet"
    pl.DataFrame({"y_true": np.arange(15.0), "y_pred": np.arange(15.0)}).write_parquet(path)
    rows = open_dataset(Named(given=path), Reading(memory=memory)).rows
    assert [len(batch) for batch in rows] == [15]
    assert (rows._kept is not None) == kept


def test_batches_are_freed_as_soon_as_nobody_holds_them():
    batch = Batch(y_true=np.zeros(5), y_pred=(np.zeros(5),), weight=None, first_row=0)
    assert len(batch.spread) == len(batch.residual(0)) == 5  # kept by the batch, and holding nothing of it
    freed = weakref.ref(batch.y_true)
    gc.disable()
    try:
        del batch
        assert freed() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("precision", [pl.Float64, pl.Float32])
def test_rows_of_classes_lie_one_class_after_another_however_they_come(precision):
    shares = [[0.5, 0.25, 0.25], [0.125, 0.375, 0.5], [0.0, 0.5, 0.5], [1.0, 0.0, 0.0]]
    columns = {
        f"prob_{name}": pl.Series(values, dtype=precision)
        for name, values in zip("abc", zip(*shares, strict=True), strict=True)
    }
    wide = pl.DataFrame({"label": ["a", "b", None, "c"], **columns})
    listed = pl.DataFrame({"label": ["a", "b", None, "c"], "probabilities": shares})
    soft = wide.drop("label").with_columns(pl.col("^prob_.*$").name.map(lambda name: name.replace("prob", "true")))
    for frame, kept in ((wide, [0, 1, 3]), (listed, [0, 1, 3]), (soft, [0, 1, 2, 3])):
        classes = ("a", "b", "c") if frame is listed else ()
        (batch,) = rows_of(frame, missing=Missing.DROP, classes=classes)
        assert batch.y_pred[0].tolist() == [shares[row] for row in kept]
        assert batch.y_pred[0].flags.f_contiguous
        assert not batch.y_pred[0].flags.c_contiguous
