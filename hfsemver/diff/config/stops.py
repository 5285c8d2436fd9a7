"""Tokens that end a turn by one file of a release, and that another one does not stop at.

``generate()`` follows ``generation_config.json``; vLLM adds the end token of the tokenizer; converters take that of
``config.json``; what a turn really ends with is in the chat template.
https://github.com/huggingface/transformers/blob/main/src/transformers/generation/utils.py (_prepare_special_tokens) and
https://github.com/vllm-project/vllm/blob/main/vllm/sampling_params.py (update_from_generation_config).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.promise import Kind
from hfsemver.diff.config.generation import CONFIG, FILE, effective_stops, written_stops
from hfsemver.releases.formats.tokenizer_files import ANY as TOKENIZER_FILES
from hfsemver.releases.rendering.conversations import ANSWER, ANSWERED
from hfsemver.releases.rendering.render import Kind as Outcomes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from hfsemver.diff.config.generation import Stop
    from hfsemver.releases.formats.tokenizer import Tokenizer
    from hfsemver.releases.release import Release
    from hfsemver.releases.rendering.render import Outcome

    Renders = Mapping[str, tuple[Outcome, ...]]

READS: Final = re.compile(
    rf"(?:adapter_|generation_)?config\.json|chat_template\.(?:jinja|json)|additional_chat_templates/[^/]+\.jinja|{TOKENIZER_FILES.pattern}"
)
"""The files that say where generation ends."""
EOS: Final = "eos_token"
_GENERATES: Final = ("ForCausalLM", "LMHeadModel", "ForConditionalGeneration", "ForSpeechSeq2Seq", "ForImageTextToText")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnheardStop:
    """A token that ends a turn, and that ``generate()`` runs past; ``said_by`` names who takes it for an end."""

    number: int
    token: str
    said_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stops:
    """What ends generation by default, in which file that is set, and the ends that are not among it.

    ``missing`` is the evidence that could not be had, if any.
    """

    effective: tuple[Stop, ...] = ()
    file: str = FILE
    unheard: tuple[UnheardStop, ...] = ()
    missing: EvidenceMissing | None = None


def stops_of(release: Release, renders: Callable[[], Renders]) -> Stops:
    """Compare the ends that one release names. A release that generates nothing, or names no end, contradicts nobody."""
    if not generates(release):
        return Stops()
    effective = effective_stops(release)
    ids = {stop for stop in effective if isinstance(stop, int)}
    if not ids:
        return Stops()
    own = written_stops(release.generation_config or {})
    said: dict[int, list[str]] = {}
    names: dict[int, str] = {}
    missing = None
    if own:
        for number in written_stops(release.config or {}):
            said.setdefault(number, []).append(CONFIG)
    try:
        for number, token, place in token_ends(release, renders):
            said.setdefault(number, []).append(place)
            names[number] = token
    except EvidenceMissing as error:
        missing = error
    return Stops(
        effective=effective,
        file=FILE if own else CONFIG,
        unheard=tuple(
            UnheardStop(number=number, token=names.get(number, ""), said_by=tuple(dict.fromkeys(places)))
            for number, places in sorted(said.items())
            if number not in ids
        ),
        missing=missing,
    )


def generates(release: Release) -> bool:
    """Whether a release continues texts, by the classes that its configuration names."""
    if release.kind not in (Kind.GENERATIVE, Kind.QUANTIZED):
        return False
    classes = (release.config or {}).get("architectures")
    names = [name for name in classes if isinstance(name, str)] if isinstance(classes, list) else []
    return any(name.endswith(_GENERATES) for name in names) or (not names and release.generation_config is not None)


def token_ends(release: Release, renders: Callable[[], Renders]) -> Iterator[tuple[int, str, str]]:
    """Yield id and text of the tokens that the tokenizer and the templates end a turn with, and where that is said."""
    tokenizer = release.tokenizer
    if tokenizer is None:
        return
    role = tokenizer.special.known.get(EOS)
    if role is not None and (number := token_number(tokenizer, role)) is not None:
        yield number, role, tokenizer.special.where.get(EOS, "the tokenizer")
    if not release.templates:
        return
    special = _special(tokenizer)
    for name, outcomes in renders().items():
        token = end_marker(outcomes, special)
        if token is not None and (number := token_number(tokenizer, token)) is not None:
            yield number, token, f"the chat template {name}"


def token_number(tokenizer: Tokenizer, token: str) -> int | None:
    """Return the id of a token; the small files first, since a vocabulary takes long to read."""
    found = tokenizer.special.added.get(token)
    return tokenizer.ids.get(token) if found is None else found


def _special(tokenizer: Tokenizer) -> frozenset[str]:
    """Return the tokens that stand for something else than their text."""
    declared = tokenizer.special
    roles = {token for token in declared.known.values() if token}
    listed = {*roles, *declared.extra, *(token for token, flag in declared.special.items() if flag)}
    if not declared.special:
        listed |= {token for token, flag in tokenizer.flags.items() if flag}
    return frozenset(token for token in listed if token)


def end_marker(outcomes: tuple[Outcome, ...], special: Collection[str]) -> str | None:
    """Return the first special token after the last answer of a talk that ends with one, ``None`` where there is none."""
    outcome = outcomes[ANSWERED]
    if outcome.kind is not Outcomes.TEXT or ANSWER not in outcome.text:
        return None
    tail = outcome.text.rpartition(ANSWER)[2]
    found = [(tail.index(token), -len(token), token) for token in special if token in tail]
    return min(found)[2] if found else None
