"""Chat templates in the header of a GGUF file against those in the files beside it, by what they render."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.template.template import judge, special_tokens
from hfsemver.diff.template.witness import witness
from hfsemver.releases.formats.template import DEFAULT, ChatTemplate
from hfsemver.releases.rendering.render import Source, render_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.releases.formats.gguf_types import GgufHeader
    from hfsemver.releases.release import Release

KEY: Final = "tokenizer.chat_template"
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherTemplate:
    """A template in a header, the shortest talk that it renders otherwise than the files beside it, and what shows that."""

    key: str
    text: str
    title: str
    witness: str


def template_texts(header: GgufHeader) -> Iterator[tuple[str, str]]:
    """Yield key and text of each chat template in a header.

    A word without any braces names a template that llama.cpp brings itself: https://github.com/ggml-org/llama.cpp/blob/master/src/llama-chat.cpp
    """
    for key in header.metadata:
        text = header.text(key)
        if text and "{" in text and (key == KEY or key.startswith(f"{KEY}.")):
            yield key, text


def compare_template_texts(
    release: Release, texts: tuple[tuple[str, str], ...], missing: list[EvidenceMissing]
) -> Iterator[OtherTemplate]:
    """Yield each template, by key and text, that the files beside it render otherwise.

    A template that is equal to any copy in the release is no other one. What could not be tried is added to ``missing``.
    """
    pairs = []
    for key, text in texts if release.templates else ():
        known = {f"{KEY}.{_UNSAFE.sub('_', name)}": one for name, one in release.templates.items()}
        served = release.templates.get(DEFAULT) if key == KEY else known.get(key)
        if served is None:
            continue
        copies = (copy for one, copy in release.template_copies if one == served)
        if all(_stripped(text) != _stripped(one.text) for one in (served, *copies)):
            pairs.append((key, text, served))
    tokens = special_tokens(release) if pairs else {}
    renders = render_pairs(
        tuple(
            (Source(template=served.text, tokens=tokens), Source(template=text, tokens=tokens))
            for _, text, served in pairs
        )
    )
    for (key, text, served), seen in zip(pairs, renders, strict=True):
        if not seen.old:
            continue  # the same program
        change = judge(served, ChatTemplate(name=served.name, text=text, file="", pointer=key), seen)
        if change.unknown:
            missing.append(EvidenceMissing(key, change.unknown, hint="shorten the template, then check again"))
        apart = (*change.differing, *change.refused, *change.gained)
        if apart:
            smallest = min(apart, key=lambda diff: len(diff.old))
            title = smallest.conversation.title
            shown = witness(title, smallest.old, smallest.new)
            yield OtherTemplate(key=key, text=text, title=title, witness=shown)


def _stripped(text: str) -> str:
    """Return a text without what converters differ in: line ends, and whether they keep the last one."""
    return text.replace("\r\n", "\n").strip()
