"""Text of data, shown: nothing in it can steer a terminal, and what is safe stays as it is."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from losscli.text import printable

STEERING = ("Cc", "Cf", "Cs", "Zl", "Zp")


@given(st.text(st.characters()))
def test_no_character_that_steers_is_shown(text):
    assert not {unicodedata.category(character) for character in printable(text, None)} & {*STEERING}


@given(st.text(st.characters(exclude_categories=STEERING)))
def test_other_text_is_shown_as_it_is(text):
    assert printable(text, None) == text
    assert printable(text, 5) == (text if len(text) <= 5 else text[:4] + "…")
