"""Labels of classes: one number for every spelling of a label, in every form of data."""

import gzip
import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from losscli.engine.files.block import ColumnType
from losscli.engine.files.cell_error import cell_error
from losscli.engine.files.labels import label_text
from losscli.engine.files.open_source import open_source
from losscli.engine.files.scan_where import parse_condition
from losscli.errors import InputError

NAN = np.nan
MANY = 150_000  # three blocks


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def numbers_of(source, labels, column="label", **options):
    """Return the number of each label of a column in one list."""
    blocks = source.blocks([column], labels={column: labels}, **options)
    return [value for block in blocks for value in block.columns[column].tolist()]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("cat", "cat"),
        (" cat\t", "cat"),
        ("big cat", "big cat"),
        ("Cat", "Cat"),
        ("3", "3"),
        ("3.0", "3"),
        ("3.", "3"),
        ("3.000", "3"),
        ("+3", "3"),
        ("-3.0", "-3"),
        ("0.0", "0"),
        ("-0.0", "0"),
        ("007", "007"),
        ("007.0", "007"),
        ("0.50", "0.50"),
        ("1e5", "1e5"),
        ("3.0a", "3.0a"),
        ("+", "+"),
        ("٣", "٣"),
        ("True", "true"),
        ("TRUE", "true"),
        ("fAlse", "false"),
        ("truest", "truest"),
        ("Yes", "Yes"),
        ("", ""),
    ],
)
def test_labels_compare_as_text(text, label):
    assert label_text(text) == label


def test_labels_of_csv(tmp_path):
    path = write(tmp_path / "p.csv", 'label,n\ncat,1\n dog ,2\n"cat",3\n"a,""b\n",4\n,5\n"",6\n -,7\nnan,8\nbird,9\n')
    source = open_source(path, null_values=["-"])
    assert source.columns[0].type is ColumnType.TEXT
    found = [0.0, 1.0, 0.0, 2.0, NAN, NAN, NAN, NAN, -1.0]
    assert np.array_equal(numbers_of(source, ["cat", "dog", 'a,"b']), found, equal_nan=True)
    assert source.distinct("label") == ("cat", "dog", 'a,"b', "bird")


FLAGS = ([True, False, None, True], ["true", "false"], [0.0, 1.0, NAN, 0.0])
INTEGERS = ([3, 1, None, 3], ["3", "1"], [0.0, 1.0, NAN, 0.0])
TEXTS = (["a", "3.0", None, "a"], ["a", "3"], [0.0, 1.0, NAN, 0.0])
COLUMNS = [
    *[(pl.Series(INTEGERS[0]).cast(kind), *INTEGERS[1:]) for kind in (pl.Int8, pl.UInt64, pl.Float16, pl.Float32)],
    *[(pl.Series(INTEGERS[0]).cast(kind), *INTEGERS[1:]) for kind in (pl.Float64, pl.Decimal(10, 2), pl.String)],
    (pl.Series([2.0**53, 1e22]), [str(2**53), str(10**22)], [0.0, 1.0]),
    (pl.Series([0.5, NAN, -0.0]), ["0", "0.5"], [1.0, NAN, 0.0]),
    (pl.Series(FLAGS[0]), *FLAGS[1:]),
    (pl.Series(TEXTS[0]), *TEXTS[1:]),
    (pl.Series(TEXTS[0], dtype=pl.Categorical), *TEXTS[1:]),
    (pl.Series(TEXTS[0], dtype=pl.Enum(["3.0", "a", "never"])), *TEXTS[1:]),
]


@pytest.mark.parametrize(("column", "labels", "found"), COLUMNS, ids=lambda value: str(getattr(value, "dtype", "")))
def test_every_type_of_parquet_holds_labels(tmp_path, column, labels, found):
    frame = pl.DataFrame({"label": column})
    frame.write_parquet(tmp_path / "p.parquet")
    for given_data in (tmp_path / "p.parquet", frame, frame.lazy()):
        source = open_source(given_data)
        assert np.array_equal(numbers_of(source, labels), found, equal_nan=True)
        assert set(source.distinct("label")) == set(labels)


