"""The bias of classes in words: sentences for two, a table for more, the most biased of many."""

from __future__ import annotations

import numpy as np
import pytest

import losscli
from losscli.render import Style, render


def of_classes(rates, predicted, n=400):
    """Return columns whose classes occur at `rates` and are predicted with the same probabilities in each row."""
    names = [f"c{number}" for number in range(len(rates))]
    counts = np.round(np.array(rates) * n).astype(int)
    columns = {"label": np.repeat(names, counts)}
    return columns | {f"prob_{name}": np.full(counts.sum(), p) for name, p in zip(names, predicted, strict=True)}


def test_more_than_two_classes_have_a_table():
    result = losscli.evaluate(of_classes([0.5, 0.25, 0.25], [0.75, 0.0625, 0.1875]))
    losses, by_class = result.sections
    assert [each.label for each in losses.sentences] == ["outliers"]
    assert (losses.title, by_class.title) == ("", "bias by class")
    assert [column.header for column in by_class.table.columns] == [
        "class", "observed", "predicted", "bias", "95 % interval", "verdict (Holm)",
    ]  # fmt: skip
    rows = by_class.table.rows
    assert [row[0] for row in rows] == ["c0", "c1", "c2"]
    assert [row[1:4] for row in rows] == [(0.5, 0.75, 0.25), (0.25, 0.0625, -0.1875), (0.25, 0.1875, -0.0625)]
    assert [row[5] for row in rows] == ["over-predicted", "under-predicted", "under-predicted"]


def test_noise_is_said_to_be_noise():
    result = losscli.evaluate(of_classes([0.5, 0.25, 0.25], [0.51, 0.24, 0.25], n=100))
    assert {row[5] for row in result.sections[1].table.rows} == {"no bias that the data can show"}


def test_verdicts_allow_for_the_number_of_classes():
    # each class differs by 2.4 standard errors (p 0.03 and 0.008), which of ten classes one or another may do by chance
    result = losscli.evaluate(of_classes([0.1] * 10, [0.136, 0.064] * 5))
    rows = result.sections[1].table.rows
    assert all(not low <= 0 <= high for *_, (low, high), _ in rows)
    assert {row[5] for row in rows} == {"may be chance, as 1 of 10"}
    few = losscli.evaluate(of_classes([0.1, 0.9], [0.136, 0.864])).payload["models"][0]["bias_by_class"]
    assert [bias["significant"] for bias in few] == [True, True]


def test_two_classes_have_sentences():
    (section,) = losscli.evaluate(of_classes([0.5, 0.5], [0.75, 0.25])).sections
    assert [each.text.split(" by ")[0] for each in section.sentences[:2]] == [
        "over-predicts {class}", "under-predicts {class}",
    ]  # fmt: skip


def test_of_many_classes_the_most_biased_are_shown():
    predicted = np.full(20, 0.05)
    predicted[[3, 7, 11, 13, 17]] += [0.04, -0.045, 0.03, -0.035, 0.01]
    by_class = losscli.evaluate(of_classes([0.05] * 20, predicted)).sections[1]
    assert by_class.title == "bias by class, the 5 largest of 20"
    assert [row[0] for row in by_class.table.rows] == ["c7", "c3", "c13", "c11", "c17"]


def test_without_intervals_there_is_nothing_to_judge_by():
    by_class = losscli.evaluate(of_classes([0.5, 0.25, 0.25], [0.75, 0.125, 0.125]), level=None).sections[1]
    assert [column.key for column in by_class.table.columns] == ["class", "observed", "predicted", "bias"]
    assert by_class.table.rows[0] == ("c0", 0.5, 0.75, 0.25)


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_longer_than_the_terminal(width):
    result = losscli.evaluate(of_classes([0.1] * 10, [0.12, 0.08] * 5))
    lines = render(result, "table", Style(width=width)).splitlines()
    assert max(map(len, lines)) <= width
    start = lines.index("bias by class")
    assert len([line for line in lines[start + 1 :] if line.startswith("  c")]) == 1 + 10
