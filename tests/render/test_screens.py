"""One whole answer in every format, as files to look at, and what the terminal does with its width."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from render.example import EVAL

from losscli.errors import UsageError
from losscli.render import RENDERERS, Style, choose, for_path, notes, render
from losscli.result import Column, Kind, Result, Section, Sentence, Table, Value, notice

EXPECTED = Path(__file__).parent / "expected"

SCREENS = [
    ("terminal-120.txt", "table", Style(width=120, grouped=True)),
    ("terminal-80.txt", "table", Style(width=80, grouped=True)),
    ("terminal-50.txt", "table", Style(width=50, grouped=True)),
    ("pipe.txt", "table", Style()),
    ("ascii.txt", "table", Style(width=100, unicode=False)),
    ("answer.md", "markdown", Style()),
    ("answer.csv", "csv", Style()),
    ("answer.json", "json", Style()),
]


@pytest.mark.parametrize(("file", "name", "style"), SCREENS)
def test_screen(file, name, style):
    assert render(EVAL, name, style) == (EXPECTED / file).read_text(encoding="utf-8")


def test_colour():
    lines = render(EVAL, "table", Style(width=80, color=True)).split("\n")
    assert lines[2] == "\x1b[1mridge\x1b[0m"
    assert lines[3].startswith("  \x1b[1mloss    \x1b[0m   \x1b[1m ")
    assert lines[4].startswith("  \x1b[36mmse     \x1b[0m   2900.22  ")
    assert lines[5].endswith("\x1b[2m          n/a\x1b[0m")
    assert lines[14].startswith("\x1b[33m  note: \x1b[0mδ = 1 is")
    assert lines[15] == "\x1b[2m  hint: \x1b[0mhuber:delta=57 would be 1.345 robust σ"
    assert lines[17].startswith("\x1b[2mlosscli 0.1.0")


@pytest.mark.parametrize("name", RENDERERS)
@pytest.mark.parametrize("color", [False, True])
def test_the_environment_changes_nothing(name, color, monkeypatch):
    style = Style(width=80, color=color)
    before = render(EVAL, name, style)
    for variable, value in (("FORCE_COLOR", "1"), ("COLUMNS", "20"), ("TERM", "dumb"), ("NO_COLOR", "1")):
        monkeypatch.setenv(variable, value)
    assert render(EVAL, name, style) == before


def test_sentences_without_a_label_start_where_the_table_does():
    said = Sentence(text="they cannot be told apart")
    text = render(only(Section(table=WORDS, sentences=(said,))), "table", Style(width=80))
    assert text.split("\n")[-2] == "  they cannot be told apart"


WORDS = Table(
    columns=(
        Column(key="name", header="name", kind=Kind.TEXT),
        Column(key="size", header="size", kind=Kind.NUMBER, rank=1),
        Column(key="summary", header="summary", kind=Kind.TEXT),
    ),
    rows=(("mse", 1.0, "The mean of the squared errors, which punishes large errors most."),),
)


def only(section):
    return Result(schema="s/1", payload={}, records=(), heading=Sentence(text="h"), sections=(section,))


def test_tables_of_the_same_columns_line_up():
    other = replace(WORDS, rows=(("pseudo_huber", 12.5, "short"),))
    sections = (Section(title="a", table=WORDS), Section(title="b", table=other))
    text = render(replace(only(sections[0]), sections=sections), "table", Style())
    assert text.split("\n")[2:-1] == [
        "a",
        "  name           size   summary",
        "  mse             1.0   The mean of the squared errors, which punishes large errors most.",
        "",
        "b",
        "  name           size   summary",
        "  pseudo_huber   12.5   short",
    ]


def test_text_wraps_in_its_cell():
    assert render(only(Section(table=WORDS)), "table", Style(width=50)).split("\n")[2:-1] == [
        "  name   size   summary",
        "  mse       1   The mean of the squared errors,",
        "                which punishes large errors most.",
    ]


def test_a_column_goes_before_text_gets_narrow():
    assert render(only(Section(table=WORDS)), "table", Style(width=42)).split("\n")[2:-1] == [
        "  name   summary",
        "  mse    The mean of the squared errors,",
        "         which punishes large errors most.",
    ]


def told(columns, cells, sentences, width):
    """The lines of a table of numbers, by their keys and ranks, and the sentences that explain some of them."""
    table = Table(
        columns=tuple(Column(key=key, header=key, kind=Kind.COUNT, rank=rank) for key, rank in columns.items()),
        rows=(cells,),
    )
    result = Result(
        schema="losscli.eval/1",
        payload={},
        records=(),
        heading=Sentence(text="x"),
        sections=(Section(table=table, sentences=sentences),),
    )
    return render(result, "table", Style(width=width)).split("\n")[2:]


def test_a_narrow_column_comes_back_where_a_wide_one_went():
    columns = {"loss": 0, "interval_of_it": 1, "p": 2, "rows_won": 3}
    cells = (1, 2, 3, 4)
    assert told(columns, cells, (), 30)[0].split() == ["loss", "interval_of_it", "p"]
    assert told(columns, cells, (), 21)[0].split() == ["loss", "p", "rows_won"]
    assert told(columns, cells, (), 20)[0].split() == ["loss", "p"]
    assert told(columns, cells, (), 9)[0].split() == ["loss"]


def test_columns_of_one_rank_stay_or_go_together():
    columns = {"number": 0, "mse": 1, "gradient": 1, "mae": 2}
    assert told(columns, (1, 2, 3, 4), (), 25)[0].split() == ["number", "mse", "gradient"]
    assert told(columns, (1, 2, 3, 4), (), 24)[0].split() == ["number", "mae"]


def test_what_explains_a_column_goes_with_it():
    sentences = (Sentence(text="of p", columns=("p",)), Sentence(text="of either", columns=("p", "q")))
    columns = {"loss": 0, "q": 1, "p": 2}
    assert told(columns, (1, 2, 3), sentences, 80)[3:5] == ["  of p", "  of either"]
    assert told(columns, (1, 2, 3), sentences, 11)[3:] == ["  of either", ""]
    assert told(columns, (1, 2, 3), sentences, 7)[2:] == [""]


def test_the_number_of_a_line_is_a_name():
    columns = (Column(key="line", header="line", kind=Kind.PLACE), Column(key="n", header="n", kind=Kind.COUNT))
    table = Table(columns=columns, rows=((1551, 1551), (7, 7)))
    result = Result(
        schema="losscli.eval/1", payload={}, records=(), heading=Sentence(text="x"), sections=(Section(table=table),)
    )
    assert render(result, "table", Style(grouped=True)).split("\n")[3:5] == ["  1551   1\u202f551", "     7       7"]


@pytest.mark.parametrize("name", ["table", "markdown", "notes"])
def test_notices_that_share_a_hint_show_it_once(name):
    shared, own = (
        [notice("a", "first of all", "do this"), notice("b", "between"), notice("c", "last of all", "do this")],
        [notice("d", "by itself", "do that")],
    )
    result = Result(
        schema="losscli.eval/1",
        payload={},
        records=(),
        heading=Sentence(text="x"),
        sections=(),
        notices=(*shared, *own),
    )
    text = notes(result, Style()) if name == "notes" else render(result, name, Style())
    assert (text.count("do this"), text.count("do that")) == (1, 1)
    assert text.index("last of all") < text.index("do this") < text.index("by itself")


def test_a_word_without_spaces_is_cut_across_lines():
    rows = (("x" * 30, 1.0, ""),)
    assert render(only(Section(table=replace(WORDS, rows=rows))), "table", Style(width=30)).split("\n")[3:-1] == [
        "  " + "x" * 18,
        "  " + "x" * 12,
    ]


def test_a_number_stays_with_its_percent_sign():
    said = Sentence(text="fourteen chars {x}", values={"x": Value(kind=Kind.FRACTION, raw=0.459)})
    text = render(only(Section(sentences=(said,))), "table", Style(width=22))
    assert text.split("\n")[2:-1] == ["  fourteen chars", "  45.9 %"]


def test_wide_characters_take_two_cells():
    rows = (("日本語", 1.0, "a"), ("abcdef", 2.0, "b"))
    lines = render(only(Section(table=replace(WORDS, rows=rows))), "table", Style()).split("\n")
    assert lines[3:-1] == ["  日本語      1   a", "  abcdef      2   b"]


def test_markup_of_rich_is_text():
    text = render(only(Section(title="[bold]x[/] :smile:")), "table", Style(color=True))
    assert "\x1b[1m[bold]x[/] :smile:\x1b[0m" in text


@pytest.mark.parametrize(
    ("path", "name"),
    [("a.json", "json"), ("b/a.CSV", "csv"), ("a.md", "markdown"), ("a.markdown", "markdown"), ("a.b.txt", "table")],
)
def test_suffix(path, name):
    assert for_path(path).name == name


@pytest.mark.parametrize("path", ["a.xlsx", "json", "/dev/stderr", ".json"])
def test_unknown_suffix(path):
    with pytest.raises(UsageError, match="names no format") as caught:
        for_path(path)
    assert "table, json, csv, markdown" in caught.value.hint


def test_unknown_format():
    with pytest.raises(UsageError, match=r"there is no format 'a\\x1bb'"):
        choose("a\x1bb")


def test_every_record_is_found_by_its_name_and_its_suffixes():
    for name, renderer in RENDERERS.items():
        assert choose(name) is renderer
        assert all(for_path("x" + suffix) is renderer for suffix in renderer.suffixes)


HEADING = "preds.csv · 4 rows"
ASIDE = "change with --task"


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (None, [f"{HEADING}   {ASIDE}"]),
        (39, [f"{HEADING}   {ASIDE}"]),
        (38, [HEADING, ASIDE]),
        (60, [f"{HEADING}{ASIDE:>42}"]),
        (200, [f"{HEADING}{ASIDE:>102}"]),
    ],
)
def test_how_to_change_what_was_decided_stands_on_the_right(width, expected):
    result = Result(schema="s/1", payload={}, records=(), heading=Sentence(text=HEADING), sections=(), aside=ASIDE)
    assert render(result, "table", Style(width=width)).splitlines() == expected
    assert render(result, "markdown", Style()).splitlines() == [f"### {HEADING}", "", f"<sub>{ASIDE}</sub>"]
    assert "aside" not in render(result, "json", Style())
