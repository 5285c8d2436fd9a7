"""Front matter as values: text, lists, and what is neither."""

from __future__ import annotations

import pytest

from hfsemver.core.card import CardData, YamlValue, texts_of


@pytest.mark.parametrize(
    ("value", "text", "is_no_text"),
    [("1.0", "1.0", False), ("", None, False), (("1",), None, True), ((), None, True), ({"a": "1"}, None, True)],
)
def test_a_list_in_the_place_of_a_text_is_told_from_nothing(
    value: YamlValue,
    text: str | None,
    is_no_text: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    """Both have no text; only the list and the mapping say something that cannot be read."""
    card = CardData(fields={"version": value})

    assert card.text("version") == text
    assert card.is_no_text("version") is is_no_text
    assert not card.is_no_text("licence")


@pytest.mark.parametrize(
    ("value", "texts"),
    [(None, ()), ("de", ("de",)), (("de", "", "en", ("x",)), ("de", "en")), ({"a": "de"}, ()), ("", ())],
)
def test_one_text_and_a_list_of_texts_are_read_alike(value: YamlValue | None, texts: tuple[str, ...]) -> None:
    """What is empty or nested is no text."""
    assert texts_of(value) == texts
