"""Questions to the rows: generators that ask for accumulators and are sent what those answer.

A question whose next step needs an earlier answer (the MAD needs the median) simply asks again; each round of asking
is one fold over the rows. Questions asked together share their rounds, and what two of them want is gathered once.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

if TYPE_CHECKING:
    from losscli.engine.folds.accumulate import Accumulator

R = TypeVar("R")
S = TypeVar("S")

Wanted: TypeAlias = "tuple[Accumulator[Any, Any], ...]"
Answers: TypeAlias = "tuple[Any, ...]"
Question: TypeAlias = Generator[Wanted, Answers, R]


def ask(accumulator: Accumulator[S, R]) -> Question[R]:
    """Return what one accumulator answers."""
    (answered,) = yield (accumulator,)
    result: R = answered
    return result


def known(answered: R) -> Question[R]:
    """Return what is known without asking."""
    yield from ()
    return answered


def together(questions: Sequence[Question[R]]) -> Question[list[R]]:
    """Return the results of questions that are asked side by side, in their order."""
    results: dict[int, R] = {}
    asking: dict[int, Wanted] = {}

    def advance(number: int, step: Callable[[], Wanted]) -> None:
        try:
            asking[number] = step()
        except StopIteration as finished:
            results[number] = finished.value

    for number, question in enumerate(questions):
        advance(number, lambda question=question: next(question))  # type: ignore[misc]
    while asking:
        round_of = dict(asking)
        asking.clear()
        answers = iter((yield tuple(accumulator for wanted in round_of.values() for accumulator in wanted)))
        for number, wanted in round_of.items():
            mine = tuple(next(answers) for _ in wanted)
            advance(number, lambda number=number, mine=mine: questions[number].send(mine))  # type: ignore[misc]
    return [results[number] for number in range(len(questions))]


def in_turn(questions: Sequence[Question[R]]) -> Question[list[R]]:
    """Return the results of questions that are asked one after another, so that only one holds its rows at a time."""
    results = []
    for question in questions:
        result = yield from question
        results.append(result)
    return results


def both(first: Question[R], second: Question[S]) -> Question[tuple[R, S]]:
    """Return the results of two questions, of different kinds, that are asked side by side."""
    questions: list[Question[Any]] = [first, second]
    result_of_first, result_of_second = yield from together(questions)
    return result_of_first, result_of_second


def answer(question: Question[R], fold: Callable[[Wanted], Answers]) -> R:
    """Return the result of a question, each round of which `fold` carries over the rows."""
    try:
        wanted = next(question)
        while True:
            wanted = question.send(fold(wanted))
    except StopIteration as finished:
        result: R = finished.value
        return result
