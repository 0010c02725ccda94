"""How each kind of value is written, in a sentence and in a column: literal expectations."""

from __future__ import annotations

import math

import pytest

from losscli.render import Style
from losscli.render.numbers import write, write_column
from losscli.render.sentences import fill
from losscli.result import Kind, Sentence, Value

PLAIN = Style()
ASCII = Style(unicode=False)
GROUPED = Style(grouped=True)

IN_SENTENCES = [
    (Kind.NUMBER, 2900.2213412, "2900"),
    (Kind.NUMBER, 3.6484123, "3.648"),
    (Kind.NUMBER, 3.5, "3.5"),
    (Kind.NUMBER, 57, "57"),
    (Kind.NUMBER, 0.0, "0"),
    (Kind.NUMBER, -0.0, "0"),
    (Kind.NUMBER, 123456.7, "123457"),
    (Kind.NUMBER, -1.5, "−1.5"),
    (Kind.NUMBER, 1e-4, "0.0001"),
    (Kind.NUMBER, 1e-5, "1.000e−05"),
    (Kind.NUMBER, 1e15, "1.000e+15"),
    (Kind.NUMBER, 999999999999999.0, "999999999999999"),
    (Kind.NUMBER, math.inf, "inf"),
    (Kind.NUMBER, -math.inf, "−inf"),
    (Kind.NUMBER, math.nan, "n/a"),
    (Kind.NUMBER, None, "n/a"),
    (Kind.SIGNED, 3.6484123, "+3.648"),
    (Kind.SIGNED, -140, "−140"),
    (Kind.SIGNED, 0.0, "0"),
    (Kind.SIGNED, math.inf, "+inf"),
    (Kind.COUNT, 327346, "327346"),
    (Kind.COUNT, 0, "0"),
    (Kind.COUNT, None, "n/a"),
    (Kind.FRACTION, 0.45897, "45.9 %"),
    (Kind.FRACTION, 0.95, "95.0 %"),
    (Kind.FRACTION, 0.0, "0 %"),
    (Kind.FRACTION, 1.0, "100 %"),
    (Kind.FRACTION, 0.0004, "<0.1 %"),
    (Kind.FRACTION, 0.0005, "0.1 %"),
    (Kind.FRACTION, 0.9994, "99.9 %"),
    (Kind.FRACTION, 0.99951, ">99.9 %"),
    (Kind.FRACTION, -0.0001, ">−0.1 %"),
    (Kind.FRACTION, -12.345, "−1234.5 %"),
    (Kind.FRACTION, -1e20, "−1.0e+22 %"),
    (Kind.FRACTION, -math.inf, "−inf %"),
    (Kind.FRACTION, math.nan, "n/a"),
    (Kind.SIGNED_FRACTION, 0.02434, "+2.4 %"),
    (Kind.SIGNED_FRACTION, -0.031, "−3.1 %"),
    (Kind.SIGNED_FRACTION, 0.0001, "<+0.1 %"),
    (Kind.SIGNED_FRACTION, -0.0001, ">−0.1 %"),
    (Kind.SIGNED_FRACTION, 0.0, "0 %"),
    (Kind.SIGNED_FRACTION, 1.0, "+100 %"),
    (Kind.SIGNED_FRACTION, -1.0, "−100 %"),
    (Kind.P_VALUE, 0.63, "0.63"),
    (Kind.P_VALUE, 0.0161, "0.016"),
    (Kind.P_VALUE, 0.0009, "<0.001"),
    (Kind.P_VALUE, 0.0494, "0.049"),
    (Kind.P_VALUE, 0.0499, "<0.05"),
    (Kind.P_VALUE, 0.05, "0.050"),
    (Kind.P_VALUE, 0.0, "<0.001"),
    (Kind.P_VALUE, 0.9999, ">0.99"),
    (Kind.P_VALUE, 1.0, "1"),
    (Kind.INTERVAL, (2331.5122981, 3712.9376121), "2332 to 3713"),
    (Kind.INTERVAL, (0.27, 0.33), "0.270 to 0.330"),
    (Kind.INTERVAL, (0.2561234121, 0.2561234563), "0.256123412 to 0.256123456"),
    (Kind.INTERVAL, (2.0, 2.0), "2.000 to 2.000"),
    (Kind.INTERVAL, (0.0, 0.0), "0 to 0"),
    (Kind.INTERVAL, (-math.inf, 3.25), "−inf to 3.250"),
    (Kind.INTERVAL, (math.nan, 3.25), "n/a to 3.250"),
    (Kind.INTERVAL, (1e-7, 3e-7), "1.00e−07 to 3.00e−07"),
    (Kind.INTERVAL, None, "n/a"),
    (Kind.SIGNED_INTERVAL, (-6.4284, 13.7252), "−6.4 to +13.7"),
    (Kind.SIGNED_INTERVAL, (-1.31, -1.09), "−1.310 to −1.090"),
    (Kind.CONSTANT, (5360.5067, 149.9099), "5361 (149.9)"),
    (Kind.TEXT, "a\x1b[31m", "a\\x1b[31m"),
    (Kind.TEXT, True, "yes"),
    (Kind.TEXT, False, "no"),
    (Kind.TEXT, None, "n/a"),
]


