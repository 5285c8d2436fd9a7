"""Which policy holds: the one of the baseline side, so that a change cannot silence its own findings."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import ConfigError, EvidenceMissing, FormatError, SourceError
from hfsemver.core.promise import Kind, Promise
from hfsemver.core.rule_id import VERSION_RULES
from hfsemver.policy.load import read_policy
from hfsemver.policy.policy import FILE_NAME, Policy
from hfsemver.policy.stale import Seen
from hfsemver.policy.weakened import weakenings
from hfsemver.releases.disk import read_named, read_small
from hfsemver.releases.formats.bounded_yaml import load_document
from hfsemver.rules.catalogue import catalogue

if TYPE_CHECKING:
    from hfsemver.core.weakening import Weakening
    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.policy.judge import Judged
    from hfsemver.releases.release import Release

MAX_SIZE = 1 << 20
_POLICY_FILE: Final = re.compile(re.escape(FILE_NAME))


def policy_of(release: Release | None) -> Policy | None:
    """Return the policy that a release carries; ``None`` when it carries none."""
    if release is None:
        return None
    data = release.read(FILE_NAME, MAX_SIZE)
    return None if data is None else parse_policy(data, f"{release.ref}: {FILE_NAME}")


def policy_from(path: str) -> Policy:
    """Read the policy file that was asked for by name, a link or a pipe as well. Raises ``ConfigError``."""
    try:
        data = read_named(Path(path), MAX_SIZE)
    except SourceError as error:
        problem = str(error).removeprefix(f"{Path(path)}: ")
        raise ConfigError(path, (problem,), hint="name a readable file after --config") from error
    return parse_policy(data, path)


def policy_beside(folder: Path) -> Policy | None:
    """Return the policy as it lies in a working tree, ``None`` without one.

    Raises ``ConfigError`` for a malformed one, ``SourceError`` for one that is no readable file.
    """
    path = folder / FILE_NAME
    data = read_small(path, MAX_SIZE)
    return None if data is None else parse_policy(data, str(path))


def parse_policy(data: bytes, where: str) -> Policy:
    """Parse a policy file; a malformed one is a fault of configuration, never of the release."""
    hint = "see what may stand there with: hfsemver schema config"
    try:
        document = load_document(data.decode("utf-8"), where)
    except UnicodeDecodeError as error:
        raise ConfigError(where, (f"byte {error.start} is not UTF-8",), hint=hint) from error
    except FormatError as error:
        raise ConfigError(where, (str(error).removeprefix(f"{where}: "),), hint=hint) from error
    return read_policy(document, where, known_rules())


def known_rules() -> list[str]:
    """Return the ids that a policy may name: those of all rules."""
    return [rule.id for rule in catalogue()]


def brought_policy(diff: ReleaseDiff) -> tuple[Policy, tuple[Weakening, ...]]:
    """Return the policy of the current release, and what it asks less of than that of the baseline.

    A malformed policy is told by whoever reads it to judge by; here it weakens nothing.
    """
    if diff.baseline is None or diff.files.all_equal(_POLICY_FILE):
        return Policy(), ()
    try:
        old, new = (policy_of(side) or Policy() for side in (diff.baseline, diff.current))
    except (ConfigError, EvidenceMissing):
        return Policy(), ()
    return new, tuple(weakenings(old, new, {rule.id: (rule.level, rule.bump) for rule in catalogue()}))


def seen_by(diff: ReleaseDiff, judged: Judged, *, is_complete: bool) -> Seen:
    """Return what the entries of a policy are held against; ``is_complete`` says that every rule could be evaluated."""
    releases = [release for release in (diff.baseline, diff.current) if release is not None]
    return Seen(
        findings=(*judged.findings, *(one.finding for one in judged.accepted)),
        files=tuple(path for release in releases for path in release.files),
        version_rules=VERSION_RULES,
        is_complete=is_complete and diff.baseline is not None,
    )


def overridden(policy: Policy, promise: str | None, kind: str | None) -> Policy:
    """Return the policy with what the command line sets."""
    if promise is not None:
        policy = replace(policy, promise=Promise(promise))
    if kind is not None:
        policy = replace(policy, kind=None if kind == "auto" else Kind(kind))
    return policy
