"""Whatever numbers a CSV file holds, and however it is written, they come back to the bit, or an error names a line."""

import csv
import io
import math
from itertools import pairwise

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from losscli.engine.files.csv_look import CsvLayout
from losscli.engine.files.csv_shape import lines_at, records_of, shape_of
from losscli.engine.files.open_source import open_source
from losscli.errors import InputError

on_disk = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

numbers = st.floats(width=64) | st.integers(-(2**53), 2**53).map(float)
words = st.text(st.characters(codec="utf-8", include_characters="\n\t", exclude_categories=["Cs", "Cc"]), max_size=8)


def number_texts(value):
    """Return ways to write a number that all mean the same float64."""
    if math.isnan(value):
        return st.sampled_from(["", "nan", "NaN", "NA", '""'])
    ways = [
        repr(value),
        f"{value:.17g}",
        f"{value:.25e}",
        f"+{value!r}" if math.copysign(1, value) > 0 else repr(value),
    ]
    return st.sampled_from(ways).flatmap(
        lambda text: st.sampled_from([text, text, text, f'"{text}"', f" {text}", f"{text} ", f'" {text}\t"'])
    )


@st.composite
def csv_files(draw):
    """Return the bytes of a CSV file and the two columns of numbers in it."""
    delimiter = draw(st.sampled_from(",;\t|"))
    line_end = draw(st.sampled_from(["\n", "\r\n"]))
    rows = draw(st.lists(st.tuples(numbers, words, numbers), min_size=1, max_size=12))
    lines = [delimiter.join(draw(st.sampled_from([("a", "w", "b"), ('"a"', " w", "b "), ("a", '"w\n"', '"b"')])))]
    for a, word, b in rows:
        quoted = '"' + word.replace('"', '""') + '"'
        cells = [draw(number_texts(a).filter(lambda text: delimiter not in text)), quoted, draw(number_texts(b))]
        lines.append(delimiter.join(cells))
        if delimiter != "\t":  # a blank line is one without any cell
            lines += [""] * draw(st.sampled_from([0, 0, 0, 0, 1, 2]))
    mark = draw(st.sampled_from(["", "\ufeff"]))
    text = mark + line_end.join(lines) + draw(st.sampled_from(["", line_end]))
    return text.encode(), [a for a, _, _ in rows], [b for _, _, b in rows]


@on_disk
@given(file=csv_files(), block_rows=st.sampled_from([1, 3, 65_536]))
def test_numbers_come_back_to_the_bit(tmp_path, file, block_rows):
    content, a, b = file
    path = tmp_path / "numbers.csv"
    path.write_bytes(content)
    blocks = list(open_source(path, null_values=["NA"], block_rows=block_rows).blocks(["a", "b"]))
    for name, expected in (("a", a), ("b", b)):
        found = np.concatenate([block.columns[name] for block in blocks])
        assert np.array_equal(found, expected, equal_nan=True)
        assert np.array_equal(np.signbit(found), np.signbit(expected) & ~np.isnan(found))
    assert {len(block.columns["a"]) for block in blocks[:-1]} <= {block_rows}


cells = st.sampled_from(
    ["1", "2.5", " 3", "4 ", "", '""', '"q"', '"a,b"', '"a\nb"', '"a""b"', 'x"', '5" d', 'a"b"c', ' "x"', '"a"b', '"5']
)


@settings(on_disk, max_examples=400)
@given(
    width=st.integers(1, 4),
    rows=st.lists(st.lists(cells, max_size=5), min_size=1, max_size=5),
    block_rows=st.sampled_from([1, 2, 65_536]),
    data=st.data(),
)
def test_a_reading_is_that_of_the_csv_module_or_an_error(tmp_path, width, rows, block_rows, data):
    text = "\n".join([",".join("abcd"[:width]), *(",".join(row) for row in rows)])
    path = tmp_path / "rows.csv"
    path.write_text(text)
    name = data.draw(st.sampled_from("abcd"[:width]))
    records = [record for record in csv.reader(io.StringIO(text)) if record][1:]
    try:
        blocks = list(open_source(path, block_rows=block_rows).blocks([name]))
    except InputError:
        return
    found = [value for block in blocks for value in block.columns[name].tolist()]
    expected = [float(record["abcd".index(name)].strip() or "nan") for record in records]
    assert np.array_equal(found, expected, equal_nan=True)
    assert all(len(record) >= width and record[width : width + 1] in ([], [""]) for record in records)


@given(
    text=st.text(st.sampled_from('ab,"\n\r'), max_size=60),
    cuts=st.lists(st.integers(0, 60), max_size=6),
    header_lines=st.integers(0, 2),
)
def test_records_do_not_depend_on_how_the_bytes_come(text, cuts, header_lines):
    content = text.encode()
    layout = CsvLayout(delimiter=",", width=2, header_lines=header_lines)
    bounds = [0, *sorted(cuts), len(content)]
    chunks = [content[start:end] for start, end in pairwise(bounds) if start < end]
    whole, pieces = list(records_of([content], layout)), list(records_of(chunks, layout))
    for name in ("line", "cells", "blank", "ragged", "stray"):
        one, other = (
            [value for records in found for value in getattr(records, name).tolist()] for found in (whole, pieces)
        )
        assert one == other, name


def test_records_of_a_file_worked_by_hand():
    content = b'a,b\n1,2\n\r\n"x\ny",3\n4\n5,6,7\n8,9,,\n"q"r,1\n"open,\n'
    layout = CsvLayout(delimiter=",", width=2, header_lines=1)
    found, _, rest = records_of([content], layout)
    assert found.line.tolist() == [2, 3, 4, 6, 7, 8, 9]
    assert found.cells.tolist() == [2, 1, 2, 1, 3, 4, 2]
    assert found.blank.tolist() == [False, True, False, False, False, False, False]
    assert found.ragged.tolist() == [False, False, False, True, True, False, False]
    assert found.stray.tolist() == [False, False, False, False, False, False, True]
    assert (rest.first, rest.line.tolist(), rest.stray.tolist()) == (7, [10], [True])
    shape = shape_of(records_of([content], layout))
    assert shape.blank.tolist() == [1]
    assert (shape.ragged.record, shape.ragged.line, shape.ragged.cells) == (3, 6, 1)
    assert (shape.stray.record, shape.stray.line) == (6, 9)
    assert lines_at(records_of([content], layout), [0, 2, 5]) == [2, 4, 8]
