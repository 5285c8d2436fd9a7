"""Changes that no rule can judge, told as rules that could not be evaluated, so that a policy can say what each is worth."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.core.finding import Skip
from hfsemver.diff.files.subjects import Gap, Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.diff.release import ReleaseDiff

# The rule that would tell such a change if it could judge it.
_SPEAKERS: Final[Mapping[Subject, str]] = MappingProxyType({
    Subject.FORMATS: "format-removed",
    Subject.LAYOUT: "shard-layout-changed",
    Subject.PROCESSOR: "input-normalization-changed",
    Subject.SETTINGS: "config-value-changed",
    Subject.TERMS: "license-tightened",
    Subject.TOKENIZATION: "tokenization-changed",
})  # fmt: skip
# How the sentence goes on that the change begins.
_REASONS: Final[Mapping[Gap, str]] = MappingProxyType({
    Gap.READER: ", and nothing here reads such a file",
    Gap.CERTAINTY: "",
})  # fmt: skip


def unjudged(diff: ReleaseDiff) -> tuple[Skip, ...]:
    """Return a skip for every change that no rule reads; raises ``FormatError`` when a file of that kind is malformed."""
    return tuple(
        Skip(rule=_SPEAKERS[change.subject], reason=change.words + _REASONS[change.gap]) for change in diff.unjudged
    )
