"""Questions that are asked together share their rounds."""

from __future__ import annotations

import pytest

from losscli.engine.folds.question import answer, ask, both, together


class Rounds:
    """Answers "a" with "a!", and keeps what was wanted in each round."""

    def __init__(self):
        self.wanted = []

    def __call__(self, wanted):
        self.wanted.append(wanted)
        return tuple(f"{each}!" for each in wanted)


def chain(*names):
    heard = []
    for name in names:
        heard.append((yield from ask(name)))  # noqa: PERF401 - a question cannot ask within a comprehension
    return heard


def test_a_question_is_asked_once_a_round():
    rounds = Rounds()
    assert answer(chain("a", "b"), rounds) == ["a!", "b!"]
    assert rounds.wanted == [("a",), ("b",)]


def test_a_question_that_wants_nothing_reads_no_rows():
    rounds = Rounds()
    assert answer(chain(), rounds) == []
    assert answer(together([]), rounds) == []
    assert answer(together([chain(), chain()]), rounds) == [[], []]
    assert rounds.wanted == []


def test_together_shares_rounds_and_keeps_the_order_of_results():
    rounds = Rounds()
    results = answer(together([chain("a", "b", "c"), chain(), chain("d"), chain("e", "f")]), rounds)
    assert results == [["a!", "b!", "c!"], [], ["d!"], ["e!", "f!"]]
    assert rounds.wanted == [("a", "d", "e"), ("b", "f"), ("c",)]


def test_both_nests():
    rounds = Rounds()
    result = answer(both(chain("a", "b"), both(chain("c"), together([chain("d", "e"), chain("f")]))), rounds)
    assert result == (["a!", "b!"], (["c!"], [["d!", "e!"], ["f!"]]))
    assert rounds.wanted == [("a", "c", "d", "f"), ("b", "e")]


def test_a_step_may_want_several_at_once():
    def pair():
        one, other = yield ("a", "b")
        return one + other

    rounds = Rounds()
    assert answer(together([pair(), chain("c")]), rounds) == ["a!b!", ["c!"]]
    assert rounds.wanted == [("a", "b", "c")]


def test_an_exception_of_a_question_comes_out():
    def refusing():
        yield from ask("a")
        raise ValueError("refused")

    rounds = Rounds()
    with pytest.raises(ValueError, match="refused"):
        answer(both(chain("b", "c"), refusing()), rounds)
    assert rounds.wanted == [("b", "a")]


def test_an_exception_of_the_fold_comes_out():
    def failing(wanted):
        raise OSError(*wanted)

    with pytest.raises(OSError, match="a"):
        answer(together([chain("a")]), failing)