@pytest.mark.parametrize(("kind", "raw", "expected"), IN_SENTENCES)
def test_in_a_sentence(kind, raw, expected):
    assert write(Value(kind=kind, raw=raw), PLAIN) == expected


@pytest.mark.parametrize(
    ("kind", "raw", "style", "expected"),
    [
        (Kind.COUNT, 327346, GROUPED, "327\u202f346"),
        (Kind.COUNT, 20640, Style(grouped=True, unicode=False), "20640"),
        (Kind.NUMBER, 1234567.8, GROUPED, "1\u202f234\u202f568"),
        (Kind.SIGNED, -2.5, ASCII, "-2.5"),
        (Kind.SIGNED_INTERVAL, (-6.4284, 13.7252), ASCII, "-6.4 to +13.7"),
        (Kind.NUMBER, 1e-5, ASCII, "1.000e-05"),
        (Kind.TEXT, "größe", ASCII, "gr\\xf6\\xdfe"),
        (Kind.WORDS, "y² in (0, ∞)", ASCII, "y^2 in (0, inf)"),
        (Kind.TEXT, "x" * 100, PLAIN, "x" * 79 + "…"),
        (Kind.TEXT, "x" * 100, ASCII, "x" * 79 + "..."),
    ],
)
def test_in_another_style(kind, raw, style, expected):
    assert write(Value(kind=kind, raw=raw), style) == expected


