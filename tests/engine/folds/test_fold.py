"""The loop over rows: the same bits for any number of threads, and no row after a failure."""

from __future__ import annotations

import concurrent.futures
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np
import pytest
from streams import batches, bits, kernel

from losscli.engine.folds.accumulate import Moments, Total
from losscli.engine.folds.domain import DomainFaults
from losscli.engine.folds.fold import fold
from losscli.engine.folds.quantity import LossValue, Residual, Target
from losscli.engine.folds.sample import Sampled
from losscli.engine.folds.window import Window
from losscli.engine.folds.words import Gather, Ranked, WordCounts
from losscli.engine.folds.workers import WINDOW_PER_THREAD, Workers


def in_order(pieces, work, threads):
    with Workers(threads) as workers:
        yield from workers.in_order(pieces, work)


every_number_of_threads = pytest.mark.parametrize("threads", [1, 2, 5])


@dataclass(frozen=True)
class Seen:
    """Answers the first rows of the batches seen, in order, and calls `on_batch` with each."""

    on_batch: object = None

    def empty(self):
        return ()

    def observe(self, batch):
        if self.on_batch is not None:
            self.on_batch(batch.first_row)
        return (batch.first_row,)

    def merge(self, earlier, later):
        return earlier + later

    def finalise(self, state):
        return state


def test_the_number_of_threads_changes_no_bit():
    rng = np.random.default_rng(31)
    y_true, y_pred, weight = rng.lognormal(size=(3, 60_000))
    wanted = (
        Moments(LossValue(kernel("msle"), 0)),
        Total(Target()),
        WordCounts(Ranked(Residual(0))),
        Gather(Ranked(Target()), (0x3FF0,)),
        Sampled(Target()),
        Window(Ranked(Residual(0)), -0.5, 0.5),
        DomainFaults(kernel("mape"), 0),
    )
    rows = batches(y_true, y_pred, weight=weight, rows=1_700)
    one, two, five = (bits(fold(rows, wanted, threads)) for threads in (1, 2, 5))
    assert one == two == five


@every_number_of_threads
def test_batches_are_merged_in_the_order_of_rows(threads):
    (seen,) = fold(batches(np.zeros(300), rows=7), (Seen(),), threads)
    assert seen == tuple(range(0, 300, 7))


@every_number_of_threads
def test_equal_accumulators_observe_once_and_all_are_answered(threads):
    observed = []
    log = observed.append
    answers = fold(batches(np.ones(20), rows=10), (Seen(log), Total(Target()), Seen(log), Total(Target())), threads)
    assert answers == ((0, 10), (20.0, 20.0), (0, 10), (20.0, 20.0))
    assert sorted(observed) == [0, 10]


@every_number_of_threads
def test_no_batches_answer_as_the_empty_state(threads):
    assert fold([], (Seen(), Total(Target())), threads) == ((), (0.0, 0.0))


@every_number_of_threads
def test_an_overflow_is_an_answer_and_no_warning(threads):
    rows = batches([1e308, -1e308], [-1e308, 1e308])
    ((_, total),) = fold(rows, (Total(LossValue(kernel("mae"), 0)),), threads)
    assert total == np.inf


@every_number_of_threads
def test_an_error_in_a_worker_comes_out_and_reading_stops(threads):
    def refuse(first_row):
        if first_row == 30:
            raise ValueError("refused")

    read = []

    def reading():
        for batch in batches(np.zeros(10_000), rows=10):
            read.append(batch.first_row)
            yield batch

    with pytest.raises(ValueError, match="refused"):
        fold(reading(), (Seen(refuse),), threads)
    assert len(read) <= 4 + WINDOW_PER_THREAD * threads + 1  # the fourth refuses, the window is read ahead


def test_an_error_cancels_the_batches_that_wait(monkeypatch):
    gate = threading.Event()

    def wait_for_those_begun(tasks):
        gate.set()
        return wait(tasks)

    monkeypatch.setattr(concurrent.futures, "wait", wait_for_those_begun)
    observed = []

    def refuse_the_first(first_row):
        observed.append(first_row)
        if first_row == 0:
            raise ValueError("refused")
        gate.wait()

    with pytest.raises(ValueError, match="refused"):
        fold(batches(np.zeros(20), rows=1), (Seen(refuse_the_first),), threads=2)
    # the refusing batch and the one that each worker may have begun; the 17 others never began
    assert {0} <= set(observed) <= {0, 1, 2}


def test_threads_outlive_a_fold(monkeypatch):
    begun = []

    class Counted(ThreadPoolExecutor):
        def __init__(self, *threads):
            begun.append(threads)
            super().__init__(*threads)

    monkeypatch.setattr(concurrent.futures, "ThreadPoolExecutor", Counted)
    with Workers(2) as workers:
        assert list(workers.in_order([1], str)) == ["1"]
        assert begun == []  # a single piece is no work to share
        assert list(workers.in_order(range(20), str)) == [str(each) for each in range(20)]
        assert list(workers.in_order([1, 2], str)) == ["1", "2"]
    assert begun == [(2,)]


@every_number_of_threads
def test_an_error_of_the_source_comes_out(threads):
    def broken():
        yield from batches(np.zeros(3), rows=1)
        raise OSError("no more")

    with pytest.raises(OSError, match="no more"):
        fold(broken(), (Seen(),), threads)


@every_number_of_threads
@pytest.mark.parametrize("before", [0, 1, 2, 7, 40])
def test_an_error_of_the_source_comes_after_all_that_was_read_before_it(threads, before):
    def broken():
        yield from range(before)
        raise OSError("no more")

    results = []
    with pytest.raises(OSError, match="no more"):
        results.extend(in_order(broken(), str, threads))  # extend keeps what came before
    assert results == [str(number) for number in range(before)]


@every_number_of_threads
def test_of_an_error_of_the_source_and_an_earlier_one_of_the_work_the_earlier_one_comes_out(threads):
    def broken():
        yield from "123x5"
        raise OSError("no more")

    with pytest.raises(ValueError, match="'x'"):
        list(in_order(broken(), int, threads))


def test_an_interruption_of_the_source_comes_out_at_once():
    def interrupted():
        yield from range(3)
        raise KeyboardInterrupt

    results = in_order(interrupted(), str, 2)
    with pytest.raises(KeyboardInterrupt):
        next(results)


def test_whoever_stops_half_way_leaves_no_thread_behind():
    before = threading.active_count()
    results = in_order(range(100), str, 3)
    assert next(results) == "0"
    assert threading.active_count() > before
    results.close()
    assert threading.active_count() == before


@every_number_of_threads
def test_pieces_that_were_worked_on_are_freed(threads):
    made = []

    def pieces():
        for _ in range(50):
            made.append(weakref.ref(piece := np.zeros(1)))
            yield piece
            del piece

    for done, _ in enumerate(in_order(pieces(), len, threads), start=1):
        alive = sum(piece() is not None for piece in made)
        # those that wait, the last one read, and what each worker may not have let go of yet
        assert alive <= len(made) - done + 1 + (threads if threads > 1 else 0)
