"""The words that an embedding model puts before a text, by what the text is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.diff.config.change import KeyChange
from hfsemver.diff.embedding.head import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.releases.formats.strict_json import JsonObject
    from hfsemver.releases.release import Release

_PROMPTS: Final = "prompts"
_DEFAULT: Final = "default_prompt_name"
# The library looks these up by itself: ``encode_query`` the first, ``encode_document`` the first of the others that is there.
# https://github.com/huggingface/sentence-transformers/blob/main/sentence_transformers/sentence_transformer/model.py
_LOOKED_UP: Final = ("query", "document", "passage", "corpus")


def compare_prompts(baseline: Release, current: Release) -> Iterator[KeyChange]:
    """Yield prompts that a caller gets other words for. A prompt under a new name is in nobody's vectors."""
    if SETTINGS not in baseline.files and baseline.modules is None:
        return
    old, new = (release.json(SETTINGS) or {} for release in (baseline, current))
    before, after = _prompts(old), _prompts(new)
    for name in sorted({*before, *_LOOKED_UP}):
        if before.get(name, "") != after.get(name, ""):
            yield KeyChange(file=SETTINGS, key=f"{_PROMPTS}.{name}", old=before.get(name, ""), new=after.get(name, ""))
    was, now = (sides.get(str(config.get(_DEFAULT)), "") for sides, config in ((before, old), (after, new)))
    if was != now and old.get(_DEFAULT) != new.get(_DEFAULT):
        yield KeyChange(file=SETTINGS, key=_DEFAULT, old=old.get(_DEFAULT), new=new.get(_DEFAULT))


def _prompts(config: JsonObject) -> Mapping[str, str]:
    prompts = config.get(_PROMPTS)
    if not isinstance(prompts, dict):
        return {}
    return {name: text for name, text in prompts.items() if isinstance(text, str)}
