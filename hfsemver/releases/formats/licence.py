"""The licence file of a release, reduced to its words, so that layout is no change of terms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hfsemver.releases.source import ReadFile

MAX_SIZE = 1 << 20

_PLAIN, _COPYING, _OF_WEIGHTS, _OTHER, _OF_A_PART = range(5)

# At the root only: subfolders hold licences of parts. Other endings are no texts (LICENSE.pdf) or no licences
# (license_plates.onnx).
_NAME = re.compile(
    r"(?P<before>[\w+-]{1,60}[-_ ])?(?P<stem>(?:un)?licen[cs]e|copying)"
    r"(?P<more>[-_ .][\w .+-]{0,60}?)??(?P<ending>\.(?:txt|md|rst))?",
    re.IGNORECASE,
)
# What else terms of use stand in; whatever the ending, because a text may be a picture as well.
_TERMS = re.compile(
    r"licen[cs]e|copying|copyright|notice|terms|policy|(?:acceptable|prohibited|permitted)[-_ .]?uses?|restrictions?",
    re.IGNORECASE,
)
_OTHER_ENDING = re.compile(r"\.[a-z_]\w*$", re.IGNORECASE)

# A holder and a year stand within the first characters of a line.
_LINE_HEAD = 400
_COPYRIGHT = re.compile(
    r"[\W_]{0,40}(?:copyright\b.*(?:\d{4}|\(c\)|©|\[yyyy\]|<year>|\{yyyy\})|(?:\(c\)|©).*\d{4}|all rights reserved\W*$)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
# The same address with and without encryption.
_SECURE = re.compile(r"\bhttps(?=://)", re.IGNORECASE)
# "How to apply this licence to your work" stands behind the terms, is left out of many copies, and asks for nothing.
_APPENDIX = re.compile(r"appendix how to apply the apache license .{1,1500}? limitations under the license")


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceText:
    """The main licence file and its words: case folded, without punctuation, layout and copyright lines."""

    file: str
    text: str


def read_licence(read: ReadFile, names: tuple[str, ...]) -> LicenceText | None:
    """Return the licence file at the root, ``None`` when there is none.

    Of several the plainest name wins, and one for the weights before one for the code. An empty file is no licence.
    """
    found = sorted((rank, name) for name in names if (rank := _rank(name)) is not None)
    for _, name in found:
        data = read(name, MAX_SIZE)
        text = licence_words(_decoded(data)) if data else ""
        if text:
            return LicenceText(file=name, text=text)
    return None


def is_licence(name: str) -> bool:
    """Whether a file of that name, at the root, may be the licence of the release."""
    return _rank(name) is not None


def may_hold_terms(path: str) -> bool:
    """Whether a file at the root may say what its users have to keep to: a licence, or what stands beside it."""
    return "/" not in path and _TERMS.search(path) is not None


def is_of_a_part(name: str) -> bool:
    """Whether the name says that the file is about the code or the data, or about what others made."""
    return _rank(name) == _OF_A_PART


def _rank(name: str) -> int | None:
    """How far a name is from ``LICENSE``; ``None`` for what is no licence file."""
    match = _NAME.fullmatch(name) if "/" not in name else None
    if match is None or (not match["ending"] and _OTHER_ENDING.search(match["more"] or "")):
        return None
    rest = f"{match['before'] or ''}{match['more'] or ''}".casefold()
    if not rest:
        return _COPYING if match["stem"].casefold() == "copying" else _PLAIN
    if any(word in rest for word in ("code", "third", "data")):
        return _OF_A_PART
    return _OF_WEIGHTS if any(word in rest for word in ("model", "weight")) else _OTHER


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Texts that went through a word processor. Saving one as UTF-8 changes its bytes and none of its words.
        return data.decode("cp1252", "replace")


def licence_words(text: str) -> str:
    """Return the words of a licence text, separated by single blanks.

    A line that starts a paragraph and claims a copyright names a holder and a year, which are no terms; so is the
    line after it that reserves all rights. Equal words mean equal terms: re-wrapping, Markdown, bullets, quotes, case,
    line ends and a renewed year make no difference, any other word does.
    """
    kept: list[str] = []
    paragraph = True
    for line in text.splitlines():
        if not line.strip():
            paragraph = True
        elif not (paragraph and _COPYRIGHT.match(line[:_LINE_HEAD])):
            paragraph = False
            kept.append(line)
    words = " ".join(_WORD.findall(_SECURE.sub("http", " ".join(kept)).casefold()))
    return _APPENDIX.sub("", words).strip()
