"""Which parts of a model card say something, whatever words its headings are made of.

The parts are those of the template of the Hub: https://huggingface.co/docs/hub/model-card-annotated. A heading under which there
is nothing, or only what the template puts there, is no part.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.core.markdown import LineKind, kinds_of
from hfsemver.core.section import Section
from hfsemver.diff.card.ancestry import CARD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.releases.release import Release

_HEADINGS: Final[Mapping[Section, re.Pattern[str]]] = MappingProxyType({
    Section.USES: re.compile(r"\bus(?:es?|age)\b|\bhow to\b|quick.?start|get(?:ting)? started|applications?|inference|examples?"),
    Section.LIMITATIONS: re.compile(r"limit|\bbias|\brisks?\b|out.of.scope|caveat|safety|ethic|known issues|disclaimer"),
    Section.TRAINING_DATA: re.compile(r"\bdata(?:sets?)?\b|corpus|corpora|\btrain(?:ing|ed)\b"),
    Section.TRAINING: re.compile(r"train|fine.?tun|hyper.?param|procedure|recipe|merge|quanti[sz]"),
    Section.EVALUATION: re.compile(r"eval|benchmark|\bresults?\b|performance|metrics|leaderboard|scores?\b|accuracy"),
    Section.ENVIRONMENT: re.compile(r"environment|carbon|emission|energy|footprint"),
    Section.CONTACT: re.compile(r"contact|authors?\b|\bteam\b|maintain|developed by|support|organi[sz]ation|feedback|community"),
})  # fmt: skip
# Front matter that says the same as a part.
_FIELDS: Final[Mapping[Section, str]] = MappingProxyType({
    Section.TRAINING_DATA: "datasets",
    Section.EVALUATION: "model-index",
    Section.ENVIRONMENT: "co2_eq_emissions",
})  # fmt: skip
_HASHES: Final = re.compile(r" {0,3}(?P<depth>#{1,6})(?=[ \t]|$)(?P<text>.*)")
_HTML: Final = re.compile(r"\s*<h(?P<depth>[1-6])[^>]{0,400}>(?P<text>.*?)(?:</h[1-6]>(?P<rest>.*)|$)", re.IGNORECASE)
_BOLD: Final = re.compile(r"\s*(?:\*\*|__)(?P<text>[^*_]{1,200})(?:\*\*|__):?\s*$")
_LABEL: Final = re.compile(r"\s*[-*+] (?:\*\*|__)(?P<text>[^*_]{1,200})(?:\*\*|__)(?P<rest>.*)")
_UNDERLINE: Final = re.compile(r" {0,3}(?:=+|-{2,})[ \t]*$")
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_MARKUP: Final = re.compile(r"!\[[^\]]{0,400}\]\([^)]{0,1000}\)|</?[a-zA-Z][^>]{0,1000}>")
_PLACEHOLDER: Final = re.compile(
    r"\[? ?(?:more information needed|optional|to ?do|tbd|to be (?:added|done|written)|coming soon|fill in|n/?a|\.\.\.) ?\]?\.?",
    re.IGNORECASE,
)
# A line in bold stands below every heading.
_BOLD_DEPTH: Final = 7
_LONGEST: Final = 400
_MARKS: Final = ("-", "*", "+", ">", "|", "<", "!")
_SENTENCE_ENDS: Final = (".", "!", "?", "\u3002")
_WORD: Final = re.compile(r"[^\W\d_]{2,}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def missing_sections(baseline: Release | None, current: Release, wanted: frozenset[Section]) -> tuple[Section, ...]:
    """Return which of the wanted parts the card lacks and the card before it had, or all in a first release; sorted.

    Of a release without a card that it says nothing at all is told by whoever misses the card itself.
    """
    lacking = wanted - _said(current)
    if CARD not in current.files:
        lacking -= {Section.DESCRIPTION}
    if baseline is not None and lacking:
        lacking &= _said(baseline)
    return tuple(sorted(lacking))


def _said(release: Release) -> frozenset[Section]:
    """Return the parts that say something, in words or in the front matter."""
    body = release.card_body
    if body is None:
        return frozenset()
    fields = release.card.fields if release.card is not None else {}
    said = {section for section, key in _FIELDS.items() if fields.get(key)}
    for heading, text in _parts(body):
        if _says_something(text):
            folded = heading.casefold()
            said |= {Section.DESCRIPTION, *(part for part, words in _HEADINGS.items() if words.search(folded))}
    return frozenset(said)


def _says_something(text: str) -> bool:
    plain = " ".join(_MARKUP.sub("", text).split())
    return _WORD.search(_PLACEHOLDER.sub("", plain)) is not None


def _parts(body: str) -> Iterator[tuple[str, str]]:
    """Yield headings, those above them included, with the text up to the next one; labels of lists with theirs."""
    above, lines = list[tuple[int, str]](), list[str]()
    for kind, line in kinds_of(_COMMENT.sub("", body).splitlines()):
        if kind is LineKind.CODE:
            lines.append(line)
            continue
        label = _LABEL.match(line)
        if label:
            yield label["text"], label["rest"]
            lines.append(label["rest"])
            continue
        found = _heading(line, lines)
        if found is None:
            lines.append(line)
            continue
        yield " ".join(text for _, text in above), "\n".join(lines)
        depth, title, rest = found
        above = [*(each for each in above if each[0] < depth), (depth, title)]
        lines = [rest]
    yield " ".join(text for _, text in above), "\n".join(lines)


def _heading(line: str, before: list[str]) -> tuple[int, str, str] | None:
    """Return depth and text of a heading, and what stands behind it; one that is underlined is the line before, taken out.

    A sentence in bold, or above dashes, is text, and so is an entry of a list, a quote or a table above them.
    """
    if _UNDERLINE.match(line) and before and _is_title(before[-1]):
        return (1 if "=" in line else 2), before.pop()[:_LONGEST], ""
    for pattern in (_HASHES, _HTML, _BOLD):
        found = pattern.match(line)
        if found is None or (pattern is _BOLD and not _is_title(found["text"])):
            continue
        parts = found.groupdict()
        depth = parts.get("depth") or ""
        number = int(depth) if depth.isdigit() else len(depth) or _BOLD_DEPTH
        return number, found["text"].strip().rstrip("#")[:_LONGEST], parts.get("rest") or ""
    return None


def _is_title(line: str) -> bool:
    text = line.strip()
    return bool(text) and not text.endswith(_SENTENCE_ENDS) and not text.startswith(_MARKS)
