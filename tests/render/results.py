"""Answers that Hypothesis makes: any text that data may hold, any number, any shape that the types allow."""

from __future__ import annotations

from hypothesis import strategies as st

from losscli.result import Chart, Check, Column, Curve, Kind, Notice, Result, Section, Sentence, Status, Table, Value

NASTY = (
    "",
    " ",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x9b31m",
    "\r\n\t\x00\x7f\x85",
    "\u202egnp.exe\u2066",
    "\u2028\u200b\ufeff\U000e0041",
    "\ud800 \udfff",
    "a|b\\|c",
    "{file} {0} {x.__class__} {x!r:>9}",
    "[bold]x[/] [link=http://a]b[/link] :smile:",
    "<b>&amp;<!-- x --> <script>alert(1)</script>",
    "[a](http://b) ![c](d) **e** _f_ `g` ~~h~~ https://i.j www.k.l",
    "# 1. - + > ===",
    "1) x",
    '=HYPERLINK("http://a")',
    "-1+2",
    "@SUM(1)",
    '"quoted", with commas',
    "größe σ ½ 日本語 🙂",
    "x" * 200,
)

texts = st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=()), max_size=30)
numbers = st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from([0.0, -0.0, 0.1, 1.0, 53.85, 2900.22, 1e15])
pairs = st.none() | st.tuples(numbers, numbers)

RAW = {
    Kind.TEXT: st.none() | texts | st.booleans(),
    Kind.WORDS: st.none() | texts,
    Kind.COUNT: st.none() | st.integers(0, 10**18),
    Kind.PLACE: st.none() | st.integers(1, 10**18),
    Kind.NUMBER: st.none() | numbers | st.integers(-(10**9), 10**9),
    Kind.SIGNED: st.none() | numbers,
    Kind.FRACTION: st.none() | numbers | st.floats(0, 1),
    Kind.SIGNED_FRACTION: st.none() | numbers | st.floats(-1, 1),
    Kind.P_VALUE: st.none() | st.floats(0, 1),
    Kind.INTERVAL: pairs,
    Kind.SIGNED_INTERVAL: pairs,
    Kind.SIGNED_FRACTION_INTERVAL: pairs,
    Kind.CONSTANT: pairs,
    Kind.FOREST: st.none() | st.tuples(numbers, numbers, numbers),
}
# a strategy of each kind, made once: flatmap makes one for every value, which takes more time than all tests beside it
VALUES = {kind: st.builds(Value, kind=st.just(kind), raw=raw) for kind, raw in RAW.items()}
RAW[Kind.ANY] = st.none() | st.one_of([VALUES[kind] for kind in VALUES if kind not in (Kind.TEXT, Kind.WORDS)])
VALUES[Kind.ANY] = st.builds(Value, kind=st.just(Kind.ANY), raw=RAW[Kind.ANY])
kinds = st.sampled_from(list(Kind))
values = st.one_of(list(VALUES.values()))
sentences = st.builds(
    Sentence,
    text=texts | st.just("{file} by {size}, {level} interval {interval} {unknown} {"),
    label=texts | st.just("bias"),
    values=st.dictionaries(st.sampled_from(["file", "size", "level", "interval"]), values),
    columns=st.just(()) | st.sampled_from([("c0",), ("c1", "c2")]),
)


@st.composite
def tables(draw: st.DrawFn, among: st.SearchStrategy[Kind] = kinds) -> Table:
    shape = draw(st.lists(st.tuples(among, texts, st.integers(0, 3)), max_size=7))
    columns = tuple(
        Column(key=f"c{index}", header=header, kind=kind, rank=rank) for index, (kind, header, rank) in enumerate(shape)
    )
    rows = st.lists(st.tuples(*(RAW[kind] for kind, _, _ in shape)), max_size=5)
    return Table(columns=columns, rows=tuple(draw(rows)))


@st.composite
def tidy(draw: st.DrawFn) -> tuple[dict[str, object], ...]:
    keys = draw(st.lists(texts, min_size=1, max_size=4, unique=True))
    cell = st.none() | st.booleans() | st.integers() | numbers | texts
    return tuple(draw(st.lists(st.fixed_dictionaries(dict.fromkeys(keys, cell)), max_size=4)))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)

above_zero = st.floats(min_value=0, exclude_min=True, allow_infinity=False)
curves = st.builds(
    Curve,
    name=texts,
    points=st.lists(st.tuples(above_zero, above_zero), max_size=4).map(lambda each: tuple(sorted(each))),
)
charts = st.builds(Chart, x=sentences, y=sentences, curves=st.lists(curves, max_size=10).map(tuple))
sections = st.builds(
    Section,
    title=texts,
    table=st.none() | tables(),
    chart=st.none() | charts,
    sentences=st.lists(sentences, max_size=3).map(tuple),
)
checks = st.builds(
    Check,
    name=texts,
    limit=texts,
    value=st.none() | values,
    ci=st.none() | values,
    status=st.sampled_from(list(Status)),
    message=sentences,
)
results = st.builds(
    Result,
    schema=st.just("losscli.eval/1"),
    payload=st.fixed_dictionaries({"version": st.just("0.1.0"), "models": json_values}),
    records=tidy(),
    heading=sentences,
    sections=st.lists(sections, max_size=2).map(tuple),
    notices=st.lists(
        st.builds(Notice, code=st.just("a-code"), message=sentences, hint=st.none() | texts), max_size=2
    ).map(tuple),
    signature=texts,
    checks=st.lists(checks, max_size=13).map(tuple),
)
