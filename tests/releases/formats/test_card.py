"""Front matter is found as the Hub's own client finds it, and stays text."""

from __future__ import annotations

import codecs

import pytest
from huggingface_hub.repocard import REGEX_YAML_BLOCK
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.errors import FormatError
from hfsemver.releases.formats.card import find_front_matter, read_body, read_card
from tests.cards import TREES, real_cards


def test_every_value_stays_the_string_that_was_written() -> None:
    """YAML 1.1 would read false, 1.1 and a date; a card says ``no``, ``1.10`` and ``2024-01-01``."""
    card = read_card(b"---\nlanguage: no\nversion: 1.10\ndate: 2024-01-01\nempty:\n---\n", "README.md")

    assert card is not None
    assert dict(card.fields) == {"language": "no", "version": "1.10", "date": "2024-01-01", "empty": ""}


@pytest.mark.parametrize("start", [b"", codecs.BOM_UTF8, b"\n\n", b"  "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_byte_order_mark_blanks_and_line_ends_make_no_difference(start: bytes, end: str) -> None:
    """Editors of all systems write cards."""
    card = read_card(start + end.join(("---", "license: mit", "---", "# Card")).encode(), "README.md")

    assert card is not None
    assert card.text("license") == "mit"


@pytest.mark.parametrize(
    "text",
    ["", "# Card", "text\n---\nlicense: mit\n---\n", "---\nlicense: mit\n", "--- \nlicense: mit\n---\n", "---\n---\n"],
)
def test_a_card_without_front_matter_is_none(text: str) -> None:
    """Dashes elsewhere, or never closed, are no front matter."""
    assert read_card(text.encode(), "README.md") is None


@pytest.mark.parametrize("text", ["---\n\n---\n", "---\n# a comment\n---\n", "---\n~\n---\n"])
def test_an_empty_front_matter_has_no_fields(text: str) -> None:
    """Nothing between the dashes is nothing said, as to the Hub."""
    card = read_card(text.encode(), "README.md")

    assert card is not None
    assert not card.fields


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"---\nlicense: [mit\n---\n", "line 3"),
        (b"---\nok: 1\nlicense: a: b\n---\n", "line 3"),
        (b"---\n- a\n- b\n---\n", "line 2"),
        (b"---\njust words\n---\n", "line 2"),
        (b"---\na: 1\nb: \xff\n---\n", "line 3"),
        (b"---\n{{ card_data }}\n---\n", "line 2"),
        (codecs.BOM_UTF16_LE + "---\na: b\n---\n".encode("utf-16-le"), "UTF-16"),
    ],
)
def test_a_malformed_front_matter_is_an_error_with_its_line(data: bytes, where: str) -> None:
    """What cannot be read is never taken for a card without fields."""
    with pytest.raises(FormatError) as caught:
        read_card(data, "README.md")

    assert str(caught.value).startswith("README.md: ")
    assert where in str(caught.value)


def test_only_the_front_matter_has_to_be_utf_8() -> None:
    """A body in another encoding changes no field."""
    card = read_card(b"---\nlicense: mit\n---\ncaf\xe9\n", "README.md")

    assert card is not None
    assert card.text("license") == "mit"


@given(st.text(alphabet="-\n\r \ta:#", max_size=40))
def test_the_block_is_the_one_that_the_client_of_the_hub_finds(text: str) -> None:
    """Whatever the dashes and line ends, both find the same text between them, or none."""
    match = REGEX_YAML_BLOCK.search(text)
    try:
        card = read_card(text.encode(), "README.md")
    except FormatError:
        assert match is not None
    else:
        assert (card is None) == (match is None)


@given(st.sampled_from([b"", codecs.BOM_UTF8]), st.text(alphabet="-\n\r \ta:#", max_size=40))
def test_the_places_of_the_front_matter_are_those_of_the_client(mark: bytes, text: str) -> None:
    """Counted in the bytes of the file, with its byte order mark."""
    data = mark + text.encode()
    match, found = REGEX_YAML_BLOCK.search(text), find_front_matter(data)

    assert (match is None) == (found is None)
    if match and found:
        assert data[found.start : found.end].strip(b"\r\n") == match[2].encode().strip(b"\r\n")
        assert data[found.body :] == read_body(data)


@pytest.mark.data
@pytest.mark.skipif(not TREES, reason="the real cards are not here")
def test_every_real_card_is_read() -> None:
    """All cards of real model trees, and a hundred well-known ones, are read without an error."""
    cards = [read_card(text, "README.md") for text in real_cards()]

    assert len(cards) > 900
    assert sum(card is not None for card in cards) > len(cards) * 0.9
