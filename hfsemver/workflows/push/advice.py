"""What to type after a refusal: the version that will do, where to write it, and the push itself."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.claim import Origin
from hfsemver.core.escape import printable
from hfsemver.core.rule_id import VERSION_RULES
from hfsemver.core.version import Version
from hfsemver.workflows.push.ruling import SKIP, Outcome, without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.workflows.push.ruling import Ruling


def next_steps(remote: str, rulings: tuple[Ruling, ...], checked_out: str | None = None) -> tuple[str, ...]:
    """Return the lines that end a refusal: commands to paste, the way out of a judgement before the push.

    ``checked_out`` is the branch that a commit would go to.
    """
    against = [ruling for ruling in rulings if ruling.outcome is not Outcome.PASSED]
    version = _version(against)
    lines = ["To push it without a judgement (the reason is recorded, `hfsemver doctor` shows it):"]
    lines.append(f"  {SKIP}='say here why' {_push(remote, _refspecs(rulings))}")
    if version is not None:
        lines.append(f"To release it as {version}:")
        lines.extend(f"  {step}" for step in _release(remote, rulings, version, checked_out))
    elif any(ruling.outcome is Outcome.UNJUDGED for ruling in against):
        lines.append("To have it judged: mend what is named above, and push again.")
    else:
        lines.append("To mend it: change what is named above, and push again.")
    return tuple(lines)


def _version(against: list[Ruling]) -> Version | None:
    """Return the smallest version that answers every refusal; ``None`` when one of them is not about the version."""
    wanted: list[Version] = []
    for ruling in against:
        if ruling.report is None or set(ruling.report.verdict.failing) - VERSION_RULES:
            return None
        text = ruling.report.verdict.next_version
        try:
            wanted.append(_free(Version.parse(text or "1.0.0"), ruling))
        except ValueError:
            wanted.append(Version(major=1, minor=0, patch=0))
    return max(wanted, key=lambda version: version.precedence, default=None)


def _free(version: Version, ruling: Ruling) -> Version:
    """Step over numbers that are taken: by the baseline itself, or by other commits."""
    step = Bump.PATCH if ruling.report is None else max(ruling.report.verdict.required, Bump.PATCH)
    taken: set[str | None] = {*ruling.claim.released, ruling.claim.baseline} if ruling.claim is not None else set()
    while str(version) in taken:
        version = version.bumped(step)
    return version


def _release(remote: str, rulings: tuple[Ruling, ...], version: Version, checked_out: str | None) -> Iterator[str]:
    against = [ruling for ruling in rulings if ruling.outcome is Outcome.REFUSED]
    in_card = any(ruling.has_card_version for ruling in against)
    if in_card:
        yield from _checkout(against, checked_out)
        yield f"set `version: {version}` in README.md"
        yield f"git commit -m 'Release {version}' README.md"
    stale = sorted({ruling.wrong_tag for ruling in against if ruling.wrong_tag})
    if stale:
        yield shlex.join(["git", "tag", "-d", *stale])
    wrong = [ruling.update for ruling in against if ruling.update.tag]
    refspecs = _refspecs(tuple(ruling for ruling in rulings if ruling.update not in wrong))
    if any(map(_is_tagged, against)):
        # A new commit is what the tag goes to; without one it is the commit that was refused.
        commit = "" if in_card else f" {against[0].report.current.commit:.12}" if against[0].report else ""
        yield f"git tag -a v{version} -m 'Release {version}'{commit}"
        refspecs.append(f"v{version}")
    yield _push(remote, refspecs)


def _checkout(against: list[Ruling], checked_out: str | None) -> Iterator[str]:
    """Go to the branch that was refused: a release commit on another one would carry other weights."""
    refs = [ruling.update.local_ref for ruling in against]
    branches = [ref.removeprefix("refs/heads/") for ref in refs if ref.startswith("refs/heads/")]
    if branches and len(branches) == len(refs) and checked_out not in branches:
        yield shlex.join(["git", "checkout", branches[0]])


def _is_tagged(ruling: Ruling) -> bool:
    """Whether the repository makes its releases by tags, and this ref is where one is due."""
    claim = ruling.claim
    return claim is not None and (
        claim.origin is Origin.TAG or (not claim.draft and (claim.origin is Origin.NOTHING or ruling.is_after_tag))
    )


def _refspecs(rulings: tuple[Ruling, ...]) -> list[str]:
    return [f":{r.update.remote_ref}" if r.update.is_deletion else r.update.refspec for r in rulings]


def _push(remote: str, refspecs: list[str]) -> str:
    return printable(shlex.join(["git", "push", without_credentials(remote), *dict.fromkeys(refspecs)]))
