"""What every renderer owes to every answer, whatever the data are called and whatever the numbers are."""

from __future__ import annotations

import csv
import json
import math
import re
import unicodedata
from io import StringIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace
from render.results import NASTY, RAW, results, tables, texts
from rich.cells import cell_len

from losscli.render import RENDERERS, Style, render
from losscli.render.numbers import write_column
from losscli.render.sentences import fill
from losscli.result import Chart, Column, Curve, Kind, Result, Section, Sentence, Table, Value

plain_styles = st.builds(
    Style,
    width=st.none() | st.integers(1, 200),
    color=st.just(value=False),
    unicode=st.booleans(),
    grouped=st.booleans(),
)
every_format = pytest.mark.parametrize("name", RENDERERS)
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

SGR = re.compile(r"\x1b\[[0-9;]*m")
STEERING = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@every_format
@few
@given(result=results, style=plain_styles)
def test_text_that_steers_no_terminal_and_ends_in_a_line_break(name, result, style):
    text = render(result, name, style)
    assert text.endswith("\n")
    assert {character for character in text if unicodedata.category(character) in STEERING} <= {"\n"}
    assert render(result, name, style) == text
    assert name == "csv" or all(not line.endswith(" ") for line in text.split("\n"))
    text.encode("utf-8")


@every_format
@few
@given(result=results, style=plain_styles)
def test_colour_adds_nothing_but_colour_and_ascii_is_ascii(name, result, style):
    assert SGR.sub("", render(result, name, replace(style, color=True))) == render(result, name, style)
    assert render(result, name, replace(style, unicode=False)).isascii()