COLUMNS = [
    (Kind.NUMBER, [2900.2213412, 53.8536939, None], ["2900.22  ", "  53.8537", "      n/a"]),
    (Kind.NUMBER, [126.0, -14.0, 0.0], ["126", "−14", "  0"]),
    (Kind.NUMBER, [126.0, 13.5], ["126.0", " 13.5"]),
    (Kind.NUMBER, [0.000123456789, 12345678.9], ["       0.000123457", "12345679          "]),
    (
        Kind.NUMBER,
        [1.23456789e20, math.inf, -math.inf, 2.5],
        ["   1.23457e+20", " inf          ", "−inf          ", "   2.5        "],
    ),
    (Kind.NUMBER, [9.9999996], ["10"]),
    (Kind.SIGNED, [-140.0, 8.25], ["−140.00", "  +8.25"]),
    (Kind.COUNT, [12004, 9, None], ["12004", "    9", "  n/a"]),
    (Kind.FRACTION, [0.459, 0.0, 0.0001, None], ["45.9 %", "   0 %", "<0.1 %", "   n/a"]),
    (Kind.FRACTION, [1.0, 0.95], [" 100 %", "95.0 %"]),
    (Kind.P_VALUE, [0.63, 0.016, 0.0], [" 0.63 ", " 0.016", "<0.001"]),
    (Kind.INTERVAL, [(2331.5122981, 3712.9376121)], ["2331.51 – 3712.94"]),
    (
        Kind.INTERVAL,
        [(2331.5122981, 3712.9376121), (48.2857369, 60.9338789), None],
        ["2331.51 – 3712.94", "  48.29 –   60.93", "              n/a"],
    ),
    (
        Kind.INTERVAL,
        [(321924.51, 412345.67), (0.01234, 0.01456)],
        ["321925       – 412346      ", "     0.01234 –      0.01456"],
    ),
    (Kind.INTERVAL, [(0.2561234121, 0.2561234563)], ["0.256123412 – 0.256123456"]),
    (Kind.INTERVAL, [(0.00123, 234.5678912)], ["0.001 – 234.568"]),
    (Kind.INTERVAL, [(0.0, 0.0)], ["0 – 0"]),
    (Kind.SIGNED_INTERVAL, [(-1.31, -1.09), (-0.21, 0.01)], ["−1.31000 to −1.09000", "−0.21000 to +0.01000"]),
    (Kind.CONSTANT, [(5360.5067319, 149.9099099)], ["5360.51 (149.91)"]),
    (
        Kind.CONSTANT,
        [(5360.5067319, 149.9099099), (61.5182234, 9.2348123)],
        ["5360.51   (149.910)  ", "  61.5182   (9.23481)"],
    ),
    (Kind.TEXT, ["mse", None, True, "a\nb", "x" * 100], ["mse", "", "yes", "a\\nb", "x" * 100]),
    (Kind.NUMBER, [], []),
    (Kind.INTERVAL, [None], ["n/a"]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "raws", "expected"), COLUMNS)
def test_in_a_column(kind, raws, expected):
    assert list(write_column(kind, raws, PLAIN)) == expected


def test_an_interval_in_ascii():
    assert write_column(Kind.INTERVAL, [(-1.5, 2.5)], ASCII) == ("-1.50000 - 2.50000",)


def sentence(text, **values):
    return Sentence(text=text, values={name: Value(kind=kind, raw=raw) for name, (kind, raw) in values.items()})


def test_numbers_take_the_decimals_of_the_interval_beside_them():
    said = sentence("by {size}, {ci}", size=(Kind.NUMBER, 3.6484), ci=(Kind.SIGNED_INTERVAL, (-6.4284, 13.7252)))
    assert fill(said, PLAIN) == "by 3.6, −6.4 to +13.7"


def test_but_keep_two_digits():
    said = sentence("by {size}, {ci}", size=(Kind.NUMBER, 0.012345), ci=(Kind.INTERVAL, (1000.0, 3000.0)))
    assert fill(said, PLAIN) == "by 0.012, 1000 to 3000"


def test_braces_in_data_and_in_text_are_text():
    said = sentence("{x} {y} { {x.__class__} {x!r} {x:>9} {0}", x=(Kind.TEXT, "{y}"))
    assert fill(said, PLAIN) == "{y} {y} { {x.__class__} {x!r} {x:>9} {0}"


def test_symbols_are_spelled_out_in_ascii_but_those_of_data_are_escaped():
    said = sentence("{x} · σ² ≈ 2·τ⁻¹ − ½, “a” → b… é", x=(Kind.TEXT, "σ"))
    assert fill(said, ASCII) == '\\u03c3 | sigma^2 ~ 2*tau^-1 - 1/2, "a" -> b... \\xe9'


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("Σwℓ/Σw", "sum w*l/sum w"),
        ("√(Σwℓ/Σw)", "sqrt(sum w*l/sum w)"),
        ("½r² if |r| ≤ δ, else δ(|r| − ½δ)", "1/2*r^2 if |r| <= delta, else delta*(|r| - 1/2*delta)"),
        ("margin·(2π − 1)", "margin*(2*pi - 1)"),
        ("σ(−z)·log p", "sigma(-z)*log p"),
        ("KL(y ‖ p) = Σ y·log(y/p)", "KL(y || p) = sum y*log(y/p)"),
        ("1.345 robust σ", "1.345 robust sigma"),
    ],
)
def test_products_of_symbols_stay_apart_in_ascii(text, spelled):
    assert fill(sentence(text), ASCII) == spelled