@pytest.mark.parametrize(
    ("column", "labels", "found"),
    [
        (pd.Series(["a", None, "b"], dtype=object), ["b", "a"], [1.0, NAN, 0.0]),
        (pd.Series(["a", None, "b"], dtype="str"), ["b", "a"], [1.0, NAN, 0.0]),
        (pd.Series(["a", None, "b"], dtype="category"), ["b", "a"], [1.0, NAN, 0.0]),
        (pd.Series([3, 1, 3], dtype="category"), ["3", "1"], [0.0, 1.0, 0.0]),
        (pd.Series([True, False], dtype="category"), ["false", "true"], [1.0, 0.0]),
        (pd.Series([True, None, False], dtype=object), ["false", "true"], [1.0, NAN, 0.0]),
        (np.array([np.True_, None, np.False_], dtype=object), ["false", "true"], [1.0, NAN, 0.0]),
        (pd.Series([True, None, False], dtype="boolean"), ["false", "true"], [1.0, NAN, 0.0]),
        (pd.Series([3, None, 1], dtype="Int64"), ["3", "1"], [0.0, NAN, 1.0]),
        (pd.Series([3, None, 1]), ["3", "1"], [0.0, NAN, 1.0]),
        (pd.Series([3, "a", None], dtype=object), ["3", "a"], [0.0, 1.0, NAN]),
        (np.array(["a", "b"]), ["b", "a"], [1.0, 0.0]),
        (np.array(["b", None, "a"], dtype=object), ["b", "a"], [0.0, NAN, 1.0]),
        (np.array([True, False]), ["false", "true"], [1.0, 0.0]),
        (np.array([3, 1], dtype=np.uint8), ["3", "1"], [0.0, 1.0]),
        (["a", "b"], ["b", "a"], [1.0, 0.0]),
        ([True, False], ["false", "true"], [1.0, 0.0]),
        ((3, 1), ["3", "1"], [0.0, 1.0]),
    ],
    ids=lambda value: f"{type(value).__name__}-{getattr(value, 'dtype', '')}",
)
def test_frames_and_arrays_hold_labels(column, labels, found):
    given_data = pd.DataFrame({"label": column}) if isinstance(column, pd.Series) else {"label": column}
    source = open_source(given_data)
    assert np.array_equal(numbers_of(source, labels), found, equal_nan=True)
    assert set(source.distinct("label")) == set(labels)


MOMENTS = np.array(["2024-01-01T03", "2024-01-01T03:00:00.5", "NaT", "1969-12-31T23:59"], "datetime64[us]")
SPELLED_MOMENTS = ("2024-01-01 03:00:00", "2024-01-01 03:00:00.500", "1969-12-31 23:59:00")


@pytest.mark.parametrize(
    ("values", "kinds", "labels"),
    [
        (MOMENTS, [pl.Datetime("ms"), pl.Datetime("us"), pl.Datetime("ns")], SPELLED_MOMENTS),
        (
            MOMENTS,
            [pl.Datetime("ms", "UTC"), pl.Datetime("ns", "UTC")],
            tuple(f"{moment}+00:00" for moment in SPELLED_MOMENTS),
        ),
        (
            [1.5, None, 2.0, 0.0, 100.0, -0.25],
            [pl.Float32, pl.Float64, pl.Decimal(6, 2), pl.Decimal(20, 6)],
            ("1.5", "2", "0", "100", "-0.25"),
        ),
        ([200, None, 0], [pl.Int16, pl.UInt64, pl.Float64, pl.Decimal(6, 0), pl.Decimal(6, 1)], ("200", "0")),
    ],
    ids=["times", "times of a zone", "numbers", "integers"],
)
def test_a_value_is_the_same_label_whatever_type_holds_it(values, kinds, labels):
    for kind in kinds:
        source = open_source(pl.DataFrame({"label": values}).with_columns(pl.col("label").cast(kind)))
        assert source.distinct("label") == labels
        numbers = numbers_of(source, labels)
        assert [number for number in numbers if not math.isnan(number)] == list(range(len(labels)))