def as_json(value):
    """What JSON keeps of a raw value; two lone surrogates side by side are one character to JSON."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else {math.inf: "inf", -math.inf: "-inf"}[value]
    if isinstance(value, dict):
        return {as_json(key): as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, list) else value


@few
@given(result=results, style=plain_styles)
def test_json_reads_back(result, style):
    answer = json.loads(render(result, "json", style))
    assert answer["schema"] == result.schema
    assert answer["models"] == as_json(result.payload["models"])
    assert answer["signature"] == as_json(result.signature)
    assert [(notice["code"], notice["hint"]) for notice in answer["notices"]] == [
        (notice.code, as_json(notice.hint)) for notice in result.notices
    ]


def readable(text):
    """What CSV keeps of a text: characters that steer become escapes, what begins a formula a quote, "-" none."""
    shown = "".join(
        character.encode("unicode_escape", "surrogatepass").decode()
        if unicodedata.category(character) in STEERING
        else character
        for character in text
    )
    return "'" + shown if text[:1] in {"=", "+", "-", "@", "\t", "\r"} and text != "-" else shown


@few
@given(result=results)
def test_csv_reads_back(result):
    header, *lines = csv.reader(StringIO(render(result, "csv", Style()))) if result.records else [[]]
    assert header == [readable(key) for key in (result.records[0] if result.records else ())]
    assert len(lines) == len(result.records)
    for line, record in zip(lines, result.records, strict=True):
        for cell, value in zip(line, record.values(), strict=True):
            if value is None or (isinstance(value, float) and math.isnan(value)):
                assert cell == ""
            elif isinstance(value, bool):
                assert cell == {True: "true", False: "false"}[value]
            elif isinstance(value, str):
                assert cell == readable(value)
            else:
                assert type(value)(cell) == value


numeric_kinds = st.sampled_from([kind for kind in Kind if kind not in (Kind.TEXT, Kind.WORDS)])


@settings(max_examples=100, deadline=None)
@given(table=tables(numeric_kinds), grouped=st.booleans())
def test_a_narrow_terminal_loses_columns_but_never_a_digit(table, grouped):
    columns = tuple(
        replace(column, header=f"c{index}", rank=max(1, column.rank)) for index, column in enumerate(table.columns)
    )
    wide = Style(grouped=grouped)
    cells = {
        column.header: write_column(column.kind, [row[index] for row in table.rows], wide)
        for index, column in enumerate(columns)
    }
    if not columns:
        return
    rank_of = {column.header: column.rank for column in columns}
    least = min(rank_of.values())

    def ranks(headers):
        return {rank_of[header] for header in headers}

    shown = {}
    for width in (80, 120):
        text = render(bare(Table(columns=columns, rows=table.rows)), "table", replace(wide, width=width))
        header, *rows = text.rstrip("\n").split("\n")[2:]
        shown[width] = header.split()
        assert ranks(shown[width]) == {least} or cell_len(max(text.split("\n"), key=cell_len)) <= width
        for index, row in enumerate(rows):
            assert squeezed(row) == squeezed(" ".join(cells[name][index] for name in shown[width]))
        assert len(rows) == len(table.rows)
    narrow, wide_enough = ranks(shown[80]), ranks(shown[120])
    assert least in narrow & wide_enough
    # a narrow column may have to go again where a wide one of a lower rank fits, but not the other way round
    assert narrow == wide_enough or min(narrow ^ wide_enough) in wide_enough


def squeezed(text):
    return re.sub(" +", " ", text).strip(" ")


def bare(table):
    """An answer with nothing but a heading and one table."""
    return Result(
        schema="losscli.eval/1", payload={}, records=(), heading=Sentence(text="h"), sections=(Section(table=table),)
    )


INERT = {"text", "softbreak", "hardbreak", "strong_open", "strong_close"}


@settings(max_examples=100, deadline=None)
@given(name=texts)
def test_no_name_becomes_markup(name):
    value = {"x": Value(kind=Kind.TEXT, raw=name)}
    said = Sentence(text="{x}", values=value)
    table = Table(
        columns=(Column(key="a", header=name, kind=Kind.TEXT), Column(key="b", header="b", kind=Kind.NUMBER)),
        rows=((name, 1.0),),
    )
    result = Result(
        schema="s/1",
        payload={},
        records=(),
        heading=said,
        sections=(
            Section(title=name, table=table, sentences=(said, replace(said, label=name or "l"))),
            Section(chart=Chart(x=said, y=said, curves=(Curve(name=name, points=((1.0, 2.0),)),))),
        ),
        signature=name,
    )
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(render(result, "markdown", Style()))
    assert {token.type for token in tokens} <= {
        *("fence", "inline", "heading_open", "heading_close", "paragraph_open", "paragraph_close"),
        *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"),
        *(f"{part}_{end}" for part in ("table", "thead", "tbody", "tr", "th", "td") for end in ("open", "close")),
    }
    assert sum(token.type == "bullet_list_open" for token in tokens) == 1
    assert sum(token.type == "fence" for token in tokens) == 1
    assert sum(token.type in {"th_open", "td_open"} for token in tokens) == 4
    for token in tokens:
        for child in token.children or ():
            assert child.type in INERT or child.content in {"<sub>", "</sub>"}
    heading = next(token for token in tokens if token.type == "inline")
    assert "".join(child.content for child in heading.children) == fill(said, Style()).strip()


@every_format
@pytest.mark.parametrize("name_of_data", NASTY)
def test_each_nasty_name_in_each_place(name, name_of_data):
    said = Sentence(text="{x}", label=name_of_data, values={"x": Value(kind=Kind.TEXT, raw=name_of_data)})
    result = Result(
        schema="s/1",
        payload={name_of_data: name_of_data},
        records=({name_of_data: name_of_data},),
        heading=said,
        sections=(Section(title=name_of_data, sentences=(said,)),),
        signature=name_of_data,
    )
    for width in (None, 80, 20):
        text = render(result, name, Style(width=width))
        assert {character for character in text if unicodedata.category(character) in STEERING} <= {"\n"}


def test_every_kind_is_drawn():
    assert set(RAW) == set(Kind)
