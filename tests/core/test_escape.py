"""Text from a repository is harmless once it is printable."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.escape import clipped, printable


@given(st.text())
def test_no_control_or_format_character_survives(text: str) -> None:
    """Nothing that moves a cursor, starts a line or hides an order of reading is left."""
    assert not [c for c in printable(text) if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]


def test_every_control_and_format_character_of_unicode_is_written_out() -> None:
    """The ranges in the pattern cover the general categories of this Python's Unicode."""
    every = [chr(point) for point in range(0x110000)]
    unsafe = [c for c in every if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]

    assert [] == [hex(ord(c)) for c in unsafe if printable(c) == c]


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    """Letters of all scripts, digits, marks of punctuation and emoji are not touched."""
    assert text == printable(text)


def test_long_text_is_cut_and_says_how_much() -> None:
    """A name of a million characters takes one line."""
    assert "x" * 120 + "... (880 more characters)" == clipped("x" * 1000)
