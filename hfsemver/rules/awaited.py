"""Changes that no rule reads yet, told as rules that could not be evaluated, so that a policy can say what each is worth."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.core.finding import Skip
from hfsemver.diff.files.subjects import Gap, Subject
from hfsemver.rules.catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.diff.release import ReleaseDiff

# The rule that is to read such a change, or the one that would if it knew the file.
_SPEAKERS: Final[Mapping[Subject, str]] = MappingProxyType({
    Subject.CODE: "remote-code-changed",
    Subject.FORMATS: "format-removed",
    Subject.LAYOUT: "shard-layout-changed",
    Subject.PROCESSOR: "input-normalization-changed",
    Subject.SETTINGS: "config-value-changed",
    Subject.TERMS: "license-tightened",
    Subject.TOKENIZATION: "tokenization-changed",
})  # fmt: skip
# How the sentence goes on that the change begins.
_REASONS: Final[Mapping[Gap, str]] = MappingProxyType({
    Gap.RULE: ", and this version has no rule that reads it",
    Gap.READER: ", and nothing here reads such a file",
    Gap.CERTAINTY: "",
})  # fmt: skip


def awaited_rules() -> frozenset[str]:
    """Return the rules that are to come: a policy may say already that one of them does not count."""
    return frozenset(_SPEAKERS.values()) - {rule.id for rule in catalogue()}


def unjudged(diff: ReleaseDiff) -> tuple[Skip, ...]:
    """Return a skip for every change that no rule reads; raises ``FormatError`` when a file of that kind is malformed."""
    return tuple(
        Skip(rule=_SPEAKERS[change.subject], reason=change.words + _REASONS[change.gap]) for change in diff.unjudged
    )
