"""The policy of a repository, ``.hfsemver.yaml``, as a value. The default is what holds without a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import TYPE_CHECKING

from hfsemver.core.asked import DEFAULT_ASKED, Asked
from hfsemver.core.promise import NESTED, Promise
from hfsemver.core.version import Tag

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from hfsemver.core.bump import Bump
    from hfsemver.core.finding import Finding, Level
    from hfsemver.core.promise import Kind

FILE_NAME = ".hfsemver.yaml"

SWITCHES = tuple(promise for promise in Promise if promise not in NESTED)
"""Promises that are switched on and off one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSetting:
    """Another level, another bump, or both, for one rule; ``sets_bump`` tells no change from ``policy`` (``None``)."""

    level: Level | None = None
    bump: Bump | None = None
    sets_bump: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """Findings that are not held against a release: of one rule or of all, in files and tensors that all match the globs."""

    rule: str | None
    file: str
    tensor: str
    reason: str

    def matches(self, finding: Finding) -> bool:
        """Whether the finding is one of those."""
        return (
            self.rule in (None, finding.rule)
            and self.covers(finding.location.file)
            and all(fnmatchcase(name, self.tensor) for name in finding.names)
        )

    def covers(self, path: str) -> bool:
        """Whether it is about findings in that file."""
        return fnmatchcase(path, self.file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """One finding that is accepted, by its fingerprint, for a reason and up to and including a day."""

    fingerprint: str
    reason: str
    until: date

    def holds(self, today: date) -> bool:
        """Whether its last day has not passed."""
        return today <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What holds for a repository. ``kind`` is ``None`` where it is to be inferred.

    ``hub_repo`` is the model on the Hub that the releases are published as; ``None`` where no Hub is to be asked.
    ``fail_closed`` refuses what old weights that could not be read from the Hub may stand against.
    """

    promise: Promise = Promise.DERIVED
    kind: Kind | None = None
    switched_off: frozenset[Promise] = frozenset()
    protected_branches: tuple[str, ...] = ("main", "master")
    rules: Mapping[str, RuleSetting] = field(default_factory=lambda: MappingProxyType({}))
    ignores: tuple[Ignore, ...] = ()
    accepted: tuple[Acceptance, ...] = ()
    asked: Asked = DEFAULT_ASKED
    hub_repo: str | None = None
    fail_closed: bool = False
    insists: frozenset[str] = frozenset()
    """Rules that whoever asks insists on: nothing that a file says of them counts, since who wrote that is in question."""

    def level_of(self, rule_id: str, level: Level) -> Level:
        """Return the level of a rule whose own one is ``level``."""
        setting = self.setting_of(rule_id)
        return level if setting is None or setting.level is None else setting.level

    def setting_of(self, rule_id: str) -> RuleSetting | None:
        """Return what a policy file says of a rule that nobody insists on."""
        return None if rule_id in self.insists else self.rules.get(rule_id)

    def counts(self, rule_id: str, level: Level, promise: Promise) -> bool:
        """Whether findings of a rule count at all: it is not allowed, and what it guards is promised."""
        if rule_id in self.insists:
            return True
        return bool(self.level_of(rule_id, level)) and promise not in self.switched_off and self.promise.covers(promise)

    def protects(self, branch: str | None) -> bool:
        """Whether a branch matches one of the globs of ``protected_branches``, or is named like a version.

        ``revision="v1.2.0"`` finds such a branch as it finds a tag, so consumers take it for the release.
        """
        if branch is None:
            return False
        return _is_version(branch) or any(fnmatchcase(branch, glob) for glob in self.protected_branches)


def _is_version(branch: str) -> bool:
    try:
        Tag.parse(branch)
    except ValueError:
        return False
    return True