def test_known_labels_compare_as_text_too_and_the_first_of_two_alike_counts():
    source = open_source({"label": ["1", "True"]})
    assert numbers_of(source, ["0.0", "1.0", "1", "TRUE"]) == [1.0, 3.0]
    assert numbers_of(source, []) == [-1.0, -1.0]


def test_a_text_column_of_labels_is_no_column_of_words(tmp_path):
    path = write(tmp_path / "p.csv", "p,label\n1,a\n\n 2,\n3 ,b\n")
    source = open_source(path)
    (block,) = source.blocks(["label", "p"], labels={"label": ["a", "b"], "elsewhere": ["c"]})
    assert block.columns["p"].tolist() == [1.0, 2.0, 3.0]
    assert np.array_equal(block.columns["label"], [0.0, NAN, 1.0], equal_nan=True)
    assert block.rows.tolist() == [0, 2, 3]


def test_unknown_and_missing_labels_are_found_with_their_text(tmp_path):
    path = write(tmp_path / "p.csv", "label,n\na,1\n Emu,2\n,3\nemu ,4\n")
    source = open_source(path)
    labels = {"label": ["a"]}
    count, cells = source.first_cells("label", lambda numbers: numbers == -1, labels=labels)
    error = cell_error("label", count, cells, f"no class {cells[0].text.strip()!r}")
    assert error.message == f"{path}:3: column 'label': no class 'Emu' (and 1 more, line 5)"
    assert [cell.text for cell in cells] == [" Emu", "emu "]
    count, cells = source.first_cells("label", np.isnan, labels=labels)
    assert (count, [cell.where for cell in cells]) == (1, [f"{path}:4"])


def test_different_labels_come_in_order_of_first_appearance_over_all_parts(tmp_path):
    write(tmp_path / "a.csv", "label,n\n" + "b,1\n" * 70_000 + "c,1\n")
    write(tmp_path / "b.csv.gz", gzip.compress(b"n,label\n1,a\n2,b\n3,\n"))
    assert open_source(tmp_path).distinct("label", limit=3) == ("b", "c", "a")


def test_too_many_different_labels():
    source = open_source({"y": np.arange(1001.0) / 7, "label": np.arange(1001) % 1000})
    assert len(source.distinct("label")) == 1000
    with pytest.raises(InputError) as raised:
        source.distinct("y")
    assert raised.value.message == "columns: column 'y' has more than 1000 different labels"
    assert raised.value.hint == "is it a column of classes?"


@pytest.mark.parametrize("ask", [lambda source: source.distinct("label"), lambda source: numbers_of(source, ["a"])])
def test_columns_that_hold_no_labels(ask):
    for values, holds in ((pl.Series([0]).cast(pl.Duration), "times"), (pl.Series([["a"]]), "lists of text")):
        with pytest.raises(InputError, match=f"^DataFrame: column 'label' holds {holds}, not labels$"):
            ask(open_source(pl.DataFrame({"label": values})))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("n,label\n1,a\n2\n", ":3: 1 cell where the header has 2"),
        ("n,label\n1,a\n2,a,b\n", ":3: 3 cells where the header has 2"),
        ('n,label\n1,"a\n2,b\n', ":2: a quotation mark stands inside a cell, or has no partner"),
        ("p,label\nx,a\n2,b\n3,c\n", ":2: column 'p': expected a number, got 'x'"),
    ],
)
def test_what_else_is_wrong_is_said_beside_labels(tmp_path, text, message):
    path = write(tmp_path / "p.csv", text)
    source = open_source(path)
    with pytest.raises(InputError) as raised:
        list(source.blocks([column.name for column in source.columns], labels={"label": ["a", "b", "c"]}))
    assert raised.value.message == f"{path}{message}"


def test_different_labels_of_a_file_with_a_stray_quotation_mark(tmp_path):
    path = write(tmp_path / "p.csv", 'n,label\n1,"a\n2,b\n')
    with pytest.raises(InputError, match=":2: a quotation mark stands inside a cell"):
        open_source(path).distinct("label")


