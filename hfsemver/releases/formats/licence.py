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
    r"[\W_]{0,40}(?:spdx-filecopyrighttext:|copyright\b.*(?:\d{4}|\(c\)|©|\[yyyy\]|<year>|\{yyyy\})|(?:\(c\)|©).*\d{4}|all rights reserved\W*$)",
    re.IGNORECASE,
)
# A line that goes on to say what may be done is no mere claim: short notices stand in one line.
_SAYS_MORE = re.compile(
    r"\b(?:licen[cs]\w*|permi\w+|use[ds]?|using|usage|must|not|only|non?|noncommercial|commercial\w*|sell|sale|purposes?"
    r"|under|without|subject|shall|prohibit\w*|restrict\w*|forbid\w*)\b",
    re.IGNORECASE,
)
# Behind the sentence of the claim stand a reservation and ends of names ("Inc. or its affiliates"); any other sentence
# is longer, or in an alphabet without blanks, or an address or a short name of terms.
_SENTENCE = re.compile(
    r"(?!all rights reserved\b)(?:\S+\s+){3}\S|.*[\u0370-\u1fff\u3040-\ud7ff]|https?:|(?:gnu )?[al]?gpl", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"(?<=[.;])\s+")
_YEARS = re.compile(r"\d{4}(?:\W{1,3}(?:\d{4}|present)\b)*", re.IGNORECASE)
_TAG = re.compile(
    r"[\W_]{0,40}spdx-license-identifier:[\s*`\"']{0,9}(?P<expression>[\w.+():-][\w.+():\s-]*?)[\s*/`\"'>-]{0,9}",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
# The same address with and without encryption.
_SECURE = re.compile(r"\bhttps(?=://)", re.IGNORECASE)
# "How to apply this licence to your work" stands behind the terms, is left out of many copies, and asks for nothing.
_APPENDIX = re.compile(r"appendix how to apply the apache license .{1,1500}? limitations under the license")


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceText:
    """The main licence file and its words: case folded, without punctuation, layout and copyright lines.

    ``expressions`` are those behind the tag ``SPDX-License-Identifier``, sorted, which are no part of the text.
    """

    file: str
    text: str
    expressions: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """All that the file says, as one line."""
        return " ".join(filter(None, (self.text, *(f"spdx license identifier {each}" for each in self.expressions))))


def read_licence(read: ReadFile, names: tuple[str, ...]) -> LicenceText | None:
    """Return the licence file at the root, ``None`` when there is none.

    Of several the plainest name wins, and one for the weights before one for the code. An empty file is no licence.
    """
    found = sorted((rank, name) for name in names if (rank := _rank(name)) is not None)
    for _, name in found:
        data = read(name, MAX_SIZE)
        written = _decoded(data) if data else ""
        text, expressions = licence_words(written), licence_expressions(written)
        if text or expressions:
            return LicenceText(file=name, text=text, expressions=expressions)
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
    line after it that reserves all rights. Equal words mean equal terms: re-wrapping, Markdown, marks of comments,
    bullets, quotes, case, line ends and a renewed year make no difference, any other word does. Tags of SPDX are left to
    ``licence_expressions``.
    """
    kept: list[str] = []
    paragraph = True
    for line in text.splitlines():
        if not _WORD.search(line) or _tag(line):
            paragraph = True
        elif more := _beyond_claim(line) if paragraph and _COPYRIGHT.match(line[:_LINE_HEAD]) else line:
            paragraph = False
            kept.append(more)
    words = " ".join(_WORD.findall(_SECURE.sub("http", " ".join(kept)).casefold()))
    return _APPENDIX.sub("", words).strip()


def _beyond_claim(line: str) -> str:
    """Return what the line of a copyright goes on to say, with the holder where no sentence parts them."""
    first, *others = _SENTENCE_END.split(line)
    if _SAYS_MORE.search(first):
        return " ".join((_YEARS.sub("", first), *others))
    telling = (at for at, each in enumerate(others) if _SAYS_MORE.search(each) or _SENTENCE.match(each))
    return " ".join(others[next(telling, len(others)) :])


def licence_expressions(text: str) -> tuple[str, ...]:
    """Return the expressions of the lines that hold nothing but a tag of SPDX, case folded and sorted.

    Source: https://spdx.github.io/spdx-spec/v2.3/using-SPDX-short-identifiers-in-source-files/
    """
    tags = filter(None, map(_tag, text.splitlines()))
    return tuple(sorted({" ".join(tag["expression"].casefold().split()) for tag in tags}))


def _tag(line: str) -> re.Match[str] | None:
    return _TAG.fullmatch(line) if len(line) <= _LINE_HEAD else None
