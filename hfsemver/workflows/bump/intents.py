"""What publishers write about a change while they make it, ``.hfsemver/changes/*.md``: how large they think it is, and a text for the notes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.core.bump import Bump, required
from hfsemver.core.errors import FormatError, UsageError
from hfsemver.releases.formats.card import read_body, read_card

if TYPE_CHECKING:
    from hfsemver.releases.release import Release

FOLDER: Final = ".hfsemver/changes/"
_FILE: Final = re.compile(re.escape(FOLDER) + r"[^/]+\.md")
_MAX: Final = 1 << 16
_HINT: Final = "begin the file with three lines: ---, bump: minor, ---"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One file: what it says the change is, and its text in Markdown."""

    path: str
    bump: Bump
    text: str


def read_intents(release: Release) -> tuple[Intent, ...]:
    """Read all of them, sorted by path. Raises ``FormatError`` where one says no bump."""
    return tuple(_read(release, path) for path in sorted(release.files) if _FILE.fullmatch(path))


def _read(release: Release, path: str) -> Intent:
    data = release.read(path, _MAX) or b""
    card = read_card(data, path)
    word = card.text("bump") if card else None
    try:
        bump = Bump.of(word or "")
    except ValueError as error:
        fault = f"{word!r} is no step" if word else "says no step"
        raise FormatError(fault, path, "bump", hint=_HINT) from error
    return Intent(path=path, bump=bump, text=read_body(data).decode("utf-8", "replace").strip())


def insist_honest(intents: tuple[Intent, ...], step: Bump) -> Bump:
    """Return the step that the intents and the evidence require together. Raises ``UsageError`` where the intents say less.

    More than the evidence shows may be meant: a release can promise more than its files tell.
    """
    if not intents:
        return step
    meant = required(intent.bump for intent in intents)
    if meant < step:
        places = ", ".join(intent.path for intent in intents[:3])
        fault = f"{places} say {meant.word}, and the changes require {step.word}"
        raise UsageError(fault, hint=f"write bump: {step.word} into the one that is about it, and commit it")
    return meant
