"""What records say of their losses is complete and cleanly written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import asdict

from losscli.losses import LOSSES

if TYPE_CHECKING:
    from losscli.losses.record import Loss

SYMBOLS = {"delta": "δ", "tau": "τ", "gamma": "γ", "alpha": "α"}  # other parameters are called by their names
SENTENCES = {"summary", "kinks", "rewards", "outliers", "use", "pitfalls", "example"}

every_loss = pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)


def texts(loss: Loss) -> Iterator[tuple[str, str]]:
    for name, value in asdict(loss.doc).items():
        pieces = [value] if isinstance(value, str) else [text for item in value for text in _flat(item)]
        if not value and name == "example":
            continue
        assert pieces, f"{loss.name}: {name} is empty"
        yield from ((name, text) for text in pieces)
    yield from (("title", loss.title), ("family", loss.family))
    yield from (("summary", param.summary) for param in loss.params)


def _flat(item: str | tuple[str, ...]) -> tuple[str, ...]:
    return (item,) if isinstance(item, str) else item


@every_loss
def test_every_field_says_something_in_clean_text(loss):
    for field, text in texts(loss):
        assert text.strip() == text != "", f"{field}: {text!r}"
        assert "  " not in text, f"{field}: {text!r}"
        assert "\n" not in text, f"{field}: {text!r}"
        assert text.count("(") == text.count(")") or "[" in text, f"{field}: {text!r}"


@every_loss
def test_sentences_begin_and_end_as_sentences(loss):
    for field, text in texts(loss):
        if field in SENTENCES:
            assert text.endswith("."), f"{field}: {text!r}"
            assert not text.endswith(".."), f"{field}: {text!r}"
            assert not text[0].islower() or text[0] in "δτ" or text.startswith(("scikit-learn", "statsmodels")), (
                f"{field}: {text!r}"
            )
        else:
            assert not text.endswith("."), f"{field}: {text!r}"


@every_loss
def test_the_formula_names_every_parameter(loss):
    for param in loss.params:
        assert SYMBOLS.get(param.name, param.name) in loss.doc.formula


@every_loss
def test_the_formula_is_in_terms_of_the_row(loss):
    assert re.search(r"\b[ryp]\b|r²", loss.doc.formula)


@every_loss
def test_names_pair_a_library_with_a_name_once(loss):
    assert len(set(loss.doc.names)) == len(loss.doc.names) >= 2


@every_loss
def test_the_source_has_a_year(loss):
    assert re.search(r"\((1[89]|20)\d\d\)", loss.doc.source)
