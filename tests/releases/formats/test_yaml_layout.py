"""Places in a YAML text, as both parsers of PyYAML tell them."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.errors import FormatError
from hfsemver.releases.formats import bounded_yaml
from hfsemver.releases.formats.bounded_yaml import load_document
from hfsemver.releases.formats.yaml_layout import Field, Style, layout_of


@pytest.fixture(autouse=True, params=["CSafeLoader", "SafeLoader"])
def _loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test with libyaml and without it."""
    if not hasattr(yaml, request.param):
        pytest.skip("PyYAML was built without libyaml")
    monkeypatch.setattr(bounded_yaml, "_LOADER", getattr(yaml, request.param))


def fields(text: str) -> list[tuple[str, str, Style, int]]:
    """Return keys with the text of their values, their styles and lines."""
    layout = layout_of(text)
    assert layout is not None
    return [(field.key, text[field.start : field.end], field.style, field.line) for field in layout.fields]


def test_values_are_found_in_every_style() -> None:
    """Only those of the outermost mapping, with their quotes and without what is behind them."""
    text = (
        "é: 🚂  # c\r\n'b' : 'x y'\rc: \"z\"\n\nversion: 1\n  more\nd: |\n  version: 2\ne: >-\n  x\nf:\n- version: 3\n"
        "g: {version: 4}\nh: # none\ni: ~"
    )
    assert fields(text) == [
        ("é", "🚂", Style.PLAIN, 0),
        ("b", "'x y'", Style.QUOTED, 1),
        ("c", '"z"', Style.QUOTED, 2),
        ("version", "1\n  more", Style.PLAIN, 4),
        ("d", "|\n  version: 2\n", Style.BLOCK, 6),
        ("e", ">-\n  x\n", Style.BLOCK, 8),
        ("f", "", Style.LIST, 10),
        ("g", "", Style.MAPPING, 12),
        ("h", "", Style.PLAIN, 13),
        ("i", "~", Style.PLAIN, 14),
    ]


@pytest.mark.parametrize(
    ("text", "start", "column", "is_flow"),
    [("a: b\n", 0, 0, False), ("# c\n  a: b\n  c: d\n", 6, 2, False), ("--- {a: b}", 4, 4, True), ("{}", 0, 0, True)],
)
def test_the_outermost_mapping_is_found(text: str, start: int, column: int, is_flow: bool) -> None:  # noqa: FBT001 -- a column
    """Its keys stand in one column, or in braces."""
    layout = layout_of(text)

    assert layout is not None
    assert (layout.start, layout.column, layout.is_flow) == (start, column, is_flow)


@pytest.mark.parametrize("text", ["", "# nothing", "~", "- a: b", "[{a: b}]", "text"])
def test_what_is_no_mapping_has_no_layout(text: str) -> None:
    """Also where a mapping is inside of it."""
    assert layout_of(text) is None


@given(st.text("ab: -[]{},\n#'\"|>?~", max_size=30))
def test_the_places_of_any_document_hold_its_values(text: str) -> None:
    """A key is where its key starts, and a plain value on one line is the text between its places."""
    try:
        value = load_document(text, "README.md")
    except FormatError:
        return
    layout = layout_of(text)
    assert (layout is None) == (isinstance(value, str | tuple))
    for field in layout.fields if layout else ():
        assert (
            text[field.key_start : field.key_start + 1] in {*field.key[:1], "'", '"', "|", ">", ":", ""}
            or not field.key
        )
        assert _is_there(text, field)


def _is_there(text: str, field: Field) -> bool:
    written = text[field.start : field.end]
    if field.style is Style.QUOTED:
        return written[0] in "'\"" and written[0] == written[-1]
    return field.style is not Style.PLAIN or written == written.strip()