def test_many_rows_in_every_form_have_the_same_labels(tmp_path):
    labels = ["ant", "bee", "cat", "7"]
    numbers = np.random.default_rng(5).integers(0, 4, MANY)
    texts = [labels[number] for number in numbers]
    frame = pl.DataFrame({"label": texts, "n": numbers})
    frame.write_parquet(tmp_path / "p.parquet", row_group_size=1_000)
    frame.write_csv(tmp_path / "p.csv")
    write(tmp_path / "p.csv.gz", gzip.compress((tmp_path / "p.csv").read_bytes(), 1))
    category = frame.with_columns(pl.col("label").cast(pl.Categorical))
    for name in ("p.parquet", "p.csv", "p.csv.gz"):
        assert numbers_of(open_source(tmp_path / name), labels) == numbers.tolist()
    for given_data in (frame, category, frame.to_pandas(), category.to_pandas(), {"label": texts}):
        assert numbers_of(open_source(given_data), labels) == numbers.tolist()


def test_a_thousand_class_columns_of_csv(tmp_path):
    values = np.random.default_rng(6).random((600, 1000))
    names = [f"prob_{number}" for number in range(1000)]
    frame = pl.DataFrame(values, schema=names).with_columns(label=pl.arange(0, 600) % 7)
    frame.write_csv(tmp_path / "p.csv")
    frame.write_parquet(tmp_path / "p.parquet")
    for name in ("p.csv", "p.parquet"):
        source = open_source(tmp_path / name)
        known = source.distinct("label")
        blocks = list(source.blocks([*names, "label"], labels={"label": known}, block_rows=256))
        assert [len(block.columns["label"]) for block in blocks] == [256, 256, 88]
        assert [block.first_row for block in blocks] == [0, 256, 512]
        assert np.array_equal([np.concatenate([block.columns[key] for block in blocks]) for key in names], values.T)
        assert np.concatenate([block.columns["label"] for block in blocks]).tolist() == [row % 7 for row in range(600)]


words = st.text(st.characters(codec="utf-8", include_characters="\n,", exclude_categories=["Cs", "Cc"]), max_size=4)
odd_texts = st.sampled_from(["3", "3.0", "-0.0", "TRUE", "true", "nan", "NA", " a ", "a", "", '"', "+1"])
rows = st.one_of(
    st.lists(st.none() | words | odd_texts, min_size=1, max_size=12),
    st.lists(st.none() | st.booleans(), min_size=1, max_size=12),
    st.lists(st.none() | st.integers(-(2**53), 2**53), min_size=1, max_size=12),
    st.lists(st.none() | st.integers(-300, 300).map(lambda n: n / 4), min_size=1, max_size=12),
)


def csv_of(values, data):
    """Return a CSV file of labels, each written in one of the ways that mean the same."""
    lines = ["n,label"]
    for number, value in enumerate(values):
        text = "" if value is None else str(value)
        quoted = '"' + text.replace('"', '""') + '"'
        ways = [quoted, f'" {quoted[1:]}']
        if not set('",\n') & set(text):
            ways += [text, f" {text}  "]
        if isinstance(value, bool):
            ways += [text.upper(), text.lower()]
        elif isinstance(value, int):
            ways += [f"{text}.0", f"{text}."]
        lines.append(f"{number},{data.draw(st.sampled_from(ways))}")
    return "\n".join(lines).encode()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=rows, block_rows=st.sampled_from([1, 3, 65_536]), data=st.data())
def test_the_same_labels_come_in_the_same_blocks_in_every_form(tmp_path, values, block_rows, data):
    frame = pl.DataFrame({"n": range(len(values)), "label": pl.Series(values, strict=True)})
    frame.write_parquet(tmp_path / "p.parquet")
    content = csv_of(values, data)
    write(tmp_path / "p.csv", content)
    write(tmp_path / "p.csv.gz", gzip.compress(content, 1))
    forms = [tmp_path / "p.parquet", tmp_path / "p.csv", tmp_path / "p.csv.gz", frame, frame.lazy(), frame.to_pandas()]
    forms += [{"n": range(len(values)), "label": values}]
    readings = []
    for given_data in forms:
        source = open_source(given_data, null_values=["NA"], block_rows=block_rows)
        known = source.distinct("label")
        blocks = source.blocks(["label", "n"], labels={"label": known[::2]})
        numbers = [(block.first_row, block.columns["label"].tolist()) for block in blocks]
        readings.append((known, str(numbers)))
    assert readings == [readings[0]] * len(forms)


