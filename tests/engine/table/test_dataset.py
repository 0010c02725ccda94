"""A data set is opened with its columns found, and says where its rows stand."""

from __future__ import annotations

import numpy as np
import pytest

from losscli.arrays import Form, Task
from losscli.engine.folds.domain import DomainFaults
from losscli.engine.folds.question import ask
from losscli.engine.table.dataset import open_dataset
from losscli.engine.table.reading import Named, Reading
from losscli.errors import InputError
from losscli.losses import parse


def test_columns_and_task_are_found(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("id,Actual,pred_a,pred_b\n1,1.5,2,3\n2,2.5,3,4\n")
    dataset = open_dataset(Named(given=str(path)), Reading())
    assert dataset.roles.target == ("Actual",)
    assert [model.name for model in dataset.roles.models] == ["a", "b"]
    assert (dataset.roles.task, dataset.roles.form) == (Task.REGRESSION, Form.VALUE)
    assert dataset.source.label == str(path)


def test_a_label_stands_in_for_the_path(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InputError) as failure:
        open_dataset(Named(given=str(path), label="yesterday"), Reading())
    assert failure.value.message == "yesterday: no column has a name that says prediction"


def test_faults_stand_at_lines_of_a_file(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("y_true,y_pred\n1.5,1\n\n-2.5,1\n3.5,-4\n")
    dataset = open_dataset(Named(given=str(path), label="p.csv"), Reading(threads=1))
    msle = parse("msle").kernel(Task.REGRESSION, Form.VALUE)
    faults = dataset.rows.answer(ask(DomainFaults(msle, 0)))
    assert [place.rpartition(":")[2] for place in dataset.places(faults.first)] == ["4", "5"]


def test_faults_stand_at_rows_of_a_frame():
    given = {"y_true": np.array([1.5, -2.5, 3.5]), "y_pred": np.array([1.0, 1.0, -4.0])}
    dataset = open_dataset(Named(given=given), Reading(threads=1))
    msle = parse("msle").kernel(Task.REGRESSION, Form.VALUE)
    faults = dataset.rows.answer(ask(DomainFaults(msle, 0)))
    assert dataset.places(faults.first) == ["row 2", "row 3"]
