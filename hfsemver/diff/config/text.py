"""Where a configuration of several parts keeps what concerns text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue

TEXT: Final = "text_config"
"""The part that transformers itself names so."""

TEXT_PARTS: Final = ("", TEXT, "llm_config", "language_config", "decoder", "thinker_config.text_config")
"""The top and every part that may stand for the text network, by dotted path; the first that says something counts."""


def text_key(part: str, name: str) -> str:
    """Return the dotted path of a key of a part."""
    return f"{part}.{name}" if part else name


def text_values(config: JsonObject, name: str) -> Iterator[JsonValue]:
    """Yield what a ``config.json`` says under a key, at the top first, then in the parts for text; ``null`` says nothing."""
    for part in TEXT_PARTS:
        section: JsonValue | JsonObject = config
        for step in part.split(".") if part else ():
            section = section.get(step) if isinstance(section, dict) else None
        value = section.get(name) if isinstance(section, dict) else None
        if value is not None:
            yield value