LATIN = 'id,n\né,1\n\n"é\n",2\nü,3\n'.encode("latin-1")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (LATIN, 2),
        (gzip.compress(LATIN, mtime=0), 2),
        ("id,n\né,1\nx,2\nü".encode()[:-1] + b",3\n", 4),
        ("id\né\nü".encode()[:-1], 3),
    ],
)
def test_cells_that_are_not_utf8_are_neither_labels_nor_keys(tmp_path, content, line):
    source = open_source(write(tmp_path / "old.csv", content))
    message = rf"old\.csv:{line}: bytes that are not UTF-8: different cells of column 'id' would look alike"
    with pytest.raises(InputError, match=message) as error:
        source.distinct("id")
    assert "iconv" in error.value.hint
    with pytest.raises(InputError, match=message):
        source.parts[0].keys(["id"])


def stored(data):
    """Return up to 255 bytes as a zstd frame of one raw block (RFC 8878, 3.1.1)."""
    return b"\x28\xb5\x2f\xfd\x20" + bytes([len(data)]) + ((len(data) << 3) + 1).to_bytes(3, "little") + data


def test_nor_are_they_where_polars_unpacks_the_file(tmp_path):
    source = open_source(write(tmp_path / "old.csv.zst", stored(LATIN)))
    with pytest.raises(InputError, match=r"old\.csv\.zst:2: bytes that are not UTF-8: different cells of column 'id'"):
        source.distinct("id")
    assert source.distinct("n") == ("1", "2", "3")
    proper = open_source(write(tmp_path / "new.csv.zst", stored("id,n\n\ufffd,1\nü,2\n".encode())))
    assert proper.distinct("id") == ("\ufffd", "ü")


@pytest.mark.parametrize("pack", [bytes, lambda data: gzip.compress(data, mtime=0), stored])
def test_nor_are_they_compared_with_the_letters_of_a_condition(tmp_path, pack):
    content = "id,größe\né,1\nx,2\n".encode("latin-1")

    def restrict(text):
        source = open_source(write(tmp_path / "old.csv", pack(content)))
        source.restrict(parse_condition(text))
        return source.distinct("id")

    with pytest.raises(InputError, match=r"old\.csv:1: bytes that are not UTF-8: different cells of column 'id'"):
        restrict("id <> 'ü'")
    assert restrict("id = 'x'") == ("x",)


def test_names_of_columns_that_are_not_utf8(tmp_path):
    source = open_source(write(tmp_path / "old.csv", "größe,ä,ö\n1,2,3\n".encode("latin-1")))
    with pytest.raises(InputError, match="there is no column 'größe', and the header line is not UTF-8") as error:
        source.require(["größe"])
    assert "iconv -f windows-1252" in error.value.hint
    with pytest.raises(InputError, match=r"column '.' stands twice \(columns 2 and 3\)") as error:
        source.require(["\ufffd"])
    assert error.value.hint.startswith("their letters are not UTF-8: save it as UTF-8")
    with pytest.raises(InputError, match="there is no column 'z'\n") as error:
        source.require(["z"])  # no letter of it can be one that was lost
    assert error.value.hint.startswith("the columns are 'gr\ufffd\ufffde'")


def test_the_replacement_character_itself_is_a_label_and_other_columns_need_not_be_utf8(tmp_path):
    proper = open_source(write(tmp_path / "new.csv", "id,n\n\ufffd,1\nü,2\n"))
    assert proper.distinct("id") == ("\ufffd", "ü")
    assert len(proper.parts[0].keys(["id"])) == 2
    assert open_source(write(tmp_path / "old.csv", LATIN)).distinct("n") == ("1", "2", "3")
