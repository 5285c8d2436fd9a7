"""Where the header of a GGUF file contradicts the files beside it: two engines then have two models under one name."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.escape import clipped
from hfsemver.diff.card.base_ids import base_id
from hfsemver.diff.card.licence_order import is_refinement, licence_table
from hfsemver.diff.config.stops import READS as TOKENS_AND_TEMPLATES
from hfsemver.diff.gguf.beside import Beside, is_beside, is_copied, plain_version
from hfsemver.diff.gguf.templates import compare_template_texts, template_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from hfsemver.releases.formats.gguf_types import GgufHeader
    from hfsemver.releases.release import Release
    from hfsemver.releases.rendering.render import Outcome

    _Check = Callable[[GgufHeader, Beside], Iterator["Drift"]]

READS: Final = re.compile(rf"README\.md|.*\.(?i:gguf)|{TOKENS_AND_TEMPLATES.pattern}")
"""GGUF files, and the files that say the same things for other engines."""
EOS: Final = "tokenizer.ggml.eos_token_id"
BOS: Final = "tokenizer.ggml.bos_token_id"
TOKENS: Final = "tokenizer.ggml.tokens"
LICENCE: Final = "general.license"
VERSION: Final = "general.version"
_MODEL: Final = "model"
_BASE: Final = re.compile(r"general\.base_model\.\d+\.repo_url")
_NAMES: Final = ("general.name", "general.basename", "general.finetune")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A key of a header, what it says, which file says something else, and that; all as text.

    ``files`` are the GGUF files that say so, of which there is one for each quantisation.
    """

    key: str
    own: str
    place: str
    other: str
    files: tuple[str, ...] = ()
    witness: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drifts:
    """Everything that contradicts; ``missing`` is the first evidence that could not be had, if any."""

    found: tuple[Drift, ...] = ()
    missing: EvidenceMissing | None = None


def find_drifts(release: Release, renders: Callable[[], Mapping[str, tuple[Outcome, ...]]]) -> Drifts:
    """Compare every header with what the converter of llama.cpp would copy from the files beside it.

    Raises ``FormatError`` for a malformed file.
    """
    if not release.ggufs:
        return Drifts()
    beside = Beside(release, renders)
    missing: list[EvidenceMissing] = []
    files: dict[Drift, list[str]] = {}
    texts: dict[tuple[str, str], list[str]] = {}
    for path, header in _headers(release, missing):
        try:
            described = beside.describes(path, header)
        except EvidenceMissing as error:
            missing.append(error)
            continue
        copied = described and is_copied(header)
        of_the_model = (_licence,) if is_beside(path) else ()
        checks = (*(_OF_THE_NETWORK if copied else ()), *(_OF_THE_CARD if described else ()), *of_the_model)
        for drift in _contradictions(header, beside, checks, missing):
            files.setdefault(drift, []).append(path)
        for key, text in template_texts(header) if copied else ():
            texts.setdefault((key, text), []).append(path)
    found = [replace(drift, files=tuple(paths)) for drift, paths in files.items()]
    try:
        for one in compare_template_texts(release, tuple(texts), missing):
            drift = Drift(key=one.key, own="another template", place="the chat template", other=one.title)
            found.append(replace(drift, files=tuple(texts[one.key, one.text]), witness=one.witness))
    except EvidenceMissing as error:
        missing.append(error)
    return Drifts(found=tuple(found), missing=missing[0] if missing else None)


def _headers(release: Release, missing: list[EvidenceMissing]) -> Iterator[tuple[str, GgufHeader]]:
    """Yield the header of every model; the part of one that sees pictures, and an adapter, has a contract of its own."""
    for path in release.ggufs:
        try:
            header = release.ggufs[path]
        except EvidenceMissing as error:
            if _says_something(release):
                missing.append(error)
            continue
        if (header.text("general.type") or _MODEL) == _MODEL:
            yield path, header


def _contradictions(
    header: GgufHeader, beside: Beside, checks: Iterable[_Check], missing: list[EvidenceMissing]
) -> Iterator[Drift]:
    for check in checks:
        try:
            yield from check(header, beside)
        except EvidenceMissing as error:
            missing.append(error)


def _says_something(release: Release) -> bool:
    return release.config is not None or bool(release.card and release.card.texts("license"))


def _ends(header: GgufHeader, beside: Beside) -> Iterator[Drift]:
    number = header.number(EOS)
    if number is not None and beside.ends and number not in beside.ends and number not in beside.wrapped:
        yield Drift(key=EOS, own=str(number), place="the other files end at", other=_set(beside.ends))


def _begins(header: GgufHeader, beside: Beside) -> Iterator[Drift]:
    number = header.number(BOS)
    if number is not None and beside.begins and number not in beside.begins and number not in beside.wrapped:
        yield Drift(key=BOS, own=str(number), place="the other files begin with", other=_set(beside.begins))


def _context(header: GgufHeader, beside: Beside) -> Iterator[Drift]:
    number, known = header.own("context_length"), beside.context(header)
    if number is not None and known is not None and number != known:
        key = f"{header.architecture}.context_length"
        yield Drift(key=key, own=str(number), place="max_position_embeddings in config.json is", other=str(known))


def _tokens(header: GgufHeader, beside: Beside) -> Iterator[Drift]:
    count, bounds = header.length(TOKENS), beside.tokens
    if count is not None and bounds is not None and not bounds[0] <= count <= bounds[1]:
        other = f"{bounds[0]} to {bounds[1]}"
        yield Drift(key=TOKENS, own=f"{count} tokens", place="tokenizer and config.json have", other=other)


def _licence(header: GgufHeader, beside: Beside) -> Iterator[Drift]:
    written = header.text(LICENCE)
    found = licence_table().find(written) if written else None
    if found is None or beside.licence is None:
        return
    if found.id != beside.licence.id and not is_refinement(found.id, beside.licence.id):
        yield Drift(key=LICENCE, own=found.id, place="the card says", other=beside.licence.id)


def _bases(header: GgufHeader, beside: Beside) -> Iterator[Drift]:
    urls = [header.text(key) or "" for key in header.metadata if _BASE.fullmatch(key)]
    ids = {base_id(url) for url in urls}
    if not ids or None in ids or not beside.bases:
        return
    own, other = ({_bare(name) for name in side} for side in (filter(None, ids), beside.bases))
    # A repository may move to another owner, and a tool may write the model itself for its own base.
    if own.isdisjoint(other) and _bare(header.text("general.name") or "") not in own:
        names = sorted(filter(None, ids))
        shown = ", ".join(sorted(beside.bases))
        yield Drift(key="general.base_model", own=", ".join(names), place="the card says", other=shown)


def _bare(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.rpartition("/")[2].casefold())


def _version(header: GgufHeader, beside: Beside) -> Iterator[Drift]:
    written = header.text(VERSION) or ""
    own = plain_version(written)
    # Without a version in the card, the converter takes one out of the name of the model.
    named = any(written.casefold() in (header.text(key) or "").casefold() for key in _NAMES)
    if own and beside.version and own != beside.version and not named:
        yield Drift(key=VERSION, own=own, place="the card says", other=beside.version)


def _set(numbers: frozenset[int]) -> str:
    return clipped("{" + ", ".join(map(str, sorted(numbers))) + "}", 80)


_OF_THE_NETWORK: Final = (_ends, _begins, _context, _tokens)
_OF_THE_CARD: Final = (_bases, _version)
