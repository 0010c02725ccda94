"""Rows outside a loss's domain: how many, and where the first stand."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace
from streams import Reader, batches, kernel

from losscli.engine.folds.domain import DomainFaults, Fault, Faults, Side
from losscli.engine.folds.question import ask


def faults_of(rows, loss, model=0):
    return Reader(rows).ask(ask(DomainFaults(kernel(loss), model)))


def test_rows_inside_the_domain_are_no_faults():
    assert faults_of(batches([0.0, 1.0], [2.0, 0.0]), "msle") == Faults()
    assert faults_of(batches([-5.0, 1.0], [2.0, 0.0]), "mse") == Faults()


def test_a_fault_says_what_breaks_the_domain_and_where():
    rows = batches([1.0, -2.0, 3.0, -4.0], [1.0, 1.0, -3.0, -1.5])
    found = faults_of(rows, "msle")
    assert found.count == 3
    assert found.first == (
        Fault(side=Side.TARGET, record=1, y_true=-2.0, y_pred=1.0),
        Fault(side=Side.PREDICTION, record=2, y_true=3.0, y_pred=-3.0),
        Fault(side=Side.TARGET, record=3, y_true=-4.0, y_pred=-1.5),  # once, though both are outside
    )


def test_a_condition_on_both_is_a_fault_of_both():
    found = faults_of(batches([1.0, 0.0], [1.0, 7.0]), "mape")
    assert found == Faults(count=1, first=(Fault(side=Side.BOTH, record=1, y_true=0.0, y_pred=7.0),))
    assert faults_of(batches([1.0, 0.0], [1.0, 7.0]), "mape:zero=skip") == Faults()


def test_each_model_has_its_own():
    rows = batches([1.0, 1.0], [-3.0, 0.0], [0.0, -4.0])
    assert [fault.record for fault in faults_of(rows, "msle", 0).first] == [0]
    assert [fault.y_pred for fault in faults_of(rows, "msle", 1).first] == [-4.0]


def test_all_are_counted_and_the_first_three_named():
    y_true = np.where(np.arange(1_000) % 10 == 7, -5.0, 5.0)
    for rows in (1, 4, 64, 1_000):
        found = faults_of(batches(y_true, rows=rows), "msle")
        assert found.count == 100
        assert [fault.record for fault in found.first] == [7, 17, 27]


def test_records_are_those_of_the_file_where_blank_lines_were_left_out():
    first, second = batches([-5.0, 1.0, 1.0, -6.0], rows=2)
    second = replace(second, rows=np.array([4, 9]))
    found = faults_of([first, second], "msle")
    assert [(fault.record, fault.y_true) for fault in found.first] == [(0, -5.0), (9, -6.0)]


def test_values_where_a_loss_is_seldom_meant_are_counted_apart():
    found = faults_of(batches([-0.5, 1.0, 2.0], [1.0, -0.25, 3.0]), "msle")
    assert found == Faults(count=0, first=(), unusual=2)
