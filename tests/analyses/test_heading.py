"""The first line of several files, and what their models are called."""

from __future__ import annotations

from losscli.analyses.bias import BiasSpec, bias
from losscli.analyses.evaluate import EvaluateSpec, Named, Reading, evaluate
from losscli.arrays import Task
from losscli.render import Style, render


def first_line(*data):
    result = evaluate(EvaluateSpec(data=data, brief=True, losses="mse"))
    return render(result, "table", Style()).splitlines()[0], [section.title for section in result.sections], result


def files(folder, **columns):
    for name, header in columns.items():
        (folder / f"{name}.csv").write_text(f"{header}\n1,2\n2,2\n")
    return [folder / f"{name}.csv" for name in columns]


def test_one_file_is_named(tmp_path):
    (path,) = files(tmp_path, a="y_true,y_pred")
    line, titles, _ = first_line(Named(given=path, label="mine"))
    assert line == "mine · 2 rows · regression · y_true against y_pred   change with --target --pred --task"
    assert titles == [""]


def test_several_files_are_counted_and_their_models_called_by_label_or_stem(tmp_path):
    first, second, third = files(tmp_path, a="y_true,y_pred", b="y_true,y_pred", c="y_true,y_pred")
    line, titles, result = first_line(Named(given=first), Named(given=second, label="new"), Named(given=third))
    assert line == "3 files · 6 rows · regression · y_true against y_pred   change with --target --pred --task"
    assert titles == ["a", "new", "c"]
    assert [model["model"] for model in result.payload["models"]] == ["a", "new", "c"]
    assert [each["path"] for each in result.payload["inputs"]] == [str(first), str(second), str(third)]


def test_many_different_columns_are_not_all_named(tmp_path):
    paths = files(tmp_path, a="y_true,y_pred", b="y,y_pred", c="target,y_pred")
    line, _, _ = first_line(*(Named(given=path) for path in paths))
    assert line.startswith("3 files · 6 rows · regression · y_true against y_pred; y against y_pred; …   ")


def test_one_class_is_counted_as_one(tmp_path):
    (tmp_path / "a.csv").write_text("y_true,y_pred\nX,X\nX,X\n")
    data = (Named(given=tmp_path / "a.csv", label="a"),)
    line = render(evaluate(EvaluateSpec(data=data)), "table", Style()).splitlines()[0]
    assert line.startswith("a · 2 rows · multiclass, 1 class, label · ")


def test_eval_and_bias_call_models_of_several_files_alike(tmp_path):
    data = tuple(Named(given=path) for path in files(tmp_path, a="y_true,y_pred", b="y_true,y_pred"))
    reading = Reading(task=Task.REGRESSION)
    evaluated = evaluate(EvaluateSpec(data=data, reading=reading)).payload["models"]
    biased = bias(BiasSpec(data=data, reading=reading))
    assert [each["model"] for each in biased.payload["models"]] == [each["model"] for each in evaluated] == ["a", "b"]
    assert [section.title for section in biased.sections][::2] == ["a", "b"]
