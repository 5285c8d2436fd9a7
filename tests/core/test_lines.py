"""Lines with the ends that they were written with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.lines import line_end_of, lines_of, with_line_ends

TEXT = st.text("ab\r\n\f\u2028 ", max_size=20)


@given(TEXT)
def test_the_lines_of_a_text_are_the_text(text: str) -> None:
    """Each has one end, the last one may have none, and a form feed or a separator is no end."""
    lines = lines_of(text)

    assert "".join(lines) == text
    assert all(line.rstrip("\r\n") + line_end_of(line) == line for line in lines[:-1])
    assert len(lines) == len(text.replace("\f", "a").replace("\u2028", "a").splitlines())


@pytest.mark.parametrize(
    ("text", "end"), [("", "\n"), ("a", "\n"), ("a\r\nb\n", "\r\n"), ("a\rb\r\n", "\r"), ("a\nb\r\n", "\n")]
)
def test_a_new_line_ends_like_the_first_one(text: str, end: str) -> None:
    """Text without a line end gets that of the formats that are written here."""
    assert end == line_end_of(text)


@given(TEXT, st.sampled_from(["\n", "\r\n", "\r"]))
def test_line_ends_are_made_one(text: str, end: str) -> None:
    """What stands between them is not touched, and doing it twice is doing it once."""
    new = with_line_ends(text, end)

    assert [line.rstrip("\r\n") for line in lines_of(new)] == [line.rstrip("\r\n") for line in lines_of(text)]
    assert with_line_ends(new, end) == new
